package svg

import (
	"fmt"
	"math"
)

// sample draws a short piece of line i with its marker, for a label or the key.
func (p *plot) sample(i int, x, y float64) {
	s := p.l.Series[i]
	n := p.colour(i)
	class, dot := fmt.Sprintf("ff-line ff-s%d", n), fmt.Sprintf("ff-dot ff-s%d", n)
	switch s.Kind {
	case Earlier:
		class, dot = class+" ff-earlier", dot+" ff-hollow"
	case Without:
		class, dot = class+" ff-without", ""
	}
	p.c.line(class, x, y, x+22, y)
	if dot != "" {
		p.c.mark(dot, n, x+11, y, 3.5)
	}
}

// key writes the names of the lines above a narrow drawing.
func (p *plot) key(rows int) {
	for i := range rows {
		y := float64(i)*lineHeight + 10
		p.sample(i, 0, y)
		p.c.text("", 28, y+5, atLeft, cut(p.l.Series[i].Label, p.w-30))
	}
}

// labelPlan holds the names written at the ends of the lines.
type labelPlan struct {
	width float64
	lines [][]string
}

// directLabels returns the wrapped names of the lines, or nil when there is one line only (the
// title names it), no room, or a name that would need more than three rows.
func (p *plot) directLabels() *labelPlan {
	if !p.wide || len(p.l.Series) < 2 {
		return nil
	}
	plan := &labelPlan{}
	for _, s := range p.l.Series {
		lines := wrap(s.Label, 170)
		if len(lines) > 3 {
			return nil
		}
		plan.lines = append(plan.lines, lines)
		plan.width = max(plan.width, widest(lines))
	}
	return plan
}

// draw writes the names beside the last values and pushes them apart where they would overlap.
func (plan *labelPlan) draw(p *plot) {
	if plan == nil {
		return
	}
	n := len(plan.lines)
	order, centre := make([]int, n), make([]float64, n)
	for i, s := range p.l.Series {
		order[i] = i
		centre[i] = (p.scale.top + p.scale.bottom) / 2
		if j := lastKnown(s.Points); j >= 0 {
			centre[i] = p.height(s.Points[j])
		}
	}
	want := append([]float64(nil), centre...)
	for i := 1; i < n; i++ {
		for j := i; j > 0 && centre[order[j]] < centre[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	half := func(i int) float64 { return float64(len(plan.lines[i])) * lineHeight / 2 }
	edge := p.scale.top - 10
	for _, i := range order {
		centre[i] = math.Max(centre[i], edge+half(i))
		edge = centre[i] + half(i)
	}
	edge = p.scale.bottom + 12
	for k := n - 1; k >= 0; k-- {
		i := order[k]
		centre[i] = math.Min(centre[i], edge-half(i))
		edge = centre[i] - half(i)
	}
	x := p.right + 22
	for i, lines := range plan.lines {
		if j := lastKnown(p.l.Series[i].Points); j >= 0 && float64(len(p.l.X)-1-j)*p.step < 60 {
			p.c.line("ff-lead", p.x(float64(j))+5, want[i], x-3, centre[i])
		}
		p.end(i, x, centre[i])
		for k, line := range lines {
			p.c.text("", x+14, centre[i]-half(i)+float64(k)*lineHeight+15, atLeft, line)
		}
	}
}

// end repeats the marker of line i before its name; a line without markers gets two dashes.
func (p *plot) end(i int, x, y float64) {
	n := p.colour(i)
	switch p.l.Series[i].Kind {
	case Without:
		p.c.line(fmt.Sprintf("ff-line ff-s%d ff-without", n), x, y, x+10, y)
	case Earlier:
		p.c.mark(fmt.Sprintf("ff-dot ff-s%d ff-hollow", n), n, x+4, y, 3.5)
	default:
		p.c.mark(fmt.Sprintf("ff-dot ff-s%d", n), n, x+4, y, 3.5)
	}
}
