package blind

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"iter"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

const (
	// perBucket is how many cells a bucket has on average after building.
	perBucket = 40
	// crowded is how many make it worth while to build the index anew with more buckets.
	crowded = 3 * perBucket
	// perPass is how many postings are sorted in memory at a time, 44 bytes each.
	perPass = 6_000_000
	// postingsGuess is how many postings a person has, without padding.
	postingsGuess = 40
)

// source calls yield with every posting that the index is to hold, the same in each pass.
type source func(ctx context.Context, pass uint64, yield func(posting) error) error

// Reindex builds the index of an organisation anew beside the old one, which answers meanwhile, and
// puts it in its place: after the normaliser has changed, when there are too many people for the
// buckets, when many wait, or when something could not be removed. It reads every note, so it opens
// nothing anybody sees and writes no entry. Memory is about 400 MB whatever the number of people; a
// million take some minutes.
func (x *Index) Reindex(ctx context.Context, org auth.OrgID) error {
	err := errAgain
	for tries := 0; tries < 3 && errors.Is(err, errAgain); tries++ {
		err = x.reindex(ctx, org)
	}
	return err
}

func (x *Index) reindex(ctx context.Context, org auth.OrgID) error {
	s, err := x.begin(ctx, org)
	if err != nil {
		return err
	}
	people := 0
	err = x.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM vault_indexed WHERE org_id = $1", string(org)).Scan(&people)
	})
	if err != nil {
		return err
	}
	r := &reader{index: x, org: org, taken: map[vault.PersonID]int64{}}
	return x.build(ctx, org, s, people, r.notes, r.taken)
}

// begin makes merging wait, so that the buckets stay as the notes tell, and removes what an
// interrupted building has left.
func (x *Index) begin(ctx context.Context, org auth.OrgID) (s state, err error) {
	err = x.DB.WriteUnaudited(ctx, rebuilding, func(tx *db.Tx) error {
		if s, err = lock(ctx, tx, org); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE vault_index SET stale = 1 WHERE org_id = $1", string(org)); err != nil {
			return err
		}
		return sweep(ctx, tx, org, s.generation)
	})
	return s, err
}

const rebuilding = "building anew changes nothing that anybody decided"

// sweep removes the rows of all generations but one.
func sweep(ctx context.Context, tx *db.Tx, org auth.OrgID, keep int64) error {
	for _, table := range []string{"vault_index_bucket", "vault_index_block"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1 AND generation <> $2", string(org), keep); err != nil {
			return err
		}
	}
	return nil
}

// reader reads the notes of an organisation, once for each pass.
type reader struct {
	index *Index
	org   auth.OrgID
	// taken are the persons who wait and are taken up by the new index, with the version of their
	// rows: they wait no longer when it is in force.
	taken map[vault.PersonID]int64
}

// notesAtOnce is how many notes are read at a time.
const notesAtOnce = 1000

