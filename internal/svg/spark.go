package svg

import (
	"html/template"
	"strings"
)

// Spark returns a line of 120 by 32 units without axes or words, for a list in which the value
// itself stands beside it; it is hidden from assistive technology. Gaps stay gaps, values known
// only by their bounds become short vertical strokes. An empty or unusable series gives "".
func Spark(points []Point) template.HTML {
	lo, hi, known := 0.0, 0.0, 0
	for _, p := range points {
		if p.check() != nil {
			return ""
		}
		if p.State != Missing {
			known++
			lo, hi = min(lo, p.Lo), max(hi, p.Hi)
		}
	}
	if known == 0 || hi <= lo {
		return ""
	}
	const w, h = 120.0, 32.0
	s := scale{lo: lo, hi: hi, top: 4, bottom: h - 4}
	x := func(i int) float64 { return 4 + float64(i)*(w-8)/float64(max(len(points)-1, 1)) }
	var line, bars strings.Builder
	joined := false
	for i, p := range points {
		switch {
		case p.State == Missing:
			joined = false
		case p.bounded():
			joined = false
			bars.WriteString("M" + num(x(i)) + " " + num(min(s.y(p.Hi), s.y(p.Lo)-2)) + "V" + num(s.y(p.Lo)))
		default:
			letter := "M"
			if joined {
				letter = "L"
			}
			line.WriteString(letter + num(x(i)) + " " + num(s.y(p.Mid)))
			joined = true
		}
	}
	var c canvas
	c.raw(`<svg class="ff-chart ff-spark" viewBox="0 0 120 32" width="120" height="32" aria-hidden="true" focusable="false">`)
	if line.Len() > 0 {
		c.raw(`<path class="ff-line ff-s0" d="`, line.String(), `"/>`)
	}
	if bars.Len() > 0 {
		c.raw(`<path class="ff-whisker ff-s0" d="`, bars.String(), `"/>`)
	}
	if j := lastKnown(points); points[j].State == Exact {
		c.mark("ff-dot ff-s0", 0, x(j), s.y(points[j].Mid), 3)
	}
	c.close()
	return template.HTML(c.b.String()) //nolint:gosec // numbers only
}
