package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
)

// measures lists what the node can show, one line each.
func (s *Server) measures(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	q := r.URL.Query()
	filter := indicator.Filter{Text: strings.TrimSpace(q.Get("q")), Source: q.Get("source"), Dim: indicator.Dim(q.Get("dim"))}
	all, err := s.app.Indicators.List(r.Context(), v.actor, indicator.Filter{})
	if err != nil {
		return err
	}
	found, err := s.app.Indicators.List(r.Context(), v.actor, filter)
	if err != nil {
		return err
	}
	page := measureList{
		Page: s.page(r, p.T("Measures")), Text: filter.Text,
		Sources: sourceOptions(p, all, filter.Source), Dims: dimOptions(p, all, filter.Dim),
		Found: p.N("%d measure", "%d measures", len(found)),
	}
	for _, ind := range found {
		line, err := s.listed(r, ind)
		if err != nil {
			return err
		}
		page.Lines = append(page.Lines, line)
	}
	order.By(page.Lines, func(a, b measureLine) int {
		switch {
		case a.Empty == b.Empty:
			return 0
		case b.Empty:
			return -1
		default:
			return 1
		}
	})
	return s.render(w, r, http.StatusOK, "measures", page)
}

// listed makes the line of one measure. Measures of many countries get no newest figure here: there
// is no honest single one.
func (s *Server) listed(r *http.Request, ind indicator.Indicator) (measureLine, error) {
	v := visitOf(r)
	p := v.printer
	line := measureLine{Empty: true}
	areas, err := s.app.Indicators.Areas(r.Context(), v.actor, ind.ID)
	if err != nil {
		return line, err
	}
	switch len(areas) {
	case 0:
	case 1:
		answer, err := s.app.Indicators.Answer(r.Context(), v.actor, indicator.Query{Indicator: ind.ID, Areas: areas})
		if err != nil {
			return line, err
		}
		line = lineOf(p, ind, answer)
		line.Coverage = coverageOf(p, answer.Coverage).Text
	default:
		line.Coverage = p.N("%d country or territory", "%d countries and territories", len(areas))
	}
	line.Empty = len(areas) == 0
	line.Path = "/measures/" + url.PathEscape(string(ind.ID))
	line.Title, line.Source = p.T(ind.Title), p.T(ind.SourceTitle)
	return line, nil
}

func sourceOptions(p *i18n.Printer, all []indicator.Indicator, chosen string) []option {
	var out []option
	for _, ind := range all {
		o := option{ind.Source, p.T(ind.SourceTitle), ind.Source == chosen}
		if ind.Source != "" && !slices.ContainsFunc(out, func(x option) bool { return x.Value == o.Value }) {
			out = append(out, o)
		}
	}
	sortOptions(out)
	return out
}

func dimOptions(p *i18n.Printer, all []indicator.Indicator, chosen indicator.Dim) []option {
	var out []option
	for _, ind := range all {
		for _, d := range ind.Dimensions {
			o := option{string(d.Dim), dimName(p, d), d.Dim == chosen}
			if !slices.ContainsFunc(out, func(x option) bool { return x.Value == o.Value }) {
				out = append(out, o)
			}
		}
	}
	sortOptions(out)
	return out
}
