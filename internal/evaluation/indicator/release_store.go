package indicator

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/order"
)

// Releases returns the releases of a source, or of all for "", oldest first.
func (r *Indicators) Releases(ctx context.Context, a auth.Actor, source string) ([]Release, error) {
	if err := mayRead(a); err != nil {
		return nil, err
	}
	var all []Release
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = allReleases(ctx, tx, a, source)
		return err
	})
	return all, err
}

// allReleases reads releases with the indicators they concern, oldest first.
func allReleases(ctx context.Context, tx *db.Tx, a auth.Actor, source string) ([]Release, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, source, label, released_on, basis, is_first, imported_at, file_hash, figures
		FROM evaluation_release WHERE org_id = $1 AND ($2 = '' OR source = $2)
		ORDER BY released_on, is_first DESC, imported_at, position, id`, string(a.Org), source)
	all, err := db.Collect(rows, err, scanRelease)
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, `
		SELECT release_id, indicator_id FROM evaluation_release_indicator
		WHERE org_id = $1 ORDER BY indicator_id`, string(a.Org))
	type link struct {
		release string
		id      ID
	}
	links, err := db.Collect(rows, err, func(rows *sql.Rows) (l link, err error) {
		return l, rows.Scan(&l.release, &l.id)
	})
	of := map[string][]ID{}
	for _, l := range links {
		of[l.release] = append(of[l.release], l.id)
	}
	for n := range all {
		all[n].Indicators = of[all[n].ID]
	}
	return all, err
}

// Changes tells what a release altered: new figures, revised ones and withdrawn ones, each against
// what was known just before it. An unknown id is fault.NotFound. The cost grows with the figures
// of the release and of all earlier ones of the same indicators; the latest few answers are kept, and
// what they hold must not be changed.
func (r *Indicators) Changes(ctx context.Context, a auth.Actor, releaseID string) (Changes, error) {
	if err := mayRead(a); err != nil {
		return Changes{}, err
	}
	var c Changes
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := allReleases(ctx, tx, a, "")
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(x Release) bool { return x.ID == releaseID })
		if n < 0 {
			return fault.New(fault.NotFound, "There is no such release.").WithHint("Choose one from the list of releases.")
		}
		c, err = r.changesOf(ctx, tx, a, all, n)
		return err
	})
	return c, err
}

// keptChanges bounds the comparisons that are kept in memory, each of at most a few hundred kB.
const keptChanges = 8

// changesOf keeps the latest comparisons: what a release alters changes only when another release
// comes in.
func (r *Indicators) changesOf(ctx context.Context, tx *db.Tx, a auth.Actor, all []Release, n int) (Changes, error) {
	at := string(a.Org) + " " + all[n].ID + " " + strconv.Itoa(len(all))
	r.mu.Lock()
	c, ok := r.changes[at]
	r.mu.Unlock()
	if ok {
		return c, nil
	}
	c, err := changed(ctx, tx, a, all[:n+1])
	if err != nil {
		return Changes{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changes == nil || len(r.changes) >= keptChanges {
		r.changes = map[string]Changes{}
	}
	r.changes[at] = c
	return c, nil
}

// changed compares the last of the releases with those before it.
func changed(ctx context.Context, tx *db.Tx, a auth.Actor, releases []Release) (Changes, error) {
	last := releases[len(releases)-1]
	c := Changes{Release: last}
	names := map[string]stored{}
	for _, id := range last.Indicators {
		if err := seriesNames(ctx, tx, a, id, names); err != nil {
			return c, err
		}
	}
	rows, scanner := map[ID][]row{}, newRowScanner(nil)
	for n, r := range releases {
		shared := slices.ContainsFunc(r.Indicators, func(id ID) bool { return slices.Contains(last.Indicators, id) })
		if !shared {
			continue
		}
		figures, err := figuresOf(ctx, tx, a, r.ID, scanner)
		if err != nil {
			return c, err
		}
		for _, x := range figures {
			x.release = n
			if s, ok := names[x.series]; ok {
				rows[s.indicator] = append(rows[s.indicator], x)
			}
		}
	}
	for _, id := range last.Indicators {
		compareRelease(rows[id], releases, id, names, &c)
	}
	c.cut()
	return c, nil
}

// figuresOf reads all figures of a release.
func figuresOf(ctx context.Context, tx *db.Tx, a auth.Actor, release string, s *rowScanner) ([]row, error) {
	rows, err := tx.Query(ctx, `
		SELECT series_id, period, lo, hi, state
		FROM evaluation_figure WHERE org_id = $1 AND release_id = $2`, string(a.Org), release)
	return db.Collect(rows, err, s.scanBrief)
}

// seriesNames adds the series of an indicator to names, by id.
func seriesNames(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, names map[string]stored) error {
	rows, err := tx.Query(ctx, `
		SELECT id, area, cell FROM evaluation_series WHERE org_id = $1 AND indicator_id = $2`, string(a.Org), string(id))
	all, err := db.Collect(rows, err, func(rows *sql.Rows) (stored, error) {
		s := stored{indicator: id}
		return s, rows.Scan(&s.id, &s.area, &s.cell)
	})
	for _, s := range all {
		names[s.id] = s
	}
	return err
}

// comparison is the last of the releases of an indicator against those before it.
type comparison struct {
	*Changes
	id               ID
	releases         []Release
	names            map[string]stored
	latest, previous int
	span             span
	shapes           map[string]bool // of the cells in the latest release
}

// compareRelease adds to c what the last of the releases alters. rows are sorted in place.
//
// A figure is withdrawn when the release published before this one held it and this one does not,
// although its period lies within those that this one covers and this one has cells of its shape.
func compareRelease(rows []row, releases []Release, id ID, names map[string]stored, c *Changes) {
	x := comparison{
		Changes: c, id: id, releases: releases, names: names,
		latest: len(releases) - 1, previous: -1, shapes: map[string]bool{},
	}
	for _, r := range rows {
		if r.release < x.latest {
			x.previous = max(x.previous, r.release)
			continue
		}
		x.shapes[Key(names[r.series].cell).Dims()] = true
		if x.span.from.IsZero() || r.period.Before(x.span.from) {
			x.span.from = r.period
		}
		if x.span.to.IsZero() || x.span.to.Before(r.period) {
			x.span.to = r.period
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.series, b.series), a.period.Compare(b.period),
			cmp.Compare(b.release, a.release), cmp.Compare(a.variant, b.variant))
	})
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].series == rows[lo].series && rows[hi].period == rows[lo].period {
			hi++
		}
		x.place(rows[lo:hi])
		lo = hi
	}
}

// place puts the rows of one figure, latest release first, where they belong.
func (x *comparison) place(rows []row) {
	point := foldPeriodKeep(rows, x.releases)
	s := x.names[rows[0].series]
	rev := Revision{Indicator: x.id, Area: s.area, Key: Key(s.cell), Period: rows[0].period}
	now := rows[0].release == x.latest
	switch {
	case now && len(point.Earlier) == 0:
		rev.After = point.Value
		x.NewCount++
		x.New = append(x.New, rev)
	case now && point.Earlier[0].Value == point.Value:
		x.Unchanged++
	case now:
		rev.Before, rev.After, rev.BeforeRelease = point.Earlier[0].Value, point.Value, point.Earlier[0].Release
		x.RevisedCount++
		x.Revised = append(x.Revised, rev)
	case rows[0].release == x.previous && rev.Period.Within(x.span.from, x.span.to) && !point.IsMissing() && x.shapes[rev.Key.Dims()]:
		rev.Before, rev.BeforeRelease = point.Value, point.Release
		x.WithdrawnCount++
		x.Withdrawn = append(x.Withdrawn, rev)
	}
}

// foldPeriodKeep folds like foldPeriod and keeps releases that repeat a value.
func foldPeriodKeep(rows []row, releases []Release) Point {
	var p Point
	for lo := 0; lo < len(rows); {
		hi, v := lo, rows[lo].value
		for hi < len(rows) && rows[hi].release == rows[lo].release {
			v = v.Dispute(rows[hi].value)
			hi++
		}
		rel := releases[rows[lo].release]
		if lo == 0 {
			p = Point{Period: rows[0].period, Value: v, Release: rel.ID}
		} else {
			p.Earlier = append(p.Earlier, Vintage{rel.ID, rel.ReleasedOn, v})
		}
		lo = hi
	}
	return p
}

// cut orders each list by size of change, then place, bounds it and names what is left.
func (c *Changes) cut() {
	for _, list := range []*[]Revision{&c.New, &c.Revised, &c.Withdrawn} {
		order.By(*list, func(a, b Revision) int {
			return cmp.Or(
				cmp.Compare(b.size(), a.size()), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Area, b.Area),
				cmp.Compare(a.Key, b.Key), a.Period.Compare(b.Period),
			)
		})
		*list = slices.Clip((*list)[:min(len(*list), MaxChanges)])
		for n := range *list {
			(*list)[n].Label = labelOfKey((*list)[n].Key, nil)
		}
	}
}

// size is how far the middle moved.
func (x Revision) size() float64 {
	return figure.Exact(x.After.Mid()).Sub(figure.Exact(x.Before.Mid())).Hull(figure.Exact(0)).Width()
}
