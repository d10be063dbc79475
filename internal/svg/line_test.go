package svg

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// demand is a chart with everything in it.
func sample() Line {
	line := func(base float64) []Point {
		return wave(40, func(i int) Point {
			v := math.Round(base + 30*float64(i) + 120*math.Sin(float64(i)))
			switch {
			case i == 11 || i == 12:
				return Gap()
			case i >= 4 && i < 7:
				return Between(1, 4)
			case i == 30:
				return Hull(v-200, v+200)
			}
			return Estimate(v, v-60, v+60)
		})
	}
	return Line{
		Figure: Figure{ID: "c1", Title: "Referrals rose in most quarters", Desc: "Line chart; the table below holds the same figures."},
		X:      periods(40), Y: Axis{Label: "people per quarter"},
		Series: []Series{
			{Label: "Adults", Points: line(300)},
			{Label: "Children and young people", Points: line(330)},
			{Label: "Adults, as first released", Points: line(280), Kind: Earlier},
			{Label: "Age not recorded", Points: line(900)},
		},
		Breaks:  []Mark{{At: 19.5, Label: "From 2018 Q4 counted by date of report"}},
		Changes: []Mark{{At: 36.3, Label: "30 January 2023: test raised"}, {At: 38.2, Label: "24 July 2023: test eased"}},
		Format:  plain{},
	}
}

func TestLineIsWellFormed(t *testing.T) {
	one := sample()
	one.X, one.Breaks, one.Changes = one.X[:1], nil, nil
	for i := range one.Series {
		one.Series[i].Points = one.Series[i].Points[:1]
	}
	empty := sample()
	empty.Series = []Series{{Label: "nothing known", Points: make([]Point, 40)}}
	share := sample()
	share.Y = Axis{Unit: Share, Label: "share"}
	share.Series = []Series{{Points: wave(40, func(i int) Point { return Value(0.5 + 0.01*float64(i)) })}}
	for name, l := range map[string]Line{"full": sample(), "one period": one, "all missing": empty, "share": share} {
		t.Run(name, func(t *testing.T) {
			got, err := l.SVG()
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, got)
		})
	}
}

func TestLineRefusals(t *testing.T) {
	cases := []struct {
		name string
		bend func(*Line)
		want error
	}{
		{"five series", func(l *Line) { l.Series = append(l.Series, l.Series[0]) }, ErrTooManySeries},
		{"NaN", func(l *Line) { l.Series[0].Points[0] = Value(math.NaN()) }, ErrNotFinite},
		{"infinite bound", func(l *Line) { l.Series[0].Points[0] = Between(1, math.Inf(1)) }, ErrNotFinite},
		{"id", func(l *Line) { l.ID = `x" onload="` }, ErrBadID},
		{"bounds", func(l *Line) { l.Series[0].Points[0] = Between(4, 1) }, nil},
		{"lengths", func(l *Line) { l.Series[0].Points = l.Series[0].Points[1:] }, nil},
		{"mark outside", func(l *Line) { l.Changes[0].At = 99 }, nil},
		{"mark NaN", func(l *Line) { l.Changes[0].At = math.NaN() }, nil},
		{"mark of no line", func(l *Line) { l.Breaks[0].Only = []int{9} }, nil},
		{"owner", func(l *Line) { l.Series[2].Of = 2 }, nil},
		{"no format", func(l *Line) { l.Format = nil }, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := sample()
			c.bend(&l)
			_, err := l.SVG()
			if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
		})
	}
}

// moves counts the sub-paths of the first line of a chart: an interruption adds one.
func moves(t *testing.T, l Line) int {
	t.Helper()
	got, err := l.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wide, _, _ := strings.Cut(string(got), `ff-narrow`)
	return len(regexp.MustCompile(`class="ff-line ff-s0" d="M`).FindAllString(wide, -1))
}

func TestLineNeverBridges(t *testing.T) {
	flat := wave(12, func(int) Point { return Value(5) })
	with := func(p Point) []Point {
		out := append([]Point(nil), flat...)
		out[5] = p
		return out
	}
	cases := []struct {
		name   string
		points []Point
		breaks []Mark
		want   int
	}{
		{"whole", flat, nil, 1},
		{"gap", with(Gap()), nil, 2},
		{"range", with(Between(1, 4)), nil, 2},
		{"disputed", with(Hull(4, 6)), nil, 2},
		{"break", flat, []Mark{{At: 5.5}}, 2},
		{"break on a period", flat, []Mark{{At: 6}}, 2},
		{"gap and break", with(Gap()), []Mark{{At: 8.5}}, 3},
		{"break of this line", flat, []Mark{{At: 5.5, Only: []int{0}}}, 2},
		{"break of no line", flat, []Mark{{At: 5.5, Only: []int{}}}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := Line{Figure: Figure{ID: "g"}, X: periods(12), Series: []Series{{Points: c.points}}, Breaks: c.breaks, Format: plain{}}
			if got := moves(t, l); got != c.want {
				t.Errorf("%d pieces of line, want %d", got, c.want)
			}
		})
	}
}

func TestCountsStartAtZero(t *testing.T) {
	if s := newScale(Axis{}, 4000, 4200, 5); s.lo != 0 {
		t.Errorf("axis of counts starts at %g", s.lo)
	}
	if s := newScale(Axis{Float: true}, 4000, 4200, 5); s.lo != 4000 {
		t.Errorf("floating axis starts at %g", s.lo)
	}
	if s := newScale(Axis{}, 0, 3, 5); s.ticks[1] != 1 {
		t.Errorf("counts have ticks at %v", s.ticks)
	}
}

func TestDirectLabelsDoNotTouch(t *testing.T) {
	l := sample()
	for i := range l.Series {
		l.Series[i] = Series{Label: fmt.Sprintf("Series number %d with a long name", i), Points: wave(40, func(int) Point { return Value(100) })}
	}
	got, err := l.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wide, _, _ := strings.Cut(string(got), `ff-narrow`)
	var last float64
	found := 0
	for _, m := range regexp.MustCompile(`<text x="[\d.]+" y="([\d.]+)">([^<]*)`).FindAllStringSubmatch(wide, -1) {
		y, _ := strconv.ParseFloat(m[1], 64)
		if found > 0 && y-last < lineHeight-0.2 {
			t.Errorf("label %q stands %.1f under the one above", m[2], y-last)
		}
		last = y
		found++
	}
	if found < 4 {
		t.Errorf("found %d label rows", found)
	}
}
