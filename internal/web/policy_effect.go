package web

import (
	"math"
	"net/http"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/svg"
)

// seriesResult is the interrupted series in words and numbers.
type seriesResult struct {
	Lead     string
	Drawing  drawing
	Table    figureTable
	Points   figureTable
	Warnings []string
	Notes    []string
	Method   string
	Version  string
	ID       string
}

// groupResult is the comparison of adults with children.
type groupResult struct {
	Lead     string
	Table    figureTable
	Warnings []string
	Notes    []string
	Method   string
	ID       string
}

// cardLine is one field of the assumptions card.
type cardLine struct {
	Label string
	Lines []string
}

// The windows of the review: five years before the change for the series, two for the groups.
func reviewSeries() (from, to indicator.Period) {
	return indicator.Period{Kind: indicator.Quarter, Year: 2018, N: 1}, indicator.Period{Kind: indicator.Quarter, Year: 2023, N: 4}
}

// reviewDates are the days on which the test of the first decision changed, from the profile.
func reviewDates() []indicator.DatedChange {
	var out []indicator.DatedChange
	for _, c := range profile.Base().Near(reviewPlace, reviewFrom, reviewTo) {
		if c.Fact.Topic == reviewTopic && !c.Ended && c.Date.Exact() {
			out = append(out, indicator.DatedChange{Date: string(c.Date)})
		}
	}
	return out
}

func reviewScope() indicator.EffectScope {
	from, to := reviewSeries()
	return indicator.EffectScope{
		Indicator: indicator.NRMDecisionsFirst, Part: map[indicator.Dim]string{"decision": "positive"},
		From: from, To: to, AcrossBreaks: true,
	}
}

// fillEffect asks for the estimates and arranges them. Without dated changes there is nothing to
// estimate, and the page says what happened only.
func (s *Server) fillEffect(r *http.Request, page *policyPage) error {
	dates := reviewDates()
	if len(dates) == 0 {
		return nil
	}
	actor, p := actorOf(r), page.Printer
	one := indicator.EffectQuery{EffectScope: reviewScope(), Changes: dates[:1]}
	first, err := s.app.Indicators.InterruptedSeries(r.Context(), actor, one)
	if err != nil {
		return err
	}
	robust := one
	robust.Errors = causal.NeweyWest
	second, err := s.app.Indicators.InterruptedSeries(r.Context(), actor, robust)
	if err != nil {
		return err
	}
	all := one
	all.Changes = dates
	both, err := s.app.Indicators.InterruptedSeries(r.Context(), actor, all)
	if err != nil {
		return err
	}
	contrast := indicator.ContrastQuery{
		EffectScope: reviewScope(), Change: dates[0],
		Treated: map[indicator.Dim]string{"age": "adult"}, Control: map[indicator.Dim]string{"age": "child"},
	}
	contrast.From.Year = 2021
	groups, err := s.app.Indicators.DifferenceInDifferences(r.Context(), actor, contrast)
	if err != nil {
		return err
	}
	page.Estimated = true
	page.Series = seriesOf(p, first, second, both)
	page.Series.Points = expectedTable(p, first)
	page.Groups = groupsOf(p, groups)
	for _, line := range first.Card {
		page.Card = append(page.Card, cardLine{line.Label.In(p), notesIn(p, line.Lines)})
	}
	page.Series.Drawing, err = expectedChart(p, first)
	return err
}

func notesIn(p *i18n.Printer, notes []indicator.Note) []string {
	out := make([]string, len(notes))
	for i, n := range notes {
		out[i] = n.In(p)
	}
	return out
}

