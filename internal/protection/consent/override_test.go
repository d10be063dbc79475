package consent_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// duty is a report to child protection.
func (h *house) duty() consent.Override {
	return consent.Override{Ground: consent.Duty, Recipient: "child-protection", Classes: []string{"contact", "risk"}, Purpose: "safety", Told: consent.NotSafe}
}

// order is a demand of a court.
func (h *house) order() consent.Order {
	return consent.Order{Recipient: "court", Purpose: "investigation", Classes: []string{"contact", "account"}, Words: private.New("Order of the invented court")}
}

// override is a decision to tell an ambulance, with what stands against it read.
func (h *house) override(g consent.Ground) consent.Override {
	h.t.Helper()
	o := consent.Override{
		Ground: g, Recipient: "health", Classes: []string{"health", "identity"}, Purpose: "safety", Told: consent.NotReachable,
		Why: private.New("She does not answer."), Plan: private.New("Tell her in the hospital."),
	}
	d, err := h.Refusal(h.t.Context(), h.worker, h.of, o.Recipient, o.Purpose, o.Classes)
	h.must(err)
	o.Seen = consent.Seen(d)
	return o
}

func (h *house) begin(o consent.Override) consent.BasisID {
	h.t.Helper()
	id, err := h.Begin(h.t.Context(), h.worker, h.of, o, record.NewSubmissionKey())
	h.must(err)
	return id
}

func (h *house) basisOf(id consent.BasisID) consent.BasisLine {
	h.t.Helper()
	for _, b := range h.view().Bases {
		if b.ID == id {
			return b
		}
	}
	h.t.Fatal("no such basis")
	return consent.BasisLine{}
}

// TestNothingDelaysADutyHere: with random noes, overrides that wait or were turned down, and a record in any state, a duty is
// noted and reported by one person at once.
func TestNothingDelaysADutyHere(t *testing.T) {
	h := newHouse(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 4))
	for round := range 12 {
		h.now = h.now.Add(time.Hour)
		switch r.IntN(4) {
		case 0:
			h.give(consent.Said{Kind: consent.Sharing, State: consent.Refused})
		case 1:
			h.begin(h.override(consent.Discretion))
		case 2:
			id := h.begin(h.override(consent.Discretion))
			h.must(h.Second(t.Context(), h.second, h.of, id, consent.Verdict{Words: private.New("no"), Version: 1}))
		case 3:
			h.must(errOf(h.Receive(t.Context(), h.worker, h.of, h.order(), "")))
		}
		o := h.duty()
		o.Told = []consent.Told{consent.NotSaid, consent.ToldFirst, consent.NotSafe, consent.ForbiddenTo}[r.IntN(4)]
		o.Done = r.IntN(2) == 0
		id := h.begin(o)
		if !o.Done {
			h.must(h.Report(t.Context(), h.worker, h.of, id))
		}
		h.must(h.Report(t.Context(), h.worker, h.of, id)) // twice does it once
		if b := h.basisOf(id); b.Step != consent.Done || b.Second != "" {
			t.Fatalf("round %d: %+v", round, b)
		}
	}
	if left := h.view().Left; len(left) != 12 {
		t.Errorf("%d lines for 12 duties", len(left))
	}
}

