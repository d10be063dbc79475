// Package vault seals what identifies or endangers a person under that person's own key, lets nobody
// open it without a trace, and makes erasure real by destroying the key.
//
// A room keeps the sealed bytes in its own tables, beside what it needs in clear, and gives them to
// [Vault.Open] with the place they belong to. The place is authenticated with the value: a sealed
// value that was moved to another person, field, version or organisation does not open. A value that
// was rolled back together with its version shows against the [Fingerprint] in the entry of its
// change.
//
// Trust: the node key and the keyring are outside the database. Whoever has database, keyring and
// node key, or the memory of an unlocked node, can open everything that was not erased. The vault
// asks for actor, purpose and scope, judges by roles, exclusions and assignments whether the actor may,
// and records them. A person to whom cases are bound opens only within one of them; of others the scope is
// the room's to say.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// PersonID identifies a person within an organisation. It is random and says nothing.
type PersonID string

// KeySource gives the node key: [nodekey.File], [nodekey.Credential], or a key service.
type KeySource interface {
	NodeKey(ctx context.Context) (nodekey.Key, error)
}

var (
	_ KeySource = nodekey.File{}
	_ KeySource = nodekey.Credential{}
)

// Eraser is what a room does when a person is erased. Either function may be nil.
type Eraser struct {
	// Name names the room in errors.
	Name string
	// InTx removes rows in the transaction of the erasure: sealed values, search tokens, job payloads,
	// kept exports. If it fails, nothing is erased.
	InTx func(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) error
	// After removes what is outside the database, such as blobs, when the key is destroyed already. It
	// runs again until it succeeds, so it must accept that its work is done.
	After func(ctx context.Context, org auth.OrgID, person PersonID) error
}

// Config says of what a vault is made.
type Config struct {
	DB      *db.DB
	Keyring keyring.Medium
	Source  KeySource
	// Erasers run in their order.
	Erasers []Eraser
	// Copies are where copies of the keyring are kept, on other disks than the keyring: [Vault.Tend]
	// overwrites them daily. They are in no backup of data.
	Copies []keyring.File
}

// Vault is the vault of a node. It is safe for concurrent use.
type Vault struct {
	db         *db.DB
	medium     keyring.Medium
	source     KeySource
	erasers    []Eraser
	procedures []Procedure
	rows       []Rows
	copies     []keyring.File
	schedule   schedule
	// sequencer puts entries into the log before an erasure lists where they are.
	sequencer Sequencer

	mu      sync.Mutex
	copied  time.Time     // when the copies were last overwritten by this process
	ring    *keyring.Ring // nil when locked
	node    nodekey.ID    // of the last unlocking
	version uint64        // of the ring when the cache was filled
	cache   map[owner]*personKey
}

// owner is whose key it is.
type owner struct {
	org    auth.OrgID
	person PersonID
}

func (o owner) name() keyring.Name {
	return keyring.Name{Org: string(o.org), Kind: keyring.Person, Subject: string(o.person)}
}

// personKey is an unwrapped key with its cipher, whose setting up costs more than a short value.
type personKey struct {
	id   keyring.ID
	aead cipher.AEAD
}

// maxCached bounds the keys kept unwrapped, about 1 kB each.
const maxCached = 16_384

// New returns a locked vault. The retention classes of the program are read; an error in them is a
// defect of the program.
func New(c Config) (*Vault, error) {
	s, err := loadSchedule(retentionFile)
	if err != nil {
		return nil, err
	}
	return &Vault{
		db: c.DB, medium: c.Keyring, source: c.Source,
		erasers: slices.Clone(c.Erasers), copies: slices.Clone(c.Copies), schedule: s,
		sequencer: audit.NewSequencer(audit.Config{DB: c.DB}),
	}, nil
}

// OnErase adds what another room does when a person is erased. Rooms need the vault before the vault
// can know them; they call it while the node is put together, before anything is erased.
func (v *Vault) OnErase(e Eraser) { v.erasers = append(v.erasers, e) }

