package support_test

import (
	"context"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/support"
)

func TestStagesAreKept(t *testing.T) {
	h := newHouse(t)
	if v := h.view(); v.Begun || v.State.Stage != support.Opened || v.Overall().Level != support.High || v.Overall().Highest != support.NotKnown {
		t.Errorf("before anything: %+v", v)
	}
	h.kind("a plan nobody agreed to", h.Move(t.Context(), h.worker, h.of, 0, support.Agreed, ""), fault.Conflict)
	h.must(h.Move(t.Context(), h.worker, h.of, 0, support.Immediate, ""))
	h.goal()
	v := h.view()
	if !v.Begun || v.State.Stage != support.Immediate || v.State.Agreed != 1 || v.Goals[0].Is.Words.Reveal("test") != "I want to cook again" {
		t.Errorf("%+v", v)
	}
	h.must(h.Move(t.Context(), h.worker, h.of, v.Version, support.Agreed, ""))
	h.kind("a move of what was seen before", h.Move(t.Context(), h.worker, h.of, v.Version, support.Active, ""), fault.Stale)
	h.must(h.Move(t.Context(), h.worker, h.of, h.view().Version, support.Closed, support.LostContact))
	if v := h.view(); v.State.Stage != support.Closed || v.State.Ended != support.LostContact {
		t.Errorf("%+v", v.State)
	}
	c, err := h.cases.Get(t.Context(), h.worker, h.of)
	h.must(err)
	if c.Clear.Standing != casefile.Open {
		t.Error("ending support has closed the case")
	}
	h.must(h.Move(t.Context(), h.worker, h.of, 0, support.Reopened, ""))
}

func TestNeedsToServices(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	from := record.Source{From: "person", AsOf: "2026-06-01", By: h.worker.Account}
	h.must(h.KeepAtOnce(ctx, h.worker, h.of, support.Seen{}, support.AtOnce{Needs: map[string]record.Answer[bool]{
		"sleep": record.Is(true, from), "food": record.Is(false, from), "doctor": record.NotSaid[bool](from), "phone": record.Is(true, from),
	}, Met: map[string]string{"phone": "2026-06-01"}}))
	need, err := h.KeepNeed(ctx, h.worker, h.of, support.Seen{}, support.Need{Domain: "livelihood", Words: private.New("work with my hands"), First: 1, State: "open"})
	h.must(err)
	goal, err := h.KeepGoal(ctx, h.worker, h.of, support.Seen{}, support.Goal{Words: private.New("a job in a kitchen"), Need: need, State: "proposed"})
	h.must(err)
	service, err := h.KeepService(ctx, h.worker, h.of, support.Seen{}, support.Service{Service: "liv.job", Need: need, State: "offered", OfferedOn: "2026-06-01"})
	h.must(err)
	v := h.view()
	if got := v.AtOnce.Is.Waiting(); !slices.Equal(got, []string{"sleep"}) {
		t.Errorf("waiting now: %v", got)
	}
	if a := v.AtOnce.Is.Needs["medicine"]; a.Asked() {
		t.Error("what was not asked has an answer")
	}
	if v.Goals[0].Is.Need != need || v.Goals[0].ID != goal || v.Services[0].ID != service || v.Services[0].Is.State != "offered" || v.Needs[0].Is.First != 1 {
		t.Errorf("%+v", v)
	}
	// Declining takes no reason, and may be taken back.
	s := v.Services[0].Is
	s.State = "declined"
	h.must(errOf(h.KeepService(ctx, h.worker, h.of, support.Seen{ID: service, Version: 1}, s)))
	s.State = "ended"
	h.kind("what was declined has ended", errOf(h.KeepService(ctx, h.worker, h.of, support.Seen{ID: service, Version: 2}, s)), fault.Conflict)
	s.State = "accepted"
	h.kind("a change of what was seen before", errOf(h.KeepService(ctx, h.worker, h.of, support.Seen{ID: service, Version: 1}, s)), fault.Stale)
	h.must(errOf(h.KeepService(ctx, h.worker, h.of, support.Seen{ID: service, Version: 2}, s)))
	h.kind("a goal of another case's need", errOf(h.KeepGoal(ctx, h.worker, h.open(), support.Seen{}, support.Goal{Words: private.New("x"), Need: need, State: "proposed"})), fault.Invalid)
	h.kind("a service of another case", errOf(h.KeepService(ctx, h.worker, h.open(), support.Seen{ID: service, Version: 3}, s)), fault.NotFound)
}

