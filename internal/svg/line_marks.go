package svg

// markPlan holds the labels of the vertical marks and where they go.
type markPlan struct {
	rows  int
	items []markItem
}

type markItem struct {
	x      float64
	lines  []string
	toLeft bool // the text stands left of its line
	row    int  // first row it occupies, counted upwards from the plot
	broken bool // a break, not a change
}

func (m markItem) box() (x0, x1 float64) {
	w := widest(m.lines) + 12
	if m.toLeft {
		return m.x - w, m.x
	}
	return m.x, m.x + w
}

// placeMarks wraps the labels of the marks and stacks those that would overlap.
func (p *plot) placeMarks() markPlan {
	var plan markPlan
	add := func(m Mark, broken bool) {
		item := markItem{x: p.x(m.At), broken: broken}
		item.toLeft = item.x > (p.left+p.right)/2 && p.w-item.x < width(m.Label)+12
		room := p.w - item.x - 12
		if item.toLeft {
			room = item.x - 12
		}
		limit := 230.0
		if !p.wide {
			limit = 170
		}
		item.lines = wrap(m.Label, min(room, limit))
		plan.items = append(plan.items, item)
	}
	for _, m := range p.l.Breaks {
		if m.Label == "" {
			m.Label = p.l.Format.T("Break in the series")
		}
		add(m, true)
	}
	for _, m := range p.l.Changes {
		add(m, false)
	}
	plan.sameSide(p)
	plan.stack()
	return plan
}

// sameSide puts a label left of its line when its neighbour to the right stands left of its own
// line and close: two labels between two lines could not be told apart.
func (plan *markPlan) sameSide(p *plot) {
	for range plan.items {
		for i := range plan.items {
			a := &plan.items[i]
			for _, b := range plan.items {
				a1 := a.x + widest(a.lines) + 12
				if b.toLeft && b.x > a.x && b.x < a1+40 && a.x > p.left+widest(a.lines)+12 {
					a.toLeft = true
				}
			}
		}
	}
}

// stack gives each label the lowest row where it covers no other label and where no line crosses
// a label. Labels right of their line are placed from right to left, the others from left to
// right: in that order a line only ever passes beside the labels below it.
func (plan *markPlan) stack() {
	order := make([]int, 0, len(plan.items))
	for i := range plan.items {
		order = append(order, i)
	}
	rank := func(i int) float64 {
		if it := plan.items[i]; it.toLeft {
			return it.x
		}
		return 1e6 - plan.items[i].x
	}
	for i := 1; i < len(order); i++ { // insertion sort: a handful of marks
		for j := i; j > 0 && rank(order[j]) < rank(order[j-1]); j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	for k, i := range order {
		row := 0
		for row < 40 && plan.clash(i, row, order[:k]) {
			row++
		}
		plan.items[i].row = row
		plan.rows = max(plan.rows, row+len(plan.items[i].lines))
	}
}

func (plan *markPlan) clash(i, row int, placed []int) bool {
	a := plan.items[i]
	a0, a1 := a.box()
	for _, k := range placed {
		b := plan.items[k]
		b0, b1 := b.box()
		sameRows := row < b.row+len(b.lines) && b.row < row+len(a.lines)
		if sameRows && a0 < b1 && b0 < a1 {
			return true
		}
		if row < b.row+len(b.lines) && b.x > a0+1 && b.x < a1-1 {
			return true // the line of b would run through the label of a
		}
	}
	return false
}

// draw writes the marks, lines first, so that where no better place was found the halo of a
// label still keeps it legible; top is the upper end of the plot.
func (plan markPlan) draw(p *plot, top float64) {
	first := func(m markItem) float64 { return top - float64(m.row+len(m.lines))*lineHeight }
	for _, m := range plan.items {
		class := "ff-change"
		if m.broken {
			class = "ff-break"
		}
		p.c.line(class, m.x, first(m), m.x, p.scale.bottom)
	}
	for _, m := range plan.items {
		x, side := m.x+6, atLeft
		if m.toLeft {
			x, side = m.x-6, atRight
		}
		for k, line := range m.lines {
			p.c.text("ff-note", x, first(m)+float64(k)*lineHeight+14, side, line)
		}
	}
}
