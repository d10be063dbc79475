package web

import (
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// The ledger opens what says that somebody read feedback to whoever may read it, and not to a supervisor who works on the case.
func TestTheLedgerTellsOfNoFeedback(t *testing.T) {
	n := newSeeded(t, Options{OwnHost: ownHost})
	ctx := t.Context()
	worker, id, _, feedback := sampleWords(n, n.accounts[auth.SupportWorker])
	officer, chief := n.actor(auth.ProtectionOfficer), n.actor(auth.Supervisor)
	_, err := n.app.Space.Hear(ctx, officer, feedback)
	n.must(err)
	c, err := n.app.Cases.Get(ctx, worker, id)
	n.must(err)
	found, err := audit.About(ctx, n.app.DB, n.app.Vault, string(n.org), string(c.Person))
	n.must(err)
	var heard []string
	for _, e := range found {
		if e.Kind == audit.Opening && e.Detail["purpose"] == "feedback" {
			heard = append(heard, e.ID)
		}
	}
	if len(heard) == 0 {
		t.Fatal("nobody has heard it: this test could not fail")
	}
	if _, err := n.app.OpenLedgerEntry(ctx, chief, heard[0]); err != nil {
		t.Errorf("to who oversees: %v", err)
	}
	n.must(n.app.Accounts.Assign(ctx, chief, string(id), auth.Holder{Account: chief.Account}))
	if _, err := n.app.OpenLedgerEntry(ctx, chief, heard[0]); err == nil || fault.KindOf(err) != fault.NotFound {
		t.Errorf("to who works on the case: %v", err)
	}
}