func TestStepsWaitInTheListOfWork(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := support.Action{Words: private.New("call the school"), Goal: h.goal(), State: "to-do", DueOn: "2026-06-09", Who: "worker"}
	id, err := h.KeepAction(ctx, h.worker, h.of, support.Seen{}, a)
	h.must(err)
	h.must(errOf(h.KeepAction(ctx, h.worker, h.of, support.Seen{}, support.Action{Words: private.New("she asks her sister"), State: "to-do", Who: "person", DueOn: "2026-06-02"})))
	if got := h.waiting(); !slices.Equal(got, []string{"support.action 2026-06-09"}) {
		t.Errorf("%v", got)
	}
	w, err := h.cases.Work(ctx, h.worker)
	h.must(err)
	if len(w.Tasks) != 1 || w.Tasks[0].Of.ID() != h.of {
		t.Errorf("%d tasks in the list of work", len(w.Tasks))
	}
	a.DueOn = "2026-06-12"
	h.must(errOf(h.KeepAction(ctx, h.worker, h.of, support.Seen{ID: id, Version: 1}, a)))
	if got := h.waiting(); !slices.Equal(got, []string{"support.action 2026-06-12"}) {
		t.Errorf("moved: %v", got)
	}
	a.State = "done"
	h.must(errOf(h.KeepAction(ctx, h.worker, h.of, support.Seen{ID: id, Version: 2}, a)))
	if got := h.waiting(); len(got) > 0 {
		t.Errorf("done: %v", got)
	}
	a.State, a.DueOn = "to-do", "2026-07-01"
	h.must(errOf(h.KeepAction(ctx, h.worker, h.of, support.Seen{ID: id, Version: 3}, a)))
	if got := h.waiting(); !slices.Equal(got, []string{"support.action 2026-07-01"}) {
		t.Errorf("taken up again: %v", got)
	}
	a.Holder = h.staff(auth.Analyst).Account
	h.kind("a step for somebody who works on no cases", errOf(h.KeepAction(ctx, h.worker, h.of, support.Seen{ID: id, Version: 4}, a)), fault.Invalid)
}

func TestDangersAreLookedAtAgain(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	low := support.Risks{By: map[string]support.Risk{}}
	for _, d := range support.Dangers() {
		low.By[d.Code] = support.Risk{Level: support.Low, Basis: private.New("we talked"), Until: "2026-07-31"}
	}
	low.By["court"] = support.Risk{Level: support.Medium, Until: "2026-06-20"}
	h.must(h.KeepRisk(ctx, h.worker, h.of, support.Seen{}, low))
	if o := h.view().Overall(); o.Level != support.Medium || !slices.Equal(o.Known, []string{"court"}) {
		t.Errorf("%+v", o)
	}
	if got := h.waiting(); !slices.Equal(got, []string{"support.risk 2026-06-20"}) {
		t.Errorf("the next look: %v", got)
	}
	h.must(h.Trigger(ctx, h.worker, h.of, "move"))
	if got := h.waiting(); !slices.Equal(got, []string{"support.risk 2026-06-01"}) {
		t.Errorf("after a move: %v", got)
	}
	h.kind("an invented event", h.Trigger(ctx, h.worker, h.of, "rain"), fault.Invalid)
	h.kind("a look at what was seen before", h.KeepRisk(ctx, h.worker, h.of, support.Seen{}, low), fault.Stale)
	part := support.Risks{By: map[string]support.Risk{"network": {Level: support.High, Until: "2026-06-10"}}}
	h.must(h.KeepRisk(ctx, h.worker, h.of, support.Seen{Version: 1}, part))
	v := h.view()
	if o := v.Overall(); o.Level != support.High || o.Highest != support.High || len(o.Unknown) != 0 {
		t.Errorf("%+v", o)
	}
	if r := v.Risks.Is.By["debts"]; r.Level != support.Low || r.Basis.Reveal("test") != "we talked" || r.By != h.worker.Account || r.On != "2026-06-01" {
		t.Errorf("what was left out: %+v", r)
	}
	if got := h.waiting(); !slices.Equal(got, []string{"support.risk 2026-06-10"}) {
		t.Errorf("the next look: %v", got)
	}
	h.now = h.now.AddDate(0, 1, 0)
	if o := h.view().Overall(); o.Level != support.High || o.Highest != support.Low || !slices.Equal(o.Lapsed, []string{"network"}) && len(o.Lapsed) != 2 {
		t.Errorf("a month later: %+v", o)
	}
}

