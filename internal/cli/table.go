package cli

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
	"github.com/fourfold/fourfold/internal/vocab"
)

// wideColumns is how many series stand side by side; more are printed one below the other.
const wideColumns = 6

// markWidth is the room for the letters behind a figure.
const markWidth = 2

// dash stands for a figure that was not published.
const dash = "–"

// printAnswer writes an answer for reading: a heading, the figures, and all that a reader has to
// know to read them right.
func printAnswer(r *run, a indicator.Answer) error {
	var b strings.Builder
	p := r.words
	t := newTable(p, a)
	fmt.Fprintf(&b, "%s (%s)\n%s\n", p.T(a.Indicator.Title), a.Indicator.ID, t.subtitle())
	if len(a.Series) == 0 {
		fmt.Fprintf(&b, "\n%s\n", p.T("No figures for this query."))
	}
	for _, group := range groups(a.Series) {
		b.WriteString("\n")
		t.group(&b, group)
	}
	t.used.explain(&b, p)
	t.breaks(&b)
	printFoot(&b, p, a)
	_, err := r.out.Write([]byte(b.String()))
	return err
}

// table writes the figures of one answer.
type table struct {
	p    *i18n.Printer
	a    indicator.Answer
	area string // the area of all series, "" when there are several
	used marks
}

func newTable(p *i18n.Printer, a indicator.Answer) table {
	t := table{p: p, a: a, used: marks{}}
	for i, s := range a.Series {
		if i == 0 {
			t.area = s.Area
		}
		if s.Area != t.area {
			t.area = ""
		}
	}
	return t
}

func (t table) subtitle() string {
	var parts []string
	if t.area != "" {
		parts = append(parts, areaName(t.p, t.area))
	}
	switch {
	case t.a.Share:
		parts = append(parts, t.p.T("Unit: share, in per cent"))
	case t.a.Indicator.Unit != "":
		parts = append(parts, t.p.T("Unit: %s", t.p.T(t.a.Indicator.Unit)))
	}
	if t.a.Query.KnownOn != "" {
		parts = append(parts, t.p.T("as known on %s", t.p.Date(t.a.Query.KnownOn)))
	}
	return strings.Join(parts, "; ")
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

// group writes series with the same periods as one table.
func (t table) group(b *strings.Builder, group []indicator.Series) {
	rows := [][]string{{""}}
	for _, s := range group {
		// The mark behind a figure has a column of its own width below the heading.
		rows[0] = append(rows[0], t.heading(s)+strings.Repeat(" ", 1+markWidth))
	}
	for n, point := range group[0].Points {
		row := []string{periodText(t.p, point.Period)}
		for _, s := range group {
			row = append(row, t.point(s.Points[n]))
		}
		rows = append(rows, row)
	}
	printColumns(b, rows)
}

// breaks lists every break once, though several series have it.
func (t table) breaks(b *strings.Builder) {
	seen := map[string]bool{}
	for _, s := range t.a.Series {
		for _, br := range s.Breaks {
			text := t.p.T("Break from %s (%s): %s", periodText(t.p, br.Period), t.p.T(br.Kind.String()), t.p.T(br.Note))
			if !seen[text] {
				seen[text] = true
				fmt.Fprintf(b, "%s\n", text)
			}
		}
	}
}

func (t table) heading(s indicator.Series) string {
	label := cellName(t.p, s)
	if t.area == "" {
		return s.Area + " " + label
	}
	return label
}

// cellName names the cell of a series in the reader's language.
func cellName(p *i18n.Printer, s indicator.Series) string {
	if p.Lang() == "en" {
		return s.Label
	}
	var parts []string
	for part := range strings.SplitSeq(string(s.Key), "|") {
		dim, code, ok := strings.Cut(part, "=")
		if !ok {
			return p.T("Total")
		}
		parts = append(parts, cmp.Or(vocab.Label(vocab.Scheme(dim), code, p.Lang()), code))
	}
	return strings.Join(parts, ", ")
}

// areaName names a country with its code.
func areaName(p *i18n.Printer, code string) string {
	name := vocab.Label(vocab.Area, code, p.Lang())
	if name == "" || name == code {
		return code
	}
	return name + " (" + code + ")"
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

// point is the figure, written as the pages write it, and the letters of what is to be known of it.
func (t table) point(point indicator.Point) string {
	text := dash
	switch point.State {
	case indicator.Exact:
		text = svg.PointText(t.p, t.axis(), svg.Value(point.Lo))
	case indicator.Range:
		text = svg.PointText(t.p, t.axis(), svg.Between(point.Lo, point.Hi))
	case indicator.Disputed:
		text = svg.PointText(t.p, t.axis(), svg.Hull(point.Lo, point.Hi))
	}
	return text + " " + t.used.of(point)
}

// axis says how the values read: in full, in per cent with one decimal, or as a rate with two.
func (t table) axis() svg.Axis {
	switch {
	case t.a.Share, t.a.Indicator.Kind == indicator.Proportion:
		return svg.Axis{Unit: svg.Share, Decimals: 1}
	case t.a.Indicator.Kind == indicator.Rate:
		return svg.Axis{Unit: svg.Rate, Decimals: 2}
	default:
		return svg.Axis{Unit: svg.Count}
	}
}

// marks are the letters a table used.
type marks map[string]bool

// of returns the letters of a point, padded to markWidth. The pages use the same ones.
func (m marks) of(point indicator.Point) string {
	var b strings.Builder
	for _, mark := range []struct {
		is     bool
		letter string
	}{
		{point.Revised, "r"},
		{point.Derived && !point.Partial(), "s"},
		{point.State == indicator.Disputed, "d"},
		{point.Partial(), "p"},
	} {
		if mark.is && !point.IsMissing() {
			m[mark.letter] = true
			b.WriteString(mark.letter)
		}
	}
	for b.Len() < markWidth {
		b.WriteByte(' ')
	}
	return b.String()
}

func (m marks) explain(b *strings.Builder, p *i18n.Printer) {
	for _, mark := range []struct{ letter, meaning string }{
		{"p", p.T("part of the year is missing")},
		{"d", p.T("published more than once with different values; the range holds all of them")},
		{"r", p.T("an earlier release had another figure")},
		{"s", p.T("added up from published figures")},
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
		fmt.Fprintf(b, "%s\n", p.T("Note: %s", note.In(p)))
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
