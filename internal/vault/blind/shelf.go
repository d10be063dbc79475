package blind

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// state is the row that an organisation has in vault_index.
type state struct {
	version    int64
	generation int64
	base       int64
	buckets    int64
	cells      int64
	normaliser int64
	stale      bool
}

// firstBuckets is the number of buckets of a new index. It grows by building anew, see [Index.Reindex].
const firstBuckets = 64

// stateOf returns the state of an organisation's index; false when nothing was ever merged into it.
func stateOf(ctx context.Context, tx *db.Tx, org auth.OrgID) (s state, found bool, err error) {
	var stale int64
	err = tx.QueryRow(ctx, "SELECT version, generation, base, buckets, cells, normaliser, stale FROM vault_index WHERE org_id = $1", string(org)).
		Scan(&s.version, &s.generation, &s.base, &s.buckets, &s.cells, &s.normaliser, &stale)
	s.stale = stale != 0
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

// lock makes the transaction the only one that changes the buckets and blocks of an organisation,
// and returns their state.
func lock(ctx context.Context, tx *db.Tx, org auth.OrgID) (state, error) {
	n, err := tx.Exec(ctx, "UPDATE vault_index SET version = version + 1 WHERE org_id = $1", string(org))
	if err != nil {
		return state{}, err
	}
	if n == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO vault_index (org_id, version, generation, base, buckets, cells, normaliser, stale)
			VALUES ($1, 1, 1, $2, $3, 0, $4, 0) ON CONFLICT (org_id) DO UPDATE SET version = vault_index.version + 1`,
			string(org), newBase(), firstBuckets, normaliser)
		if err != nil {
			return state{}, err
		}
	}
	s, _, err := stateOf(ctx, tx, org)
	return s, err
}

// newBase returns where the ids of the buckets of a generation begin: far from those of any other.
func newBase() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return int64(binary.BigEndian.Uint64(b[:])>>2) + 1
}

// shelf holds the buckets and blocks that one transaction has looked at.
type shelf struct {
	tx      *db.Tx
	org     auth.OrgID
	state   state
	buckets map[int64]*bucket
	blocks  map[int64][]byte // nil: there is none
}

// bucket is the cells of a row, one after another in the order of their tails.
type bucket struct {
	cells   []byte
	changed bool
}

func newShelf(tx *db.Tx, org auth.OrgID, s state) *shelf {
	return &shelf{tx: tx, org: org, state: s, buckets: map[int64]*bucket{}, blocks: map[int64][]byte{}}
}

// find returns where the cell of a tail is, or would be.
func (b *bucket) find(tail [tailSize]byte) (at int, found bool) {
	lo, hi := 0, len(b.cells)/cellSize
	for lo < hi {
		mid := (lo + hi) / 2
		switch bytes.Compare(b.cells[mid*cellSize:mid*cellSize+tailSize], tail[:]) {
		case 0:
			return mid * cellSize, true
		case -1:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return lo * cellSize, false
}

// load reads the buckets that were not read yet.
func (s *shelf) load(ctx context.Context, ids map[int64]bool) error {
	var missing []any
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if s.buckets[id] == nil {
			s.buckets[id] = &bucket{}
			missing = append(missing, s.state.base+id)
		}
	}
	return s.query(ctx, "id, cells FROM vault_index_bucket", missing, func(r *sql.Rows) error {
		var id int64
		var cells []byte
		if err := r.Scan(&id, &cells); err != nil {
			return err
		}
		if len(cells)%cellSize != 0 {
			return damaged()
		}
		s.buckets[id-s.state.base].cells = cells
		return nil
	})
}

// loadBlocks reads the blocks that were not read yet.
func (s *shelf) loadBlocks(ctx context.Context, ids []int64) error {
	slices.Sort(ids)
	var missing []any
	for _, id := range ids {
		if _, have := s.blocks[id]; !have {
			s.blocks[id] = nil
			missing = append(missing, id)
		}
	}
	return s.query(ctx, "id, refs FROM vault_index_block", missing, func(r *sql.Rows) error {
		var id int64
		var refs []byte
		if err := r.Scan(&id, &refs); err != nil {
			return err
		}
		s.blocks[id] = refs
		return nil
	})
}

// atOnce is how many rows one statement asks for.
const atOnce = 512

// query asks for the rows with one of the ids. The number of ids in a statement is a power of two, the
// last one repeated, so that there are few different statements to prepare.
func (s *shelf) query(ctx context.Context, what string, ids []any, scan func(*sql.Rows) error) error {
	for part := range slices.Chunk(ids, atOnce) {
		args := append([]any{string(s.org)}, part...)
		n := 1
		for n < len(part) {
			n *= 2
		}
		for len(args) < n+1 {
			args = append(args, part[len(part)-1])
		}
		rows, err := s.tx.Query(ctx, "SELECT "+what+" WHERE org_id = $1 AND id IN ("+marks(2, n)+")", args...)
		if err != nil {
			return err
		}
		if err := scanAll(rows, scan); err != nil {
			return err
		}
	}
	return nil
}

// marks returns n placeholders from $first.
func marks(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

func scanAll(rows *sql.Rows, scan func(*sql.Rows) error) error {
	defer func() { _ = rows.Close() }() // Err below has reported what Close would
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// set puts the cell of a list into its bucket, which must have been loaded, in place of the one with
// the same tail.
func (s *shelf) set(label uint64, c cell) {
	b := s.buckets[bucketOf(label, s.state.buckets)]
	at, found := b.find([tailSize]byte(c[:tailSize]))
	if found && bytes.Equal(b.cells[at:at+cellSize], c[:]) {
		return
	}
	b.changed = true
	if found {
		copy(b.cells[at:], c[:])
		return
	}
	b.cells = slices.Insert(b.cells, at, c[:]...)
	s.state.cells++
}

// drop removes the cell with the tail, if it is there.
func (s *shelf) drop(label uint64, tail [tailSize]byte) {
	b := s.buckets[bucketOf(label, s.state.buckets)]
	if at, found := b.find(tail); found {
		b.cells = slices.Delete(b.cells, at, at+cellSize)
		b.changed = true
		s.state.cells--
	}
}

// save writes the buckets that were changed, and the blocks given (nil: removed), in the order of their
// ids: no order of writing tells what belongs together.
func (s *shelf) save(ctx context.Context, blocks map[int64][]byte) error {
	changed := map[int64][]byte{}
	for n, b := range s.buckets {
		if b.changed {
			changed[s.state.base+n] = b.cells
		}
	}
	if err := s.write(ctx, "vault_index_bucket", "cells", changed); err != nil {
		return err
	}
	if err := s.write(ctx, "vault_index_block", "refs", blocks); err != nil {
		return err
	}
	maps.Copy(s.blocks, blocks)
	_, err := s.tx.Exec(ctx, "UPDATE vault_index SET cells = $1 WHERE org_id = $2", s.state.cells, string(s.org))
	return err
}

// write puts rows in the place of those with the same ids.
func (s *shelf) write(ctx context.Context, table, column string, rows map[int64][]byte) error {
	ids := slices.Sorted(maps.Keys(rows))
	for part := range slices.Chunk(ids, atOnce) {
		args := []any{string(s.org)}
		for _, id := range part {
			args = append(args, id)
		}
		if _, err := s.tx.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1 AND id IN ("+marks(2, len(part))+")", args...); err != nil {
			return err
		}
	}
	_, err := s.tx.InsertRows(ctx, table, []string{"org_id", "id", "generation", column}, "", func(yield func([]any, error) bool) {
		for _, id := range ids {
			if rows[id] != nil && !yield([]any{string(s.org), id, s.state.generation, rows[id]}, nil) {
				return
			}
		}
	})
	return err
}
