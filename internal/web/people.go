package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// peopleRoutes are the pages of accounts, roles and their review, and of the organisation.
func (s *Server) peopleRoutes() []route {
	decide := MayAny(auth.ApprovePeople, auth.ApproveReset, auth.KeepExclusions)
	return slices.Concat([]route{
		{"GET", "/people", Staff, May(auth.ManagePeople), s.peoplePage, 0},
		{"POST", "/people", Staff, May(auth.ManagePeople), s.addPerson, 0},
		{"GET", "/people/{id}", Staff, May(auth.ManagePeople), s.account, 0},
		{"POST", "/people/{id}/roles", Staff, May(auth.ManagePeople), s.grantRole, 0},
		{"POST", "/people/{id}/roles/{role}/end", Staff, May(auth.ManagePeople), s.endRole, 0},
		{"POST", "/people/{id}/close", Staff, May(auth.ManagePeople), s.closeAccount, 0},
		{"POST", "/people/{id}/invite", Staff, May(auth.ManagePeople), s.invite, 0},
		{"GET", "/roles", Staff, SignedIn(), s.roles, 0},

		{"GET", "/proposals", Staff, SignedIn(), s.proposals, 0},
		{"POST", "/proposals/{id}/approve", Staff, decide, s.decide(s.app.Accounts.Approve), 0},
		{"POST", "/proposals/{id}/decline", Staff, decide, s.decide(s.app.Accounts.Decline), 0},
		{"POST", "/proposals/{id}/withdraw", Staff, MayAny(auth.ManagePeople, auth.Configure, auth.KeepExclusions, auth.DeferHistory), s.decide(s.app.Accounts.Withdraw), 0},
		{"POST", "/first-links/{id}", Staff, May(auth.ApprovePeople), s.handOverLink, 0},

		{"GET", "/access-review", Staff, May(auth.ReviewRoles), s.review, 0},
		{"POST", "/access-review/{id}/{role}/keep", Staff, May(auth.ReviewRoles), s.reviewed(s.app.Accounts.ReviewRole), 0},
		{"POST", "/access-review/{id}/{role}/end", Staff, May(auth.ReviewRoles), s.reviewed(s.app.Accounts.EndRole), 0},

		{"POST", "/notices/{id}/read", Staff, SignedIn(), s.readNotice, 0},
	}, s.organisationRoutes(), s.safeguardRoutes())
}

// peopleList is the page of everybody who has an account.
type peopleList struct {
	Page
	Mend      []Mend
	People    []personRow
	Roles     []roleChoice
	Form      personForm
	Secret    linkSecret
	Alone     bool // the administrator is the only person who can decide anything
	Suggested string
}

// linkSecret is a link that is shown once, for the owner of an account.
type linkSecret struct{ Name, URL string }

// personForm is what was typed, so that nobody types it twice.
type personForm struct{ Name, Until, Reason string }

// personRow is an account in a list.
type personRow struct {
	ID, Name, SignedIn string
	Grants             []grantRow
}

// grantRow is a role that somebody has or had.
type grantRow struct {
	Role, Name, From, Until, By string
	Held, Sensitive, Due        bool
}

// roleChoice is a role to choose.
type roleChoice struct {
	Role, Name string
	Sensitive  bool
	Chosen     bool
}

// Wrong returns what is to be mended in a field, or "".
func (p peopleList) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) peoplePage(w http.ResponseWriter, r *http.Request) error {
	page, err := s.peopleForm(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "people", page)
}

func (s *Server) peopleForm(r *http.Request) (peopleList, error) {
	v := visitOf(r)
	page := peopleList{
		Page: s.page(r, v.printer.T("People and roles")), Roles: roleChoices(v.printer, r.PostForm["role"]),
		Form:      personForm{r.PostFormValue("name"), r.PostFormValue("until"), r.PostFormValue("reason")},
		Suggested: s.now().AddDate(0, 6, 0).Format(time.DateOnly),
	}
	accounts, err := s.app.Accounts.List(r.Context(), v.actor.Org)
	if err != nil {
		return page, err
	}
	names := namesOf(v.printer, accounts)
	page.Alone = !slices.ContainsFunc(accounts, func(a auth.Account) bool { return slices.Contains(a.Roles, auth.ProtectionOfficer) })
	for _, a := range accounts {
		page.People = append(page.People, s.personRow(v, a, names))
	}
	return page, nil
}

