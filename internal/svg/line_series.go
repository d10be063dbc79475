package svg

import (
	"fmt"
	"slices"
	"strings"
)

// series draws line i: first its band, then the line itself, then the values of which only
// bounds are known, then the points.
func (p *plot) series(i int) {
	s := p.l.Series[i]
	n := p.colour(i)
	class := fmt.Sprintf("ff-line ff-s%d", n)
	switch s.Kind {
	case Earlier:
		class += " ff-earlier"
	case Without:
		class += " ff-without"
	}
	for _, run := range p.runs(i) {
		p.band(s.Points, run, n)
		p.stroke(s.Points, run, class)
	}
	for j, pt := range s.Points {
		if pt.bounded() {
			p.bounds(float64(j), pt, n)
		}
	}
	p.points(i, n)
}

// span is a run of periods, first to last, that one unbroken line may join.
type span struct{ first, last int }

// runs cuts a series where a value is missing or known only by bounds, and at every break.
func (p *plot) runs(i int) []span {
	points := p.l.Series[i].Points
	var out []span
	open := -1
	for j, pt := range points {
		if open >= 0 && (pt.State != Exact || p.breakBefore(i, j)) {
			out = append(out, span{open, j - 1})
			open = -1
		}
		if open < 0 && pt.State == Exact {
			open = j
		}
	}
	if open >= 0 {
		out = append(out, span{open, len(points) - 1})
	}
	return out
}

// breakBefore says whether a break of line i lies after period j-1 and not after period j.
func (p *plot) breakBefore(i, j int) bool {
	if s := p.l.Series[i]; s.Kind != Main {
		i = s.Of
	}
	for _, m := range p.l.Breaks {
		if m.Only != nil && !slices.Contains(m.Only, i) {
			continue
		}
		if m.At > float64(j-1) && m.At <= float64(j) {
			return true
		}
	}
	return false
}

// band fills the interval around a run of exact values.
func (p *plot) band(points []Point, run span, n int) {
	wide := false
	for _, pt := range points[run.first : run.last+1] {
		wide = wide || pt.Hi > pt.Lo
	}
	if !wide {
		return
	}
	if run.first == run.last {
		p.whisker(float64(run.first), points[run.first], n)
		return
	}
	var b strings.Builder
	for j := run.first; j <= run.last; j++ {
		letter := "L"
		if j == run.first {
			letter = "M"
		}
		b.WriteString(letter + num(p.x(float64(j))) + " " + num(p.scale.y(points[j].Hi)))
	}
	for j := run.last; j >= run.first; j-- {
		b.WriteString("L" + num(p.x(float64(j))) + " " + num(p.scale.y(points[j].Lo)))
	}
	p.c.raw(`<path class="ff-band `, fmt.Sprintf("ff-s%d", n), `" d="`, b.String(), `z"/>`)
}

// stroke draws the line of a run; a run of one value is only a point.
func (p *plot) stroke(points []Point, run span, class string) {
	if run.first == run.last {
		return
	}
	var b strings.Builder
	for j := run.first; j <= run.last; j++ {
		letter := "L"
		if j == run.first {
			letter = "M"
		}
		b.WriteString(letter + num(p.x(float64(j))) + " " + num(p.scale.y(points[j].Mid)))
	}
	p.c.raw(`<path class="`, class, `" d="`, b.String(), `"/>`)
}

// bounds draws a value of which only the bounds are known: a hatched bar for a published range,
// a whisker for a disputed value. Both keep a height that can be seen on a long axis.
func (p *plot) bounds(at float64, pt Point, n int) {
	if pt.State == Disputed {
		p.whisker(at, pt, n)
		return
	}
	half := min(p.step/2, 9)
	if len(p.l.X) == 1 {
		half = 9
	}
	top, bottom := p.scale.y(pt.Hi), p.scale.y(pt.Lo)
	if bottom-top < 6 {
		top = max(bottom-6, p.scale.top)
	}
	p.c.raw(`<path class="ff-range ff-s`, fmt.Sprint(n), `" fill="url(#`, p.id, `-h`, fmt.Sprint(n), `)" d="M`,
		num(p.x(at)-half), ` `, num(top), `h`, num(2*half), `V`, num(bottom), `h`, num(-2*half), `z"/>`)
}

func (p *plot) whisker(at float64, pt Point, n int) {
	x, top, bottom := p.x(at), p.scale.y(pt.Hi), p.scale.y(pt.Lo)
	p.c.raw(`<path class="ff-whisker ff-s`, fmt.Sprint(n), `" d="M`, num(x-4), ` `, num(top), `h8M`,
		num(x), ` `, num(top), `V`, num(bottom), `M`, num(x-4), ` `, num(bottom), `h8"/>`)
}

// points draws markers: all of them while they are few, otherwise only those that no line
// reaches and the last one.
func (p *plot) points(i, n int) {
	s := p.l.Series[i]
	if s.Kind == Without {
		return
	}
	class := fmt.Sprintf("ff-dot ff-s%d", n)
	if s.Kind == Earlier {
		class += " ff-hollow"
	}
	all := p.step >= 14
	last := lastKnown(s.Points)
	for j, pt := range s.Points {
		if pt.State != Exact {
			continue
		}
		if all || j == last || p.alone(i, j) {
			p.c.mark(class, n, p.x(float64(j)), p.scale.y(pt.Mid), 3.5)
		}
	}
}

func (p *plot) alone(i, j int) bool {
	points := p.l.Series[i].Points
	before := j > 0 && points[j-1].State == Exact && !p.breakBefore(i, j)
	after := j+1 < len(points) && points[j+1].State == Exact && !p.breakBefore(i, j+1)
	return !before && !after
}

// lastKnown returns the index of the last value that is not missing, or -1.
func lastKnown(points []Point) int {
	for j := len(points) - 1; j >= 0; j-- {
		if points[j].State != Missing {
			return j
		}
	}
	return -1
}

// height returns where on the page a value stands; bounds stand at their middle.
func (p *plot) height(pt Point) float64 {
	if pt.bounded() {
		return p.scale.y((pt.Lo + pt.Hi) / 2)
	}
	return p.scale.y(pt.Mid)
}
