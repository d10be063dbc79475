package consent_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// TestTakingBackActsAtOnce: in the transaction of the withdrawal the right is gone, shares stop, partners on the node are
// told, and what has left is asked back; when stopping a share fails, nothing is taken back by half.
func TestTakingBackActsAtOnce(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	clinic := consent.Party(h.clinic)
	left, err := h.disclose(id, clinic, "contact", "need")
	h.must(err)
	told, err := h.disclose(id, "police", "contact")
	h.must(err)
	var stopped []consent.Stop
	fail := errors.New("the share does not stop")
	h.OnStop(func(_ context.Context, _ *db.Tx, _ auth.Actor, s consent.Stop) error {
		stopped = append(stopped, s)
		return fail
	})
	h.now = h.now.Add(time.Hour)
	if _, err := h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id}); err == nil {
		t.Fatal("the failure was lost")
	}
	if !h.ask(clinic, "contact", "support").Allowed {
		t.Fatal("taken back by half")
	}
	stopped, fail = nil, nil
	done, err := h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id})
	h.must(err)
	if len(done.Recalls) != 2 || len(stopped) != 2 || stopped[0].Because != consent.TakenBack {
		t.Fatalf("recalls %v, stopped %+v", done.Recalls, stopped)
	}
	if d := h.ask(clinic, "contact", "support"); d.Allowed || !slices.Equal(d.Reasons, []consent.Reason{consent.ReasonWithdrawn}) {
		t.Errorf("after it: %+v", d)
	}
	if _, err := h.disclose(id, clinic, "contact"); fault.KindOf(err) != fault.Denied {
		t.Errorf("something leaves after it: %v", err)
	}
	for _, l := range h.view().Left {
		if l.Recall != consent.Asked || l.ID != left && l.ID != told {
			t.Errorf("%+v is not asked back", l)
		}
	}
	h.checkAnswers(clinic)
	again, err := h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id})
	h.must(err)
	if len(again.Recalls) > 0 || len(stopped) != 2 {
		t.Errorf("taken back twice: %+v", again)
	}
}

// checkAnswers: the clinic on the node finds the recall with the name of the share and nothing else, answers, and the house
// has the answer; the police, who are outside, wait to be asked, and refuse.
func (h *house) checkAnswers(clinic string) {
	t := h.t
	t.Helper()
	doctor := auth.Actor{Org: h.clinic, Account: "doctor", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	var theirs, ours []consent.Recall
	h.must(h.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		if theirs, err = h.Recalls(t.Context(), tx, h.clinic, false, ""); err != nil {
			return err
		}
		ours, err = h.Recalls(t.Context(), tx, h.org, true, "")
		return err
	}))
	if len(theirs) != 1 || len(ours) != 2 {
		t.Fatalf("the clinic has %d recalls, the house %d", len(theirs), len(ours))
	}
	one := theirs[0]
	if one.Share != "SHARE"+clinic || one.Case != "" || one.Disclosure != "" || one.Partner != consent.Party(h.org) || one.Because != consent.TakenBack {
		t.Errorf("the clinic learns %+v", one)
	}
	i := slices.IndexFunc(ours, func(r consent.Recall) bool { return r.Partner == "police" })
	if i < 0 || !ours[i].Sent.IsZero() || ours[1-i].Sent.IsZero() {
		t.Fatalf("%+v", ours)
	}
	h.kind("an answer without its reason", h.answer(doctor, one.ID, consent.RecallAnswer{State: consent.KeptThere}), fault.Invalid)
	h.kind("an answer of somebody else", h.answer(h.worker, one.ID, consent.RecallAnswer{State: consent.Honoured}), fault.NotFound)
	h.must(h.answer(doctor, one.ID, consent.RecallAnswer{State: consent.Honoured}))
	h.must(h.answer(doctor, one.ID, consent.RecallAnswer{State: consent.KeptThere, Why: "law-keeps"})) // the first stands
	h.must(h.db.Write(t.Context(), func(tx *db.Tx) error {
		return h.AnsweredIn(t.Context(), tx, h.worker, ours[i].ID, consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"})
	}))
	want := map[string]consent.RecallState{clinic: consent.Honoured, "police": consent.KeptThere}
	for _, l := range h.view().Left {
		if l.Recall != want[l.Recipient] || l.Recipient == "police" && l.RecallWhy != "police-record" {
			t.Errorf("%s: %s %s", l.Recipient, l.Recall, l.RecallWhy)
		}
	}
}

