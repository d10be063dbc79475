package indicator

import (
	"context"
	"database/sql"
	"io"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
)

// WriteAll writes all that is held of an indicator in the generic format: every cell of every
// release, in order of release, series and period. A cell that one release published more than
// once is one row that is disputed. It returns the number of rows. Importing the file gives the
// same figures back.
//
// Rows are streamed: memory does not grow with their number. The database is read in one
// transaction, for as long as w takes.
func (r *Indicators) WriteAll(ctx context.Context, a auth.Actor, id ID, w io.Writer) (rows int, err error) {
	if err := mayRead(a); err != nil {
		return 0, err
	}
	err = r.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err = writeAll(ctx, tx, a, id, w)
		return err
	})
	return rows, err
}

// whole writes the figures of one indicator.
type whole struct {
	indicator Indicator
	printed   map[Dim]map[string]string // labels of codes as the source prints them
	out       *importer.Writer
	held      importer.Line // the row that may still be disputed by the next
	rows      int
}

func writeAll(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, w io.Writer) (int, error) {
	i, err := get(ctx, tx, a, id, true)
	if err != nil {
		return 0, err
	}
	releases, err := releasesOf(ctx, tx, a, id, "")
	if err != nil {
		return 0, err
	}
	all := whole{indicator: i, printed: map[Dim]map[string]string{}}
	dims := make([]Dim, 0, len(i.Dimensions))
	for _, d := range i.Dimensions {
		dims = append(dims, d.Dim)
		all.printed[d.Dim] = make(map[string]string, len(d.Codes))
		for _, c := range d.Codes {
			all.printed[d.Dim][c.Code] = c.Label
		}
	}
	slices.Sort(dims)
	if all.out, err = importer.NewWriter(w, dims, i.Own); err != nil {
		return 0, err
	}
	for _, rel := range releases {
		// The order is that of the table's key, so the database need not sort.
		rows, err := tx.Query(ctx, `
			SELECT s.area, s.cell, f.period, f.lo, f.hi, f.state, f.derived
			FROM evaluation_figure f
			JOIN evaluation_series s ON s.org_id = f.org_id AND s.id = f.series_id
			WHERE f.org_id = $1 AND f.release_id = $2 AND s.indicator_id = $3
			ORDER BY f.series_id, f.period, f.variant`, string(a.Org), rel.ID, string(id))
		if err != nil {
			return all.rows, err
		}
		if err := all.release(rows, rel); err != nil {
			return all.rows, err
		}
	}
	return all.rows, all.out.Flush()
}

// release writes the figures of one release and closes rows.
func (x *whole) release(rows *sql.Rows, rel Release) error {
	defer func() { _ = rows.Close() }()
	x.held = importer.Line{}
	for rows.Next() {
		line, err := x.line(rows, rel)
		if err != nil {
			return err
		}
		if line.Area == x.held.Area && line.Key == x.held.Key && line.Period == x.held.Period {
			x.held.Value = x.held.Value.Dispute(line.Value)
			continue
		}
		if err := x.flush(); err != nil {
			return err
		}
		x.held = line
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return x.flush()
}

func (x *whole) line(rows *sql.Rows, rel Release) (l importer.Line, err error) {
	i := x.indicator
	l = importer.Line{
		Indicator: string(i.ID), Title: i.Title, Unit: i.Unit, Kind: i.Kind.String(),
		ReleasedOn: rel.ReleasedOn, Basis: rel.Basis, Release: rel.Label, First: rel.First,
	}
	var period string
	if err := rows.Scan(&l.Area, &l.Key, &period, &l.Value.Lo, &l.Value.Hi, &l.Value.State, &l.Derived); err != nil {
		return l, err
	}
	l.Period, err = figure.ParsePeriod(period)
	return l, err
}

// flush writes the row that is held.
func (x *whole) flush() error {
	if x.held.Indicator == "" {
		return nil
	}
	x.rows++
	x.held.Label = labelOfKey(x.held.Key, x.printed)
	return x.out.Write(x.held)
}
