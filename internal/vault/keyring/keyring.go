// Package keyring keeps the keys below the node key: the organisation key of a 30-day epoch, and
// under it the key of each person and index, and keys that live for days only. It stands outside the
// database and outside its backups, because destroying a key is what erasure means: a key in a
// backup of data could not be destroyed.
//
// A ring is a log of records of one size on a [Medium]. It only grows until a key is destroyed or an
// epoch ends; then the whole log is written anew without what is gone, and the old bytes are
// overwritten. Each record carries a code under the node key over itself and all records before it,
// so a flipped bit, a foreign record, a missing or exchanged one is an error. What the code cannot
// show is that somebody put an older ring in the place of a newer one, or cut off the end: the vault
// finds both by its own journal and by the keys that are then missing.
//
// Trust: whoever has the node key and any copy of the ring has the keys in that copy, whatever was
// destroyed since. That is why copies are few, are overwritten, and none is older than 30 days.
// Overwriting reaches the file, not what a disk or a copying file system keeps of it.
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Epoch is how long an organisation key seals new keys, and the greatest age of a copy of the ring.
const Epoch = 30 * 24 * time.Hour

// Size is the length of every key in bytes.
const Size = 32

// Kind is what a key is for.
type Kind byte

// The kinds of key below the organisation key.
const (
	// Person keys seal the values of one person. They live until the person is erased.
	Person Kind = 1
	// Index keys turn words into search tokens of one organisation.
	Index Kind = 2
	// Transient keys live for days: prekeys, matching keys, share keys. No copy holds them.
	Transient Kind = 3
)

// Name says whose key it is. Org and Subject are identifiers of at most 64 bytes; Subject may be
// empty for a key of the whole organisation.
type Name struct {
	Org     string
	Kind    Kind
	Subject string
}

// ID identifies a key. It is random, stays when the key is wrapped anew, and is never used again.
type ID [16]byte

// String returns the identifier as 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Key is a key and its identifier. The holder clears Secret when it is done with it.
type Key struct {
	ID     ID
	Secret *[Size]byte
}

// Grave says that a key was destroyed. Graves are copied, and merged by [Restore], so that what was
// erased stays erased when older data come back.
type Grave struct {
	Name Name
	ID   ID
	At   time.Time
}

// Errors that a caller tells apart. Both are wrapped in faults.
var (
	// ErrAbsent says that the ring never had the key, or has lost it.
	ErrAbsent = errors.New("keyring: no such key")
	// ErrDestroyed says that the key was destroyed.
	ErrDestroyed = errors.New("keyring: the key was destroyed")
)

// Ring is an open keyring. It is safe for concurrent use, also by several processes on one medium.
type Ring struct {
	medium Medium
	node   nodekey.ID

	mu    sync.Mutex
	codec *codec // nil when closed
	state state
	orgs  map[string]*orgKey
}

// orgKey is the key of an organisation, unwrapped.
type orgKey struct {
	id   ID
	aead cipher.AEAD
}

// Open opens the ring on a medium, and founds an empty one on an empty medium. Its errors are
// faults: [fault.Invalid] for a ring of another node key, a damaged one, or something else.
func Open(ctx context.Context, m Medium, node nodekey.Key) (*Ring, error) {
	c, err := newCodec(node)
	if err != nil {
		return nil, err
	}
	r := &Ring{medium: m, node: node.ID(), codec: c, state: newState(), orgs: map[string]*orgKey{}}
	// Alone even when nothing is to be founded: it finishes what a crash cut off.
	err = m.Alone(ctx, func(w Writer) error {
		if err := r.sync(ctx, w); err != nil || r.state.mark.Generation > 0 {
			return err
		}
		return w.Replace(ctx, r.anew().write)
	})
	if err != nil {
		return nil, err
	}
	return r, r.refresh(ctx)
}

// Close forgets every key that the ring has unwrapped, at once. It waits for a call that is running.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec != nil {
		r.codec.forget()
	}
	r.codec, r.orgs = nil, nil
	r.state.keys.release()
}

func closed() error {
	return fault.New(fault.Unavailable, "The vault is locked.").
		WithHint("Unlock it with the node key, then try again.")
}

// Keys returns the keys of names, in their order. One call looks at the medium once: a key that
// another process has destroyed is not returned. The error of an absent key wraps [ErrAbsent], of a
// destroyed one [ErrDestroyed]. It takes about a microsecond a key.
func (r *Ring) Keys(ctx context.Context, names ...Name) ([]Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return nil, closed()
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	keys := make([]Key, 0, len(names))
	for _, n := range names {
		k, err := r.unwrap(n)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// Version returns a number that changes whenever a key may have been destroyed, here or by another
// process. Whoever keeps unwrapped keys drops them when it has changed.
func (r *Ring) Version(ctx context.Context) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return 0, closed()
	}
	if err := r.refresh(ctx); err != nil {
		return 0, err
	}
	return r.state.mark.Generation, nil
}

