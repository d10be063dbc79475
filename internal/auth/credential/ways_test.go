package credential

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// twoWays gives an account two linked accounts of a provider, and returns their ids.
func (n *node) twoWays() (auth.Session, []string) {
	n.t.Helper()
	p := newIDP(n.t, n.clock)
	provider := n.provider(p)
	s := n.session(n.account)
	for _, subject := range []string{"subject-1", "subject-2"} {
		p.subject = subject
		if _, _, err := n.Arrive(n.t.Context(), testSite, n.away(p, provider, ToLink, s)); err != nil {
			n.t.Fatal(err)
		}
	}
	w, err := n.Ways(n.t.Context(), s.Actor)
	if err != nil || len(w.Identities) != 2 {
		n.t.Fatalf("%+v (%v)", w, err)
	}
	return s, []string{w.Identities[0].ID, w.Identities[1].ID}
}

// The last way in stays, also when two are taken away at the same moment.
func TestLastWayStays(t *testing.T) {
	n := newNode(t)
	s, ids := n.twoWays()
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(ids))
	)
	for i, id := range ids {
		wg.Go(func() { errs[i] = n.Unlink(t.Context(), s, id) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else {
			n.wantKind("the second", err, fault.Conflict)
		}
	}
	if w, err := n.Ways(t.Context(), s.Actor); done != 1 || err != nil || w.Count() != 1 {
		t.Fatalf("%d taken away, %d left (%v)", done, w.Count(), err)
	}
	n.wantNotice(n.account, notify.CredentialRemoved)

	other := n.session(n.create("Bela Invented", auth.Analyst))
	w, err := n.Ways(t.Context(), s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	n.wantKind("somebody else's", n.Unlink(t.Context(), other, w.Identities[0].ID), fault.NotFound)
	n.wantKind("a passkey that is not there", n.RemovePasskey(t.Context(), other, "none"), fault.NotFound)

	m := n.password(n.account)
	s = n.session(n.account)
	if err := n.Unlink(t.Context(), s, w.Identities[0].ID); err != nil {
		t.Fatal(err)
	}
	n.wantKind("the password as the last", n.RemovePassword(t.Context(), s), fault.Conflict)
	if _, err := n.SignIn(t.Context(), n.try(m)); err != nil {
		t.Errorf("with what is left: %v", err)
	}
}

// A password that was taken away lets nobody in, and its recovery codes go with it.
func TestRemovePassword(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	_, ids := n.twoWays()
	s := n.session(n.account)
	before := len(n.notices(n.account))
	if err := n.RemovePassword(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := n.notices(n.account); len(got) != before+1 || !slices.Contains(got, notify.CredentialRemoved) {
		t.Errorf("notices %v", got)
	}
	n.wantAct("password.remove")
	w, err := n.Ways(t.Context(), s.Actor)
	if err != nil || w.Password || w.RecoveryLeft != 0 || len(w.Identities) != len(ids) {
		t.Errorf("left %+v (%v)", w, err)
	}
	_, err = n.SignIn(t.Context(), n.try(m))
	n.wantKind("the old password", err, fault.Denied)
	n.wantKind("again", n.RemovePassword(t.Context(), s), fault.Conflict)
}

// A change of credentials ends the other sessions and takes a fresh proof.
func TestChangeEndsOtherSessions(t *testing.T) {
	n := newNode(t)
	first, err := n.accounts.StartSession(t.Context(), n.account)
	if err != nil {
		t.Fatal(err)
	}
	n.password(n.account)
	if _, err := n.accounts.Session(t.Context(), first); fault.KindOf(err) != fault.Denied {
		t.Errorf("a session from before the password: %v", err)
	}
	s := n.session(n.account)
	n.pass(auth.FreshFor)
	n.wantKind("begun without a fresh proof", n.BeginPassword(t.Context(), s), fault.Stale)
	_, err = n.SetPassword(t.Context(), s, private.New(longPassword), "123456")
	n.wantKind("set without a fresh proof", err, fault.Stale)
	_, err = n.NewRecovery(t.Context(), s)
	n.wantKind("codes without a fresh proof", err, fault.Stale)
	n.wantKind("removed without a fresh proof", n.RemovePassword(t.Context(), s), fault.Stale)
	_, err = n.BeginPasskey(t.Context(), s, testSite)
	n.wantKind("a passkey without a fresh proof", err, fault.Stale)
	n.wantKind("nobody", n.BeginPassword(t.Context(), auth.Session{}), fault.Denied)
}

func TestSetPasswordRefuses(t *testing.T) {
	n := newNode(t)
	s := n.session(n.account)
	_, err := n.SetPassword(t.Context(), s, private.New(longPassword), "123456")
	n.wantKind("nothing begun", err, fault.Denied)
	if err := n.BeginPassword(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p, _, err := n.PendingPassword(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	m := made{number: p.Number, secret: p.Secret.Reveal("set up the app of a test")}
	_, err = n.SetPassword(t.Context(), s, private.New("short"), n.code(m, 0))
	n.wantKind("too short", err, fault.Invalid)
	_, err = n.SetPassword(t.Context(), s, private.New("boats of amina"), n.code(m, 0))
	n.wantKind("with the name", err, fault.Invalid)
	_, err = n.SetPassword(t.Context(), s, private.New(longPassword), "000000")
	n.wantKind("wrong code", err, fault.Invalid)
	other := n.session(n.account)
	_, err = n.SetPassword(t.Context(), other, private.New(longPassword), n.code(m, 0))
	n.wantKind("in another session", err, fault.Denied)
	if _, err := n.SetPassword(t.Context(), s, private.New(longPassword), n.code(m, 0)); err != nil {
		t.Fatal(err)
	}
	_, err = n.SetPassword(t.Context(), n.session(n.account), private.New(longPassword), n.code(m, 0))
	n.wantKind("twice", err, fault.Denied)
	err = n.db.Read(t.Context(), func(tx *db.Tx) error {
		var hash string
		var sealed []byte
		err := tx.QueryRow(t.Context(), "SELECT hash, secret FROM credential_password").Scan(&hash, &sealed)
		if string(sealed) == m.secret || len(sealed) < len(m.secret)+16 {
			t.Error("the secret of the app is not sealed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReset(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	administrator, officer := n.officers()
	proposal, err := n.ProposeReset(t.Context(), administrator, n.account, "the telephone was lost")
	if err != nil {
		t.Fatal(err)
	}
	n.wantNotice(n.account, notify.ProposalOpened)
	if _, err := n.accounts.Session(t.Context(), w.Session); err != nil {
		t.Errorf("something changed before anybody approved: %v", err)
	}
	for _, a := range []auth.Actor{administrator, n.actor(n.account), n.actor(n.create("Edo Invented", auth.Administrator))} {
		if err := n.accounts.Approve(t.Context(), a, proposal); err == nil {
			t.Fatalf("approved by %s", a.Name)
		}
	}
	if err := n.accounts.Approve(t.Context(), officer, proposal); err != nil {
		t.Fatal(err)
	}
	n.wantNotice(n.account, notify.CredentialReset)
	n.wantAct("credential.reset")
	if _, err := n.accounts.Session(t.Context(), w.Session); fault.KindOf(err) != fault.Denied {
		t.Errorf("the session goes on: %v", err)
	}
	n.pass(codeStep * time.Second)
	_, err = n.SignIn(t.Context(), n.try(m))
	n.wantKind("the old password", err, fault.Denied)

	_, err = n.ResetLink(t.Context(), administrator, proposal)
	n.wantKind("the link for the administrator", err, fault.NotFound)
	if all, err := n.Resets(t.Context(), officer); err != nil || len(all) != 1 || all[0].Account != n.account {
		t.Errorf("resets %v (%v)", all, err)
	}
	link, err := n.ResetLink(t.Context(), officer, proposal)
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.ResetLink(t.Context(), officer, proposal)
	n.wantKind("the link a second time", err, fault.NotFound)

	secret, err := n.accounts.RedeemLink(t.Context(), link, "firefox/linux")
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.accounts.SessionActor(t.Context(), secret)
	n.wantKind("acting before there is a sign-in", err, fault.Denied)
	s := n.of(secret)
	if s.Stage != auth.Enrolling {
		t.Fatalf("stage %q", s.Stage)
	}
	if err := n.BeginPassword(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p, _, err := n.PendingPassword(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	m = made{number: p.Number, secret: p.Secret.Reveal("set up the app of a test")}
	if _, err := n.SetPassword(t.Context(), s, private.New(longPassword), n.code(m, 0)); err != nil {
		t.Fatal(err)
	}
	if a, err := n.accounts.SessionActor(t.Context(), secret); err != nil || a.Account != n.account {
		t.Errorf("after making a sign-in: %+v (%v)", a, err)
	}
}

func TestHeldForm(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	n.pass(11 * time.Minute)
	locked := n.of(w.Session)
	form := Form{Path: "/settings/tokens", Body: []byte("label=half+filled")}
	for range 2 { // the second replaces the first
		if err := n.Hold(t.Context(), locked, form); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, _ := n.Held(t.Context(), locked); ok {
		t.Error("a locked session gets its form")
	}
	n.wantKind("too large", n.Hold(t.Context(), locked, Form{Path: "/x", Body: make([]byte, maxForm+1)}), fault.TooLarge)
	if err := n.Unlock(t.Context(), locked, private.New(longPassword), ""); err != nil {
		t.Fatal(err)
	}
	open := n.of(w.Session)
	if got, ok, err := n.Held(t.Context(), open); err != nil || !ok || got.Path != form.Path || string(got.Body) != string(form.Body) {
		t.Errorf("held %+v %t (%v)", got, ok, err)
	}
	if _, ok, _ := n.Held(t.Context(), n.session(n.account)); ok {
		t.Error("another session has it")
	}
	for want := range []bool{true, false} {
		if got, err := n.Drop(t.Context(), open); err != nil || got != (want == 0) {
			t.Errorf("dropped %t (%v)", got, err)
		}
	}
	if err := n.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}
