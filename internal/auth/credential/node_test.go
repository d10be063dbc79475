package credential

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// cheap hashes in a moment, for tests of everything but the hashing.
var cheap = Cost{Time: 1, Memory: 8, Threads: 1}

// testSite is the address of the node in tests.
const testSite Site = "http://localhost:8080"

// longPassword is a password that keeps the rule.
const longPassword = "seven quiet boats return"

// node is a node with one account and a clock that the test moves.
type node struct {
	*Credentials
	t       *testing.T
	db      *db.DB
	org     auth.OrgID
	account auth.AccountID

	mu  sync.Mutex
	now time.Time
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{t: t, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	n.db = dbtest.OpenAt(t, n.clock)
	accounts := &auth.Accounts{DB: n.db}
	n.Credentials = newWith(accounts, vaulttest.Open(t, n.db).Secrets(n.clock), cheap)
	var err error
	if n.org, err = accounts.CreateOrg(t.Context(), "Invented Organisation", "UTC"); err != nil {
		t.Fatal(err)
	}
	n.account = n.create("Amina Invented", auth.Analyst)
	return n
}

func (n *node) clock() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

func (n *node) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

func (n *node) create(name string, roles ...auth.Role) auth.AccountID {
	n.t.Helper()
	id, err := n.accounts.CreateAccount(n.t.Context(), auth.CLI(n.org), name, roles...)
	if err != nil {
		n.t.Fatal(err)
	}
	return id
}

// session starts a session of an account, as a one-time link does, and returns it.
func (n *node) session(account auth.AccountID) auth.Session {
	n.t.Helper()
	secret, err := n.accounts.StartSession(n.t.Context(), account)
	if err != nil {
		n.t.Fatal(err)
	}
	return n.of(secret)
}

// of returns the session of a secret.
func (n *node) of(secret string) auth.Session {
	n.t.Helper()
	s, err := n.accounts.Session(n.t.Context(), secret)
	if err != nil {
		n.t.Fatal(err)
	}
	return s
}

// made is a password with its app, as a person has them.
type made struct {
	number, secret string
	recovery       []string
}

// password gives an account a password and an app.
func (n *node) password(account auth.AccountID) made {
	n.t.Helper()
	s := n.session(account)
	if err := n.BeginPassword(n.t.Context(), s); err != nil {
		n.t.Fatal(err)
	}
	p, ok, err := n.PendingPassword(n.t.Context(), s)
	if err != nil || !ok {
		n.t.Fatalf("nothing pending (%v)", err)
	}
	m := made{number: p.Number, secret: p.Secret.Reveal("set up the app of a test")}
	if m.recovery, err = n.SetPassword(n.t.Context(), s, private.New(longPassword), n.code(m, 0)); err != nil {
		n.t.Fatal(err)
	}
	n.pass(codeStep * time.Second) // the code that showed it is used up
	return m
}

// code is what the app shows now, or some steps away.
func (n *node) code(m made, away int64) string {
	n.t.Helper()
	c, err := codeAt(m.secret, stepAt(n.clock())+away)
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// try is the right try.
func (n *node) try(m made) Try {
	return Try{Number: m.number, Password: private.New(longPassword), Code: n.code(m, 0), Kind: "firefox/linux"}
}

func (n *node) wantKind(what string, err error, k fault.Kind) {
	n.t.Helper()
	if err == nil || fault.KindOf(err) != k {
		n.t.Errorf("%s: %v, want %s", what, err, k)
	}
}

// notices returns the kinds of the notices to an account.
func (n *node) notices(account auth.AccountID) (kinds []notify.Kind) {
	n.t.Helper()
	err := n.db.Read(n.t.Context(), func(tx *db.Tx) error {
		all, err := notify.List(n.t.Context(), tx, string(n.org), string(account), 100)
		for _, one := range all {
			kinds = append(kinds, one.Kind)
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return kinds
}

func (n *node) wantNotice(account auth.AccountID, k notify.Kind) {
	n.t.Helper()
	if got := n.notices(account); !slices.Contains(got, k) {
		n.t.Errorf("notices %v, want %s among them", got, k)
	}
}

// acts returns the acts in the record, newest first.
func (n *node) acts() (acts []string) {
	n.t.Helper()
	err := n.db.Read(n.t.Context(), func(tx *db.Tx) error {
		all, err := audit.List(n.t.Context(), tx, string(n.org), 500)
		for _, e := range all {
			acts = append(acts, e.Detail["act"])
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return acts
}

func (n *node) wantAct(act string) {
	n.t.Helper()
	if got := n.acts(); !slices.Contains(got, act) {
		n.t.Errorf("the record holds %s, want %s among them", strings.Join(got, " "), act)
	}
}
