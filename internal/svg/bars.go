package svg

import (
	"fmt"
	"html/template"
)

// Bar is one row of a bar chart.
type Bar struct {
	Label string
	Point Point
}

// Bars is a chart of horizontal bars with their values written beside them; an interval is a
// whisker, a value known only by its bounds a hatched piece between them. In right-to-left
// languages it is mirrored: it has no time axis.
type Bars struct {
	Figure
	Y      Axis
	Rows   []Bar
	RTL    bool
	Format Format
}

// maxBars keeps a bar chart readable; longer lists belong in a table.
const maxBars = 60

// SVG returns a wide and a narrow drawing, of which the style sheet shows one.
func (b Bars) SVG() (template.HTML, error) {
	if err := b.Figure.check(); err != nil {
		return "", err
	}
	if len(b.Rows) == 0 || len(b.Rows) > maxBars || b.Format == nil {
		return "", fmt.Errorf("svg: chart %s needs 1 to %d bars and a format", b.ID, maxBars)
	}
	for i, r := range b.Rows {
		if err := r.Point.check(); err != nil {
			return "", fmt.Errorf("%w (chart %s, bar %d)", err, b.ID, i)
		}
		if r.Point.State != Missing && r.Point.Lo < 0 {
			return "", fmt.Errorf("svg: chart %s: bars start at zero, value %g lies below", b.ID, r.Point.Lo)
		}
	}
	var c canvas
	b.draw(&c, "", "ff-wide", 880)
	b.draw(&c, "-n", "ff-narrow", 320)
	return template.HTML(c.b.String()), nil //nolint:gosec // every label went through esc
}

// barPlan is the geometry of one drawing.
type barPlan struct {
	c          *canvas
	id         string
	w          float64
	start, end float64 // ends of the bars, measured from the side where reading begins
	max        float64
	rtl        bool
}

// x turns a distance from the reading side into a coordinate.
func (p barPlan) x(d float64) float64 {
	if p.rtl {
		return p.w - d
	}
	return d
}

func (p barPlan) at(v float64) float64 { return p.start + v/p.max*(p.end-p.start) }

// rect returns the outline of a bar between two distances.
func (p barPlan) rect(from, to, y, h float64) string {
	a, b := p.x(from), p.x(to)
	return "M" + num(a) + " " + num(y) + "H" + num(b) + "v" + num(h) + "H" + num(a) + "z"
}

func (b Bars) draw(c *canvas, suffix, class string, w float64) {
	p := barPlan{c: c, id: b.ID + suffix, w: w, rtl: b.RTL, max: max(b.Y.Max, 1e-9)}
	above := suffix != "" // the name stands above its bar
	texts := make([]string, len(b.Rows))
	names := make([][]string, len(b.Rows))
	var nameWidth, textWidth float64
	for i, r := range b.Rows {
		p.max = max(p.max, r.Point.Hi)
		texts[i] = PointText(b.Format, b.Y, r.Point)
		limit := 260.0
		if above {
			limit = w - 4
		}
		names[i] = wrap(r.Label, limit)
		nameWidth, textWidth = max(nameWidth, widest(names[i])), max(textWidth, width(texts[i]))
	}
	if !above {
		p.start = nameWidth + 12
	}
	p.end = max(w-textWidth-16, p.start+40)

	type place struct{ top, bar float64 }
	places := make([]place, len(b.Rows))
	y := 26.0
	for i := range b.Rows {
		places[i] = place{y, y + 4}
		n := float64(len(names[i])) * lineHeight
		if above {
			places[i].bar = y + n + 2
			y += n + 36
			continue
		}
		places[i].bar = y + max(n-22, 0)/2 + 2
		y += max(n, 22) + 10
	}
	c.open(b.Figure, suffix, class, "img", w, y+2)
	c.raw(`<defs>`)
	c.hatch(p.id+"-h0", "ff-hatch ff-s0", 5, false)
	c.raw(`</defs>`)
	c.text("ff-soft", p.x(0), 15, p.side(), cut(b.Y.Label, w-8))
	for i, r := range b.Rows {
		for k, line := range names[i] {
			c.text("", p.x(0), places[i].top+float64(k)*lineHeight+16, p.side(), line)
		}
		end := p.bar(r.Point, places[i].bar)
		c.text("ff-value", p.x(end+8), places[i].bar+16, p.side(), texts[i])
	}
	c.line("ff-axis", p.x(p.start), 22, p.x(p.start), y)
	c.close()
}

// side is the anchor of a text that starts on the reading side.
func (p barPlan) side() anchor {
	if p.rtl {
		return atRight
	}
	return atLeft
}

// bar draws one value and returns the distance at which its drawing ends.
func (p barPlan) bar(pt Point, y float64) float64 {
	const h = 20
	switch pt.State {
	case Exact:
		p.c.raw(`<path class="ff-bar ff-s0" d="`, p.rect(p.start, p.at(pt.Mid), y, h), `"/>`)
	case Range, Disputed:
		if pt.Lo > 0 {
			p.c.raw(`<path class="ff-bar ff-s0" d="`, p.rect(p.start, p.at(pt.Lo), y, h), `"/>`)
		}
		end := max(p.at(pt.Hi), p.at(pt.Lo)+4)
		p.c.raw(`<path class="ff-range ff-s0" fill="url(#`, p.id, `-h0)" d="`, p.rect(p.at(pt.Lo), end, y, h), `"/>`)
		return end
	default:
		return p.start
	}
	if pt.Hi > pt.Lo {
		a, b, mid := p.x(p.at(pt.Lo)), p.x(p.at(pt.Hi)), num(y+h/2)
		p.c.raw(`<path class="ff-whisker ff-ink" d="M`, num(a), ` `, num(y+5), `v10M`, num(a), ` `, mid, `H`, num(b),
			`M`, num(b), ` `, num(y+5), `v10"/>`)
	}
	return p.at(pt.Hi)
}
