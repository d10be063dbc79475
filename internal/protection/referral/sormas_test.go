package referral_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/referral"
	"github.com/fourfold/fourfold/internal/vault"
)

// The tests of this file are what users of SORMAS reported about sharing cases between its instances, one by one; the numbers
// are those of its issues.

// TestReceiverCanDecline (#4423): the receiver learns of it, sees a limited preview, and can say no; the sender learns why;
// nothing is stored at the receiver, and the same need can be asked for elsewhere.
func TestReceiverCanDecline(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	h.kind("declined without a reason", h.Decline(ctx, h.clinic.worker, id, "dislike"), fault.Invalid)
	h.must(h.Decline(ctx, h.clinic.worker, id, "full"))
	if one := h.one(h.home, h.of, id); one.State != "declined" || one.Reason != "full" {
		t.Errorf("the sender sees %+v", one)
	}
	page, err := h.cases.List(ctx, h.clinic.worker, casefile.Filter{Whose: casefile.Mine})
	h.must(err)
	if len(page.Cases) != 0 {
		t.Error("declined, and there is a case")
	}
	_, err = h.Accept(ctx, h.clinic.worker, id)
	h.kind("accepted after declining", err, fault.Conflict)
	h.send(h.home, h.of, h.wish(h.law))
}

// TestNobodyAnswersInTime (#4423): a referral expires, a late yes is entered and changes nothing, and the need can be sent again.
func TestNobodyAnswersInTime(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	h.now = h.now.Add(7 * 24 * time.Hour)
	_, err := h.Accept(ctx, h.clinic.worker, id)
	h.kind("accepted too late", err, fault.Conflict)
	if n := h.entries(h.clinic.org, "referral.late"); n != 1 || h.state(h.home, h.of, id) != "expired" {
		t.Errorf("%d entries of a late answer, state %s", n, h.state(h.home, h.of, id))
	}
	again := h.send(h.home, h.of, h.wish(h.clinic))
	h.accept(h.clinic, again)
	h.must(h.Finish(ctx, h.home.worker, h.of, id))
}

// TestSharedTwiceAcceptedInTheOtherOrder (#8576): the case is shared as a need and as a whole, and accepted in the other
// order. It has one owner, the receiver has the person once, and no second transfer can be under way.
func TestSharedTwiceAcceptedInTheOtherOrder(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	need := h.send(h.home, h.of, h.wish(h.clinic))
	w := h.wish(h.clinic)
	w.Kind = referral.Transfer
	whole := h.send(h.home, h.of, w)
	w.To = h.law.org
	other, err := h.Make(ctx, h.home.worker, h.of, w, "")
	h.must(err)
	h.kind("a second transfer under way", h.go_(h.home, h.of, other), fault.Conflict)
	wholeCase := h.accept(h.clinic, whole)
	needCase := h.accept(h.clinic, need)
	h.must(h.Follow(ctx, h.clinic.worker, wholeCase, whole, referral.Start, ""))
	h.must(h.Follow(ctx, h.clinic.worker, needCase, need, referral.Start, ""))
	a, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(wholeCase))
	h.must(err)
	b, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(needCase))
	h.must(err)
	if a.Person != b.Person {
		t.Error("the receiver has the same person twice")
	}
	owners := 0
	for _, one := range []referral.Referral{h.one(h.home, h.of, whole), h.one(h.home, h.of, need), h.one(h.clinic, wholeCase, whole), h.one(h.clinic, needCase, need)} {
		if one.End.Owner {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("the case has %d owners", owners)
	}
}

// TestRejectThenShareAgain (#6067): after a no the same thing can be sent again and accepted, with an identifier of its own.
func TestRejectThenShareAgain(t *testing.T) {
	h := newTown(t)
	first := h.send(h.home, h.of, h.wish(h.clinic))
	h.must(h.Decline(t.Context(), h.clinic.worker, first, "full"))
	second := h.send(h.home, h.of, h.wish(h.clinic))
	if of := h.accept(h.clinic, second); !strings.Contains(h.text(h.clinic, of, second), canary) {
		t.Error("sent again, and nothing came")
	}
	if a, b := h.state(h.home, h.of, first), h.state(h.home, h.of, second); a != "declined" || b != "released" {
		t.Errorf("the first is %s, the second %s", a, b)
	}
}

