package blind

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
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
	err = tx.QueryRow(ctx, "SELECT version, generation, buckets, cells, normaliser, stale FROM vault_index WHERE org_id = $1", string(org)).
		Scan(&s.version, &s.generation, &s.buckets, &s.cells, &s.normaliser, &stale)
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
		_, err := tx.Exec(ctx, `INSERT INTO vault_index (org_id, version, generation, buckets, cells, normaliser, stale)
			VALUES ($1, 1, 1, $2, 0, $3, 0) ON CONFLICT (org_id) DO UPDATE SET version = vault_index.version + 1`,
			string(org), firstBuckets, normaliser)
		if err != nil {
			return state{}, err
		}
	}
	s, _, err := stateOf(ctx, tx, org)
	return s, err
}

// shelf holds the buckets and blocks that one transaction has looked at.
type shelf struct {
	tx      *db.Tx
	org     auth.OrgID
	state   state
	buckets map[int64]*bucket
	blocks  map[string][]byte // "" : there is none
}

// bucket is the cells of a row, one after another in the order of their tails.
type bucket struct {
	cells   []byte
	changed bool
}

func newShelf(tx *db.Tx, org auth.OrgID, s state) *shelf {
	return &shelf{tx: tx, org: org, state: s, buckets: map[int64]*bucket{}, blocks: map[string][]byte{}}
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
			missing = append(missing, id)
		}
	}
	return s.query(ctx, "bucket, cells FROM vault_index_bucket", "bucket", missing, func(r *sql.Rows) error {
		var id int64
		var cells []byte
		if err := r.Scan(&id, &cells); err != nil {
			return err
		}
		if len(cells)%cellSize != 0 {
			return damaged()
		}
		s.buckets[id].cells = cells
		return nil
	})
}

// loadBlocks reads the blocks that were not read yet.
func (s *shelf) loadBlocks(ctx context.Context, labels []string) error {
	slices.Sort(labels)
	var missing []any
	for _, label := range labels {
		if _, have := s.blocks[label]; !have {
			s.blocks[label] = nil
			missing = append(missing, []byte(label))
		}
	}
	return s.query(ctx, "label, refs FROM vault_index_block", "label", missing, func(r *sql.Rows) error {
		var label, refs []byte
		if err := r.Scan(&label, &refs); err != nil {
			return err
		}
		s.blocks[string(label)] = refs
		return nil
	})
}

// atOnce is how many rows one statement asks for.
const atOnce = 512

// query asks for the rows with one of the values. The number of values in a statement is a power of
// two, the last one repeated, so that there are few different statements to prepare.
func (s *shelf) query(ctx context.Context, what, column string, values []any, scan func(*sql.Rows) error) error {
	for part := range slices.Chunk(values, atOnce) {
		args := append([]any{string(s.org), s.state.generation}, part...)
		n := 1
		for n < len(part) {
			n *= 2
		}
		for len(args) < n+2 {
			args = append(args, part[len(part)-1])
		}
		rows, err := s.tx.Query(ctx, selectIn(what, column, n), args...)
		if err != nil {
			return err
		}
		if err := scanAll(rows, scan); err != nil {
			return err
		}
	}
	return nil
}

func selectIn(what, column string, n int) string {
	var b strings.Builder
	b.WriteString("SELECT " + what + " WHERE org_id = $1 AND generation = $2 AND " + column + " IN (")
	b.WriteString(marks(3, n))
	b.WriteString(")")
	return b.String()
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

// save writes the buckets that were changed, in the order of their numbers, and the blocks given, in
// the order of their labels: no order of writing tells what belongs together.
func (s *shelf) save(ctx context.Context, blocks map[string][]byte) error {
	var ids []int64
	for _, id := range slices.Sorted(maps.Keys(s.buckets)) {
		if s.buckets[id].changed {
			ids = append(ids, id)
		}
	}
	_, err := s.tx.InsertRows(ctx, "vault_index_bucket", bucketCols,
		"ON CONFLICT (org_id, generation, bucket) DO UPDATE SET cells = excluded.cells", s.bucketRows(ids))
	if err != nil {
		return err
	}
	_, err = s.tx.InsertRows(ctx, "vault_index_block", blockCols,
		"ON CONFLICT (org_id, generation, label) DO UPDATE SET refs = excluded.refs", s.blockRows(blocks))
	if err != nil {
		return err
	}
	for _, label := range slices.Sorted(maps.Keys(blocks)) {
		if blocks[label] != nil {
			continue
		}
		if _, err := s.tx.Exec(ctx, "DELETE FROM vault_index_block WHERE org_id = $1 AND generation = $2 AND label = $3",
			string(s.org), s.state.generation, []byte(label)); err != nil {
			return err
		}
	}
	_, err = s.tx.Exec(ctx, "UPDATE vault_index SET cells = $1 WHERE org_id = $2", s.state.cells, string(s.org))
	return err
}

var (
	bucketCols = []string{"org_id", "generation", "bucket", "cells"}
	blockCols  = []string{"org_id", "generation", "label", "refs"}
)

func (s *shelf) bucketRows(ids []int64) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, id := range ids {
			if !yield([]any{string(s.org), s.state.generation, id, s.buckets[id].cells}, nil) {
				return
			}
		}
	}
}

func (s *shelf) blockRows(blocks map[string][]byte) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, label := range slices.Sorted(maps.Keys(blocks)) {
			if blocks[label] != nil && !yield([]any{string(s.org), s.state.generation, []byte(label), blocks[label]}, nil) {
				return
			}
		}
	}
}
