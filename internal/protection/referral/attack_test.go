package referral_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// Each look at a blind need is decided when it happens: it is then that it leaves.
func TestALookIsDecidedAnew(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	pair := [2]auth.OrgID{h.home.org, h.clinic.org}
	h.law_.fields[pair] = slices.DeleteFunc(every(), func(f string) bool { return f == "referral.age-group" })
	asked, err := h.Look(ctx, h.clinic.worker, id)
	h.must(err)
	if asked.Blind.Age != "" || asked.Blind.Children != 1 {
		t.Errorf("the agreement has lost the age, and the receiver sees %+v", asked.Blind)
	}
	delete(h.law_.fields, pair)
	asked, err = h.Look(ctx, h.clinic.worker, id)
	h.kind("looked at when the agreement has ended", err, fault.Denied)
	if asked.Blind.Children != 0 {
		t.Errorf("and it shows %+v", asked.Blind)
	}
	h.must(h.Decline(ctx, h.clinic.worker, id, "full")) // saying no shows nothing
}

// Somebody was thought to be an adult when the need was written, and is or may be a child now: nobody is told the old age,
// and the file over there is kept as a child's.
func TestAnAgeInDoubtIsNotTold(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	h.emergency(h.of, h.clinic.org)
	draft, err := h.Make(ctx, h.home.worker, h.of, h.wish(h.clinic), "")
	h.must(err)
	h.born(h.home, h.of, "2010-01-01", "2010-12-31")
	h.must(h.go_(h.home, h.of, draft))
	asked, err := h.Look(ctx, h.clinic.worker, draft)
	h.must(err)
	if asked.Blind.Age != "" || asked.Blind.Children != 1 {
		t.Errorf("the receiver sees a child as %q", asked.Blind.Age)
	}
	theirs := h.accept(h.clinic, draft)
	if got := h.text(h.clinic, theirs, draft); strings.Contains(got, "25-39") || !strings.Contains(got, canary) {
		t.Errorf("the receiver has %q", got)
	}
	c, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(theirs))
	h.must(err)
	k, err := h.vault.Keeping(ctx, h.clinic.worker, c.Person)
	h.must(err)
	if k.Class != "child-client" {
		t.Errorf("the file is kept as %s", k.Class)
	}
}

// What is asked back shows nowhere, the name of the case that was opened for it included, and nothing of it outlives the copy.
func TestTheNameGoesWithTheCopy(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	theirs := h.accept(h.clinic, id)
	_, err := h.consents.Withdraw(ctx, h.home.worker, h.of, consent.Withdrawal{Consent: h.consent})
	h.must(err)
	name := func(when string) {
		t.Helper()
		c, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(theirs))
		h.must(err)
		w, err := h.cases.Words(ctx, h.clinic.worker, c, "support")
		h.must(err)
		if strings.Contains(w.Name.Reveal("test"), "Zebrafinch") {
			t.Errorf("%s: the case bears the person’s name", when)
		}
	}
	name("asked back")
	all, err := h.consents.AskedBack(ctx, h.clinic.worker)
	h.must(err)
	h.must(h.consents.GiveBack(ctx, h.clinic.worker, all[0].ID, consent.RecallAnswer{State: consent.Honoured}))
	name("destroyed")
}

// What was looked at before is no look: sending takes the page as it stands, however far the draft is.
func TestNobodySendsUnread(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	pair := [2]auth.OrgID{h.home.org, h.clinic.org}
	h.law_.fields[pair] = []string{"referral.service"}
	id, err := h.Make(ctx, h.home.worker, h.of, h.wish(h.clinic), "")
	h.must(err)
	p, err := h.Preview(ctx, h.home.worker, h.of, id)
	h.must(err)
	h.must(h.Authorise(ctx, h.home.worker, h.of, id, p.Seen))
	h.law_.fields[pair] = every()
	h.kind("sent more than was read", h.Send(ctx, h.home.worker, h.of, id, ""), fault.Stale)
	if s := h.state(h.home, h.of, id); s != "authorised" {
		t.Errorf("the referral is %s", s)
	}
	h.must(h.go_(h.home, h.of, id))
}

