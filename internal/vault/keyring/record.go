package keyring

import (
	"cmp"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// A record is 256 bytes, so that a half-written one shows by the length of the whole, never by a
// length in it that could be flipped:
//
//	0 what, 1 kind, 2 length of org, 3 length of subject, 4 instant, 12 expiry (microseconds, big
//	endian), 20 identifier, 36 identifier of the key above, 52 wrapped key (nonce, key, tag),
//	112 org, 176 subject, 240 code
const (
	recordSize  = 256
	codeSize    = 16
	maxName     = 64
	nonceSize   = 12
	wrappedSize = nonceSize + Size + 16
)

// What a record is.
const (
	isKey   byte = 1
	isGrave byte = 2
)

// organisation is the kind of the keys above all others of an organisation. Nobody outside asks for
// them.
const organisation Kind = 0

func orgName(org string) Name { return Name{Org: org, Kind: organisation} }

type record struct {
	what    byte
	name    Name
	at      int64 // made or destroyed, in microseconds since 1970
	expires int64 // 0 for never
	id      ID
	above   ID // of the organisation key that wraps it; of an organisation key, the node key's
	wrapped [wrappedSize]byte
}

func newRecord(n Name, above ID, now time.Time) record {
	return record{what: isKey, name: n, at: micros(now), id: ID(randomBytes(len(ID{}))), above: above}
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}

// seal wraps a key under the key above.
func (r *record) seal(above cipher.AEAD, secret []byte) {
	nonce := randomBytes(nonceSize)
	copy(r.wrapped[:], above.Seal(nonce, nonce, secret, r.bound()))
}

// bound is what a wrapped key is bound to: everything in its record.
func (r *record) bound() []byte {
	b := make([]byte, 0, 192)
	b = append(b, "fourfold/keyring/v1"...)
	b = append(b, byte(r.name.Kind), byte(len(r.name.Org)), byte(len(r.name.Subject)))
	b = append(b, r.name.Org...)
	b = append(b, r.name.Subject...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.at))
	b = binary.BigEndian.AppendUint64(b, uint64(r.expires))
	b = append(b, r.id[:]...)
	return append(b, r.above[:]...)
}

// encode appends the record without its code.
func (r *record) encode(to []byte) []byte {
	var b [recordSize - codeSize]byte
	b[0], b[1], b[2], b[3] = r.what, byte(r.name.Kind), byte(len(r.name.Org)), byte(len(r.name.Subject))
	binary.BigEndian.PutUint64(b[4:], uint64(r.at))
	binary.BigEndian.PutUint64(b[12:], uint64(r.expires))
	copy(b[20:], r.id[:])
	copy(b[36:], r.above[:])
	copy(b[52:], r.wrapped[:])
	copy(b[112:], r.name.Org)
	copy(b[176:], r.name.Subject)
	return append(to, b[:]...)
}

var errRecord = errors.New("keyring: not a record")

// decode reads a record whose code was checked, or is about to be. It refuses what encode would not
// write.
func decode(b []byte) (record, error) {
	r := record{
		what: b[0],
		at:   int64(binary.BigEndian.Uint64(b[4:])), expires: int64(binary.BigEndian.Uint64(b[12:])),
		id: ID(b[20:36]), above: ID(b[36:52]), wrapped: [wrappedSize]byte(b[52:112]),
	}
	orgLen, subjectLen := int(b[2]), int(b[3])
	if r.what != isKey && r.what != isGrave || b[1] > byte(Transient) || orgLen == 0 || orgLen > maxName || subjectLen > maxName {
		return record{}, errRecord
	}
	r.name = Name{Org: string(b[112 : 112+orgLen]), Kind: Kind(b[1]), Subject: string(b[176 : 176+subjectLen])}
	var again [recordSize - codeSize]byte
	if string(r.encode(again[:0])) != string(b[:recordSize-codeSize]) {
		return record{}, errRecord
	}
	return r, nil
}

// state is what a ring says: the last record of each name.
type state struct {
	mark   Mark
	code   []byte // of the last record read
	madeAt int64  // of a copy; 0 in the ring itself
	keys   shelf  // what is alive
	graves map[Name]Grave
}

func newState() state {
	return state{keys: newShelf(), graves: map[Name]Grave{}}
}

// add takes in one record. A second key of one name is refused, and a grave after its key: the ring
// writes the graves first, when it is written anew.
func (s *state) add(r *record) error {
	if s.keys.has(r.name) {
		return errors.New("keyring: two records of one name")
	}
	if r.what == isGrave {
		s.graves[r.name] = Grave{Name: r.name, ID: r.id, At: time.UnixMicro(r.at).UTC()}
		return nil
	}
	if _, gone := s.graves[r.name]; gone {
		return errors.New("keyring: a key that was destroyed")
	}
	return s.keys.add(r)
}

func compareNames(a, b Name) int {
	return cmp.Or(strings.Compare(a.Org, b.Org), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Subject, b.Subject))
}

func compareGraves(a, b Grave) int { return cmp.Or(a.At.Compare(b.At), compareNames(a.Name, b.Name)) }
