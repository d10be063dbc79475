package web

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/svg"
)

// drawing is a figure with what must stand under it.
type drawing struct {
	Picture template.HTML
	Notes   []string // what the reader of the picture has to know
	Breaks  []breakNote
	ID      string // short hash of the figures
}

// breakNote is one break as it is listed under a chart.
type breakNote struct {
	Number   string
	Period   string
	Note     string
	Detected bool
}

// newestFour chooses the series that one chart can hold: the four with the largest newest values.
// The others stay in the table.
func newestFour(series []indicator.Series) []indicator.Series {
	if len(series) <= svg.MaxSeries {
		return series
	}
	size := func(s indicator.Series) float64 {
		if pt, ok := newest(s); ok {
			return pt.Hi
		}
		return -1
	}
	four := slices.Clone(series)
	order.By(four, func(a, b indicator.Series) int { return cmp.Compare(size(b), size(a)) })
	return four[:svg.MaxSeries]
}

// chartLine is one line of a chart in words and points.
type chartLine struct {
	label  string
	series indicator.Series
}

// chartOf draws up to four series over their common time. The caller gives names that tell them
// apart.
func chartOf(p *i18n.Printer, id, title string, axis svg.Axis, lines []chartLine) (drawing, error) {
	periods := commonPeriods(lines)
	if len(periods) == 0 {
		return drawing{}, nil
	}
	line := svg.Line{
		Figure: svg.Figure{ID: id, Title: title, Desc: p.T("Line chart. The table below holds the same numbers.")},
		X:      ticks(p, periods), Y: axis, Format: p,
	}
	place := make(map[indicator.Period]int, len(periods))
	for i, period := range periods {
		place[period] = i
	}
	for _, l := range lines {
		line.Series = append(line.Series, svg.Series{Label: l.label, Points: pointsOf(l.series, place, len(periods))})
	}
	var d drawing
	if len(lines) == 1 {
		if first, ok := firstReleased(lines[0].series, place, len(periods)); ok {
			line.Series[0].Label = p.T("As known now")
			line.Series = append(line.Series, svg.Series{Label: p.T("As first published"), Kind: svg.Earlier, Points: first})
		}
	}
	line.Breaks, d.Breaks = breakMarks(p, lines, place)
	picture, err := line.SVG()
	d.Picture = picture
	return d, err
}

// commonPeriods returns every period from the first to the last of any line.
func commonPeriods(lines []chartLine) []indicator.Period {
	var first, last indicator.Period
	for _, l := range lines {
		for _, pt := range l.series.Points {
			if first.IsZero() || pt.Period.Before(first) {
				first = pt.Period
			}
			if last.IsZero() || last.Before(pt.Period) {
				last = pt.Period
			}
		}
	}
	var out []indicator.Period
	for period := first; !first.IsZero() && !last.Before(period); period = period.Next() {
		out = append(out, period)
	}
	return out
}

// ticks names the periods; the axis may show the first of each year.
func ticks(p *i18n.Printer, periods []indicator.Period) []svg.Tick {
	out := make([]svg.Tick, len(periods))
	for i, period := range periods {
		out[i].Name = periodName(p, period)
		if period.Kind == indicator.Year || period.N == 1 {
			out[i].Label = periodName(p, indicator.Period{Kind: indicator.Year, Year: period.Year})
		}
	}
	if len(periods) < 8 && periods[0].Kind != indicator.Year {
		for i := range out {
			out[i].Label = out[i].Name
		}
	}
	return out
}

// pointsOf places the points of a series; where there is none, there is a gap. An incomplete sum is
// not drawn: as a point it would look like a fall.
func pointsOf(s indicator.Series, place map[indicator.Period]int, n int) []svg.Point {
	out := make([]svg.Point, n)
	for _, pt := range s.Points {
		if i, ok := place[pt.Period]; ok && !pt.Partial() {
			out[i] = drawn(pt.Value)
		}
	}
	return out
}

// firstReleased returns what was first published where it differs from what is known now.
func firstReleased(s indicator.Series, place map[indicator.Period]int, n int) ([]svg.Point, bool) {
	out, found := make([]svg.Point, n), false
	for _, pt := range s.Points {
		i, ok := place[pt.Period]
		if k := len(pt.Earlier); ok && pt.Revised && k > 0 {
			out[i] = drawn(pt.Earlier[k-1].Value)
			found = true
		}
	}
	return out, found
}

// drawnBreak is one break with the lines that it interrupts.
type drawnBreak struct {
	indicator.Break
	lines []int
}

// breakMarks draws every break of the lines once, numbered in order of time, and lists them. A break
// interrupts only the lines whose series has it.
func breakMarks(p *i18n.Printer, lines []chartLine, place map[indicator.Period]int) ([]svg.Mark, []breakNote) {
	var all []*drawnBreak
	for i, l := range lines {
		for _, b := range l.series.Breaks {
			if _, ok := place[b.Period]; !ok {
				continue
			}
			same := slices.IndexFunc(all, func(o *drawnBreak) bool { return o.Period == b.Period && o.Note == b.Note && o.Kind == b.Kind })
			if same < 0 {
				same = len(all)
				all = append(all, &drawnBreak{Break: b})
			}
			all[same].lines = append(all[same].lines, i)
		}
	}
	order.By(all, func(a, b *drawnBreak) int { return a.Period.Compare(b.Period) })
	var marks []svg.Mark
	var notes []breakNote
	for i, b := range all {
		name := breakName(p, b.Kind, i+1, len(all))
		marks = append(marks, svg.Mark{At: float64(place[b.Period]) - 0.5, Label: name, Only: b.lines})
		note := breakNote{Number: name, Period: periodName(p, b.Period), Note: p.T(b.Note), Detected: b.Kind == indicator.Detected}
		if len(lines) > len(b.lines) {
			var which []string
			for _, n := range b.lines {
				which = append(which, lines[n].label)
			}
			note.Period += " (" + p.List(which) + ")"
		}
		notes = append(notes, note)
	}
	return marks, notes
}

// breakName says whether a break is known or only found by calculation, with its number among
// several.
func breakName(p *i18n.Printer, kind indicator.BreakKind, n, of int) string {
	possible := kind == indicator.Detected
	switch {
	case possible && of == 1:
		return p.T("Possible break")
	case possible:
		return p.T("Possible break %s", p.Int(int64(n)))
	case of == 1:
		return p.T("Break in the series")
	default:
		return p.T("Break %s", p.Int(int64(n)))
	}
}
