package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// letterRow is a letter in the list.
type letterRow struct {
	Path, Kind, Issued, Until, Withdrawn string
}

func letterKind(p *i18n.Printer, short bool) string {
	if short {
		return p.T("Short letter: that help is due, and until when")
	}
	return p.T("Letter about the decision")
}

func letterRows(p *i18n.Printer, o identification.Overview) (out []letterRow) {
	for _, l := range o.Letters {
		row := letterRow{
			Path: "/cases/" + string(o.Case.ID()) + "/identification/letters/" + l.ID, Kind: letterKind(p, l.Short), Issued: p.Date(string(l.Issued)),
		}
		if l.Until != "" {
			row.Until = p.Date(string(l.Until))
		}
		if l.Withdrawn != "" {
			row.Withdrawn = p.Date(string(l.Withdrawn))
		}
		out = append(out, row)
	}
	return out
}

// letterPage is a letter to print. Whoever finds it learns nothing that its holder would not show.
type letterPage struct {
	Page
	Mend                  []Mend
	Here, Up              string
	Short                 bool
	Issuer, Bearer, Code  string
	Check                 string // where the code is checked, to type in
	Issued, Until         string
	Withdrawn             string
	Decision, Day, Ground string
	MayDecide             bool
}

// issueLetter writes a letter and shows it.
func (s *Server) issueLetter(w http.ResponseWriter, r *http.Request) error {
	id, err := s.app.Identifications.Issue(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), identification.Letter{
		Event: r.PostFormValue("event"), Short: r.PostFormValue("short") != "", Until: profile.Date(r.PostFormValue("until")),
		Issuer: private.New(strings.TrimSpace(r.PostFormValue("issuer"))), Bearer: private.New(strings.TrimSpace(r.PostFormValue("bearer"))),
	}, record.SubmissionKey(r.PostFormValue("key")))
	mend, err := toMend(visitOf(r).printer, err, "issuer")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.identificationAgain(w, r, mend, "", "")
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/identification/letters/"+id)
}

// caseLetter shows a letter, to print it.
func (s *Server) caseLetter(w http.ResponseWriter, r *http.Request) error {
	return s.letterAgain(w, r, nil)
}

func (s *Server) letterAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	id := r.PathValue("case")
	l, event, err := s.app.Identifications.Read(r.Context(), v.actor, casefile.ID(id), r.PathValue("letter"))
	if err != nil {
		return err
	}
	up := "/cases/" + id + "/identification"
	page := letterPage{
		Page: s.page(r, p.T("Letter")), Mend: mend, Up: up, Here: up + "/letters/" + l.ID, Short: l.Short, MayDecide: v.actor.May(auth.DecideIdentity),
		Issuer: l.Issuer.Reveal("print the letter"), Bearer: l.Bearer.Reveal("print the letter"),
		Check: r.Host + "/letters/check", Code: identification.ShownCode(l.Code.Reveal("print the letter")), Issued: p.Date(string(l.Issued)),
	}
	page.Bare = true
	if l.Until != "" {
		page.Until = p.Date(string(l.Until))
	}
	if l.Withdrawn != "" {
		page.Withdrawn = p.Date(string(l.Withdrawn))
	}
	if !l.Short {
		jurisdiction, _, _ := strings.Cut(event.Profile, "@")
		version := s.versionOn(jurisdiction, event.Day)
		page.Decision, page.Day, page.Ground = stepName(p, version, event.Step), p.Date(string(event.Day)), lawOf(p, version, event.Topic).Text
	}
	return s.renderMend(w, r, "case_letter", page, mend)
}

// withdrawLetter ends a letter.
func (s *Server) withdrawLetter(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Identifications.Withdraw(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PathValue("letter"))
	mend, err := toMend(visitOf(r).printer, err, "withdraw")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.letterAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/identification/letters/"+r.PathValue("letter"))
}

// checkPage is where anybody checks the code of a letter. It says nothing about what the letter is.
type checkPage struct {
	Page
	Code           string
	Asked, Genuine bool
	Over           string // the last day on which it held, when that is over
}

func (s *Server) letterCheck(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "letter_check", checkPage{Page: s.page(r, visitOf(r).printer.T("Check a letter"))})
}

// checkLetter says of any code, in the same words and with the same questions, whether it is genuine.
func (s *Server) checkLetter(w http.ResponseWriter, r *http.Request) error {
	page := checkPage{Page: s.page(r, visitOf(r).printer.T("Check a letter")), Code: r.PostFormValue("code"), Asked: true}
	if len(page.Code) > 200 {
		page.Code = page.Code[:0]
	}
	genuine, over, err := s.app.Identifications.Genuine(r.Context(), page.Code)
	if err != nil {
		return fault.New(fault.Unavailable, "The code cannot be checked at the moment.").WithHint("Try again later.").Wrap(err)
	}
	if page.Genuine = genuine; over != "" {
		page.Over = visitOf(r).printer.Date(string(over))
	}
	return s.render(w, r, http.StatusOK, "letter_check", page)
}