// TestOneOpenReferralForEachNeed: the same need is not open twice at the same receiver; another need is, and so is another
// receiver.
func TestOneOpenReferralForEachNeed(t *testing.T) {
	h := newTown(t)
	h.send(h.home, h.of, h.wish(h.clinic, "accommodation", "legal"))
	id, err := h.Make(t.Context(), h.home.worker, h.of, h.wish(h.clinic, "medical", "legal"), "")
	h.must(err)
	h.kind("the same need there again", h.go_(h.home, h.of, id), fault.Conflict)
	h.send(h.home, h.of, h.wish(h.clinic, "medical"))
	h.send(h.home, h.of, h.wish(h.law, "legal"))
}

// TestReturningACase (#9955): a case that went over comes back in one step, to the file of the person from whom it came, and
// no third party can stop it half-way.
func TestReturningACase(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	w := h.wish(h.clinic)
	w.Kind = referral.Transfer
	there := h.send(h.home, h.of, w)
	of := h.accept(h.clinic, there)
	h.must(h.Follow(ctx, h.clinic.worker, of, there, referral.Start, ""))
	h.born(h.clinic, of, "1990-01-01", "1999-12-31")
	h.give(h.clinic, of, h.home.org)
	delete(h.law_.fields, [2]auth.OrgID{h.clinic.org, h.law.org}) // a third party has nothing to say
	w.To = h.home.org
	back := h.send(h.clinic, of, w)
	again := h.accept(h.home, back)
	h.must(h.Follow(ctx, h.home.worker, again, back, referral.Start, ""))
	was, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	is, err := h.cases.Get(ctx, h.home.worker, casefile.ID(again))
	h.must(err)
	stub, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(of))
	h.must(err)
	if is.Person != was.Person || is.Clear.Standing != casefile.Open || stub.Clear.Standing != casefile.Closed {
		t.Errorf("came back as %+v; the stub there is %s", is.Clear, stub.Clear.Standing)
	}
	if !h.one(h.home, again, back).End.Owner || h.one(h.clinic, of, back).End.Owner {
		t.Error("came back, and the owner is another")
	}
}