func (s *Server) personRow(v visit, a auth.Account, names map[auth.AccountID]string) personRow {
	row := personRow{ID: string(a.ID), Name: a.Name}
	if !a.SignedIn.IsZero() {
		row.SignedIn = v.printer.Date(civil(a.SignedIn, v.actor.Zone))
	}
	for _, g := range a.Grants {
		row.Grants = append(row.Grants, s.grantRow(v, g, names))
	}
	return row
}

func (s *Server) grantRow(v visit, g auth.Grant, names map[auth.AccountID]string) grantRow {
	p := v.printer
	row := grantRow{
		Role: string(g.Role), Name: roleName(p, g.Role), From: p.Date(civil(g.From, v.actor.Zone)),
		Held: g.Held(s.now()), Sensitive: auth.Sensitive(g.Role), Due: g.ReviewDue(s.now()),
	}
	if !g.Until.IsZero() {
		row.Until = p.Date(civil(g.Until.Add(-time.Microsecond), v.actor.Zone)) // the last day
	}
	if g.By != "" {
		row.By = nameOf(p, names, g.By)
	}
	if g.ApprovedBy != "" {
		row.By = p.T("%s, approved by %s", row.By, nameOf(p, names, g.ApprovedBy))
	}
	return row
}

func roleChoices(p *i18n.Printer, chosen []string) []roleChoice {
	var all []roleChoice
	for _, r := range auth.Roles() {
		all = append(all, roleChoice{string(r), roleName(p, r), auth.Sensitive(r), slices.Contains(chosen, string(r))})
	}
	return all
}

// namesOf maps the accounts of an organisation to their names.
func namesOf(_ *i18n.Printer, accounts []auth.Account) map[auth.AccountID]string {
	names := map[auth.AccountID]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	return names
}

// nameOf names an account, or says why it has no name here.
func nameOf(p *i18n.Printer, names map[auth.AccountID]string, id auth.AccountID) string {
	switch name, ok := names[id]; {
	case ok:
		return name
	case id == auth.CLI("").Account:
		return p.T("the computer that runs the node")
	case id == auth.PersonAccount:
		return p.T("the person, on their own page")
	default:
		return p.T("somebody who is not here any more")
	}
}

// names maps the accounts of the reader's organisation to their names.
func (s *Server) names(ctx context.Context, v visit) (map[auth.AccountID]string, []auth.Account, error) {
	accounts, err := s.app.Accounts.List(ctx, v.actor.Org)
	return namesOf(v.printer, accounts), accounts, err
}

// addPerson adds an account. Its first link is shown on this one page, unless a role has to be approved
// first: then whoever approves hands it over.
func (s *Server) addPerson(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var roles []auth.Role
	for _, role := range r.PostForm["role"] {
		roles = append(roles, auth.Role(role))
	}
	n := auth.Newcomer{Name: r.PostFormValue("name"), Roles: roles, Until: r.PostFormValue("until"), Reason: r.PostFormValue("reason")}
	id, waiting, err := s.app.Accounts.Add(r.Context(), actorOf(r), n)
	mend, err := toMend(visitOf(r).printer, err, "name")
	if err != nil {
		return err
	}
	var secret linkSecret
	if len(mend) == 0 && len(waiting) == 0 {
		link, err := s.app.Accounts.Invite(r.Context(), actorOf(r), id)
		if err != nil {
			return err
		}
		secret = s.linkSecret(r, n.Name, link)
	}
	if len(mend) == 0 && len(waiting) > 0 {
		return s.seeOther(w, r, "/people/"+string(id))
	}
	page, err := s.peopleForm(r)
	if err != nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	if page.Mend, page.Secret = mend, secret; len(mend) == 0 {
		page.Form, page.Roles, status = personForm{}, roleChoices(page.Printer, nil), http.StatusOK
	}
	return s.render(w, r, status, "people", page)
}

// linkSecret makes the address of a one-time link, under the name by which the reader reached the node.
func (s *Server) linkSecret(r *http.Request, name, link string) linkSecret {
	scheme := "http"
	if s.secure {
		scheme = "https"
	}
	return linkSecret{name, scheme + "://" + r.Host + "/enter?link=" + link}
}

// toMend turns an error that the reader can mend into what a form shows; any other is returned.
func toMend(p *i18n.Printer, err error, fallback string) ([]Mend, error) {
	f, ok := fault.As(err)
	if err == nil || !ok {
		return nil, err
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Denied, fault.Unavailable, fault.TooLarge, fault.Stale:
		return mendOf(p, f, fallback), nil
	}
	return nil, err
}
