// Package library is the store of the law room: works, their expressions and provisions, what happened to them, and
// findings about them.
//
// Nothing is overwritten. A correction is a new row beside the old one, which keeps when it was taken back, so that
// [Library.Stand] and [Library.Findings] answer for both clocks: as it stood on a day, as known on a day. Two versions that
// claim the same day are both kept and both shown.
//
// Trust: legal texts are public and stand in clear. What one reader found is not shown to others who read for the same
// finding before the second reading is in. Who may write is decided by auth; every change appends an entry.
package library

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/work"
)

// Library is the room. It is safe for concurrent use.
type Library struct{ db *db.DB }

// On returns the room on a database.
func On(d *db.DB) *Library { return &Library{d} }

func notFound() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// note appends the entry of a change. Details are codes and days only.
func note(ctx context.Context, tx *db.Tx, actor auth.Actor, subject, step string, detail ...string) error {
	d := map[string]string{"step": step}
	for i := 0; i+1 < len(detail); i += 2 {
		if detail[i+1] != "" {
			d[detail[i]] = detail[i+1]
		}
	}
	return audit.Append(ctx, tx, audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: subject, Detail: d,
	})
}

// AddWork keeps a work. A blank ID gets one; it returns the ID.
func (l *Library) AddWork(ctx context.Context, actor auth.Actor, w work.Work) (string, error) {
	if !actor.May(auth.KeepLaw) {
		return "", notFound()
	}
	if _, err := clock.Parse(string(w.Adopted)); err != nil {
		return "", err
	}
	if w.Jurisdiction == "" || w.Title == "" {
		return "", fault.New(fault.Invalid, "A law needs a title and the country or organisation whose law it is.").WithField("title", "missing")
	}
	if w.ID == "" {
		w.ID = db.NewID()
	}
	err := l.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO law_work (org_id, id, jurisdiction, kind, title, number, alias, adopted, family, source, confidence, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			string(actor.Org), w.ID, w.Jurisdiction, w.Kind, w.Title, w.Number, strings.Join(w.Alias, "\n"), string(w.Adopted), w.Family, w.Source, w.Confidence, tx.NowMicros())
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "A law with this code is kept already.").Wrap(err)
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, actor, "law-work:"+w.ID, "add")
	})
	return w.ID, err
}

// Work returns a work of the organisation.
func (l *Library) Work(ctx context.Context, actor auth.Actor, id string) (w work.Work, err error) {
	if !actor.May(auth.ReadPolicy) {
		return w, notFound()
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		w, err = workIn(ctx, tx, actor.Org, id)
		return err
	})
	return w, err
}

// Works lists the works of a jurisdiction, "" for all, by code.
func (l *Library) Works(ctx context.Context, actor auth.Actor, jurisdiction string) (list []work.Work, err error) {
	if !actor.May(auth.ReadPolicy) {
		return nil, notFound()
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+workColumns+" FROM law_work WHERE org_id = $1 AND ($2 = '' OR jurisdiction = $2) ORDER BY id",
			string(actor.Org), jurisdiction)
		list, err = db.Collect(rows, err, func(r *sql.Rows) (work.Work, error) { return scanWork(r.Scan) })
		return err
	})
	return list, err
}

const workColumns = "id, jurisdiction, kind, title, number, alias, adopted, family, source, confidence"

func scanWork(scan func(...any) error) (w work.Work, err error) {
	var alias string
	err = scan(&w.ID, &w.Jurisdiction, &w.Kind, &w.Title, &w.Number, &alias, &w.Adopted, &w.Family, &w.Source, &w.Confidence)
	if alias != "" {
		w.Alias = strings.Split(alias, "\n")
	}
	return w, err
}

func workIn(ctx context.Context, tx *db.Tx, org auth.OrgID, id string) (work.Work, error) {
	w, err := scanWork(tx.QueryRow(ctx, "SELECT "+workColumns+" FROM law_work WHERE org_id = $1 AND id = $2", string(org), id).Scan)
	if err != nil {
		return w, notFound().Wrap(err)
	}
	return w, nil
}

// AddEvent keeps a commencement, an amendment or a repeal. It refuses one before the adoption.
func (l *Library) AddEvent(ctx context.Context, actor auth.Actor, e work.Event) (string, error) {
	if !actor.May(auth.KeepLaw) {
		return "", notFound()
	}
	if e.ID == "" {
		e.ID = db.NewID()
	}
	err := l.db.Write(ctx, func(tx *db.Tx) error {
		w, err := workIn(ctx, tx, actor.Org, e.Work)
		if err != nil {
			return err
		}
		if err := work.CheckEvent(w, e); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO law_event (org_id, id, work_id, turn, parts, by_work, day, verb, successors, source, confidence, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			string(actor.Org), e.ID, e.Work, string(e.Turn), strings.Join(e.Parts, " "), e.By, string(e.Date), e.Verb, strings.Join(e.Into, " "), e.Source, e.Confidence, tx.NowMicros())
		if err != nil {
			return err
		}
		return note(ctx, tx, actor, "law-work:"+e.Work, string(e.Turn), "day", string(e.Date))
	})
	return e.ID, err
}

