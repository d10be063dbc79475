package svg

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain is the second implementation of Format: English without catalogue.
type plain struct{}

func (plain) Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
func (plain) Number(f float64, d int) string  { return strconv.FormatFloat(f, 'f', d, 64) }
func (plain) Percent(f float64, d int) string { return strconv.FormatFloat(f*100, 'f', d, 64) + "%" }

func (plain) T(msgid string, args ...any) string {
	if len(args) == 0 {
		return msgid
	}
	return fmt.Sprintf(msgid, args...)
}

// wellFormed parses markup as XML and checks what holds for every figure: no script, no style,
// no NaN, ids used once, references that resolve.
func wellFormed(t *testing.T, markup template.HTML) {
	t.Helper()
	src := "<root>" + string(markup) + "</root>"
	d := xml.NewDecoder(strings.NewReader(src))
	ids, refs := map[string]bool{}, []string{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%.2000s", err, src)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "script" || start.Name.Local == "style" {
			t.Fatalf("forbidden element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			name := a.Name.Local
			if name == "style" || strings.HasPrefix(name, "on") {
				t.Fatalf("forbidden attribute %s", name)
			}
			if name == "id" {
				if ids[a.Value] {
					t.Errorf("id %q twice", a.Value)
				}
				ids[a.Value] = true
			}
			if name == "aria-labelledby" {
				refs = append(refs, strings.Fields(a.Value)...)
			}
			if m := urlRef.FindStringSubmatch(a.Value); m != nil && name == "fill" {
				refs = append(refs, m[1])
			}
			if geometry[name] && (strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf")) {
				t.Errorf("%s=%q", name, a.Value)
			}
		}
	}
	for _, r := range refs {
		if !ids[r] {
			t.Errorf("reference to %q resolves to nothing", r)
		}
	}
}

var (
	urlRef   = regexp.MustCompile(`^url\(#([^)]+)\)$`)
	geometry = map[string]bool{"d": true, "x": true, "y": true, "cx": true, "cy": true, "r": true, "viewBox": true, "width": true, "height": true, "transform": true}
)

func periods(n int) []Tick {
	out := make([]Tick, n)
	for i := range out {
		if i%4 == 0 {
			out[i].Label = strconv.Itoa(2014 + i/4)
		}
		out[i].Name = fmt.Sprintf("%d, quarter %d", 2014+i/4, i%4+1)
	}
	return out
}

