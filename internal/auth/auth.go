// Package auth knows who acts: organisations, accounts with roles, and the sessions, one-time links
// and tokens by which a request proves to be an account's.
//
// Secrets have 256 random bits and are stored as SHA-256 only, so a copy of the database lets nobody
// in. They are found by their hash, which needs no comparison in constant time: the hash of a guess
// tells nothing about the hash of a secret. Every failure to be let in is one answer, whether the
// secret was never issued, has expired, was used or was revoked; the audit record knows more. The
// package does not limit the rate of attempts: at 256 bits there is nothing to guess.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// OrgID identifies an organisation.
type OrgID string

// AccountID identifies an account, uniquely across organisations and nodes.
type AccountID string

// TokenID identifies an API token. It is not the secret.
type TokenID string

// Via is the way by which an actor came in.
type Via string

// The ways.
const (
	ViaSession Via = "session"
	ViaToken   Via = "token"
	ViaCLI     Via = "cli"
	ViaDemo    Via = "demo"
	// ViaOwn is a person on their own page: see [Own].
	ViaOwn Via = "own"
)

// Actor is who acts in a request: an account of an organisation with its roles at this moment. The
// zero Actor is nobody and may do nothing.
type Actor struct {
	Org     OrgID
	OrgName string
	Account AccountID
	// Name is the name of the account for the page's corner. It never goes to a log.
	Name  string
	Roles []Role
	Via   Via
	// Zone is the IANA time zone of the organisation.
	Zone string
	// Glass is until when the actor has emergency access; zero: none. It is for showing, and decides
	// nothing: see [MayOpen].
	Glass time.Time
	// Own is the case that is about the actor; "" for everybody who works here.
	Own string
}

// cliAccount stands in the audit record for the person at the terminal of the machine.
const cliAccount AccountID = "cli"

// CLI returns the actor for the person at the terminal of the machine. Whoever can start the
// program there holds the key and the file, so the actor has the roles of an administrator and an
// analyst; no stored account stands behind it.
func CLI(org OrgID) Actor {
	return Actor{Org: org, Account: cliAccount, Name: "command line", Roles: []Role{Analyst, Administrator}, Via: ViaCLI, Zone: "UTC"}
}

// PersonAccount stands in the record for a person on their own page. No stored account stands behind it.
const PersonAccount AccountID = "person"

// Own returns the actor for a person on their own page. It has no role, so that every permission is denied;
// what it may see is its own case, see [MayReach].
func Own(org OrgID, zone, scope string) Actor {
	return Actor{Org: org, Account: PersonAccount, Via: ViaOwn, Zone: zone, Own: scope}
}

// Is reports whether the actor holds role r.
func (a Actor) Is(r Role) bool { return slices.Contains(a.Roles, r) }

// Accounts is the store of organisations, accounts and what lets them in. The zero value of each
// setting means its default.
type Accounts struct {
	DB *db.DB
	// SessionLife is how long a session lasts at most. Default 12 hours, a long shift.
	SessionLife time.Duration
	// SessionIdle is after how long without a request a session ends. Default 30 minutes.
	SessionIdle time.Duration
	// LockAfter is after how long without a request a session is locked until its owner proves again
	// who they are. Default 10 minutes.
	LockAfter time.Duration
	// Via is what sessions and links made here say of themselves. Default [ViaSession].
	Via Via

	rules      map[ChangeKind]ChangeRule
	assigners  []func(ctx context.Context, tx *db.Tx, org OrgID, scope string) error
	forgetters []func(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) error
}

const (
	defaultLife = 12 * time.Hour
	defaultIdle = 30 * time.Minute
	defaultLock = 10 * time.Minute
	defaultLink = 10 * time.Minute
	maxLink     = 24 * time.Hour
	maxToken    = 366 * 24 * time.Hour
)

// newSecret returns a secret to hand out and the hash to store. The prefix lets people and secret
// scanners recognise what they found.
func newSecret(prefix string) (secret, hash string) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	secret = prefix + base64.RawURLEncoding.EncodeToString(raw)
	return secret, hashOf(secret)
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// denied is the one answer to a secret that does not let in.
func denied() error {
	return fault.New(fault.Denied, "You are not signed in.").WithHint("Sign in again.")
}

func entry(a Actor, k audit.Kind, subject, act string) audit.Entry {
	return audit.Entry{
		Org: string(a.Org), Actor: string(a.Account), Kind: k, Subject: subject,
		Detail: map[string]string{"act": act, "via": string(a.Via)},
	}
}
