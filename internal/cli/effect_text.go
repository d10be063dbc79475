package cli

import (
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
)

// printEffect writes an interrupted series for reading, with the assumptions under which it may be
// read.
func printEffect(r *run, e indicator.Effect) error {
	var b strings.Builder
	p := r.words
	fmt.Fprintf(&b, "%s\n", p.T("Interrupted time series: %s", p.T(e.Study.Indicator.Title)))
	what := e.Study.Label
	if e.Study.Share {
		what = p.T("%s, as a share", what)
	}
	fmt.Fprintf(&b, "%s; %s\n", areaName(p, e.Study.Area), what)
	span(&b, p, e.Study)
	for _, run := range e.Runs {
		endsHead(&b, p, run.Ends)
		rows := [][]string{{"", p.T("from"), ratioName(p, e.Share), p.T("interval"), p.T("log ratio"), p.T("SE"), "p"}}
		for i, c := range run.Result.Changes {
			rows = append(rows, estimateRow(p, e.Changes[i].Name, e.Changes[i].Period, c.Level))
			if c.Slope != nil {
				rows = append(rows, estimateRow(p, "  "+p.T("slope, a period"), e.Changes[i].Period, *c.Slope))
			}
		}
		printColumns(&b, rows)
		d := run.Result.Diagnostics
		fmt.Fprintf(&b, "%s\n", p.T("Standard errors: %s. %s periods, %s terms, dispersion %s.",
			run.Result.Settings.Errors.String(), p.Int(int64(d.Rows)), p.Int(int64(d.Terms)), p.Number(d.Dispersion, 2)))
		warnings(&b, p, run.Result.Warnings)
	}
	studyFoot(&b, p, e.Study)
	_, err := r.out.Write([]byte(b.String()))
	return err
}

func ratioName(p *i18n.Printer, share bool) string {
	if share {
		return p.T("odds ratio")
	}
	return p.T("rate ratio")
}

// estimateRow shows ratio and coefficient with four decimals, as the literature prints them.
func estimateRow(p *i18n.Printer, name string, from indicator.Period, e causal.Estimate) []string {
	return []string{
		name, periodText(p, from), p.Number(e.Ratio, 4),
		p.Number(e.RatioLower, 4) + dash + p.Number(e.RatioUpper, 4),
		p.Number(e.Coef, 4), p.Number(e.SE, 4), pText(p, e.P),
	}
}

// pText never says that a p-value is zero.
func pText(p *i18n.Printer, v float64) string {
	if v < 0.0001 {
		return "<" + p.Number(0.0001, 4)
	}
	return p.Number(v, 4)
}

// printContrast writes a comparison of two groups for reading.
func printContrast(r *run, c indicator.Contrast) error {
	var b strings.Builder
	p := r.words
	fmt.Fprintf(&b, "%s\n", p.T("Difference-in-differences: %s", p.T(c.Study.Indicator.Title)))
	fmt.Fprintf(&b, "%s\n", p.T("%s against %s, from %s", c.TreatedLabel, c.ControlLabel, periodText(p, c.Change.Period)))
	fmt.Fprintf(&b, "%s\n", areaName(p, c.Study.Area))
	span(&b, p, c.Study)
	for _, run := range c.Runs {
		endsHead(&b, p, run.Ends)
		res := run.Result
		rows := [][]string{{"", p.T("before"), p.T("after"), p.T("change")}}
		for _, g := range []struct {
			label string
			means causal.Means
		}{{c.TreatedLabel, res.Treated}, {c.ControlLabel, res.Control}} {
			rows = append(rows, []string{g.label, p.Number(g.means.Before, 4), p.Number(g.means.After, 4), p.Number(g.means.Change(), 4)})
		}
		printColumns(&b, rows)
		fmt.Fprintf(&b, "%s\n", p.T("Difference: %s, interval %s to %s, SE %s (%s), p %s",
			p.Number(res.Effect.Value, 4), p.Number(res.Effect.Lower, 4), p.Number(res.Effect.Upper, 4),
			p.Number(res.Effect.SE, 4), res.Settings.Errors.String(), pText(p, res.Effect.P)))
		if res.PreTrend.Checked {
			fmt.Fprintf(&b, "%s\n", p.T("Before the date the gap changed by %s a period (p %s); that drift alone would have added %s.",
				p.Number(res.PreTrend.Slope.Value, 4), pText(p, res.PreTrend.Slope.P), p.Number(res.PreTrend.Drift, 4)))
		}
		warnings(&b, p, res.Warnings)
	}
	studyFoot(&b, p, c.Study)
	_, err := r.out.Write([]byte(b.String()))
	return err
}

// span writes the periods of a study.
func span(b *strings.Builder, p *i18n.Printer, s indicator.Study) {
	if n := len(s.Periods); n > 0 {
		fmt.Fprintf(b, "%s\n", p.T("%s to %s (%s periods)", periodText(p, s.Periods[0]), periodText(p, s.Periods[n-1]), p.Int(int64(n))))
	}
}

// endsHead says which ends of suppressed figures an estimate was made on.
func endsHead(b *strings.Builder, p *i18n.Printer, ends indicator.Ends) {
	b.WriteString("\n")
	if ends != indicator.AsPublished {
		fmt.Fprintf(b, "%s\n", p.T("Suppressed figures taken: %s", p.T(ends.String())))
	}
}

func warnings(b *strings.Builder, p *i18n.Printer, all []causal.Warning) {
	for _, w := range all {
		fmt.Fprintf(b, "%s\n", p.T("Warning: %s", w.String()))
	}
}

// studyFoot writes the assumptions card and how to make the estimate again.
func studyFoot(b *strings.Builder, p *i18n.Printer, s indicator.Study) {
	fmt.Fprintf(b, "\n%s\n", p.T("Assumptions"))
	for _, line := range s.Card {
		fmt.Fprintf(b, "  %s\n", line.Label.In(p))
		for _, text := range line.Lines {
			fmt.Fprintf(b, "    %s\n", text.In(p))
		}
	}
	b.WriteString("\n")
	for _, note := range s.Notes {
		fmt.Fprintf(b, "%s\n", p.T("Note: %s", note.In(p)))
	}
	for _, rel := range s.Releases {
		fmt.Fprintf(b, "%s\n", p.T("Source: %s, %s", p.T(rel.Label), p.Date(rel.ReleasedOn)))
	}
	fmt.Fprintf(b, "%s\n", p.T("Method: %s, %s", s.Run.Method, s.Run.Version))
	fmt.Fprintf(b, "%s\n", p.T("Hash of the figures: %s", s.Run.DataHash))
}
