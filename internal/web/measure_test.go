package web

import (
	"testing"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
)

// quarters makes a series that starts in the first quarter of 2022; a negative value is a gap.
func quarters(key indicator.Key, values ...float64) indicator.Series {
	s := indicator.Series{Area: "GBR", Key: key}
	period := indicator.Period{Kind: indicator.Quarter, Year: 2022, N: 1}
	for _, v := range values {
		pt := indicator.Point{Period: period}
		if v >= 0 {
			pt.Value = figure.Of(v)
		}
		s.Points = append(s.Points, pt)
		period = period.Next()
	}
	return s
}

func TestFinding(t *testing.T) {
	p := i18n.For("en")
	q1of2023 := indicator.Period{Kind: indicator.Quarter, Year: 2023, N: 1}
	broken := quarters("", 200, 1, 1, 1, 300)
	broken.Breaks = []indicator.Break{{Period: q1of2023, Kind: indicator.Declared}}
	jumping := quarters("", 200, 1, 1, 1, 300)
	jumping.Breaks = []indicator.Break{{Period: q1of2023, Kind: indicator.Detected}}
	ranged := quarters("", 200, 1, 1, 1, 300)
	ranged.Points[4].Value = figure.Within(1, 4)
	partial := quarters("", 200, 1, 1, 1, 300)
	partial.Points[4].Parts = &indicator.Coverage{Reported: 1, Expected: 4}
	child, adult := quarters("age=child", 1, 2, 3, 4, 500), quarters("age=adult", 1, 2, 3, 4, 700)
	cases := []struct {
		name   string
		axis   svg.Axis
		by     indicator.Dim
		series []indicator.Series
		want   string
	}{
		{"none", svg.Axis{}, "", nil, "People: no figure for this choice"},
		{"all missing", svg.Axis{}, "", []indicator.Series{quarters("", -1, -1)}, "People: no figure for this choice"},
		{"more", svg.Axis{}, "", []indicator.Series{quarters("", 200, 1, 1, 1, 300)}, "People: 300 in Q1 2023, 50% more than a year earlier"},
		{"little more", svg.Axis{}, "", []indicator.Series{quarters("", 200, 1, 1, 1, 203)}, "People: 203 in Q1 2023, 1.5% more than a year earlier"},
		{"fewer", svg.Axis{}, "", []indicator.Series{quarters("", 200, 1, 1, 1, 100)}, "People: 100 in Q1 2023, 50% fewer than a year earlier"},
		{"few cases in numbers", svg.Axis{}, "", []indicator.Series{quarters("", 4, 1, 1, 1, 8)}, "People: 8 in Q1 2023, 4 more than a year earlier"},
		{"same", svg.Axis{}, "", []indicator.Series{quarters("", 200, 1, 1, 1, 200)}, "People: 200 in Q1 2023, the same as a year earlier"},
		{"no year before", svg.Axis{}, "", []indicator.Series{quarters("", 200, 300)}, "People: 300 in Q2 2022"},
		{"gap a year before", svg.Axis{}, "", []indicator.Series{quarters("", -1, 1, 1, 1, 300)}, "People: 300 in Q1 2023"},
		{"newest missing", svg.Axis{}, "", []indicator.Series{quarters("", 200, 300, -1)}, "People: 300 in Q2 2022"},
		{"break", svg.Axis{}, "", []indicator.Series{broken}, "People: 300 in Q1 2023; the series breaks before it, so it does not compare with a year earlier"},
		{"possible break", svg.Axis{}, "", []indicator.Series{jumping}, "People: 300 in Q1 2023; the level jumps before it, so look before comparing with a year earlier"},
		{"range", svg.Axis{}, "", []indicator.Series{ranged}, "People: 1–4 in Q1 2023"},
		{"partial", svg.Axis{}, "", []indicator.Series{partial}, "People: 1 in Q4 2022"},
		{"share", svg.Axis{Unit: svg.Share, Decimals: 1}, "", []indicator.Series{quarters("", 0.9, 1, 1, 1, 0.6)}, "People: 60.0% in Q1 2023, down from 90.0% a year earlier"},
		{"largest", svg.Axis{}, "age", []indicator.Series{child, adult}, "People, Q1 2023: the largest group is “Adults (18 or over)” with 700"},
		{"nationalities are not ranked", svg.Axis{}, "citizenship", []indicator.Series{child, adult}, "People, Q1 2022 to Q1 2023: 2 series"},
		{"areas are not ranked", svg.Axis{}, "", []indicator.Series{child, adult}, "People, Q1 2022 to Q1 2023: 2 series"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := finding(p, "People", c.axis, c.series, c.by); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A group is called the largest only when no other can be as large.
func TestLargestIsCertain(t *testing.T) {
	period := indicator.Period{Kind: indicator.Quarter, Year: 2022, N: 1}
	a, b, c := quarters("age=a", 3), quarters("age=b", 3), quarters("age=c", 9)
	b.Points[0].Value = figure.Within(1, 4)
	if s, ok := largest([]indicator.Series{a, b, c}, period); !ok || s.Key != "age=c" {
		t.Errorf("largest is %q, %v", s.Key, ok)
	}
	if s, ok := largest([]indicator.Series{a, b}, period); ok {
		t.Errorf("3 and 1–4 overlap, yet %q is called the largest", s.Key)
	}
	if _, ok := largest([]indicator.Series{c, a, a}, period); !ok {
		t.Error("9 against 3 and 3 is not seen as the largest")
	}
}

func TestNewestFour(t *testing.T) {
	var series []indicator.Series
	for _, v := range []float64{1, 9, 3, 7, 5, -1} {
		series = append(series, quarters(indicator.Key("age=x"), v))
	}
	got := newestFour(series)
	if len(got) != 4 || got[0].Points[0].Lo != 9 || got[3].Points[0].Lo != 3 {
		t.Errorf("got %v", got)
	}
	if series[0].Points[0].Lo != 1 {
		t.Error("the input was reordered")
	}
}

func TestChangeText(t *testing.T) {
	p := i18n.For("en")
	cases := []struct {
		before, after indicator.Value
		want          string
	}{
		{figure.Of(4171), figure.Of(4157), "-14"},
		{figure.Of(10), figure.Of(12), "+2"},
		{figure.Of(10), figure.Within(1, 4), "between -9 and -6"},
		{figure.Within(1, 4), figure.Within(1, 4), "between -3 and +3"},
		{indicator.Value{}, figure.Of(1), ""},
	}
	for _, c := range cases {
		if got := changeText(p, svg.Axis{}, c.before, c.after); got != c.want {
			t.Errorf("%v to %v: %q, want %q", c.before, c.after, got, c.want)
		}
	}
}

func TestPlaceOf(t *testing.T) {
	periods := commonPeriods([]chartLine{{series: quarters("", 1, 1, 1, 1, 1, 1, 1, 1)}})
	// 30 January 2023 is day 29 of the 90 days of the fifth quarter of the axis.
	if at, ok := placeOf("2023-01-30", periods); !ok || at != 4-0.5+29.0/90 {
		t.Errorf("30 January 2023 stands at %v, %v", at, ok)
	}
	if _, ok := placeOf("2030-01-01", periods); ok {
		t.Error("a day outside the axis has a place on it")
	}
	if _, ok := placeOf("2023", periods); ok {
		t.Error("a year is no day")
	}
}

func TestPartialSumsAreNotDrawn(t *testing.T) {
	s := quarters("", 5, 6)
	s.Points[1].Parts = &indicator.Coverage{Reported: 1, Expected: 4}
	place := map[indicator.Period]int{s.Points[0].Period: 0, s.Points[1].Period: 1}
	got := pointsOf(s, place, 3)
	if got[0] != svg.Value(5) || got[1] != svg.Gap() || got[2] != svg.Gap() {
		t.Errorf("got %v", got)
	}
}
