package indicator

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/margin"
	"github.com/fourfold/fourfold/internal/fault"
)

// Total adds up the cell Where over the areas and periods of a query, knowing margins: of every
// area and period it takes the published total. A source that never prints this total is added up
// from the cells of one split by a single dimension: By, where the query prefers one, which then
// holds even where totals are printed. Where a source prints the total for some areas and periods,
// the others have none: their parts may be incomplete. Areas and periods without a figure are
// counted in Coverage and are not nought.
//
// Only counts can be added. A cell that is neither published nor split anywhere is fault.NotFound.
func (r *Indicators) Total(ctx context.Context, a auth.Actor, q Query) (Sum, error) {
	if err := mayRead(a); err != nil {
		return Sum{}, err
	}
	var sum Sum
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := loadTables(ctx, tx, a, q, func(want asked, shape string) bool {
			return shape == want.shape || extends(want.shape, shape)
		})
		if err != nil {
			return err
		}
		sum, err = t.total()
		return err
	})
	return sum, err
}

// NaiveSum adds up all published cells within Where as they stand. It is refused with
// fault.Invalid and the reason when totals stand among them, because people would then be counted
// more than once; [Indicators.Total] is what is wanted.
func (r *Indicators) NaiveSum(ctx context.Context, a auth.Actor, q Query) (Value, error) {
	if err := mayRead(a); err != nil {
		return Value{}, err
	}
	var sum Value
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := loadTables(ctx, tx, a, q, func(asked, string) bool { return true })
		if err != nil {
			return err
		}
		sum, err = t.naive()
		return err
	})
	return sum, err
}

// tables are the cells of an indicator, one table for each area and period.
type tables struct {
	indicator Indicator
	want      asked
	areas     []string
	span      span
	cells     map[tableOf][]margin.Cell
	releases  []Release
}

type tableOf struct {
	area   string
	period Period
}

// loadTables reads the latest vintage of the cells whose shape is let through and that lie within
// the cell asked for. Figures this program derived are left out: they are no cells of a table.
func loadTables(ctx context.Context, tx *db.Tx, a auth.Actor, q Query, lets func(asked, string) bool) (*tables, error) {
	i, err := get(ctx, tx, a, q.Indicator, false)
	if err != nil {
		return nil, err
	}
	if i.Kind != Count {
		return nil, fault.New(fault.Invalid, "The indicator %s is no count, so it cannot be added up.", string(i.ID)).
			WithHint("Add up its numerator and denominator instead.")
	}
	prefer := q.By
	q.By = ""
	want, err := check(q, i)
	if err != nil {
		return nil, err
	}
	if prefer != "" {
		if err := checkDim(i, prefer); err != nil {
			return nil, err
		}
	}
	releases, err := releasesOf(ctx, tx, a, i.ID, q.KnownOn)
	if err != nil {
		return nil, err
	}
	shapes, err := shapesOf(ctx, tx, a, i.ID)
	if err != nil {
		return nil, err
	}
	t := &tables{indicator: i, want: want, cells: map[tableOf][]margin.Cell{}, areas: want.Areas}
	all, err := t.read(ctx, tx, a, slices.DeleteFunc(shapes, func(s string) bool { return !lets(want, s) }), releases, i.Every)
	t.want.By = prefer
	t.releases = used(all, releases)
	return t, err
}

// read fills the tables with the cells of some shapes and returns the series read.
func (t *tables) read(ctx context.Context, tx *db.Tx, a auth.Actor, shapes []string, releases []Release, every PeriodKind) ([]Series, error) {
	q := t.want
	q.shapes = append([]string{}, shapes...)
	all, err := selectSeries(ctx, tx, a, q, releases, every)
	if err != nil {
		return nil, err
	}
	var points [][]Point
	for n := range all {
		s := &all[n]
		s.Points = slices.DeleteFunc(s.Points, func(p Point) bool { return p.Derived || p.IsMissing() })
		points = append(points, s.Points)
		t.add(*s)
	}
	t.span = spanOf(points, every, t.want.From, t.want.To)
	if len(t.want.Areas) == 0 {
		seen := map[string]bool{}
		for _, s := range all {
			if len(s.Points) > 0 || t.want.expects(s.Area) {
				seen[s.Area] = true
			}
		}
		t.areas = slices.Sorted(maps.Keys(seen))
	}
	return all, nil
}

