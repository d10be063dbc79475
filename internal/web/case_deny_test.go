package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// TestUnreachableCasesAreMissing asks every address below a case, of every package of the room, as
// everybody who works on cases and may not reach this one: those to whom it is not assigned, and a service
// manager who is kept from it. What is there and what is nowhere must answer the same to the byte.
func TestUnreachableCasesAreMissing(t *testing.T) {
	n := newSeeded(t, Options{})
	back := regexp.MustCompile(`name="back" value="[^"]*"`)
	of := func(role auth.Role) map[string]string {
		return samples(n, auth.Actor{Org: n.org, Account: n.accounts[role]})
	}
	cells := 0
	for _, who := range []struct{ asks, holds auth.Role }{
		{auth.Officer, auth.Supervisor}, {auth.Authority, auth.Supervisor}, {auth.SupportWorker, auth.Supervisor}, {auth.Supervisor, auth.SupportWorker},
	} {
		filled, cookie := of(who.holds), n.session(who.asks)
		if who.asks == auth.Supervisor {
			for _, address := range filled {
				if rest, is := strings.CutPrefix(address, "/cases/"); is {
					id, _, _ := strings.Cut(rest, "/")
					n.must(n.app.Accounts.Exclude(t.Context(), n.actor(auth.ProtectionOfficer), id, n.accounts[auth.Supervisor], "relative"))
				}
			}
		}
		for _, rt := range n.routes() {
			address, ok := filled[rt.Pattern]
			if !strings.HasPrefix(rt.Pattern, "/cases/{case}") || !ok {
				continue
			}
			a := ask{method: rt.Method, path: address, cookie: cookie}
			if rt.Method == http.MethodPost {
				a.form = openForm()
			}
			there, thereBody := send(t, n, a)
			a.path = absentLike(address)
			nowhere, nowhereBody := send(t, n, a)
			cells++
			thereBody, nowhereBody = back.ReplaceAllString(thereBody, ""), back.ReplaceAllString(nowhereBody, "")
			thereBody = strings.ReplaceAll(thereBody, address, a.path)
			if there.StatusCode != nowhere.StatusCode || thereBody != nowhereBody || there.Header.Get("Location") != nowhere.Header.Get("Location") {
				t.Errorf("%s, %s %s: a case that is there answers %d, one that is nowhere %d", who.asks, rt.Method, rt.Pattern, there.StatusCode, nowhere.StatusCode)
			}
			if there.StatusCode < 400 {
				t.Errorf("%s, %s %s: status %d for a case that is not theirs", who.asks, rt.Method, rt.Pattern, there.StatusCode)
			}
		}
	}
	if cells < 70 {
		t.Errorf("only %d addresses were asked", cells)
	}
}
