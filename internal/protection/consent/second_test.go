package consent_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// another is one more account.
func (h *house) another(role auth.Role) auth.Actor {
	h.t.Helper()
	id, err := (&auth.Accounts{DB: h.db}).CreateAccount(h.t.Context(), auth.CLI(h.org), "Invented other "+string(role), role)
	h.must(err)
	return h.as(id, role)
}

// open tells which tasks of a kind are to be done, and with whom.
func (h *house) todo(kind string) (holders []string) {
	h.t.Helper()
	all, err := h.cases.Tasks(h.t.Context(), h.worker, casefile.ID(h.of))
	h.must(err)
	for _, one := range all {
		if one.Clear.Kind == kind && one.Clear.State == casefile.ToDo {
			holders = append(holders, one.Clear.Holder)
		}
	}
	return holders
}

// TestADutyOfOnesOwnWordIsReviewed: one that stands in no profile is told at once and looked at by somebody else afterwards;
// found to be none, it carries nothing more and is asked back.
func TestADutyOfOnesOwnWordIsReviewed(t *testing.T) {
	h := newHouse(t)
	o := h.duty()
	o.Done = true
	id := h.begin(o)
	b := h.basisOf(id)
	if b.Step != consent.Done || len(h.view().Left) != 1 || !b.WaitsFor || !b.ReviewBy().Equal(h.now.Add(consent.ReviewWithin)) {
		t.Fatalf("told, and not to be reviewed: %+v", b)
	}
	if got := h.todo(consent.TaskSecond); !slices.Equal(got, []string{"account/" + string(h.second.Account)}) {
		t.Errorf("the second person's work: %q", got)
	}
	both := h.worker
	both.Roles = append(both.Roles, auth.Supervisor)
	say := consent.Verdict{Agrees: true, Words: private.New("The law says so."), Version: b.Row}
	h.kind("by whoever noted it", h.Second(t.Context(), both, h.of, id, say), fault.Denied)
	h.must(h.Second(t.Context(), h.second, h.of, id, say))
	if b := h.basisOf(id); b.Step != consent.Done || b.Second != h.second.Account || b.WaitsFor || len(h.todo(consent.TaskSecond)) > 0 {
		t.Errorf("reviewed: %+v", b)
	}

	none := h.begin(h.duty())
	if h.basisOf(none).WaitsFor {
		t.Error("a duty waits before anything was told")
	}
	h.must(h.Report(t.Context(), h.worker, h.of, none))
	h.must(h.Second(t.Context(), h.second, h.of, none, consent.Verdict{Words: private.New("No law says so."), Version: h.basisOf(none).Row}))
	if r := h.view().Recalls; h.basisOf(none).Step != consent.Declined || len(r) != 1 || r[0].Because != consent.FoundBad {
		t.Errorf("found to be none: %+v", r)
	}
}

// TestADutyOfAProfile: what a rule of the case's profile orders, to whom and what it says, needs nobody. The name of a rule
// with another recipient, or with more than its content, is somebody's own word.
func TestADutyOfAProfile(t *testing.T) {
	h := newHouse(t)
	us := "us"
	h.must(h.cases.Change(t.Context(), h.worker, casefile.ID(h.of), casefile.Edit{Version: 1, Profile: &us}))
	rule, ok := consent.ReportOf(us, "2026-06-01", "child-notice", time.UTC)
	if !ok {
		t.Fatal("no such rule")
	}
	for _, c := range []struct {
		what   string
		do     func(o *consent.Override)
		review bool
	}{
		{"as the rule says", func(*consent.Override) {}, false},
		{"less than the rule says", func(o *consent.Override) { o.Classes = o.Classes[:1] }, false},
		{"another recipient", func(o *consent.Override) { o.Recipient = "embassy" }, true},
		{"a partner of whom nobody knows what it is", func(o *consent.Override) { o.Recipient = consent.Party(h.clinic) }, true},
		{"more than the rule says", func(o *consent.Override) { o.Classes = append(slices.Clone(o.Classes), "health") }, true},
		{"another version of the rule", func(o *consent.Override) { o.Version = "us-1999" }, true},
		{"a rule of nowhere", func(o *consent.Override) { o.Rule = "made-up" }, true},
	} {
		o := consent.Override{
			Ground: consent.Duty, Recipient: rule.To[0], Classes: rule.Classes, Purpose: "safety", Rule: rule.ID, Version: rule.Version, Done: true,
		}
		c.do(&o)
		b := h.basisOf(h.begin(o))
		if b.Step != consent.Done || b.WaitsFor != c.review || (b.Rule == "") != c.review {
			t.Errorf("%s: %+v", c.what, b)
		}
	}
}

