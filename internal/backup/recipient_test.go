package backup

import (
	"testing"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// staff adds an account with a role and returns it.
func (h *house) staff(id auth.AccountID, r auth.Role) auth.Actor {
	h.t.Helper()
	h.exec("INSERT INTO account (org_id, id, version, name, created_at) VALUES ('o', $1, 1, 'invented', 0)", string(id))
	h.exec("INSERT INTO account_role (org_id, account_id, role) VALUES ('o', $1, $2)", string(id), string(r))
	return auth.Actor{Org: "o", Account: id, Roles: []auth.Role{r}, Via: auth.ViaSession}
}

// TestRecipientsTakeTwo: after the first, no one person changes who can read the backups, and an
// administrator is not the second.
func TestRecipientsTakeTwo(t *testing.T) {
	h := ready(t)
	admin, other, officer := h.staff("admin-1", auth.Administrator), h.staff("admin-2", auth.Administrator), h.staff("officer", auth.ProtectionOfficer)
	accounts := &auth.Accounts{DB: h.db}
	accounts.Register(auth.BackupRecipient, h.Rule())
	k, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := k.Recipient().String()
	if err := h.First(t.Context(), admin, key, "attic"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one person added a recipient: %v", err)
	}
	if err := h.First(t.Context(), officer, key, "attic"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody who does not run the node set a recipient: %v", err)
	}
	id, err := accounts.Propose(t.Context(), admin, Propose(key, "attic", "a second place"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []auth.Actor{admin, other} {
		if err := accounts.Approve(t.Context(), a, id); err == nil {
			t.Errorf("%s approved", a.Account)
		}
	}
	if all, err := h.Recipients(t.Context()); len(all) != 1 || err != nil {
		t.Fatalf("recipients %v %v", all, err)
	}
	if err := accounts.Approve(t.Context(), officer, id); err != nil {
		t.Fatal(err)
	}
	m := h.make()
	if _, err := (Source{Path: m.Path, Keys: []age.Identity{k}}).Check(); err != nil {
		t.Errorf("the new recipient cannot read: %v", err)
	}
	remove, err := accounts.Propose(t.Context(), admin, Propose(h.key.Recipient().String(), "", "lost"))
	if err == nil {
		err = accounts.Approve(t.Context(), officer, remove)
	}
	if all, more := h.Recipients(t.Context()); err != nil || more != nil || len(all) != 1 || all[0].Key != key {
		t.Errorf("recipients %v %v %v", all, err, more)
	}
	if _, err := accounts.Propose(t.Context(), admin, Propose(key, "", "all of them")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the last recipient may go: %v", err)
	}
}

// TestRecipientsOfTwoKinds: a key that a quantum computer could break must not stand beside one that it
// could not.
func TestRecipientsOfTwoKinds(t *testing.T) {
	h := newHouse(t)
	strong, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct{ key, label string }{{"age1nonsense", "x"}, {"", "x"}, {h.key.Recipient().String(), ""}, {h.key.String(), "x"}} {
		if err := h.First(t.Context(), administrator, bad.key, bad.label); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q %q: %v", bad.key, bad.label, err)
		}
	}
	if err := h.First(t.Context(), administrator, strong.Recipient().String(), "safe"); err != nil {
		t.Fatal(err)
	}
	m := h.make()
	if _, err := (Source{Path: m.Path, Keys: []age.Identity{strong}, Signer: h.signer()}).Check(); err != nil {
		t.Errorf("the recipient cannot read: %v", err)
	}
	admin, officer := h.staff("admin-1", auth.Administrator), h.staff("officer", auth.ProtectionOfficer)
	accounts := &auth.Accounts{DB: h.db}
	accounts.Register(auth.BackupRecipient, h.Rule())
	id, err := accounts.Propose(t.Context(), admin, Propose(h.key.Recipient().String(), "attic", "why not"))
	if err == nil {
		err = accounts.Approve(t.Context(), officer, id)
	}
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("two kinds together: %v", err)
	}
}
