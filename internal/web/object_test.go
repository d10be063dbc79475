package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// Whatever a route is about may belong to somebody else. Every role asks for every object of another
// organisation, and for one that does not exist, in the same form; the two answers must be the same to
// the byte, or the answer itself would tell that the object is there.

// neighbour is a second organisation on the node, with an account of every role and objects of its own.
func neighbour(t *testing.T, n *testNode) *testNode {
	t.Helper()
	org, err := n.app.Accounts.CreateOrg(t.Context(), "Neighbour (invented)", "Europe/London")
	n.must(err)
	other := &testNode{Server: n.Server, t: t, org: org, accounts: map[auth.Role]auth.AccountID{}, log: n.log}
	for _, role := range auth.Roles() {
		other.accounts[role], err = n.app.Accounts.CreateAccount(t.Context(), auth.CLI(org), "Neighbour "+string(role), role)
		n.must(err)
	}
	n.must(n.app.Indicators.Seed(t.Context(), auth.CLI(org)))
	return other
}

// identifierIn finds identifiers as the program makes them, so that a missing one looks like any other.
var identifierIn = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)

// absentLike is an address of the same form whose identifiers nobody has.
func absentLike(address string) string {
	return identifierIn.ReplaceAllString(address, strings.Repeat("Z", 26))
}

// openForm is a form with which most actions would be done if the object were there.
func openForm() url.Values {
	return url.Values{
		"role": {"liaison"}, "until": {"2024-12-31"}, "reason": {"to help"}, "name": {"Ada (invented)"}, "scope": {"sample-case"},
		"subject": {"sample-entry"}, "ground": {"court-order"}, "finding": {"justified"}, "account": {"nobody"}, "why": {"to help"},
	}
}

func TestForeignObjectsAreMissing(t *testing.T) {
	n := newSeeded(t, Options{})
	theirs := neighbour(t, n)
	back := regexp.MustCompile(`name="back" value="[^"]*"`)
	cells := 0
	for _, role := range auth.Roles() {
		cookie := n.session(role)
		// The objects of the neighbour as the same role there would find them.
		filled := samples(theirs, auth.Actor{Org: theirs.org, Account: theirs.accounts[role]})
		for _, rt := range n.routes() {
			address, ok := filled[rt.Pattern]
			if !strings.Contains(rt.Pattern, "{") || !ok || !identifierIn.MatchString(address) {
				continue
			}
			a := ask{method: rt.Method, path: address, cookie: cookie}
			if rt.Method == http.MethodPost {
				a.form = openForm()
			}
			foreign, foreignBody := send(t, n, a)
			a.path = absentLike(address)
			missing, missingBody := send(t, n, a)
			cells++
			foreignBody, missingBody = back.ReplaceAllString(foreignBody, ""), back.ReplaceAllString(missingBody, "")
			foreignBody = strings.ReplaceAll(foreignBody, address, a.path)
			if foreign.StatusCode != missing.StatusCode || foreignBody != missingBody || foreign.Header.Get("Location") != missing.Header.Get("Location") {
				t.Errorf("%s, %s %s: what is there at the neighbour answers %d (%s), what is nowhere %d (%s)",
					role, rt.Method, rt.Pattern, foreign.StatusCode, foreign.Header.Get("Location"), missing.StatusCode, missing.Header.Get("Location"))
			}
			if foreign.StatusCode < 400 && rt.Pattern != "/measures/{id}" && !strings.HasPrefix(rt.Pattern, "/organisation/pairing") {
				t.Errorf("%s, %s %s: status %d for an object of the neighbour", role, rt.Method, rt.Pattern, foreign.StatusCode)
			}
		}
	}
	if cells < 200 {
		t.Errorf("only %d cells were asked", cells)
	}
	t.Logf("%d cells of role, route and object", cells)
}

// Within an organisation a case is another team's; who is not of it opens nothing, and what is refused
// is not distinguished from what does not exist.
func TestObjectsOfAnotherTeam(t *testing.T) {
	n := newNode(t, Options{})
	team, err := n.app.Accounts.FormTeam(t.Context(), n.as(auth.Supervisor), "Night (invented)")
	n.must(err)
	for _, role := range auth.Roles() {
		if role == auth.Supervisor {
			continue
		}
		cookie := n.session(role)
		for _, act := range []string{"/join", "/close", "/cases", "/part/" + string(n.accounts[auth.SupportWorker])} {
			address := "/teams/" + string(team) + act
			there, thereBody := send(t, n, ask{method: "POST", path: address, cookie: cookie, form: openForm()})
			_, missingBody := send(t, n, ask{method: "POST", path: absentLike(address), cookie: cookie, form: openForm()})
			wantNotHere(t, string(role)+" "+address, there.StatusCode, thereBody)
			if thereBody != missingBody {
				t.Errorf("%s, %s: a team of others can be told from none", role, act)
			}
		}
	}
}
