package svg

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Kind says what one line of a chart shows.
type Kind uint8

// The kinds of line.
const (
	Main    Kind = iota // a series in its own colour
	Earlier             // an earlier release of the series Of: thin, dotted, hollow points
	Without             // what a model expects without the change, for the series Of: thin, dashed
)

// Series is one line. Points has one entry for each entry of Line.X. Of is the index in
// Line.Series of the series whose colour an Earlier or Without line takes.
type Series struct {
	Label  string
	Points []Point
	Kind   Kind
	Of     int
}

// Tick is one period of the time axis. Label, if any, may be written under the axis; labels that
// would touch are left out evenly. Name is the full name of the period, for the hover text.
type Tick struct {
	Label string
	Name  string
}

// Mark is a vertical line across the chart. At counts periods: 3 stands on the fourth period,
// 2.5 half-way between the third and the fourth.
type Mark struct {
	At    float64
	Label string
	// Only lists the lines that a break interrupts, by their index in Line.Series; nil is all.
	Only []int
}

// Line is a line chart over equally spaced periods, at most MaxSeries lines. Breaks interrupt
// the lines they concern at the given place; Changes (of policy, of practice) are drawn but interrupt
// nothing. Time runs left to right in every language.
type Line struct {
	Figure
	X       []Tick
	Y       Axis
	Series  []Series
	Breaks  []Mark
	Changes []Mark
	Format  Format
}

// SVG returns two drawings of the same chart, a wide and a narrow one, of which the style sheet
// shows the one that fits. The cost is linear in the number of points.
func (l Line) SVG() (template.HTML, error) {
	if err := l.check(); err != nil {
		return "", err
	}
	var c canvas
	l.draw(&c, "", "ff-wide", 880, 400)
	l.draw(&c, "-n", "ff-narrow", 320, 340)
	return template.HTML(c.b.String()), nil //nolint:gosec // every label went through esc
}

func (l Line) check() error {
	if err := l.Figure.check(); err != nil {
		return err
	}
	if len(l.Series) > MaxSeries {
		return fmt.Errorf("%w: %d", ErrTooManySeries, len(l.Series))
	}
	if len(l.Series) == 0 || len(l.X) == 0 || l.Format == nil {
		return fmt.Errorf("svg: chart %s needs a series, a period and a format", l.ID)
	}
	for i, s := range l.Series {
		if len(s.Points) != len(l.X) {
			return fmt.Errorf("svg: chart %s: series %d has %d points for %d periods", l.ID, i, len(s.Points), len(l.X))
		}
		if s.Of < 0 || s.Of >= len(l.Series) || (s.Kind != Main && l.Series[s.Of].Kind != Main) {
			return fmt.Errorf("svg: chart %s: series %d belongs to no main series", l.ID, i)
		}
		for j, p := range s.Points {
			if err := p.check(); err != nil {
				return fmt.Errorf("%w (chart %s, series %d, period %d)", err, l.ID, i, j)
			}
		}
	}
	return checkMarks(append(l.Breaks[:len(l.Breaks):len(l.Breaks)], l.Changes...), len(l.X), len(l.Series))
}

func checkMarks(marks []Mark, periods, lines int) error {
	for _, m := range marks {
		if slices.ContainsFunc(m.Only, func(i int) bool { return i < 0 || i >= lines }) {
			return fmt.Errorf("svg: the mark %q concerns a line that does not exist", m.Label)
		}
		if !(m.At >= -0.5 && m.At <= float64(periods)-0.5) {
			return fmt.Errorf("svg: the mark %q lies outside the time axis", m.Label)
		}
	}
	return nil
}

// plot is the geometry of one drawing of a chart.
type plot struct {
	l           *Line
	c           *canvas
	id          string
	wide        bool
	w, h        float64
	left, right float64 // ends of the time axis
	step        float64 // distance of two periods
	scale       scale
	tickText    []string
}

func (l Line) draw(c *canvas, suffix, class string, w, h float64) {
	p := &plot{l: &l, c: c, id: l.ID + suffix, wide: suffix == "", w: w, h: h}
	lo, hi := l.extent()
	p.scale = newScale(l.Y, lo, hi, 5)
	p.tickText = tickTexts(l.Y, p.scale, l.Format)
	p.left = widest(p.tickText) + 10

	labels := p.directLabels()
	p.right = w - 10
	if labels != nil {
		p.right = w - labels.width - 40
	}
	p.step = (p.right - p.left - 16) / float64(max(len(l.X)-1, 1))
	marks := p.placeMarks()
	keys := 0
	if labels == nil && len(l.Series) > 1 {
		keys = len(l.Series)
	}
	top := float64(keys)*lineHeight + 30 + float64(marks.rows)*lineHeight
	p.h = h + float64(keys+marks.rows)*lineHeight
	p.scale.top, p.scale.bottom = top+4, p.h-30

	c.open(l.Figure, suffix, class, "img", w, p.h)
	p.defs()
	p.key(keys)
	p.axes(float64(keys) * lineHeight)
	marks.draw(p, top)
	for i := range l.Series {
		p.series(i)
	}
	labels.draw(p)
	p.hover()
	c.close()
}

// extent returns the least and the greatest number any point of the chart can have.
func (l Line) extent() (lo, hi float64) {
	first := true
	for _, s := range l.Series {
		for _, p := range s.Points {
			if p.State == Missing {
				continue
			}
			if first {
				lo, hi, first = p.Lo, p.Hi, false
				continue
			}
			lo, hi = min(lo, p.Lo), max(hi, p.Hi)
		}
	}
	return lo, hi
}

