package vault

import (
	"context"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// TestTimeOver: that the time is over is a ground only when it is, and when nothing goes on for which the rule of the file has
// it kept. The person's own wish waits for neither, and a procedure that the rule does not name keeps nothing.
func TestTimeOver(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.enrol("p1")
	goes := map[string]bool{}
	for _, code := range Procedures() {
		h.OnKeep(Procedure{Code: code, Goes: func(_ context.Context, _ *db.Tx, _ auth.OrgID, person PersonID) (bool, error) {
			return person == "p1" && goes[code], nil
		}})
	}
	propose := func(step, ground string, want bool) {
		t.Helper()
		id, err := h.ProposeErasure(ctx, worker, "p1", ground)
		if want != (err == nil) || err != nil && fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s, %s: %v", step, ground, err)
		}
		if err == nil {
			if err := h.WithdrawErasure(ctx, worker, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	retain := func(class RetentionClass, from string) {
		t.Helper()
		if _, err := h.Retain(ctx, worker, "p1", class, from); err != nil {
			t.Fatal(err)
		}
	}
	retain("adult-client", "")
	propose("open", "retention", false)
	propose("open", "request", true)
	retain("adult-client", "2025-03-02") // tomorrow a year ago
	propose("a day too early", "retention", false)
	retain("adult-client", "2025-03-01")
	propose("over", "retention", true)
	for _, code := range Procedures() {
		goes = map[string]bool{code: true}
		propose(code+" goes on", "retention", false)
		propose(code+" goes on", "request", true)
		if k, err := h.Keeping(ctx, worker, "p1"); err != nil || !slices.Equal(k.Goes, []string{code}) {
			t.Errorf("kept for %q, %v", k.Goes, err)
		}
	}
	goes = map[string]bool{"identification": true}
	retain("enquiry", "2025-01-01")
	propose("the rule does not name it", "retention", true)
	// What begins between the two people holds too.
	goes = nil
	retain("adult-client", "2025-03-01")
	id, err := h.ProposeErasure(ctx, worker, "p1", "retention")
	if err != nil {
		t.Fatal(err)
	}
	goes = map[string]bool{"duty": true}
	if _, err := h.Erase(ctx, second, id); fault.KindOf(err) != fault.Conflict {
		t.Errorf("erased while a duty is open: %v", err)
	}
}

// TestEveryProcedureIsNamed: each procedure keeps files of some class, and a class cannot name one that nobody knows.
func TestEveryProcedureIsNamed(t *testing.T) {
	s, err := loadSchedule(retentionFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Procedures() {
		if r, err := s.at("adult-client", "2026-03-01"); err != nil || !slices.Contains(r.While, code) {
			t.Errorf("an adult's file is not kept for %s: %v", code, err)
		}
	}
	rule := Rule{From: "2020-01-01", KeepMonths: 1, ReviewMonths: 1, Source: "x", Confidence: "stated", While: []string{"weather"}}
	if rule.check() == nil {
		t.Error("a rule names a procedure that nobody knows")
	}
}
