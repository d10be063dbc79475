package blind

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault"
)

// keys make tokens. They live as long as one search or one merge, and are for one goroutine.
type keys [kinds]hash.Hash

func newKeys(ctx context.Context, v *vault.Vault, org auth.OrgID, now time.Time) (*keys, error) {
	var names [kinds]string
	for i := range names {
		names[i] = kind(i).keyName()
	}
	secrets, err := v.IndexKeys(ctx, org, normaliser, now, names[:]...)
	if err != nil {
		return nil, err
	}
	var k keys
	for i, secret := range secrets {
		k[i] = hmac.New(sha256.New, secret)
		clear(secret)
	}
	return &k, nil
}

// token is the HMAC of a term. It is the key of the term's list and is stored nowhere.
type token [sha256.Size]byte

func (k *keys) token(t term) (tok token) {
	h := k[t.kind]
	h.Reset()
	_, _ = h.Write([]byte(t.text)) // a hash accepts everything
	h.Sum(tok[:0])
	return tok
}

// paddingToken is the token under which a person's padding stands.
func (k *keys) paddingToken(slot uint32) token {
	return k.token(term{kind: padding, text: string(binary.BigEndian.AppendUint32(nil, slot))})
}

// ref is what a list holds of a person.
type ref struct {
	slot uint32
	born span
	cut  bool // the term is the part without one letter
}

// onward is what the first cell of a list says of the rest, so that nobody looks for blocks that are
// not there.
type onward struct {
	blocks int
	// ageless: somebody in the list has, or had, no known year of birth.
	ageless bool
}

const (
	tailSize = 5
	cellSize = tailSize + aes.BlockSize
	// singles is how many cells begin a list; what is longer goes on in blocks. They share the label
	// that chooses a bucket, so that the short lists, which most are, need one look.
	singles = 8
	// padGroup is how many cells of padding share a label.
	padGroup = 4
	// The first block of a list is small, the others are large: most lists that pass the cells hardly do.
	smallBlock, largeBlock = 32, 140
	refSize                = 6
)

// capacity is how many references the n-th block has room for.
func capacity(n int) int {
	if n == 0 {
		return smallBlock
	}
	return largeBlock
}

// blocksFor returns how many blocks a list of n references has.
func blocksFor(n int) int {
	switch {
	case n <= singles:
		return 0
	case n <= singles+smallBlock:
		return 1
	}
	return 1 + (n-singles-smallBlock+largeBlock-1)/largeBlock
}

// list is the pseudo-random function of one token: AES-256 with the token as its key. The first byte
// of a block of input says what the output is for.
type list struct{ prf cipher.Block }

const (
	forLabel = 'l' // of a group of cells: the bucket
	forTail  = 't' // of a cell: its name within the bucket
	forCell  = 'c' // the reference itself, encrypted
	forBlock = 'b' // the label of a block
	forKey   = 'k' // the key of the blocks
)

func newList(t token) list {
	block, err := aes.NewCipher(t[:])
	if err != nil {
		panic(err) // only for a wrong size of key
	}
	return list{block}
}

func (l list) block(use byte, n int) (out [aes.BlockSize]byte) {
	out[0] = use
	binary.BigEndian.PutUint32(out[1:], uint32(n))
	l.prf.Encrypt(out[:], out[:])
	return out
}

// label is where a group of cells is: a number that is spread evenly over all buckets.
func (l list) label(group int) uint64 {
	b := l.block(forLabel, group)
	return binary.BigEndian.Uint64(b[:])
}

// bucketOf returns which of n buckets a label falls into.
func bucketOf(label uint64, n int64) int64 {
	hi, _ := bits.Mul64(label, uint64(n))
	return int64(hi)
}

// cell is a row's share of one posting.
type cell [cellSize]byte

// tail is what the n-th cell of the list begins with.
func (l list) tail(n int) (t [tailSize]byte) {
	b := l.block(forTail, n)
	copy(t[:], b[:])
	return t
}

