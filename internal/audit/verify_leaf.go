package audit

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// pageSize is how many leaves are read at once: whole tiles.
const pageSize = 8 * tileWidth

// storedLeaf is a leaf with the rows of its entry.
type storedLeaf struct {
	index      int64
	entryID    string
	commitment []byte
	salt       []byte // of padding
	entry      *storedEntry
}

// storedEntry is an entry as its rows have it.
type storedEntry struct {
	id, actor, kind, subject, detail string
	at, ordinal                      int64
	commitment, salt                 []byte
	person                           sql.Null[string]
	sealed                           []byte
}

const entryFields = "e.id, e.at, e.ordinal, e.actor, e.kind, e.subject, e.detail, e.commitment, e.salt, s.person_id, s.sealed"

// page reads the leaves from an index on.
func (v *verifier) page(from int64) ([]storedLeaf, error) {
	rows, err := v.tx.Query(v.ctx, `
		SELECT l.idx, l.entry_id, l.commitment, l.salt, `+entryFields+`
		FROM audit_leaf l
		LEFT JOIN audit_entry e ON e.org_id = l.org_id AND e.id = l.entry_id
		LEFT JOIN audit_sealed s ON s.org_id = l.org_id AND s.entry_id = l.entry_id
		WHERE l.org_id = $1 AND l.log = $2 AND l.idx >= $3 AND l.idx < $4 ORDER BY l.idx`,
		v.log.org, v.log.number, from, min(from+pageSize, v.log.size))
	return db.Collect(rows, err, func(r *sql.Rows) (f storedLeaf, err error) {
		var n nullEntry
		err = r.Scan(append([]any{&f.index, &f.entryID, &f.commitment, &f.salt}, n.fields()...)...)
		if n.id.Valid {
			f.entry = n.stored()
		}
		return f, err
	})
}

// nullEntry is a row of entryFields that may be absent.
type nullEntry struct {
	e                                storedEntry
	id, actor, kind, subject, detail sql.Null[string]
	at, ordinal                      sql.Null[int64]
}

func (n *nullEntry) fields() []any {
	return []any{
		&n.id, &n.at, &n.ordinal, &n.actor, &n.kind, &n.subject, &n.detail, &n.e.commitment, &n.e.salt, &n.e.person, &n.e.sealed,
	}
}

func (n *nullEntry) stored() *storedEntry {
	e := n.e
	e.id, e.actor, e.kind, e.subject, e.detail = n.id.V, n.actor.V, n.kind.V, n.subject.V, n.detail.V
	e.at, e.ordinal = n.at.V, n.ordinal.V
	return &e
}

func find(leaves []storedLeaf, index int64) *storedLeaf {
	i, found := slices.BinarySearchFunc(leaves, index, func(f storedLeaf, x int64) int { return cmp.Compare(f.index, x) })
	if !found {
		return nil
	}
	return &leaves[i]
}

// verifyPage recomputes the leaves of a page.
func (v *verifier) verifyPage(leaves []storedLeaf, from int64) error {
	var shut []*storedLeaf
	for i := from; i < min(from+pageSize, v.log.size); i++ {
		f := find(leaves, i)
		switch {
		case f == nil:
			v.entry(i, "", "leaf", "missing")
		case f.entryID == "":
			v.padding(f)
		case f.entry == nil:
			v.entry(i, f.entryID, "entry", "missing")
		case !bytes.Equal(f.entry.commitment, f.commitment):
			v.entry(i, f.entryID, "entry", "altered: its commitment is not that of its leaf")
		case f.entry.kind != "" || f.entry.salt != nil:
			v.clear(f)
		case f.entry.actor+f.entry.subject+f.entry.detail != "":
			v.entry(i, f.entryID, "entry", "altered: it is about a person and stands in clear")
		case f.entry.sealed == nil:
			v.absent = append(v.absent, Finding{Log: v.log.number, Index: i, Entry: f.entryID, Where: "its sealed text", What: "missing, and no erasure lists it"})
		default:
			shut = append(shut, f)
		}
	}
	return v.open(shut)
}

func (v *verifier) entry(index int64, id, where, what string) {
	v.found.add(Finding{Log: v.log.number, Index: index, Entry: id, Where: where, What: what})
}

func (v *verifier) padding(f *storedLeaf) {
	canonical, err := paddingEntry(v.log.org, f.index).Canonical()
	if err != nil || len(f.salt) != len(ledger.Salt{}) || !bytes.Equal(ledger.Commitment(ledger.Salt(f.salt), canonical), f.commitment) {
		v.entry(f.index, "", "padding", "altered: its salt does not open its leaf")
		return
	}
	v.of.Padding++
}

