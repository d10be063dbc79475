package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// totalMade shows how the total of a table with many margins is made, and that the naive one is
// refused.
type totalMade struct {
	Rows    bool
	Lead    string
	Table   figureTable
	Refused string
}

func (s *Server) totalMade(_ *http.Request, _ indicator.Indicator, _ indicator.Query, _ indicator.Answer) totalMade {
	return totalMade{}
}