func (t *tables) add(s Series) {
	for _, p := range s.Points {
		at := tableOf{s.Area, p.Period}
		t.cells[at] = append(t.cells[at], margin.Cell{Key: s.Key, Value: p.Value})
	}
}

// total adds the tables up.
func (t *tables) total() (Sum, error) {
	sum := Sum{Releases: t.releases}
	if t.want.By == "" && t.printed() {
		t.keepPrinted()
	}
	over, keys := map[Dim]bool{}, map[Key]bool{}
	var values []Value
	for _, area := range t.areas {
		for p := t.span.from; !p.IsZero() && !t.span.to.Before(p); p = p.Next() {
			sum.Coverage.Expected++
			v, d, used, err := margin.Sum(t.cells[tableOf{area, p}], t.want.where, t.want.By)
			if err != nil {
				if len(sum.Coverage.Missing) < MaxMissing {
					sum.Coverage.Missing = append(sum.Coverage.Missing, area+" "+p.String())
				}
				continue
			}
			sum.Coverage.Reported++
			values = append(values, v)
			over[d] = true
			for _, k := range used {
				keys[k] = true
			}
		}
	}
	if len(values) == 0 {
		return Sum{}, fault.New(fault.NotFound, "The source publishes neither this total nor its parts.").
			WithHint("Choose another cell, or see under the indicator how it is split.")
	}
	sum.Value, _ = figure.Total(values...)
	sum.Keys = slices.Sorted(maps.Keys(keys))
	sum.Notes = totalNotes(sum, over)
	if len(over) == 1 {
		sum.Over = slices.Collect(maps.Keys(over))[0]
	}
	return sum, nil
}

// printed reports whether the source prints the total for any area and period.
func (t *tables) printed() bool {
	for _, cells := range t.cells {
		if slices.ContainsFunc(cells, t.isTotal) {
			return true
		}
	}
	return false
}

func (t *tables) isTotal(c margin.Cell) bool { return c.Key == t.want.where }

// keepPrinted leaves nothing but printed totals.
func (t *tables) keepPrinted() {
	for at, cells := range t.cells {
		t.cells[at] = slices.DeleteFunc(cells, func(c margin.Cell) bool { return !t.isTotal(c) })
	}
}

func totalNotes(s Sum, over map[Dim]bool) []Note {
	var out []Note
	for _, d := range slices.Sorted(maps.Keys(over)) {
		if d != "" {
			out = append(out, Note{"The source does not print the total; it was added up over %s. Cells that are not printed count as nought.", []any{string(d)}})
		}
	}
	if s.Coverage.Reported < s.Coverage.Expected {
		out = append(out, Note{"The total rests on %d of %d figures; the others were not published.", []any{s.Coverage.Reported, s.Coverage.Expected}})
	}
	if s.State != Exact {
		out = append(out, Note{Msg: "The total is a range, because figures that it holds are known only as a range."})
	}
	return out
}

// naive adds every cell as it stands, or says why not. The order of tables is fixed so that the
// same query is refused with the same words.
func (t *tables) naive() (Value, error) {
	values := make([]Value, 0, len(t.cells))
	for _, at := range t.order() {
		v, err := margin.Naive(t.cells[at])
		if err != nil {
			return Value{}, err
		}
		values = append(values, v)
	}
	sum, n := figure.Total(values...)
	if n == 0 {
		return Value{}, fault.New(fault.NotFound, "There are no figures to add up.").WithHint("Choose other areas or periods.")
	}
	return sum, nil
}

// shapesOf returns the shapes in which an indicator is held, in order.
func shapesOf(ctx context.Context, tx *db.Tx, a auth.Actor, id ID) ([]string, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT shape FROM evaluation_series
		WHERE org_id = $1 AND indicator_id = $2 ORDER BY shape`, string(a.Org), string(id))
	return db.Collect(rows, err, scanText)
}

// extends reports whether shape has all dimensions of base and exactly one more.
func extends(base, shape string) bool {
	have := strings.Split(shape, "|")
	if base == "" {
		return shape != "" && len(have) == 1
	}
	want := strings.Split(base, "|")
	for _, d := range want {
		if !slices.Contains(have, d) {
			return false
		}
	}
	return len(have) == len(want)+1
}
