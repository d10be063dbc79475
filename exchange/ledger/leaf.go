package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// leafContext separates leaf commitments from every other use of HMAC in the system.
const leafContext = "fourfold/leaf/v1"

// Hash is a node of the tree: 32 bytes of SHA-256.
type Hash = tlog.Hash

// HashReader reads stored tree hashes by their index, as [tlog.StoredHashIndex] numbers them.
type HashReader = tlog.HashReader

// Salt is the secret of one leaf. It is stored sealed under the key of the person concerned, beside the
// readable entry, and destroyed with it.
type Salt [32]byte

// NewSalt returns a fresh random salt.
func NewSalt() Salt {
	var s Salt
	rand.Read(s[:]) // never fails: crypto/rand ends the program instead
	return s
}

// Commitment returns the 32 bytes that the log publishes for an entry: the keyed hash of its canonical
// form. Without the salt it can neither be opened nor be compared with a guess.
func Commitment(salt Salt, canonical []byte) []byte {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte(leafContext))
	mac.Write(canonical)
	return mac.Sum(nil)
}

// LeafHash returns the hash of the leaf that holds the commitment: SHA-256(0x00 ‖ commitment).
func LeafHash(commitment []byte) Hash { return tlog.RecordHash(commitment) }

// PaddedSize returns the size to which a log of the given size is filled with padding entries before a
// checkpoint is published: the next multiple of bucket. A log whose checkpoints appear on a fixed clock
// and grow by whole buckets tells an observer little about how busy the organisation was. A bucket below
// 2 means no padding.
func PaddedSize(size, bucket int64) int64 {
	if bucket < 2 || size%bucket == 0 {
		return size
	}
	return size + bucket - size%bucket
}