func (r *reader) notes(ctx context.Context, pass uint64, yield func(posting) error) error {
	after := ""
	for {
		var rows []indexed
		err := r.index.DB.Read(ctx, func(tx *db.Tx) error {
			found, err := tx.Query(ctx, "SELECT "+indexedCols+" FROM vault_indexed WHERE org_id = $1 AND person_id > $2 ORDER BY person_id LIMIT $3",
				string(r.org), after, notesAtOnce)
			if rows, err = db.Collect(found, err, scanIndexed); err != nil {
				return err
			}
			return r.index.open(ctx, r.org, rows)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if row.gone {
				continue // whoever destroyed the key removes the row
			}
			p, ok := r.posting(pass, row)
			if !ok {
				continue
			}
			if err := yield(p); err != nil {
				return err
			}
		}
		after = string(rows[len(rows)-1].person)
	}
}

// posting returns what the new index holds of a row. Every pass must say the same of it.
func (r *reader) posting(pass uint64, row indexed) (posting, bool) {
	if row.waiting && pass == 0 {
		r.taken[row.person] = row.version
	}
	switch {
	case !row.waiting || r.taken[row.person] == row.version:
		return posting{forms: row.note.Terms, slot: row.note.Slot}, true
	case row.note.Merged != nil: // was put since the first pass
		return posting{forms: *row.note.Merged, slot: row.note.MergedSlot}, true
	}
	return posting{}, false
}

// build makes the next generation from postings and puts it in force, unless the buckets in force
// have changed since.
func (x *Index) build(ctx context.Context, org auth.OrgID, s state, people int, from source, taken map[vault.PersonID]int64) (err error) {
	var k *keys
	err = x.DB.Read(ctx, func(tx *db.Tx) (err error) {
		k, err = newKeys(ctx, x.Vault, org, tx.Now())
		return err
	})
	if err != nil {
		return err
	}
	b := &builder{
		keys: k, passes: uint64(1 + people*postingsGuess/perPass), seed: maphash.MakeSeed(),
		base: newBase(), cells: spill{size: labelSize + cellSize},
		small: spill{size: labelSize + sealedSize(smallBlock)}, large: spill{size: labelSize + sealedSize(largeBlock)},
	}
	defer func() { err = errors.Join(err, b.close()) }()
	for pass := range b.passes {
		if err := b.pass(ctx, pass, from); err != nil {
			return err
		}
	}
	next := state{generation: s.generation + 1, base: b.base, cells: b.cells.records, buckets: bucketsFor(b.cells.records)}
	if err := x.store(ctx, org, next, b); err != nil {
		return err
	}
	err = x.DB.WriteUnaudited(ctx, rebuilding, func(tx *db.Tx) error { return enforce(ctx, tx, org, s, next, taken) })
	x.DB.Replan(ctx)
	return err
}

// enforce puts a generation in force, unless what it was made from has changed.
func enforce(ctx context.Context, tx *db.Tx, org auth.OrgID, old, next state, taken map[vault.PersonID]int64) error {
	now, err := lock(ctx, tx, org)
	if err != nil {
		return err
	}
	if now.version != old.version+1 {
		return errAgain
	}
	for person, version := range taken {
		n, err := tx.Exec(ctx, "UPDATE vault_indexed SET waiting = NULL WHERE org_id = $1 AND person_id = $2 AND version = $3",
			string(org), string(person), version)
		if err != nil {
			return err
		}
		if n == 0 {
			return errAgain
		}
	}
	_, err = tx.Exec(ctx, "UPDATE vault_index SET generation = $1, base = $2, buckets = $3, cells = $4, normaliser = $5, stale = 0 WHERE org_id = $6",
		next.generation, next.base, next.buckets, next.cells, normaliser, string(org))
	if err != nil {
		return err
	}
	return sweep(ctx, tx, org, next.generation)
}

// bucketsFor is the number of buckets for cells: a multiple of partitions.
func bucketsFor(cells int64) int64 {
	return max(firstBuckets, (cells/perBucket+partitions-1)/partitions*partitions)
}

// store writes the rows of a generation that is not in force yet.
func (x *Index) store(ctx context.Context, org auth.OrgID, next state, b *builder) error {
	for p := range partitions {
		cells, err := b.cells.part(p)
		if err != nil {
			return err
		}
		small, err := b.small.part(p)
		if err != nil {
			return err
		}
		large, err := b.large.part(p)
		if err != nil {
			return err
		}
		err = x.DB.WriteUnaudited(ctx, rebuilding, func(tx *db.Tx) error {
			if _, err := tx.InsertRows(ctx, "vault_index_bucket", []string{"org_id", "id", "generation", "cells"}, "", bucketsOf(org, next, cells)); err != nil {
				return err
			}
			_, err := tx.InsertRows(ctx, "vault_index_block", []string{"org_id", "id", "generation", "refs"}, "", blocksOf(org, next, append(small, large...)))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bucketsOf yields the rows of the buckets of records.
func bucketsOf(org auth.OrgID, next state, records [][]byte) iter.Seq2[[]any, error] {
	bucket := func(r []byte) int64 { return bucketOf(binary.BigEndian.Uint64(r), next.buckets) }
	return func(yield func([]any, error) bool) {
		slices.SortFunc(records, func(a, b []byte) int {
			return cmp.Or(cmp.Compare(bucket(a), bucket(b)), bytes.Compare(a[labelSize:], b[labelSize:]))
		})
		for len(records) > 0 {
			id, n := bucket(records[0]), 1
			for n < len(records) && bucket(records[n]) == id {
				n++
			}
			cells := make([]byte, 0, n*cellSize)
			for _, r := range records[:n] {
				cells = append(cells, r[labelSize:]...)
			}
			if !yield([]any{string(org), next.base + id, next.generation, cells}, nil) {
				return
			}
			records = records[n:]
		}
	}
}

func blocksOf(org auth.OrgID, next state, records [][]byte) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		slices.SortFunc(records, bytes.Compare)
		for _, r := range records {
			if !yield([]any{string(org), int64(binary.BigEndian.Uint64(r)), next.generation, r[labelSize:]}, nil) {
				return
			}
		}
	}
}

// labelSize is the size of what a record in a spill begins with: the label of a cell's group, or the id
// of a block.
const labelSize = 8

// sealedSize is the size of a sealed block with room for n references: nonce, text and tag.
func sealedSize(n int) int { return 12 + 1 + n*refSize + 16 }

// builder makes cells and blocks from postings, one part of all tokens in each pass.
type builder struct {
	keys   *keys
	passes uint64
	seed   maphash.Seed
	base   int64
	// cells, and blocks of the two sizes.
	cells, small, large spill
	entries             []entry
	seen                map[term]bool
}

// entry is one posting of one token.
type entry struct {
	token token
	ref   ref
}

func (b *builder) close() error {
	return errors.Join(b.cells.close(), b.small.close(), b.large.close())
}

// pass makes the lists of the tokens that belong to it.
func (b *builder) pass(ctx context.Context, pass uint64, from source) error {
	b.entries = b.entries[:0]
	b.seen = map[term]bool{}
	err := from(ctx, pass, func(p posting) error {
		p.forms.each(func(t term) {
			if b.passes > 1 && maphash.String(b.seed, t.text)%b.passes != pass {
				return
			}
			b.entries = append(b.entries, entry{b.keys.token(t), ref{p.slot, p.forms.born, t.cut}})
		})
		if pass == 0 {
			return b.pad(p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Slots are random, so their order says nothing about when somebody came.
	slices.SortFunc(b.entries, func(x, y entry) int {
		if c := bytes.Compare(x.token[:], y.token[:]); c != 0 {
			return c
		}
		return cmp.Compare(x.ref.slot, y.ref.slot)
	})
	for left := b.entries; len(left) > 0; {
		n := 1
		for n < len(left) && left[n].token == left[0].token {
			n++
		}
		if err := b.list(left[:n]); err != nil {
			return err
		}
		left = left[n:]
	}
	return nil
}

// pad adds the padding of a person.
func (b *builder) pad(p posting) error {
	clear(b.seen)
	p.forms.each(func(t term) {
		t.cut = false
		b.seen[t] = true
	})
	n := padded(len(b.seen))
	l := newList(b.keys.paddingToken(p.slot))
	for i := range n {
		if err := b.cell(l, i/padGroup, i, ref{slot: p.slot}, onward{}); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) cell(l list, group, n int, r ref, o onward) error {
	c := l.seal(n, r, o)
	record := binary.BigEndian.AppendUint64(make([]byte, 0, labelSize+cellSize), l.label(group))
	return b.cells.add(append(record, c[:]...))
}

// list makes the cells and blocks of one token.
func (b *builder) list(entries []entry) error {
	refs := make([]ref, 0, len(entries))
	for _, e := range entries {
		if last := len(refs) - 1; last >= 0 && refs[last].slot == e.ref.slot {
			refs[last].cut = refs[last].cut && e.ref.cut
			continue
		}
		refs = append(refs, e.ref)
	}
	o := onward{blocks: blocksFor(len(refs)), ageless: slices.ContainsFunc(refs, func(r ref) bool { return r.born.from == 0 })}
	l := newList(entries[0].token)
	for n, r := range refs[:min(len(refs), singles)] {
		if err := b.cell(l, 0, n, r, o); err != nil {
			return err
		}
		o = onward{}
	}
	if len(refs) <= singles {
		return nil
	}
	aead := l.sealer()
	left := refs[singles:]
	for n := 0; len(left) > 0; n++ {
		some := left[:min(len(left), capacity(n))]
		to := &b.large
		if n == 0 {
			to = &b.small
		}
		record := binary.BigEndian.AppendUint64(make([]byte, 0, to.size), uint64(l.blockID(b.base, n)))
		if err := to.add(append(record, sealBlock(aead, n, some)...)); err != nil {
			return err
		}
		left = left[len(some):]
	}
	return nil
}