// seal makes the n-th cell. The reference is one block of the cipher together with its number and
// zeros: the same reference at the same place gives the same bytes, another one unrelated bytes, and
// whatever is altered opens to noise, where the zeros are missing.
func (l list) seal(n int, r ref, o onward) (c cell) {
	t := l.tail(n)
	copy(c[:], t[:])
	text := c[tailSize:]
	binary.BigEndian.PutUint32(text[7:], uint32(o.blocks)) // three bytes of it
	text[0], text[1] = forCell, byte(n)
	putRef(text[2:], r)
	if o.ageless {
		text[11] = 1
	}
	l.prf.Encrypt(text, text)
	return c
}

// open returns the reference of the n-th cell; false for one that was altered or is another's.
func (l list) open(n int, c []byte) (r ref, o onward, ok bool) {
	var text [aes.BlockSize]byte
	l.prf.Decrypt(text[:], c[tailSize:])
	if text[0] != forCell || text[1] != byte(n) || text[11] > 1 || [4]byte(text[12:]) != [4]byte{} {
		return ref{}, onward{}, false
	}
	o = onward{blocks: int(text[8])<<16 | int(text[9])<<8 | int(text[10]), ageless: text[11] == 1}
	return getRef(text[2:]), o, n == 0 || o == onward{}
}

// putRef writes a reference: the slot, one bit for a part without a letter, three for the span of years
// and twelve for the first of them.
func putRef(to []byte, r ref) {
	binary.BigEndian.PutUint32(to, r.slot)
	bits := r.born.from | uint16(r.born.more)<<12
	if r.cut {
		bits |= 1 << 15
	}
	binary.BigEndian.PutUint16(to[4:], bits)
}

func getRef(from []byte) ref {
	bits := binary.BigEndian.Uint16(from[4:])
	return ref{
		slot: binary.BigEndian.Uint32(from), cut: bits>>15 == 1,
		born: span{from: bits & lastYear, more: uint8(bits >> 12 & 7)},
	}
}

// blockID is the id of the n-th block in the generation of a base. Should two ever be the same, the
// other does not open, and the index says that it is damaged.
func (l list) blockID(base int64, n int) int64 {
	var out [aes.BlockSize]byte
	out[0] = forBlock
	binary.BigEndian.PutUint32(out[1:], uint32(n))
	binary.BigEndian.PutUint64(out[5:], uint64(base))
	l.prf.Encrypt(out[:], out[:])
	return int64(binary.BigEndian.Uint64(out[:]) >> 1)
}

// sealer returns the cipher of the blocks of the list. Its key is not that of the function above.
func (l list) sealer() cipher.AEAD {
	low, high := l.block(forKey, 0), l.block(forKey, 1)
	block, err := aes.NewCipher(append(low[:], high[:]...))
	if err != nil {
		panic(err) // only for a wrong size of key
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // only for a cipher that is not AES
	}
	return gcm
}

// sealBlock seals the n-th block of at most its capacity of references.
func sealBlock(a cipher.AEAD, n int, refs []ref) []byte {
	text := make([]byte, 1+capacity(n)*refSize)
	text[0] = byte(len(refs))
	for i, r := range refs {
		putRef(text[1+i*refSize:], r)
	}
	return a.Seal(nil, nil, text, binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// openBlock returns the references of the n-th block; false for one that was altered or is another's.
func openBlock(a cipher.AEAD, n int, sealed []byte) ([]ref, bool) {
	text, err := a.Open(nil, nil, sealed, binary.BigEndian.AppendUint32(nil, uint32(n)))
	if err != nil || len(text) != 1+capacity(n)*refSize || int(text[0]) > capacity(n) {
		return nil, false
	}
	refs := make([]ref, text[0], capacity(n))
	for i := range refs {
		refs[i] = getRef(text[1+i*refSize:])
	}
	return refs, true
}
