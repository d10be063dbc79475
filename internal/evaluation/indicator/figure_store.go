package indicator

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// parameters collects the arguments of a statement.
type parameters []any

// one adds an argument and returns its mark.
func (p *parameters) one(v any) string {
	*p = append(*p, v)
	return "$" + strconv.Itoa(len(*p))
}

// list adds arguments and returns their marks as a list for IN, which matches nothing when empty.
func (p *parameters) list(all iter.Seq[string]) string {
	var marks []string
	for s := range all {
		marks = append(marks, p.one(s))
	}
	if len(marks) == 0 {
		return "(NULL)"
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// condition writes the part of a WHERE clause that selects the series of a query.
func (a asked) condition(p *parameters) string {
	if a.single() && len(a.Areas) > 0 { // the series are known by name
		return " AND s.id IN " + p.list(func(yield func(string) bool) {
			for _, area := range a.Areas {
				if !yield(seriesID(a.Indicator, area, a.where)) {
					return
				}
			}
		})
	}
	shapes := a.shapes
	if shapes == nil {
		shapes = []string{a.shape}
	}
	cond := " AND s.shape IN " + p.list(slices.Values(shapes))
	if a.single() {
		cond += " AND s.cell = " + p.one(string(a.where))
	}
	if len(a.Areas) > 0 {
		cond += " AND s.area IN " + p.list(slices.Values(a.Areas))
	}
	return cond
}

func storedSeries(ctx context.Context, tx *db.Tx, a auth.Actor, q asked) ([]stored, error) {
	p := parameters{string(a.Org), string(q.Indicator)}
	cond := q.condition(&p)
	rows, err := tx.Query(ctx, `
		SELECT s.id, s.area, s.cell FROM evaluation_series s
		WHERE s.org_id = $1 AND s.indicator_id = $2`+cond, p...)
	all, err := db.Collect(rows, err, func(rows *sql.Rows) (s stored, err error) {
		return s, rows.Scan(&s.id, &s.area, &s.cell)
	})
	return slices.DeleteFunc(all, func(s stored) bool { return !q.wants(Key(s.cell)) }), err
}

func ids(releases []Release) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, r := range releases {
			if !yield(r.ID) {
				return
			}
		}
	}
}

// seriesChunk is how many series are asked for in one statement.
const seriesChunk = 500

// storedRows reads the figures of series in the periods asked for.
//
// The statements name releases and series, so that both engines find the figures by the primary
// key without statistics; joined, either may begin with all figures. Where finding each series in
// each release would be more work than reading the releases whole, those are read.
func storedRows(ctx context.Context, tx *db.Tx, a auth.Actor, q asked, found []stored, releases []Release) ([]row, error) {
	ranks := make(map[string]int, len(releases))
	figures := 0
	for i, r := range releases {
		ranks[r.ID] = i
		figures += r.Rows
	}
	wanted := make(map[string]bool, len(found))
	for _, s := range found {
		wanted[s.id] = true
	}
	scanner := newRowScanner(ranks)
	var all []row
	read := func(series []stored) error {
		p := parameters{string(a.Org), bound(q.From, 0), bound(q.To, 1)}
		cond := ""
		if series != nil {
			cond = " AND series_id IN " + p.list(func(yield func(string) bool) {
				for _, s := range series {
					if !yield(s.id) {
						return
					}
				}
			})
		}
		rows, err := tx.Query(ctx, `
			SELECT series_id, release_id, period, variant, lo, hi, state, derived, line
			FROM evaluation_figure
			WHERE org_id = $1 AND ($2 = '' OR period >= $2) AND ($3 = '' OR period < $3)
			  AND release_id IN `+p.list(ids(releases))+cond, p...)
		some, err := db.Collect(rows, err, scanner.scan)
		for _, x := range some {
			if wanted[x.series] && x.period.Within(q.From, q.To) {
				all = append(all, x)
			}
		}
		return err
	}
	if len(found)*len(releases) > figures {
		return all, read(nil)
	}
	for some := range slices.Chunk(found, seriesChunk) {
		if err := read(some); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// bound returns the year of a period plus n as text, "" for an open end.
func bound(p Period, n int) string {
	if p.IsZero() {
		return ""
	}
	return figure.YearOf(p.Year + n).String()
}

// rowScanner reads figures. Series, periods and releases repeat from row to row, so their texts are
// kept once and not made anew for every row.
type rowScanner struct {
	ranks   map[string]int
	series  map[string]string
	periods map[string]Period
}

func newRowScanner(ranks map[string]int) *rowScanner {
	return &rowScanner{ranks: ranks, series: map[string]string{}, periods: map[string]Period{}}
}

func (s *rowScanner) scan(rows *sql.Rows) (row, error) {
	var x row
	var series, release, period sql.RawBytes // valid until the next row
	err := rows.Scan(&series, &release, &period, &x.variant, &x.value.Lo, &x.value.Hi, &x.value.State, &x.derived, &x.line)
	if err != nil {
		return row{}, err
	}
	x.release = s.ranks[string(release)]
	return x, s.place(&x, series, period)
}

// scanBrief reads what a comparison needs of the figures of one release.
func (s *rowScanner) scanBrief(rows *sql.Rows) (row, error) {
	var x row
	var series, period sql.RawBytes
	if err := rows.Scan(&series, &period, &x.value.Lo, &x.value.Hi, &x.value.State); err != nil {
		return row{}, err
	}
	return x, s.place(&x, series, period)
}

func (s *rowScanner) place(x *row, series, period []byte) error {
	var ok bool
	if x.series, ok = s.series[string(series)]; !ok {
		x.series = string(series)
		s.series[x.series] = x.series
	}
	if x.period, ok = s.periods[string(period)]; ok {
		return nil
	}
	p, err := figure.ParsePeriod(string(period))
	x.period, s.periods[string(period)] = p, p
	return err
}
