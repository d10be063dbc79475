package job_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// TestDeadJobsAreTold tells the administrators of whose the job is, once, until it is decided.
func TestDeadJobsAreTold(t *testing.T) {
	o, mend := failing(t)
	exec := func(q string, args ...any) {
		t.Helper()
		err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), q, args...)
			return err
		})
		if err != nil {
			t.Fatal(fault.Cause(err))
		}
	}
	for _, a := range []auth.Actor{o.a, o.b} {
		exec("INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'invented', 'UTC', 0)", string(a.Org))
		for account, role := range map[auth.AccountID]auth.Role{a.Account: auth.Administrator, a.Account + "x": auth.Supervisor} {
			exec("INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'invented', 0)", string(a.Org), string(account))
			exec("INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", string(a.Org), string(account), string(role))
		}
	}
	told := func(want string) {
		t.Helper()
		for range 2 {
			if err := o.TellDead(t.Context()); err != nil {
				t.Fatal(fault.Cause(err))
			}
		}
		var got strings.Builder
		for _, to := range []auth.AccountID{o.a.Account, o.a.Account + "x", o.b.Account, o.b.Account + "x"} {
			var all, unread int
			err := o.d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), "SELECT count(*), COALESCE(sum(CASE WHEN read_at IS NULL THEN 1 ELSE 0 END), 0) FROM notice WHERE kind = 'job-dead' AND to_account = $1",
					string(to)).Scan(&all, &unread)
			})
			if err != nil {
				t.Fatal(fault.Cause(err))
			}
			got.WriteString(fmt.Sprintf("%d/%d ", unread, all))
		}
		if got.String() != want {
			t.Errorf("unread and all notices %s, want %s", got.String(), want)
		}
	}
	told("2/2 0/0 2/2 0/0 ") // each its own and that of the node
	mend()
	if err := o.GiveUp(t.Context(), o.a, o.ref(t, o.a, "test.slow")); err != nil {
		t.Fatal(fault.Cause(err))
	}
	told("1/2 0/0 1/2 0/0 ")
}
