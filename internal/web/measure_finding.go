package web

import (
	"math"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
)

// finding says in one sentence what a figure shows: the newest value and how it stands to the same
// period one year before. It reports, it never explains: no sentence here holds a cause.
// title names the measure with what was chosen of it.
func finding(p *i18n.Printer, title string, axis svg.Axis, series []indicator.Series, by indicator.Dim) string {
	if len(series) == 0 {
		return p.T("%s: no figure for this choice", title)
	}
	if len(series) == 1 {
		return findingOfOne(p, title, axis, series[0])
	}
	first, last := spanOf(series)
	if last.IsZero() {
		return p.T("%s: no figure for this choice", title)
	}
	if lead, ok := largest(series, last); ok && ranksSafely(by) {
		cell := lead.Key.Code(by)
		return p.T("%s, %s: the largest group is “%s” with %s", title, periodName(p, last), codeName(p, by, cell, lead.Label), valueAt(p, axis, lead, last))
	}
	return p.T("%s, %s to %s: %s series", title, periodName(p, first), periodName(p, last), p.Int(int64(len(series))))
}

// ranksSafely says whether the categories of a dimension may be put in an order of size in a
// headline. Countries, nationalities and bodies may not: their figures differ in how much is
// reported before they differ in anything else.
func ranksSafely(d indicator.Dim) bool {
	switch string(d) {
	case "form", "age", "sex", "location", "decision":
		return true
	default:
		return false
	}
}

func findingOfOne(p *i18n.Printer, title string, axis svg.Axis, s indicator.Series) string {
	now, ok := newest(s)
	if !ok {
		return p.T("%s: no figure for this choice", title)
	}
	when, value := periodName(p, now.Period), numbers(p, axis, now.Value)
	before, ok := yearBefore(s, now.Period)
	switch {
	case !ok || now.State != indicator.Exact || before.State != indicator.Exact || before.Partial():
		return p.T("%s: %s in %s", title, value, when)
	case brokenBetween(s, before.Period, now.Period, indicator.Detected):
		return p.T("%s: %s in %s; the level jumps before it, so look before comparing with a year earlier", title, value, when)
	case brokenBetween(s, before.Period, now.Period, indicator.Declared):
		return p.T("%s: %s in %s; the series breaks before it, so it does not compare with a year earlier", title, value, when)
	case now.Lo == before.Lo:
		return p.T("%s: %s in %s, the same as a year earlier", title, value, when)
	case axis.Unit != svg.Count:
		return findingOfRate(p, title, when, axis, before.Lo, now.Lo)
	case now.Lo > before.Lo:
		return p.T("%s: %s in %s, %s more than a year earlier", title, value, when, step(p, before.Lo, now.Lo))
	default:
		return p.T("%s: %s in %s, %s fewer than a year earlier", title, value, when, step(p, before.Lo, now.Lo))
	}
}

// findingOfRate compares rates and shares, which are higher or lower, not more or fewer.
func findingOfRate(p *i18n.Printer, title, when string, axis svg.Axis, before, now float64) string {
	exact := func(v float64) string {
		return numbers(p, axis, indicator.Value{Interval: indicator.Interval{Lo: v, Hi: v}, State: indicator.Exact})
	}
	if now > before {
		return p.T("%s: %s in %s, up from %s a year earlier", title, exact(now), when, exact(before))
	}
	return p.T("%s: %s in %s, down from %s a year earlier", title, exact(now), when, exact(before))
}

// fewCases is the size below which a change is given in numbers: per cents of a handful mislead.
const fewCases = 100

// step writes the distance between two counts: in per cent, or in numbers when they are small.
func step(p *i18n.Printer, before, now float64) string {
	distance := math.Abs(now - before)
	if before < fewCases {
		return p.Number(distance, 0)
	}
	share := distance / before
	if share < 0.1 {
		return p.Percent(share, 1)
	}
	return p.Percent(share, 0)
}

// newest returns the latest point that has a value and is not an incomplete sum.
func newest(s indicator.Series) (indicator.Point, bool) {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if pt := s.Points[i]; pt.State != indicator.Missing && !pt.Partial() {
			return pt, true
		}
	}
	return indicator.Point{}, false
}

// yearBefore returns the point of the same season one year earlier.
func yearBefore(s indicator.Series, period indicator.Period) (indicator.Point, bool) {
	period.Year--
	pt, ok := at(s, period)
	return pt, ok && pt.State != indicator.Missing
}

func at(s indicator.Series, period indicator.Period) (indicator.Point, bool) {
	for _, pt := range s.Points {
		if pt.Period == period {
			return pt, true
		}
	}
	return indicator.Point{}, false
}

// brokenBetween says whether a break of a kind lies between two periods.
func brokenBetween(s indicator.Series, from, to indicator.Period, kind indicator.BreakKind) bool {
	for _, b := range s.Breaks {
		if b.Kind == kind && from.Before(b.Period) && !to.Before(b.Period) {
			return true
		}
	}
	return false
}

// spanOf returns the first and the last period with a value in any of the series.
func spanOf(series []indicator.Series) (first, last indicator.Period) {
	for _, s := range series {
		for _, pt := range s.Points {
			if pt.State == indicator.Missing {
				continue
			}
			if first.IsZero() || pt.Period.Before(first) {
				first = pt.Period
			}
			if last.IsZero() || last.Before(pt.Period) {
				last = pt.Period
			}
		}
	}
	return first, last
}

// largest returns the series that is certainly the largest in a period, if one is.
func largest(series []indicator.Series, period indicator.Period) (indicator.Series, bool) {
	best, found := -1, false
	for i, s := range series {
		pt, ok := at(s, period)
		if !ok || pt.State == indicator.Missing {
			continue
		}
		if best < 0 {
			best, found = i, true
			continue
		}
		top, _ := at(series[best], period)
		switch {
		case pt.Lo > top.Hi:
			best, found = i, true
		case pt.Hi >= top.Lo:
			found = false
			if pt.Hi > top.Hi {
				best = i
			}
		}
	}
	if best < 0 {
		return indicator.Series{}, false
	}
	return series[best], found
}

func valueAt(p *i18n.Printer, axis svg.Axis, s indicator.Series, period indicator.Period) string {
	pt, _ := at(s, period)
	return numbers(p, axis, pt.Value)
}