// seriesOf writes the estimates of the interrupted series: with one date, and with both.
func seriesOf(p *i18n.Printer, first, robust, both indicator.Effect) seriesResult {
	run := first.Runs[0].Result
	level := run.Changes[0].Level
	out := seriesResult{
		Lead: p.T("From %s on, the odds of a positive first decision stood at %s times what the quarters before would have led one to expect (%s interval: %s to %s). An odds ratio of 1 would mean no difference.",
			p.Date(first.Changes[0].Date), p.Number(level.Ratio, 2), p.Percent(run.Settings.Level, 0), p.Number(level.RatioLower, 2), p.Number(level.RatioUpper, 2)),
		Method: first.Run.Method, Version: first.Run.Version, ID: figuresID(first.Run.DataHash),
		Warnings: cautions(p, run.Warnings, first.Changes), Notes: notesIn(p, first.Notes),
	}
	out.Table = figureTable{
		Printer: p, ID: "estimates", Caption: p.T("The estimates in full"), Corner: p.T("Estimate"), Cards: true,
		Head: []string{p.T("Log odds"), p.T("Standard error"), p.T("Odds ratio"), p.T("from"), p.T("to")},
	}
	newey := robust.Runs[0].Result.Changes[0].Level
	rows := []tableRow{
		estimateRow(p, p.T("One date, %s", p.Date(first.Changes[0].Date)), p.T("model-based standard error"), level),
		estimateRow(p, p.T("The same with another standard error"), p.T("Newey–West, which allows neighbouring quarters to resemble each other"), newey),
	}
	result := both.Runs[0].Result
	for i, change := range result.Changes {
		rows = append(rows, estimateRow(p, p.T("Both dates in one model: step at %s", p.Date(both.Changes[i].Date)), p.T("model-based standard error"), change.Level))
	}
	out.Table.Rows = rows
	return out
}

func estimateRow(p *i18n.Printer, head, note string, e causal.Estimate) tableRow {
	return tableRow{Head: head, Note: note, Cells: textCells(
		p.Number(e.Coef, 4), p.Number(e.SE, 4), p.Number(e.Ratio, 4), p.Number(e.RatioLower, 4), p.Number(e.RatioUpper, 4))}
}

func textCells(texts ...string) []tableCell {
	out := make([]tableCell, len(texts))
	for i, text := range texts {
		out[i] = tableCell{Text: text}
		if text == "" {
			out[i] = tableCell{Text: "–", Missing: true}
		}
	}
	return out
}

// groupsOf writes the comparison of adults with children.
func groupsOf(p *i18n.Printer, c indicator.Contrast) groupResult {
	r := c.Runs[0].Result
	share := func(f float64) string { return p.Percent(f, 1) }
	points := func(f float64) string { return p.Number(f*100, 1) }
	out := groupResult{
		Lead: p.T("The mean share went from %s to %s among adults and from %s to %s among children. The two changes differ by %s percentage points.",
			share(r.Treated.Before), share(r.Treated.After), share(r.Control.Before), share(r.Control.After), points(math.Abs(r.Difference))),
		Table: figureTable{
			Printer: p, ID: "groups", Caption: p.T("Mean share of a quarter, 2021 and 2022 against 2023"), Corner: p.T("Group"), Cards: true,
			Head: []string{p.T("Before"), p.T("After"), p.T("Change in points")},
			Rows: []tableRow{
				{Head: p.T("Adults"), Cells: textCells(share(r.Treated.Before), share(r.Treated.After), points(r.Treated.Change()))},
				{Head: p.T("Children"), Cells: textCells(share(r.Control.Before), share(r.Control.After), points(r.Control.Change()))},
				{
					Head:  p.T("Difference of the changes"),
					Note:  p.T("as a share: %s, standard error %s", p.Number(r.Difference, 4), p.Number(r.Effect.SE, 4)),
					Cells: textCells("", "", points(r.Difference)),
				},
			},
		},
		Method: c.Run.Method, ID: figuresID(c.Run.DataHash), Warnings: cautions(p, r.Warnings, []indicator.PlacedChange{c.Change}), Notes: notesIn(p, c.Notes),
	}
	return out
}