// TestEmergency: one person tells at once, having read what stands against it; somebody else reviews it, once.
func TestEmergency(t *testing.T) {
	h := newHouse(t)
	h.give(consent.Said{Kind: consent.Sharing, State: consent.Refused})
	o := h.override(consent.Emergency)
	unread := o
	unread.Seen = ""
	h.kind("without reading the refusal", errOf(h.Begin(t.Context(), h.worker, h.of, unread, "")), fault.Stale)
	h.now = h.now.Add(time.Minute)
	h.give(consent.Said{Kind: consent.Sharing, State: consent.Refused})
	h.kind("with a no since", errOf(h.Begin(t.Context(), h.worker, h.of, o, "")), fault.Stale)
	id := h.begin(h.override(consent.Emergency))
	v := h.view()
	if b := h.basisOf(id); len(v.Left) != 1 || v.Left[0].Authority.LegalBasis != id || !b.WaitsFor || !b.ReviewBy().Equal(h.now.Add(72*time.Hour)) {
		t.Fatalf("%+v", v.Left)
	}
	say := consent.Verdict{Agrees: true, Words: private.New("It was right."), Version: 1}
	h.kind("reviewed by a worker", h.Second(t.Context(), h.worker, h.of, id, say), fault.NotFound)
	both := h.worker
	both.Roles = append(both.Roles, auth.Supervisor)
	h.kind("reviewed by whoever did it", h.Second(t.Context(), both, h.of, id, say), fault.Denied)
	old := say
	old.Version = 0
	h.kind("reviewed as it was", h.Second(t.Context(), h.second, h.of, id, old), fault.Stale)
	h.must(h.Second(t.Context(), h.second, h.of, id, say))
	if b := h.basisOf(id); b.Step != consent.Done || b.Second != h.second.Account || b.Opinion.Reveal("test") != "It was right." || b.WaitsFor {
		t.Errorf("%+v", b)
	}
	say.Version = 2
	h.kind("reviewed twice", h.Second(t.Context(), h.second, h.of, id, say), fault.Stale)

	wrong := h.begin(h.override(consent.Emergency))
	h.must(h.Second(t.Context(), h.second, h.of, wrong, consent.Verdict{Words: private.New("There was time to ask."), Version: 1}))
	recalls := h.view().Recalls
	if len(recalls) != 1 || recalls[0].Because != consent.FoundBad {
		t.Errorf("what an emergency told that was none: %+v", recalls)
	}
}

// TestDiscretion: nothing leaves before the second person, who has read the same refusals, agrees.
func TestDiscretion(t *testing.T) {
	h := newHouse(t)
	o := h.override(consent.Discretion)
	id := h.begin(o)
	if len(h.view().Left) > 0 {
		t.Fatal("one person was enough")
	}
	say := consent.Verdict{Agrees: true, Words: private.New("Agreed."), Seen: o.Seen, Version: 1}
	unread := say
	unread.Seen = "x"
	h.kind("without reading the refusal", h.Second(t.Context(), h.second, h.of, id, unread), fault.Stale)
	silent := say
	silent.Words = private.Text{}
	h.kind("without a word", h.Second(t.Context(), h.second, h.of, id, silent), fault.Invalid)
	h.must(h.Second(t.Context(), h.second, h.of, id, say))
	if v := h.view(); len(v.Left) != 1 || v.Left[0].Recipient != "health" || h.basisOf(id).Step != consent.Live {
		t.Errorf("%+v", v.Left)
	}
	if g, _ := h.grounds(h.person); len(g) > 0 {
		t.Errorf("discretion is a ground for agreements: %q", g)
	}
	no := h.begin(o)
	h.must(h.Second(t.Context(), h.second, h.of, no, consent.Verdict{Words: private.New("Ask her first."), Version: 1}))
	if n := len(h.view().Left); n != 1 || h.basisOf(no).Step != consent.Declined {
		t.Errorf("turned down, and %d lines", n)
	}
	for name, do := range map[string]func(o *consent.Override){
		"ground":    func(o *consent.Override) { o.Ground = consent.Demand },
		"recipient": func(o *consent.Override) { o.Recipient = "everybody" },
		"class":     func(o *consent.Override) { o.Classes = nil },
		"purpose":   func(o *consent.Override) { o.Purpose = "" },
		"told":      func(o *consent.Override) { o.Told = consent.NotSaid },
		"why":       func(o *consent.Override) { o.Why = private.Text{} },
		"plan":      func(o *consent.Override) { o.Plan = private.Text{} },
	} {
		missing := o
		do(&missing)
		_, err := h.Begin(t.Context(), h.worker, h.of, missing, "")
		e, ok := fault.As(err)
		if !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Name == name }) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// TestWhatStandsAgainst: whoever overrides reads what the person said to this, in few words.
