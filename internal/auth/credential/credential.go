// Package credential knows how somebody proves who they are: a passkey, a password with the code of
// an app, or an account at an identity provider of their organisation. It starts the sessions that
// package auth keeps.
//
// Trust: nothing that arrives is believed before it is checked, and every failure is one answer that
// takes the same work, whether the account exists or not. A password alone lets nobody in. Whoever
// holds the database has hashes of passwords and codes, public keys, and secrets sealed under a key
// that is elsewhere; whoever holds that key too can make codes, but still needs the password. An
// identity provider can sign in every account that is linked to it: that is why setting one up takes
// two people. The node keeps no network address of anybody.
package credential

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Sealer seals the secrets of an organisation under a key that is not in the database. The place is
// authenticated: what was moved to another place does not open.
type Sealer interface {
	Seal(ctx context.Context, org auth.OrgID, place string, text []byte) ([]byte, error)
	Open(ctx context.Context, org auth.OrgID, place string, sealed []byte) ([]byte, error)
}

// Credentials is the store of credentials and the door of the node. It is safe for concurrent use.
type Credentials struct {
	db       *db.DB
	accounts *auth.Accounts
	sealer   Sealer
	hash     *hasher
	web      *web
	// dummy is the hash that a password is compared with when there is none.
	dummy string
	// beat is the beat of the clock on which a refusal is given.
	beat time.Duration
}

// New returns the credentials of a node. They are put together once: the bound on how many passwords
// are hashed at a time is theirs, and they tell accounts how their changes by two people are made.
func New(accounts *auth.Accounts, sealer Sealer) *Credentials {
	c := newWith(accounts, sealer, standardCost)
	c.beat = 250 * time.Millisecond
	return c
}

// newWith is New with another cost of hashing, for tests.
func newWith(accounts *auth.Accounts, sealer Sealer, cost Cost) *Credentials {
	c := &Credentials{db: accounts.DB, accounts: accounts, sealer: sealer, hash: newHasher(cost), web: newWeb(), dummy: dummyHash(cost)}
	c.register()
	return c
}

// refused is the one answer to whoever did not prove who they are.
func refused() error {
	return fault.New(fault.Denied, "This did not match, so you are not signed in.").
		WithHint("Look at each part once more. A code works once, and for a minute only.")
}

// stale is the answer when what was begun is over: too old, used, or begun in another browser.
func stale() error {
	return fault.New(fault.Denied, "This took too long, or was begun somewhere else.").WithHint("Begin again.")
}

// notFresh is the answer to a change by somebody who has not proved lately who they are.
func notFresh() error {
	return fault.New(fault.Stale, "Show first that it is you.").WithHint("This protects you when somebody sits down at your screen.")
}

// owner is an account as this package knows it.
type owner struct {
	org     auth.OrgID
	account auth.AccountID
	number  string
	handle  string
}

func actorOf(o owner) auth.Actor {
	return auth.Actor{Org: o.org, Account: o.account, Via: auth.ViaSession}
}

// ownerOf returns the owner row of an account.
func ownerOf(ctx context.Context, tx *db.Tx, a auth.Actor) (owner, error) {
	o := owner{org: a.Org, account: a.Account}
	err := tx.QueryRow(ctx, "SELECT number, handle FROM credential_owner WHERE org_id = $1 AND account_id = $2", a.Org, a.Account).
		Scan(&o.number, &o.handle)
	return o, err
}

// ensureOwner returns the owner row of an account and makes it when there is none.
func ensureOwner(ctx context.Context, tx *db.Tx, a auth.Actor) (owner, error) {
	o, err := ownerOf(ctx, tx, a)
	if !errors.Is(err, sql.ErrNoRows) {
		return o, err
	}
	for range 100 {
		o.number = newNumber()
		var taken int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM credential_owner WHERE number = $1", o.number).Scan(&taken); err != nil {
			return o, err
		}
		if taken == 0 {
			break
		}
	}
	o.handle = newSecret(48)
	_, err = tx.Exec(ctx, "INSERT INTO credential_owner (org_id, account_id, number, handle) VALUES ($1, $2, $3, $4)",
		o.org, o.account, o.number, o.handle)
	return o, err
}

// newNumber makes a sign-in number: eight digits, the first not 0.
func newNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90_000_000))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return strconv.FormatInt(n.Int64()+10_000_000, 10)
}

// newSecret returns n random bytes as base64url.
func newSecret(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// record appends the entry of a change of credentials.
func record(ctx context.Context, tx *db.Tx, by auth.Actor, kind audit.Kind, subject, act string) error {
	return audit.Append(ctx, tx, audit.Entry{
		Org: string(by.Org), Actor: string(by.Account), Kind: kind, Subject: subject,
		Detail: map[string]string{"act": act, "via": string(by.Via)},
	})
}

// tell leaves the owner of an account a notice that something about signing in has changed.
func tell(ctx context.Context, tx *db.Tx, org auth.OrgID, account auth.AccountID, kind notify.Kind, about string) error {
	return notify.Post(ctx, tx, notify.Notice{Org: string(org), To: string(account), Kind: kind, About: about})
}

// hold takes the account for the length of tx, so that of two changes to its credentials the second
// sees the first.
func hold(ctx context.Context, tx *db.Tx, a auth.Actor) error {
	n, err := tx.Exec(ctx, "UPDATE account SET version = version + 1 WHERE org_id = $1 AND id = $2 AND closed_at IS NULL", a.Org, a.Account)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "This account does not exist.")
	}
	return err
}

// mayChange reports whether the owner of a session may change how they sign in.
func mayChange(s auth.Session, now time.Time) error {
	switch {
	case s.Actor.Account == "" || s.Locked:
		return fault.New(fault.Denied, "You are not signed in.").WithHint("Sign in again.")
	case !s.Fresh(now):
		return notFresh()
	}
	return nil
}
