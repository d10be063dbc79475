package indicator

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
)

// Answer returns the figures that a query asks for, with their vintages, breaks and coverage. A
// cell that the source does not publish gives no series and a note; [Indicators.Total] adds such a
// cell up from its parts.
//
// Its errors are fault.Denied, fault.NotFound for an unknown indicator and fault.Invalid for a
// query that makes no sense. The cost grows with the figures selected, over all their vintages.
func (r *Indicators) Answer(ctx context.Context, a auth.Actor, q Query) (Answer, error) {
	if err := mayRead(a); err != nil {
		return Answer{}, err
	}
	var ans Answer
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ans, err = answer(ctx, tx, a, q)
		return err
	})
	return ans, err
}

func answer(ctx context.Context, tx *db.Tx, a auth.Actor, q Query) (Answer, error) {
	i, err := get(ctx, tx, a, q.Indicator, false)
	if err != nil {
		return Answer{}, err
	}
	if len(q.Part) > 0 {
		return share(ctx, tx, a, q, i)
	}
	want, err := check(q, i)
	if err != nil {
		return Answer{}, err
	}
	releases, err := releasesOf(ctx, tx, a, i.ID, q.KnownOn)
	if err != nil {
		return Answer{}, err
	}
	series, err := selectSeries(ctx, tx, a, want, releases, i.Every)
	if err != nil {
		return Answer{}, err
	}
	if want.Annual && i.Every != Year {
		sumYears(series, releases)
	}
	if err := label(ctx, tx, a, i.ID, series); err != nil {
		return Answer{}, err
	}
	declared, err := declaredBreaks(ctx, tx, a, i.ID)
	if err != nil {
		return Answer{}, err
	}
	for n := range series {
		series[n].Breaks = breaksOf(series[n], declared, i.Kind == Count)
	}
	ans := Answer{Indicator: i, Query: want.Query, Series: series, Coverage: coverage(series), Hash: hashOf(series)}
	ans.Releases = used(series, releases)
	ans.Notes = notes(ans)
	return ans, nil
}

// releasesOf returns the releases of an indicator known on a day, oldest first.
func releasesOf(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, knownOn string) ([]Release, error) {
	rows, err := tx.Query(ctx, `
		SELECT r.id, r.source, r.label, r.released_on, r.basis, r.is_first, r.imported_at, r.file_hash, r.figures
		FROM evaluation_release_indicator ri
		JOIN evaluation_release r ON r.org_id = ri.org_id AND r.id = ri.release_id
		WHERE ri.org_id = $1 AND ri.indicator_id = $2 AND ($3 = '' OR r.released_on <= $3)
		ORDER BY r.released_on, r.is_first DESC, r.imported_at, r.position, r.id`, string(a.Org), string(id), knownOn)
	return db.Collect(rows, err, scanRelease)
}

func scanRelease(rows *sql.Rows) (r Release, err error) {
	err = rows.Scan(&r.ID, &r.Source, &r.Label, &r.ReleasedOn, &r.Basis, &r.First, &r.ImportedAt, &r.FileHash, &r.Rows)
	return r, err
}

// stored is a series of the database.
type stored struct {
	id, area, cell string
	indicator      ID // only where several are read together
}

// selectSeries reads the series and figures of a query and folds them.
func selectSeries(ctx context.Context, tx *db.Tx, a auth.Actor, q asked, releases []Release, every PeriodKind) ([]Series, error) {
	found, err := storedSeries(ctx, tx, a, q)
	if err != nil {
		return nil, err
	}
	rows, err := storedRows(ctx, tx, a, q, found, releases)
	if err != nil {
		return nil, err
	}
	bySeries := map[string][]row{}
	for _, x := range rows {
		bySeries[x.series] = append(bySeries[x.series], x)
	}
	var series []Series
	var points [][]Point
	for _, s := range found {
		p := foldPoints(bySeries[s.id], releases)
		if len(p) == 0 && !q.expects(s.area) {
			continue
		}
		series = append(series, Series{Indicator: q.Indicator, Area: s.area, Key: Key(s.cell)})
		points = append(points, p)
	}
	series, points = absent(q, series, points)
	all := spanOf(points, every, q.From, q.To)
	for n := range series {
		series[n].Points = points[n]
		if q.shapes == nil { // cells to add up need no gaps
			series[n].Points = all.fill(points[n])
		}
	}
	order.By(series, func(x, y Series) int {
		return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Key, y.Key))
	})
	return series, nil
}

// expects reports whether a series without a figure in the periods asked for belongs into the
// answer, so that its absence is seen and counted: an area that was named, or any that has the
// cell in other periods. It does not when the answer is split, since not every category occurs
// everywhere, nor on an earlier day, when the series may not have been known at all.
func (a asked) expects(area string) bool {
	return slices.Contains(a.Areas, area) || a.By == "" && a.KnownOn == ""
}

// absent adds an empty series for every area that was named and has none, so that its absence is
// seen and counted. Split answers do not know which categories to expect.
func absent(q asked, series []Series, points [][]Point) ([]Series, [][]Point) {
	if !q.single() {
		return series, points
	}
	for _, area := range q.Areas {
		if slices.ContainsFunc(series, func(s Series) bool { return s.Area == area }) {
			continue
		}
		series = append(series, Series{Indicator: q.Indicator, Area: area, Key: q.where})
		points = append(points, nil)
	}
	return series, points
}

// sumYears replaces the points of every series by yearly sums.
func sumYears(series []Series, releases []Release) {
	rank := make(map[string]int, len(releases))
	for i, r := range releases {
		rank[r.ID] = i
	}
	for n := range series {
		series[n].Points = annual(series[n].Points, rank)
	}
}

// used returns the releases from which the points come, oldest first.
func used(series []Series, releases []Release) []Release {
	seen := map[string]bool{}
	for _, s := range series {
		for _, p := range s.Points {
			seen[p.Release] = true
			for _, v := range p.Earlier {
				seen[v.Release] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(releases), func(r Release) bool { return !seen[r.ID] })
}

// label names the series of an answer.
func label(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, series []Series) error {
	codes := map[Dim]map[string]string{}
	for _, s := range series {
		for d, code := range s.Key.Cell() {
			if codes[d] == nil {
				codes[d] = map[string]string{}
			}
			codes[d][code] = ""
		}
	}
	for _, d := range slices.Sorted(maps.Keys(codes)) {
		for some := range slices.Chunk(slices.Sorted(maps.Keys(codes[d])), labelChunk) {
			if err := printed(ctx, tx, a, id, d, some, codes[d]); err != nil {
				return err
			}
		}
	}
	for n := range series {
		series[n].Label = labelOfKey(series[n].Key, codes)
	}
	return nil
}

// labelChunk is how many codes are looked up at once.
const labelChunk = 500

// printed fills in the labels of some codes as the source printed them.
func printed(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, d Dim, codes []string, into map[string]string) error {
	args := []any{string(a.Org), string(id), string(d)}
	marks := make([]string, len(codes))
	for i, code := range codes {
		args = append(args, code)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	rows, err := tx.Query(ctx, `
		SELECT code, label FROM evaluation_category
		WHERE org_id = $1 AND indicator_id = $2 AND dim = $3 AND code IN (`+strings.Join(marks, ", ")+`)`, args...)
	all, err := db.Collect(rows, err, func(rows *sql.Rows) (c Code, err error) {
		return c, rows.Scan(&c.Code, &c.Label)
	})
	for _, c := range all {
		into[c.Code] = c.Label
	}
	return err
}
