package vault

import (
	"context"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

var (
	_ audit.Sealer = (*Vault)(nil)
	_ audit.Opener = (*Vault)(nil)
	_ audit.Signer = (*Vault)(nil)
)

// Record appends ledger entries in tx. Those about a person, who must be enrolled and not erased, are
// sealed under that person's key; the vault must be unlocked for them. Entries of one call are of one
// organisation, and any number of them costs three statements.
func (v *Vault) Record(ctx context.Context, tx *db.Tx, entries ...audit.Entry) error {
	return audit.AppendSealed(ctx, tx, v, entries...)
}

// about returns an entry about a person of the actor's organisation.
func about(a auth.Actor, k audit.Kind, person PersonID, detail map[string]string) audit.Entry {
	e := entry(a, k, "", detail)
	e.Person = string(person)
	return e
}

// SealEntries seals the salts and readable texts of ledger entries, each under the key of the person
// concerned, so that they go when the person is erased. See [audit.Sealer].
func (v *Vault) SealEntries(ctx context.Context, tx *db.Tx, org string, entries []audit.Unsealed) ([][]byte, error) {
	values := make([]Value, len(entries))
	for i, e := range entries {
		p := entryPlace(auth.OrgID(org), PersonID(e.Person), e.Entry)
		if err := p.check(); err != nil {
			return nil, err
		}
		values[i] = Value{Place: p, Text: private.New(string(e.Content))}
	}
	sealed, err := v.seal(ctx, tx, values)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(sealed))
	for i, s := range sealed {
		out[i] = s
	}
	return out, nil
}

// OpenEntries opens what SealEntries sealed, and nothing else. It writes no entry, because reading the
// ledger would otherwise write it without end: whoever shows entries about a person records it once.
// The content for a person who was erased is nil.
func (v *Vault) OpenEntries(ctx context.Context, org string, entries []audit.SealedEntry) ([][]byte, error) {
	var owners []owner
	seen := map[owner]bool{}
	for _, e := range entries {
		if o := (owner{auth.OrgID(org), PersonID(e.Person)}); !seen[o] {
			seen[o] = true
			owners = append(owners, o)
		}
	}
	keys, err := v.livingKeys(ctx, owners)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(entries))
	for i, e := range entries {
		if keys[owner{auth.OrgID(org), PersonID(e.Person)}] == nil {
			continue
		}
		texts, err := decrypt(keys, []Item{{Place: entryPlace(auth.OrgID(org), PersonID(e.Person), e.Entry), Sealed: e.Sealed}})
		if err != nil {
			return nil, err
		}
		out[i] = []byte(texts[0].Reveal("read a ledger entry"))
	}
	return out, nil
}

// livingKeys returns the keys of those owners who have one.
func (v *Vault) livingKeys(ctx context.Context, owners []owner) (map[owner]*personKey, error) {
	keys, err := v.keys(ctx, owners)
	if !errors.Is(err, keyring.ErrAbsent) && !errors.Is(err, keyring.ErrDestroyed) {
		return keys, err
	}
	ring, err := v.opened()
	if err != nil {
		return nil, err
	}
	names := make([]keyring.Name, len(owners))
	for i, o := range owners {
		names[i] = o.name()
	}
	alive, err := ring.Alive(ctx, names...)
	if err != nil {
		return nil, err
	}
	var rest []owner
	for i, o := range owners {
		if alive[i] {
			rest = append(rest, o)
		}
	}
	return v.keys(ctx, rest)
}

// LogSigner returns the signer of an organisation's log, under the log's name. The error of a locked
// vault is [fault.Unavailable].
func (v *Vault) LogSigner(ctx context.Context, org, origin string, now time.Time) (note.Signer, error) {
	key, err := v.SigningKey(ctx, auth.OrgID(org), "log", now)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return ledger.NewLogSigner(origin, key.Seed())
}