// A way to reach the person that is only where they are names a place, and is not suggested for others.
func TestNoPlaceIsSuggested(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	h.must(h.people.SetContact(ctx, h.home.worker, casefile.ID(h.of), person.Seen{}, person.Contacts{List: record.Is([]person.Contact{
		{Channel: person.InHand, Value: "Zebrafinch house, blue door", Safe: person.Yes},
	}, record.Source{From: "person"})}))
	_, later, err := h.Suggest(ctx, h.home.worker, h.of, func(s string, _ ...any) string { return s })
	h.must(err)
	if got := later["contact.channel"].Reveal("test"); got != string(person.InHand) {
		t.Errorf("suggested: %q", got)
	}
}

// Whoever is erased where they were first is asked back wherever they were told of, also when the help there is over; the copy
// shows to nobody until somebody has answered, and an answer finds its way though nobody is left to hear it.
func TestErasureAsksTheCopyBack(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	over, going := h.send(h.home, h.of, h.wish(h.clinic)), h.send(h.home, h.of, h.wish(h.law, "legal"))
	atClinic, atLaw := h.accept(h.clinic, over), h.accept(h.law, going)
	h.must(h.Follow(ctx, h.clinic.worker, atClinic, over, referral.Start, ""))
	h.must(h.Follow(ctx, h.clinic.worker, atClinic, over, referral.Report, "helped"))
	h.must(h.Finish(ctx, h.home.worker, h.of, over))
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	erasure, err := h.vault.ProposeErasure(ctx, h.home.worker, c.Person, "request")
	h.must(err)
	_, err = h.vault.Erase(ctx, h.home.chief, erasure)
	h.must(err)
	for _, x := range []struct {
		s      side
		of, id string
		a      consent.RecallAnswer
		shows  bool
	}{
		{h.clinic, atClinic, over, consent.RecallAnswer{State: consent.Honoured}, false},
		{h.law, atLaw, going, consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"}, true},
	} {
		if got := h.text(x.s, x.of, x.id); strings.Contains(got, canary) {
			t.Errorf("erased, and it still shows there: %q", got)
		}
		all, err := h.consents.AskedBack(ctx, x.s.worker)
		h.must(err)
		if len(all) != 1 || all[0].Share != x.id {
			t.Fatalf("erased, and asked back is %+v", all)
		}
		h.must(h.consents.GiveBack(ctx, x.s.worker, all[0].ID, x.a))
		if got := strings.Contains(h.text(x.s, x.of, x.id), canary); got != x.shows {
			t.Errorf("answered %s, and it shows: %v", x.a.State, got)
		}
	}
	if checked, err := h.vault.Check(ctx); err != nil || len(checked.Findings) > 0 {
		t.Errorf("the rows do not match the ledger: %+v %v", checked, err)
	}
}

// What becomes of a copy is for those who work on its case: not for a colleague, nor for whoever is kept from it.
func TestOthersDoNotAnswerForACopy(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	theirs := h.accept(h.clinic, h.send(h.home, h.of, h.wish(h.clinic)))
	_, err := h.consents.Withdraw(ctx, h.home.worker, h.of, consent.Withdrawal{Consent: h.consent})
	h.must(err)
	kept := h.staff(h.clinic.org, auth.Supervisor)
	h.must(h.accounts.Exclude(ctx, h.clinic.chief, theirs, kept.Account, "relative"))
	all, err := h.consents.AskedBack(ctx, h.clinic.worker)
	h.must(err)
	for _, a := range []auth.Actor{h.staff(h.clinic.org, auth.SupportWorker), kept} {
		h.kind("destroyed by somebody else", h.consents.GiveBack(ctx, a, all[0].ID, consent.RecallAnswer{State: consent.Honoured}), fault.Denied)
		h.kind("kept by somebody else", h.consents.GiveBack(ctx, a, all[0].ID, consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"}), fault.Denied)
	}
	c, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(theirs))
	h.must(err)
	if c.Clear.State != casefile.Active {
		t.Errorf("the case is %s", c.Clear.State)
	}
	h.must(h.consents.GiveBack(ctx, h.clinic.chief, all[0].ID, consent.RecallAnswer{State: consent.Honoured}))
}