func wave(n int, f func(i int) Point) []Point {
	out := make([]Point, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

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

func TestTicksEncloseAndAreFew(t *testing.T) {
	for _, c := range [][2]float64{{0, 0}, {0, 1}, {0, 7}, {0, 4171}, {0, 0.037}, {-3, 9}, {0, 1e9}, {5, 5}} {
		for _, axis := range []Axis{{}, {Unit: Share}, {Unit: Rate, Float: true}} {
			s := newScale(axis, c[0], c[1], 5)
			if s.lo > c[0] || s.hi < c[1] || len(s.ticks) < 2 || len(s.ticks) > 8 {
				t.Errorf("%v: axis %g to %g, ticks %v", c, s.lo, s.hi, s.ticks)
			}
			for i := 1; i < len(s.ticks); i++ {
				if s.ticks[i] <= s.ticks[i-1] {
					t.Errorf("%v: ticks %v do not ascend", c, s.ticks)
				}
			}
		}
	}
}

func TestInputsAreNotChanged(t *testing.T) {
	l := sample()
	l.Breaks = append(make([]Mark, 0, 9), l.Breaks...)
	if _, err := l.SVG(); err != nil {
		t.Fatal(err)
	}
	if extra := l.Breaks[:2][1]; extra.Label != "" {
		t.Errorf("spare capacity of the caller's slice was written: %v", extra)
	}
	a, _ := sample().SVG()
	b, _ := sample().SVG()
	if a != b {
		t.Error("the same input gave two drawings")
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

func TestBars(t *testing.T) {
	rows := []Bar{
		{"Labour exploitation", Value(1720)},
		{"Criminal exploitation and a rather long name that must wrap", Estimate(1300, 1100, 1500)},
		{"Domestic servitude", Between(1, 4)},
		{"Not recorded", Gap()},
		{"Removal of organs", Hull(2, 11)},
		{"الاستغلال في العمل", Value(0)},
	}
	for _, rtl := range []bool{false, true} {
		got, err := Bars{Figure: Figure{ID: "b1", Title: "t", Desc: "d"}, Y: Axis{Label: "people"}, Rows: rows, RTL: rtl, Format: plain{}}.SVG()
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, got)
	}
	for name, b := range map[string]Bars{
		"none":     {Figure: Figure{ID: "b"}, Format: plain{}},
		"negative": {Figure: Figure{ID: "b"}, Format: plain{}, Rows: []Bar{{"x", Value(-1)}}},
		"many":     {Figure: Figure{ID: "b"}, Format: plain{}, Rows: make([]Bar, maxBars+1)},
	} {
		if _, err := b.SVG(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSpark(t *testing.T) {
	wellFormed(t, Spark([]Point{Value(1), Value(5), Gap(), Between(1, 4), Value(3)}))
	wellFormed(t, Spark([]Point{Value(7)}))
	for _, none := range [][]Point{nil, {Gap()}, {Value(0)}, {Value(math.NaN())}} {
		if got := Spark(none); got != "" {
			t.Errorf("Spark(%v) = %q", none, got)
		}
	}
}

func TestStyleSheetIsScoped(t *testing.T) {
	for line := range strings.Lines(CSS) {
		line = strings.TrimSpace(line)
		for part := range strings.SplitSeq(line, "{") {
			for sel := range strings.SplitSeq(part, ",") {
				sel = strings.TrimLeft(sel, "} ")
				if strings.HasPrefix(sel, ".") && !strings.HasPrefix(sel, ".ff-") {
					t.Errorf("selector %q is not scoped", sel)
				}
			}
		}
	}
	for _, bad := range []string{"margin-left", "left:", "@import", "http"} {
		if strings.Contains(CSS, bad) {
			t.Errorf("style sheet holds %q", bad)
		}
	}
}

func FuzzLabels(f *testing.F) {
	f.Add("plain", "Q1")
	f.Add(`"><script>alert(1)</script>`, "]]>")
	f.Add("\x00\x01\xff\ufffe\u202eabc", "<!--")
	f.Add("الاستغلال", "人身取引")
	f.Add(strings.Repeat("w", 400), strings.Repeat("a ", 200))
	f.Fuzz(func(t *testing.T, a, b string) {
		l := sample()
		l.Title, l.Desc, l.Y.Label = a, b, a
		l.Series[0].Label, l.Series[1].Label = b, a
		l.X[0], l.Breaks[0].Label, l.Changes[0].Label = Tick{Label: a, Name: b}, b, a
		bars := Bars{Figure: Figure{ID: "b", Title: b}, Y: Axis{Label: a}, Rows: []Bar{{a, Value(3)}, {b, Between(1, 4)}}, Format: plain{}}
		net := Network{Figure: Figure{ID: "n", Title: a}, Nodes: []Node{{ID: "1", Label: a}, {ID: "2", Label: b, Href: "/x?" + b}}, Edges: []Edge{{From: "1", To: "2"}}, Shapes: []string{a}, Format: plain{}}
		world := Map{Figure: Figure{ID: "m", Title: a}, Areas: map[string]Area{"FRA": {a, Value(1)}}, Name: func(string) string { return b }, Format: plain{}}
		for _, draw := range []func() (template.HTML, error){l.SVG, bars.SVG, net.SVG, world.SVG} {
			got, err := draw()
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, got)
		}
	})
}

func FuzzValues(f *testing.F) {
	f.Add(1.0, 4.0, 2.0)
	f.Add(-1e15, 1e15, 0.0)
	f.Add(1e-300, 1e-299, 5e-324)
	f.Add(0.1, 0.1, 0.1)
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		for _, axis := range []Axis{{}, {Unit: Share}, {Unit: Rate, Float: true, Decimals: 2}} {
			l := Line{Figure: Figure{ID: "v"}, X: periods(3), Y: axis, Format: plain{}, Series: []Series{{Points: []Point{Value(c), Between(min(a, b), max(a, b)), Gap()}}}}
			got, err := l.SVG()
			if err == nil {
				wellFormed(t, got)
			}
		}
	})
}

// TestGolden holds the markup of one small chart, so that a change of the drawing is seen in
// review. Rewrite with -update.
func TestGolden(t *testing.T) {
	l := Line{
		Figure:  Figure{ID: "g", Title: "Title & more", Desc: "Desc"},
		X:       []Tick{{"2021", "2021"}, {"2022", "2022"}, {"2023", "2023"}, {"2024", "2024"}},
		Y:       Axis{Label: "people"},
		Series:  []Series{{Label: "a", Points: []Point{Value(10), Value(20), Gap(), Between(1, 4)}}},
		Changes: []Mark{{At: 1.5, Label: "change"}},
		Format:  plain{},
	}
	got, err := l.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, got)
	text := strings.ReplaceAll(string(got), "><", ">\n<") + "\n"
	if *update {
		if err := os.WriteFile("testdata/line.golden", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/line.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Error(diff)
	}
}