// clear recomputes the leaf of an entry that stands in clear.
func (v *verifier) clear(f *storedLeaf) {
	e, what := f.entry.opens(v.log.org)
	if what != "" {
		v.entry(f.index, f.entryID, "entry", what)
		return
	}
	v.of.Opened++
	if f.index >= 0 {
		v.excuse(e, f.index)
	}
}

// opens recomputes the commitment of an entry that stands in clear. what says what is wrong.
func (s *storedEntry) opens(org string) (e ledger.Entry, what string) {
	if len(s.salt) != len(ledger.Salt{}) {
		return e, "altered: its salt is missing"
	}
	if s.sealed != nil {
		return e, "altered: it stands in clear and has a sealed text"
	}
	own, err := s.readable(org)
	if err != nil {
		return e, "altered: it cannot be read"
	}
	if detail, err := encode(own.Detail); err != nil || detail != s.detail || string(own.Kind) != s.kind {
		return e, "altered: it is not written as the program writes it"
	}
	e, err = own.committed()
	if err != nil {
		return e, "altered: it cannot be read"
	}
	canonical, err := e.Canonical()
	if err != nil || !bytes.Equal(ledger.Commitment(ledger.Salt(s.salt), canonical), s.commitment) {
		return e, "altered: it does not open its leaf"
	}
	return e, ""
}

// excuse notes the leaves that an erasure lists. It cannot excuse what came after it.
func (v *verifier) excuse(e ledger.Entry, index int64) {
	origin := cmp.Or(e.ErasedIn, v.log.origin)
	for _, i := range e.Erased {
		if origin == v.log.origin && i >= index {
			continue
		}
		if v.erased[origin] == nil {
			v.erased[origin] = map[int64]bool{}
		}
		v.erased[origin][i] = true
	}
}

// open opens the sealed entries of a page and recomputes their leaves.
func (v *verifier) open(shut []*storedLeaf) error {
	if v.against.Opener == nil || len(shut) == 0 {
		v.of.Sealed += int64(len(shut))
		return nil
	}
	sealed := make([]SealedEntry, len(shut))
	for i, f := range shut {
		sealed[i] = SealedEntry{Person: f.entry.person.V, Entry: f.entryID, Sealed: f.entry.sealed}
	}
	opened, err := v.against.Opener.OpenEntries(v.ctx, v.log.org, sealed)
	switch {
	case fault.KindOf(err) == fault.Unavailable: // locked
		v.of.Sealed += int64(len(shut))
		return nil
	case err != nil && len(shut) == 1:
		if !damage(err) {
			return err
		}
		v.entry(shut[0].index, shut[0].entryID, "its sealed text", "altered: it does not open")
		return nil
	case err != nil:
		// One of them does not open: halves find which.
		return errors.Join(v.open(shut[:len(shut)/2]), v.open(shut[len(shut)/2:]))
	}
	for i, f := range shut {
		v.opened(f, opened[i])
	}
	return nil
}

// damage reports whether an error of the vault says that a sealed entry does not open in its place.
func damage(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Conflict || k == fault.NotFound
}

func (v *verifier) opened(f *storedLeaf, content []byte) {
	if content == nil && f.index < 0 { // an erasure waits until every entry is in a log
		v.entry(-1, f.entryID, "the key of its person", "missing, although nothing could erase it yet")
		return
	}
	if content == nil {
		v.absent = append(v.absent, Finding{Log: v.log.number, Index: f.index, Entry: f.entryID, Where: "the key of its person", What: "missing, and no erasure lists it"})
		return
	}
	salt, canonical, err := unpack(content)
	if err != nil || !bytes.Equal(ledger.Commitment(salt, canonical), f.commitment) {
		v.entry(f.index, f.entryID, "its sealed text", "altered: it does not open its leaf")
		return
	}
	e, err := ledger.ParseEntry(canonical)
	if err != nil {
		v.entry(f.index, f.entryID, "its sealed text", fmt.Sprintf("not readable: %v", err))
		return
	}
	if e.ID != f.entryID || e.Org != v.log.org || e.At != f.entry.at || e.Ordinal != f.entry.ordinal || e.Person != f.entry.person.V {
		v.entry(f.index, f.entryID, "entry", "altered: time, place or person is not that of its sealed text")
		return
	}
	v.of.Opened++
}
