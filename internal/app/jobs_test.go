package app_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/job"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// jobs counts the jobs of a kind in a state.
func jobs(t *testing.T, d *db.DB, kind, state string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = $1 AND state = $2", kind, state).Scan(&n)
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	return n
}

// TestRunningNodeDoesItsDuties tends a node until its periodic work is done, and closes it.
func TestRunningNodeDoesItsDuties(t *testing.T) {
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	a.Tend(t.Context(), slog.New(slog.DiscardHandler))
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if jobs(t, d, "vault.tend", "completed") == 1 && jobs(t, d, "blob.sweep", "completed") == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the duties of the node are not done")
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestErasureForgetsJobs erases a person whom a job names.
func TestErasureForgetsJobs(t *testing.T) {
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	ctx := t.Context()
	org, err := a.Accounts.CreateOrg(ctx, "Harbour Office (invented)", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	account := func(role auth.Role) auth.Actor {
		id, err := a.Accounts.CreateAccount(ctx, auth.CLI(org), "Invented "+string(role), role)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := a.Accounts.Actor(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return actor
	}
	worker, second := account(auth.Supervisor), account(auth.ProtectionOfficer)
	person, stays := vault.PersonID(db.NewID()), vault.PersonID(db.NewID())
	err = d.WriteUnaudited(ctx, "test", func(tx *db.Tx) error {
		for _, p := range []vault.PersonID{person, stays} {
			if err := a.Vault.Enrol(ctx, tx, worker, p, "adult-client"); err != nil {
				return err
			}
			if err := a.Jobs.Enqueue(ctx, tx, job.Job{Kind: "test.do", Org: string(org), IDs: job.IDs{"person": string(p)}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	proposal, err := a.Vault.ProposeErasure(ctx, worker, person, "request")
	if err == nil {
		_, err = a.Vault.Erase(ctx, second, proposal)
	}
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	if n := jobs(t, d, "test.do", "available"); n != 1 {
		t.Errorf("%d jobs are left, want the one of the other person", n)
	}
}
