package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind says what an entry records. The strings are stable: they are committed to.
type Kind string

// The kinds of entry. KindPadding fills a checkpoint to its bucket and records nothing.
const (
	KindDecision      Kind = "decision"
	KindOpening       Kind = "opening"
	KindDisclosure    Kind = "disclosure"
	KindExport        Kind = "export"
	KindPrint         Kind = "print"
	KindPersonSearch  Kind = "person-search"
	KindBreakGlass    Kind = "break-glass"
	KindLogin         Kind = "login"
	KindRoleChange    Kind = "role-change"
	KindAgreement     Kind = "agreement"
	KindRecall        Kind = "recall"
	KindErasure       Kind = "erasure"
	KindConfiguration Kind = "configuration"
	KindPadding       Kind = "padding"
)

// Kinds returns every kind in a stable order.
func Kinds() []Kind {
	return []Kind{
		KindDecision, KindOpening, KindDisclosure, KindExport, KindPrint, KindPersonSearch, KindBreakGlass, KindLogin,
		KindRoleChange, KindAgreement, KindRecall, KindErasure, KindConfiguration, KindPadding,
	}
}

// Entry is one readable ledger entry: who did what, to whose record, why. It never stands in the log in
// clear. An event that concerns several persons makes one entry for each.
type Entry struct {
	Version int    `json:"v"`                 // 1
	ID      string `json:"id,omitempty"`      // of the row in which the node keeps the entry
	Ordinal int64  `json:"ordinal,omitempty"` // among the entries of one transaction, from 1
	Kind    Kind   `json:"kind"`              // one of Kinds
	At      int64  `json:"at"`                // microseconds since 1970-01-01 UTC
	Org     string `json:"org"`               // organisation whose log this is
	Actor   string `json:"actor,omitempty"`   // account that acted; empty for the node itself
	Person  string `json:"person,omitempty"`  // person concerned; empty when nobody's record is
	Object  string `json:"object,omitempty"`  // id of the record, agreement, account or file
	Purpose string `json:"purpose,omitempty"`
	Scope   string `json:"scope,omitempty"` // what was opened, sent or changed: field names, never values
	Reason  string `json:"reason,omitempty"`
	// Sealed is the hash (hex SHA-256) of the sealed value that the change wrote, so that putting an older
	// value back in its place shows.
	Sealed string `json:"sealed,omitempty"`
	// Detail holds further codes and identifiers. Its keys are printable ASCII.
	Detail map[string]string `json:"detail,omitempty"`
	// Erased lists, in an erasure entry only, the indices of the leaves whose salts were destroyed.
	Erased []int64 `json:"erased,omitempty"`
	// ErasedIn is the origin of the log of those leaves; empty when it is the log of this entry.
	ErasedIn string `json:"erased_in,omitempty"`
	// Approvers lists the two different accounts that approved an erasure.
	Approvers []string `json:"approvers,omitempty"`
}

// maxEntry bounds the canonical form of an entry in bytes. An erasure that lists more leaves than fit is
// entered as several.
const maxEntry = 64 << 10

// Canonical returns the RFC 8785 form of the entry, to which a leaf commits. It refuses an entry that
// breaks a rule of [Entry.Validate].
func (e Entry) Canonical() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	canonical := e.encode(make([]byte, 0, 512))
	if len(canonical) > maxEntry {
		return nil, fmt.Errorf("ledger: entry of %d bytes; at most %d: split it", len(canonical), maxEntry)
	}
	return canonical, nil
}

// maxSafe is the largest integer that canonical JSON, whose numbers are doubles, carries exactly.
const maxSafe = 1<<53 - 1

// Validate reports the first rule that the entry breaks.
func (e Entry) Validate() error {
	switch {
	case e.Version != 1:
		return fmt.Errorf("ledger: entry version %d; this program knows version 1", e.Version)
	case !slices.Contains(Kinds(), e.Kind):
		return fmt.Errorf("ledger: unknown kind of entry %q", e.Kind)
	case e.At < 0 || e.At > maxSafe:
		return errors.New("ledger: entry time out of range")
	case e.Org == "":
		return errors.New("ledger: entry without organisation")
	case e.Ordinal < 0 || e.Ordinal > maxSafe:
		return errors.New("ledger: ordinal of an entry out of range")
	case e.Kind != KindErasure && (len(e.Erased) > 0 || len(e.Approvers) > 0 || e.ErasedIn != ""):
		return fmt.Errorf("ledger: an entry of kind %s cannot list erased leaves", e.Kind)
	}
	if e.Sealed != "" {
		if b, err := hex.DecodeString(e.Sealed); err != nil || len(b) != 32 {
			return errors.New("ledger: sealed hash is not 64 hex digits")
		}
	}
	if err := e.validateTexts(); err != nil {
		return err
	}
	if e.Kind == KindErasure {
		return e.validateErasure()
	}
	return nil
}

// validateTexts refuses what canonical JSON cannot carry or could carry in two ways.
func (e Entry) validateTexts() error {
	for _, s := range []string{e.ID, e.Org, e.Actor, e.Person, e.Object, e.Purpose, e.Scope, e.Reason, e.ErasedIn} {
		if !utf8.ValidString(s) {
			return errors.New("ledger: text of an entry is not UTF-8")
		}
	}
	for k, v := range e.Detail {
		if k == "" || strings.ContainsFunc(k, func(r rune) bool { return r < ' ' || r > '~' }) || !utf8.ValidString(v) {
			return fmt.Errorf("ledger: detail %q is not a printable ASCII key with UTF-8 text", k)
		}
	}
	for _, a := range e.Approvers {
		if !utf8.ValidString(a) {
			return errors.New("ledger: approver is not UTF-8")
		}
	}
	return nil
}

func (e Entry) validateErasure() error {
	if len(e.Approvers) != 2 || e.Approvers[0] == "" || e.Approvers[1] == "" || e.Approvers[0] == e.Approvers[1] {
		return errors.New("ledger: an erasure needs two different approvers")
	}
	for i, n := range e.Erased {
		if n < 0 || n > maxSafe || (i > 0 && n <= e.Erased[i-1]) {
			return errors.New("ledger: erased leaves must be listed in ascending order, once each")
		}
	}
	return nil
}

// ParseEntry reads a canonical entry. It refuses unknown fields and any byte sequence that is not exactly
// the canonical form, so that two readings of one commitment are impossible.
func ParseEntry(canonical []byte) (Entry, error) {
	if len(canonical) > maxEntry {
		return Entry{}, fmt.Errorf("ledger: entry of %d bytes; at most %d", len(canonical), maxEntry)
	}
	dec := json.NewDecoder(bytes.NewReader(canonical))
	dec.DisallowUnknownFields()
	var e Entry
	if err := dec.Decode(&e); err != nil {
		return Entry{}, fmt.Errorf("ledger: not an entry: %w", err)
	}
	again, err := e.Canonical()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, canonical) {
		return Entry{}, errors.New("ledger: entry is not in canonical form")
	}
	return e, nil
}
