package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// sampleCase opens a case that an account holds, if its role works on cases; else the service manager
// holds it.
func sampleCase(n *testNode, account auth.AccountID) (auth.Actor, casefile.ID) {
	n.t.Helper()
	role := n.roleOf(account)
	if actor := (auth.Actor{Org: n.org, Account: account, Roles: []auth.Role{role}}); role == "" || !actor.May(auth.WorkCases) {
		role = auth.Supervisor
	}
	actor := n.actor(role)
	id, err := n.app.Cases.Open(n.t.Context(), actor, casefile.Begin{Reason: "asks-for-help", Name: private.New("Wren (invented)")})
	n.must(err)
	return actor, id
}

// caseSamples are addresses of a case that exists, and of what it holds, for the walk over all routes.
func caseSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	ctx := n.t.Context()
	who, id := sampleCase(n, actor.Account)
	task, err := n.app.Cases.AddTask(ctx, who, id, casefile.NewTask{Kind: "call-back", DueOn: "2024-06-01", Text: private.New("Call (invented)")})
	n.must(err)
	note, err := n.app.Cases.Write(ctx, who, id, casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: private.New("Her words (invented)")})
	n.must(err)
	file, _, err := n.app.Cases.Attach(ctx, who, id, private.New("letter.txt"), 5)
	n.must(err)
	coming, _, err := n.app.Cases.Attach(ctx, who, id, private.New("other.txt"), 5)
	n.must(err)
	_, err = n.app.Cases.Send(ctx, who, id, file, 0, strings.NewReader("hello"))
	n.must(err)
	_, err = n.app.Cases.Keep(ctx, who, id, file)
	n.must(err)
	at := "/cases/" + string(id)
	filled := map[string]string{
		"/cases/{case}": at, "/cases/{case}/tasks/{task}": at + "/tasks/" + task,
		"/cases/{case}/notes/{note}": at + "/notes/" + note, "/cases/{case}/notes/{note}/change": at + "/notes/" + note + "/change",
		"/cases/{case}/files/{file}": at + "/files/" + string(file), "/cases/{case}/files/{file}/remove": at + "/files/" + string(file) + "/remove",
		"/cases/{case}/files/{file}/piece": at + "/files/" + string(coming) + "/piece",
	}
	for _, rest := range []string{
		"/change", "/story", "/workers", "/close", "/mark", "/tasks", "/notes", "/files", "/files/begin", "/time", "/seen", "/print",
	} {
		filled["/cases/{case}"+rest] = at + rest
	}
	return filled
}

// walkCases asks for the states of the pages of a case that the walk over all routes does not meet.
func walkCases(n *testNode, language string, see func(ask)) {
	actor, id := sampleCase(n, n.accounts[auth.SupportWorker])
	cookie, at := n.session(auth.SupportWorker)+"; language="+language, "/cases/"+string(id)
	n.must(n.app.Cases.KeepDraft(n.t.Context(), actor, id, casefile.Draft{Form: casefile.NoteForm, Fields: map[string]private.Text{"text": private.New("half (invented)")}}))
	for _, path := range []string{at, at + "/notes", "/", "/cases?list=mine"} {
		see(ask{path: path, cookie: cookie})
	}
	for path, form := range map[string]url.Values{
		at:             {"version": {"7"}, "story": {"other (invented)"}},
		"/cases/names": {"list": {"mine"}},
		"/cases/find":  {"number": {"1"}},
		at + "/story":  {},
		at + "/close":  {},
	} {
		see(ask{method: "POST", path: path, cookie: cookie, form: form})
	}
}

// worker is a support worker with a browser.
type worker struct {
	n      *testNode
	cookie string
}

func newWorker(t *testing.T) worker {
	n := newSeeded(t, Options{})
	return worker{n, n.session(auth.SupportWorker)}
}

// get shows a page.
func (w worker) get(path string) string {
	w.n.t.Helper()
	return page(w.n.t, w.n, ask{path: path, cookie: w.cookie}, http.StatusOK)
}

// post sends a form and returns where it leads, and the page it shows when it leads nowhere.
func (w worker) post(path string, status int, form url.Values) (to, body string) {
	w.n.t.Helper()
	res, body := send(w.n.t, w.n, ask{method: "POST", path: path, cookie: w.cookie, form: form})
	if res.StatusCode != status {
		w.n.t.Fatalf("POST %s: status %d, want %d\n%s", path, res.StatusCode, status, body)
	}
	return res.Header.Get("Location"), body
}

func (w worker) open() string {
	w.n.t.Helper()
	to, _ := w.post("/cases", http.StatusSeeOther, url.Values{"reason": {"asks-for-help"}, "name": {"Wren (invented)"}})
	return to
}

var hiddenKey = regexp.MustCompile(`name="key" value="([A-Z2-7]+)"`)

