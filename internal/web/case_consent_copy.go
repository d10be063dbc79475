package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// consentCopy is what a person takes home: what they agreed to, in their language. It holds no name, no address and nothing
// of what happened: paper is found.
type consentCopy struct {
	Page
	ID        string
	Holds     []consentSheet
	Refused   []consentSheet
	Explained []string
	Tongues   []consentWord
	Chosen    string
	Drafted   bool // the translation is a draft
}

func (s *Server) copyConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	view, err := s.app.Consents.View(r.Context(), v.actor, string(c.ID()))
	if err != nil {
		return err
	}
	// The copy is in the language of the person, whatever the reader's is.
	p := v.printer
	page := consentCopy{ID: string(c.ID()), Chosen: p.Lang()}
	for _, l := range switchable() {
		page.Tongues = append(page.Tongues, consentWord{l.Tag, l.Name})
		if l.Tag == r.URL.Query().Get("language") {
			p, page.Chosen = i18n.For(l.Tag), l.Tag
		}
	}
	page.Page = s.page(r, p.T("What you agreed to"))
	page.Printer = p
	page.Drafted = p.Status() == i18n.Drafted
	names, err := s.recipientsFor(r)
	if err != nil {
		return err
	}
	names.Printer = p
	theirs := v
	theirs.printer = p
	for _, l := range view.Lines {
		sheet := sheetOf(theirs, names, l)
		switch l.State {
		case consent.Given:
			page.Holds = append(page.Holds, sheet)
		case consent.Refused:
			page.Refused = append(page.Refused, sheet)
		}
	}
	for _, e := range consent.Elements() {
		page.Explained = append(page.Explained, elementText(p, e))
	}
	return s.render(w, r, http.StatusOK, "case_consent_copy", page)
}
