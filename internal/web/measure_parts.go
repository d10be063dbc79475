package web

import (
	"net/url"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
)

// linesOf names the series of an answer so that they can be told apart.
func linesOf(p *i18n.Printer, ind indicator.Indicator, series []indicator.Series, by indicator.Dim) []chartLine {
	several := false
	for _, s := range series {
		several = several || s.Area != series[0].Area
	}
	out := make([]chartLine, len(series))
	for i, s := range series {
		name := cellName(p, ind, s.Key)
		if code := s.Key.Code(by); by != "" && code != "" {
			name = codeName(p, by, code, s.Label)
		}
		if several {
			name = areaName(p, s.Area) + ", " + name
		}
		out[i] = chartLine{name, s}
	}
	return out
}

func (c choice) tabs(p *i18n.Printer, world bool) []tab {
	views := []struct{ view, label string }{{viewChart, p.T("Chart")}, {viewMap, p.T("Map")}, {viewTable, p.T("Table")}}
	var out []tab
	for _, v := range views {
		if v.view == viewMap && !world {
			continue
		}
		other := c
		other.view = v.view
		out = append(out, tab{other.link(""), v.label, v.view == c.view})
	}
	return out
}

func dimNames(p *i18n.Printer, ind indicator.Indicator) []string {
	var out []string
	for _, d := range ind.Dimensions {
		out = append(out, dimName(p, d))
	}
	return out
}

func coverageOf(p *i18n.Printer, c indicator.Coverage) coverageText {
	if c.Expected == 0 {
		return coverageText{}
	}
	out := coverageText{
		Text: p.T("%s of %s figures were published.", p.Int(int64(c.Reported)), p.Int(int64(c.Expected))),
	}
	const named = 12
	out.Missing = c.Missing[:min(named, len(c.Missing))]
	return out
}

func releaseLines(p *i18n.Printer, releases []indicator.Release) []releaseLine {
	out := make([]releaseLine, 0, len(releases))
	for _, r := range slices.Backward(releases) {
		out = append(out, releaseLine{
			Path: "/releases/" + url.PathEscape(r.ID), Label: p.T(r.Label), Day: p.Date(r.ReleasedOn), Recalled: r.Basis == "recalled",
		})
	}
	return out
}
