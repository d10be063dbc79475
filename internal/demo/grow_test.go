package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// alive is a node with the people of the invented country, as the demonstration begins.
func alive(t *testing.T) (*app.App, app.Founded) {
	t.Helper()
	c := demo.NewClock(func() time.Time { return time.Date(2026, 11, 23, 2, 5, 0, 0, time.UTC) })
	d := dbtest.OpenAt(t, c.Now)
	a := app.On(d, c.Now, vaulttest.Open(t, d))
	founded, err := demo.Live(t.Context(), a, c)
	if err != nil {
		t.Fatal(err)
	}
	return a, founded
}

// all returns every case that somebody can list, open and closed.
func all(t *testing.T, a *app.App, actor auth.Actor) (list []casefile.Case) {
	t.Helper()
	for _, standing := range []casefile.Standing{casefile.Open, casefile.Closed} {
		page, err := a.Cases.List(t.Context(), actor, casefile.Filter{Whose: casefile.Mine, Standing: standing, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, page.Cases...)
	}
	return list
}

// whoever returns an account of the demonstration.
func whoever(t *testing.T, a *app.App, name string) auth.Actor {
	t.Helper()
	orgs, err := a.Accounts.Orgs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range orgs {
		accounts, err := a.Accounts.List(t.Context(), org.ID)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(accounts, func(x auth.Account) bool { return x.Name == name }); i >= 0 {
			actor, err := a.Accounts.Actor(t.Context(), accounts[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			return actor
		}
	}
	t.Fatalf("nobody is called %s", name)
	return auth.Actor{}
}

// TestLive: the services have files of the people of the country from almost two years, under their marked names, and
// the ledger of each is whole.
func TestLive(t *testing.T) {
	a, founded := alive(t)
	quarters := map[string]int{}
	total := 0
	for _, name := range []string{"Amina Dell (invented)", "Mira Sollace (invented)"} {
		actor := whoever(t, a, name)
		cases := all(t, a, actor)
		total += len(cases)
		closed := 0
		for _, c := range cases {
			quarters[c.Opened().Format("2006-")+string('0'+rune((c.Opened().Month()-1)/3+1))]++
			if c.Clear.Standing == casefile.Closed {
				closed++
			}
		}
		words, err := a.Cases.ManyWords(t.Context(), actor, "support", cases[:20]...)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.HasSuffix(w.Name.Reveal("the test looks at the mark"), "(invented)") {
				t.Errorf("%s has somebody who is not marked", name)
			}
		}
		if closed == 0 || closed == len(cases) {
			t.Errorf("%s: %d of %d files are closed", name, closed, len(cases))
		}
	}
	if total != demo.People || len(quarters) != 7 {
		t.Errorf("%d files in %d quarters: %v", total, len(quarters), quarters)
	}
	if err := a.Ledger.Flush(t.Context(), string(founded.Org)); err != nil {
		t.Fatal(err)
	}
	report, err := audit.Verify(t.Context(), a.DB, string(founded.Org), audit.Against{})
	if err != nil || report.First != nil {
		t.Errorf("the ledger: %+v, %v", report.First, err)
	}
}
