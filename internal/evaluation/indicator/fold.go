package indicator

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// row is a stored figure as a query returns it.
type row struct {
	series  string
	release int // rank among the releases known, from the oldest
	period  Period
	variant int
	value   Value
	derived bool
	line    int
}

// foldPoints makes one point per period from the rows of one series: variants of one release are
// merged, the latest release is the point and the others are its earlier vintages. releases are in
// order of publication. The rows may come in any order; they are sorted in place. O(n log n).
func foldPoints(rows []row, releases []Release) []Point {
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(a.period.Compare(b.period), cmp.Compare(b.release, a.release), cmp.Compare(a.variant, b.variant))
	})
	var points []Point
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].period == rows[lo].period {
			hi++
		}
		points = append(points, foldPeriod(rows[lo:hi], releases))
		lo = hi
	}
	return points
}

// foldPeriod folds the rows of one period, latest release first.
func foldPeriod(rows []row, releases []Release) Point {
	var p Point
	for lo := 0; lo < len(rows); {
		hi, v := lo, rows[lo].value
		for hi < len(rows) && rows[hi].release == rows[lo].release {
			v = v.Dispute(rows[hi].value)
			hi++
		}
		rel := releases[rows[lo].release]
		switch {
		case lo == 0:
			p = Point{Period: rows[0].period, Value: v, Release: rel.ID, Derived: rows[0].derived, Line: rows[0].line}
		case sameVintage(p, v, rel, releases[rows[0].release]):
		default:
			p.Earlier = append(p.Earlier, Vintage{Release: rel.ID, ReleasedOn: rel.ReleasedOn, Value: v})
			p.Revised = p.Revised || v != p.Value
		}
		lo = hi
	}
	return p
}

// sameVintage reports whether a release only repeats the vintage above it: two files of one day
// that agree are one publication.
func sameVintage(p Point, v Value, rel, latest Release) bool {
	if n := len(p.Earlier); n > 0 {
		return p.Earlier[n-1].ReleasedOn == rel.ReleasedOn && p.Earlier[n-1].Value == v
	}
	return latest.ReleasedOn == rel.ReleasedOn && p.Value == v
}

// span is the stretch of periods that an answer covers.
type span struct{ from, to Period }

// maxSpan bounds the periods of an answer: 200 years of months.
const maxSpan = 2400

// spanOf returns the first and last period of all points, stretched to the bounds of the query
// where both are given in periods of the same kind.
func spanOf(all [][]Point, every PeriodKind, from, to Period) span {
	var s span
	for _, points := range all {
		if len(points) == 0 {
			continue
		}
		first, last := points[0].Period, points[len(points)-1].Period
		if s.from.IsZero() || first.Before(s.from) {
			s.from = first
		}
		if s.to.IsZero() || s.to.Before(last) {
			s.to = last
		}
	}
	if from.IsZero() || to.IsZero() || every == 0 {
		return s
	}
	if a, b := edge(from, every, false), edge(to, every, true); !b.Before(a) {
		return span{a, b}
	}
	return s
}

// edge returns the first or last period of a kind within p, or p's own kind when it is shorter.
func edge(p Period, k PeriodKind, last bool) Period {
	if p.Kind == k {
		return p
	}
	parts := p.Parts(k)
	if len(parts) == 0 {
		return p
	}
	if last {
		return parts[len(parts)-1]
	}
	return parts[0]
}

// fill puts a Missing point where a period of the span has none.
func (s span) fill(points []Point) []Point {
	if s.from.IsZero() {
		return points
	}
	filled := make([]Point, 0, len(points)+8)
	i := 0
	for p := s.from; !s.to.Before(p) && len(filled) < maxSpan; p = p.Next() {
		if i < len(points) && points[i].Period == p {
			filled = append(filled, points[i])
			i++
			continue
		}
		filled = append(filled, Point{Period: p})
	}
	return filled
}

// annual adds the points of a filled series up to years. A year with no figure at all is Missing;
// one with some is partial, and its Parts name the absent ones.
func annual(points []Point, rank map[string]int) []Point {
	var years []Point
	for lo := 0; lo < len(points); {
		year, hi := points[lo].Period.Year, lo
		for hi < len(points) && points[hi].Period.Year == year {
			hi++
		}
		years = append(years, annualPoint(year, points[lo:hi], rank))
		lo = hi
	}
	return years
}

func annualPoint(year int, parts []Point, rank map[string]int) Point {
	sum := Point{Period: figure.YearOf(year), Derived: true}
	expected := sum.Period.Parts(parts[0].Period.Kind)
	values := make([]Value, 0, len(parts))
	have := map[Period]bool{}
	for _, p := range parts {
		if p.IsMissing() {
			continue
		}
		values = append(values, p.Value)
		have[p.Period] = true
		sum.Revised = sum.Revised || p.Revised
		if sum.Release == "" || rank[p.Release] > rank[sum.Release] {
			sum.Release = p.Release
		}
	}
	sum.Value, _ = figure.Total(values...)
	sum.Parts = &Coverage{Reported: len(values), Expected: len(expected)}
	for _, p := range expected {
		if !have[p] {
			sum.Parts.Missing = append(sum.Parts.Missing, p.String())
		}
	}
	return sum
}

// coverage counts the points that have a figure; of a partial year the missing parts are named.
func coverage(series []Series) Coverage {
	var c Coverage
	for _, s := range series {
		for _, p := range s.Points {
			c.Expected++
			if !p.IsMissing() && !p.Partial() {
				c.Reported++
				continue
			}
			if len(c.Missing) < MaxMissing {
				c.Missing = append(c.Missing, nameOf(s, p, len(series) > 1))
			}
		}
	}
	return c
}

func nameOf(s Series, p Point, several bool) string {
	name := p.Period.String()
	if p.Partial() {
		name += " (partly)"
	}
	if !several {
		return name
	}
	if s.Key != "" {
		return s.Area + " " + string(s.Key) + " " + name
	}
	return s.Area + " " + name
}

// hashOf returns the SHA-256 of the figures in canonical writing: one line each with indicator,
// area, key, period, bounds and state. Labels, notes and releases are left out, so that the hash
// tells whether two surfaces show the same figures.
func hashOf(series []Series) string {
	h := sha256.New()
	for _, s := range series {
		for _, p := range s.Points {
			fmt.Fprintf(h, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
				s.Indicator, s.Area, s.Key, p.Period, figure.Number(p.Lo), figure.Number(p.Hi), p.State)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