func TestWhatStandsAgainst(t *testing.T) {
	h := newHouse(t)
	want := func(what string, reason consent.Reason) {
		t.Helper()
		d, err := h.Refusal(t.Context(), h.worker, h.of, "police", "support", []string{"contact", "need"})
		h.must(err)
		if !slices.Equal(d.Reasons, []consent.Reason{reason}) || d.Allowed {
			t.Errorf("%s: %v, want %s", what, d.Reasons, reason)
		}
	}
	want("nothing was asked", consent.ReasonNone)
	s := h.said()
	s.Purposes = []string{"return"}
	h.give(s)
	want("something else was asked", consent.ReasonNone)
	s = h.said()
	s.Understood = consent.No
	id := h.give(s)
	want("asked badly", consent.ReasonNotUnderstood)
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id})))
	want("taken back", consent.ReasonWithdrawn)
	h.now = h.now.Add(time.Minute)
	h.give(consent.Said{Kind: consent.Sharing, State: consent.Refused})
	want("the person said no", consent.ReasonRefused)
}

// TestDemand walks a court's demand: nothing leaves before it is known to be real, nobody can object any more, and the person
// was told where that is allowed; then the least leaves, without what is privileged.
func TestDemand(t *testing.T) {
	h := newHouse(t)
	order := h.order()
	id, err := h.Receive(t.Context(), h.worker, h.of, order, "once")
	h.must(err)
	again, err := h.Receive(t.Context(), h.worker, h.of, order, "once")
	h.must(err)
	if id != again || len(h.view().Bases) != 1 {
		t.Errorf("received %s and %s", id, again)
	}
	version := int64(1)
	weigh := func(do func(o *consent.Order)) {
		t.Helper()
		do(&order)
		order.Version = version
		h.must(h.Weigh(t.Context(), h.worker, h.of, id, order))
		version++
	}
	h.kind("not checked", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Denied)
	weigh(func(o *consent.Order) { o.Authentic, o.ObjectUntil = consent.Yes, "2026-06-10" })
	h.kind("with time to object", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Denied)
	weigh(func(o *consent.Order) { o.Objection = consent.Objecting })
	h.now = h.now.AddDate(0, 0, 30)
	h.kind("objected to", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Denied)
	weigh(func(o *consent.Order) { o.Objection, o.Privileged = consent.Overruled, []string{"contact", "account"} })
	h.kind("with nothing left", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Invalid)
	weigh(func(o *consent.Order) { o.Privileged = []string{"account"} })
	h.kind("on one word", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Denied)
	confirm := func() {
		t.Helper()
		h.must(h.Second(t.Context(), h.second, h.of, id, consent.Verdict{Agrees: true, Words: private.New("I called the court."), Version: version}))
		version++
	}
	confirm()
	if b := h.basisOf(id); b.Second != h.second.Account || b.WaitsFor || b.Opinion.IsZero() {
		t.Errorf("confirmed: %+v", b)
	}
	h.kind("without telling the person", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Invalid)
	weigh(func(o *consent.Order) { o.MayTell = consent.No })
	confirm()
	stale := order
	stale.Version = 1
	h.kind("weighed as it was", h.Weigh(t.Context(), h.worker, h.of, id, stale), fault.Stale)
	h.kind("answered as it was", h.Comply(t.Context(), h.worker, h.of, id, 1), fault.Stale)
	if len(h.view().Left) > 0 {
		t.Fatal("something left")
	}
	h.must(h.Comply(t.Context(), h.worker, h.of, id, version))
	left := h.view().Left
	if len(left) != 1 || !slices.Equal(left[0].Classes, []string{"contact"}) || left[0].Authority.LegalBasis != id {
		t.Errorf("%+v", left)
	}
	h.kind("answered twice", h.Comply(t.Context(), h.worker, h.of, id, version), fault.Stale)
	if b := h.basisOf(id); b.Step != consent.Done || b.Why.Words.Reveal("test") != "Order of the invented court" {
		t.Errorf("%+v", b)
	}
}

