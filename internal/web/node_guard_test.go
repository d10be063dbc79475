package web

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// plainText returns a page without the marks that isolate what is put into a text.
func plainText(body string) string {
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(body)
}

func wantOn(t *testing.T, body string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(plainText(body), want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// TestNodePageTellsOfBackups shows the page without a backup, with one, after a failure and late.
func TestNodePageTellsOfBackups(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Administrator)
	show := func() string { return page(t, n, ask{path: "/node", cookie: cookie}, http.StatusOK) }
	wantOn(t, show(), "no backup yet", "without --backup-dir", "Without a key that can read it", "Without a copy, a broken disk")
	key, err := age.GenerateX25519Identity()
	n.must(err)
	n.must(n.app.Backups.First(t.Context(), auth.CLI(n.org), key.Recipient().String(), "safe"))
	n.app.Plan = backup.Plan{Dir: t.TempDir(), Every: time.Hour}
	wantOn(t, show(), "no backup yet", "due now", "1 key", "Name a second one")
	made, err := n.app.Backups.Run(t.Context(), n.app.Plan.Dir)
	n.must(err)
	wantOn(t, show(), "0 hours ago", filepath.Base(made.Path), "less than 10 MB")
	n.app.Plan.Every = -1
	wantOn(t, show(), "without --backup-dir")
	n.app.Plan.Every = time.Hour
	n.must(n.app.DB.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		old := noon.Add(-72 * time.Hour).UnixMicro()
		if _, err := tx.Exec(t.Context(), "UPDATE backup_run SET began_at = $1, ended_at = $1", old); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO backup_run (id, began_at, ended_at, name, bytes, failure) VALUES ($1, $2, $2, 'x', 0, 'The disk is full.')",
			db.NewID(), noon.UnixMicro())
		return err
	}))
	wantOn(t, show(), "3 days ago", "The disk is full.", `<span class="chip warn">late</span>`)
}

// TestLockFromThePage drops the keys: by who runs the node, with their name in the record of their own
// organisation and without it in that of another.
func TestLockFromThePage(t *testing.T) {
	n := newNode(t, Options{})
	other, err := n.app.Accounts.CreateOrg(t.Context(), "Other Office (invented)", "UTC")
	n.must(err)
	for _, r := range auth.Roles() {
		res, _ := send(t, n, ask{method: "POST", path: "/node/lock", cookie: n.session(r)})
		if mine := r == auth.Administrator; (res.StatusCode == http.StatusSeeOther) != mine || n.app.Vault.Locked() != mine {
			t.Errorf("%s: status %d, locked %v", r, res.StatusCode, n.app.Vault.Locked())
		}
	}
	body := page(t, n, ask{path: "/node", cookie: n.session(auth.Administrator)}, http.StatusOK)
	wantOn(t, body, `<span class="chip warn">locked</span>`, "fourfold vault unlock")
	if strings.Contains(body, "/node/lock") {
		t.Error("a locked node can be locked")
	}
	res, _ := send(t, n, ask{method: "POST", path: "/node/lock", cookie: n.session(auth.Administrator)})
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("locking twice: %d", res.StatusCode)
	}
	for org, want := range map[auth.OrgID]string{n.org: string(n.accounts[auth.Administrator]), other: "node"} {
		var entries []audit.Placed
		err := n.app.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
			entries, err = audit.Find(t.Context(), tx, string(org), audit.Filter{Limit: 1000})
			return err
		})
		if err != nil {
			t.Fatal(fault.Cause(err))
		}
		var by []string
		for _, e := range entries {
			if e.Subject == "vault" && e.Detail["act"] == "lock" {
				by = append(by, e.Actor)
			}
		}
		if len(by) != 1 || by[0] != want {
			t.Errorf("the record of %s has %v, want %s", org, by, want)
		}
	}
}
