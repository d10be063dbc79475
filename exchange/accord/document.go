package accord

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/gowebpki/jcs"
)

// CompilerVersion names the meaning that this program gives to a document. It is part of what the parties
// sign, and changes whenever the same document would be decided differently.
const CompilerVersion = "fourfold/accord/1"

// Document is an agreement as its parties sign it. Codes (ids, roles, purposes, classes, fields, …) match
// [a-z0-9][a-z0-9.-]*, at most 64 bytes; countries are ISO 3166-1 alpha-3.
type Document struct {
	Version    int      `json:"v"`                    // 1
	Compiler   string   `json:"compiler"`             // CompilerVersion
	Suite      string   `json:"suite"`                // cryptographic suite of the exchange, for example "x-wing.ed25519"
	ID         string   `json:"id"`                   // stays the same over all serials
	Serial     int      `json:"serial"`               // 1, 2, 3, …
	Supersedes string   `json:"supersedes,omitempty"` // hash of serial-1; empty for the first
	Parties    []Party  `json:"parties"`              // 2 to 20
	LegalBasis []Basis  `json:"legal_basis"`          // at least one
	Transfer   Transfer `json:"transfer"`
	Residency  []string `json:"residency"` // countries where what is sent may be kept
	Clauses    []Clause `json:"clauses"`
	Forbidden  []string `json:"forbidden"` // uses; must hold AlwaysForbidden
	Matching   Matching `json:"matching"`
	ValidFrom  string   `json:"valid_from"`  // civil date UTC, first day
	ValidUntil string   `json:"valid_until"` // civil date UTC, first day on which it no longer holds
}

// Party is an organisation that signs.
type Party struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Country string   `json:"country"`
	Roles   []string `json:"roles"` // roles of its people that may receive under this agreement
}

// Basis is a rule of law that permits the exchange.
type Basis struct {
	Jurisdiction string `json:"jurisdiction"`
	Citation     string `json:"citation"`
}

// Transfer is the ground on which data may cross a border.
type Transfer string

// The grounds of transfer.
const (
	SameCountry Transfer = "same-country"
	Adequacy    Transfer = "adequacy"
	Safeguards  Transfer = "safeguards"
	Derogation  Transfer = "derogation"
)

// Clause is one thing that may leave: fields of one class of record, from one party to roles of another.
type Clause struct {
	ID          string   `json:"id"`
	From        string   `json:"from"`
	To          string   `json:"to"`
	Recipients  []string `json:"recipients"` // roles at To
	Purposes    []string `json:"purposes"`
	Subjects    []string `json:"subjects"` // classes of person: "survivor", "suspect", "witness", …
	Class       string   `json:"class"`    // class of record
	Fields      []string `json:"fields"`
	Authority   []string `json:"authority"`    // which of Authorities suffice
	TLP         string   `json:"tlp"`          // highest marking that may leave
	Handling    string   `json:"handling"`     // highest handling code that may leave, H0 to H3
	Source      string   `json:"source"`       // poorest source grading that may leave, A, B, C or X
	Information int      `json:"information"`  // poorest information grading that may leave, 1 to 4
	Onward      string   `json:"onward"`       // "none", "ask", "parties"
	Retention   int      `json:"retention"`    // days the recipient may keep it, 1 or more
	ReviewAfter int      `json:"review_after"` // days until the recipient must ask whether it still needs it
}

// Matching is the budget for asking whether a partner holds something. The zero value permits nothing.
type Matching struct {
	PerDay  int `json:"per_day"`
	PerCase int `json:"per_case"`
}

const (
	suspect    = "suspect"     // the class of person about whom only a legal basis serves
	legalBasis = "legal-basis" // the authority that serves about a suspect only
)

// Authorities are the grounds on which one person's data may leave: consent, a legal duty, danger to life,
// or a dated legal basis (about suspects, and only about them).
func Authorities() []string { return []string{"consent", "duty", "danger-to-life", legalBasis} }

// AlwaysForbidden are uses that every agreement forbids: what is shared to protect a person must not be
// turned against her.
func AlwaysForbidden() []string { return []string{"deportation", "prosecution-of-person"} }

// tlpOrder is TLP 2.0 from freest to strictest; the index is the rank.
var tlpOrder = []string{"clear", "green", "amber", "amber.strict", "red"}

var (
	handlingOrder = []string{"H0", "H1", "H2", "H3"}
	sourceOrder   = []string{"A", "B", "C", "X"}
)

// rank returns the 1-based place of v in order, 0 when it is not there. Zero is never a permitted rank.
func rank(order []string, v string) int {
	for i, o := range order {
		if o == v {
			return i + 1
		}
	}
	return 0
}

// maxDocument bounds a document in bytes of canonical form.
const maxDocument = 256 << 10

// Canonical returns the RFC 8785 form of a valid document.
func (d Document) Canonical() ([]byte, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("accord: encode: %w", err)
	}
	c, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("accord: canonical form: %w", err)
	}
	if len(c) > maxDocument {
		return nil, fmt.Errorf("accord: document of %d bytes; at most %d", len(c), maxDocument)
	}
	return c, nil
}

// Hash returns the SHA-256 of the canonical form in hex: the agreement's name in requests and in the ledger.
func (d Document) Hash() (string, error) {
	c, err := d.Canonical()
	if err != nil {
		return "", err
	}
	return hashOf(c), nil
}

func hashOf(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// Parse reads a document in canonical form. Unknown fields, repeated fields and any other spelling of the
// same content are refused: what people signed has one reading.
func Parse(canonical []byte) (Document, error) {
	if err := inspect(canonical); err != nil {
		return Document{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(canonical))
	dec.DisallowUnknownFields()
	var d Document
	if err := dec.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("accord: not an agreement of version 1: %w: it was made by another program or altered; ask the sender for a document of version 1", err)
	}
	again, err := d.Canonical()
	if err != nil {
		return Document{}, err
	}
	if !bytes.Equal(again, canonical) {
		return Document{}, fmt.Errorf("accord: the document is not in canonical form from byte %d on: use the file exactly as it was exported", differ(again, canonical))
	}
	return d, nil
}

// differ returns the place of the first byte in which a and b differ.
func differ(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