// TestAttachmentsAreNamedNotDropped (#10696, #10690): attachments stay; the sender sees that before sending, the receiver after
// accepting, and they keep nobody from accepting.
func TestAttachmentsAreNamedNotDropped(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	h.must(h.db.WriteUnaudited(ctx, "an attachment, as package blob keeps it", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO attachment (org_id, id, version, person_id, record, state, metadata, content_id, chunks, card, created_by, created_at)
			VALUES ($1, 'A', 1, $2, $3, 'kept', 'none', 'C', 1, $4, 'x', 1)`, string(c.Org), string(c.Person), "case/"+h.of, []byte{1})
		return err
	}))
	id, err := h.Make(ctx, h.home.worker, h.of, h.wish(h.clinic), "")
	h.must(err)
	p, err := h.Preview(ctx, h.home.worker, h.of, id)
	h.must(err)
	if p.Files != 1 {
		t.Errorf("the sender is told of %d attachments that stay", p.Files)
	}
	h.must(h.go_(h.home, h.of, id))
	asked, err := h.Look(ctx, h.clinic.worker, id)
	h.must(err)
	if asked.Files != 0 {
		t.Error("that there are attachments is told before anybody accepted")
	}
	of := h.accept(h.clinic, id)
	if one := h.one(h.clinic, of, id); one.Files != 1 {
		t.Errorf("the receiver is told of %d attachments that stayed", one.Files)
	}
}

// TestPseudonymisedStaysPseudonymised (#3608): what comes back from the receiver is a row of its own and never overwrites what
// the sender knows.
func TestPseudonymisedStaysPseudonymised(t *testing.T) {
	h := newTown(t)
	there := h.send(h.home, h.of, h.wish(h.clinic))
	of := h.accept(h.clinic, there)
	h.born(h.clinic, of, "1990-01-01", "1999-12-31")
	h.give(h.clinic, of, h.home.org)
	w := h.wish(h.home, "legal")
	w.Later = referral.Later{"identity.name": private.New("A pseudonym")}
	back := h.send(h.clinic, of, w)
	again := h.accept(h.home, back)
	if got := h.text(h.home, again, back); !strings.Contains(got, "A pseudonym") {
		t.Errorf("what came back is %q", got)
	}
	if got := h.text(h.home, h.of, there); !strings.Contains(got, canary) {
		t.Errorf("what was sent is %q now", got)
	}
}

// TestRecallInFlight (#4423): what is recalled before the answer is gone from the inbox, leaves nothing, and a yes that was on
// its way is entered on both sides' record and changes nothing.
func TestRecallInFlight(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	h.kind("recalled without a reason", h.Recall(ctx, h.home.worker, h.of, id, "ground"), fault.Invalid)
	h.must(h.Recall(ctx, h.home.worker, h.of, id, "elsewhere"))
	h.must(h.Recall(ctx, h.home.worker, h.of, id, "elsewhere"))
	_, err := h.Accept(ctx, h.clinic.worker, id)
	h.kind("accepted after a recall", err, fault.Conflict)
	h.kind("declined after a recall", h.Decline(ctx, h.clinic.worker, id, "full"), fault.Conflict)
	if n := h.entries(h.clinic.org, "referral.late"); n != 2 {
		t.Errorf("%d late answers were entered", n)
	}
	asked, err := h.Look(ctx, h.clinic.worker, id)
	h.must(err)
	if asked.State != "recalled" || asked.Blind.Age != "" || asked.Reason != "elsewhere" {
		t.Errorf("recalled, and the receiver sees %+v", asked)
	}
	var open []consent.Recall
	h.must(h.db.Read(ctx, func(tx *db.Tx) (err error) {
		open, err = h.consents.Recalls(ctx, tx, h.clinic.org, false, "")
		return err
	}))
	if len(open) != 0 {
		t.Errorf("the receiver has nothing and is asked for it: %+v", open)
	}
}

// TestWithdrawalReachesThePartner: taking back the consent recalls at once; the copy is shown to nobody until it is answered;
// one partner destroys it and the receipt comes back, the police keep theirs on a ground that the person can read.
func TestWithdrawalReachesThePartner(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	toClinic, toLaw := h.send(h.home, h.of, h.wish(h.clinic)), h.send(h.home, h.of, h.wish(h.law, "legal"))
	atClinic, atLaw := h.accept(h.clinic, toClinic), h.accept(h.law, toLaw)
	_, err := h.consents.Withdraw(ctx, h.home.worker, h.of, consent.Withdrawal{Consent: h.consent})
	h.must(err)
	for _, x := range []struct {
		s      side
		of, id string
	}{{h.clinic, atClinic, toClinic}, {h.law, atLaw, toLaw}} {
		if got := h.text(x.s, x.of, x.id); strings.Contains(got, canary) {
			t.Errorf("asked back, and it still shows: %q", got)
		}
		if one := h.one(x.s, x.of, x.id); one.Back != referral.AskedBack || one.State != "recalled" {
			t.Errorf("asked back, and the receiver's row is %+v", one)
		}
	}
	answer := func(s side, id string, a consent.RecallAnswer) {
		t.Helper()
		all, err := h.consents.AskedBack(ctx, s.worker)
		h.must(err)
		if len(all) != 2 || all[0].Share != id {
			t.Fatalf("asked back: %+v", all)
		}
		h.must(h.consents.GiveBack(ctx, s.worker, all[0].ID, a))
		if all, err = h.consents.AskedBack(ctx, s.worker); err != nil || len(all) != 0 {
			t.Errorf("answered, and still asked: %+v %v", all, err)
		}
	}
	answer(h.clinic, toClinic, consent.RecallAnswer{State: consent.Honoured})
	answer(h.law, toLaw, consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"})
	if one := h.one(h.clinic, atClinic, toClinic); one.Back != referral.Destroyed || strings.Contains(h.text(h.clinic, atClinic, toClinic), canary) {
		t.Errorf("destroyed, and the receiver has %+v", one)
	}
	c, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(atClinic))
	h.must(err)
	if c.Clear.State != casefile.Restricted {
		t.Errorf("the case that was opened for it is %s", c.Clear.State)
	}
	var left int
	h.must(h.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM protection_referral WHERE org_id = $1 AND (personal IS NOT NULL OR sensitive IS NOT NULL)",
			string(h.clinic.org)).Scan(&left)
	}))
	if left != 0 {
		t.Error("destroyed, and something sealed is left")
	}
	if got := h.text(h.law, atLaw, toLaw); !strings.Contains(got, canary) {
		t.Errorf("lawfully kept, and it shows %q", got)
	}
	v, err := h.consents.View(ctx, h.home.worker, h.of)
	h.must(err)
	said := map[string]int{}
	for _, l := range v.Left {
		said[string(l.Recall)+" "+l.RecallWhy]++
	}
	if said["honoured "] != 2 || said["kept police-record"] != 2 {
		t.Errorf("the person is shown %v", said)
	}
	if a, b := h.one(h.home, h.of, toClinic), h.one(h.home, h.of, toLaw); a.Back != referral.Destroyed || b.Back != referral.Kept {
		t.Errorf("the sender sees %s and %s", a.Back, b.Back)
	}
	checked, err := h.vault.Check(ctx)
	if err != nil || len(checked.Findings) > 0 {
		t.Errorf("the rows do not match the ledger: %+v %v", checked, err)
	}
}

// TestWithdrawalBeforeTheAnswer: taking back before anybody has accepted ends it, and nothing can be released afterwards.
func TestWithdrawalBeforeTheAnswer(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	_, err := h.consents.Withdraw(ctx, h.home.worker, h.of, consent.Withdrawal{Consent: h.consent, Recipient: consent.Party(h.clinic.org)})
	h.must(err)
	_, err = h.Accept(ctx, h.clinic.worker, id)
	h.kind("accepted after the consent was taken back", err, fault.Conflict)
	if one := h.one(h.home, h.of, id); one.State != "recalled" || one.Reason != "ground" {
		t.Errorf("taken back, and the referral is %+v", one)
	}
	all, err := h.consents.AskedBack(ctx, h.clinic.worker)
	if err != nil || len(all) != 0 {
		t.Errorf("asked for what they do not have: %+v %v", all, err)
	}
}

// TestRestrictedRecordStays: while the person contests what is kept, nothing is shown to a partner and nothing is released; a
// recall is possible all the same.
func TestRestrictedRecordStays(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	h.must(h.cases.Mark(ctx, h.home.worker, c.ID(), c.Version, casefile.Restricted))
	_, err = h.Look(ctx, h.clinic.worker, id)
	h.kind("looked at while it is contested", err, fault.Denied)
	_, err = h.Accept(ctx, h.clinic.worker, id)
	h.kind("released while it is contested", err, fault.Denied)
	h.must(h.Recall(ctx, h.home.worker, h.of, id, "mind"))
	_, err = h.Fetch(ctx, h.clinic.worker, id)
	h.kind("fetched after the recall", err, fault.Conflict)
}

// TestWhoIsKeptFromTheCaseSendsNothing: exclusions and roles of the sender hold for referrals as for the case.
func TestWhoIsKeptFromTheCaseSendsNothing(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	for _, who := range []auth.Actor{h.clinic.worker, h.law.chief, h.staff(h.home.org, auth.Administrator), h.staff(h.home.org, auth.Officer)} {
		h.kind("previewed by "+string(who.Roles[0]), second(h.Preview(ctx, who, h.of, id)), fault.NotFound)
		h.kind("recalled by "+string(who.Roles[0]), h.Recall(ctx, who, h.of, id, "mind"), fault.NotFound)
		h.kind("finished by "+string(who.Roles[0]), h.Finish(ctx, who, h.of, id), fault.NotFound)
	}
	h.kind("followed by the sender", h.Follow(ctx, h.home.worker, h.of, id, referral.Start, ""), fault.Conflict)
	_, err := h.Accept(ctx, h.home.worker, id)
	h.kind("accepted by the sender", err, fault.NotFound)
	if !slices.Contains([]vault.Purpose{"referral"}, referral.Purpose) {
		t.Error("the purpose has changed, and the words of the ledger with it")
	}
}
