package web

import (
	"slices"

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

// tableRow is one row: a head and its cells.
type tableRow struct {
	Head  string
	Note  string // for example that the series breaks here
	Cells []tableCell
}

// tableCell is one value. Marks are single letters explained under the table.
type tableCell struct {
	Text    string
	Marks   string
	Missing bool
}

// marks are the letters that may stand beside a value.
type marks struct{ revised, derived, disputed, partial, ranged bool }

func (m *marks) cell(p *i18n.Printer, axis svg.Axis, pt indicator.Point) tableCell {
	c := tableCell{Text: numbers(p, axis, pt.Value), Missing: pt.State == indicator.Missing}
	note := func(is bool, seen *bool, letter string) {
		if is {
			*seen = true
			c.Marks += letter
		}
	}
	note(pt.Revised, &m.revised, "r")
	note(pt.Derived && !pt.Partial(), &m.derived, "s")
	note(pt.State == indicator.Disputed, &m.disputed, "d")
	note(pt.Partial(), &m.partial, "p")
	m.ranged = m.ranged || pt.State == indicator.Range
	return c
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

// byPeriod makes a table with one row per period, newest first, and one column per line.
func byPeriod(p *i18n.Printer, id, caption string, axis svg.Axis, lines []chartLine) figureTable {
	t := figureTable{Printer: p, ID: id, Caption: caption, Corner: p.T("Period"), Cards: true}
	index := make([]map[indicator.Period]indicator.Point, len(lines))
	breaks := map[indicator.Period]bool{}
	for i, l := range lines {
		t.Head = append(t.Head, l.label)
		index[i] = make(map[indicator.Period]indicator.Point, len(l.series.Points))
		for _, pt := range l.series.Points {
			index[i][pt.Period] = pt
		}
		for _, b := range l.series.Breaks {
			breaks[b.Period] = true
		}
	}
	periods := commonPeriods(lines)
	slices.Reverse(periods)
	var m marks
	for _, period := range periods {
		row := tableRow{Head: periodName(p, period)}
		if breaks[period] {
			row.Note = p.T("from here on not comparable with earlier periods")
		}
		for i := range lines {
			row.Cells = append(row.Cells, m.cell(p, axis, index[i][period]))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Legend = m.legend(p)
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
	t.Legend = m.legend(p)
	return t
}
