package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/staff"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

// supportSamples are addresses of a case with support, for the walk over all routes.
func supportSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	_, id := sampleCase(n, actor.Account)
	filled, at := map[string]string{}, "/cases/"+string(id)
	for _, rest := range []string{"/support", "/plan", "/rights", "/visits"} {
		filled["/cases/{case}"+rest] = at + rest
	}
	filled["/cases/{case}/support/{part}"] = at + "/support/now"
	return filled
}

// sampleSupport is a case in which everything of support is written down.
func sampleSupport(n *testNode) (id casefile.ID, items map[string]string) {
	n.t.Helper()
	ctx := n.t.Context()
	who, id := sampleCase(n, n.accounts[auth.SupportWorker])
	s, day := n.app.Support, civil(n.now(), who.Zone)
	from := record.Source{From: "person", AsOf: day, By: who.Account}
	keep := func(item string, err error) string { n.t.Helper(); n.must(err); return item }
	items = map[string]string{}
	n.must(s.KeepAtOnce(ctx, who, id, care.Seen{}, care.AtOnce{
		Needs: map[string]record.Answer[bool]{"sleep": record.Is(true, from), "food": record.Is(true, from)}, Met: map[string]string{"food": day}, Note: private.New("tired (invented)"),
	}))
	n.must(s.KeepRisk(ctx, who, id, care.Seen{}, care.Risks{By: map[string]care.Risk{
		"debts": {Level: care.Medium, Basis: private.New("letters (invented)")}, "court": {Level: care.NotKnown},
	}}))
	n.must(s.KeepSafety(ctx, who, id, care.Seen{}, care.Safety{
		Steps: private.New("go to the bakery (invented)"), Places: care.Places{Unsafe: private.New("the harbour (invented)")}, ReviewOn: day, Copy: care.No,
	}))
	items["need"] = keep(s.KeepNeed(ctx, who, id, care.Seen{}, care.Need{Domain: "livelihood", Words: private.New("work (invented)"), First: 1, State: "unmet", Unmet: "papers"}))
	items["goal"] = keep(s.KeepGoal(ctx, who, id, care.Seen{}, care.Goal{Words: private.New("cook again (invented)"), Need: items["need"], State: "agreed", AgreedOn: day, Copy: care.Yes}))
	items["step"] = keep(s.KeepAction(ctx, who, id, care.Seen{}, care.Action{Words: private.New("call the school (invented)"), Goal: items["goal"], State: "to-do", DueOn: day, Who: "worker"}))
	items["service"] = keep(s.KeepService(ctx, who, id, care.Seen{}, care.Service{
		Service: "med.dental", State: "ended", OfferedOn: day, Provider: private.New("Dr Invented"), Cost: "120.50", Currency: "EUR", Funder: "own", Outcome: "helped",
	}))
	for _, wave := range []int{0, 3} {
		n.must(s.KeepMeasure(ctx, who, id, care.Seen{}, care.Measure{Instrument: "mscos", Wave: wave, Rater: "self", On: day, Scores: map[string]record.Answer[int]{
			"mscos.housing": record.Is(2+wave/3, from), "mscos.safety": record.NotSaid[int](from), "mscos.medical": record.NotKnown[int](from), "mscos.purpose": record.Is(4-wave/3, from), "mscos.support": record.Is(3, from),
		}}))
	}
	n.must(s.PlanFollow(ctx, who, id, day, []int{1, 3}, private.New("on Sundays (invented)")))
	v, err := s.View(ctx, who, id)
	n.must(err)
	items["follow"], items["rating"] = v.Follows[0].ID, v.Measures[0].ID
	n.must(s.Again(ctx, who, id, care.Sign{There: true, Words: private.New("seen at the station (invented)")}))
	return id, items
}

