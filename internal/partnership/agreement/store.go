package agreement

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// held is one party's copy of an agreement with all its versions.
type held struct {
	org              auth.OrgID
	id               ID
	version          int64
	partner          auth.OrgID
	partnerName      string
	suspended        bool
	partnerSuspended bool
	ended            bool
	serials          []serial // in order
	keys             map[string]ed25519.PublicKey
}

// serial is one version as it is stored.
type serial struct {
	number     int
	document   string
	hash       string
	state      string
	ours       bool
	draftedBy  auth.AccountID
	signedAt   int64 // microseconds; 0 when not signed by all
	signatures []accord.Signature
}

// The states of a version as they are stored.
const (
	isDraft    = "draft"
	isOffered  = "offered"
	isSigned   = "signed"
	isDeclined = "declined"
)

func notFound() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// load reads one party's copy.
func load(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID) (*held, error) {
	all, err := loadAll(ctx, tx, org, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, notFound()
	}
	return all[0], nil
}

// loadAll reads one party's copies; only says which one, "" means all.
func loadAll(ctx context.Context, tx *db.Tx, org auth.OrgID, only ID) ([]*held, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, version, partner_org, partner_name, suspended_at IS NOT NULL, partner_suspended_at IS NOT NULL, ended_at IS NOT NULL
		FROM partnership_agreement WHERE org_id = $1 AND ($2 = '' OR id = $2) ORDER BY created_at DESC, id`, string(org), string(only))
	all, err := db.Collect(rows, err, func(r *sql.Rows) (*held, error) {
		h := &held{org: org}
		return h, r.Scan(&h.id, &h.version, &h.partner, &h.partnerName, &h.suspended, &h.partnerSuspended, &h.ended)
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	byID := map[ID]*held{}
	for _, h := range all {
		byID[h.id] = h
	}
	if err := loadSerials(ctx, tx, org, only, byID); err != nil {
		return nil, err
	}
	keys, err := pinned(ctx, tx, org)
	for _, h := range all {
		h.keys = keys
	}
	return all, err
}

func loadSerials(ctx context.Context, tx *db.Tx, org auth.OrgID, only ID, byID map[ID]*held) error {
	rows, err := tx.Query(ctx, `
		SELECT s.agreement_id, s.serial, s.document, s.hash, s.state, s.ours, s.drafted_by, s.signed_at, g.party, g.signature
		FROM partnership_agreement_serial s LEFT JOIN partnership_agreement_signature g
		  ON g.org_id = s.org_id AND g.agreement_id = s.agreement_id AND g.serial = s.serial
		WHERE s.org_id = $1 AND ($2 = '' OR s.agreement_id = $2) ORDER BY s.agreement_id, s.serial, g.party`, string(org), string(only))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var (
			of               ID
			s                serial
			by, party, bytes sql.Null[string]
			signed           sql.Null[int64]
		)
		if err := r.Scan(&of, &s.number, &s.document, &s.hash, &s.state, &s.ours, &by, &signed, &party, &bytes); err != nil {
			return none, err
		}
		h := byID[of]
		if n := len(h.serials); n == 0 || h.serials[n-1].number != s.number {
			s.draftedBy, s.signedAt = auth.AccountID(by.V), signed.V
			h.serials = append(h.serials, s)
		}
		if !party.Valid {
			return none, nil
		}
		sig, err := hex.DecodeString(bytes.V)
		if err != nil {
			return none, fmt.Errorf("signature of %s on agreement %s: %w", party.V, of, err)
		}
		last := &h.serials[len(h.serials)-1]
		last.signatures = append(last.signatures, accord.Signature{Party: party.V, Bytes: sig})
		return none, nil
	})
	return err
}

// pinned returns the public keys of parties as the organisation first saw them.
func pinned(ctx context.Context, tx *db.Tx, org auth.OrgID) (map[string]ed25519.PublicKey, error) {
	keys := map[string]ed25519.PublicKey{}
	rows, err := tx.Query(ctx, "SELECT party, public_key FROM partnership_key WHERE org_id = $1", string(org))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var party, text string
		if err := r.Scan(&party, &text); err != nil {
			return none, err
		}
		keys[party], err = hex.DecodeString(text)
		return none, err
	})
	return keys, err
}

// pin keeps the keys of parties in an organisation's own list, or refuses one that differs from the first.
func pin(ctx context.Context, tx *db.Tx, org auth.OrgID, keys map[string]ed25519.PublicKey) error {
	have, err := pinned(ctx, tx, org)
	if err != nil {
		return err
	}
	for name, key := range keys {
		old, known := have[name]
		if known && !slices.Equal(old, key) {
			return fault.New(fault.Conflict, "The signing key of an organisation is not the one that was agreed on.").
				WithHint("Nothing was changed. Speak to the other organisation in person; when the key was lost, begin a new agreement on a new pairing.")
		}
		if known {
			continue
		}
		_, err := tx.Exec(ctx, "INSERT INTO partnership_key (org_id, party, public_key, since) VALUES ($1, $2, $3, $4)",
			string(org), name, hex.EncodeToString(key), tx.NowMicros())
		if err != nil {
			return err
		}
	}
	return nil
}

// maxCompiled bounds the agreements kept ready to decide, a few kilobytes each.
const maxCompiled = 1_000

// open verifies all signatures of a version and compiles it. The result is kept: the same bytes under the same
// keys give the same answer.
func (r *Agreements) open(s serial, keys map[string]ed25519.PublicKey) (*accord.Agreement, error) {
	var name strings.Builder
	name.WriteString(s.document)
	for _, g := range s.signatures {
		fmt.Fprintf(&name, "\n%s %x %x", g.Party, g.Bytes, []byte(keys[g.Party]))
	}
	r.mu.Lock()
	a := r.compiled[name.String()]
	r.mu.Unlock()
	if a != nil {
		return a, nil
	}
	a, err := accord.Signed{Canonical: []byte(s.document), Signatures: s.signatures}.Open(keys)
	if err != nil {
		return nil, err
	}
	if a.Document().Compiler != accord.CompilerVersion {
		return nil, errors.New("agreement: signed for another compiler")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.compiled) >= maxCompiled {
		clear(r.compiled)
	}
	r.compiled[name.String()] = a
	return a, nil
}

// book is the chain of versions that all parties have signed.
func (r *Agreements) book(h *held) (*accord.Book, error) {
	var b accord.Book
	for _, s := range h.serials {
		if s.state != isSigned {
			continue
		}
		a, err := r.open(s, h.keys)
		if err != nil {
			return nil, err
		}
		if err := b.Add(a); err != nil {
			return nil, err
		}
	}
	return &b, nil
}

// inForce returns the version that holds at an instant, or nil. A version holds from when all had signed it, not
// from an earlier first day.
func (r *Agreements) inForce(h *held, at time.Time) *accord.Agreement {
	if h.suspended || h.partnerSuspended || h.ended {
		return nil
	}
	b, err := r.book(h)
	if err != nil {
		return nil
	}
	a, err := b.InForce(string(h.id), at.UnixMicro())
	if err != nil {
		return nil
	}
	if s := h.serial(a.Document().Serial); s == nil || s.signedAt == 0 || s.signedAt > at.UnixMicro() {
		return nil
	}
	return a
}

func (h *held) serial(n int) *serial {
	for i := range h.serials {
		if h.serials[i].number == n {
			return &h.serials[i]
		}
	}
	return nil
}

// open is the version that is drafted or offered and not settled, or nil.
func (h *held) unsettled() *serial {
	for i := range h.serials {
		if s := &h.serials[i]; s.state == isDraft || s.state == isOffered {
			return s
		}
	}
	return nil
}

// lastSigned is the newest version that all have signed, or nil.
func (h *held) lastSigned() *serial {
	for _, s := range slices.Backward(h.serials) {
		if s.state == isSigned {
			return &s
		}
	}
	return nil
}

// stateOf says where a version stands.
func (r *Agreements) stateOf(h *held, s *serial, at time.Time) State {
	switch s.state {
	case isDraft:
		return Draft
	case isOffered:
		return Offered
	case isDeclined:
		return Declined
	}
	b, err := r.book(h)
	if err != nil {
		return Unreadable
	}
	d, err := accord.Parse([]byte(s.document))
	if err != nil {
		return Unreadable
	}
	today := at.UTC().Format(time.DateOnly)
	later := h.begun(s.number, today)
	switch {
	case h.ended:
		return Ended
	case later:
		return Superseded
	case d.ValidFrom > today:
		return Waiting
	case d.ValidUntil <= today:
		return Expired
	case h.suspended || h.partnerSuspended:
		return Suspended
	}
	if a, err := b.InForce(string(h.id), at.UnixMicro()); err != nil || a.Document().Serial != s.number {
		return Expired
	}
	return InForce
}

// begun reports whether a later signed version has had its first day.
func (h *held) begun(after int, today string) bool {
	return slices.ContainsFunc(h.serials, func(s serial) bool {
		if s.state != isSigned || s.number <= after {
			return false
		}
		d, err := accord.Parse([]byte(s.document))
		return err == nil && d.ValidFrom <= today
	})
}

// shown is the version that a list shows: what waits for a step, else the newest in force or signed, else
// the newest.
func (h *held) shown() *serial {
	if s := h.unsettled(); s != nil {
		return s
	}
	if s := h.lastSigned(); s != nil {
		return s
	}
	if len(h.serials) == 0 {
		return nil
	}
	return &h.serials[len(h.serials)-1]
}

func (s *serial) signedBy(name string) bool {
	return slices.ContainsFunc(s.signatures, func(g accord.Signature) bool { return g.Party == name })
}