// TestADutyNamesNoAdultWhoHasNotAgreed: the rule of England and Wales tells of an adult who has not agreed without saying who
// it is. A report that says who it is counts as that of the rule for a child alone.
func TestADutyNamesNoAdultWhoHasNotAgreed(t *testing.T) {
	gb := "gb-eaw"
	rule, ok := consent.ReportOf(gb, "2026-06-01", "notify", time.UTC)
	if !ok || len(rule.Nameless) == 0 || !slices.Contains(rule.Classes, "identity") {
		t.Fatalf("%+v", rule)
	}
	for _, adult := range []bool{true, false} {
		h := newHouse(t)
		if !adult {
			h.born("2010-01-01", "2010-12-31")
		}
		h.must(h.cases.Change(t.Context(), h.worker, casefile.ID(h.of), casefile.Edit{Version: 1, Profile: &gb}))
		for _, named := range []bool{true, false} {
			o := consent.Override{
				Ground: consent.Duty, Recipient: rule.To[0], Classes: rule.Nameless, Purpose: "safety", Rule: rule.ID, Version: rule.Version, Done: true,
			}
			if named {
				o.Classes = rule.Classes
			}
			if b := h.basisOf(h.begin(o)); (b.Rule != "") != (!adult || !named) {
				t.Errorf("adult %t, named %t: the rule is %q", adult, named, b.Rule)
			}
		}
	}
}

// TestWhatWasToldEnds: a duty and a demand carry for a short time after their recipient was told, also when an agreement told
// it; then nothing leaves on them.
func TestWhatWasToldEnds(t *testing.T) {
	h := newHouse(t)
	o := h.duty()
	o.Recipient = consent.Party(h.clinic)
	id := h.begin(o)
	leave := func(class string) (known bool) {
		t.Helper()
		h.must(h.db.Write(t.Context(), func(tx *db.Tx) (err error) {
			_, known, err = h.LeftIn(t.Context(), tx, h.worker, h.person, consent.Leaving{
				Recipient: o.Recipient, Classes: []string{class}, Purpose: o.Purpose, Agreement: "A1", Share: "S1",
			})
			return err
		}))
		return known
	}
	h.now = h.now.AddDate(1, 0, 0)
	if !leave("contact") {
		t.Fatal("a duty that waits carries nothing")
	}
	if b := h.basisOf(id); b.Step != consent.Open || !b.WaitsFor || !b.Until.Equal(h.now.Add(consent.ToldLasts)) {
		t.Errorf("an agreement told it: %+v", b)
	}
	if !leave("risk") {
		t.Error("the rest of it does not leave")
	}
	h.now = h.now.Add(consent.ToldLasts)
	if g, err := h.grounds(h.person); err != nil || len(g) > 0 || leave("contact") {
		t.Errorf("a duty that was told carries without end: %v %v", g, err)
	}
	h.must(h.Report(t.Context(), h.worker, h.of, id)) // and it can be reported all the same
	if b := h.basisOf(id); b.Step != consent.Done || len(h.view().Left) != 3 {
		t.Errorf("reported late: %+v", b)
	}
	h.now = h.now.Add(consent.ToldLasts)
	if leave("contact") {
		t.Error("a duty that was reported carries without end")
	}
}

// TestADemandIsTwoPeoplesWord: who noted it and who looked at it cannot be the second person; what is written after the second
// person's word needs it again; and a second person who does not find it real sends it back.
func TestADemandIsTwoPeoplesWord(t *testing.T) {
	h := newHouse(t)
	chief, third := h.another(auth.Supervisor), h.another(auth.Supervisor)
	order := h.order()
	order.Authentic, order.Objection, order.Told = consent.Yes, consent.Waived, consent.ToldFirst
	id, err := h.Receive(t.Context(), h.second, h.of, order, "")
	h.must(err)
	say := consent.Verdict{Agrees: true, Words: private.New("Called the court."), Version: 1}
	h.kind("by who noted it", h.Second(t.Context(), h.second, h.of, id, say), fault.Denied)
	order.Version = 1
	h.must(h.Weigh(t.Context(), chief, h.of, id, order))
	say.Version = 2
	h.kind("by who noted it first", h.Second(t.Context(), h.second, h.of, id, say), fault.Denied)
	h.kind("by who looked at it", h.Second(t.Context(), chief, h.of, id, say), fault.Denied)
	if got := h.todo(consent.TaskSecond); !slices.Equal(got, []string{"account/" + string(third.Account)}) {
		t.Errorf("the second person's work: %q, want with %s", got, third.Account)
	}
	h.must(h.Second(t.Context(), third, h.of, id, say))
	order.Version, order.Classes = 3, append(order.Classes, "health")
	h.must(h.Weigh(t.Context(), chief, h.of, id, order))
	h.kind("with more than was confirmed", h.Comply(t.Context(), h.worker, h.of, id, 4), fault.Denied)
	h.must(h.Second(t.Context(), third, h.of, id, consent.Verdict{Words: private.New("Health was not asked for."), Version: 4}))
	if b := h.basisOf(id); b.Step != consent.Open || b.Authentic != consent.NotKnown || b.Second != "" || b.WaitsFor {
		t.Errorf("sent back: %+v", b)
	}
	h.kind("after it was sent back", h.Comply(t.Context(), h.worker, h.of, id, 5), fault.Denied)
	order.Version, order.Classes = 5, order.Classes[:2]
	h.must(h.Weigh(t.Context(), chief, h.of, id, order))
	say.Version = 6
	h.must(h.Second(t.Context(), third, h.of, id, say))
	h.must(h.Comply(t.Context(), h.worker, h.of, id, 7))
	if left := h.view().Left; len(left) != 1 || len(h.todo(consent.TaskSecond)) > 0 || len(h.todo(consent.TaskDemand)) > 0 {
		t.Errorf("%+v", left)
	}
}