// Unlock takes the node key from its source, opens the keyring, founds it on a new node, and finishes
// what an interrupted erasure or a restored copy has left: see [Vault.Replay]. It is what a node does
// when it starts. A keyring that was lost is not founded again: that is [fault.Invalid]. Unlocking an
// unlocked vault does nothing.
func (v *Vault) Unlock(ctx context.Context) error {
	v.mu.Lock()
	source := v.source
	v.mu.Unlock()
	return v.unlock(ctx, source)
}

// UnlockWith is Unlock with the pass phrase of the key file, when nobody can be asked for it here. A
// source that takes none ignores it.
func (v *Vault) UnlockWith(ctx context.Context, phrase private.Text) error {
	v.mu.Lock()
	source := v.source
	v.mu.Unlock()
	if file, ok := source.(nodekey.File); ok {
		file.Phrase = func(context.Context) (private.Text, error) { return phrase, nil }
		source = file
	}
	return v.unlock(ctx, source)
}

// UnlockAsFound is Unlock without finishing anything: a restore looks at what it brought back before
// [Vault.Replay] changes it.
func (v *Vault) UnlockAsFound(ctx context.Context) error {
	v.mu.Lock()
	source := v.source
	v.mu.Unlock()
	_, err := v.takeKey(ctx, source)
	return err
}

func (v *Vault) unlock(ctx context.Context, source KeySource) error {
	fresh, err := v.takeKey(ctx, source)
	if err != nil || !fresh {
		return err
	}
	if err := v.noteFounded(ctx); err != nil {
		return err
	}
	_, err = v.Replay(ctx)
	return err
}

// takeKey opens the keyring. fresh is false when the vault was open already.
func (v *Vault) takeKey(ctx context.Context, source KeySource) (fresh bool, err error) {
	if !v.Locked() {
		return false, nil
	}
	if err := v.settle(ctx); err != nil {
		return false, err
	}
	node, err := source.NodeKey(ctx)
	if err != nil {
		return false, err
	}
	defer node.Forget() // the ring has derived what it needs
	ring, err := keyring.Open(ctx, v.medium, node)
	if err != nil {
		return false, err
	}
	v.mu.Lock()
	if v.ring != nil { // somebody was faster
		v.mu.Unlock()
		ring.Close()
		return false, nil
	}
	v.ring, v.node, v.version, v.cache = ring, node.ID(), 0, map[owner]*personKey{}
	v.mu.Unlock()
	return true, nil
}

// Lock forgets the keys at once: nothing is sealed or opened until the vault is unlocked. A call of
// Open that is running refuses instead of returning. Go cannot overwrite the ciphers it has set up;
// they are left to the garbage collector, so the memory of the process stays worth protecting.
func (v *Vault) Lock() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ring != nil {
		v.ring.Close()
	}
	v.ring, v.cache = nil, nil
}

// Locked reports whether the vault is locked.
func (v *Vault) Locked() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.ring == nil
}

func locked() error {
	return fault.New(fault.Unavailable, "The vault is locked.").
		WithHint("Unlock it with the node key, then try again.")
}

// opened returns the ring of an unlocked vault.
func (v *Vault) opened() (*keyring.Ring, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ring == nil {
		return nil, locked()
	}
	return v.ring, nil
}

// keys returns the keys of owners. One look at the keyring finds what another process has destroyed.
func (v *Vault) keys(ctx context.Context, owners []owner) (map[owner]*personKey, error) {
	ring, err := v.opened()
	if err != nil {
		return nil, err
	}
	version, err := ring.Version(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[owner]*personKey, len(owners))
	missing, names := v.cached(version, owners, found)
	if len(missing) == 0 {
		return found, nil
	}
	unwrapped, err := ring.Keys(ctx, names...)
	if err != nil {
		return nil, err
	}
	for i, k := range unwrapped {
		key, err := newPersonKey(k)
		if err != nil {
			return nil, err
		}
		found[missing[i]] = key
	}
	v.keep(version, missing, found)
	return found, nil
}