func TestFollowUps(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.must(h.PlanFollow(ctx, h.worker, h.of, "2026-06-01", support.Months(), private.New("through her sister, on Sundays")))
	want := []string{"support.follow-up 2026-07-01", "support.follow-up 2026-09-01", "support.follow-up 2026-12-01", "support.follow-up 2027-06-01", "support.follow-up 2028-06-01"}
	if got := h.waiting(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	h.kind("planned twice", h.PlanFollow(ctx, h.worker, h.of, "2026-06-05", []int{3}, private.Text{}), fault.Conflict)
	f := h.view().Follows
	if len(f) != 5 || f[1].Is.Month != 3 || f[1].Is.DueOn != "2026-09-01" || f[1].Is.Way.IsZero() {
		t.Errorf("%+v", f)
	}
	earlier := h.open()
	one := f[0].Is
	one.State, one.On, one.Signs = "reached", "2026-06-01", record.Is(true, record.Source{From: "person"})
	h.must(h.KeepFollow(ctx, h.worker, h.of, support.Seen{Version: f[0].Version}, one))
	v := h.view()
	if !v.Again || v.State.Stage != support.Opened {
		t.Errorf("signs: again %v, stage %s", v.Again, v.State.Stage)
	}
	if got := h.waiting(); !slices.Contains(got, "support.risk 2026-06-01") || slices.Contains(got, want[0]) {
		t.Errorf("after signs: %v", got)
	}
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{There: true, Earlier: earlier}))
	links, err := h.cases.Links(ctx, h.worker, h.of)
	h.must(err)
	if len(links) != 1 || links[0].Kind != casefile.Returned || links[0].Other.ID() != earlier {
		t.Errorf("%+v", links)
	}
	h.must(h.RefuseFollow(ctx, h.worker, h.of))
	for _, f := range h.view().Follows {
		if f.Is.State != "refused" && f.Is.State != "reached" {
			t.Errorf("month %d is %s", f.Is.Month, f.Is.State)
		}
	}
	if got := h.waiting(); !slices.Equal(got, []string{"support.risk 2026-06-01"}) {
		t.Errorf("after a no: %v", got)
	}
}

