package standard

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// File is a file to take in.
type File struct {
	Map  Map
	Form Form
	// Open opens the file from its beginning. It is called twice.
	Open func() (io.ReadCloser, error)
	// Strict refuses a file with any loss; otherwise only one with records that cannot be kept at all.
	Strict bool
	// Check reads and reports, and writes nothing.
	Check bool
	// Lost gets every loss once, in the order of the file. Nil counts them only.
	Lost func(Loss) error
	// Progress gets the number of records that were kept so far.
	Progress func(int64)
}

// Report says what became of a file.
type Report struct {
	Records, Cases int
	Losses         map[Kind]int
	// Already says that the file was taken in before; nothing was done.
	Already bool
}

// batchSize is how many records one transaction takes, batchBytes how much text. Each record is whole or not
// there; other writers wait for a batch, so it is no longer than a second.
const batchSize, batchBytes = 500, 8 << 20

// Import takes the records of a file in, each as a case of its own. The file is read to its end before anything is
// written; then batches of whole records are, and an import that was interrupted goes on after the last one. When
// it returns, each record is sealed, found by a search and entered in the ledger. It takes [auth.ExchangeCases] and
// what opening a case takes.
func (s *Standards) Import(ctx context.Context, actor auth.Actor, f File) (Report, error) {
	if !actor.May(auth.ExchangeCases) || !actor.May(auth.WorkCases) || !actor.May(auth.EnrolRecords) {
		return Report{}, missing()
	}
	today, err := todayIn(s.db, ctx, actor.Zone)
	if err != nil {
		return Report{}, err
	}
	r, id, err := f.look(today)
	if err != nil || f.Check {
		return r, err
	}
	if n := r.Losses[Refused]; n > 0 {
		return r, fault.New(fault.Invalid, "The file was refused: %d records cannot be kept. Nothing was kept.", n).
			WithHint("Mend what the report names, then take the whole file in again.")
	}
	if f.Strict && len(r.Losses) > 0 {
		return r, fault.New(fault.Invalid, "The file was refused: something of it would be lost. Nothing was kept.").
			WithHint("Mend what the report names, or take it in with these losses.")
	}
	return s.take(ctx, actor, f, r, id, today)
}

// todayIn is the civil date in a zone, by the clock of the database's users.
func todayIn(d *db.DB, ctx context.Context, zone string) (day string, err error) {
	in, err := time.LoadLocation(zone)
	if err != nil {
		in = time.UTC
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		day = tx.Now().In(in).Format(time.DateOnly)
		return nil
	})
	return day, err
}

// size is about how many bytes a record has.
func (r Row) size() (n int) {
	for _, c := range r.Cells {
		for _, v := range c.Values {
			n += len(v)
		}
	}
	return n
}

// converted is a record that is ready to be kept.
type converted struct {
	row    Row
	file   person.File
	values Values
	losses []Loss
	none   bool // it says nothing
}

func (m Map) convert(r Row, today string) converted {
	values, losses := m.In(r)
	c := converted{row: r, losses: losses, none: len(values) == 0}
	var more []Loss
	c.file, c.values, more = ToFile(values, today)
	if c.none {
		more = append(more, Loss{Kind: Empty})
	} else if err := c.file.Check(); err != nil {
		more = append(more, Loss{Kind: Refused})
	}
	for _, l := range more {
		l.Record, l.Line = r.Number, r.Line
		c.losses = append(c.losses, l)
	}
	return c
}

