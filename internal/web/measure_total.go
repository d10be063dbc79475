package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// totalMade shows how a total that the source does not print was made, and that adding up the whole
// table is refused.
type totalMade struct {
	Lead    string
	Table   figureTable
	Try     string // address that tries to add up every row
	Refused string // why that is refused
}

// totalMade explains the newest figure of a single series of counts, when it was added up here. It
// is an explanation beside the figures: when it cannot be given, the page stands without it.
func (s *Server) totalMade(r *http.Request, c choice, q indicator.Query, answer indicator.Answer) totalMade {
	if len(answer.Series) != 1 || answer.Share || q.Annual || answer.Indicator.Kind != indicator.Count {
		return totalMade{}
	}
	now, ok := newest(answer.Series[0])
	if !ok || !now.Derived {
		return totalMade{}
	}
	v := visitOf(r)
	p := v.printer
	q.From, q.To = now.Period, now.Period
	sum, err := s.app.Indicators.Total(r.Context(), v.actor, q)
	if err != nil || sum.Over == "" || sum.Value != now.Value {
		return totalMade{}
	}
	q.By = sum.Over
	parts, err := s.app.Indicators.Answer(r.Context(), v.actor, q)
	if err != nil || len(parts.Series) == 0 {
		return totalMade{}
	}
	axis := axisOf(p, answer.Indicator)
	over := indicator.Dimension{Dim: sum.Over}
	out := totalMade{
		Lead: p.T("The source does not print this total for %s. It was added up over one split only (%s), so that nobody is counted twice.",
			periodName(p, now.Period), dimName(p, over)),
		Table: bySeries(p, "parts", p.T("The parts of %s", periodName(p, now.Period)), dimName(p, over), axis,
			linesOf(p, answer.Indicator, parts.Series, sum.Over)),
	}
	out.Table.Rows = append(out.Table.Rows, tableRow{Head: p.T("Total"), Cells: []tableCell{{Text: numbers(p, axis, sum.Value)}}})
	if c.sum == "all" {
		out.Refused = s.refusal(r, q)
		return out
	}
	c.sum = "all"
	out.Try = c.link("") + "#total"
	return out
}

// refusal says what became of adding up every row as it stands.
func (s *Server) refusal(r *http.Request, q indicator.Query) string {
	v := visitOf(r)
	p := v.printer
	q.By = ""
	sum, err := s.app.Indicators.NaiveSum(r.Context(), v.actor, q)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		text := p.T(f.Msg, f.Args...)
		if f.Hint != "" {
			text += " " + p.T(f.Hint, f.HintArgs...)
		}
		return text
	}
	if err != nil {
		return p.T("The rows could not be added up.")
	}
	text := p.T("This node holds one split of the table only, so its rows add up to %s.", numbers(p, axisOf(p, indicator.Indicator{Kind: indicator.Count}), sum))
	if q.Indicator == indicator.NRMReferralsDetail {
		text += " " + p.T("In the publisher’s whole file totals stand among the cells: every row of the second quarter of 2022 added up gives %s, where the total is %s. With that file imported, such a sum is refused here.",
			p.Int(32406), p.Int(4171))
	}
	return text
}
