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

// TestListsAreReadToTheirEnd: whoever is kept from the first files of a list still gets those behind them, each once, in the
// order of the whole.
func TestListsAreReadToTheirEnd(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	all := []PersonID{"p1", "p2", "p3", "p4", "p5", "p6", "p7"}
	h.enrol(all...)
	for i, p := range all {
		if _, err := h.Retain(ctx, worker, p, "adult-client", []string{"2020-01-01", "2021-01-01"}[i/5]); err != nil {
			t.Fatal(err)
		}
	}
	out := auth.Actor{Org: org, Account: "out", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, 'out', 1, 'invented', 0)", string(org))
		if err != nil {
			return err
		}
		for _, p := range all[:4] {
			if err := h.Bind(ctx, tx, org, "case-"+string(p), p); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, 'out', 'other', 'x', 0)",
				string(org), "case-"+string(p))
			if err != nil {
				return err
			}
		}
		return nil
	})
	var got []PersonID
	for after := (Review{}); ; {
		some, last, err := h.DueAfter(ctx, out, "2026-03-01", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range some {
			got = append(got, d.Person)
		}
		if after = last; last.Person == "" {
			break
		}
	}
	if !slices.Equal(got, all[4:]) {
		t.Errorf("piece by piece: %v", got)
	}
	if due, err := h.Due(ctx, out, "2026-03-01", 2); err != nil || len(due) != 2 || due[0].Person != "p5" || due[1].Person != "p6" {
		t.Errorf("the first two: %+v %v", due, err)
	}
	for _, p := range all {
		h.erase(p)
	}
	got = nil
	for before := (Proposal{}); ; {
		some, last, err := h.ErasedBefore(ctx, second, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range some {
			got = append(got, d.Person)
		}
		if before = last; last.ID == "" {
			break
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, all) {
		t.Errorf("what was erased: %v", got)
	}
}