// A case needs a reason and nothing else; a form that is sent twice opens one case.
func TestOpenCaseByAReason(t *testing.T) {
	w := newWorker(t)
	if body := w.get("/cases"); !strings.Contains(body, "A case begins with a reason") {
		t.Error("the empty list does not teach")
	}
	form := w.get("/cases/new")
	if strings.Contains(form, " required") {
		t.Error("a field is required")
	}
	key := hiddenKey.FindStringSubmatch(form)
	if key == nil {
		t.Fatal("the form has no key")
	}
	_, body := w.post("/cases", http.StatusUnprocessableEntity, url.Values{"key": {key[1]}, "name": {"Wren (invented)"}})
	if !strings.Contains(body, "Choose a reason.") || !strings.Contains(body, "Wren (invented)") {
		t.Error("what was typed is gone, or nobody says what to mend")
	}
	first, _ := w.post("/cases", http.StatusSeeOther, url.Values{"key": {key[1]}, "reason": {"signs-seen"}})
	second, _ := w.post("/cases", http.StatusSeeOther, url.Values{"key": {key[1]}, "reason": {"signs-seen"}})
	if first != second {
		t.Errorf("one form opened %s and %s", first, second)
	}
	if list := w.get("/cases"); strings.Count(list, `<th scope="row">`) != 1 {
		t.Error("there is not exactly one case")
	}
}

// Lists show numbers. Names come when somebody asks, and that is on record for each person.
func TestNamesAreAskedFor(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	if strings.Contains(w.get("/cases"), "Wren") || strings.Contains(w.get("/"), "Wren") {
		t.Error("a list shows a name")
	}
	_, body := w.post("/cases/names", http.StatusOK, url.Values{"list": {"mine"}})
	if !strings.Contains(body, "Wren (invented)") {
		t.Error("the name was asked for and not shown")
	}
	overview := w.get(at)
	if !strings.Contains(overview, "Wren (invented)") || !strings.Contains(overview, "What the person has agreed to") {
		t.Error("the page of the case lacks the working name or the agreement")
	}
	agreed, tasks := strings.Index(overview, "What the person has agreed to"), strings.Index(overview, "What is to be done")
	if agreed > tasks {
		t.Error("the agreement does not stand first")
	}
	title := regexp.MustCompile(`<title>([^<]*)</title>`).FindStringSubmatch(overview)
	if title[1] != "Case · Fourfold" {
		t.Errorf("title %q", title[1])
	}
	if seen := w.get(at + "/seen"); strings.Count(seen, "personal details") != 2 {
		t.Error("the two openings are not both on record")
	}
	if paper := w.get(at + "/print"); strings.Contains(paper, "Wren") || !strings.Contains(paper, "shred it") {
		t.Error("the sheet for paper shows a name, or lacks its line")
	}
}

// Whoever writes over an older version sees both, and loses neither.
func TestStaleCaseShowsBoth(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	edit := func(version, name, story string) url.Values {
		return url.Values{"version": {version}, "workname": {name}, "story": {story}}
	}
	w.post(at, http.StatusSeeOther, edit("1", "Robin (invented)", "the first telling"))
	_, body := w.post(at, http.StatusUnprocessableEntity, edit("1", "Finch (invented)", "the second telling"))
	for _, want := range []string{"Robin (invented)", "the first telling", "Finch (invented)", "the second telling", `name="version" value="2"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of both lacks %q", want)
		}
	}
	w.post(at, http.StatusSeeOther, edit("2", "", ""))
	if body := w.get(at); strings.Contains(body, "/story") || !strings.Contains(body, "nothing has to be") {
		t.Error("an empty story is offered to be shown")
	}
	w.post(at, http.StatusSeeOther, edit("3", "Finch (invented)", "both tellings"))
	_, body = w.post(at+"/story", http.StatusOK, nil)
	if !strings.Contains(body, "both tellings") {
		t.Error("the third writing is not there")
	}
}

// A browser that is closed half-way loses nothing that was kept.
func TestDraftComesBack(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.post(at, http.StatusSeeOther, url.Values{"do": {"draft"}, "version": {"1"}, "story": {"half a sentence"}})
	w.post(at+"/notes", http.StatusSeeOther, url.Values{"do": {"draft"}, "kind": {"observation"}, "text": {"half a note"}})
	w.cookie = w.n.session(auth.SupportWorker)
	if body := w.get("/"); strings.Count(body, "<h2>You have begun to write in case") != 2 {
		t.Error("the page of work does not lead back to what was begun")
	}
	if body := w.get(at + "/change"); !strings.Contains(body, "half a sentence") || !strings.Contains(body, "not saved in the case yet") {
		t.Error("the draft of the case is gone")
	}
	if body := w.get(at + "/notes"); !strings.Contains(body, "half a note") || !strings.Contains(body, `value="observation" selected`) {
		t.Error("the draft of the note is gone")
	}
	w.post(at+"/notes", http.StatusSeeOther, url.Values{"kind": {"observation"}, "sight": {"case"}, "text": {"a whole note"}})
	w.post(at, http.StatusSeeOther, url.Values{"do": {"drop"}})
	if body := w.get(at+"/notes") + w.get(at+"/change"); strings.Contains(body, "half a") {
		t.Error("a draft outlived what it was for")
	}
}

// A note is closed until somebody opens it; one that was changed meanwhile shows both.
func TestNotesStayClosed(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.post(at+"/notes", http.StatusSeeOther, url.Values{"kind": {"verbatim"}, "sight": {"case"}, "text": {"the words"}})
	list := w.get(at + "/notes")
	if strings.Contains(list, "the words") {
		t.Error("a note is open by itself")
	}
	note := regexp.MustCompile(`action="([^"]*/notes/[A-Z2-7]+)"`).FindStringSubmatch(list)[1]
	if _, body := w.post(note, http.StatusOK, nil); !strings.Contains(body, "the words") {
		t.Error("the note does not open")
	}
	change := url.Values{"version": {"1"}, "kind": {"verbatim"}, "sight": {"case"}, "text": {"other words"}}
	w.post(note+"/change", http.StatusSeeOther, change)
	change.Set("text", "third words")
	_, body := w.post(note+"/change", http.StatusUnprocessableEntity, change)
	if !strings.Contains(body, "other words") || !strings.Contains(body, "third words") {
		t.Error("the page does not show both")
	}
}

