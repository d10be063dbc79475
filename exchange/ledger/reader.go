package ledger

import (
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"
)

// TileReader reads the hashes of an exported log of a given size from its tiles, which must have been
// verified ([VerifyTiles]): it believes them.
func TileReader(fsys fs.FS, size int64) HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		out := make([]Hash, len(indexes))
		for i, x := range indexes {
			t := tlog.TileForIndex(tileHeight, x)
			t.W = int(min(size>>(uint(t.L)*tileHeight)-t.N*tileWidth, tileWidth))
			if t.W <= 0 {
				return nil, fmt.Errorf("ledger: tree hash %d is beyond the log", x)
			}
			data, err := fs.ReadFile(fsys, TilePath(t))
			if err != nil {
				return nil, err
			}
			if out[i], err = tlog.HashFromTile(t, data, x); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}