// look is the first reading: it finds every loss and writes nothing.
func (f File) look(today string) (r Report, id string, err error) {
	r.Losses = map[Kind]int{}
	id, err = f.each(func(row Row) error {
		c := f.Map.convert(row, today)
		r.Records++
		if !c.none {
			r.Cases++
		}
		for _, l := range c.losses {
			r.Losses[l.Kind]++
			if f.Lost == nil {
				continue
			}
			if err := f.Lost(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && r.Records == 0 {
		err = fault.New(fault.Invalid, "The file has no records.")
	}
	return r, id, err
}

// each reads the file once and returns the hash by which it is known.
func (f File) each(yield func(Row) error) (id string, err error) {
	in, err := f.Open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	sum := sha256.New()
	_, _ = io.WriteString(sum, f.Map.Standard+"\n"+f.Map.Version+"\n"+string(f.Form)+"\n") // a hash never fails
	tee := io.TeeReader(in, sum)
	if err := Read(tee, f.Form, yield); err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, tee) // what follows the last record counts too
	return hex.EncodeToString(sum.Sum(nil)), err
}

// mark is how far the import of a file is.
type mark struct{ version, done, kept int64 }

var errChanged = fault.New(fault.Conflict, "The file changed while it was taken in.").
	WithHint("Leave it as it is until it is in, and start again: what is in already is known.")

// take is the second reading.
func (s *Standards) take(ctx context.Context, actor auth.Actor, f File, r Report, id, today string) (Report, error) {
	at, err := s.begin(ctx, actor, f, r, id)
	if err != nil {
		return r, err
	}
	r.Cases = 0
	if at.done >= int64(r.Records) {
		r.Already = true
		return r, nil
	}
	var waiting []converted
	bytes := 0
	send := func() error {
		if len(waiting) == 0 {
			return nil
		}
		next, err := s.write(ctx, actor, id, at, waiting)
		if err != nil {
			return err
		}
		r.Cases += int(next.kept - at.kept)
		at, waiting, bytes = next, waiting[:0], 0
		if f.Progress != nil {
			f.Progress(at.kept)
		}
		return nil
	}
	again, err := f.each(func(row Row) error {
		if int64(row.Number) <= at.done {
			return nil
		}
		if row.Number > r.Records {
			return errChanged
		}
		waiting = append(waiting, f.Map.convert(row, today))
		if bytes += row.size(); len(waiting) < batchSize && bytes < batchBytes {
			return nil
		}
		return send()
	})
	if err == nil && again != id {
		err = errChanged
	}
	if err == nil {
		err = send()
	}
	if err == nil {
		err = s.people.Reindex(ctx, actor, r.Cases)
	}
	return r, err
}

// begin finds how far an import is, or begins it.
func (s *Standards) begin(ctx context.Context, actor auth.Actor, f File, r Report, id string) (at mark, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		at, err = markOf(ctx, tx, actor.Org, id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		at = mark{version: 1}
		_, err = tx.Exec(ctx, `INSERT INTO protection_import (org_id, id, version, changed_by, changed_at, standard, records, done, kept, begun_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6, 0, 0, $4)`,
			string(actor.Org), id, string(actor.Account), tx.NowMicros(), f.Map.Standard+" "+f.Map.Version, r.Records)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: id,
			Detail: map[string]string{"act": "case.import", "via": string(actor.Via), "standard": f.Map.Standard, "version": f.Map.Version},
		})
	})
	return at, err
}

func markOf(ctx context.Context, tx *db.Tx, org auth.OrgID, id string) (at mark, err error) {
	err = tx.QueryRow(ctx, "SELECT version, done, kept FROM protection_import WHERE org_id = $1 AND id = $2", string(org), id).
		Scan(&at.version, &at.done, &at.kept)
	return at, err
}

// write keeps a batch of records and how far the import is, in one transaction.
func (s *Standards) write(ctx context.Context, actor auth.Actor, id string, at mark, all []converted) (mark, error) {
	next := mark{at.version + 1, int64(all[len(all)-1].row.Number), at.kept}
	var files []person.File
	var begins []casefile.Begin
	var values []Values
	for _, c := range all {
		if c.none {
			continue
		}
		files, values = append(files, c.file), append(values, c.values)
		begins = append(begins, casefile.Begin{Reason: "other", Origin: originOf(c.values), Retention: "adult-client"})
	}
	next.kept += int64(len(files))
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Bump(ctx, "protection_import", string(actor.Org), id, at.version); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE protection_import SET done = $1, kept = $2, changed_by = $3, changed_at = $4 WHERE org_id = $5 AND id = $6",
			next.done, next.kept, string(actor.Account), tx.NowMicros(), string(actor.Org), id)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return audit.Append(ctx, tx, audit.Entry{
				Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: id, Detail: map[string]string{"act": "case.import"},
			})
		}
		return s.rows(ctx, tx, actor, id, begins, files, values)
	})
	return next, err
}

// rows writes new cases with all that is known of each.
func (s *Standards) rows(ctx context.Context, tx *db.Tx, actor auth.Actor, id string, begins []casefile.Begin, files []person.File, values []Values) error {
	var b record.Batch
	cases, err := s.cases.OpenAll(ctx, tx, actor, &b, begins)
	if err != nil {
		return err
	}
	if err := s.people.BeginAll(ctx, tx, actor, &b, cases, files); err != nil {
		return err
	}
	set := Trafficking()
	act := record.Act{Actor: actor, Name: "case.import", Detail: map[string]string{"import": id, "set": set.ID}}
	for i, c := range cases {
		codes, docs := set.docs(values[i])
		kept := docs[:0]
		for _, d := range docs {
			if d.Value != nil {
				kept = append(kept, d)
			}
		}
		row := record.Row[facts]{Key: c.Child(), Clear: facts{set.ID, set.Version, codes}}
		if _, err := extensions.Add(&b, act, row, kept...); err != nil {
			return err
		}
	}
	if err := b.Write(ctx, tx, s.vault); err != nil {
		return err
	}
	return s.people.Birthdays(ctx, tx, actor, cases, files)
}

// originOf says how a person came, where the record says so.
func originOf(v Values) string {
	for _, f := range []string{"cas_ReferringOrganisation", "cas_IncomingReferralDate", "cas_ReasonForIncomingReferral"} {
		if len(v[f]) > 0 {
			return "referral"
		}
	}
	return ""
}
