package audit

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strconv"
	"strings"
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
	// Damaged is told at each step that the log of an organisation was altered. Nil means that only the
	// log file says so.
	Damaged func(ctx context.Context, org string, err error)
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
		errs = append(errs, s.report(ctx, org, s.Flush(ctx, org)))
	}
	for _, org := range due {
		if err := s.Checkpoint(ctx, org); fault.KindOf(err) != fault.Unavailable {
			errs = append(errs, s.report(ctx, org, err))
		}
	}
	return errors.Join(errs...)
}

// report passes an error on, and says when it is damage.
func (s *Sequencer) report(ctx context.Context, org string, err error) error {
	if s.c.Damaged != nil && IsDamage(err) {
		s.c.Damaged(ctx, org, err)
	}
	return err
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
		batches, err := waiting(ctx, tx, org, maxBatch)
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

// waiting returns the next batches, with about the given number of entries together.
func waiting(ctx context.Context, tx *db.Tx, org string, limit int64) ([]batch, error) {
	rows, err := tx.Query(ctx, `
		SELECT at, ordinal, first_id, last_id, entries FROM audit_pending
		WHERE org_id = $1 ORDER BY at, ordinal, first_id LIMIT $2`, org, limit)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (b batch, err error) {
		return b, r.Scan(&b.at, &b.ordinal, &b.first, &b.last, &b.entries)
	})
	var entries int64
	for i, b := range all {
		if entries += b.entries; entries >= limit {
			return all[:i+1], err
		}
	}
	return all, err
}

// taken returns the leaves of batches, in their order, and removes the batches.
func taken(ctx context.Context, tx *db.Tx, org string, batches []batch) ([]leaf, error) {
	var ids []string
	for _, b := range batches {
		some, whole := b.ids()
		if !whole {
			return nil, damaged("entries that wait", "their identifiers do not follow one another")
		}
		ids = append(ids, some...)
	}
	commitments, err := committed(ctx, tx, org, batches)
	if err != nil {
		return nil, err
	}
	leaves := make([]leaf, len(ids))
	for i, id := range ids {
		if leaves[i] = (leaf{entry: id, commitment: commitments[id]}); len(leaves[i].commitment) == 0 {
			return nil, damaged("entry "+id, "it waits and is missing")
		}
	}
	gone, err := tx.Exec(ctx, "DELETE FROM audit_pending WHERE "+upTo, batches[len(batches)-1].place(org)...)
	if err == nil && gone != int64(len(batches)) {
		err = errLost
	}
	return leaves, err
}

// upTo is the condition for a batch and those before it. What was added between them meanwhile is not
// seen by the transaction that has read them.
const upTo = "org_id = $1 AND (at < $2 OR at = $2 AND (ordinal < $3 OR ordinal = $3 AND first_id <= $4))"

// place are the arguments of upTo.
func (b *batch) place(org string) []any { return []any{org, b.at, b.ordinal, b.first} }

// committed returns the commitments of the entries of batches by identifier: of those that were
// appended alone, which are most, with one query, of each list with another. A database without
// statistics would look for a list of identifiers in every row.
func committed(ctx context.Context, tx *db.Tx, org string, batches []batch) (map[string][]byte, error) {
	found := map[string][]byte{}
	read := func(query string, args ...any) error {
		rows, err := tx.Query(ctx, query, args...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (id string, err error) {
			var c []byte
			err = r.Scan(&id, &c)
			found[id] = c
			return id, err
		})
		return err
	}
	err := read(`
		SELECT e.id, e.commitment FROM
		(SELECT org_id, first_id FROM audit_pending WHERE entries = 1 AND `+upTo+`) AS p
		JOIN audit_entry e ON e.org_id = p.org_id AND e.id = p.first_id`, batches[len(batches)-1].place(org)...)
	for i := 0; err == nil && i < len(batches); i++ {
		if b := &batches[i]; b.entries > 1 {
			err = read("SELECT id, commitment FROM audit_entry WHERE org_id = $1 AND id >= $2 AND id <= $3", org, b.first, b.last)
		}
	}
	return found, err
}

// maxAsked is how many identifiers one query asks for.
const maxAsked = 500

// marked returns the marks of identifiers in a query whose first argument is the organisation.
func marked(org string, ids []string) (marks string, args []any) {
	args = append(args, org)
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		args = append(args, id)
		b.WriteString("$" + strconv.Itoa(i+2))
	}
	return b.String(), args
}

// ids returns the identifiers of a batch. whole is false when first, last and number contradict one
// another.
func (b *batch) ids() (ids []string, whole bool) {
	if len(b.first) != 26 || len(b.last) != 26 || b.entries < 1 || b.entries > maxCall {
		return nil, false
	}
	from, ok := number(b.first[22:])
	if !ok {
		return nil, false
	}
	for i := range int(b.entries) {
		ids = append(ids, b.first[:22]+suffix(from+i))
	}
	return ids, ids[len(ids)-1] == b.last
}