func (h *house) answer(who auth.Actor, id consent.RecallID, a consent.RecallAnswer) error {
	return h.db.Write(h.t.Context(), func(tx *db.Tx) error { return h.AnswerIn(h.t.Context(), tx, who, id, a) })
}

// TestTakenBackForOne: for one recipient it ends, for the other it stands; with the last one the sheet is over.
func TestTakenBackForOne(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	clinic := consent.Party(h.clinic)
	_, err := h.disclose(id, clinic, "contact")
	h.must(err)
	h.now = h.now.Add(time.Hour)
	done, err := h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Recipient: "police"})
	h.must(err)
	if len(done.Recalls) != 0 || h.ask("police", "contact", "support").Allowed || !h.ask(clinic, "contact", "support").Allowed {
		t.Errorf("after the police: %+v", done)
	}
	done, err = h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Recipient: clinic})
	h.must(err)
	if l := h.view().Lines[0]; len(done.Recalls) != 1 || l.State != consent.Withdrawn || l.Ended.IsZero() {
		t.Errorf("after the last: %+v, %s", done, l.State)
	}
	// What was taken back can be agreed to anew.
	h.now = h.now.Add(time.Hour)
	h.give(h.said())
	if !h.ask(clinic, "contact", "support").Allowed {
		t.Error("a new yes does not count")
	}
}

// TestANoElsewhereRecalls: a refusal on another sheet, or a narrower sheet in its place, asks back what left; running out does not.
func TestANoElsewhereRecalls(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(h *house, id consent.ID)
		want consent.Because
	}{
		"a refusal": {func(h *house, _ consent.ID) {
			h.give(consent.Said{Kind: consent.Sharing, State: consent.Refused, Recipients: []consent.Named{{Term: consent.Term{To: "police"}}}})
		}, consent.SaidNo},
		"less in its place": {func(h *house, id consent.ID) {
			s := h.said()
			s.Classes, s.Supersedes, s.SupersedesVersion = []string{"need"}, id, 1
			h.give(s)
		}, consent.Narrowed},
		"the same in its place": {func(h *house, id consent.ID) {
			s := h.said()
			s.Supersedes, s.SupersedesVersion = id, 1
			h.give(s)
		}, ""},
		"its end": {func(h *house, _ consent.ID) {
			h.now = h.now.AddDate(0, 6, 0)
			s := h.said()
			s.Recipients, s.Last = s.Recipients[:1], "2027-01-01"
			h.give(s)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			id := h.give(h.said())
			_, err := h.disclose(id, "police", "contact")
			h.must(err)
			h.now = h.now.Add(time.Hour)
			c.do(h, id)
			recalls := h.view().Recalls
			if c.want == "" && len(recalls) > 0 || c.want != "" && (len(recalls) != 1 || recalls[0].Because != c.want) {
				t.Errorf("%+v, want %q", recalls, c.want)
			}
		})
	}
}

// TestNothingLeavesWithoutALine: each way of naming no, another, or both authorities is refused, and leaves no line.
func TestNothingLeavesWithoutALine(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	k := record.Key{Case: h.of, Person: h.person}
	try := func(l consent.Leaving) error {
		return h.db.Write(t.Context(), func(tx *db.Tx) error { return errOf(h.DiscloseIn(t.Context(), tx, h.worker, k, l)) })
	}
	good := consent.Leaving{Authority: consent.Authority{Consent: id}, Recipient: "police", Classes: []string{"contact"}, Purpose: "support"}
	for name, do := range map[string]func(*consent.Leaving){
		"no authority":         func(l *consent.Leaving) { l.Authority = consent.Authority{} },
		"both":                 func(l *consent.Leaving) { l.LegalBasis = "b" },
		"another consent":      func(l *consent.Leaving) { l.Consent = "other" },
		"another basis":        func(l *consent.Leaving) { l.Authority = consent.Authority{LegalBasis: "b"} },
		"another recipient":    func(l *consent.Leaving) { l.Recipient = "court" },
		"one class too many":   func(l *consent.Leaving) { l.Classes = []string{"contact", "identity"} },
		"no class":             func(l *consent.Leaving) { l.Classes = nil },
		"another purpose":      func(l *consent.Leaving) { l.Purpose = "investigation" },
		"another kind":         func(l *consent.Leaving) { l.Kind = consent.Photo },
		"a receipt with words": func(l *consent.Leaving) { l.Receipt = "got it, thanks" },
	} {
		l := good
		do(&l)
		if try(l) == nil {
			t.Errorf("%s: something left", name)
		}
	}
	if n := len(h.view().Left); n > 0 {
		t.Errorf("%d lines", n)
	}
	good.Content = []byte("how to reach her")
	h.must(try(good))
	lines := h.view().Left
	if len(lines) != 1 || lines[0].Authority != good.Authority {
		t.Errorf("%+v", lines)
	}
}

