package library

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/work"
	"github.com/fourfold/fourfold/internal/order"
)

// Stand says how a part of a work ("" for the whole) stood on a day, as known on a day, reading texts in one language.
func (l *Library) Stand(ctx context.Context, actor auth.Actor, of, wid, language string, at clock.At) (a work.Answer, err error) {
	if !actor.May(auth.ReadPolicy) {
		return a, notFound()
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := workIn(ctx, tx, actor.Org, of); err != nil {
			return err
		}
		a, err = standIn(ctx, tx, actor.Org, of, wid, language, at)
		return err
	})
	return a, err
}

func standIn(ctx context.Context, tx *db.Tx, org auth.OrgID, of, wid, language string, at clock.At) (work.Answer, error) {
	events, err := eventsIn(ctx, tx, org, of, at)
	if err != nil {
		return work.Answer{}, err
	}
	current, err := current(ctx, tx, org, of, language, at)
	if err != nil {
		return work.Answer{}, err
	}
	var texts []work.Reading
	for _, e := range current {
		parts, err := provisions(ctx, tx, org, e.ID, "wid = $3", wid)
		if err != nil {
			return work.Answer{}, err
		}
		for _, p := range parts {
			texts = append(texts, work.Reading{Expression: e, Provision: p})
		}
	}
	return work.Judge(wid, events, texts, at.On), nil
}

// StandAll answers for every part of a work of which anything is known, in the order of the texts, then by name.
func (l *Library) StandAll(ctx context.Context, actor auth.Actor, of, language string, at clock.At) (list []work.Answer, err error) {
	if !actor.May(auth.ReadPolicy) {
		return nil, notFound()
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		list = nil
		if _, err := workIn(ctx, tx, actor.Org, of); err != nil {
			return err
		}
		events, err := eventsIn(ctx, tx, actor.Org, of, at)
		if err != nil {
			return err
		}
		current, err := current(ctx, tx, actor.Org, of, language, at)
		if err != nil {
			return err
		}
		texts := map[string][]work.Reading{}
		var wids []string
		for _, e := range current {
			parts, err := provisions(ctx, tx, actor.Org, e.ID, "$3 = ''", "")
			if err != nil {
				return err
			}
			for _, p := range parts {
				wids = append(wids, p.WID)
				texts[p.WID] = append(texts[p.WID], work.Reading{Expression: e, Provision: p})
			}
		}
		var named []string
		for _, e := range events {
			named = append(named, e.Parts...)
		}
		slices.Sort(named)
		seen := map[string]bool{}
		for _, wid := range slices.Concat(wids, named) {
			if !seen[wid] {
				seen[wid] = true
				list = append(list, work.Judge(wid, events, texts[wid], at.On))
			}
		}
		return nil
	})
	return list, err
}

// eventsIn reads what happened to a work, as known then.
func eventsIn(ctx context.Context, tx *db.Tx, org auth.OrgID, of string, at clock.At) ([]work.Event, error) {
	rows, err := tx.Query(ctx, `SELECT id, turn, parts, by_work, day, verb, successors, source, confidence, recorded_at, COALESCE(gone_at, 0)
		FROM law_event WHERE org_id = $1 AND work_id = $2 AND recorded_at < $3 AND (gone_at IS NULL OR gone_at >= $3)`, string(org), of, at.Before)
	return db.Collect(rows, err, func(r *sql.Rows) (work.Event, error) {
		e := work.Event{Work: of}
		var parts, into string
		err := r.Scan(&e.ID, &e.Turn, &parts, &e.By, &e.Date, &e.Verb, &into, &e.Source, &e.Confidence, &e.Recorded, &e.Gone)
		e.Parts, e.Into = strings.Fields(parts), strings.Fields(into)
		return e, err
	})
}

const expressionColumns = "id, work_id, language, as_of, form, official, source, hash, replaces, recorded_at, COALESCE(gone_at, 0)"

func scanExpression(r *sql.Rows) (e work.Expression, err error) {
	err = r.Scan(&e.ID, &e.Work, &e.Language, &e.AsOf, &e.Form, &e.Official, &e.Source, &e.Hash, &e.Replaces, &e.Recorded, &e.Gone)
	return e, err
}

// current picks in the database what [work.Current] picks from a list: of the versions known then, without drafts and
// without what another one replaces, the newest that had come; a translation only where there is nothing else.
func current(ctx context.Context, tx *db.Tx, org auth.OrgID, of, language string, at clock.At) ([]work.Expression, error) {
	rows, err := tx.Query(ctx, `
		WITH live AS (
			SELECT id, work_id, language, as_of, form, official, source, hash, replaces, recorded_at, gone_at FROM law_expression
			WHERE org_id = $1 AND work_id = $2 AND language = $3 AND as_of <= $4 AND form <> 'draft'
			  AND recorded_at < $5 AND (gone_at IS NULL OR gone_at >= $5)
		), kept AS (
			SELECT * FROM live e WHERE NOT EXISTS (SELECT 1 FROM live r WHERE r.replaces = e.id)
		), own AS (
			SELECT * FROM kept WHERE form <> 'translation' OR NOT EXISTS (SELECT 1 FROM kept o WHERE o.form <> 'translation')
		)
		SELECT `+expressionColumns+` FROM own WHERE as_of = (SELECT MAX(as_of) FROM own)`,
		string(org), of, language, string(at.On), at.Before)
	list, err := db.Collect(rows, err, scanExpression)
	order.By(list, func(a, b work.Expression) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// expressions are all versions of a work in a language that stand.
func expressions(ctx context.Context, tx *db.Tx, org auth.OrgID, of, language string) ([]work.Expression, error) {
	rows, err := tx.Query(ctx, "SELECT "+expressionColumns+` FROM law_expression
		WHERE org_id = $1 AND work_id = $2 AND language = $3 AND gone_at IS NULL ORDER BY recorded_at, id`, string(org), of, language)
	return db.Collect(rows, err, scanExpression)
}

// provisions reads parts of a version; which is a condition on $3.
func provisions(ctx context.Context, tx *db.Tx, org auth.OrgID, expression, which, value string) ([]work.Provision, error) {
	rows, err := tx.Query(ctx, `SELECT ordinal, eid, wid, parent, kind, num, heading, body, hash FROM law_provision
		WHERE org_id = $1 AND expression_id = $2 AND `+which+" ORDER BY ordinal", string(org), expression, value)
	return db.Collect(rows, err, func(r *sql.Rows) (work.Provision, error) {
		p := work.Provision{Expression: expression}
		err := r.Scan(&p.Ordinal, &p.EID, &p.WID, &p.Parent, &p.Kind, &p.Num, &p.Heading, &p.Text, &p.Hash)
		return p, err
	})
}

// now asks for today with all that is known.
func now(tx *db.Tx) clock.At { return clock.At{On: clock.Of(tx.Now()), Before: math.MaxInt64} }