// TestSignsAreFollowedUp: each sign of being exploited again, also one that another package notes in its own transaction, has
// the dangers looked at again today and the person asked within a week. Who wants to be asked no more is not asked; what was
// seen is kept all the same.
func TestSignsAreFollowedUp(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	says := func(step string, want ...string) {
		t.Helper()
		if got := h.waiting(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", step, got, want)
		}
	}
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{There: true, Words: private.New("seen at the station")}))
	look, first := "support.risk 2026-06-01", "support.follow-up 2026-06-08"
	says("a sign", look, first)
	f := h.view().Follows
	if len(f) != 1 || f[0].Is.Sign != "2026-06-01" || f[0].Is.Month != 0 || f[0].Is.Seen.Reveal("test") != "seen at the station" {
		t.Fatalf("%+v", f)
	}
	h.must(h.Trigger(ctx, h.worker, h.of, "signs"))
	says("the same sign", look, first)
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{There: true, Words: private.New("he wrote to her")}))
	says("another one of the day", look, first, first)
	reached := f[0].Is
	reached.State, reached.On = "reached", "2026-06-01"
	h.must(h.KeepFollow(ctx, h.worker, h.of, support.Seen{Version: f[0].Version}, reached))
	says("asked", look, first)
	if f := h.view().Follows; len(f) != 2 || f[0].Is.Seen.Reveal("test") != "seen at the station" || f[1].Is.Nth != 2 {
		t.Errorf("%+v", f)
	}
	h.now = h.now.AddDate(0, 0, 3)
	h.must(h.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, h.worker, h.of, auth.WorkCases)
		if err != nil {
			return err
		}
		return h.TriggerIn(ctx, tx, h.worker, c, "signs")
	}))
	says("from another package, later", look, first, "support.follow-up 2026-06-11")
	h.must(h.RefuseFollow(ctx, h.worker, h.of))
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{There: true, Words: private.New("a new number")}))
	says("after a no", look)
	if f := h.view().Follows; len(f) != 4 || f[3].Is.State != "refused" || f[3].Is.Seen.IsZero() {
		t.Errorf("%+v", f)
	}
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{}))
	if h.view().Again {
		t.Error("still marked")
	}
	h.kind("no signs, and none were there", h.Again(ctx, h.worker, h.of, support.Sign{}), fault.Conflict)
	h.of = h.open()
	h.must(h.Move(ctx, h.worker, h.of, 0, support.Closed, support.Deceased))
	h.must(h.Again(ctx, h.worker, h.of, support.Sign{There: true}))
	says("after a death", "support.risk 2026-06-04")
}

// Nobody is contacted after a death; after any other end what was planned stays.
func TestEndsThatSilence(t *testing.T) {
	h := newHouse(t)
	for _, why := range support.EndReasons() {
		h.of = h.open()
		h.must(h.PlanFollow(t.Context(), h.worker, h.of, "2026-06-01", []int{1}, private.Text{}))
		h.must(h.Move(t.Context(), h.worker, h.of, 0, support.Closed, why))
		silent := why == support.Deceased || why == support.Duplicate
		if got := h.waiting(); (len(got) == 0) != silent {
			t.Errorf("%s: %v", why, got)
		}
	}
}

func TestRatings(t *testing.T) {
	h := newHouse(t)
	m := support.Measure{Instrument: "mscos", Rater: "self", On: "2026-06-01", Scores: map[string]record.Answer[int]{
		"mscos.housing": record.Is(2, record.Source{From: "person"}), "mscos.safety": record.NotSaid[int](record.Source{From: "person"}),
	}}
	h.must(h.KeepMeasure(t.Context(), h.worker, h.of, support.Seen{}, m))
	h.kind("the same wave again", h.KeepMeasure(t.Context(), h.worker, h.of, support.Seen{}, m), fault.Stale)
	m.Wave = 3
	m.Scores["mscos.housing"] = record.Is(4, record.Source{From: "person"})
	h.must(h.KeepMeasure(t.Context(), h.worker, h.of, support.Seen{}, m))
	all := h.view().Measures
	if len(all) != 2 {
		t.Fatalf("%d ratings", len(all))
	}
	if by, ok := support.Compare(all[0].Is, all[1].Is)[0].By(); !ok || by != 2 {
		t.Errorf("moved by %d", by)
	}
}

func TestSentTwice(t *testing.T) {
	h := newHouse(t)
	seen := support.Seen{Key: record.NewSubmissionKey()}
	n := support.Need{Domain: "legal", State: "open"}
	first, err := h.KeepNeed(t.Context(), h.worker, h.of, seen, n)
	h.must(err)
	again, err := h.KeepNeed(t.Context(), h.worker, h.of, seen, n)
	h.must(err)
	if first != again || len(h.view().Needs) != 1 {
		t.Errorf("%d needs", len(h.view().Needs))
	}
}

