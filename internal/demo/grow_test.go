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
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/shelter"
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

// TestLive: the services have files of the people of the country from almost two years, under their marked names, the
// ledger is whole, and each scene of the tour finds what it is about.
func TestLive(t *testing.T) {
	a, founded := alive(t)
	t.Run("night", func(t *testing.T) { holdsNight(t, a) })
	t.Run("child", func(t *testing.T) { holdsChild(t, a) })
	t.Run("back", func(t *testing.T) { holdsBack(t, a) })
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
		tasks, err := a.Cases.Tasks(t.Context(), actor, cases[len(cases)-1].ID())
		if err != nil || len(tasks) == 0 {
			t.Fatalf("%d tasks, %v", len(tasks), err)
		}
		for _, task := range tasks {
			if task.Clear.State == casefile.ToDo && task.Clear.DueOn < "2026-11-18" {
				t.Errorf("%s waits since %s", task.Clear.Kind, task.Clear.DueOn)
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

// only returns the one case of whoever tells a scene.
func only(t *testing.T, a *app.App, who string) (auth.Actor, casefile.Case) {
	t.Helper()
	actor := whoever(t, a, who)
	cases := all(t, a, actor)
	if len(cases) != 1 {
		t.Fatalf("%s has %d cases", who, len(cases))
	}
	return actor, cases[0]
}

// holdsNight: no word to the police, a place asked for at two in the morning, and one that wants no report can take her.
func holdsNight(t *testing.T, a *app.App) {
	actor, c := only(t, a, demo.Night)
	sum, err := a.Consents.Summarise(t.Context(), actor, string(c.ID()))
	if err != nil || !slices.Contains(sum.No, "police") || !slices.Contains(sum.To, "us") {
		t.Errorf("agreed %+v, %v", sum, err)
	}
	if v, err := a.Justice.View(t.Context(), actor, c.ID()); err != nil || v.Now() != justice.Declined {
		t.Errorf("about the police: %v, %v", v.Now(), err)
	}
	if c.Opened().Hour() != 2 {
		t.Errorf("she came at %s", c.Opened())
	}
	_, stays, err := a.Shelters.Of(t.Context(), actor, c.ID())
	if err != nil || len(stays) != 1 || stays[0].State != shelter.Requested {
		t.Fatalf("%d places are asked for, %v", len(stays), err)
	}
	beds, err := a.Shelters.Find(t.Context(), actor, stays[0].Need)
	if err != nil || len(beds) != 3 {
		t.Fatalf("%d beds, %v", len(beds), err)
	}
	if first := beds[0]; len(first.Verdict.Against) > 0 || first.Rules.Police {
		t.Errorf("the first bed: %+v", first)
	}
}

// holdsChild: a guardian who may decide nothing in spite of a court, and a report within a day.
func holdsChild(t *testing.T, a *app.App) {
	actor, c := only(t, a, demo.Childhood)
	f, err := a.People.Open(t.Context(), actor, c.ID(), person.Purpose)
	if err != nil || len(f.Guardians) != 1 {
		t.Fatalf("%d guardians, %v", len(f.Guardians), err)
	}
	if o := person.GuardianMay(f.Guardians[0].Is, person.Everyday, f.Today); !slices.Contains(o, person.AllegedExploiter) {
		t.Errorf("against the guardian: %v", o)
	}
	v, err := a.Consents.View(t.Context(), actor, string(c.ID()))
	if err != nil || len(v.Bases) != 1 {
		t.Fatalf("%d reports, %v", len(v.Bases), err)
	}
	if left := v.Bases[0].Due.Sub(a.Clock()); v.Bases[0].Step != consent.Open || left != 19*time.Hour {
		t.Errorf("the report: %s, %s left", v.Bases[0].Step, left)
	}
}

// holdsBack: both partners know who he is, on his agreement, and it can be taken back.
func holdsBack(t *testing.T, a *app.App) {
	actor, c := only(t, a, demo.Leaving)
	list, err := a.Referrals.OfCase(t.Context(), actor, string(c.ID()))
	if err != nil || len(list) != 2 {
		t.Fatalf("%d referrals, %v", len(list), err)
	}
	for _, one := range list {
		if one.State != "released" {
			t.Errorf("to %s: %s", one.Partner, one.State)
		}
	}
	sum, err := a.Consents.Summarise(t.Context(), actor, string(c.ID()))
	if err != nil || len(sum.To) != 2 {
		t.Errorf("agreed %+v, %v", sum, err)
	}
}
