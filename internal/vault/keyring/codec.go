package keyring

import (
	"bytes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// The head of a ring is a record of its own form:
//
//	0 title, 32 identifier of the node key, 48 generation, 56 instant of a copy or 0, 64 records that
//	follow at least, 72 random bytes, 240 code
const title = "fourfold keyring 1\n"

// codec reads and writes rings under one node key.
type codec struct {
	node nodekey.ID
	wrap cipher.AEAD // wraps organisation keys
	code []byte      // key of the codes
	sign ed25519.PrivateKey
}

func newCodec(node nodekey.Key) (*codec, error) {
	wrapping := node.Derive("fourfold/keyring/wrap/v1", Size)
	defer clear(wrapping)
	wrap, err := newAEAD(wrapping)
	if err != nil {
		return nil, err
	}
	return &codec{node: node.ID(), wrap: wrap, code: node.Derive("fourfold/keyring/code/v1", Size), sign: node.Signer()}, nil
}

func (c *codec) forget() {
	clear(c.code)
	clear(c.sign)
	c.wrap, c.sign = nil, nil
}

func (c *codec) newMAC() hash.Hash { return hmac.New(sha256.New, c.code) }

// sum appends the code of a record: over the code before it and its content.
func sum(mac hash.Hash, before, content, to []byte) []byte {
	mac.Reset()
	mac.Write(before)
	mac.Write(content)
	var full [sha256.Size]byte
	return append(to, mac.Sum(full[:0])[:codeSize]...)
}

// newOrg returns the record of a new organisation key, and its cipher.
func (c *codec) newOrg(org string, now time.Time) (record, *orgKey, error) {
	rec := newRecord(orgName(org), ID(c.node), now)
	secret := randomBytes(Size)
	rec.seal(c.wrap, secret)
	key, err := newOrgKey(rec.id, secret)
	return rec, key, err
}

// chain puts records behind each other, each with the code over itself and all before it.
type chain struct {
	mac  hash.Hash
	code []byte // of the record before
}

func (c *codec) chain(code []byte) *chain { return &chain{c.newMAC(), bytes.Clone(code)} }

// add appends a record.
func (c *chain) add(r *record, to []byte) []byte {
	start := len(to)
	to = r.encode(to)
	to = sum(c.mac, c.code, to[start:], to)
	c.code = append(c.code[:0], to[len(to)-codeSize:]...)
	return to
}

// head returns the head of a ring with a new generation that holds so many records.
func (c *codec) head(records int, madeAt time.Time) []byte {
	head := make([]byte, recordSize-codeSize, recordSize)
	copy(head, title)
	copy(head[32:], c.node[:])
	copy(head[48:], randomBytes(8))
	head[55] |= 1 // never 0: that is the generation of an empty medium
	binary.BigEndian.PutUint64(head[56:], uint64(micros(madeAt)))
	binary.BigEndian.PutUint64(head[64:], uint64(records))
	copy(head[72:], randomBytes(16))
	return sum(c.newMAC(), nil, head, head)
}

// generationOf reads the generation from the head of a ring, unchecked.
func generationOf(head []byte) (uint64, bool) {
	if len(head) < recordSize || !bytes.HasPrefix(head, []byte(title)) {
		return 0, false
	}
	return binary.BigEndian.Uint64(head[48:]), true
}

// begin reads the beginning of a ring that ends at a mark into an empty state.
func (c *codec) begin(s *state, data []byte, end Mark) error {
	if _, ok := generationOf(data); !ok {
		return fault.New(fault.Invalid, "The file of the keyring holds something else.").
			WithHint("Name the keyring of this node, or restore its newest copy.")
	}
	head := data[:recordSize]
	if !bytes.Equal(head[32:48], c.node[:]) {
		return fault.New(fault.Invalid, "The keyring belongs to another node key.").
			WithHint("Name the key file that belongs to this keyring. Its key has the number %x.", head[32:48])
	}
	if !hmac.Equal(sum(c.newMAC(), nil, head[:recordSize-codeSize], nil), head[recordSize-codeSize:]) {
		return damaged(errors.New("keyring: the head has a wrong code"))
	}
	promised := binary.BigEndian.Uint64(head[64:])
	if promised > uint64(end.Size/recordSize-1) {
		return damaged(errors.New("keyring: cut off"))
	}
	s.code = bytes.Clone(head[recordSize-codeSize:])
	s.madeAt = int64(binary.BigEndian.Uint64(head[56:]))
	s.mark = Mark{Generation: end.Generation, Size: recordSize}
	return c.read(s, data[recordSize:])
}

// read takes in the records that follow what s has seen.
func (c *codec) read(s *state, data []byte) error {
	if len(data)%recordSize != 0 {
		return damaged(errors.New("keyring: half a record"))
	}
	mac := c.newMAC()
	var own [sha256.Size]byte
	for len(data) > 0 {
		content, code := data[:recordSize-codeSize], data[recordSize-codeSize:recordSize]
		if !hmac.Equal(sum(mac, s.code, content, own[:0]), code) {
			return damaged(errors.New("keyring: a record has a wrong code"))
		}
		rec, err := decode(content)
		if err == nil {
			err = s.add(&rec)
		}
		if err != nil {
			return damaged(err)
		}
		s.code = append(s.code[:0], code...)
		s.mark.Size += recordSize
		data = data[recordSize:]
	}
	return nil
}
