package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// tourPage lets a visitor of the demonstration in, by role or by scene.
type tourPage struct {
	Page
	Roles  []tourRole
	Scenes []tourScene
}

// tourRole is an invented person to look around as.
type tourRole struct {
	Account    auth.AccountID
	Name, Role string
	Org, What  string
	Here       bool // the visitor is this person now
}

// tourScene is a short walk with one point to it.
type tourScene struct {
	Title, Text string
	Account     auth.AccountID
	Role        string
	Next        string
	Minutes     int
}

// invented is somebody of the demonstration.
type invented struct {
	auth.Account
	orgName string
}

// people lists the accounts of the demonstration, in the order of the list of roles.
func (s *Server) people(r *http.Request) ([]invented, error) {
	orgs, err := s.app.Accounts.Orgs(r.Context())
	if err != nil {
		return nil, err
	}
	var found []invented
	for _, org := range orgs {
		accounts, err := s.app.Accounts.List(r.Context(), org.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			found = append(found, invented{a, org.Name})
		}
	}
	// The role that the scenes begin with comes first.
	order.By(found, func(a, b invented) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	return found, nil
}

// rankOf is the place of a person's first role in the list of roles.
func rankOf(p invented) int {
	for i, r := range auth.Roles() {
		if slices.Contains(p.Roles, r) {
			return i
		}
	}
	return len(auth.Roles())
}

// scene is a row of the table of scenes. A visitor plays as many as they like.
type scene struct {
	title, text string
	role        auth.Role
	next        string
	minutes     int
	// who is the invented person who tells the scene in the one case that they began with; next is a part of it.
	who string
}

// scenes is the walk through the demonstration, in order. A scene whose page does not exist in this
// program is left out.
func scenes() []scene {
	return []scene{
		{
			i18n.Mark("A rate that fell"),
			i18n.Mark("In 2023 far fewer first decisions were positive. See what happened, what coincided, and what we cannot say."),
			auth.Analyst, "/policy-review", 3, "",
		},
		{
			i18n.Mark("Four thousand, or thirty-two thousand?"),
			i18n.Mark("Adding up a published table gives eight times too many people. See how a total is made, and why the wrong one is refused."),
			auth.Analyst, "/measures/nrm.referrals.detail", 2, "",
		},
		{
			i18n.Mark("The figure that changed afterwards"),
			i18n.Mark("A quarter was published, and later corrected. Both stay, and you can ask what was known on a day."),
			auth.Analyst, "/releases", 2, "",
		},
		{
			i18n.Mark("Take in a file"),
			i18n.Mark("Choose any table. It is checked row by row and nothing is saved until you say so."),
			auth.Analyst, "/import", 2, "",
		},
		{
			i18n.Mark("What would leave?"),
			i18n.Mark("A shelter and a police unit share under an agreement that both have signed. Read it, try a case, and see what stays and why."),
			auth.Liaison, "/agreements", 2, "",
		},
		{
			i18n.Mark("Running it, without reading it"),
			i18n.Mark("The administrator sees that the node is well and has no page that shows a case."),
			auth.Administrator, "/node", 1, "",
		},
		{
			i18n.Mark("A forged ledger is named"),
			i18n.Mark("A copy of the ledger is forged before your eyes. The verifier says which entry it was."),
			auth.ProtectionOfficer, "/ledger/forged", 1, "",
		},
		{
			i18n.Mark("Two in the morning"),
			i18n.Mark("A woman stands at the door. She wants a bed and no police. Find a place that asks for no report, and hold a room."),
			auth.SupportWorker, "/place", 2, demo.Night,
		},
		{
			i18n.Mark("A child, an uncle, a clock"),
			i18n.Mark("A girl of fifteen. Her guardian has an order of a court, and she says that he took part. The law wants a report within a day."),
			auth.SupportWorker, "/agreement", 2, demo.Childhood,
		},
		{
			i18n.Mark("Taken back"),
			i18n.Mark("A man takes back what he agreed to. The clinic destroys what it has. The police keep it, and must say which law makes them."),
			auth.SupportWorker, "/agreement", 3, demo.Leaving,
		},
	}
}

// roleWork says in one sentence what a role comes for.
func roleWork(p *i18n.Printer, r auth.Role) string {
	switch r {
	case auth.Analyst:
		return p.T("Reads the figures, takes in new releases, weighs a change of policy.")
	case auth.LegalAnalyst:
		return p.T("Reads what a change of rules did, beside the figures.")
	case auth.Administrator:
		return p.T("Keeps the node running, and reads no case.")
	case auth.Authority:
		return p.T("Decides, and sees how decisions went over the years.")
	case auth.Liaison:
		return p.T("Writes agreements with partners, and asks what they let through.")
	case auth.SupportWorker:
		return p.T("Stands by people: what they agreed to, a safe place, their plan.")
	case auth.Officer:
		return p.T("Meets people first, writes down signs, and refers.")
	case auth.Supervisor:
		return p.T("Forms teams, runs places, and is the second person.")
	case auth.Investigator:
		return p.T("Asks partners, and answers what is asked back.")
	case auth.ProtectionOfficer:
		return p.T("Watches over the files: the ledger, emergencies, erasures.")
	default:
		return p.T("Reads the published figures. More comes with the next rooms.")
	}
}

func (s *Server) tour(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	people, err := s.people(r)
	if err != nil {
		return err
	}
	page := tourPage{Page: s.page(r, p.T("A look around in ten minutes"))}
	byRole, byName := map[auth.Role]tourRole{}, map[string]tourRole{}
	for _, person := range people {
		t := tourRole{
			Account: person.ID, Name: person.Name, Org: person.orgName, Role: roleNames(p, person.Roles),
			Here: person.ID == actorOf(r).Account,
		}
		for _, role := range person.Roles {
			t.What = roleWork(p, role)
			if _, taken := byRole[role]; !taken {
				byRole[role] = t
			}
		}
		byName[t.Name] = t
		page.Roles = append(page.Roles, t)
	}
	for _, sc := range scenes() {
		guide, ok := byRole[sc.role]
		if sc.who != "" {
			guide, ok = byName[sc.who]
			if sc.next, err = s.sceneOf(r, guide.Account, sc.next); err != nil {
				return err
			}
		}
		if !ok || !s.leadsSomewhere(sc.next) {
			continue
		}
		page.Scenes = append(page.Scenes, tourScene{
			Title: p.T(sc.title), Text: p.T(sc.text), Account: guide.Account, Role: guide.Role,
			Next: sc.next, Minutes: sc.minutes,
		})
	}
	return s.render(w, r, http.StatusOK, "tour", page)
}

// sceneOf returns where a part is of the case that an invented person began with, or the list of cases when they
// have given it away.
func (s *Server) sceneOf(r *http.Request, who auth.AccountID, part string) (string, error) {
	if who == "" {
		return "", nil
	}
	actor, err := s.app.Accounts.Actor(r.Context(), who)
	if err != nil {
		return "", err
	}
	page, err := s.app.Cases.List(r.Context(), actor, casefile.Filter{Whose: casefile.Mine})
	if err != nil || len(page.Cases) == 0 {
		return "/cases", err
	}
	return "/cases/" + string(page.Cases[len(page.Cases)-1].ID()) + part, nil
}

// leadsSomewhere tells whether a path is in the route table.
func (s *Server) leadsSomewhere(path string) bool {
	if path == "" {
		return false
	}
	probe, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return false
	}
	_, pattern := s.table.Handler(probe)
	return pattern != "/"
}

// takeRole signs a visitor of the demonstration in as one of its invented people.
func (s *Server) takeRole(w http.ResponseWriter, r *http.Request) error {
	people, err := s.people(r)
	if err != nil {
		return err
	}
	wanted := auth.AccountID(r.PostFormValue("account"))
	for _, person := range people {
		if person.ID != wanted {
			continue
		}
		invented := *s.app.Accounts
		invented.Via = auth.ViaDemo // it never locks: nobody could prove to be an invented person
		token, err := invented.StartSession(r.Context(), person.ID)
		if err != nil {
			return err
		}
		if err := s.endSession(r); err != nil {
			return err
		}
		s.setSession(w, token)
		return s.seeOther(w, r, localPath(r.PostFormValue("next")))
	}
	return fault.New(fault.Invalid, "This person is not part of the demonstration any more.").
		WithHint("Open the tour again and choose somebody.")
}
