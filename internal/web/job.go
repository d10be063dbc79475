package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/job"
)

// jobRoutes are the pages of work that failed.
func (s *Server) jobRoutes() []route {
	return []route{
		{"GET", "/jobs", Staff, May(auth.ManageJobs), s.jobs, 0},
		{"POST", "/jobs/{ref}/again", Staff, May(auth.ManageJobs), s.tryAgain, 0},
		{"POST", "/jobs/{ref}/give-up", Staff, May(auth.ManageJobs), s.giveUp, 0},
	}
}

// jobsPage lists work that failed for good.
type jobsPage struct {
	Page
	Jobs []jobRow
	Full bool // there may be more
}

// jobRow is a piece of work without its object: whom it concerns is no matter of this page.
type jobRow struct {
	Ref, What, Whose, Why, When string
	Attempts                    int
}

func (s *Server) jobs(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	dead, err := s.app.Jobs.Dead(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page := jobsPage{Page: s.page(r, v.printer.T("Work that failed")), Full: len(dead) == job.Limit}
	for _, d := range dead {
		page.Jobs = append(page.Jobs, jobRow{
			Ref: d.Ref, What: workName(v.printer, d), Whose: workOwner(v.printer, d), Why: failureText(v.printer, d.Failure),
			When: v.printer.DateTime(d.At, v.actor.Zone), Attempts: d.Attempts,
		})
	}
	return s.render(w, r, http.StatusOK, "jobs", page)
}

func workName(p *i18n.Printer, d job.Dead) string {
	if d.Label == "" {
		return string(d.Kind)
	}
	return p.T(d.Label)
}

func workOwner(p *i18n.Printer, d job.Dead) string {
	if d.Node {
		return p.T("the node itself")
	}
	return p.T("your organisation")
}

// failureText says why work failed, as far as its kind tells.
func failureText(p *i18n.Printer, kind string) string {
	switch kind {
	case fault.Unavailable.String():
		return p.T("Something that it needs could not be reached.")
	case job.FailedByTime:
		return p.T("It took too long.")
	case fault.Internal.String(), job.FailedByPanic:
		return p.T("The program made an error. The log holds more.")
	case job.FailedByEnd:
		return p.T("The machine stopped in the middle of it.")
	}
	return p.T("It was refused.")
}

func (s *Server) tryAgain(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.Jobs.TryAgain(r.Context(), actorOf(r), r.PathValue("ref")); err != nil {
		return err
	}
	return s.seeOther(w, r, "/jobs")
}

func (s *Server) giveUp(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.Jobs.GiveUp(r.Context(), actorOf(r), r.PathValue("ref")); err != nil {
		return err
	}
	return s.seeOther(w, r, "/jobs")
}
