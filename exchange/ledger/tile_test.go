package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fourfold/fourfold/exchange/ledger"
)

func export(t testing.TB, l *memLog, size int64) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, tile := range ledger.NewTiles(0, size) {
		data, err := ledger.TileData(tile, l)
		if err != nil {
			t.Fatal(err)
		}
		out[ledger.TilePath(tile)] = &fstest.MapFile{Data: data}
		if tile.L != 0 {
			continue
		}
		bundle, err := ledger.BundleData(l.commitments[tile.N*256 : tile.N*256+int64(tile.W)])
		if err != nil {
			t.Fatal(err)
		}
		out[ledger.BundlePath(tile.N, tile.W)] = &fstest.MapFile{Data: bundle}
	}
	return out
}

func TestVerifyTilesNamesTheFirstDamage(t *testing.T) {
	const size = 700
	l := newLog(t, size)
	c := l.checkpoint(t, size)
	if err := ledger.VerifyTiles(export(t, l, size), c); err != nil {
		t.Fatalf("a whole log is refused: %v", err)
	}
	damage := func(change func(fstest.MapFS)) *ledger.Damage {
		files := export(t, l, size)
		change(files)
		var d *ledger.Damage
		if err := ledger.VerifyTiles(files, c); !errors.As(err, &d) {
			t.Errorf("damage not found: %v", err)
			return &ledger.Damage{}
		}
		return d
	}
	if d := damage(func(f fstest.MapFS) { f["tile/entries/001"].Data[10*34+5] ^= 1 }); d.Index != 266 {
		t.Errorf("altered entry 266 reported as %v", d)
	}
	if d := damage(func(f fstest.MapFS) { delete(f, "tile/entries/002.p/188") }); d.Index != 512 || d.What != "missing" {
		t.Errorf("missing bundle reported as %v", d)
	}
	if d := damage(func(f fstest.MapFS) { f["tile/0/001"].Data[3*32] ^= 1 }); d.Index != 259 || d.Path != "tile/0/001" {
		t.Errorf("altered tile reported as %v", d)
	}
	if d := damage(func(f fstest.MapFS) { delete(f, "tile/1/000.p/2") }); d.Path != "tile/1/000.p/2" {
		t.Errorf("missing upper tile reported as %v", d)
	}
	for path, file := range export(t, l, size) {
		for _, at := range []int{0, len(file.Data) / 2, len(file.Data) - 1} {
			damage(func(f fstest.MapFS) { f[path].Data[at] ^= 0x80 })
		}
	}
	short := export(t, l, size-1)
	if err := ledger.VerifyTiles(short, c); err == nil {
		t.Error("a log without its tail passes")
	}
	if err := ledger.VerifyTiles(export(t, newLog(t, size+1), size+1), l.checkpoint(t, 699)); err == nil {
		t.Error("a partial tile of another size passes")
	}
}

func TestVerifyOpenings(t *testing.T) {
	const size = 40
	l := newLog(t, size)
	erasure := ledger.Entry{Version: 1, Kind: ledger.KindErasure, At: 99, Org: "o", Erased: []int64{3, 17}, Approvers: []string{"a", "b"}}
	canonical, err := erasure.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	l.append(t, ledger.Commitment(saltOf(size), canonical))
	l.append(t, commitmentOf(size+1)) // an ordinary entry is the tail
	check := func(drop map[int64]bool, change func(*ledger.Opening)) error {
		return ledger.VerifyOpenings(size+2, func(i int64) ([]byte, error) { return l.commitments[i], nil },
			func(yield func(ledger.Opening, error) bool) {
				for i := range int64(size + 2) {
					o := ledger.Opening{Index: i, Salt: saltOf(int(i)), Canonical: canonical}
					if i != size {
						o.Canonical, _ = entryOf(int(i)).Canonical()
					}
					change(&o)
					if !drop[i] && !yield(o, nil) {
						return
					}
				}
			})
	}
	same := func(*ledger.Opening) {}
	if err := check(map[int64]bool{3: true, 17: true}, same); err != nil {
		t.Errorf("entries that an erasure lists count as missing: %v", err)
	}
	for i := range int64(size + 2) {
		drop := map[int64]bool{3: true, 17: true, i: true}
		err := check(drop, same)
		if excused := i == 3 || i == 17; (err == nil) != excused {
			t.Errorf("entry %d dropped: %v", i, err)
		}
		var d *ledger.Damage
		err = check(nil, func(o *ledger.Opening) {
			if o.Index == i {
				o.Salt[0] ^= 1
			}
		})
		if !errors.As(err, &d) || d.Index != i {
			t.Errorf("altered salt of entry %d: %v", i, err)
		}
	}
	if err := check(nil, func(o *ledger.Opening) {
		if o.Index == 5 {
			e := entryOf(5)
			e.Purpose = "curiosity"
			o.Canonical, _ = e.Canonical()
		}
	}); err == nil {
		t.Error("a rewritten purpose passes")
	}
}

func TestRestoredLogNamesItsPredecessor(t *testing.T) {
	l := newLog(t, 12)
	next := ledger.Checkpoint{Origin: origin + "/2", Root: ledger.EmptyRoot(), Extensions: []string{ledger.RestoredFrom(l.checkpoint(t, 12))}}
	again, err := ledger.ParseCheckpoint(next.Text())
	if err != nil || len(again.Extensions) != 1 || !strings.Contains(again.Extensions[0], origin+" 12 ") {
		t.Errorf("got %+v, %v", again, err)
	}
}