// TestDemandHoldsTheFile: a hold for a demand keeps the file, once; it takes the permission to hold files.
func TestDemandHoldsTheFile(t *testing.T) {
	h := newHouse(t)
	id, err := h.Receive(t.Context(), h.worker, h.of, h.order(), "")
	h.must(err)
	h.kind("by a worker", h.Hold(t.Context(), h.worker, h.of, id, "4711/26", "2026-09-01"), fault.NotFound)
	for range 2 {
		h.must(h.Hold(t.Context(), h.second, h.of, id, "4711/26", "2026-09-01"))
	}
	holds, err := h.vault.Holds(t.Context(), h.second, h.person)
	h.must(err)
	if len(holds) != 1 || h.basisOf(id).Hold != holds[0].ID {
		t.Errorf("%+v", holds)
	}
	b := h.basisOf(id)
	h.kind("declined without a word", h.DeclineDemand(t.Context(), h.worker, h.of, id, b.Row, private.Text{}), fault.Invalid)
	h.must(h.DeclineDemand(t.Context(), h.worker, h.of, id, b.Row, private.New("It is a forgery.")))
	if b := h.basisOf(id); b.Step != consent.Declined || b.Opinion.IsZero() {
		t.Errorf("%+v", b)
	}
}

func TestMistakenDuty(t *testing.T) {
	h := newHouse(t)
	id := h.begin(h.duty())
	h.kind("without a word", h.Mistaken(t.Context(), h.worker, h.of, id, private.Text{}), fault.Invalid)
	h.must(h.Mistaken(t.Context(), h.worker, h.of, id, private.New("She is 24.")))
	if b := h.basisOf(id); b.Step != consent.Declined {
		t.Errorf("%+v", b)
	}
	h.begin(h.duty()) // and it can be noted again at once
}

// A duty that was none carries nothing more under an agreement, and what left on it is asked back.
func TestMistakenDutyCarriesNothing(t *testing.T) {
	h := newHouse(t)
	duty := h.duty()
	duty.Recipient = consent.Party(h.clinic)
	id := h.begin(duty)
	leave := func() (known bool) {
		t.Helper()
		h.must(h.db.Write(t.Context(), func(tx *db.Tx) (err error) {
			_, known, err = h.LeftIn(t.Context(), tx, h.worker, h.person, consent.Leaving{
				Recipient: duty.Recipient, Classes: duty.Classes[:1], Purpose: duty.Purpose, Agreement: "A1", Share: "S1",
			})
			return err
		}))
		return known
	}
	if !leave() {
		t.Fatal("a duty carries nothing")
	}
	h.must(h.Mistaken(t.Context(), h.worker, h.of, id, private.New("She is 24.")))
	if g, err := h.grounds(h.person); err != nil || len(g) > 0 {
		t.Errorf("a duty that was none is a ground for agreements: %v %v", g, err)
	}
	if leave() {
		t.Error("something leaves on a duty that was none")
	}
	for _, d := range h.view().Left {
		if d.Recall != consent.Asked {
			t.Errorf("not asked back: %+v", d)
		}
	}
}

// TestSummaryCounts: the numbers at the head of the case page are those of what is there, opened or not.
func TestSummaryCounts(t *testing.T) {
	h := newHouse(t)
	h.give(h.said())
	unsound := h.said()
	unsound.Kind, unsound.Understood = consent.Research, consent.No
	h.give(unsound)
	h.give(consent.Said{Kind: consent.Photo, State: consent.Refused})
	h.begin(h.duty())
	h.begin(h.override(consent.Emergency))
	h.must(errOf(h.Receive(t.Context(), h.worker, h.of, h.order(), "")))
	h.now = time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC)
	s, err := h.Summarise(t.Context(), h.worker, h.of)
	h.must(err)
	got := fmt.Sprint(s.Holds, s.Refused, s.Soon, s.Unsound, s.Review, s.Duties, s.Demands, len(s.To))
	if got != "1 1 1 1 1 1 1 2" || !s.Next.Equal(time.Date(2026, 8, 31, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("%s %+v", got, s)
	}
	v := h.view()
	if !slices.ContainsFunc(v.Lines, func(l consent.Line) bool {
		return l.Kind == consent.Research && !l.Terms[0].Holds && slices.Equal(l.Terms[0].Why, []consent.Reason{consent.ReasonNotUnderstood})
	}) {
		t.Errorf("the page does not say why a yes is none")
	}
}