// What is due stands first on the page of work, and a case that somebody hands over is new there.
func TestWorkComesFirst(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.post(at+"/tasks", http.StatusSeeOther, url.Values{"kind": {"meet"}, "due": {"2024-06-01"}, "text": {"at the station"}})
	w.post(at+"/tasks", http.StatusSeeOther, url.Values{"kind": {"call-back"}, "due": {"2024-06-03"}})
	body := w.get("/")
	late, today := strings.Index(body, "Was due on 1 June 2024"), strings.Index(body, "Due today")
	if late < 0 || today < late || strings.Contains(body, "at the station") {
		t.Errorf("late at %d, today at %d, or the words of a task are shown", late, today)
	}
	boss := n2(w, auth.Supervisor)
	to := "account/" + string(w.n.accounts[auth.Supervisor])
	if next, _ := w.post(at+"/workers", http.StatusSeeOther, url.Values{"do": {"hand-over"}, "to": {to}}); next != "/cases" {
		t.Errorf("after the hand-over to %q", next)
	}
	if body := boss.get("/"); !strings.Contains(body, "New for you") || !strings.Contains(body, "Was due on") {
		t.Error("the new holder sees neither the case nor what is due")
	}
	if body := w.get("/"); strings.Contains(body, "Was due on") {
		t.Error("what is due stays with the old holder")
	}
	page(t, w.n, ask{path: at, cookie: w.cookie}, http.StatusNotFound)
}

// n2 is another role on the same node.
func n2(w worker, role auth.Role) worker { return worker{w.n, w.n.session(role)} }

func itoa(n int) string { return strconv.Itoa(n) }

// People name a case by its number: an exclusion, a team and an emergency mean the case with that number,
// and a number that is mistyped keeps nobody from anything in silence.
func TestNumberMeansTheCase(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	id := casefile.ID(strings.TrimPrefix(at, "/cases/"))
	c, err := w.n.app.Cases.Get(t.Context(), w.n.actor(auth.SupportWorker), id)
	w.n.must(err)
	number := c.Clear.Number
	chief := n2(w, auth.Supervisor)
	chief.get(at)
	form := url.Values{"scope": {strings.ToLower(number)}, "account": {string(w.n.accounts[auth.Supervisor])}, "reason": {"relative"}}
	wrong := url.Values{"scope": {number[:10] + "2"}, "account": form["account"], "reason": form["reason"]}
	if number[10] == '2' {
		wrong.Set("scope", number[:10]+"3")
	}
	officer := n2(w, auth.ProtectionOfficer)
	if _, body := officer.post("/exclusions", http.StatusUnprocessableEntity, wrong); !strings.Contains(body, "one of its characters is wrong") {
		t.Error("a mistyped number is taken")
	}
	officer.post("/exclusions", http.StatusSeeOther, form)
	if body := officer.get("/exclusions"); !strings.Contains(body, number) || strings.Contains(body, string(id)) {
		t.Error("the list does not name the case by its number")
	}
	page(t, w.n, ask{path: at, cookie: chief.cookie}, http.StatusNotFound)
	if body := chief.get("/cases?list=all"); strings.Contains(body, number) {
		t.Error("the list of all shows a case to somebody who is kept from it")
	}
	_, missing := chief.post("/cases/find", http.StatusUnprocessableEntity, url.Values{"number": {number}})
	_, nowhere := chief.post("/cases/find", http.StatusUnprocessableEntity, url.Values{"number": {"222-222-222"}})
	if strings.ReplaceAll(missing, number, "") != strings.ReplaceAll(nowhere, "222-222-222", "") {
		t.Error("a number that is kept from somebody and one of no case can be told apart")
	}
}