// expectedChart draws what was observed against what the model expects without the change.
func expectedChart(p *i18n.Printer, e indicator.Effect) (drawing, error) {
	run := e.Runs[0].Result
	periods := e.Periods
	observed, expected := make([]svg.Point, len(periods)), make([]svg.Point, len(periods))
	after := e.Changes[0].Period
	for i, pt := range run.Points {
		observed[i] = svg.Value(pt.Observed)
		if !periods[i].Before(after) {
			expected[i] = svg.Estimate(pt.Counterfactual, min(pt.Counterfactual, pt.CounterfactualLower), max(pt.Counterfactual, pt.CounterfactualUpper))
		}
	}
	title := p.T("Observed, and what the quarters before would have led one to expect")
	line := svg.Line{
		Figure: svg.Figure{ID: "expected-chart", Title: title, Desc: p.T("Line chart. The table below holds the same numbers.")},
		X:      ticks(p, periods), Y: rateAxis(p), Format: p,
		Series: []svg.Series{
			{Label: p.T("Observed, all ages"), Points: observed},
			{Label: p.T("Expected from the quarters before"), Points: expected, Kind: svg.Without},
		},
		Breaks: []svg.Mark{{At: placeIn(e.Changes[0], periods), Label: p.Date(e.Changes[0].Date)}},
	}
	picture, err := line.SVG()
	return drawing{Picture: picture, ID: figuresID(e.Run.DataHash)}, err
}

// placeIn is the place of a change on the axis of the periods used.
func placeIn(c indicator.PlacedChange, periods []indicator.Period) float64 {
	at, ok := placeOf(c.Date, periods)
	if !ok {
		return -0.5
	}
	return at
}

// expectedTable holds the numbers of expectedChart.
func expectedTable(p *i18n.Printer, e indicator.Effect) figureTable {
	t := figureTable{
		Printer: p, ID: "expected", Caption: p.T("The same figures as a table"), Corner: p.T("Period"), Cards: true,
		Head: []string{p.T("Observed, all ages"), p.T("Expected from the quarters before"), p.T("from"), p.T("to")},
	}
	points := e.Runs[0].Result.Points
	for i := len(points) - 1; i >= 0; i-- {
		pt, row := points[i], tableRow{Head: periodName(p, e.Periods[i])}
		expected, lower, upper := "", "", ""
		if !e.Periods[i].Before(e.Changes[0].Period) {
			expected, lower, upper = p.Percent(pt.Counterfactual, 1), p.Percent(pt.CounterfactualLower, 1), p.Percent(pt.CounterfactualUpper, 1)
		}
		row.Cells = textCells(p.Percent(pt.Observed, 1), expected, lower, upper)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// cautions writes what package causal warns of.
func cautions(p *i18n.Printer, list []causal.Warning, changes []indicator.PlacedChange) []string {
	date := ""
	if len(changes) > 0 {
		date = p.Date(changes[0].Date)
	}
	var out []string
	for _, w := range list {
		out = append(out, caution(p, w, date))
	}
	return out
}

func caution(p *i18n.Printer, w causal.Warning, date string) string {
	count, value := p.Number(w.Value, 0), p.Number(w.Value, 2)
	switch w.Caution {
	case causal.Overdispersed:
		return p.T("The figures vary more than the model allows (dispersion %s).", value)
	case causal.Autocorrelated:
		return p.T("Neighbouring quarters resemble each other (%s from one to the next), so the true uncertainty may differ from the one given.", value)
	case causal.FewForHAC:
		return p.T("Newey–West errors from %s rows tend to be too small.", count)
	case causal.FewAfter:
		return p.T("Only %s rows follow %s: the change may not have settled.", count, date)
	case causal.HighLeverage:
		return p.T("The row %s pulls the fit towards itself (leverage %s).", w.Label, value)
	case causal.UnevenTime:
		return p.T("Some periods are missing (%s gaps).", count)
	case causal.FewClusters:
		return p.T("The standard error rests on %s clusters and is too small more often than it should be.", count)
	case causal.PreTrendFound:
		return p.T("The groups were drifting apart before the date (p %s), so the comparison does not stand.", p.Number(w.Value, 3))
	case causal.PreTrendUnknown:
		return p.T("Too few rows before the date to see whether the groups were already drifting apart.")
	default:
		return w.String()
	}
}
