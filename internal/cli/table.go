package cli

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
)

// wideColumns is how many series stand side by side; more are printed one below the other.
const wideColumns = 6

// dash stands for a figure that was not published.
const dash = "–"

// printAnswer writes an answer for reading: a heading, the figures, and all that a reader has to
// know to read them right.
func printAnswer(r *run, a indicator.Answer) error {
	var b strings.Builder
	p := r.words
	fmt.Fprintf(&b, "%s (%s)\n%s\n", p.T(a.Indicator.Title), a.Indicator.ID, unitLine(p, a))
	if len(a.Series) == 0 {
		fmt.Fprintf(&b, "\n%s\n", p.T("No figures for this query."))
	}
	used := marks{}
	for _, group := range groups(a.Series) {
		b.WriteString("\n")
		printGroup(&b, p, writer{p, a}, group, used)
	}
	used.explain(&b, p)
	printFoot(&b, p, a)
	_, err := r.out.Write([]byte(b.String()))
	return err
}

func unitLine(p *i18n.Printer, a indicator.Answer) string {
	line := p.T("Unit: %s", p.T(a.Indicator.Unit))
	if a.Share {
		line = p.T("Unit: share, in per cent")
	}
	if a.Query.KnownOn != "" {
		line += "; " + p.T("as known on %s", p.Date(a.Query.KnownOn))
	}
	return line
}

// groups puts up to wideColumns series with the same periods side by side.
func groups(all []indicator.Series) [][]indicator.Series {
	var out [][]indicator.Series
	for _, s := range all {
		if n := len(out); n > 0 && len(out[n-1]) < wideColumns && len(all) <= wideColumns && samePeriods(out[n-1][0], s) {
			out[n-1] = append(out[n-1], s)
			continue
		}
		out = append(out, []indicator.Series{s})
	}
	return out
}

func samePeriods(a, b indicator.Series) bool {
	if len(a.Points) != len(b.Points) {
		return false
	}
	for i := range a.Points {
		if a.Points[i].Period != b.Points[i].Period {
			return false
		}
	}
	return true
}

// printGroup writes series with the same periods as one table.
func printGroup(b *strings.Builder, p *i18n.Printer, w writer, group []indicator.Series, used marks) {
	rows := [][]string{{""}}
	for _, s := range group {
		rows[0] = append(rows[0], heading(p, s))
	}
	for n, point := range group[0].Points {
		row := []string{periodText(p, point.Period)}
		for _, s := range group {
			row = append(row, w.point(s.Points[n], used))
		}
		rows = append(rows, row)
	}
	printColumns(b, rows)
	for _, s := range group {
		for _, br := range s.Breaks {
			fmt.Fprintf(b, "%s\n", p.T("Break in %s from %s (%s): %s", heading(p, s), periodText(p, br.Period), p.T(br.Kind.String()), p.T(br.Note)))
		}
	}
}

func heading(p *i18n.Printer, s indicator.Series) string {
	return strings.TrimSpace(s.Area + " " + p.T(s.Label))
}

func periodText(p *i18n.Printer, period indicator.Period) string {
	switch period.Kind {
	case indicator.Quarter:
		return p.Quarter(period.Year, period.N)
	case indicator.Month:
		return p.Month(period.Year, period.N)
	default:
		return period.String()
	}
}

// writer writes the numbers of an answer.
type writer struct {
	p *i18n.Printer
	a indicator.Answer
}

// point is the figure and the letter of what is to be known about it.
func (w writer) point(point indicator.Point, used marks) string {
	if point.IsMissing() {
		return dash + "  "
	}
	text := w.number(point.Lo)
	if point.Lo != point.Hi {
		text += dash + w.number(point.Hi)
	}
	return text + " " + used.of(point)
}

// number writes a count in full, a share in per cent, and a rate with the digits that tell it from
// its neighbours.
func (w writer) number(v float64) string {
	switch {
	case w.a.Share:
		return w.p.Percent(v, 1)
	case v == math.Trunc(v) && w.a.Indicator.Kind == indicator.Count:
		return w.p.Number(v, 0)
	case math.Abs(v) < 1:
		return w.p.Number(v, 4)
	default:
		return w.p.Number(v, 2)
	}
}

// marks are the letters a table used.
type marks map[string]bool

// of returns one letter for a point, the most important first, or a space.
func (m marks) of(point indicator.Point) string {
	mark := " "
	switch {
	case point.Partial():
		mark = "p"
	case point.State == indicator.Disputed:
		mark = "?"
	case point.Revised:
		mark = "r"
	case point.Derived:
		mark = "d"
	}
	m[mark] = true
	return mark
}

func (m marks) explain(b *strings.Builder, p *i18n.Printer) {
	for _, mark := range []struct{ letter, meaning string }{
		{"p", p.T("part of the year is missing")},
		{"?", p.T("published more than once with different values; the range holds all of them")},
		{"r", p.T("an earlier release had another figure")},
		{"d", p.T("added up from published figures")},
	} {
		if m[mark.letter] {
			fmt.Fprintf(b, "%s  %s\n", mark.letter, mark.meaning)
		}
	}
}

// printFoot writes coverage, notes, sources and what the figures cannot tell.
func printFoot(b *strings.Builder, p *i18n.Printer, a indicator.Answer) {
	c := a.Coverage
	fmt.Fprintf(b, "\n%s\n", p.T("Coverage: %s of %s periods have a figure.", p.Int(int64(c.Reported)), p.Int(int64(c.Expected))))
	for _, note := range a.Notes {
		fmt.Fprintf(b, "%s\n", p.T("Note: %s", p.T(note.Msg, note.Args...)))
	}
	for _, rel := range a.Releases {
		fmt.Fprintf(b, "%s\n", p.T("Source: %s, %s", p.T(rel.Label), p.Date(rel.ReleasedOn)))
	}
	if a.Indicator.CannotTell != "" {
		fmt.Fprintf(b, "%s\n", p.T("What this cannot tell: %s", p.T(a.Indicator.CannotTell)))
	}
	fmt.Fprintf(b, "%s\n", p.T("Hash of the figures: %s", a.Hash))
}

// printColumns writes rows with the first column to the left and the others to the right.
func printColumns(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, text := range row {
			fill := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if i == 0 {
				line.WriteString(text + fill)
				continue
			}
			line.WriteString("  " + fill + text)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}