// sampleJustice fills the pages beside support.
func sampleJustice(n *testNode, id casefile.ID) {
	n.t.Helper()
	ctx, who, day := n.t.Context(), n.actor(auth.SupportWorker), civil(n.now(), "UTC")
	n.must(n.app.Justice.Decide(ctx, who, id, 0, justice.Choice{Stance: justice.Informed, On: day, Language: "vi", Words: private.New("she listened (invented)")}))
	n.must(n.app.Justice.KeepMeasure(ctx, who, id, 1, "screen", "asked"))
	n.must(n.app.Justice.KeepMatter(ctx, who, id, 2, justice.Matter{Track: "wages", State: "raised", Deadline: day, Claimed: "900", Currency: "EUR", Words: private.New("three months (invented)")}))
	chief := n.actor(auth.Supervisor)
	for range 2 {
		_, err := n.app.Staff.Leave(ctx, who, id, staff.Going{BackBy: n.now().Add(time.Hour), Tell: chief.Account, Where: private.New("harbour (invented)"), Reach: private.New("second telephone (invented)")})
		n.must(err)
	}
	out, err := n.app.Staff.Outings(ctx, who, id)
	n.must(err)
	n.must(n.app.Staff.Back(ctx, who, id, out[0].ID))
	_, err = n.app.Staff.Report(ctx, who, id, staff.Threat{Against: "house", Kind: "call", On: day, Words: private.New("a voice (invented)")})
	n.must(err)
}

// walkSupport asks for the states of the pages of support that the walk over all routes does not meet.
func walkSupport(n *testNode, language string, see func(ask)) {
	id, items := sampleSupport(n)
	sampleJustice(n, id)
	cookie, at := n.session(auth.SupportWorker)+"; language="+language, "/cases/"+string(id)
	paths := []string{at + "/support", at + "/plan", at + "/rights?in=ar&place=gb-eaw", at + "/rights?place=us", at + "/visits", "/visits", at + "/support/rating?instrument=ohts"}
	for _, part := range []string{"now", "risk", "safety", "ask"} {
		paths = append(paths, at+"/support/"+part)
	}
	for part, item := range items {
		paths = append(paths, at+"/support/"+part+"?of="+item)
	}
	for _, path := range paths {
		see(ask{path: path, cookie: cookie})
	}
	for path, form := range map[string]url.Values{
		at + "/support":        {"do": {"close"}},
		at + "/support/goal":   {"of": {items["goal"]}, "version": {"7"}, "words": {"other (invented)"}, "state": {"agreed"}, "agreed-on": {"2024-01-01"}},
		at + "/support/safety": {"version": {"1"}, "safe": {"12 Rose Lane"}},
		at + "/rights":         {"version": {"3"}},
		at + "/visits":         {"do": {"leave"}},
	} {
		see(ask{method: "POST", path: path, cookie: cookie, form: form})
	}
	who := n.actor(auth.SupportWorker)
	n.must(n.app.Cases.KeepDraft(n.t.Context(), who, id, casefile.Draft{Form: "support.need", Fields: map[string]private.Text{"words": private.New("half (invented)")}}))
	see(ask{path: at + "/support/need", cookie: cookie})
	n.must(n.app.Support.Move(n.t.Context(), who, id, 0, care.Closed, care.GoalsMet))
	see(ask{path: at + "/support", cookie: cookie})
}

// Half a minute: tick, save, and it stands first on the page. What was not ticked was not asked.
func TestTickWhatIsNeededAtOnce(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/support"
	form := w.get(at + "/now")
	if strings.Contains(form, " required") {
		t.Error("a field is required")
	}
	w.post(at+"/now", http.StatusSeeOther, url.Values{"version": {"0"}, "needs": {"sleep", "doctor"}, "no": {"food"}})
	body := w.get(at)
	first, stage := strings.Index(body, "a place to sleep tonight"), strings.Index(body, "Where support is")
	if first < 0 || stage < first {
		t.Error("what is needed at once does not stand first")
	}
	if strings.Contains(body, "food and drink") {
		t.Error("what was asked and is not needed is shown as needed")
	}
	form = w.get(at + "/now")
	for box, want := range map[string]bool{`name="needs" value="food"`: false, `name="no" value="food"`: true, `name="needs" value="sleep"`: true, `name="no" value="phone"`: false} {
		if strings.Contains(form, box+" checked") != want {
			t.Errorf("%s is not %v", box, want)
		}
	}
	w.post(at+"/now", http.StatusSeeOther, url.Values{"version": {"1"}, "needs": {"sleep", "doctor"}, "met": {"sleep"}})
	if now := strings.Split(w.get(at), "Where support is")[0]; strings.Contains(now, "a place to sleep tonight") || !strings.Contains(now, "a doctor or nurse") {
		t.Error("what was met still waits, or what was not does not")
	}
}

