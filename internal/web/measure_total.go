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
	Refused string
}

// totalMade explains the newest figure of a single series of counts, when it was added up here. It
// is an explanation beside the figures: when it cannot be given, the page stands without it.
func (s *Server) totalMade(r *http.Request, q indicator.Query, answer indicator.Answer) totalMade {
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
	out.Refused = s.refusal(r, q)
	return out
}

// refusal says why adding up the whole table is refused, or "" when it is not.
func (s *Server) refusal(r *http.Request, q indicator.Query) string {
	v := visitOf(r)
	q.By = ""
	_, err := s.app.Indicators.NaiveSum(r.Context(), v.actor, q)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return v.printer.T(f.Msg, f.Args...)
	}
	if q.Indicator == indicator.NRMReferralsDetail {
		return v.printer.T("In the publisher’s file totals stand among the cells. Adding up every row of the second quarter of 2022 gives %s; the total is %s. Such a sum is refused here.",
			v.printer.Int(32406), v.printer.Int(4171))
	}
	return ""
}
