// Package agreement is the room in which organisations agree what one may send to another, and the only
// way by which something crosses from one organisation of a node to another.
//
// An agreement is a document of [accord], kept as the bytes that its parties sign. It is drafted by one
// party, offered to the other, signed by both with the signing keys of their organisations, and then in force
// between its dates, until a later version supersedes it or a party suspends or ends it. Each party keeps a
// copy of its own.
//
// [Agreements.Decide] answers what one party may have of a record of another: agreement ∩ purpose ∩
// authority, field by field. Both sides get an entry: the holder's says why, the asker's does not.
// [Agreements.Ask] gives the same answer on a fixed clock, so that unknown, refused and withheld cannot be
// told apart.
//
// Trust: the room checks signatures with pinned keys at every reading. It trusts the vault for the keys,
// and on one node both parties trust the operator who holds the node key. It does not stop whoever received
// something lawfully from copying it.
package agreement

import (
	"context"
	"sync"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// ID identifies an agreement; it is the same for all its parties and versions.
type ID string

// Agreements is the room. It is safe for concurrent use.
type Agreements struct {
	db    *db.DB
	vault *vault.Vault
	// Schedule is when answers to partners leave. Set it before use.
	Schedule beat.Schedule
	// Grounds and Left tie the room to where consents are kept; app sets them before use. Nil is that they are kept
	// nowhere else.
	Grounds GroundsFunc
	Left    LeftFunc

	mu       sync.Mutex
	compiled map[string]*accord.Agreement // by hash, signatures verified
}

// GroundsFunc returns, in tx, the authorities that hold about a person of a holder, from where consents and legal bases
// are kept. speaks says that the person's consents are kept there: then no other consent counts. It is asked about nobody
// too, and answers in the same time. An error lets nothing leave.
type GroundsFunc func(ctx context.Context, tx *db.Tx, holder auth.OrgID, person vault.PersonID) (list []accord.Authority, speaks bool, err error)

// LeftFunc keeps, in tx, that fields of a class have left for a party, so that they can be asked back. An error lets nothing
// leave.
type LeftFunc func(ctx context.Context, tx *db.Tx, holder auth.OrgID, person vault.PersonID, l Leaves) error

// Leaves is what leaves under an agreement.
type Leaves struct {
	Agreement                 ID
	Record                    RecordID
	To, Class, Purpose, Asker string // parties and codes
}

// On returns the room on a database and its vault. When the vault erases a person, what was on the shelf of
// the person goes too.
func On(d *db.DB, v *vault.Vault) *Agreements {
	r := &Agreements{db: d, vault: v, Schedule: beat.Default(), compiled: map[string]*accord.Agreement{}}
	v.OnErase(vault.Eraser{Name: "agreement", InTx: unshelve})
	v.OnCheck(vault.Rows{Name: "agreement", Each: shelves})
	return r
}

// State is where an agreement stands, for the party who reads it.
type State string

// The states. Only under InForce does anything leave.
const (
	Draft      State = "draft"      // written here, not offered
	Offered    State = "offered"    // one party or none has signed
	Declined   State = "declined"   // taken back or turned down before both had signed
	Waiting    State = "waiting"    // signed by both, its first day has not come
	InForce    State = "in-force"   // signed by both, between its dates
	Suspended  State = "suspended"  // stopped by a party for now
	Expired    State = "expired"    // its last day is over
	Ended      State = "ended"      // stopped by a party for good
	Superseded State = "superseded" // a later version was signed
	Unreadable State = "unreadable" // a signature or the compiler does not fit: everything is denied
)

// States returns all states, in the order of the constants.
func States() []State {
	return []State{Draft, Offered, Declined, Waiting, InForce, Suspended, Expired, Ended, Superseded, Unreadable}
}

// Summary is an agreement in a list: its newest version that counts.
type Summary struct {
	ID      ID
	Partner string // name of the other party, as it stands in the document
	Serial  int
	State   State
	// Document is what the parties sign; read only.
	Document accord.Document
	// Ours says that this party drafted the version.
	Ours bool
	// SignedByUs and SignedByPartner say who has signed the version.
	SignedByUs, SignedByPartner bool
	// NeedsMe says that the reader can take the step for which it waits.
	NeedsMe bool
}

// View is an agreement with everything that the page shows.
type View struct {
	Summary
	PartnerOrg auth.OrgID
	Hash       string
	// Policies is the compiled text that the machine enforces.
	Policies string
	// Version is the version of the row, for changes.
	Version int64
	// SuspendedByUs and SuspendedByPartner say who stopped it.
	SuspendedByUs, SuspendedByPartner bool
	Versions                          []VersionLine
	Events                            []Event
	// What the reader may do now.
	MayOffer, MaySign, MayDecline, MaySuspend, MayResume, MayEnd, MayRevise bool
	// DraftedByMe says why somebody who may sign cannot sign this one.
	DraftedByMe bool
}

// VersionLine is one version in the history.
type VersionLine struct {
	Serial              int
	State               State
	Hash                string
	ValidFrom, ValidEnd string
	SignedAt            time.Time // zero when not signed by all
}

// Event is one thing that happened to an agreement.
type Event struct {
	At      time.Time
	Kind    EventKind
	Serial  int
	Ours    bool
	Account auth.AccountID // of ours; "" for the partner's people
}

// EventKind is what happened.
type EventKind string

// The kinds of event.
const (
	Drafted   EventKind = "drafted"
	WasOffer  EventKind = "offered"
	Signed    EventKind = "signed"
	WasDenied EventKind = "declined"
	Stopped   EventKind = "suspended"
	Resumed   EventKind = "resumed"
	Finished  EventKind = "ended"
	Disclosed EventKind = "disclosed" // something left under it
)

// EventKinds returns all kinds, in the order of the constants.
func EventKinds() []EventKind {
	return []EventKind{Drafted, WasOffer, Signed, WasDenied, Stopped, Resumed, Finished, Disclosed}
}
