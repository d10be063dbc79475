// Package audit appends to the record of what was done: by whom, when, to what. An entry is
// written in the transaction of the change it tells of, so that neither exists without the other.
//
// An entry about a person is sealed under that person's key, so that it goes when the person is
// erased; any other stands in clear and holds identifiers only. Either way its row commits to it, a
// [Sequencer] puts the commitment into the Merkle log of the organisation, and signed checkpoints
// and witnesses make changes show: see package ledger. No statement can change or remove an entry:
// triggers refuse it. Somebody with the database file and its key can still rewrite it; [Verify] is
// what names the first entry that was altered or is missing.
//
// Trust: what was entered after the last checkpoint that a witness has signed is not protected from
// somebody who controls the machine while the vault is unlocked.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
)

// Kind is what kind of act an entry tells of. The log commits to it.
type Kind = ledger.Kind

// The kinds of act.
const (
	Decision      = ledger.KindDecision
	Opening       = ledger.KindOpening // a sealed value was opened
	Disclosure    = ledger.KindDisclosure
	Export        = ledger.KindExport
	Print         = ledger.KindPrint
	Search        = ledger.KindPersonSearch
	BreakGlass    = ledger.KindBreakGlass
	Login         = ledger.KindLogin
	Role          = ledger.KindRoleChange
	Agreement     = ledger.KindAgreement
	Recall        = ledger.KindRecall
	Erasure       = ledger.KindErasure
	Configuration = ledger.KindConfiguration // settings, imported reference data, tokens
)

// Kinds returns all kinds, in the order of the constants.
func Kinds() []Kind {
	return []Kind{
		Decision, Opening, Disclosure, Export, Print, Search, BreakGlass, Login, Role, Agreement,
		Recall, Erasure, Configuration,
	}
}

// Entry is one act. Organisation, actor, subject and person are identifiers; they are plain strings
// because this package stands below those that define them.
type Entry struct {
	// ID, At and Ordinal are set when the entry is written; what the caller puts there is ignored.
	ID string
	At time.Time
	// Ordinal counts the entries of one transaction, from 1.
	Ordinal int64
	// Org is the organisation whose record this is.
	Org string
	// Actor is the account that acted, or "cli" for the person at the terminal of the machine.
	Actor string
	Kind  Kind
	// Subject is the identifier of what was acted upon. For an entry about a person it may be left out
	// and is then the person.
	Subject string
	// Person is the person whose record it is about, by the identifier of the vault. Such an entry is
	// written by the vault, which seals it: see [AppendSealed]. Empty when it is about nobody's record.
	Person string
	// Detail holds codes and identifiers that explain the act. No personal data.
	Detail map[string]string
	// Sealed is set by reading: what an [Opener] opens. Of such an entry only organisation, identifier,
	// time, ordinal and, until it is erased, person are known before.
	Sealed []byte
	// Shut is set by reading: the entry is about a person and has not been opened, or was erased.
	Shut bool
}

// maxDetail bounds the stored size of Detail in bytes: it explains, it does not carry content.
const maxDetail = 8 << 10

// Unsealed is the content of an entry about a person, on its way into the vault.
type Unsealed struct {
	Person  string
	Entry   string // identifier, to which the sealed form is bound
	Content []byte
}

// Sealer seals entries under the keys of the persons concerned; the vault does. It refuses a person
// who is unknown or was erased. Its results stand in the order of the entries.
type Sealer interface {
	SealEntries(ctx context.Context, tx *db.Tx, org string, entries []Unsealed) ([][]byte, error)
}

// Append writes entries that are about nobody's record, in tx. Its errors are mistakes of the caller
// or failures of the database: an entry without organisation, actor, subject or a known kind is
// refused, and so are one about a person and a Detail of more than 8 KiB.
func Append(ctx context.Context, tx *db.Tx, entries ...Entry) error {
	for _, e := range entries {
		if e.Person != "" {
			return errors.New("audit: an entry about a person is written through the vault, which seals it")
		}
		if e.Kind == Erasure {
			return errors.New("audit: an erasure is entered by AppendErasure, with its approvers")
		}
	}
	return write(ctx, tx, nil, entries)
}

// AppendSealed writes entries in tx, those about a person sealed by s. All must be of one
// organisation.
func AppendSealed(ctx context.Context, tx *db.Tx, s Sealer, entries ...Entry) error {
	for i := range entries {
		if entries[i].Org != entries[0].Org {
			return errors.New("audit: sealed entries of two organisations at once")
		}
		if entries[i].Kind == Erasure {
			return errors.New("audit: an erasure is entered by AppendErasure, with its approvers")
		}
	}
	return write(ctx, tx, s, entries)
}

func (e *Entry) check() error {
	if e.Org == "" || e.Actor == "" || e.Subject == "" {
		return fmt.Errorf("audit: entry of kind %q without organisation, actor or subject", e.Kind)
	}
	if !slices.Contains(Kinds(), e.Kind) {
		return fmt.Errorf("audit: unknown kind %q", e.Kind)
	}
	return nil
}

// encode returns the canonical text of a detail: encoding/json sorts the keys of a map.
func encode(detail map[string]string) (string, error) {
	if len(detail) == 0 {
		return "{}", nil
	}
	size := 2
	for k, v := range detail {
		if !utf8.ValidString(v) {
			return "", fmt.Errorf("audit: detail %q is not UTF-8", k)
		}
		size += len(k) + len(v) + 6
	}
	if size > maxDetail {
		return "", fmt.Errorf("audit: detail of %d bytes, more than %d", size, maxDetail)
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return "", fmt.Errorf("audit: detail: %w", err)
	}
	return string(text), nil
}
