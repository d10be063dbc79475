package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// Surface says who a route is made for. Each surface has its own look, cookies and rules.
type Surface string

// The surfaces that exist.
const (
	Staff  Surface = "staff"  // people who work with the node, signed in by session
	Public Surface = "public" // anybody; titles and addresses give nothing away
	API    Surface = "api"    // programs, by token; never by cookie
	Ops    Surface = "ops"    // monitoring of the machine; holds no content
)

// Access says who may use a route. Whoever may not gets the answer of a page that does not exist.
type Access struct {
	signedIn   bool
	making     bool
	permission auth.Permission
	others     [3]auth.Permission // each is as good as the first
}

// Anyone opens a route to everybody who reaches the node.
func Anyone() Access { return Access{} }

// SignedIn opens a route to every account of the node.
func SignedIn() Access { return Access{signedIn: true} }

// Making opens a route to every account of the node, and to whoever has to make a sign-in first.
func Making() Access { return Access{signedIn: true, making: true} }

// May opens a route to actors with a permission.
func May(p auth.Permission) Access { return Access{signedIn: true, permission: p} }

// MayAny opens a route to actors with any of two to four permissions. What exactly an actor may do
// there, the room decides.
func MayAny(p auth.Permission, others ...auth.Permission) Access {
	a := May(p)
	copy(a.others[:], others)
	return a
}

// String names the access as the route table shows it.
func (a Access) String() string {
	switch {
	case a.permission != "":
		names := []string{string(a.permission)}
		for _, p := range a.others {
			if p != "" {
				names = append(names, string(p))
			}
		}
		return strings.Join(names, " or ")
	case a.signedIn:
		return "signed in"
	default:
		return "anyone"
	}
}

// admits tells whether a visitor may use a route.
func (a Access) admits(v visit) bool {
	if !a.signedIn || a.making && v.making() {
		return true
	}
	return v.signedIn && (a.permission == "" || v.actor.May(a.permission) || slices.ContainsFunc(a.others[:], v.actor.May))
}

// handler answers one request. A returned error becomes the error page.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one row of the route table.
type route struct {
	Method  string
	Pattern string
	Surface Surface
	Access  Access
	Handle  handler
	Body    int64 // most bytes of a request body; 0 means formLimit
}

// plain makes a handler of one that never fails.
func plain(h http.Handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// formLimit is the most bytes of an ordinary form.
const formLimit = 64 << 10

// routes is the route table of a node: every page and every action, for whom it is, and who may.
func (s *Server) routes() []route {
	table := []route{
		{"GET", "/{$}", Staff, Anyone(), s.front, 0},
		{"GET", "/about", Staff, Anyone(), s.about, 0},
		{"POST", "/language", Staff, Anyone(), s.chooseLanguage, 0},
		{"GET", "/enter", Staff, Anyone(), s.enter, 0},
		{"POST", "/enter", Staff, Anyone(), s.redeem, 0},
		{"POST", "/leave", Staff, Anyone(), s.leave, 0},

		{"GET", "/settings", Staff, SignedIn(), s.settings, 0},
		{"POST", "/settings/reading", Staff, SignedIn(), s.chooseReading, 0},
		{"POST", "/settings/tokens", Staff, May(auth.ManageTokens), s.issueToken, 0},
		{"POST", "/settings/tokens/{id}/revoke", Staff, May(auth.ManageTokens), s.revokeToken, 0},

		{"GET", "/import", Staff, May(auth.ImportMeasures), s.importing, 0},
		{"POST", "/import", Staff, May(auth.ImportMeasures), s.checkUpload, s.options.MaxUpload},
		{"GET", "/import/{id}", Staff, May(auth.ImportMeasures), s.checked, 0},
		{"POST", "/import/{id}/save", Staff, May(auth.ImportMeasures), s.saveUpload, 0},
		{"POST", "/import/{id}/discard", Staff, May(auth.ImportMeasures), s.discardUpload, 0},

		{"GET", "/node", Staff, May(auth.AdministerNode), s.node, 0},
		{"POST", "/node/lock", Staff, May(auth.AdministerNode), s.lockNode, 0},

		{"GET", "/healthz", Ops, Anyone(), plain(observe.Healthy()), 0},
		{"GET", "/readyz", Ops, Anyone(), plain(observe.Ready(s.app.Ready)), 0},
	}
	table = append(table, slices.Concat(
		s.measureRoutes(), s.signInRoutes(), s.peopleRoutes(), s.ledgerRoutes(), s.agreementRoutes(), s.jobRoutes(), s.letterRoutes(), s.breachRoutes(), s.caseRoutes(), s.caseSupportRoutes(), s.casePersonRoutes(), s.consentRoutes(), s.recallRoutes(),
		s.caseIdentificationRoutes(), s.caseSignRoutes(), s.placeRoutes(), s.ownRoutes(), s.referralRoutes(), s.keepingRoutes(), s.searchRoutes(), s.exchangeRoutes(),
	)...)
	if s.options.Demo {
		table = append(table,
			route{"GET", "/tour", Staff, Anyone(), s.tour, 0},
			route{"POST", "/tour", Staff, Anyone(), s.takeRole, 0},
		)
	}
	return table
}