// A danger that is known stands apart from what nobody knows, which counts as high.
func TestUnknownDangerIsShownApart(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/support"
	body := w.get(at)
	if !strings.Contains(body, "nothing is known") || !strings.Contains(body, "<dt>The case is treated as</dt><dd><strong>high</strong>") {
		t.Error("a case that nobody has looked at is not treated as high")
	}
	w.post(at+"/risk", http.StatusSeeOther, url.Values{"version": {"0"}, "level-debts": {"medium"}, "basis-debts": {"letters (invented)"}, "level-court": {"same"}})
	body = w.get(at)
	if !strings.Contains(body, "<dt>The greatest danger that is known</dt><dd>medium: debts</dd>") || !strings.Contains(body, "<dt>The case is treated as</dt><dd><strong>high</strong>") {
		t.Error("the known danger is not shown apart")
	}
	if !strings.Contains(body, "12 dangers that nobody has looked at") {
		t.Error("the gaps are not counted")
	}
}

// Support goes on and back as the person needs it; only an agreed plan needs an agreement. Closing support leaves
// the case open.
func TestSupportPageMovesAndCloses(t *testing.T) {
	w := newWorker(t)
	of := w.open()
	at := of + "/support"
	_, body := w.post(at, http.StatusUnprocessableEntity, url.Values{"stage": {"plan-agreed"}})
	if !strings.Contains(body, "The person has not agreed to a goal yet.") {
		t.Error("nobody says what is missing")
	}
	w.post(at+"/goal", http.StatusSeeOther, url.Values{"version": {"0"}, "words": {"cook again (invented)"}, "state": {"agreed"}, "agreed-on": {"2024-05-01"}})
	w.post(at, http.StatusSeeOther, url.Values{"stage": {"plan-agreed"}})
	w.post(at, http.StatusUnprocessableEntity, url.Values{"do": {"close"}})
	w.post(at, http.StatusSeeOther, url.Values{"do": {"close"}, "reason": {"goals-met"}})
	if body := w.get(at); !strings.Contains(body, "Closed: what the person wanted was reached") {
		t.Error("the page does not say that support is closed")
	}
	if body := w.get(of); strings.Contains(body, "Closed:") {
		t.Error("closing support has closed the case")
	}
}

