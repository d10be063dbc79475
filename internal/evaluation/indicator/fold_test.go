package indicator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// However the rows of a series come, its points are the same, in order of time, one a period, and
// no value of any release is lost.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	releases := []Release{{ID: "a", ReleasedOn: "2020-01-01"}, {ID: "b", ReleasedOn: "2021-01-01"}, {ID: "c", ReleasedOn: "2021-01-01"}}
	rapid.Check(t, func(t *rapid.T) {
		type at struct{ release, year, variant int }
		places := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) at {
			return at{rapid.IntRange(0, 2).Draw(t, "release"), rapid.IntRange(2015, 2018).Draw(t, "year"), rapid.IntRange(0, 2).Draw(t, "variant")}
		}), 1, 20, func(a at) at { return a }).Draw(t, "places")
		var rows []row
		for _, p := range places {
			rows = append(rows, row{
				series: "s", release: p.release, period: figure.YearOf(p.year), variant: p.variant,
				value: figure.Of(float64(rapid.IntRange(1, 5).Draw(t, "value"))),
			})
		}
		a := foldPoints(rapid.Permutation(rows).Draw(t, "one order"), releases)
		b := foldPoints(rapid.Permutation(rows).Draw(t, "other order"), releases)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatal(diff)
		}
		for i, p := range a {
			if i > 0 && !a[i-1].Period.Before(p.Period) {
				t.Fatalf("order of %v", a)
			}
			for _, r := range rows {
				if r.period == p.Period && !holds(p, r.value, releases[r.release].ReleasedOn, releases) {
					t.Fatalf("%+v has lost %v of %s", p, r.value, releases[r.release].ID)
				}
			}
		}
	})
}

// holds reports whether a point holds a value as of a day, as its own value or an earlier one.
func holds(p Point, v Value, day string, releases []Release) bool {
	if p.Contains(v.Lo) && releasedOn(p.Release, releases) == day {
		return true
	}
	for _, e := range p.Earlier {
		if e.ReleasedOn == day && e.Value.Contains(v.Lo) {
			return true
		}
	}
	return false
}

func releasedOn(id string, releases []Release) string {
	for _, r := range releases {
		if r.ID == id {
			return r.ReleasedOn
		}
	}
	return ""
}

// A year is the sum of its quarters; a missing quarter makes it partial and is named; a year
// without any is missing.
func TestAnnual(t *testing.T) {
	var points []Point
	for q := figure.QuarterOf(2020, 1); q.Year < 2023; q = q.Next() {
		p := Point{Period: q, Value: figure.Of(10), Release: "a"}
		switch {
		case q == figure.QuarterOf(2021, 3):
			p = Point{Period: q}
		case q == figure.QuarterOf(2021, 4):
			p.Value = figure.Within(1, 4)
		case q.Year == 2022:
			p = Point{Period: q}
		}
		points = append(points, p)
	}
	got := annual(points, map[string]int{"a": 0})
	want := []Point{
		{Period: figure.YearOf(2020), Value: figure.Of(40), Release: "a", Derived: true, Parts: &Coverage{Reported: 4, Expected: 4}},
		{Period: figure.YearOf(2021), Value: figure.Within(21, 24), Release: "a", Derived: true, Parts: &Coverage{Reported: 3, Expected: 4, Missing: []string{"2021-Q3"}}},
		{Period: figure.YearOf(2022), Derived: true, Parts: &Coverage{Expected: 4, Missing: []string{"2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A series that begins and ends within a year, alone in the answer.
	got = annual([]Point{{Period: figure.QuarterOf(2009, 2), Value: figure.Of(1)}}, nil)
	if len(got) != 1 || !got[0].Partial() || len(got[0].Parts.Missing) != 3 {
		t.Errorf("%+v", got)
	}
}

func TestTrendOf(t *testing.T) {
	series := func(values ...Value) Series {
		var s Series
		for i, v := range values {
			s.Points = append(s.Points, Point{Period: figure.YearOf(2000 + i), Value: v})
		}
		return s
	}
	doubling, err := trendOf(series(figure.Of(1), figure.Of(2), Value{}, figure.Of(8), figure.Of(16)))
	if err != nil || doubling.PerYear < 1.9999999 || doubling.PerYear > 2.0000001 || doubling.Points != 4 {
		t.Errorf("%+v %v", doubling, err)
	}
	wide, err := trendOf(series(figure.Within(1, 4), figure.Of(10), figure.Of(10), figure.Within(1, 4)))
	if err != nil || wide.Low >= wide.PerYear || wide.High <= wide.PerYear || wide.PerYear != 1 {
		t.Errorf("%+v %v", wide, err)
	}
	for name, s := range map[string]Series{
		"three figures": series(figure.Of(1), figure.Of(2), figure.Of(3)),
		"a nought":      series(figure.Of(1), figure.Of(2), figure.Of(3), figure.Of(0), figure.Of(3)),
		"perhaps":       series(figure.Of(1), figure.Of(2), figure.Of(3), figure.Within(0, 4), figure.Of(3)),
	} {
		if got, err := trendOf(s); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
