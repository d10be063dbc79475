// Package nodekey holds the one secret that stands above all others of a node: where it is kept,
// how a pass phrase locks it, and how two of three printed sheets bring it back.
//
// The node key is 256 random bits outside the database. Whoever has it and the keyring can open
// every value; whoever has only one of them can open nothing. The package trusts the machine it
// runs on: in memory the key lies in clear between unlocking and locking, and the garbage collector
// may have made copies that [Key.Forget] cannot reach.
package nodekey

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// Size is the length of a node key in bytes.
const Size = 32

// ID tells node keys apart without telling anything about them.
type ID [16]byte

// String returns the identifier as 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Key is a node key. Copies share their bytes, so that one Forget reaches all of them. The zero Key
// is no key. It prints as "[node key]" everywhere.
type Key struct{ secret *[Size]byte }

// New returns a new random key.
func New() Key {
	k := Key{secret: new([Size]byte)}
	_, _ = rand.Read(k.secret[:]) // never fails: it ends the program instead
	return k
}

// fromBytes copies raw, which must have Size bytes, and overwrites it.
func fromBytes(raw []byte) Key {
	k := Key{secret: new([Size]byte)}
	copy(k.secret[:], raw)
	clear(raw)
	return k
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.secret == nil }

// ID returns the identifier of the key: 128 bits of HKDF-SHA-256, from which nothing about the key
// or about what is derived from it follows. It panics on no key, a mistake of the programmer.
func (k Key) ID() ID {
	return ID(k.Derive("fourfold/node/id/v1", len(ID{})))
}

// Derive returns n bytes for one use, named by info: HKDF-SHA-256 (RFC 5869) of the key. Different
// names give independent bytes. It panics on no key and on n of more than 255 × 32.
func (k Key) Derive(info string, n int) []byte {
	out, err := hkdf.Key(sha256.New, k.secret[:], nil, info, n)
	if err != nil {
		panic("nodekey: " + err.Error())
	}
	return out
}

// Signer returns the Ed25519 key with which the node signs its backups. It follows from the node key,
// so that whoever restores a node knows by the node key alone whether a backup is the node's.
func (k Key) Signer() ed25519.PrivateKey {
	seed := k.Derive("fourfold/backup/sign/v1", ed25519.SeedSize)
	defer clear(seed)
	return ed25519.NewKeyFromSeed(seed)
}

// Forget overwrites the key, for all copies. Using it afterwards derives from zeros, so the holder
// drops it at the same time.
func (k Key) Forget() {
	if k.secret != nil {
		clear(k.secret[:])
	}
}

// Format writes "[node key]" for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[node key]".
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[node key]".
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

const redacted = "[node key]"