// RetractEvent takes an event back: it was wrong. What was known before stays answerable.
func (l *Library) RetractEvent(ctx context.Context, actor auth.Actor, id string) error {
	return l.retract(ctx, actor, "law_event", id)
}

// RetractExpression takes a version back, and sends findings that cite it for review.
func (l *Library) RetractExpression(ctx context.Context, actor auth.Actor, id string) error {
	return l.retract(ctx, actor, "law_expression", id)
}

func (l *Library) retract(ctx context.Context, actor auth.Actor, table, id string) error {
	if !actor.May(auth.KeepLaw) {
		return notFound()
	}
	return l.db.Write(ctx, func(tx *db.Tx) error {
		var of string
		err := tx.QueryRow(ctx, "SELECT work_id FROM "+table+" WHERE org_id = $1 AND id = $2 AND gone_at IS NULL", string(actor.Org), id).Scan(&of)
		if err != nil {
			return notFound().Wrap(err)
		}
		n, err := tx.Exec(ctx, "UPDATE "+table+" SET gone_at = $3 WHERE org_id = $1 AND id = $2 AND gone_at IS NULL", string(actor.Org), id, tx.NowMicros())
		if err != nil || n != 1 {
			return err
		}
		if err := note(ctx, tx, actor, "law-work:"+of, "retract", "row", id); err != nil {
			return err
		}
		_, err = decay(ctx, tx, actor, of)
		return err
	})
}

// Added is what came of keeping a version.
type Added struct {
	ID string
	// Overlaps name versions that claim the same day. All are kept.
	Overlaps []*fault.Error
	// Reviewed is how many findings cite a text that reads otherwise by now.
	Reviewed int
}

// AddExpression keeps a version with its provisions.
func (l *Library) AddExpression(ctx context.Context, actor auth.Actor, e work.Expression, parts []work.Provision) (out Added, err error) {
	if !actor.May(auth.KeepLaw) {
		return out, notFound()
	}
	if e.ID == "" {
		e.ID = db.NewID()
	}
	err = l.db.Write(ctx, func(tx *db.Tx) error {
		out = Added{ID: e.ID}
		w, err := workIn(ctx, tx, actor.Org, e.Work)
		if err != nil {
			return err
		}
		if err := work.CheckExpression(w, e, parts); err != nil {
			return err
		}
		if err := putExpression(ctx, tx, actor.Org, e, parts); err != nil {
			return err
		}
		all, err := expressions(ctx, tx, actor.Org, e.Work, e.Language)
		if err != nil {
			return err
		}
		out.Overlaps = work.Overlaps(all)
		if err := note(ctx, tx, actor, "law-work:"+e.Work, "version", "row", e.ID, "day", string(e.AsOf), "parts", strconv.Itoa(len(parts))); err != nil {
			return err
		}
		out.Reviewed, err = decay(ctx, tx, actor, e.Work)
		return err
	})
	return out, err
}

func putExpression(ctx context.Context, tx *db.Tx, org auth.OrgID, e work.Expression, parts []work.Provision) error {
	if e.Replaces != "" {
		var n int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM law_expression WHERE org_id = $1 AND id = $2 AND work_id = $3 AND language = $4",
			string(org), e.Replaces, e.Work, e.Language).Scan(&n)
		if err != nil || n == 0 {
			return notFound().Wrap(err)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO law_expression (org_id, id, work_id, language, as_of, form, official, source, hash, replaces, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(org), e.ID, e.Work, e.Language, string(e.AsOf), string(e.Form), e.Official, e.Source, e.Hash, e.Replaces, tx.NowMicros())
	if err != nil {
		return err
	}
	cols := []string{"org_id", "expression_id", "ordinal", "eid", "wid", "parent", "kind", "num", "heading", "body", "hash"}
	_, err = tx.InsertRows(ctx, "law_provision", cols, "", func(yield func([]any, error) bool) {
		for i, p := range parts {
			row := []any{string(org), e.ID, int64(i + 1), p.EID, p.WID, p.Parent, p.Kind, p.Num, p.Heading, p.Text, work.Hash(p.Heading, p.Text)}
			if !yield(row, nil) {
				return
			}
		}
	})
	return err
}
