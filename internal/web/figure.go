package web

import (
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
)

// periodName writes a period in words: "2022", "Q2 2022", "June 2022".
func periodName(p *i18n.Printer, period indicator.Period) string {
	switch period.Kind {
	case indicator.Quarter:
		return p.Quarter(period.Year, period.N)
	case indicator.Month:
		return p.Month(period.Year, period.N)
	default:
		return period.String()
	}
}

// drawn gives a value the form in which it is drawn: ranges stay ranges, gaps stay gaps.
func drawn(v indicator.Value) svg.Point {
	switch v.State {
	case indicator.Exact:
		return svg.Value(v.Lo)
	case indicator.Range:
		return svg.Between(v.Lo, v.Hi)
	case indicator.Disputed:
		return svg.Hull(v.Lo, v.Hi)
	default:
		return svg.Gap()
	}
}

// valueText writes a value as its chart does: "4,171", "1–4", "not published".
func valueText(p *i18n.Printer, v indicator.Value) string {
	return strings.TrimSpace(svg.PointText(p, svg.Axis{Unit: svg.Count}, drawn(v)))
}
