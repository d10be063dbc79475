package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
)

const (
	// chunkSize is the plain length of every chunk but the last.
	chunkSize = 1 << 20
	keySize   = 32
	nonceSize = 12
	// step is to what the last chunk is padded, so that a file's length does not name it.
	step = 4 << 10
	// maxSealed is the length of a full chunk as it is stored.
	maxSealed = nonceSize + chunkSize + 16
)

// errDamaged is every reason for which a chunk does not open. They are one on purpose.
var errDamaged = errors.New("blob: a chunk was altered, or belongs to another place")

// box seals and opens the chunks of one file.
type box struct {
	aead cipher.AEAD
	id   string
}

func newBox(key []byte, org, id string) (box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return box{}, err
	}
	aead, err := cipher.NewGCM(block)
	return box{aead, org + "\x00" + id}, err
}

// place is what a chunk is bound to: file, number, and whether it is the last. So a chunk can be
// neither exchanged nor dropped, and the end cannot be cut off.
func (b box) place(n int64, last bool) []byte {
	p := append([]byte("fourfold/blob/v1\x00"), b.id...)
	p = binary.BigEndian.AppendUint64(p, uint64(n))
	if last {
		return append(p, 1)
	}
	return append(p, 0)
}

// seal returns a chunk as it is stored, in the memory of into when it has room: nonce, ciphertext, tag.
// The nonce is random, because a chunk whose upload broke off comes again with perhaps other content.
func (b box) seal(into, plain []byte, n int64, last bool) []byte {
	out := slices.Grow(into[:0], nonceSize+len(plain)+b.aead.Overhead())[:nonceSize]
	_, _ = rand.Read(out) // never fails: it ends the program instead
	return b.aead.Seal(out, out[:nonceSize], plain, b.place(n, last))
}

// open opens a chunk in its own memory.
func (b box) open(sealed []byte, n int64, last bool) ([]byte, error) {
	if len(sealed) < nonceSize+b.aead.Overhead() || len(sealed) > maxSealed {
		return nil, errDamaged
	}
	plain, err := b.aead.Open(sealed[nonceSize:nonceSize], sealed[:nonceSize], sealed[nonceSize:], b.place(n, last))
	if err != nil {
		return nil, errDamaged
	}
	return plain, nil
}

// padded is the length to which a last chunk of n bytes is filled with zeros.
func padded(n int) int { return min((n+step-1)/step*step, chunkSize) }

// newKey returns the key of a new file.
func newKey() []byte {
	key := make([]byte, keySize)
	_, _ = rand.Read(key)
	return key
}
