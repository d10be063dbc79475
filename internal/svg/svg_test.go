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
