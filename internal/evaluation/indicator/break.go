package indicator

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/shift"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/vocab"
)

// BreakAt is a break to declare.
type BreakAt struct {
	Indicator ID
	// Area is an area code, or "" for all areas.
	Area string
	// Key is the cell, "" for all cells.
	Key Key
	// Period is the first period after the break.
	Period Period
	// Note says what changed; Source where that is known from.
	Note, Source string
}

// maxNote bounds the note and the source of a declared break, in bytes.
const maxNote = 1000

// DeclareBreak records that figures from a period on are not comparable with those before, and
// returns the id of the break. It needs the permission measures.import.
func (r *Indicators) DeclareBreak(ctx context.Context, a auth.Actor, b BreakAt) (string, error) {
	if err := mayImport(a); err != nil {
		return "", err
	}
	if err := checkBreak(b); err != nil {
		return "", err
	}
	var id string
	err := r.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := get(ctx, tx, a, b.Indicator, false); err != nil {
			return err
		}
		id = db.NewID()
		if err := insertBreak(ctx, tx, a, id, b); err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(a, id, "declare-break", map[string]string{
			"indicator": string(b.Indicator), "area": b.Area, "period": b.Period.String(),
		}))
	})
	return id, err
}

func checkBreak(b BreakAt) error {
	bad := fault.New(fault.Invalid, "This break cannot be declared.")
	switch _, known := vocab.Find(vocab.Area, b.Area); {
	case !b.Period.Valid():
		return bad.WithField("period", "Give the first period after the break, such as 2022-Q2.")
	case strings.TrimSpace(b.Note) == "":
		return bad.WithField("note", "Say what changed.")
	case len(b.Note) > maxNote || len(b.Source) > maxNote:
		return bad.WithField("note", "Use at most %d characters.", maxNote)
	case b.Area != "" && !known:
		return bad.WithField("area", "This country is not known.")
	}
	if canonical, err := figure.MakeKey(b.Key.Cell()); err != nil || canonical != b.Key {
		return bad.WithField("cell", "This is not a cell of a table.")
	}
	return nil
}

func insertBreak(ctx context.Context, tx *db.Tx, a auth.Actor, id string, b BreakAt) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO evaluation_break (org_id, id, indicator_id, area, cell, period, note, source, declared_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (org_id, id) DO NOTHING`,
		string(a.Org), id, string(b.Indicator), b.Area, string(b.Key), b.Period.String(), b.Note, b.Source, tx.NowMicros())
	return err
}

// entry makes the audit entry of a change in this room.
func entry(a auth.Actor, subject, act string, detail map[string]string) audit.Entry {
	detail["act"] = act
	detail["via"] = string(a.Via)
	return audit.Entry{
		Org: string(a.Org), Actor: string(a.Account), Kind: audit.Configuration, Subject: subject, Detail: detail,
	}
}

// declared is a stored break with what it covers.
type declared struct {
	area string
	key  Key
	Break
}

func declaredBreaks(ctx context.Context, tx *db.Tx, a auth.Actor, id ID) ([]declared, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, area, cell, period, note, source FROM evaluation_break
		WHERE org_id = $1 AND indicator_id = $2 ORDER BY period, id`, string(a.Org), string(id))
	return db.Collect(rows, err, func(rows *sql.Rows) (declared, error) {
		d := declared{Break: Break{Kind: Declared}}
		var period string
		if err := rows.Scan(&d.ID, &d.area, &d.key, &period, &d.Note, &d.Source); err != nil {
			return d, err
		}
		var err error
		d.Period, err = figure.ParsePeriod(period)
		return d, err
	})
}

// breaksOf returns the breaks within a series: the declared ones that cover it and, for counts,
// those that are detected where none is declared.
func breaksOf(s Series, all []declared, counts bool) []Break {
	var breaks []Break
	for _, d := range all {
		if d.area != "" && d.area != s.Area || !d.key.Covers(s.Key) {
			continue
		}
		if p, ok := firstAfter(s.Points, d.Period); ok {
			b := d.Break
			b.Period = p
			breaks = append(breaks, b)
		}
	}
	if counts {
		for _, b := range DetectBreaks(s) {
			if !slices.ContainsFunc(breaks, func(x Break) bool { return x.Period == b.Period }) {
				breaks = append(breaks, b)
			}
		}
	}
	order.By(breaks, func(x, y Break) int {
		return cmp.Or(x.Period.Compare(y.Period), cmp.Compare(x.Kind, y.Kind))
	})
	return breaks
}

// firstAfter finds the point in which a break falls: the period that holds its start. A break at
// or before the first point divides nothing.
func firstAfter(points []Point, at Period) (Period, bool) {
	for i, p := range points {
		if p.Period.Contains(at) || at.Contains(p.Period) {
			return p.Period, i > 0
		}
	}
	return Period{}, false
}

// DetectBreaks returns the jumps of level that package shift finds in a series of counts. Partial
// years are left out: an absent quarter is no break. It is a prompt to look, never a finding.
func DetectBreaks(s Series) []Break {
	values := make([]Value, len(s.Points))
	for i, p := range s.Points {
		if !p.Partial() {
			values[i] = p.Value
		}
	}
	var breaks []Break
	for _, found := range shift.Find(values) {
		breaks = append(breaks, Break{
			Period: s.Points[found.Index].Period, Kind: Detected, Factor: found.Factor,
			Note: "The level changes more than the series explains. Look for a change of source, definition or law.",
		})
	}
	return breaks
}
