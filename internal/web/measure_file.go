package web

import (
	"io"
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// measureCSV and measureSDMX send the figures of a page as files: the answer to the same query, so
// every number of the page is in them.
func (s *Server) measureCSV(w http.ResponseWriter, r *http.Request) error {
	answer, err := s.answerFor(r)
	if err != nil {
		return err
	}
	return s.download(w, r, fileName(answer, ""), "text/csv; charset=utf-8", func(to io.Writer) error {
		return indicator.WriteCSV(to, answer)
	})
}

func (s *Server) measureSDMX(w http.ResponseWriter, r *http.Request) error {
	answer, err := s.answerFor(r)
	if err != nil {
		return err
	}
	return s.download(w, r, fileName(answer, "-sdmx"), "application/vnd.sdmx.data+csv; charset=utf-8", func(to io.Writer) error {
		return indicator.WriteSDMX(to, answer)
	})
}

func (s *Server) answerFor(r *http.Request) (indicator.Answer, error) {
	v := visitOf(r)
	ind, err := s.app.Indicators.Get(r.Context(), v.actor, indicator.ID(r.PathValue("id")))
	if err != nil {
		return indicator.Answer{}, err
	}
	q, mend := readChoice(r, ind).query(v.printer)
	if len(mend) > 0 {
		return indicator.Answer{}, fault.New(fault.Invalid, "Write a period as 2022, 2022-Q2 or 2022-04.")
	}
	return s.app.Indicators.Answer(r.Context(), v.actor, q)
}

// fileName names a file after the measure and its figures, so that two files with the same name hold
// the same numbers.
func fileName(answer indicator.Answer, kind string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(string(answer.Indicator.ID)))
	return id + kind + "-" + figuresID(answer.Hash) + ".csv"
}
