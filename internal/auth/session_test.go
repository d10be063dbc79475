package auth_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

func TestSession(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	secret, err := n.StartSession(ctx, n.account)
	if err != nil {
		t.Fatal(err)
	}
	a, err := n.SessionActor(ctx, secret)
	if err != nil || a.Account != n.account || a.Org != n.org || a.Via != auth.ViaSession || !a.Is(auth.Administrator) || !a.May(auth.AdministerNode) {
		t.Fatalf("actor %v (%v)", a, err)
	}
	other, err := n.StartSession(ctx, n.account)
	if err != nil || other == secret {
		t.Fatalf("two sessions with one secret (%v)", err)
	}
	for range 2 { // the second time there is nothing to end
		if err := n.EndSession(ctx, secret); err != nil {
			t.Fatal(err)
		}
	}
	_, err = n.SessionActor(ctx, secret)
	wantKind(t, "ended session", err, fault.Denied)
	if _, err := n.SessionActor(ctx, other); err != nil {
		t.Errorf("the other session ended too: %v", err)
	}
	for _, wrong := range []string{"", "x", secret[:len(secret)-1], secret + "x", strings.ToUpper(other), " " + other} {
		_, err := n.SessionActor(ctx, wrong)
		wantKind(t, "wrong secret", err, fault.Denied)
	}
	_, err = n.StartSession(ctx, "nobody")
	wantKind(t, "session of nobody", err, fault.NotFound)
}

// TestSessionEnds moves the clock: a session ends when idle and at the end of its life, to the
// microsecond, and not before.
func TestSessionEnds(t *testing.T) {
	const step = time.Microsecond
	tests := []struct {
		name string
		idle time.Duration // 0 is the default
		life time.Duration
		uses []time.Duration // waits, each followed by a request that must pass
		last time.Duration   // wait before the request that must fail
	}{
		{"idle", 0, 0, []time.Duration{0, 30*time.Minute - step}, 30 * time.Minute},
		{"use keeps it alive", 0, 0, []time.Duration{20 * time.Minute, 20 * time.Minute, 20 * time.Minute}, 30 * time.Minute},
		{"life", 24 * time.Hour, 0, []time.Duration{11 * time.Hour, time.Hour - step}, step},
		{"life although in use", 0, time.Hour, []time.Duration{25 * time.Minute, 25 * time.Minute}, 10 * time.Minute},
		{"short idle", time.Minute, 0, []time.Duration{50 * time.Second, 50 * time.Second, 50 * time.Second}, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNode(t)
			n.SessionIdle, n.SessionLife, n.LockAfter = tt.idle, tt.life, 48*time.Hour
			secret, err := n.StartSession(t.Context(), n.account)
			if err != nil {
				t.Fatal(err)
			}
			for i, wait := range tt.uses {
				n.pass(wait)
				if _, err := n.SessionActor(t.Context(), secret); err != nil {
					t.Fatalf("request %d: %v", i, err)
				}
			}
			n.pass(tt.last)
			_, err = n.SessionActor(t.Context(), secret)
			wantKind(t, "after its end", err, fault.Denied)
		})
	}
}