// A form that is left half-way is there again; one written over a newer version shows both and loses neither.
func TestSupportFormsLoseNothing(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/support"
	w.post(at+"/need", http.StatusSeeOther, url.Values{"do": {"later"}, "words": {"half a sentence (invented)"}, "domain": {"legal"}})
	if body := w.get(at + "/need"); !strings.Contains(body, "half a sentence (invented)") || !strings.Contains(body, "This is what you had begun to write.") {
		t.Error("what was begun is gone")
	}
	if body := w.get(at); strings.Contains(body, "half a sentence") {
		t.Error("a draft stands in the case")
	}
	w.post(at+"/need", http.StatusSeeOther, url.Values{"version": {"0"}, "words": {"a whole sentence (invented)"}, "domain": {"legal"}, "state": {"open"}})
	body := w.get(at)
	of := regexp.MustCompile(`support/need\?of=([A-Z2-7]+)`).FindStringSubmatch(body)
	if of == nil || !strings.Contains(body, "a whole sentence (invented)") {
		t.Fatal("the need is not on the page")
	}
	if strings.Contains(w.get(at+"/need"), "had begun to write") {
		t.Error("the draft outlived its form")
	}
	edit := func(version, words string) url.Values {
		return url.Values{"of": {of[1]}, "version": {version}, "words": {words}, "domain": {"legal"}, "state": {"open"}}
	}
	w.post(at+"/need", http.StatusSeeOther, edit("1", "theirs (invented)"))
	_, body = w.post(at+"/need", http.StatusUnprocessableEntity, edit("1", "mine (invented)"))
	for _, want := range []string{"theirs (invented)", "mine (invented)", `name="version" value="2"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of both lacks %q", want)
		}
	}
}

// The paper for the person has no name, no number, no place and no telling word.
func TestPlanOnPaperTellsAStrangerNothing(t *testing.T) {
	n := newSeeded(t, Options{})
	id, _ := sampleSupport(n)
	w := worker{n, n.session(auth.SupportWorker)}
	body := w.get("/cases/" + string(id) + "/plan")
	c, err := n.app.Cases.Get(t.Context(), n.actor(auth.SupportWorker), id)
	n.must(err)
	paper := regexp.MustCompile(`(?s)<main.*</main>`).FindString(body)
	for _, word := range []string{c.Clear.Number, "Wren", "harbour", "bakery", "dentist", "Dr Invented", "traffick", "exploit", "victim", "police", "shelter"} {
		if strings.Contains(strings.ToLower(paper), strings.ToLower(word)) {
			t.Errorf("the paper says %q", word)
		}
	}
	if !strings.Contains(paper, "cook again (invented)") || !strings.Contains(paper, "call the school (invented)") {
		t.Error("the paper lacks the goal or the step")
	}
	if title := regexp.MustCompile(`<title>([^<]*)</title>`).FindStringSubmatch(body); title[1] != "My plan" || !strings.Contains(body, `<body class="bare"`) {
		t.Errorf("title %q", title[1])
	}
}

// The card speaks the person's language, says where each sentence of law is from, and marks what was not checked.
func TestRightsCard(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/rights"
	if body := w.get(at); !strings.Contains(body, "You may say no") || strings.Contains(body, "not checked with its source") {
		t.Error("without a law the card is not what the house promises")
	}
	body := w.get(at + "?place=gb-eaw")
	for _, want := range []string{"The recovery period of at least 30 days stands in statute.", "not checked with its source", "Source: "} {
		if !strings.Contains(body, want) {
			t.Errorf("the card of England and Wales lacks %q", want)
		}
	}
	if body := w.get(at + "?in=ar&place=coe"); !strings.Contains(body, `lang="ar" dir="rtl"`) || !strings.Contains(body, "This translation is a draft.") {
		t.Error("the Arabic card does not say that it is a draft")
	}
}

// A decision about police and courts may be changed at any time; the first is that the person was told.
func TestJusticeStandsBeside(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/rights"
	say := func(version, stance string) url.Values {
		return url.Values{"version": {version}, "stance": {stance}, "on": {"2024-05-01"}}
	}
	_, body := w.post(at, http.StatusUnprocessableEntity, say("0", "witness"))
	if !strings.Contains(body, "Note first that the person was told.") {
		t.Error("a witness whom nobody told")
	}
	for i, stance := range []string{"informed", "witness", "declined", "statement"} {
		w.post(at, http.StatusSeeOther, say(number(i), stance))
	}
	if body := w.get(at); !strings.Contains(body, "Now: makes a statement") {
		t.Error("the last word does not count")
	}
	w.post(at, http.StatusSeeOther, url.Values{"do": {"matter"}, "version": {"4"}, "track": {"wages"}, "state": {"advised"}, "deadline": {"2024-08-01"}})
	if body := w.get("/"); !strings.Contains(body, "A date that must not be missed") {
		t.Error("the date is not on the first page")
	}
}

// Whoever is out is looked after, and the place is opened when they are missed, not before.
func TestVisitsAreLookedAfter(t *testing.T) {
	n := newSeeded(t, Options{})
	w := worker{n, n.session(auth.SupportWorker)}
	at := w.open() + "/visits"
	chief := n.actor(auth.Supervisor).Account
	_, body := w.post(at, http.StatusUnprocessableEntity, url.Values{"do": {"leave"}, "minutes": {"30"}, "where": {"harbour area (invented)"}})
	if !strings.Contains(body, "harbour area (invented)") {
		t.Error("what was typed is gone")
	}
	w.post(at, http.StatusSeeOther, url.Values{"do": {"leave"}, "minutes": {"30"}, "tell": {string(chief)}, "where": {"harbour area (invented)"}})
	if body := w.get(at); strings.Contains(body, "harbour area") || !strings.Contains(body, "checks in by") {
		t.Error("the place is open though nobody is missed")
	}
	n.must(n.app.DB.WriteUnaudited(t.Context(), "a test: half an hour later", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE protection_outing SET back_by = $1", noon.Add(-time.Minute).UnixMicro())
		return err
	}))
	if body := w.get(at); !strings.Contains(body, "harbour area (invented)") || !strings.Contains(body, "has not checked in") {
		t.Error("somebody is missed and nobody sees where they went")
	}
	if _, err := n.app.Staff.Tend(t.Context(), n.now()); err != nil {
		t.Fatal(err)
	}
	boss := worker{n, n.session(auth.Supervisor)}
	if body := boss.get("/"); !strings.Contains(body, "Somebody who is out has not checked in") {
		t.Error("the one who was named was not told")
	}
	if body := boss.get("/visits"); !strings.Contains(body, "has not checked in") {
		t.Error("the page of visits does not show it")
	}
}
