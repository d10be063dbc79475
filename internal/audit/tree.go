package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tree reads the hashes of a log from its tiles, and holds those that a transaction adds.
type tree struct {
	ctx    context.Context // of the transaction, to which the tree belongs
	tx     *db.Tx
	org    string
	number int64
	tiles  map[tlog.Tile][]byte // as stored, by level and number
	fresh  map[int64]ledger.Hash
}

func newTree(ctx context.Context, tx *db.Tx, org string, number int64) *tree {
	return &tree{ctx: ctx, tx: tx, org: org, number: number, tiles: map[tlog.Tile][]byte{}, fresh: map[int64]ledger.Hash{}}
}

var _ ledger.HashReader = (*tree)(nil)

// ReadHashes returns stored tree hashes by their index.
func (t *tree) ReadHashes(indexes []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(indexes))
	for i, x := range indexes {
		h, found := t.fresh[x]
		if !found {
			var err error
			if h, err = t.stored(x); err != nil {
				return nil, err
			}
		}
		out[i] = h
	}
	return out, nil
}

func (t *tree) stored(index int64) (ledger.Hash, error) {
	want := tlog.TileForIndex(tileHeight, index)
	data, err := t.tile(want.L, want.N)
	if err != nil {
		return ledger.Hash{}, err
	}
	have := tlog.Tile{H: tileHeight, L: want.L, N: want.N, W: len(data) / tlog.HashSize}
	if len(data)%tlog.HashSize != 0 || have.W < want.W || have.W > tileWidth {
		return ledger.Hash{}, damaged(ledger.TilePath(want), "it is missing or was cut")
	}
	return tlog.HashFromTile(have, data, index)
}

// tile returns the bytes of a tile; none when it is missing.
func (t *tree) tile(level int, n int64) (data []byte, err error) {
	key := tlog.Tile{H: tileHeight, L: level, N: n}
	if data, found := t.tiles[key]; found {
		return data, nil
	}
	err = t.tx.QueryRow(t.ctx, "SELECT hashes FROM audit_tile WHERE org_id = $1 AND log = $2 AND level = $3 AND n = $4",
		t.org, t.number, level, n).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if len(t.tiles) >= maxTiles {
		clear(t.tiles)
	}
	t.tiles[key] = data
	return data, nil
}

// maxTiles bounds the tiles kept, 8 KiB each.
const maxTiles = 256

// add computes the hashes that a leaf completes.
func (t *tree) add(index int64, h ledger.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(index, h, t)
	if err != nil {
		return err
	}
	at := tlog.StoredHashIndex(0, index)
	for i, h := range hashes {
		t.fresh[at+int64(i)] = h
	}
	return nil
}

// store writes the tiles that changed between two sizes.
func (t *tree) store(from, to int64) error {
	_, err := t.tx.InsertRows(t.ctx, "audit_tile", []string{"org_id", "log", "level", "n", "hashes"},
		"ON CONFLICT (org_id, log, level, n) DO UPDATE SET hashes = excluded.hashes",
		func(yield func([]any, error) bool) {
			for _, tile := range ledger.NewTiles(from, to) {
				data, err := ledger.TileData(tile, t)
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield([]any{t.org, t.number, tile.L, tile.N, data}, nil) {
					return
				}
			}
		})
	return err
}

// damaged is the error of a log that was changed outside the program. Nothing is built upon it.
func damaged(what, how string) error {
	return fault.New(fault.Conflict, "The ledger was altered outside the program: %s.", fmt.Sprintf("%s: %s", what, how)).
		WithHint("Run \"fourfold verify\", keep a copy of the database, and tell the person responsible for security. The ledger does not go on until a backup is restored.")
}
