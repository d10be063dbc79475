package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Signer gives the signer of an organisation's log; the vault does. While it is locked, with an error
// of kind [fault.Unavailable], entries are sequenced and checkpoints wait.
type Signer interface {
	LogSigner(ctx context.Context, org, origin string, now time.Time) (note.Signer, error)
}

// Config says how a node keeps its logs.
type Config struct {
	DB *db.DB
	// Signer signs checkpoints. Nil means that this process makes none.
	Signer Signer
	// Node is the name of the node within the names of its logs: no spaces, no plus sign. Empty means
	// "fourfold". A log keeps the name with which it was started.
	Node string
	// Every is the clock of checkpoints. 0 means a minute.
	Every time.Duration
	// Bucket is what the size of a checkpoint is a multiple of. 0 means 16; 1 means no padding.
	Bucket int64
	// Logger receives what an operator should know. Nil means none.
	Logger *slog.Logger
}

// Sequencer puts entries into the logs of their organisations and signs checkpoints. Any number may
// run at once, in any number of processes, and end at any moment: a lease spares them useless work,
// and the size of the log, compared and set in the transaction, keeps it whole.
type Sequencer struct {
	c      Config
	holder string
	until  time.Time // end of the lease, by the clock of the database
}

// NewSequencer returns a sequencer.
func NewSequencer(c Config) *Sequencer {
	if c.Node == "" {
		c.Node = "fourfold"
	}
	if c.Every <= 0 {
		c.Every = time.Minute
	}
	if c.Bucket == 0 {
		c.Bucket = 16
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Sequencer{c: c, holder: db.NewID()}
}

const (
	// pause is how long entries wait at most before they are looked for.
	pause = 200 * time.Millisecond
	// lease is how long others leave a sequencer alone that gives no sign of life.
	lease = 10 * time.Second
	// maxBatch bounds the entries of one transaction.
	maxBatch = 4096
)

// Run sequences and signs until the context ends. What fails is logged and tried again.
func (s *Sequencer) Run(ctx context.Context) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	var last string
	for {
		err := s.Step(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			last = ""
		case err.Error() != last: // once, not five times a second
			last = err.Error()
			s.c.Logger.LogAttrs(ctx, slog.LevelError, "the ledger does not go on", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Step does what is due, if this sequencer has the lease or nobody has: all waiting entries, and the
// checkpoints whose time has come. It writes nothing when nothing is due.
func (s *Sequencer) Step(ctx context.Context) error {
	waiting, due, now, err := s.work(ctx)
	if err != nil || len(waiting)+len(due) == 0 {
		return err
	}
	if held, err := s.hold(ctx, now); err != nil || !held {
		return err
	}
	var errs []error // one organisation's damage does not stop another's log
	for _, org := range waiting {
		errs = append(errs, s.Flush(ctx, org))
	}
	for _, org := range due {
		if err := s.Checkpoint(ctx, org); fault.KindOf(err) != fault.Unavailable {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// work returns the organisations with waiting entries and those whose checkpoint is due.
func (s *Sequencer) work(ctx context.Context) (waiting, due []string, now time.Time, err error) {
	err = s.c.DB.Read(ctx, func(tx *db.Tx) error {
		now = tx.Now()
		rows, err := tx.Query(ctx, "SELECT DISTINCT org_id FROM audit_pending ORDER BY org_id")
		if waiting, err = db.Collect(rows, err, text); err != nil || s.c.Signer == nil {
			return err
		}
		// Times are compared by the slot of the clock they lie in, so that a clock which jumps back
		// does not keep checkpoints waiting.
		rows, err = tx.Query(ctx, `
			SELECT l.org_id FROM audit_log l
			LEFT JOIN audit_checkpoint c ON c.org_id = l.org_id AND c.log = l.number AND c.number = l.checkpoints
			WHERE (l.size > l.signed OR l.restored <> '' AND l.checkpoints = 0)
			AND l.number = (SELECT max(m.number) FROM audit_log m WHERE m.org_id = l.org_id)
			AND (c.at IS NULL OR c.at / $1 <> $2)
			ORDER BY l.org_id`, s.c.Every.Microseconds(), tx.NowMicros()/s.c.Every.Microseconds())
		due, err = db.Collect(rows, err, text)
		return err
	})
	return waiting, due, now, err
}

func text(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// hold takes or renews the lease and reports whether this sequencer has it.
func (s *Sequencer) hold(ctx context.Context, now time.Time) (bool, error) {
	if left := s.until.Sub(now); left > lease/2 && left <= lease {
		return true, nil
	}
	var n int64
	err := s.c.DB.WriteUnaudited(ctx, "the lease of the sequencer", func(tx *db.Tx) (err error) {
		s.until = tx.Now().Add(lease)
		// A lease that ends later than any can was given by a clock that has jumped back.
		n, err = tx.Exec(ctx, `
			INSERT INTO audit_lease (name, holder, expires_at) VALUES ('sequencer', $1, $2)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE audit_lease.holder = excluded.holder OR audit_lease.expires_at <= $3
			   OR audit_lease.expires_at > excluded.expires_at`, s.holder, s.until.UnixMicro(), tx.NowMicros())
		return err
	})
	if err != nil || n == 0 {
		s.until = time.Time{}
		return false, err
	}
	return true, nil
}

// Flush puts all entries of an organisation that wait into its log, now and whoever has the lease.
func (s *Sequencer) Flush(ctx context.Context, org string) error {
	for lost := 0; ; {
		n, err := s.integrate(ctx, org)
		switch {
		case errors.Is(err, errLost) && lost < 10:
			lost++
		case err != nil || n == 0:
			return err
		}
	}
}

// integrate puts a batch of waiting entries into the log and returns how many.
func (s *Sequencer) integrate(ctx context.Context, org string) (n int, err error) {
	err = s.c.DB.WriteUnaudited(ctx, "sequencing entries that were audited when they were written", func(tx *db.Tx) error {
		batches, err := waiting(ctx, tx, org)
		if n = 0; err != nil || len(batches) == 0 {
			return err
		}
		l, found, err := currentLog(ctx, tx, org)
		if err == nil && !found {
			l, err = create(ctx, tx, s.c.Node, org, 1, "")
		}
		if err != nil {
			return err
		}
		if err := l.take(ctx, tx); err != nil {
			return err
		}
		leaves, err := taken(ctx, tx, org, batches)
		if err != nil {
			return err
		}
		n = len(leaves)
		if err := l.extend(ctx, tx, leaves); err != nil {
			return err
		}
		return l.keep(ctx, tx)
	})
	return n, err
}

// batch is what was appended by one call and waits.
type batch struct {
	at, ordinal, entries int64
	first, last          string
}

// waiting returns the next batches, some thousand entries together.
func waiting(ctx context.Context, tx *db.Tx, org string) ([]batch, error) {
	rows, err := tx.Query(ctx, `
		SELECT at, ordinal, first_id, last_id, entries FROM audit_pending
		WHERE org_id = $1 ORDER BY at, ordinal, first_id LIMIT $2`, org, maxBatch)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (b batch, err error) {
		return b, r.Scan(&b.at, &b.ordinal, &b.first, &b.last, &b.entries)
	})
	var entries int64
	for i, b := range all {
		if entries += b.entries; entries >= maxBatch {
			return all[:i+1], err
		}
	}
	return all, err
}

// taken returns the leaves of batches, in their order, and removes the batches.
func taken(ctx context.Context, tx *db.Tx, org string, batches []batch) ([]leaf, error) {
	last := batches[len(batches)-1]
	// (at, ordinal, first_id) up to the last batch: what was added meanwhile between them is not seen by
	// this transaction, neither by the reading nor by the removal.
	const upTo = `p.org_id = $1 AND (p.at < $2 OR p.at = $2 AND (p.ordinal < $3 OR p.ordinal = $3 AND p.first_id <= $4))`
	rows, err := tx.Query(ctx, `
		SELECT e.id, e.commitment FROM audit_pending p
		JOIN audit_entry e ON e.org_id = p.org_id AND e.id >= p.first_id AND e.id <= p.last_id
		WHERE `+upTo+` ORDER BY p.at, p.ordinal, p.first_id, e.ordinal`, org, last.at, last.ordinal, last.first)
	leaves, err := db.Collect(rows, err, func(r *sql.Rows) (f leaf, err error) {
		return f, r.Scan(&f.entry, &f.commitment)
	})
	if err != nil {
		return nil, err
	}
	var entries int64
	for _, b := range batches {
		entries += b.entries
	}
	if int64(len(leaves)) != entries {
		return nil, damaged("entries that wait", fmt.Sprintf("%d of %d are there", len(leaves), entries))
	}
	gone, err := tx.Exec(ctx, "DELETE FROM audit_pending AS p WHERE "+upTo, org, last.at, last.ordinal, last.first)
	if err == nil && gone != int64(len(batches)) {
		err = errLost
	}
	return leaves, err
}
