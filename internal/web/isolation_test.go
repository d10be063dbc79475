package web

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// foreignMark stands in everything of the first organisation that has words: no answer to another
// organisation of the same node may hold it.
const foreignMark = "Kranich"

// twoOrganisations is a node on which the first organisation holds a release, a measure of its own,
// a token and a file on its way in. The second one gets sessions; it knows every id of the first.
func twoOrganisations(t *testing.T) (n *testNode, theirs map[string]string, analyst, boss string) {
	t.Helper()
	n = newSeeded(t, Options{})
	table := "indicator,area,period,house,value,indicator_title\nkranich.nights,GBR,2020," + foreignMark + " House,77123," + foreignMark + " nights\n"
	report, err := n.app.Indicators.Import(t.Context(), auth.CLI(n.org), indicator.Import{
		Format: "csv", Label: foreignMark + " report", ReleasedOn: "2024-01-02", Name: "a.csv",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(table)), nil },
	})
	if err != nil || len(report.Releases) != 1 {
		t.Fatalf("%v, %d releases", err, len(report.Releases))
	}
	n.uploads.hold(&upload{ID: "foreignupload", Owner: n.accounts[auth.Analyst], Name: foreignMark + ".csv", At: noon})
	theirs = map[string]string{
		"release": report.Releases[0].ID, "token": string(n.token()), "upload": "foreignupload", "measure": "kranich.nights",
	}
	org, err := n.app.Accounts.CreateOrg(t.Context(), "Second (invented)", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.app.Indicators.Seed(t.Context(), auth.CLI(org)); err != nil {
		t.Fatal(err)
	}
	enter := func(r auth.Role) string {
		id, err := n.app.Accounts.CreateAccount(t.Context(), auth.CLI(org), "Second "+string(r), r)
		if err != nil {
			t.Fatal(err)
		}
		token, err := n.app.Accounts.StartSession(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return n.sessionCookie() + "=" + token
	}
	return n, theirs, enter(auth.Analyst), enter(auth.Administrator)
}

func TestOrganisationsDoNotSeeEachOther(t *testing.T) {
	n, theirs, analyst, boss := twoOrganisations(t)
	if own := page(t, n, ask{path: "/measures/" + theirs["measure"], cookie: n.session(auth.Analyst)}, http.StatusOK); !strings.Contains(own, foreignMark+" ") {
		t.Fatal("the first organisation does not see its own: this test could not fail")
	}
	for _, cookie := range []string{analyst, boss} {
		for _, path := range []string{
			"/", "/measures", "/measures?q=" + foreignMark, "/measures?q=kranich", "/releases", "/settings", "/node", "/import", "/policy-review",
			"/measures/compare?m1=nrm.referrals&m2=" + theirs["measure"], "/measures/nrm.referrals?known=2024-01-02",
		} {
			if _, body := send(t, n, ask{path: path, cookie: cookie}); strings.Contains(strings.ReplaceAll(body, "q="+foreignMark, ""), foreignMark+" ") || strings.Contains(body, "77,123") ||
				strings.Contains(body, theirs["release"]) || strings.Contains(body, theirs["token"]) {
				t.Errorf("%s shows something of the other organisation", path)
			}
		}
		for _, path := range []string{
			"/measures/" + theirs["measure"], "/measures/" + theirs["measure"] + "/figures.csv",
			"/measures/" + theirs["measure"] + "/figures-sdmx.csv", "/releases/" + theirs["release"], "/import/" + theirs["upload"],
		} {
			res, body := send(t, n, ask{path: path, cookie: cookie})
			wantNotHere(t, path, res.StatusCode, body)
		}
		for _, path := range []string{
			"/settings/tokens/" + theirs["token"] + "/revoke", "/import/" + theirs["upload"] + "/save", "/import/" + theirs["upload"] + "/discard",
		} {
			res, body := send(t, n, ask{method: "POST", path: path, cookie: cookie})
			wantNotHere(t, path, res.StatusCode, body)
		}
	}
	if page(t, n, ask{path: "/import/" + theirs["upload"], cookie: n.session(auth.Analyst)}, http.StatusOK) == "" {
		t.Error("the file of the first organisation is gone")
	}
	owner := auth.Actor{Org: n.org, Account: n.accounts[auth.Administrator], Roles: []auth.Role{auth.Administrator}}
	tokens, err := n.app.Accounts.ListTokens(t.Context(), owner)
	if err != nil || len(tokens) == 0 || tokens[0].Revoked {
		t.Errorf("the token of the first organisation was touched: %v, %v", tokens, err)
	}
}

// The same over the interface for programs.
func TestTokensReachOneOrganisation(t *testing.T) {
	n, theirs, _, boss := twoOrganisations(t)
	actor, err := n.app.Accounts.SessionActor(t.Context(), strings.TrimPrefix(boss, n.sessionCookie()+"="))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := n.app.Accounts.IssueToken(t.Context(), actor, "second", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	bearer := map[string]string{"Authorization": "Bearer " + secret}
	missing := func(path string) string {
		_, body := send(t, n, ask{path: "/api/v1" + path, header: bearer})
		return body
	}("/indicators/no.such")
	for _, path := range []string{
		"/indicators/" + theirs["measure"], "/indicators/" + theirs["measure"] + "/areas", "/indicators/" + theirs["measure"] + "/figures",
		"/indicators/" + theirs["measure"] + "/export", "/releases/" + theirs["release"] + "/changes",
		"/indicators/" + theirs["measure"] + "/effect/its?at=2020-01-01",
	} {
		res, body := send(t, n, ask{path: "/api/v1" + path, header: bearer})
		if res.StatusCode != http.StatusNotFound || body != missing {
			t.Errorf("%s: %d\n%s", path, res.StatusCode, body)
		}
	}
	for _, path := range []string{"/indicators", "/releases", "/indicators?text=" + foreignMark} {
		res, body := send(t, n, ask{path: "/api/v1" + path, header: bearer})
		if res.StatusCode != http.StatusOK || strings.Contains(body, foreignMark) || strings.Contains(body, theirs["release"]) {
			t.Errorf("%s: %d shows something of the other organisation", path, res.StatusCode)
		}
	}
}
