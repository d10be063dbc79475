package vault

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// Class says how much harm a value can do. It is part of what a sealed value is bound to.
type Class string

// The classes, from the least.
const (
	Public            Class = "public"
	Operational       Class = "operational"
	Personal          Class = "personal"
	Sensitive         Class = "sensitive"
	ProtectedLocation Class = "protected-location"
	Narrative         Class = "narrative"
	// Overseen is what a person says to those who oversee the service. Whoever works on the case has no way
	// to it: [Vault.Open] refuses it, see [Vault.OpenOverseen].
	Overseen Class = "overseen"
)

// Classes returns all classes, in the order of the constants.
func Classes() []Class {
	return []Class{Public, Operational, Personal, Sensitive, ProtectedLocation, Narrative, Overseen}
}

// MustSeal reports whether values of the class may be stored only sealed. A class that is not known
// must.
func (c Class) MustSeal() bool { return c != Public && c != Operational }

// Place is where a value belongs. Every part is authenticated with the value.
type Place struct {
	Org    auth.OrgID
	Person PersonID
	// Record is the identifier of the row, and Field the name of the column.
	Record string
	Field  string
	Class  Class
	// Version is the version of the row with which the value was written, from 1.
	Version int64
}

// maxPlace bounds the identifiers of a place in bytes.
const maxPlace = 128

func (p Place) check() error {
	for _, s := range []string{string(p.Org), string(p.Person), p.Record, p.Field} {
		if s == "" || len(s) > maxPlace {
			return fmt.Errorf("vault: a place without organisation, person, record or field, or with one of more than %d bytes", maxPlace)
		}
	}
	if !slices.Contains(Classes(), p.Class) || p.Version < 1 {
		return fmt.Errorf("vault: a place of class %q and version %d", p.Class, p.Version)
	}
	return nil
}

// valueContext separates values from every other use of AES-GCM in the system.
const valueContext = "fourfold/vault/v1"

// bound appends what a value is bound to: each part with its length in four bytes before it.
func (p Place) bound(to []byte, key []byte) []byte {
	to = part(to, valueContext)
	to = part(to, string(p.Org))
	to = part(to, string(p.Person))
	to = part(to, p.Record)
	to = part(to, p.Field)
	to = part(to, string(p.Class))
	to = binary.BigEndian.AppendUint32(to, 8)
	to = binary.BigEndian.AppendUint64(to, uint64(p.Version))
	to = binary.BigEndian.AppendUint32(to, uint32(len(key)))
	return append(to, key...)
}

func part(to []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(s))), s...)
}

// Sealed is a sealed value, as rooms store it: a byte that names the construction (1), the
// identifier of the key (16), the nonce (12), the ciphertext and its tag (16). It shows nothing but
// the length of the text in steps, 32 bytes up to 256 and 256 beyond, so that "yes" and "no", or two
// codes of a list, look the same.
type Sealed []byte

const (
	construction = 1
	idSize       = len(keyring.ID{})
	nonceSize    = 12
	tagSize      = 16
	overhead     = 1 + idSize + nonceSize + tagSize
	// MaxText bounds a value in bytes. What is longer is an attachment.
	MaxText = 1 << 20
)

func (s Sealed) key() []byte   { return s[1 : 1+idSize] }
func (s Sealed) nonce() []byte { return s[1+idSize : 1+idSize+nonceSize] }
func (s Sealed) body() []byte  { return s[1+idSize+nonceSize:] }

// whole reports whether s has the form of a sealed value.
func (s Sealed) whole() bool {
	return len(s) > overhead && len(s) <= overhead+padded(MaxText) && s[0] == construction
}

// padded returns the length of a text of n bytes with its padding, which has at least one byte.
func padded(n int) int {
	if n < 256 {
		return n + 32 - n%32
	}
	return n + 256 - n%256
}

const padStart = 0x80 // ISO/IEC 7816-4: this byte, then zeros

// seal seals text for a place with the key of its person.
func (k *personKey) seal(p Place, text string) Sealed {
	padText := make([]byte, padded(len(text)))
	defer clear(padText)
	copy(padText, text)
	padText[len(text)] = padStart
	s := make(Sealed, 1+idSize+nonceSize, overhead+len(padText))
	s[0] = construction
	copy(s[1:], k.id[:])
	_, _ = rand.Read(s.nonce()) // never fails: it ends the program instead
	return k.aead.Seal(s, s.nonce(), padText, p.bound(make([]byte, 0, 256), s.key()))
}

// errDamage is every reason for which a value does not open. They are one on purpose.
var errDamage = errors.New("vault: a sealed value does not open in its place")

// opener opens values one after another in memory that it uses again and clears at the end.
type opener struct {
	bound, text []byte
}

// open returns the text of a sealed value.
func (o *opener) open(k *personKey, p Place, s Sealed) (private.Text, error) {
	if !s.whole() || !bytes.Equal(s.key(), k.id[:]) {
		return private.Text{}, errDamage
	}
	o.bound = p.bound(o.bound[:0], s.key())
	text, err := k.aead.Open(o.text[:0], s.nonce(), s.body(), o.bound)
	if err != nil {
		return private.Text{}, errDamage
	}
	if cap(text) > cap(o.text) {
		clear(o.text[:cap(o.text)])
		o.text = text
	}
	end := bytes.LastIndexByte(text, padStart)
	if end < 0 {
		return private.Text{}, errDamage
	}
	return private.New(string(text[:end])), nil
}

func (o *opener) clear() { clear(o.text[:cap(o.text)]) }

// Value is a text and where it belongs.
type Value struct {
	Place Place
	Text  private.Text
}

// Item is a sealed value and where it was found.
type Item struct {
	Place  Place
	Sealed Sealed
}

// Fingerprint returns the SHA-256, as 64 hexadecimal digits, of sealed values and their places. The
// entry of the change that wrote them carries it, under "sealed"; with [Verify] it shows when rows
// are put back to an earlier state, version and all. Each value counts, and their order.
func Fingerprint(items ...Item) string {
	h := sha256.New()
	h.Write([]byte("fourfold/sealed/v1"))
	var b []byte
	for _, i := range items {
		var key []byte
		if i.Sealed.whole() {
			key = i.Sealed.key()
		}
		b = i.Place.bound(b[:0], key)
		b = part(b, string(i.Sealed))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Verify compares sealed values as they are found now with the fingerprint in the newest entry about
// them. The error is a [fault.Conflict].
func Verify(fingerprint string, items ...Item) error {
	if subtle.ConstantTimeCompare([]byte(Fingerprint(items...)), []byte(fingerprint)) == 1 {
		return nil
	}
	return fault.New(fault.Conflict, "A sealed value is not the one that the record of its last change names.").
		WithHint("It was altered or put back to an earlier state outside the program. Do not rely on it; compare with a backup and tell the person responsible for security.")
}
