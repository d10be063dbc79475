package accord

import (
	"crypto/ed25519"
	"errors"
	"fmt"
)

// signContext separates signatures on agreements from every other use of a party's key.
const signContext = "fourfold/accord/v1\n"

// Signed is a document with the signatures of its parties.
type Signed struct {
	Canonical  []byte      `json:"document"`
	Signatures []Signature `json:"signatures"`
}

// Signature is one party's Ed25519 signature over the context, the compiler version and the document.
type Signature struct {
	Party string `json:"party"`
	Bytes []byte `json:"signature"`
}

func signedBytes(compiler string, canonical []byte) []byte {
	out := []byte(signContext + compiler + "\n")
	return append(out, canonical...)
}

// Sign returns a party's signature on a valid document. It refuses a document written for another
// compiler: nobody should sign what this program would read differently.
func Sign(d Document, party string, key ed25519.PrivateKey) (Signature, error) {
	if d.Compiler != CompilerVersion {
		return Signature{}, fmt.Errorf("accord: the document is written for %q and this program reads %q: use the program it was written with, or make a new serial", d.Compiler, CompilerVersion)
	}
	canonical, err := d.Canonical()
	if err != nil {
		return Signature{}, err
	}
	if !d.hasParty(party) {
		return Signature{}, fmt.Errorf("accord: %q is not a party of %s", party, d.ID)
	}
	return Signature{Party: party, Bytes: ed25519.Sign(key, signedBytes(d.Compiler, canonical))}, nil
}

func (d Document) hasParty(id string) bool {
	for _, p := range d.Parties {
		if p.ID == id {
			return true
		}
	}
	return false
}

// Open verifies that every party signed, with the key that keys gives for it, and compiles the document.
// A signature by anyone else, a missing one and a second one by the same party are refused.
func (s Signed) Open(keys map[string]ed25519.PublicKey) (*Agreement, error) {
	d, err := Parse(s.Canonical)
	if err != nil {
		return nil, err
	}
	message := signedBytes(d.Compiler, s.Canonical)
	signed := map[string]bool{}
	for _, sig := range s.Signatures {
		key, known := keys[sig.Party]
		switch {
		case !d.hasParty(sig.Party):
			return nil, fmt.Errorf("accord: signed by %q, which is not a party", sig.Party)
		case signed[sig.Party]:
			return nil, fmt.Errorf("accord: %q signed twice", sig.Party)
		case !known || len(key) != ed25519.PublicKeySize:
			return nil, fmt.Errorf("accord: no key is known for %q: pair with it first", sig.Party)
		case !ed25519.Verify(key, message, sig.Bytes):
			return nil, fmt.Errorf("accord: the signature of %q does not fit the document", sig.Party)
		}
		signed[sig.Party] = true
	}
	for _, p := range d.Parties {
		if !signed[p.ID] {
			return nil, fmt.Errorf("accord: %q has not signed", p.ID)
		}
	}
	return Compile(d)
}

// Book holds the serials of agreements and says which one is in force. The zero value is empty.
// It is not safe for concurrent change.
type Book struct {
	serials map[string][]*Agreement // by id, in order of serial
}

// Add enters the next serial of an agreement. It must name the hash of the serial before it; a gap, a fork
// and a repeated serial are refused.
func (b *Book) Add(a *Agreement) error {
	if b.serials == nil {
		b.serials = map[string][]*Agreement{}
	}
	d := a.doc
	have := b.serials[d.ID]
	if d.Serial != len(have)+1 {
		return fmt.Errorf("accord: %s has %d serials; the next is %d, not %d", d.ID, len(have), len(have)+1, d.Serial)
	}
	if len(have) > 0 {
		last := have[len(have)-1]
		if d.Supersedes != last.Hash() {
			return fmt.Errorf("accord: serial %d of %s does not follow the serial %d held here", d.Serial, d.ID, last.doc.Serial)
		}
		if d.ValidFrom < last.doc.ValidFrom {
			return fmt.Errorf("accord: serial %d of %s would begin before the serial that it supersedes", d.Serial, d.ID)
		}
	}
	b.serials[d.ID] = append(have, a)
	return nil
}

// ErrNotInForce means that no serial of an agreement holds at the time asked for.
var ErrNotInForce = errors.New("accord: no version of this agreement is in force")

// InForce returns the serial of an agreement that holds at an instant (microseconds since 1970 UTC): of those
// that have begun, the latest. A later serial ends the one before it, even when that named a later end, and
// when the later one has ended nothing is in force: an old version never comes back to life.
func (b *Book) InForce(id string, at int64) (*Agreement, error) {
	have := b.serials[id]
	for i := len(have) - 1; i >= 0; i-- {
		if at < have[i].bounds.from {
			continue
		}
		if at < have[i].bounds.until {
			return have[i], nil
		}
		break
	}
	return nil, ErrNotInForce
}
