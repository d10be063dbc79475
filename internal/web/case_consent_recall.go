package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// recallRoutes are where an organisation answers what partners ask back.
func (s *Server) recallRoutes() []route {
	return []route{
		{"GET", "/recalls", Staff, May(auth.AskPartners), s.recalls, 0},
		{"POST", "/recalls/{recall}", Staff, May(auth.AskPartners), s.answerRecall, 0},
	}
}

// recallsPage lists what partners ask back. It names what was shared by its reference and nobody by name: the partner tells
// no more.
type recallsPage struct {
	Page
	Mend  []Mend
	Items []recallRow
	Whys  []consentWord
}

// recallRow is one thing that is asked back.
type recallRow struct{ ID, From, Share, Because, At string }

// Wrong returns what is to be mended in a field, or "".
func (p recallsPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) recalls(w http.ResponseWriter, r *http.Request) error {
	return s.recallsAgain(w, r, nil)
}

func (s *Server) recallsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	list, err := s.app.Consents.AskedBack(r.Context(), v.actor)
	if err != nil {
		return err
	}
	names, err := s.recipientsFor(r)
	if err != nil {
		return err
	}
	page := recallsPage{Page: s.page(r, p.T("Asked back")), Mend: mend, Whys: consentWords(p, consent.RecallReasons())}
	for i, one := range list {
		// A share has one answer, so it is asked once.
		if slices.ContainsFunc(list[:i], func(other consent.Recall) bool { return other.Partner == one.Partner && other.Share == one.Share }) {
			continue
		}
		page.Items = append(page.Items, recallRow{
			ID: string(one.ID), From: names.name(one.Partner, ""), Share: one.Share, Because: becauseText(p, one.Because), At: p.DateTime(one.Made, v.actor.Zone),
		})
	}
	return s.renderMend(w, r, "case_consent_recalls", page, mend)
}

// becauseText says why something is asked back.
func becauseText(p *i18n.Printer, b consent.Because) string {
	switch b {
	case consent.TakenBack:
		return p.T("The person took back what they had agreed to.")
	case consent.SaidNo:
		return p.T("The person said no.")
	case consent.NotNeeded:
		return p.T("Whoever sent it needs it there no more.")
	case consent.Narrowed:
		return p.T("The person agrees to less than before.")
	default:
		return p.T("It should not have been told.")
	}
}

func (s *Server) answerRecall(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	a := consent.RecallAnswer{State: consent.RecallState(r.PostFormValue("answer"))}
	if a.State != consent.Honoured {
		a.Why = r.PostFormValue("why")
	}
	err := s.app.Consents.GiveBack(r.Context(), v.actor, consent.RecallID(r.PathValue("recall")), a)
	mend, err := toMend(v.printer, err, "answer")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		for i := range mend {
			mend[i].Field = "r-" + r.PathValue("recall")
		}
		return s.recallsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/recalls")
}

// recallItems adds what partners ask back to the work of whoever may answer.
func (s *Server) recallItems(ctx context.Context, v visit, items []workItem) ([]workItem, error) {
	if !v.actor.May(auth.AskPartners) {
		return items, nil
	}
	list, err := s.app.Consents.AskedBack(ctx, v.actor)
	if err != nil || len(list) == 0 {
		return items, err
	}
	p := v.printer
	return append(items, workItem{
		Title: p.T("A partner asks for something back"), Text: p.N("%d answer is missing.", "%d answers are missing.", len(list)), Path: "/recalls", Go: p.T("Look at it"),
	}), nil
}
