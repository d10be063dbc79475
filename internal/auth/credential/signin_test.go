package credential

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

func TestSignIn(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	s := n.of(w.Session)
	if s.Actor.Account != n.account || s.Way != auth.ByPassword || !s.Fresh(n.clock()) || s.Locked {
		t.Errorf("session %+v", s)
	}
	if w.Device == "" {
		t.Error("the browser is not known from now on")
	}
	n.wantAct("password.set")
	n.wantNotice(n.account, notify.CredentialAdded)
}

// A password alone lets nobody in, and neither does a code.
func TestPasswordAloneNeverSuffices(t *testing.T) {
	n := newNode(t)
	m, other := n.password(n.account), n.password(n.create("Bela Invented", auth.Analyst))
	right := n.try(m)
	for name, change := range map[string]func(*Try){
		"no code":               func(x *Try) { x.Code = "" },
		"a wrong code":          func(x *Try) { x.Code = "000000" },
		"spaces for a code":     func(x *Try) { x.Code = "      " },
		"somebody else's code":  func(x *Try) { x.Code = n.code(other, 0) },
		"else's recovery code":  func(x *Try) { x.Code = other.recovery[0] },
		"a code of long ago":    func(x *Try) { x.Code = n.code(m, -3) },
		"a code to come":        func(x *Try) { x.Code = n.code(m, 2) },
		"no password":           func(x *Try) { x.Password = private.Text{} },
		"a wrong password":      func(x *Try) { x.Password = private.New(longPassword + "!") },
		"another case":          func(x *Try) { x.Password = private.New(strings.ToUpper(longPassword)) },
		"a very long password":  func(x *Try) { x.Password = private.New(strings.Repeat(longPassword, 10_000)) },
		"somebody else's":       func(x *Try) { x.Number = other.number },
		"nobody's number":       func(x *Try) { x.Number = "10000001" },
		"no number":             func(x *Try) { x.Number = "" },
		"a number with letters": func(x *Try) { x.Number = "1234567a" },
		"a quote for a number":  func(x *Try) { x.Number = "' OR 1=1" },
	} {
		t.Run(name, func(t *testing.T) {
			bad := right
			change(&bad)
			n.pass(5 * time.Minute) // so that no budget is the reason
			if !strings.Contains(name, "code") {
				bad.Code = n.code(m, 0)
			}
			_, err := n.SignIn(t.Context(), bad)
			n.wantKind(name, err, fault.Denied)
			if err != nil && err.Error() != refused().Error() {
				t.Errorf("the answer is %q, not the one answer", err)
			}
		})
	}
	if _, err := n.SignIn(t.Context(), n.try(m)); err != nil {
		t.Errorf("after all that the owner: %v", err)
	}
}

// Each code works once, also for two who come at the same moment.
func TestCodeWorksOnce(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	for _, name := range []string{"app", "recovery"} {
		code := n.code(m, 0)
		if name == "recovery" {
			code = m.recovery[3]
		}
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			good int
		)
		for range 8 {
			wg.Go(func() {
				x := n.try(m)
				x.Code = code
				_, err := n.SignIn(t.Context(), x)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					good++
				case fault.KindOf(err) != fault.Denied:
					t.Errorf("%s: %v", name, fault.Cause(err))
				}
			})
		}
		wg.Wait()
		if good != 1 {
			t.Errorf("%s: %d got in with one code", name, good)
		}
		n.pass(10 * time.Minute)
	}
	n.pass(codeStep * time.Second)
	newer := n.try(m)
	older := newer
	older.Code = n.code(m, -1)
	if _, err := n.SignIn(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	_, err := n.SignIn(t.Context(), older)
	n.wantKind("a code from before the last used one", err, fault.Denied)
}

