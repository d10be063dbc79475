package web

import (
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// aboutPage says what the program is, what to trust, and where every figure comes from.
type aboutPage struct {
	Page
	Sources []sourceRow // of the measures that the reader may see
}

// sourceRow is one family of published figures with the terms under which it may be passed on.
type sourceRow struct {
	Title, URL, Licence, Attribution string
	Shippable                        bool
}

func (s *Server) about(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := aboutPage{Page: s.page(r, v.printer.T("What this is, and what to trust"))}
	if !v.actor.May(auth.ReadMeasures) {
		return s.render(w, r, http.StatusOK, "about", page)
	}
	measures, err := s.app.Indicators.List(r.Context(), v.actor, indicator.Filter{})
	if err != nil {
		return err
	}
	for _, ind := range measures {
		if ind.SourceTitle == "" {
			continue // a table of a user's own that names no source
		}
		row := sourceRow{ind.SourceTitle, ind.SourceURL, ind.Licence, ind.Attribution, ind.Shippable}
		if !slices.Contains(page.Sources, row) {
			page.Sources = append(page.Sources, row)
		}
	}
	return s.render(w, r, http.StatusOK, "about", page)
}