// noticed reports whether an account was told of something of a kind.
func (h *house) noticed(who auth.Actor, k notify.Kind) (n int) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		n = 0
		list, err := notify.List(h.t.Context(), tx, string(h.org), string(who.Account), 100)
		for _, one := range list {
			if one.Kind == k {
				n++
			}
		}
		return err
	}))
	return n
}

// TestAChainOfEmergenciesIsLoud: nobody is refused an emergency, but one that follows an earlier one that nobody reviewed in
// time is told to those whom the organisation chose, and to all who review; whoever is kept from the person is not told.
func TestAChainOfEmergenciesIsLoud(t *testing.T) {
	h := newHouse(t)
	officer, kept := h.another(auth.ProtectionOfficer), h.another(auth.ProtectionOfficer)
	h.recipients(officer, kept)
	h.exclude(kept)
	h.begin(h.override(consent.Emergency))
	h.now = h.now.Add(consent.ReviewWithin - time.Minute)
	h.begin(h.override(consent.Emergency))
	if n := h.noticed(officer, notify.EmergencyAgain); n != 0 {
		t.Errorf("told %d times before the review was due", n)
	}
	h.now = h.now.Add(time.Minute)
	h.begin(h.override(consent.Emergency))
	for _, c := range []struct {
		who  auth.Actor
		want int
	}{{officer, 1}, {h.second, 1}, {kept, 0}, {h.worker, 0}} {
		if n := h.noticed(c.who, notify.EmergencyAgain); n != c.want {
			t.Errorf("%v was told %d times, want %d", c.who.Roles, n, c.want)
		}
	}
	if len(h.view().Left) != 3 {
		t.Error("an emergency was refused")
	}
}

// recipients sets who is told of emergency access, past the proposal.
func (h *house) recipients(all ...auth.Actor) {
	h.t.Helper()
	h.must(h.db.WriteUnaudited(h.t.Context(), "a test sets who is told", func(tx *db.Tx) error {
		for _, a := range all {
			_, err := tx.Exec(h.t.Context(), "INSERT INTO recipient (org_id, occasion, account_id) VALUES ($1, 'glass', $2)", string(h.org), string(a.Account))
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// exclude keeps somebody from the case.
func (h *house) exclude(who auth.Actor) {
	h.t.Helper()
	officer := h.another(auth.ProtectionOfficer)
	h.must((&auth.Accounts{DB: h.db}).Exclude(h.t.Context(), officer, h.of, who.Account, "other"))
}

// TestWhoIsKeptIsNotTold: neither a notice nor the task of the second person goes to somebody who is kept from the person since;
// those who still work on the case are told instead.
func TestWhoIsKeptIsNotTold(t *testing.T) {
	h := newHouse(t)
	late, mate := h.another(auth.Supervisor), h.another(auth.Supervisor)
	o := h.duty()
	o.Due = h.now.Add(time.Hour)
	id := string(h.begin(o))
	h.exclude(h.worker)
	h.exclude(h.second)
	emergency, err := h.Begin(t.Context(), late, h.of, h.seenBy(late), "")
	h.must(err)
	h.now = h.now.Add(consent.ReviewWithin)
	_, err = h.Tend(t.Context())
	h.must(err)
	for _, who := range []auth.Actor{h.worker, h.second} {
		if got := h.told(who); len(got) > 0 {
			t.Errorf("%v, who is kept from the person, was told of %q", who.Roles, got)
		}
	}
	if got := h.told(mate); !slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, id) }) {
		t.Errorf("nobody was told in the place of whoever noted the duty: %q", got)
	}
	_ = emergency
}

// seenBy is an emergency of somebody else.
func (h *house) seenBy(who auth.Actor) consent.Override {
	h.t.Helper()
	was := h.worker
	h.worker = who
	defer func() { h.worker = was }()
	return h.override(consent.Emergency)
}
