package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// proposalsPage lists what waits for a second person: the reader, or somebody whom the reader asked.
type proposalsPage struct {
	Page
	Mend    []Mend
	Decide  []proposalRow
	Own     []proposalRow
	Links   []personRow // accounts that the reader approved and whose owner has no way in yet
	Secret  linkSecret
	Officer bool
}

// proposalRow is a proposal as people read it.
type proposalRow struct {
	ID, Code                 string
	Title, What, Why         string
	By, At, Until, ForOthers string
	Mine                     bool
}

func (s *Server) proposals(w http.ResponseWriter, r *http.Request) error {
	return s.proposalsAgain(w, r, nil, linkSecret{})
}

func (s *Server) proposalsAgain(w http.ResponseWriter, r *http.Request, mend []Mend, secret linkSecret) error {
	v := visitOf(r)
	page := proposalsPage{
		Page: s.page(r, v.printer.T("For a second person")), Mend: mend, Secret: secret,
		Officer: v.actor.May(auth.ApprovePeople),
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	waiting, err := s.app.Accounts.Waiting(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		row := s.proposalRow(v, p, names)
		if row.Mine {
			page.Own = append(page.Own, row)
		} else {
			page.Decide = append(page.Decide, row)
		}
	}
	approved, err := s.app.Accounts.ToInvite(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, a := range approved {
		row := personRow{ID: string(a.ID), Name: a.Name}
		if a.Org != v.actor.Org {
			row.Name = v.printer.T("an account of a paired organisation (%s)", string(a.ID)[:8])
		}
		page.Links = append(page.Links, row)
	}
	return s.renderMend(w, r, "proposals", page, mend)
}

// proposalRow says in words what a proposal is. That of a paired organisation shows what it is and no
// name: the two people compare its code by telephone.
func (s *Server) proposalRow(v visit, p auth.Proposal, names map[auth.AccountID]string) proposalRow {
	pr := v.printer
	row := proposalRow{
		ID: string(p.ID), Code: string(p.ID)[:8], Title: changeTitle(pr, p.Kind), What: proposedText(pr, p.Change, names),
		At: pr.Date(civil(p.At, v.actor.Zone)), Until: pr.Date(civil(p.Expires, v.actor.Zone)),
		Mine: p.Org == v.actor.Org && p.By == v.actor.Account,
	}
	if p.Org != v.actor.Org {
		row.ForOthers, row.What = pr.T("for a paired organisation"), proposedBare(pr, p.Change)
		return row
	}
	row.Why, row.By = p.Reason, nameOf(pr, names, p.By)
	return row
}

// changeTitle names a kind of change.
func changeTitle(p *i18n.Printer, k auth.ChangeKind) string {
	switch k {
	case auth.RoleGrant:
		return p.T("Give a role")
	case auth.RoleEnd:
		return p.T("End a role")
	case auth.AccountClose:
		return p.T("Close an account")
	case auth.PairingAsk:
		return p.T("Ask an organisation to lend its second person")
	case auth.RecipientsSet:
		return p.T("Change who is told")
	case auth.ExclusionEnd:
		return p.T("Let somebody back to a case")
	case auth.HistoryDefer:
		return p.T("Defer an entry of an access history")
	case auth.CredentialReset:
		return p.T("Replace a way of signing in")
	case auth.IdentityProvider:
		return p.T("Trust an identity provider")
	case auth.BackupRecipient:
		return p.T("Change who can open backups")
	case auth.MailGateway:
		return p.T("Change the mail gateway")
	case auth.ReleaseRule:
		return p.T("Change whether a written release is needed")
	default:
		return string(k)
	}
}

// proposedText says what exactly would change.
func proposedText(p *i18n.Printer, c auth.Change, names map[auth.AccountID]string) string {
	who := nameOf(p, names, c.Account)
	switch c.Kind {
	case auth.RoleGrant:
		return p.T("%s becomes: %s, until %s.", who, roleName(p, auth.Role(c.Detail["role"])), lastDay(p, c.Detail["until"]))
	case auth.RoleEnd:
		return p.T("%s is no longer: %s.", who, roleName(p, auth.Role(c.Detail["role"])))
	case auth.AccountClose:
		return p.T("The account of %s is closed for good.", who)
	case auth.RecipientsSet:
		var told []string
		for id := range strings.FieldsSeq(c.Detail["accounts"]) {
			told = append(told, nameOf(p, names, auth.AccountID(id)))
		}
		return p.T("%s: %s.", occasionName(p, auth.Occasion(c.Subject)), p.List(told))
	case auth.ExclusionEnd:
		return p.T("%s may open case %s again, as far as the role goes.", nameOf(p, names, auth.AccountID(c.Detail["excluded"])), c.Subject)
	case auth.HistoryDefer:
		return p.T("Entry %s is shown to the person from %s on.", c.Subject, lastDay(p, c.Detail["until"]))
	case auth.CredentialReset:
		return p.T("%s gets a new way in; every earlier one ends.", who)
	case auth.IdentityProvider:
		if c.Detail["act"] == "add" {
			return p.T("Everybody who is linked to it can sign in through %s, as client %s.", c.Detail["issuer"], c.Detail["client"])
		}
		return p.T("Nobody signs in through %s any more.", c.Detail["issuer"])
	default:
		return proposedBare(p, c)
	}
}

// proposedBare says what would change, without a name.
func proposedBare(p *i18n.Printer, c auth.Change) string {
	if role := c.Detail["role"]; role != "" {
		return p.T("Role: %s, until %s.", roleName(p, auth.Role(role)), lastDay(p, c.Detail["until"]))
	}
	switch c.Detail["covered"] {
	case "yes":
		return p.T("Nobody is told anything without a written release that is limited in time.")
	case "no":
		return p.T("No written release is needed any more.")
	}
	return c.Subject
}

// lastDay writes a civil date, or that there is none.
func lastDay(p *i18n.Printer, day string) string {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return p.T("no end")
	}
	return p.Date(day)
}

// decide makes a handler of what somebody does with a proposal.
func (s *Server) decide(do func(context.Context, auth.Actor, auth.ProposalID) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := do(r.Context(), actorOf(r), auth.ProposalID(r.PathValue("id")))
		mend, err := toMend(visitOf(r).printer, err, "main")
		if err != nil {
			return err
		}
		if len(mend) > 0 {
			return s.proposalsAgain(w, r, mend, linkSecret{})
		}
		return s.seeOther(w, r, "/proposals")
	}
}

// handOverLink makes the first link of an account whose role the reader approved.
func (s *Server) handOverLink(w http.ResponseWriter, r *http.Request) error {
	link, err := s.app.Accounts.Invite(r.Context(), actorOf(r), auth.AccountID(r.PathValue("id")))
	mend, err := toMend(visitOf(r).printer, err, "main")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.proposalsAgain(w, r, mend, linkSecret{})
	}
	return s.proposalsAgain(w, r, nil, s.linkSecret(r, "", link))
}
