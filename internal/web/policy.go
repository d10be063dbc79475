package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/svg"
)

// policyPage walks through the changes of the first decision stage in 2023 on the real series.
type policyPage struct {
	Page
	Missing   bool // the series is not here
	MayImport bool
	Changes   []policyChange
	Rates     drawing
	Table     figureTable
	Estimated bool
	Series    seriesResult
	Groups    groupResult
	Card      []cardLine
	Releases  []releaseLine
	Credit    string
}

// policyChange is one dated change of the rules, as the profile states it.
type policyChange struct {
	Date, Text, Before, Source string
	Unverified                 bool
	Main                       bool // one of the two changes of the test itself
}

// The review is of one country and one period; its dates come from the profile, not from here.
const (
	reviewPlace = "gb-eaw"
	reviewTopic = "first-decision.test"
	reviewFrom  = "2022-10-01"
	reviewTo    = "2023-12-31"
)

func (s *Server) policyReview(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	page := policyPage{Page: s.page(r, p.T("Policy review: the first decision in 2023")), MayImport: s.leadsSomewhere("/import")}
	page.Changes = policyChanges(p)
	rates, err := s.firstDecisions(r.Context(), v)
	if err != nil {
		return err
	}
	if len(rates.lines) == 0 {
		page.Missing = true
		return s.render(w, r, http.StatusOK, "policy", page)
	}
	page.Title = rates.finding(p)
	page.Rates, err = ratesChart(p, page.Title, rates)
	if err != nil {
		return err
	}
	axis := rateAxis(p)
	page.Table = byPeriod(p, "rates", p.T("Share of first decisions that were positive"), axis, rates.lines)
	page.Releases, page.Credit = releaseLines(p, rates.releases), p.T(rates.indicator.Attribution)
	if err := s.fillEffect(r, &page); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "policy", page)
}

// policyChanges lists what changed in and near the period, the two changes of the test first among
// equals of a day.
func policyChanges(p *i18n.Printer) []policyChange {
	var out []policyChange
	for _, c := range profile.Base().Near(reviewPlace, reviewFrom, reviewTo) {
		change := policyChange{
			Date: p.Date(string(c.Date)), Text: p.T(c.Fact.Text), Unverified: c.Fact.Confidence != profile.Stated,
			Main: c.Fact.Topic == reviewTopic && !c.Ended,
		}
		if c.Ended {
			change.Text = p.T("No longer: %s", change.Text)
		}
		if c.Before != nil {
			change.Before = p.T(c.Before.Text)
		}
		if len(c.Fact.Sources) > 0 {
			change.Source = c.Fact.Sources[0].Title
		}
		out = append(out, change)
	}
	return out
}

// decisionRates are the shares of positive first decisions by age group.
type decisionRates struct {
	indicator indicator.Indicator
	lines     []chartLine // adults, children, all ages
	releases  []indicator.Release
	hashes    string
	years     indicator.Series // all ages, whole years
}

// ages are the groups of the review. The empty code is everybody.
func ages(p *i18n.Printer) []struct{ code, label string } {
	return []struct{ code, label string }{{"adult", p.T("Adults")}, {"child", p.T("Children")}, {"", p.T("All ages")}}
}

// positiveShare asks for the share of positive decisions, of one age group or of all.
func positiveShare(age string) indicator.Query {
	q := indicator.Query{Indicator: indicator.NRMDecisionsFirst, Part: map[indicator.Dim]string{"decision": "positive"}}
	if age != "" {
		q.Where = map[indicator.Dim]string{"age": age}
	}
	return q
}

// firstDecisions asks for the shares. Nothing is returned when the series is not there.
func (s *Server) firstDecisions(ctx context.Context, v visit) (decisionRates, error) {
	var out decisionRates
	var hashes []string
	for _, age := range ages(v.printer) {
		answer, err := s.app.Indicators.Answer(ctx, v.actor, positiveShare(age.code))
		if err != nil || len(answer.Series) == 0 {
			return decisionRates{}, err
		}
		out.indicator, out.releases = answer.Indicator, answer.Releases
		out.lines = append(out.lines, chartLine{age.label, answer.Series[0]})
		hashes = append(hashes, figuresID(answer.Hash))
	}
	out.hashes = strings.Join(hashes, " ")
	q := positiveShare("")
	q.Annual = true
	answer, err := s.app.Indicators.Answer(ctx, v.actor, q)
	if err == nil && len(answer.Series) > 0 {
		out.years = answer.Series[0]
	}
	return out, err
}

// finding states what happened and what fell into the same time; it claims no cause.
func (d decisionRates) finding(p *i18n.Printer) string {
	axis := rateAxis(p)
	before, _ := at(d.years, indicator.Period{Kind: indicator.Year, Year: 2022})
	after, _ := at(d.years, indicator.Period{Kind: indicator.Year, Year: 2023})
	if before.State == indicator.Missing || after.State == indicator.Missing {
		return p.T("Policy review: the first decision in 2023")
	}
	return p.T("Positive first decisions: %s in 2022, %s in 2023, while the test changed twice",
		numbers(p, axis, before.Value), numbers(p, axis, after.Value))
}

func rateAxis(p *i18n.Printer) svg.Axis {
	return svg.Axis{Label: p.T("share of first decisions that were positive"), Unit: svg.Share, Decimals: 1, Max: 1}
}

// ratesChart draws adults and children with the dates on which the test changed. The line stops
// at each: what is decided before and after is not the same question.
func ratesChart(p *i18n.Printer, title string, d decisionRates) (drawing, error) {
	two := d.lines[:2]
	periods := commonPeriods(two)
	place := make(map[indicator.Period]int, len(periods))
	for i, period := range periods {
		place[period] = i
	}
	line := svg.Line{
		Figure: svg.Figure{ID: "rates-chart", Title: title, Desc: p.T("Line chart. The table below holds the same numbers.")},
		X:      ticks(p, periods), Y: rateAxis(p), Format: p, Breaks: testChanges(p, periods),
	}
	for _, l := range two {
		line.Series = append(line.Series, svg.Series{Label: l.label, Points: pointsOf(l.series, place, len(periods))})
	}
	picture, err := line.SVG()
	return drawing{Picture: picture, ID: d.hashes}, err
}

// testChanges places the dates on which the test of the first decision changed on the time axis.
func testChanges(p *i18n.Printer, periods []indicator.Period) []svg.Mark {
	var out []svg.Mark
	for _, c := range profile.Base().Near(reviewPlace, reviewFrom, reviewTo) {
		if c.Fact.Topic != reviewTopic || c.Ended || !c.Date.Exact() {
			continue
		}
		if place, ok := placeOf(string(c.Date), periods); ok {
			out = append(out, svg.Mark{At: place, Label: p.Date(string(c.Date))})
		}
	}
	return out
}

// placeOf returns where a day lies on an axis of periods: a period reaches half a step to both
// sides of its point.
func placeOf(day string, periods []indicator.Period) (float64, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, false
	}
	for i, period := range periods {
		start, errStart := time.Parse(time.DateOnly, period.Start())
		end, errEnd := time.Parse(time.DateOnly, period.Next().Start())
		if errStart == nil && errEnd == nil && !t.Before(start) && t.Before(end) {
			return float64(i) - 0.5 + t.Sub(start).Hours()/end.Sub(start).Hours(), true
		}
	}
	return 0, false
}
