package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// rot stands for the vault: what it seals cannot be read by eye.
type rot struct{}

func (rot) SealSecret(_ context.Context, org, use string, secret []byte) ([]byte, error) {
	out := []byte(org + use + string(secret))
	for i := range out {
		out[i] ^= 0x55
	}
	return out, nil
}

func (rot) OpenSecret(_ context.Context, org, use string, sealed []byte) ([]byte, error) {
	out := slices.Clone(sealed)
	for i := range out {
		out[i] ^= 0x55
	}
	secret, ok := strings.CutPrefix(string(out), org+use)
	if !ok {
		return nil, errors.New("not sealed for this")
	}
	return []byte(secret), nil
}

// office is a database with an organisation, its gateway and two accounts that want letters.
func office(t *testing.T, p *post, now *time.Time) *Letters {
	t.Helper()
	l := &Letters{DB: dbtest.OpenAt(t, func() time.Time { return *now }), Sealer: rot{}, Words: func(lang string) (string, string) {
		return "A message (" + lang + ")", "Sign in to read it."
	}, roots: p.gateway.roots}
	l.change(t, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'Canary House (invented)', 'UTC', 0)",
			"INSERT INTO account (org_id, id, version, name, created_at) VALUES ('o', 'a', 1, 'Canary Person (invented)', 0)",
			"INSERT INTO account (org_id, id, version, name, created_at) VALUES ('o', 'b', 1, 'Invented', 0)",
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		sealed, err := l.SealPassword(ctx, "o", p.gateway)
		if err != nil {
			return err
		}
		if err := SetGateway(ctx, tx, "o", p.gateway, sealed); err != nil {
			return err
		}
		return errors.Join(SetAddress(ctx, tx, "o", "a", "a@example.org", "en"), SetAddress(ctx, tx, "o", "b", "b@example.org", "ar"))
	})
	return l
}

func (l *Letters) change(t *testing.T, fn func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := l.DB.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (l *Letters) notice(t *testing.T, to string, k Kind, about string) {
	t.Helper()
	l.change(t, func(ctx context.Context, tx *db.Tx) error {
		return Post(ctx, tx, Notice{Org: "o", To: to, Kind: k, About: about})
	})
}

// A letter goes when a notice has waited, once in six hours, and says the same whatever happened.
func TestLettersSayNothing(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	p := newPost(t, "localhost", nil)
	l := office(t, p, &now)
	tend := func(after time.Duration, want int) {
		t.Helper()
		now = now.Add(after)
		if n, err := l.Tend(t.Context(), now); n != want || err != nil {
			t.Fatalf("%d letters, want %d: %v", n, want, fault.Cause(err))
		}
	}
	tend(time.Hour, 0)
	l.notice(t, "a", GlassBroken, "canary-1")
	tend(time.Minute, 0)
	tend(5*time.Minute, 1)
	l.notice(t, "a", SearchAlarm, "canary-2")
	tend(time.Hour, 0)
	tend(6*time.Hour, 1)
	tend(7*time.Hour, 0) // nothing new
	l.notice(t, "b", ReviewDue, "canary-3")
	tend(5*time.Minute, 1)
	strip := func(s string) string {
		lines := strings.Split(s, "\r\n")
		return strings.Join(slices.DeleteFunc(lines, func(x string) bool { return strings.HasPrefix(x, "Date:") }), "\n")
	}
	if strip(p.letters[0]) != strip(p.letters[1]) {
		t.Errorf("two notices, two letters:\n%s\n%s", p.letters[0], p.letters[1])
	}
	if all := strings.ToLower(strings.Join(p.letters, "") + p.said.String() + p.clear.String()); strings.Contains(all, "canary") {
		t.Error("a letter names what it is about")
	}
}

func TestLettersThatFail(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	p := newPost(t, "localhost", func(p *post) { p.refuses = "RCPT" })
	l := office(t, p, &now)
	l.notice(t, "a", ReviewDue, "x")
	now = now.Add(time.Hour)
	for i := range givenUp + 2 {
		n, err := l.Tend(t.Context(), now)
		if n != 0 || (err == nil) != (i >= givenUp) {
			t.Fatalf("try %d: %d, %v", i, n, err)
		}
	}
	p.refuses = ""
	l.change(t, func(ctx context.Context, tx *db.Tx) error {
		return SetAddress(ctx, tx, "o", "a", "a@example.org", "en")
	})
	if n, err := l.Tend(t.Context(), now); n != 1 || err != nil {
		t.Errorf("after the address was set again: %d, %v", n, err)
	}
}

// The password is nowhere in the table, and a gateway that would speak in clear is refused.
func TestGatewayIsSealed(t *testing.T) {
	now := time.Now()
	p := newPost(t, "localhost", nil)
	l := office(t, p, &now)
	g, err := l.Gateway(t.Context(), "o")
	if err != nil || g.Password.Reveal("compare") != "gateway-password" {
		t.Fatal(err)
	}
	var stored []byte
	err = l.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT password FROM notify_gateway").Scan(&stored)
	})
	if err != nil || strings.Contains(string(stored), "gateway") {
		t.Errorf("stored as %q: %v", stored, err)
	}
	if _, err := l.Gateway(t.Context(), "nobody"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	for _, g := range []Gateway{{}, {Host: "a b", Port: 1, Sender: "a@b.example"}, {Host: "a", Port: 0, Sender: "a@b.example"}, {Host: "a", Port: 1, Sender: "a"}, {Host: "a", Port: 1, Sender: "a@b.example", Login: "x"}} {
		if err := g.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", g, err)
		}
	}
}
