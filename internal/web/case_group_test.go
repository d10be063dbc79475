package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// TestGroupsOfACase: every page of a case that a worker may open stands in one of at most six groups, once; the group of the page
// that is shown is marked and its pages stand below it, also for a page that has no entry of its own; and all of them are one
// press away.
func TestGroupsOfACase(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	seen := map[string]int{}
	for _, g := range caseGroups {
		for _, tab := range g.tabs {
			seen[tab.Path]++
		}
	}
	if len(caseGroups) > 6 || len(seen) != 16 {
		t.Errorf("%d groups of %d pages", len(caseGroups), len(seen))
	}
	for rest, n := range seen {
		if n != 1 {
			t.Errorf("%q stands in %d groups", rest, n)
		}
		nav := partsOf(t, w.get(at+rest))
		if strings.Count(nav, `aria-current="page"`) != 1 || strings.Count(nav, `aria-current="true"`) != 1 || !strings.Contains(nav, `href="`+at+rest+`" aria-current="page"`) {
			t.Errorf("on %q:\n%s", rest, nav)
		}
		for other := range seen {
			if !strings.Contains(nav, `href="`+at+other+`"`) {
				t.Errorf("nothing on %q leads to %q", rest, other)
			}
		}
	}
	for _, rest := range []string{"/visits", "/rights"} {
		nav := partsOf(t, w.get(at+rest))
		if !strings.Contains(nav, `href="`+at+`/support" aria-current="true"`) || strings.Contains(nav, `aria-current="page"`) {
			t.Errorf("on %q:\n%s", rest, nav)
		}
	}
}

// partsOf cuts out the ways to the parts of a case.
func partsOf(t *testing.T, body string) string {
	t.Helper()
	_, nav, ok := strings.Cut(body, `<nav class="tabs no-print"`)
	nav, _, end := strings.Cut(nav, "</details>")
	if !ok || !end {
		t.Fatalf("no ways:\n%s", body)
	}
	return nav
}

// TestClosingSaysUntilWhen: the page says what begins the time, and after the case was closed until when the file is kept; opening
// it again takes the day away.
func TestClosingSaysUntilWhen(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	saysAll(t, w.get(at+"/keeping"), "no day yet", "The time begins on the day on which the person’s last open case is closed.")
	w.post(at+"/close", http.StatusSeeOther, url.Values{"version": {"1"}, "reason": {"goals-met"}})
	body := w.get(at + "/keeping")
	saysAll(t, body, "Counted from", "No case of the person is open")
	if strings.Contains(body, "no day yet") {
		t.Errorf("no day:\n%s", body)
	}
	_, body = w.post(at+"/keeping/erase", http.StatusUnprocessableEntity, url.Values{"ground": {"retention"}})
	saysAll(t, body, "The time for which the file is kept ends on")
	w.post(at+"/close", http.StatusSeeOther, url.Values{"version": {"2"}, "reopen": {"1"}, "reason": {"person-asks"}})
	saysAll(t, w.get(at+"/keeping"), "no day yet")
}

// TestLimitsOnPages: who answers for the service sets the limits; a number that is none is shown again; whoever gives a case away
// then sees who has many.
func TestLimitsOnPages(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	boss := worker{w.n, w.n.session(auth.Supervisor)}
	saysAll(t, boss.get("/teams"), `name="limit-cases" type="number" min="1" max="1000" required value="20"`)
	if body := w.get(at + "/workers"); strings.Contains(body, "has many cases already") {
		t.Errorf("one case is too many:\n%s", body)
	}
	_, body := boss.post("/teams/limits", http.StatusUnprocessableEntity, url.Values{"limit-cases": {"many"}, "limit-told": {"5"}, "version": {"0"}})
	saysAll(t, body, `value="many"`, "Write a number from 1 to")
	boss.post("/teams/limits", http.StatusSeeOther, url.Values{"limit-cases": {"1"}, "limit-told": {"5"}, "version": {"0"}})
	saysAll(t, boss.get("/teams"), `required value="1"`)
	if body := unmarked(w.get(at + "/workers")); strings.Count(body, "(has many cases already)") != 1 || !strings.Contains(body, "Who has many cases already is marked.") {
		t.Errorf("nobody is marked:\n%s", body)
	}
	_, body = boss.post("/teams/limits", http.StatusUnprocessableEntity, url.Values{"limit-cases": {"9"}, "limit-told": {"5"}, "version": {"0"}})
	saysAll(t, body, "Somebody else changed the limits meanwhile.")
	if res, _ := send(t, w.n, ask{method: "POST", path: "/teams/limits", cookie: w.cookie, form: url.Values{}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a worker sets limits: %d", res.StatusCode)
	}
}

// TestASignOnPages: a sign is written down on the page of support, in words; the page shows it with the day on which the person
// is asked.
func TestASignOnPages(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.post(at+"/support", http.StatusSeeOther, url.Values{"do": {"again"}, "signs": {"yes"}, "sign": {"seen at the station (invented)"}})
	saysAll(t, unmarked(w.get(at+"/support")), "There are signs that the person is being exploited again.", "after signs of being exploited again, noted on", "seen at the station (invented)", "planned", "due on")
	saysAll(t, w.get(at+"/tasks"), "Look at the dangers again")
	_, body := w.post(at+"/support", http.StatusUnprocessableEntity, url.Values{"do": {"again"}, "signs": {"yes"}, "sign": {strings.Repeat("x", 21_000)}})
	saysAll(t, body, `id="sign-wrong"`)
}

// TestDueFilesArePaged: a worker sees the files of their own cases however many of others come first, and everybody comes to the
// end of the list; the first page of the program leads there.
func TestDueFilesArePaged(t *testing.T) {
	w := newWorker(t)
	ctx := t.Context()
	other, own := w.n.actor(auth.Supervisor), w.n.actor(auth.SupportWorker)
	due := func(by auth.Actor, from string) string {
		id, err := w.n.app.Cases.Open(ctx, by, casefile.Begin{Reason: "asks-for-help"})
		w.n.must(err)
		_, err = w.n.app.Vault.Retain(ctx, by, personOfCase(w.n, by, id), "adult-client", from)
		w.n.must(err)
		return "/cases/" + string(id) + "/keeping"
	}
	for range erasurePage + 1 {
		due(other, "2001-01-01")
	}
	mine := due(own, "2002-01-01")
	saysAll(t, w.get("/"), `href="/erasures"`)
	if body := w.get("/erasures"); !strings.Contains(body, mine) || strings.Contains(body, "?due=") {
		t.Errorf("the own file behind %d of others:\n%s", erasurePage+1, body)
	}
	boss := worker{w.n, w.n.session(auth.Supervisor)}
	first, second := boss.get("/erasures"), boss.get("/erasures?due=2")
	count := func(body string) int { return strings.Count(body, "/keeping\"") }
	if count(first) != erasurePage || count(second) != 2 || !strings.Contains(first, `href="?due=2#due"`) || !strings.Contains(second, `href="?due=1#due"`) || !strings.Contains(second, mine) {
		t.Errorf("pages of %d and %d files", count(first), count(second))
	}
	if count(boss.get("/erasures?due=3")) != 0 {
		t.Error("a page behind the last shows files")
	}
}
