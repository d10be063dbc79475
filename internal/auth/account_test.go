package auth_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// node is an invented organisation with one administrator, and a clock to move.
type node struct {
	auth.Accounts
	org     auth.OrgID
	account auth.AccountID
	mu      sync.Mutex
	now     time.Time
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	n.DB = dbtest.OpenAt(t, func() time.Time {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.now
	})
	var err error
	if n.org, err = n.CreateOrg(t.Context(), " Invented Organisation ", "Asia/Manila"); err != nil {
		t.Fatal(err)
	}
	n.account = n.create(t, "Invented Administrator", auth.Administrator, auth.Analyst)
	return n
}

func (n *node) create(t *testing.T, name string, roles ...auth.Role) auth.AccountID {
	t.Helper()
	id, err := n.CreateAccount(t.Context(), auth.CLI(n.org), name, roles...)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (n *node) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

// actor returns the administrator.
func (n *node) actor(t *testing.T) auth.Actor {
	t.Helper()
	a, err := n.Actor(t.Context(), n.account)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// acts returns what the audit record tells, oldest first, as "kind act actor".
func (n *node) acts(t *testing.T) (acts []string) {
	t.Helper()
	err := n.DB.Read(t.Context(), func(tx *db.Tx) error {
		entries, err := audit.List(t.Context(), tx, string(n.org), 1000)
		for _, e := range entries {
			actor := e.Actor
			if actor == string(n.account) {
				actor = "administrator"
			}
			acts = append(acts, string(e.Kind)+" "+e.Detail["act"]+" "+actor)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(acts)
	return acts
}

func wantKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: error %v, want kind %v", what, err, kind)
	}
}

func TestActor(t *testing.T) {
	n := newNode(t)
	want := auth.Actor{
		Org: n.org, OrgName: "Invented Organisation", Account: n.account, Name: "Invented Administrator",
		Roles: []auth.Role{auth.Administrator, auth.Analyst}, Via: auth.ViaCLI, Zone: "Asia/Manila",
	}
	if diff := cmp.Diff(want, n.actor(t)); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	_, err := n.Actor(t.Context(), "nobody")
	wantKind(t, "unknown account", err, fault.NotFound)
}

func TestOrgs(t *testing.T) {
	n := newNode(t)
	for _, bad := range []auth.Org{
		{ID: "x", Name: "", Zone: "UTC"},
		{ID: "x", Name: " ", Zone: "UTC"},
		{ID: "", Name: "x", Zone: "UTC"},
		{ID: "x", Name: "x", Zone: ""},
		{ID: "x", Name: "x", Zone: "Local"},
		{ID: "x", Name: "x", Zone: "Nowhere/Town"},
	} {
		_, err := n.EnsureOrg(t.Context(), bad)
		wantKind(t, "invalid organisation", err, fault.Invalid)
	}
	n.pass(time.Second)
	fixed := auth.Org{ID: "demo", Name: "Invented Demo", Zone: "UTC"}
	for _, name := range []string{"Invented Demo", "Another Name"} {
		got, err := n.EnsureOrg(t.Context(), auth.Org{ID: "demo", Name: name, Zone: "UTC"})
		if err != nil || got != fixed {
			t.Errorf("EnsureOrg = %v (%v), want %v", got, err, fixed)
		}
	}
	orgs, err := n.Orgs(t.Context())
	if err != nil || len(orgs) != 2 || orgs[0].ID != n.org || orgs[1] != fixed {
		t.Errorf("organisations %v (%v)", orgs, err)
	}
	_, err = n.Org(t.Context(), "nowhere")
	wantKind(t, "unknown organisation", err, fault.NotFound)
}

func TestCreateAccount(t *testing.T) {
	n := newNode(t)
	n.pass(time.Second)
	second := n.create(t, "Invented Second", auth.Officer, auth.Officer, auth.Analyst)
	got, err := n.List(t.Context(), n.org)
	if err != nil || len(got) != 2 || got[0].ID != n.account || got[1].ID != second {
		t.Fatalf("accounts %v (%v)", got, err)
	}
	if want := []auth.Role{auth.Analyst, auth.Officer}; !slices.Equal(got[1].Roles, want) || got[1].Name != "Invented Second" || got[1].Org != n.org {
		t.Errorf("account %v, want roles %v", got[1], want)
	}
	for _, bad := range []struct {
		name  string
		roles []auth.Role
	}{{"", []auth.Role{auth.Officer}}, {"x", nil}, {"x", []auth.Role{"root"}}} {
		_, err := n.CreateAccount(t.Context(), n.actor(t), bad.name, bad.roles...)
		wantKind(t, "invalid account", err, fault.Invalid)
	}
	officer, err := n.Actor(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.CreateAccount(t.Context(), officer, "x", auth.Officer)
	wantKind(t, "an officer creates an account", err, fault.Denied)
	wantKind(t, "an officer closes an account", n.CloseAccount(t.Context(), officer, n.account), fault.Denied)
	_, err = n.CreateAccount(t.Context(), auth.CLI("nowhere"), "x", auth.Officer)
	wantKind(t, "account of no organisation", err, fault.Conflict)
}

// TestCloseAccount expects that nothing lets a closed account in, and that it is still known.
func TestCloseAccount(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	other, err := n.CreateOrg(ctx, "Invented Other", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, "an account of another organisation", n.CloseAccount(ctx, auth.CLI(other), n.account), fault.NotFound)
	session, err1 := n.StartSession(ctx, n.account)
	link, err2 := n.OneTimeLink(ctx, n.account, 0)
	token, err3 := n.IssueToken(ctx, n.actor(t), "test", time.Hour)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	n.pass(time.Second)
	if err := n.CloseAccount(ctx, auth.CLI(n.org), n.account); err != nil {
		t.Fatal(err)
	}
	_, err = n.SessionActor(ctx, session)
	wantKind(t, "session of a closed account", err, fault.Denied)
	_, err = n.RedeemLink(ctx, link, "")
	wantKind(t, "link of a closed account", err, fault.Denied)
	_, err = n.TokenActor(ctx, token)
	wantKind(t, "token of a closed account", err, fault.Denied)
	_, err = n.StartSession(ctx, n.account)
	wantKind(t, "new session of a closed account", err, fault.NotFound)
	wantKind(t, "closing twice", n.CloseAccount(ctx, auth.CLI(n.org), n.account), fault.NotFound)
	if got, err := n.List(ctx, n.org); err != nil || len(got) != 0 {
		t.Errorf("open accounts %v (%v)", got, err)
	}
	if last := n.acts(t); !strings.HasPrefix(last[len(last)-1], "role-change account.close") {
		t.Errorf("the record ends with %q", last[len(last)-1])
	}
}
