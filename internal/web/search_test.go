package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
)

// walkSearch asks for the states of the search that the walk over all routes does not meet.
func walkSearch(n *testNode, language string, see func(ask)) {
	actor, id := sampleCase(n, n.accounts[auth.SupportWorker])
	n.must(n.app.People.SetNames(n.t.Context(), actor, id, person.Seen{}, answered(person.Names{List: []person.Name{{Text: "Maria Wren (invented)"}}})))
	cookie := n.session(auth.SupportWorker) + "; language=" + language
	for _, form := range []url.Values{
		searchFor(n, actor, id, "Maria Wren"), searchFor(n, actor, id, "Nobody Whatever"), {"birth": {"x"}},
	} {
		see(ask{method: http.MethodPost, path: "/search", cookie: cookie, form: form})
	}
}

// searchFor is the form by which somebody is looked for, for a case.
func searchFor(n *testNode, by auth.Actor, id casefile.ID, name string) url.Values {
	n.t.Helper()
	c, err := n.app.Cases.Get(n.t.Context(), by, id)
	n.must(err)
	return url.Values{"purpose": {"find-case"}, "scope": {c.Clear.Number}, "name": {name}, "names": {"yes"}, "off": {"2"}}
}

// A search needs a purpose, and somebody to be told when there is no case. What is found leads to the case, and the
// names are on record.
func TestSearchFindsACase(t *testing.T) {
	n := newNode(t, Options{})
	w := worker{n, n.session(auth.SupportWorker)}
	by := n.actor(auth.SupportWorker)
	_, task := sampleCase(n, by.Account)
	_, of := sampleCase(n, by.Account)
	n.must(n.app.People.SetNames(t.Context(), by, of, person.Seen{}, answered(person.Names{List: []person.Name{{Text: "Мария Соколова"}}})))
	form := searchFor(n, by, task, "Maria Sokolova")
	_, body := w.post("/search", http.StatusOK, form)
	for _, want := range []string{"/cases/" + string(of), "Wren (invented)", "may be the same person", `value="Maria Sokolova"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the answer lacks %q", want)
		}
	}
	if body := w.get("/cases/" + string(of) + "/seen"); strings.Count(body, "personal details") != 1 {
		t.Error("that the name was seen is not on record")
	}
	form.Del("names")
	if _, body := w.post("/search", http.StatusOK, form); strings.Contains(body, "Wren (invented)") {
		t.Error("a name is shown that nobody asked for")
	}
	for what, one := range map[string]struct {
		field, value, says string
	}{
		"no purpose": {"purpose", "", "Choose a purpose."}, "no case": {"scope", "", "Nobody is named who is told"},
		"a number that was made up": {"scope", "ABC-DEF-GHJ", "one of its characters is wrong"}, "no name": {"name", "", "Give a name"},
		"a year that is none": {"birth", "last", "Give a year"},
	} {
		wrong := searchFor(n, by, task, "Maria Sokolova")
		wrong.Set(one.field, one.value)
		if _, body := w.post("/search", http.StatusUnprocessableEntity, wrong); !strings.Contains(body, one.says) || strings.Contains(body, "/cases/"+string(of)) {
			t.Errorf("%s: the page does not say %q, or answers all the same", what, one.says)
		}
	}
}

// Who may not read a case is answered as if nobody of that name were known: another's case, one whose person they are
// kept from, and one of another organisation. The pages are the same to the byte.
func TestSearchSaysNothingOfOthers(t *testing.T) {
	n := newNode(t, Options{})
	const name, spare = "Selam Kestrelsdaughter", "Tirunesh Heronsdaughter"
	worker, chief := n.actor(auth.SupportWorker), n.actor(auth.Supervisor)
	_, task := sampleCase(n, worker.Account)
	call := func(by auth.Actor, id casefile.ID, name string) {
		n.must(n.app.People.SetNames(t.Context(), by, id, person.Seen{}, answered(person.Names{List: []person.Name{{Text: name}}})))
	}
	ask := func(role auth.Role, name string) string {
		_, body := send(t, n, ask{method: http.MethodPost, path: "/search", cookie: n.session(role), form: searchFor(n, n.actor(role), task, name)})
		return strings.ReplaceAll(body, name, "")
	}
	_, theirs := sampleCase(n, chief.Account)
	call(chief, theirs, name)
	if ask(auth.SupportWorker, name) != ask(auth.SupportWorker, spare) {
		t.Error("another's case shows")
	}
	if body := ask(auth.Supervisor, name); !strings.Contains(body, "/cases/"+string(theirs)) {
		t.Error("who may read it does not find it")
	}
	n.must(n.app.Accounts.Exclude(t.Context(), n.actor(auth.ProtectionOfficer), string(theirs), chief.Account, "relative"))
	if ask(auth.Supervisor, name) != ask(auth.Supervisor, spare) {
		t.Error("the case shows to somebody who is kept from it")
	}
	form := searchFor(n, worker, task, name)
	n.must(n.app.Accounts.Exclude(t.Context(), n.actor(auth.ProtectionOfficer), string(task), worker.Account, "relative"))
	for what, number := range map[string]string{"kept from": form.Get("scope"), "of no case": madeUpNumber(form.Get("scope"))} {
		form.Set("scope", number)
		_, body := send(t, n, askForm("/search", n.session(auth.SupportWorker), form))
		if !strings.Contains(body, "There is no such case for you here.") {
			t.Errorf("the number of a case %s: the page does not say that there is none", what)
		}
	}
}

// madeUpNumber is a number that no case has.
func madeUpNumber(number string) string {
	for _, c := range "23456789ABCDEFGHJKMNPQRSTVWXYZ" {
		other := number[:len(number)-2] + string(c) + number[len(number)-1:]
		for _, last := range "23456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if n, ok := casefile.ParseNumber(other[:len(other)-1] + string(last)); ok && n != number {
				return n
			}
		}
	}
	return ""
}

func askForm(path, cookie string, form url.Values) ask {
	return ask{method: http.MethodPost, path: path, cookie: cookie, form: form}
}