func TestLink(t *testing.T) {
	n := newNode(t)
	n.Via = auth.ViaDemo
	ctx := t.Context()
	link, err := n.OneTimeLink(ctx, n.account, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.SessionActor(ctx, link)
	wantKind(t, "a link is not a session", err, fault.Denied)
	n.pass(10*time.Minute - time.Microsecond)
	secret, err := n.RedeemLink(ctx, link, "")
	if err != nil {
		t.Fatal(err)
	}
	if a, err := n.SessionActor(ctx, secret); err != nil || a.Account != n.account || a.Via != auth.ViaDemo {
		t.Errorf("actor %v (%v)", a, err)
	}
	_, err = n.RedeemLink(ctx, link, "")
	wantKind(t, "second use", err, fault.Denied)
	_, err = n.RedeemLink(ctx, "ffl_other", "")
	wantKind(t, "unknown link", err, fault.Denied)

	late, err := n.OneTimeLink(ctx, n.account, 0)
	if err != nil {
		t.Fatal(err)
	}
	n.pass(10 * time.Minute)
	_, err = n.RedeemLink(ctx, late, "")
	wantKind(t, "expired link", err, fault.Denied)
	_, err = n.OneTimeLink(ctx, n.account, 25*time.Hour)
	wantKind(t, "link for more than a day", err, fault.Invalid)
	_, err = n.OneTimeLink(ctx, n.account, -time.Second)
	wantKind(t, "link for less than nothing", err, fault.Invalid)
	_, err = n.OneTimeLink(ctx, "nobody", 0)
	wantKind(t, "link of nobody", err, fault.NotFound)
}

// TestLinkRace redeems one link many times at once: exactly one gets a session.
func TestLinkRace(t *testing.T) {
	n := newNode(t)
	for range 5 {
		link, err := n.OneTimeLink(t.Context(), n.account, 0)
		if err != nil {
			t.Fatal(err)
		}
		var won, denied atomic.Int64
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 8 {
			wg.Go(func() {
				<-start
				switch secret, err := n.RedeemLink(t.Context(), link, ""); {
				case err == nil && secret != "":
					won.Add(1)
				case fault.KindOf(err) == fault.Denied && secret == "":
					denied.Add(1)
				default:
					t.Errorf("%q, %s", secret, fault.Cause(err))
				}
			})
		}
		close(start)
		wg.Wait()
		if won.Load() != 1 || denied.Load() != 7 {
			t.Fatalf("%d got in and %d were denied, want 1 and 7", won.Load(), denied.Load())
		}
	}
	var sessions int
	err := n.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM session").Scan(&sessions)
	})
	if err != nil || sessions != 5 {
		t.Errorf("%d sessions are stored, want 5 (%v)", sessions, err)
	}
}

func TestSweep(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	for range 3 {
		if _, err := n.StartSession(ctx, n.account); err != nil {
			t.Fatal(err)
		}
		if _, err := n.OneTimeLink(ctx, n.account, time.Hour); err != nil {
			t.Fatal(err)
		}
		n.pass(20 * time.Minute)
	}
	// Sessions are idle for 60, 40 and 20 minutes; links have -0, 20 and 40 minutes left.
	if removed, err := n.Sweep(ctx); err != nil || removed != 3 {
		t.Errorf("removed %d (%v), want 3", removed, err)
	}
	if removed, err := n.Sweep(ctx); err != nil || removed != 0 {
		t.Errorf("removed %d (%v) the second time", removed, err)
	}
}

// TestRecord reads the audit record after every way in and out.
func TestRecord(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	must := func(_ string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	secret, err := n.StartSession(ctx, n.account)
	must("", err)
	must("", n.EndSession(ctx, secret))
	link, err := n.OneTimeLink(ctx, n.account, 0)
	must("", err)
	must(n.RedeemLink(ctx, link, ""))
	n.pass(time.Second)
	must(n.IssueToken(ctx, n.actor(t), "test", time.Hour))
	tokens, err := n.ListTokens(ctx, n.actor(t))
	must("", err)
	must("", n.RevokeToken(ctx, n.actor(t), tokens[0].ID))
	n.pass(2 * time.Hour) // a session in use or swept is nobody's decision
	_, err = n.Sweep(ctx)
	must("", err)
	want := []string{
		"configuration org.create cli",
		"role-change account.create cli",
		"login session.start administrator",
		"login session.end administrator",
		"login link.issue administrator",
		"login link.redeem administrator",
		"login session.start administrator",
		"configuration token.issue administrator",
		"configuration token.revoke administrator",
	}
	got := n.acts(t)
	// The test's clock stands still, and entries of one instant have no order between transactions.
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

// TestNoSecretIsStored looks for every secret, and its random part, in every text of the database.
func TestNoSecretIsStored(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	session, err1 := n.StartSession(ctx, n.account)
	link, err2 := n.OneTimeLink(ctx, n.account, 0)
	token, err3 := n.IssueToken(ctx, n.actor(t), "test", time.Hour)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	tables := map[string]string{
		"session": "secret_hash || id", "one_time_link": "secret_hash || id",
		"api_token": "secret_hash || id || label", "audit_entry": "id || subject || detail || actor",
	}
	for table, columns := range tables {
		for _, secret := range []string{session, link, token} {
			if len(secret) < 40 {
				t.Errorf("secret of %d characters", len(secret))
			}
			var hits int
			err := n.DB.Read(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE "+columns+" LIKE $1", "%"+secret[5:]+"%").Scan(&hits)
			})
			if err != nil || hits > 0 {
				t.Errorf("%s holds a secret (%v)", table, err)
			}
		}
	}
}
