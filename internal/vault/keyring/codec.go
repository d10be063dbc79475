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

// chain encodes records that follow the one with code before.
func (c *codec) chain(before []byte, records []record) []byte {
	mac := c.newMAC()
	out := make([]byte, 0, len(records)*recordSize)
	for i := range records {
		start := len(out)
		out = records[i].encode(out)
		out = sum(mac, before, out[start:], out)
		before = out[len(out)-codeSize:]
	}
	return out
}

// compact encodes a whole ring with a new generation: what is live, and the graves. A copy holds no
// transient keys.
func (c *codec) compact(s *state, madeAt time.Time, transient bool) []byte {
	records := s.order()
	if !transient {
		kept := records[:0]
		for _, r := range records {
			if r.name.Kind != Transient {
				kept = append(kept, r)
			}
		}
		records = kept
	}
	head := make([]byte, recordSize-codeSize)
	copy(head, title)
	copy(head[32:], c.node[:])
	copy(head[48:], randomBytes(8))
	head[55] |= 1 // never 0: that is the generation of an empty medium
	binary.BigEndian.PutUint64(head[56:], uint64(micros(madeAt)))
	binary.BigEndian.PutUint64(head[64:], uint64(len(records)))
	copy(head[72:], randomBytes(16))
	head = sum(c.newMAC(), nil, head, head)
	return append(head, c.chain(head[recordSize-codeSize:], records)...)
}

// generationOf reads the generation from the head of a ring, unchecked.
func generationOf(head []byte) (uint64, bool) {
	if len(head) < recordSize || !bytes.HasPrefix(head, []byte(title)) {
		return 0, false
	}
	return binary.BigEndian.Uint64(head[48:]), true
}

// readAll reads a whole ring into an empty state.
func (c *codec) readAll(s *state, data []byte, mark Mark) error {
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
	if promised > uint64(len(data)/recordSize-1) {
		return damaged(errors.New("keyring: cut off"))
	}
	s.code = bytes.Clone(head[recordSize-codeSize:])
	s.madeAt = int64(binary.BigEndian.Uint64(head[56:]))
	s.records = make([]record, 0, len(data)/recordSize+16)
	s.live = make(map[Name]int32, len(data)/recordSize)
	s.mark = Mark{Generation: mark.Generation, Size: recordSize}
	return c.read(s, data[recordSize:], mark)
}

// read takes in the records that follow what s has seen.
func (c *codec) read(s *state, data []byte, mark Mark) error {
	if len(data)%recordSize != 0 || s.mark.Size+int64(len(data)) != mark.Size {
		return damaged(errors.New("keyring: half a record"))
	}
	mac := c.newMAC()
	var own [sha256.Size]byte
	s.code = bytes.Clone(s.code) // of its own: what follows writes over it
	for len(data) > 0 {
		content, code := data[:recordSize-codeSize], data[recordSize-codeSize:recordSize]
		if !hmac.Equal(sum(mac, s.code, content, own[:0]), code) {
			return damaged(errors.New("keyring: a record has a wrong code"))
		}
		rec, err := decode(content)
		if err == nil {
			err = s.add(rec)
		}
		if err != nil {
			return damaged(err)
		}
		copy(s.code, code)
		s.mark.Size += recordSize
		data = data[recordSize:]
	}
	s.mark = mark
	return nil
}