// TestGroundsForAgreements: what an agreement is asked with is what was agreed to, point by point, and ends with it.
func TestGroundsForAgreements(t *testing.T) {
	h := newHouse(t)
	if g, err := h.grounds("NOBODY"); err != nil || len(g) > 0 {
		t.Errorf("of nobody: %v %v", g, err)
	}
	id := h.give(h.said())
	g, err := h.grounds(h.person)
	h.must(err)
	clinic := consent.Party(h.clinic)
	want := []string{"consent " + clinic + " contact support", "consent " + clinic + " need support", "consent police contact support", "consent police need support"}
	if !slices.Equal(g, want) {
		t.Errorf("%q, want %q", g, want)
	}
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Recipient: "police"})))
	if g, _ := h.grounds(h.person); !slices.Equal(g, want[:2]) {
		t.Errorf("after taking it back from the police: %q", g)
	}
}

// TestAShareHasOneAnswer: what is asked back more than once has one answer on both sides: that by which most is given back. What
// was destroyed stays so, whatever is said later.
func TestAShareHasOneAnswer(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	clinic := auth.Actor{Org: h.clinic, Account: "invented", Via: auth.ViaSession, Zone: "Europe/London"}
	id, share := h.give(h.said()), "SHARE"+consent.Party(h.clinic)
	for i, step := range []struct {
		says consent.RecallAnswer
		all  consent.RecallState
		why  string
	}{
		{consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"}, consent.KeptThere, "police-record"},
		{consent.RecallAnswer{State: consent.PartlyGiven, Why: "court-file"}, consent.PartlyGiven, "court-file"},
		{consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"}, consent.PartlyGiven, "court-file"},
		{consent.RecallAnswer{State: consent.Honoured}, consent.Honoured, ""},
		{consent.RecallAnswer{State: consent.KeptThere, Why: "police-record"}, consent.Honoured, ""},
	} {
		h.now = h.now.Add(time.Hour)
		h.must(errOf(h.disclose(id, consent.Party(h.clinic), "contact")))
		var asked []consent.Recall
		h.must(h.db.Write(ctx, func(tx *db.Tx) error {
			_, err := h.RecallIn(ctx, tx, h.worker, record.Key{Case: h.of, Person: h.person}, share)
			if err == nil {
				asked, err = h.Recalls(ctx, tx, h.clinic, false, share)
			}
			return err
		}))
		if len(asked) != 1 {
			t.Fatalf("step %d: asked %+v", i, asked)
		}
		h.must(h.answer(clinic, asked[0].ID, step.says))
		v := h.view()
		if len(v.Left) != i+1 {
			t.Fatalf("step %d: %d lines", i, len(v.Left))
		}
		for _, l := range v.Left {
			if l.Recall != step.all || l.RecallWhy != step.why {
				t.Errorf("step %d: a line says %s %q, want %s %q", i, l.Recall, l.RecallWhy, step.all, step.why)
			}
		}
		for _, org := range []auth.OrgID{h.org, h.clinic} {
			var others int
			h.must(h.db.Read(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(ctx, "SELECT count(*) FROM protection_recall WHERE org_id = $1 AND (answer <> $2 OR answer_why <> $3)",
					string(org), string(step.all), step.why).Scan(&others)
			}))
			if others > 0 {
				t.Errorf("step %d: %d recalls of a side have another answer", i, others)
			}
		}
	}
}
