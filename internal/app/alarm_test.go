package app_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// watched is a running node with one account of each role that is told of something, and of one that
// is not.
type watched struct {
	*app.App
	t     *testing.T
	org   auth.OrgID
	staff map[auth.Role]auth.AccountID
	now   time.Time
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{t: t, staff: map[auth.Role]auth.AccountID{}, now: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	d := dbtest.OpenAt(t, clock)
	w.App = app.On(d, clock, vaulttest.Open(t, d))
	var err error
	if w.org, err = w.Accounts.CreateOrg(t.Context(), "Harbour Office (invented)", "UTC"); err != nil {
		t.Fatal(err)
	}
	for _, r := range []auth.Role{auth.ProtectionOfficer, auth.Supervisor, auth.Administrator, auth.SupportWorker, auth.Analyst} {
		if w.staff[r], err = w.Accounts.CreateAccount(t.Context(), auth.CLI(w.org), "Invented "+string(r), r); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *watched) write(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.WriteUnaudited(w.t.Context(), "a test", fn); err != nil {
		w.t.Fatal(fault.Cause(err))
	}
}

// told returns how often each role was told of one thing of a kind. The weekly verification may find the
// same damage by another name, which is another thing.
func (w *watched) told(kind string) string {
	w.t.Helper()
	var all strings.Builder
	for _, r := range []auth.Role{auth.ProtectionOfficer, auth.Supervisor, auth.Administrator, auth.SupportWorker, auth.Analyst} {
		var n int
		err := w.DB.Read(w.t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(w.t.Context(), `
				SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM notice WHERE kind = $1 AND to_account = $2 GROUP BY about) AS one`, kind, string(w.staff[r])).Scan(&n)
		})
		if err != nil {
			w.t.Fatal(fault.Cause(err))
		}
		all.WriteString(fmt.Sprint(n))
	}
	return all.String()
}

// run tends the node until the notices are as wanted, and some steps longer.
func (w *watched) run(want map[string]string) {
	w.t.Helper()
	w.Tend(w.t.Context(), slog.New(slog.DiscardHandler))
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		same := true
		for kind, notices := range want {
			same = same && w.told(kind) == notices
		}
		if same {
			break
		}
		if time.Now().After(deadline) {
			for kind, notices := range want {
				w.t.Errorf("%s: %s, want %s", kind, w.told(kind), notices)
			}
			return
		}
	}
	time.Sleep(500 * time.Millisecond)
	for kind, notices := range want {
		if got := w.told(kind); got != notices {
			w.t.Errorf("%s: %s a while later, want %s", kind, got, notices)
		}
	}
}

// alter changes a tile, as somebody with the database in hand does.
func (w *watched) alter() {
	w.t.Helper()
	w.write(func(tx *db.Tx) error {
		var hashes []byte
		if err := tx.QueryRow(w.t.Context(), "SELECT hashes FROM audit_tile WHERE level = 0").Scan(&hashes); err != nil {
			return err
		}
		hashes[0]++
		_, err := tx.Exec(w.t.Context(), "UPDATE audit_tile SET hashes = $1 WHERE level = 0", hashes)
		return err
	})
}

// TestAlteredLedgerIsTold alters a tile under a running node: those who may read the ledger are told,
// once, also when somebody verifies it and after a start.
func TestAlteredLedgerIsTold(t *testing.T) {
	w := newWatched(t)
	ctx := t.Context()
	if err := w.Ledger.Flush(ctx, string(w.org)); err != nil {
		t.Fatal(err)
	}
	w.alter()
	w.write(func(tx *db.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{Org: string(w.org), Actor: "x", Kind: audit.Configuration, Subject: "x"})
	})
	w.run(map[string]string{"ledger-altered": "11000"})
	if err := w.Ledger.Flush(ctx, string(w.org)); !audit.IsDamage(err) {
		t.Errorf("the ledger goes on: %v", err)
	}
	again := app.On(w.DB, w.Clock, w.Vault)
	again.Tend(ctx, slog.New(slog.DiscardHandler))
	time.Sleep(500 * time.Millisecond)
	if got := w.told("ledger-altered"); got != "11000" {
		t.Errorf("after another start: %s", got)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestVerifyingTells verifies a ledger of which an entry was altered, twice.
func TestVerifyingTells(t *testing.T) {
	w := newWatched(t)
	ctx := t.Context()
	if err := w.Ledger.Flush(ctx, string(w.org)); err != nil {
		t.Fatal(err)
	}
	verify := func(want bool) {
		t.Helper()
		r, err := w.VerifyLedger(ctx, w.org, audit.Against{Opener: w.Vault, Signer: w.Vault})
		if err != nil || (r.First == nil) != want {
			t.Errorf("verified: %v %v", r.First, err)
		}
	}
	verify(true)
	if got := w.told("ledger-altered"); got != "00000" {
		t.Errorf("told of nothing: %s", got)
	}
	w.alter()
	verify(false)
	verify(false)
	if got := w.told("ledger-altered"); got != "11000" {
		t.Errorf("told %s", got)
	}
}

// A node verifies its ledgers by itself, and says nothing while all is well.
func TestNodeVerifiesByItself(t *testing.T) {
	w := newWatched(t)
	if err := w.Ledger.Flush(t.Context(), string(w.org)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"00000", "11000"} {
		if err := w.VerifyLedgers(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.told("ledger-altered"); got != want {
			t.Errorf("told %s, want %s", got, want)
		}
		if want == "00000" {
			w.alter()
		}
	}
}

// TestDueIsTold lets a file and the roles grow old under a running node.
func TestDueIsTold(t *testing.T) {
	w := newWatched(t)
	ctx := t.Context()
	worker := auth.Actor{Org: w.org, Account: w.staff[auth.SupportWorker], Roles: []auth.Role{auth.SupportWorker}, Via: auth.ViaSession}
	person := vault.PersonID(db.NewID())
	w.write(func(tx *db.Tx) error { return w.Vault.Enrol(ctx, tx, worker, person, "adult-client") })
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE vault_person SET review_on = '2026-05-01' WHERE id = $1", string(person))
		return err
	})
	w.now = w.now.AddDate(0, 4, 0)
	w.run(map[string]string{"retention-due": "11010", "review-due": "10000", "ledger-altered": "00000"})
}