func (r *Ring) unwrap(n Name) (Key, error) {
	rec, ok := r.state.keys.find(n)
	if !ok {
		if _, ok := r.state.graves[n]; ok {
			return Key{}, fault.New(fault.NotFound, "This does not exist.").Wrap(ErrDestroyed)
		}
		return Key{}, fault.New(fault.Unavailable, "A key is missing from the keyring.").
			WithHint("The keyring is older than the data, or not theirs. Restore the newest copy of the keyring.").Wrap(ErrAbsent)
	}
	org, err := r.orgKey(n.Org)
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: rec.id, Secret: new([Size]byte)}
	if _, err := org.aead.Open(k.Secret[:0], rec.wrapped[:nonceSize], rec.wrapped[nonceSize:], rec.bound()); err != nil {
		return Key{}, damaged(errors.New("keyring: a key does not open under its organisation key"))
	}
	return k, nil
}

// orgKey returns the organisation key in force, unwrapped once.
func (r *Ring) orgKey(org string) (*orgKey, error) {
	rec, ok := r.state.keys.find(orgName(org))
	if !ok {
		return nil, damaged(errors.New("keyring: no organisation key"))
	}
	if have := r.orgs[org]; have != nil && have.id == rec.id {
		return have, nil
	}
	raw, err := r.codec.wrap.Open(nil, rec.wrapped[:nonceSize], rec.wrapped[nonceSize:], rec.bound())
	if err != nil {
		return nil, damaged(errors.New("keyring: an organisation key does not open under the node key"))
	}
	have, err := newOrgKey(rec.id, raw)
	if err != nil {
		return nil, err
	}
	r.orgs[org] = have
	return have, nil
}

// newOrgKey makes the cipher of a key and clears raw.
func newOrgKey(id ID, raw []byte) (*orgKey, error) {
	defer clear(raw)
	aead, err := newAEAD(raw)
	return &orgKey{id: id, aead: aead}, err
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Graves returns what was destroyed, oldest first.
func (r *Ring) Graves(ctx context.Context) ([]Grave, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return nil, closed()
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(r.state.graves), compareGraves), nil
}

// refresh is sync from the medium. A reader that came while another process was writing may have met
// a record half written, so what looks damaged is looked at once more when nobody writes.
func (r *Ring) refresh(ctx context.Context) error {
	err := r.sync(ctx, r.medium)
	if !errors.Is(err, errDamaged) {
		return err
	}
	return r.medium.Alone(ctx, func(w Writer) error { return r.sync(ctx, w) })
}

// sync reads what was added to the medium since the last look, or all of it after a rewrite.
func (r *Ring) sync(ctx context.Context, from Reader) error {
	next := &r.state
	for {
		data, end, err := from.Load(ctx, next.mark)
		if err == nil && end.Generation == 0 { // nothing is founded
			return nil
		}
		if err == nil && end == next.mark {
			if next != &r.state {
				r.state.keys.release()
				r.state = *next
			}
			return nil
		}
		if err == nil {
			next, err = r.take(next, data, end)
		}
		if err != nil {
			if next != &r.state {
				next.keys.release()
			}
			return err
		}
	}
}

// take adds to a state what was read of a ring with an end, or begins another when it is another ring.
func (r *Ring) take(s *state, data []byte, end Mark) (*state, error) {
	if len(data) == 0 {
		// A rewrite gave the table new files between the two looks of a snapshot: see [Table].
		return s, damaged(errors.New("keyring: no bytes"))
	}
	if end.Generation == s.mark.Generation {
		return s, r.codec.read(s, data)
	}
	if s != &r.state {
		s.keys.release()
	}
	fresh := newState()
	return &fresh, r.codec.begin(&fresh, data, end)
}

var errDamaged = errors.New("keyring: damaged")

func damaged(err error) error {
	return fault.New(fault.Invalid, "The keyring is damaged.").
		WithHint("Restore the newest copy of the keyring. Nothing was changed.").Wrap(errors.Join(errDamaged, err))
}

// Alive reports for each name whether the ring holds its key.
func (r *Ring) Alive(ctx context.Context, names ...Name) ([]bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return nil, closed()
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	alive := make([]bool, len(names))
	for i, n := range names {
		alive[i] = r.state.keys.has(n)
	}
	return alive, nil
}

// Sign signs a message with the key of the node for its backups, see [nodekey.Key.Signer].
func (r *Ring) Sign(message []byte) (signature []byte, by ed25519.PublicKey, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return nil, nil, closed()
	}
	return ed25519.Sign(r.codec.sign, message), r.codec.sign.Public().(ed25519.PublicKey), nil
}