// cached puts the keys at hand into found and returns what is missing.
func (v *Vault) cached(version uint64, owners []owner, found map[owner]*personKey) (missing []owner, names []keyring.Name) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.version != version {
		v.version = version
		clear(v.cache)
	}
	for _, o := range owners {
		if k := v.cache[o]; k != nil {
			found[o] = k
			continue
		}
		missing, names = append(missing, o), append(names, o.name())
	}
	return missing, names
}

// keep caches keys, unless the ring has changed since they were read or the vault was locked.
func (v *Vault) keep(version uint64, owners []owner, found map[owner]*personKey) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ring == nil || v.version != version {
		return
	}
	for _, o := range owners {
		if len(v.cache) >= maxCached {
			for old := range v.cache { // any one: a map has no order
				delete(v.cache, old)
				break
			}
		}
		v.cache[o] = found[o]
	}
}

// newPersonKey sets up the cipher of a key and clears the key.
func newPersonKey(k keyring.Key) (*personKey, error) {
	defer clear(k.Secret[:])
	block, err := aes.NewCipher(k.Secret[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &personKey{id: k.ID, aead: aead}, err
}

// Enrol makes the key of a person and the row by which the vault knows them, in the caller's
// transaction, before anything is sealed for them. The class says how long the file is kept, see
// [Vault.Classes]. The key is durable before the transaction is; when that fails, the key stays
// without use and the next Enrol of the person takes it. A person who was erased is refused.
func (v *Vault) Enrol(ctx context.Context, tx *db.Tx, actor auth.Actor, person PersonID, class RetentionClass) error {
	if err := may(actor, auth.EnrolRecords); err != nil {
		return err
	}
	if person == "" {
		return errors.New("vault: a person without an identifier")
	}
	ring, err := v.opened()
	if err != nil {
		return err
	}
	review, err := v.schedule.reviewOpen(class, civil(tx.Now()))
	if err != nil {
		return err
	}
	o := owner{actor.Org, person}
	ids, err := ring.Create(ctx, tx.Now(), time.Time{}, o.name())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO vault_person (org_id, id, version, key_id, retention, review_on, created_at)
		VALUES ($1, $2, 1, $3, $4, $5, $6)`,
		string(actor.Org), string(person), ids[0].String(), string(class), review, tx.NowMicros())
	return err
}

// acts refuses nobody: an actor without organisation or account.
func acts(a auth.Actor) error {
	if a.Org == "" || a.Account == "" {
		return fault.New(fault.Denied, "You are not signed in.").WithHint("Sign in again.")
	}
	return nil
}

func notFound() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// civil returns the date of an instant in UTC.
func civil(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// CopyKeyring writes a copy of the keyring over the one that was there. See [keyring.Ring.Copy].
func (v *Vault) CopyKeyring(ctx context.Context, now time.Time, to keyring.File) error {
	ring, err := v.opened()
	if err != nil {
		return err
	}
	return ring.Copy(ctx, now, to)
}

// Transient returns the key of a name that lives for days, such as a prekey, a matching key or a
// share key, and makes it if need be. No copy of the keyring holds it. The caller clears it.
func (v *Vault) Transient(ctx context.Context, org auth.OrgID, name string, now, expires time.Time) (keyring.Key, error) {
	return v.named(ctx, keyring.Name{Org: string(org), Kind: keyring.Transient, Subject: name}, now, expires)
}

func (v *Vault) named(ctx context.Context, n keyring.Name, now, expires time.Time) (keyring.Key, error) {
	ring, err := v.opened()
	if err != nil {
		return keyring.Key{}, err
	}
	if _, err := ring.Create(ctx, now, expires, n); err != nil {
		return keyring.Key{}, err
	}
	keys, err := ring.Keys(ctx, n)
	if err != nil {
		return keyring.Key{}, err
	}
	return keys[0], nil
}