// TestForbiddenIsNotFound: whoever may not work on a case gets the answer of what does not exist.
func TestForbiddenIsNotFound(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	stranger := auth.Actor{Org: "another", Account: "x", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	for _, who := range []auth.Actor{h.staff(auth.Analyst), h.staff(auth.ProtectionOfficer), h.staff(auth.Administrator), h.staff(auth.SupportWorker), stranger, {}} {
		for name, err := range map[string]error{
			"view":    errOf(h.View(ctx, who, h.of)),
			"move":    h.Move(ctx, who, h.of, 0, support.Active, ""),
			"again":   h.Again(ctx, who, h.of, support.Sign{There: true}),
			"trigger": h.Trigger(ctx, who, h.of, "move"),
			"needs":   h.KeepAtOnce(ctx, who, h.of, support.Seen{}, support.AtOnce{}),
			"safety":  h.KeepSafety(ctx, who, h.of, support.Seen{}, support.Safety{}),
			"risk":    h.KeepRisk(ctx, who, h.of, support.Seen{}, support.Risks{}),
			"need":    errOf(h.KeepNeed(ctx, who, h.of, support.Seen{}, support.Need{Domain: "legal", State: "open"})),
			"goal":    errOf(h.KeepGoal(ctx, who, h.of, support.Seen{}, support.Goal{Words: private.New("x"), State: "proposed"})),
			"step":    errOf(h.KeepAction(ctx, who, h.of, support.Seen{}, support.Action{Words: private.New("x"), State: "to-do", Who: "person"})),
			"service": errOf(h.KeepService(ctx, who, h.of, support.Seen{}, support.Service{Service: "med.dental", State: "needed"})),
			"rating":  h.KeepMeasure(ctx, who, h.of, support.Seen{}, support.Measure{Instrument: "mscos", Rater: "self", On: "2026-06-01"}),
			"plan":    h.PlanFollow(ctx, who, h.of, "2026-06-01", []int{1}, private.Text{}),
			"follow":  h.KeepFollow(ctx, who, h.of, support.Seen{}, support.Follow{Month: 1, State: "planned"}),
			"refuse":  h.RefuseFollow(ctx, who, h.of),
		} {
			h.kind(string(who.Account)+" "+name, err, fault.NotFound)
		}
	}
	if h.view().Begun {
		t.Error("somebody who may not has begun support")
	}
}

// TestChecksAndErases: what is sealed is as the ledger says, and nothing is left of a person who is erased.
func TestChecksAndErases(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.goal()
	p := support.Safety{Steps: private.New("go to the bakery"), Places: support.Places{Safe: private.New("the old town")}, ReviewOn: "2026-07-01"}
	h.must(h.KeepSafety(ctx, h.worker, h.of, support.Seen{}, p))
	p.Steps = private.New("go to the library")
	h.must(h.KeepSafety(ctx, h.worker, h.of, support.Seen{Version: 1}, p))
	if s := h.view().Safety; s.Is.Places.Safe.Reveal("test") != "the old town" || s.Is.Steps.Reveal("test") != "go to the library" || s.Version != 2 {
		t.Errorf("%+v", s)
	}
	c, err := h.vault.Check(ctx)
	h.must(err)
	if len(c.Findings) > 0 || c.Records < 2 {
		t.Errorf("%+v", c)
	}
	person := h.view().Case.Person
	proposal, err := h.vault.ProposeErasure(ctx, h.chief, person, "request")
	h.must(err)
	second := h.staff(auth.ProtectionOfficer)
	_, err = h.vault.Erase(ctx, second, proposal)
	h.must(err)
	h.must(h.db.Read(ctx, func(tx *db.Tx) error { return h.nothingLeft(ctx, tx, string(person)) }))
	_, err = h.View(ctx, h.worker, h.of)
	h.kind("a view of somebody who was erased", err, fault.NotFound)
}

func (h *house) nothingLeft(ctx context.Context, tx *db.Tx, person string) error {
	for _, table := range []string{"protection_support", "protection_support_item", "protection_history", "protection_task"} {
		var n int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE person_id = $1", person).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			h.t.Errorf("%d rows are left in %s", n, table)
		}
	}
	return nil
}