// tickTexts formats the ticks with as many decimals as their step needs.
func tickTexts(axis Axis, s scale, f Format) []string {
	step := s.ticks[1] - s.ticks[0]
	if axis.Unit == Share {
		axis.Decimals = decimals(step * 100)
	} else {
		axis.Decimals = decimals(step)
	}
	out := make([]string, len(s.ticks))
	for i, v := range s.ticks {
		out[i] = axis.text(f, v)
	}
	return out
}

func (p *plot) x(i float64) float64 {
	if len(p.l.X) == 1 {
		return (p.left + p.right) / 2
	}
	return p.left + 8 + i*p.step
}

// defs defines one hatch per colour in use; companions use that of their series.
func (p *plot) defs() {
	used := [MaxSeries]bool{}
	for i, s := range p.l.Series {
		for _, pt := range s.Points {
			if pt.State == Range {
				used[p.colour(i)] = true
				break
			}
		}
	}
	if used == [MaxSeries]bool{} {
		return
	}
	p.c.raw(`<defs>`)
	for n, ok := range used {
		if ok {
			p.c.hatch(fmt.Sprintf("%s-h%d", p.id, n), fmt.Sprintf("ff-hatch ff-s%d", n), 5, n%2 == 1)
		}
	}
	p.c.raw(`</defs>`)
}

// colour returns the colour of line i: its rank among the main series, or that of its owner.
func (p *plot) colour(i int) int {
	if s := p.l.Series[i]; s.Kind != Main {
		i = s.Of
	}
	n := 0
	for _, s := range p.l.Series[:i] {
		if s.Kind == Main {
			n++
		}
	}
	return n
}

// axes draws grid, value axis and time axis; offset is the height taken by the key above.
func (p *plot) axes(offset float64) {
	p.c.text("ff-soft", 0, offset+15, atLeft, cut(p.l.Y.Label, p.w-8))
	for i, v := range p.scale.ticks {
		y := p.scale.y(v)
		class := "ff-grid"
		if v == 0 {
			class = "ff-axis"
		}
		p.c.line(class, p.left, y, p.right, y)
		p.c.text("ff-soft", p.left-8, y+5, atRight, p.tickText[i])
	}
	for _, i := range p.labelled() {
		x := p.x(float64(i))
		p.c.line("ff-axis", x, p.scale.bottom, x, p.scale.bottom+5)
		p.c.text("ff-soft", p.clampMiddle(x, width(p.l.X[i].Label)), p.scale.bottom+22, atMiddle, p.l.X[i].Label)
	}
}

// clampMiddle moves a centred text so that it stays inside the drawing.
func (p *plot) clampMiddle(x, w float64) float64 {
	return min(max(x, w/2+1), p.w-w/2-1)
}

// labelled chooses the periods whose labels fit: every k-th label, the smallest k that leaves
// room between them.
func (p *plot) labelled() []int {
	var all []int
	for i, t := range p.l.X {
		if t.Label != "" {
			all = append(all, i)
		}
	}
	for k := 1; k < len(all); k++ {
		if p.fits(all, k) {
			return every(all, k)
		}
	}
	return all[:min(len(all), 1)]
}

func every(all []int, k int) []int {
	var out []int
	for i := 0; i < len(all); i += k {
		out = append(out, all[i])
	}
	return out
}

func (p *plot) fits(all []int, k int) bool {
	end := -1e9
	for i := 0; i < len(all); i += k {
		w := width(p.l.X[all[i]].Label)
		mid := p.clampMiddle(p.x(float64(all[i])), w)
		if mid-w/2 < end+10 {
			return false
		}
		end = mid + w/2
	}
	return true
}

// hover lays one invisible column over each period of the wide drawing; its title gives the
// values to a pointer. Everybody else has the table.
func (p *plot) hover() {
	if !p.wide || len(p.l.X) > 120 {
		return
	}
	half := p.step / 2
	if len(p.l.X) == 1 {
		half = 20
	}
	for i, t := range p.l.X {
		if t.Name == "" {
			continue
		}
		var b strings.Builder
		b.WriteString(t.Name)
		for _, s := range p.l.Series {
			b.WriteString("\n")
			if s.Label != "" {
				b.WriteString(s.Label + ": ")
			}
			b.WriteString(PointText(p.l.Format, p.l.Y, s.Points[i]))
		}
		x := p.x(float64(i))
		p.c.raw(`<path class="ff-hit" d="M`, num(x-half), ` `, num(p.scale.top), `h`, num(2*half),
			`V`, num(p.scale.bottom), `h`, num(-2*half), `z"><title>`, escLines(b.String()), `</title></path>`)
	}
}

// escLines escapes like esc and keeps line feeds, which browsers show in hover texts.
func escLines(s string) string {
	parts := strings.Split(s, "\n")
	for i, p := range parts {
		parts[i] = esc(p)
	}
	return strings.Join(parts, "\n")
}

// PointText writes a value in words and numbers: "4,171", "1–4", "not published". Use it for the
// table beside a figure, so that both say the same.
func PointText(f Format, axis Axis, p Point) string {
	switch p.State {
	case Exact:
		return axis.text(f, p.Mid)
	case Range, Disputed:
		if p.Lo == p.Hi {
			return axis.text(f, p.Lo)
		}
		return axis.text(f, p.Lo) + "–" + axis.text(f, p.Hi)
	default:
		return f.T("not published")
	}
}
