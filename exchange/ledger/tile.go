package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is fixed by C2SP tlog-tiles: a full tile holds 256 hashes.
const tileHeight = 8

const tileWidth = 1 << tileHeight

// TilePath returns the C2SP path of a tile of hashes, "tile/<level>/<n>" with ".p/<width>" for a partial one.
func TilePath(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

// BundlePath returns the C2SP path of the bundle of entries number n, of the given width (1 to 256).
func BundlePath(n int64, width int) string {
	return strings.Replace(tlog.Tile{H: tileHeight, L: 0, N: n, W: width}.Path(), "tile/8/0/", "tile/entries/", 1)
}

// NewTiles returns the tiles that a log of size to has and one of size from had not.
func NewTiles(from, to int64) []tlog.Tile { return tlog.NewTiles(tileHeight, from, to) }

// TileData returns the bytes of a tile: its hashes, 32 bytes each.
func TileData(t tlog.Tile, r HashReader) ([]byte, error) { return tlog.ReadTileData(t, r) }

// BundleData returns the bytes of an entry bundle: each commitment behind its length as a big-endian uint16.
func BundleData(commitments [][]byte) ([]byte, error) {
	if len(commitments) == 0 || len(commitments) > tileWidth {
		return nil, fmt.Errorf("ledger: a bundle holds 1 to %d commitments, not %d", tileWidth, len(commitments))
	}
	out := make([]byte, 0, len(commitments)*34)
	for _, c := range commitments {
		if len(c) != tlog.HashSize {
			return nil, errors.New("ledger: a commitment has 32 bytes")
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(c)))
		out = append(out, c...)
	}
	return out, nil
}

// parseBundle reads the commitments of a bundle; width is how many it must hold.
func parseBundle(data []byte, width int) ([][]byte, error) {
	const record = 2 + tlog.HashSize
	if len(data) != width*record {
		return nil, fmt.Errorf("holds %d bytes, not the %d of %d commitments", len(data), width*record, width)
	}
	out := make([][]byte, width)
	for i := range out {
		r := data[i*record : (i+1)*record]
		if binary.BigEndian.Uint16(r) != tlog.HashSize {
			return nil, fmt.Errorf("commitment %d has another length", i)
		}
		out[i] = r[2:]
	}
	return out, nil
}

// Damage names the first thing that is wrong with a published log.
type Damage struct {
	Path  string // file at fault; "" when the fault is in the log as a whole
	Index int64  // first entry at fault, counted from 0; -1 when no single entry can be named
	What  string // "altered", "missing", or a sentence
}

func (d *Damage) Error() string {
	switch {
	case d.Index >= 0:
		return fmt.Sprintf("ledger: entry %d is %s (%s)", d.Index, d.What, d.Path)
	case d.Path != "":
		return fmt.Sprintf("ledger: %s is %s", d.Path, d.What)
	default:
		return "ledger: " + d.What
	}
}

// VerifyTiles checks an exported log (C2SP tiles and entry bundles below the root of fsys) against a
// checkpoint the caller already trusts. It returns a [*Damage] naming the first altered or missing entry
// or tile, or nil. Cost: about two hashes and 64 bytes of memory an entry.
func VerifyTiles(fsys fs.FS, c Checkpoint) error {
	v := tileVerifier{fsys: fsys, size: c.Size}
	for n := int64(0); n*tileWidth < c.Size; n++ {
		if err := v.bundle(n); err != nil {
			return err
		}
	}
	root, err := Root(c.Size, v.reader())
	if err != nil {
		return err
	}
	if root != c.Root {
		return v.blame()
	}
	return v.upperTiles()
}

// tileVerifier recomputes every stored hash of the tree from the entry bundles.
type tileVerifier struct {
	fsys   fs.FS
	size   int64
	stored []Hash // by stored hash index
	differ int64  // first entry whose bundle and tile disagree, plus one
}