func TestRecovery(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	if len(m.recovery) != recoveryCodes {
		t.Fatalf("%d recovery codes", len(m.recovery))
	}
	x := n.try(m)
	x.Code = strings.ToUpper(strings.ReplaceAll(m.recovery[0], "-", " "))
	w, err := n.SignIn(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	n.wantAct("recovery.use")
	n.wantNotice(n.account, notify.CredentialChanged)
	ways, err := n.Ways(t.Context(), n.of(w.Session).Actor)
	if err != nil || ways.RecoveryLeft != recoveryCodes-1 {
		t.Errorf("%d left (%v)", ways.RecoveryLeft, err)
	}
	fresh, err := n.NewRecovery(t.Context(), n.of(w.Session))
	if err != nil {
		t.Fatal(err)
	}
	x.Code = m.recovery[1]
	_, err = n.SignIn(t.Context(), x)
	n.wantKind("an older code after new ones were made", err, fault.Denied)
	x.Code = fresh[0]
	if _, err := n.SignIn(t.Context(), x); err != nil {
		t.Errorf("a new code: %v", err)
	}
	_, err = n.NewRecovery(t.Context(), n.session(n.create("Bela Invented", auth.Analyst)))
	n.wantKind("recovery codes without a password", err, fault.Conflict)
}

// Whoever guesses slows strangers, and not the owner at a browser that the node knows.
func TestStrangerDoesNotLockOwnerOut(t *testing.T) {
	const guesses = 10_000
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	n.pass(codeStep * time.Second)
	hashed := 0
	bad := Try{Number: m.number, Password: private.New("not the password"), Code: "123456"}
	for i := range guesses {
		switch _, err := n.SignIn(t.Context(), bad); fault.KindOf(err) {
		case fault.Denied:
			hashed++
		case fault.Unavailable:
		default:
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if hashed != strangerPace.burst {
		t.Errorf("%d of %d guesses in one moment were looked at, want %d", hashed, guesses, strangerPace.burst)
	}
	owner := n.try(m)
	_, err = n.SignIn(t.Context(), owner)
	n.wantKind("a browser that is not known, while the guessing lasts", err, fault.Unavailable)
	owner.Device = w.Device
	if _, err := n.SignIn(t.Context(), owner); err != nil {
		t.Errorf("the owner at a known browser, after %d guesses of a stranger: %v", guesses, err)
	}
	// A session of the owner that is locked has its own budget too.
	s := n.of(w.Session)
	if err := n.Unlock(t.Context(), s, private.New(longPassword), ""); err != nil {
		t.Errorf("unlocking: %v", err)
	}
	n.pass(codeStep * time.Second) // the last code is used up; one try comes back sooner
	owner = n.try(m)
	if _, err := n.SignIn(t.Context(), owner); err != nil {
		t.Errorf("a browser that is not known, half a minute after the guessing ended: %v", err)
	}
}

// A known browser has a budget too, and one account's browser is a stranger to another account.
func TestKnownBrowserIsLimitedToo(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	other := n.password(n.create("Bela Invented", auth.Analyst))
	looked := func(number string) (count int) {
		for range 3 * knownPace.burst {
			_, err := n.SignIn(t.Context(), Try{Number: number, Password: private.New("wrong"), Code: "123456", Device: w.Device})
			if fault.KindOf(err) == fault.Denied {
				count++
			}
		}
		return count
	}
	if got := looked(m.number); got != knownPace.burst {
		t.Errorf("a known browser may try %d times at once, want %d", got, knownPace.burst)
	}
	if got := looked(other.number); got != strangerPace.burst {
		t.Errorf("at another's account it may try %d times, want %d as a stranger", got, strangerPace.burst)
	}
	if _, err := n.SignIn(t.Context(), n.try(m)); err != nil {
		t.Errorf("strangers were slowed by a known browser: %v", err)
	}
}

// What a number that nobody has answers cannot be told from what one that somebody has answers.
func TestUnknownNumberAnswersTheSame(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	for i := range 3 * strangerPace.burst {
		var texts []string
		for _, number := range []string{m.number, "10000001"} {
			_, err := n.SignIn(t.Context(), Try{Number: number, Password: private.New("wrong"), Code: "123456"})
			f, ok := fault.As(err)
			if !ok {
				t.Fatalf("try %d: %v", i, err)
			}
			texts = append(texts, f.Error()+f.Kind.String()+f.Hint)
		}
		if texts[0] != texts[1] {
			t.Fatalf("try %d: %q and %q", i, texts[0], texts[1])
		}
	}
}

func TestUnlock(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	w, err := n.SignIn(t.Context(), n.try(m))
	if err != nil {
		t.Fatal(err)
	}
	n.pass(11 * time.Minute)
	s := n.of(w.Session)
	if !s.Locked {
		t.Fatal("not locked after eleven minutes")
	}
	n.wantKind("a wrong password", n.Unlock(t.Context(), s, private.New("wrong"), ""), fault.Denied)
	n.wantKind("a wrong code", n.Unlock(t.Context(), s, private.New(longPassword), "000000"), fault.Denied)
	if again := n.of(w.Session); !again.Locked {
		t.Fatal("unlocked by what did not match")
	}
	if err := n.Unlock(t.Context(), s, private.New(longPassword), ""); err != nil {
		t.Fatal(err)
	}
	if s = n.of(w.Session); s.Locked || s.Fresh(n.clock()) {
		t.Errorf("after the password alone: locked %t, fresh %t", s.Locked, s.Fresh(n.clock()))
	}
	n.wantKind("a change without proof", n.BeginPassword(t.Context(), s), fault.Stale)
	if err := n.Unlock(t.Context(), s, private.New(longPassword), n.code(m, 0)); err != nil {
		t.Fatal(err)
	}
	if s = n.of(w.Session); !s.Fresh(n.clock()) {
		t.Error("not fresh after password and code")
	}
	n.pass(31 * time.Minute)
	if _, err := n.accounts.Session(t.Context(), w.Session); fault.KindOf(err) != fault.Denied {
		t.Errorf("a locked session does not end: %v", err)
	}
}

// A hash that cost less than today's is replaced when its owner signs in.
func TestHashGrows(t *testing.T) {
	n := newNode(t)
	m := n.password(n.account)
	n.hash.cost.Time++
	if _, err := n.SignIn(t.Context(), n.try(m)); err != nil {
		t.Fatal(err)
	}
	var hash string
	err := n.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT hash FROM credential_password").Scan(&hash)
	})
	if c, _, _, e := decode(hash); err != nil || e != nil || c != n.hash.cost {
		t.Errorf("cost %+v (%v, %v), want %+v", c, err, e, n.hash.cost)
	}
	n.pass(codeStep * time.Second)
	if _, err := n.SignIn(t.Context(), n.try(m)); err != nil {
		t.Errorf("with the new hash: %v", err)
	}
}

// A closed account is nobody's.
func TestClosedAccountSignsInNoMore(t *testing.T) {
	n := newNode(t)
	id := n.create("Bela Invented", auth.Analyst)
	m := n.password(id)
	err := n.db.WriteUnaudited(t.Context(), "a test closes an account", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE account SET closed_at = $1 WHERE id = $2", tx.NowMicros(), id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.SignIn(t.Context(), n.try(m))
	n.wantKind("a closed account", err, fault.Denied)
}
