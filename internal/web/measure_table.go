package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
)

// figureTable is the table beside a figure: the same numbers from the same answer.
type figureTable struct {
	*i18n.Printer
	ID      string
	Caption string
	Corner  string
	Head    []string
	Rows    []tableRow
	Cards   bool     // few columns: rows become cards on a phone
	Legend  []string // what the marks mean, only those in use
}

// Slim says that the table is too small to be drawn out over the whole page.
func (t figureTable) Slim() bool { return len(t.Head) < 3 }

// tableRow is one row: a head and its cells.
type tableRow struct {
	Head   string
	Note   string // for example that the series breaks here
	Breaks bool   // the series breaks between this row and the next
	Cells  []tableCell
}

// tableCell is one value. Marks are single letters explained under the table.
type tableCell struct {
	Text    string
	Marks   string
	Missing bool
}

// marks are the letters that may stand beside a value.
type marks struct {
	revised, derived, disputed, partial, ranged bool

	published bool // at least one value stands as it was published
}

func (m *marks) cell(p *i18n.Printer, axis svg.Axis, pt indicator.Point) tableCell {
	c := tableCell{Text: numbers(p, axis, pt.Value), Missing: pt.State == indicator.Missing}
	note := func(is bool, seen *bool, letter string) {
		if is {
			*seen = true
			c.Marks += letter
		}
	}
	note(pt.Revised, &m.revised, "r")
	note(pt.Derived && !pt.Partial() && axis.Unit == svg.Count, &m.derived, "s")
	if !c.Missing && !pt.Derived {
		m.published = true
	}
	note(pt.State == indicator.Disputed, &m.disputed, "d")
	note(pt.Partial(), &m.partial, "p")
	m.ranged = m.ranged || pt.State == indicator.Range
	return c
}

// explain adds the legend. When every value was added up here, the letter would stand everywhere
// and say nothing: it is left out, and the notes of the answer say it once.
func (m *marks) explain(t *figureTable) {
	everywhere := m.derived && !m.published
	if everywhere {
		for i := range t.Rows {
			for j := range t.Rows[i].Cells {
				c := &t.Rows[i].Cells[j]
				c.Marks = strings.ReplaceAll(c.Marks, "s", "")
			}
		}
	}
	if everywhere {
		m.derived = false
	}
	t.Legend = m.legend(t.Printer)
}

func (m *marks) legend(p *i18n.Printer) []string {
	var out []string
	for _, l := range []struct {
		is   bool
		text string
	}{
		{m.ranged, p.T("1–4 and the like: only bounds were published, to protect people in small groups")},
		{m.revised, p.T("r: an earlier release had another value")},
		{m.derived, p.T("s: added up here from published figures")},
		{m.disputed, p.T("d: published more than once with different values")},
		{m.partial, p.T("p: part of the period is missing, so this is not a total and is not drawn")},
	} {
		if l.is {
			out = append(out, l.text)
		}
	}
	return out
}

// tableOf makes the table beside a chart. A single series of quarters or months becomes a row for
// each year, which can be taken in at a glance.
func tableOf(p *i18n.Printer, id, caption string, axis svg.Axis, lines []chartLine) figureTable {
	if len(lines) == 1 && len(lines[0].series.Points) > 8 {
		switch lines[0].series.Points[0].Period.Kind {
		case indicator.Quarter:
			return byYear(p, id, caption, axis, lines[0].series, 4)
		case indicator.Month:
			return byYear(p, id, caption, axis, lines[0].series, 12)
		}
	}
	return byPeriod(p, id, caption, axis, lines)
}

// byYear makes a table with one row per year, newest first, and one column per quarter or month.
func byYear(p *i18n.Printer, id, caption string, axis svg.Axis, s indicator.Series, parts int) figureTable {
	t := figureTable{Printer: p, ID: id, Caption: caption, Corner: p.T("Year"), Cards: true}
	for n := 1; n <= parts; n++ {
		if parts == 12 {
			t.Head = append(t.Head, p.MonthName(n))
			continue
		}
		t.Head = append(t.Head, p.T("Q%d", n))
	}
	var m marks
	index := make(map[indicator.Period]tableCell, len(s.Points))
	for _, pt := range s.Points {
		index[pt.Period] = m.cell(p, axis, pt)
	}
	first, last := s.Points[0].Period, s.Points[len(s.Points)-1].Period
	for year := last.Year; year >= first.Year; year-- {
		row := tableRow{Head: strconv.Itoa(year)}
		for n := 1; n <= parts; n++ {
			row.Cells = append(row.Cells, index[indicator.Period{Kind: first.Kind, Year: year, N: n}])
		}
		for _, b := range s.Breaks {
			if b.Period.Year != year {
				continue
			}
			text := p.T("break at %s", periodName(p, b.Period))
			if b.Kind == indicator.Detected {
				text = p.T("possible break at %s", periodName(p, b.Period))
			}
			row.Note = strings.TrimPrefix(row.Note+" · "+text, " · ")
		}
		t.Rows = append(t.Rows, row)
	}
	m.explain(&t)
	return t
}

// byPeriod makes a table with one row per period, newest first, and one column per line.
func byPeriod(p *i18n.Printer, id, caption string, axis svg.Axis, lines []chartLine) figureTable {
	t := figureTable{Printer: p, ID: id, Caption: caption, Corner: p.T("Period"), Cards: true}
	index := make([]map[indicator.Period]indicator.Point, len(lines))
	breaks := map[indicator.Period]indicator.BreakKind{}
	for i, l := range lines {
		t.Head = append(t.Head, l.label)
		index[i] = make(map[indicator.Period]indicator.Point, len(l.series.Points))
		for _, pt := range l.series.Points {
			index[i][pt.Period] = pt
		}
		for _, b := range l.series.Breaks {
			if breaks[b.Period] != indicator.Declared {
				breaks[b.Period] = b.Kind
			}
		}
	}
	periods := commonPeriods(lines)
	slices.Reverse(periods)
	var m marks
	for _, period := range periods {
		row := tableRow{Head: periodName(p, period)}
		switch breaks[period] {
		case indicator.Declared:
			row.Note, row.Breaks = p.T("from here on not comparable with earlier periods"), true
		case indicator.Detected:
			row.Note, row.Breaks = p.T("possible break before this period"), true
		}
		for i := range lines {
			row.Cells = append(row.Cells, m.cell(p, axis, index[i][period]))
		}
		t.Rows = append(t.Rows, row)
	}
	m.explain(&t)
	return t
}

// shownPeriods is how many of the latest periods a table of many series shows; the files hold all.
const shownPeriods = 8

// bySeries makes a table with one row per series and the latest periods as columns.
func bySeries(p *i18n.Printer, id, caption, corner string, axis svg.Axis, lines []chartLine) figureTable {
	t := figureTable{Printer: p, ID: id, Caption: caption, Corner: corner}
	periods := commonPeriods(lines)
	periods = periods[max(0, len(periods)-shownPeriods):]
	t.Cards = len(periods) < 4
	for _, period := range periods {
		t.Head = append(t.Head, periodName(p, period))
	}
	var m marks
	for _, l := range lines {
		row := tableRow{Head: l.label}
		index := make(map[indicator.Period]indicator.Point, len(l.series.Points))
		for _, pt := range l.series.Points {
			index[pt.Period] = pt
		}
		for _, period := range periods {
			row.Cells = append(row.Cells, m.cell(p, axis, index[period]))
		}
		t.Rows = append(t.Rows, row)
	}
	m.explain(&t)
	return t
}