func (v *tileVerifier) reader() HashReader {
	return tlog.HashReaderFunc(func(idx []int64) ([]Hash, error) {
		out := make([]Hash, len(idx))
		for i, x := range idx {
			if x >= int64(len(v.stored)) {
				return nil, fmt.Errorf("ledger: tree hash %d is not stored", x)
			}
			out[i] = v.stored[x]
		}
		return out, nil
	})
}

func (v *tileVerifier) width(n int64) int { return int(min(v.size-n*tileWidth, tileWidth)) }

func (v *tileVerifier) bundle(n int64) error {
	path, width := BundlePath(n, v.width(n)), v.width(n)
	data, err := fs.ReadFile(v.fsys, path)
	if err != nil {
		return &Damage{Path: path, Index: n * tileWidth, What: "missing"}
	}
	commitments, err := parseBundle(data, width)
	if err != nil {
		first := min(len(data)/(2+tlog.HashSize), width-1) // what comes after a cut is missing
		return &Damage{Path: path, Index: n*tileWidth + int64(first), What: "damaged: its file " + err.Error()}
	}
	tile := tlog.Tile{H: tileHeight, N: n, W: width}
	hashes, err := fs.ReadFile(v.fsys, TilePath(tile))
	if err != nil {
		return &Damage{Path: TilePath(tile), Index: n * tileWidth, What: "missing"}
	}
	for i, c := range commitments {
		at := n*tileWidth + int64(i)
		leaf := LeafHash(c)
		if v.differ == 0 && (len(hashes) < (i+1)*tlog.HashSize || Hash(hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) != leaf) {
			v.differ = at + 1
		}
		more, err := tlog.StoredHashesForRecordHash(at, leaf, v.reader())
		if err != nil {
			return err
		}
		v.stored = append(v.stored, more...)
	}
	return nil
}

// blame names what made the root differ from the checkpoint's.
func (v *tileVerifier) blame() error {
	if v.differ > 0 {
		at := v.differ - 1
		return &Damage{Path: BundlePath(at/tileWidth, v.width(at/tileWidth)), Index: at, What: "altered"}
	}
	// Bundles and lowest tiles agree with each other and not with the checkpoint: the first upper tile
	// that disagrees narrows it to 256 entries.
	var damage *Damage
	if errors.As(v.upperTiles(), &damage) {
		return damage
	}
	return &Damage{Index: -1, What: fmt.Sprintf("the log of %d entries is another one than the checkpoint's", v.size)}
}

// upperTiles compares every published tile with the recomputed tree.
func (v *tileVerifier) upperTiles() error {
	for _, t := range tlog.NewTiles(tileHeight, 0, v.size) {
		if t.W < tileWidth && t.N*tileWidth+int64(t.W) != v.size>>(uint(t.L)*tileHeight) {
			continue // a partial tile of an earlier size may be gone
		}
		want, err := tlog.ReadTileData(t, v.reader())
		if err != nil {
			return err
		}
		got, err := fs.ReadFile(v.fsys, TilePath(t))
		if err != nil {
			return &Damage{Path: TilePath(t), Index: -1, What: "missing"}
		}
		if string(got) != string(want) {
			return v.tileDamage(t, got, want)
		}
	}
	return nil
}

func (v *tileVerifier) tileDamage(t tlog.Tile, got, want []byte) error {
	i := 0
	for i < len(want)/tlog.HashSize && len(got) >= (i+1)*tlog.HashSize &&
		string(got[i*tlog.HashSize:(i+1)*tlog.HashSize]) == string(want[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
		i++
	}
	first := (t.N*tileWidth + int64(i)) << (uint(t.L) * tileHeight)
	if t.L == 0 {
		return &Damage{Path: TilePath(t), Index: first, What: "altered"}
	}
	return &Damage{Path: TilePath(t), Index: -1, What: fmt.Sprintf("altered, for entries from %d on", first)}
}
