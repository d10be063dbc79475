package web

import (
	"context"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// referralsPage is what has come and waits for an answer, or one of it. It names nobody.
type referralsPage struct {
	Page
	Mend        []Mend
	Waits, Mine []referralRow
	One         *referralView
	Steps       []referralStep
}

// Wrong returns what is to be mended in a field, or "".
func (p referralsPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func consentPurposes() []consent.Word { return consent.Purposes() }

func (s *Server) referrals(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := referralsPage{Page: s.page(r, v.printer.T("Referrals"))}
	waits, err := s.waitingReferrals(r.Context(), v)
	if err != nil {
		return err
	}
	for _, one := range waits {
		row, err := s.referralRow(r, one, "/referrals/"+one.ID)
		if err != nil {
			return err
		}
		row.When, row.Warn = v.printer.DateTime(one.End.Until, v.actor.Zone), one.Urgency == "today"
		page.Waits = append(page.Waits, row)
	}
	mine, err := s.app.Referrals.Mine(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, one := range mine {
		row, err := s.referralRow(r, one, "/cases/"+one.Case+"/referrals/"+one.ID)
		if err != nil {
			return err
		}
		page.Mine = append(page.Mine, row)
	}
	return s.render(w, r, http.StatusOK, "referrals", page)
}

// waitingReferrals are what has come for those who can open a case.
func (s *Server) waitingReferrals(ctx context.Context, v visit) ([]referral.Referral, error) {
	if !v.actor.May(auth.AnswerReferrals) {
		return nil, nil
	}
	return s.app.Referrals.Inbox(ctx, v.actor)
}

func (s *Server) askedReferral(w http.ResponseWriter, r *http.Request) error {
	return s.askedAgain(w, r, nil)
}

// askedAgain shows one referral that has come: what is needed, and nothing of who needs it.
func (s *Server) askedAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	asked, err := s.app.Referrals.Look(r.Context(), v.actor, r.PathValue("referral"))
	if err != nil {
		return err
	}
	if asked.Case != "" {
		return s.seeOther(w, r, "/cases/"+asked.Case+"/referrals/"+asked.ID)
	}
	view, err := s.referralView(r, asked.Referral, asked.Blind)
	if err != nil {
		return err
	}
	view.Path = "/referrals/" + asked.ID
	page := referralsPage{Page: s.page(r, p.T("A referral")), Mend: mend, One: &view}
	if asked.End.S == referral.Sent && asked.State != "expired" {
		if asked.End.R == referral.Received {
			page.Steps = []referralStep{{Do: "accept", Label: p.T("Accept")}}
		} else if asked.End.R == referral.Accepted {
			page.Steps = []referralStep{{Do: "fetch", Label: p.T("Ask again who it is")}}
		}
		if asked.End.R == referral.Received || asked.End.R == referral.Accepted {
			page.Steps = append(page.Steps, referralStep{
				Do: "decline", Label: p.T("Decline"), Ask: p.T("If you decline: why?"), Choices: referralChoices(p, referral.DeclineReasons()), Plain: true,
			})
		}
	}
	return s.renderMend(w, r, "referral", page, mend)
}

// answerReferral accepts, declines, or asks again for what was not released.
func (s *Server) answerReferral(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, id := r.Context(), actorOf(r), r.PathValue("referral")
	var (
		of  string
		err error
	)
	switch r.PostFormValue("do") {
	case "accept":
		of, err = s.app.Referrals.Accept(ctx, actor, id)
	case "fetch":
		of, err = s.app.Referrals.Fetch(ctx, actor, id)
	default:
		err = s.app.Referrals.Decline(ctx, actor, id, r.PostFormValue("reason"))
	}
	mend, err := toMend(visitOf(r).printer, err, "step")
	if err != nil {
		return err
	}
	switch {
	case len(mend) > 0:
		return s.askedAgain(w, r, mend)
	case of != "":
		return s.seeOther(w, r, "/cases/"+of+"/referrals/"+id)
	}
	return s.seeOther(w, r, "/referrals")
}

// referralItems adds what has come to the work of whoever may answer.
func (s *Server) referralItems(ctx context.Context, v visit, items []workItem) ([]workItem, error) {
	list, err := s.waitingReferrals(ctx, v)
	if err != nil || len(list) == 0 {
		return items, err
	}
	p := v.printer
	return append(items, workItem{
		Title: p.T("Somebody asks for help for a person"), Text: p.N("%d referral waits for an answer.", "%d referrals wait for an answer.", len(list)),
		Path: "/referrals", Go: p.T("Look at it"),
	}), nil
}
