package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func person(i int) Name {
	return Name{Org: "org-a", Kind: Person, Subject: fmt.Sprintf("person-%d", i)}
}

func folder(t testing.TB) File { return File{Path: filepath.Join(t.TempDir(), "ring", "keyring")} }

func open(t testing.TB, m Medium, node nodekey.Key) *Ring {
	t.Helper()
	r, err := Open(t.Context(), m, node)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func create(t testing.TB, r *Ring, names ...Name) []ID {
	t.Helper()
	ids, err := r.Create(t.Context(), start, start.Add(24*time.Hour), names...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// secrets returns the keys of names, or nil for those that are gone.
func secret(t testing.TB, r *Ring, n Name) []byte {
	t.Helper()
	keys, err := r.Keys(t.Context(), n)
	if errors.Is(err, ErrAbsent) || errors.Is(err, ErrDestroyed) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return keys[0].Secret[:]
}

// held returns the record of a key.
func held(t *testing.T, r *Ring, n Name) record {
	t.Helper()
	k, ok := r.state.keys.find(n)
	if !ok {
		t.Fatalf("no key %v", n)
	}
	return k
}

// both runs a test on a file and on a table.
func both(t *testing.T, test func(t *testing.T, m Medium)) {
	t.Run("file", func(t *testing.T) { test(t, folder(t)) })
	t.Run("table", func(t *testing.T) { test(t, Table{DB: dbtest.Open(t)}) })
}

func TestKeysLive(t *testing.T) {
	both(t, func(t *testing.T, m Medium) {
		node := nodekey.New()
		r := open(t, m, node)
		index := Name{Org: "org-b", Kind: Index}
		ids := create(t, r, person(1), person(2), index, person(1))
		if ids[0] != ids[3] || ids[0] == ids[1] {
			t.Errorf("identifiers %v", ids)
		}
		if again := create(t, r, person(2), person(3)); again[0] != ids[1] {
			t.Error("an existing key was made again")
		}
		one := bytes.Clone(secret(t, r, person(1)))
		if bytes.Equal(one, secret(t, r, person(2))) || bytes.Equal(one, make([]byte, Size)) {
			t.Error("keys are not random")
		}
		other := open(t, m, node) // another process
		if !bytes.Equal(secret(t, other, person(1)), one) {
			t.Error("read another key")
		}
		create(t, other, person(4))
		if secret(t, r, person(4)) == nil {
			t.Error("a key of another process is not seen")
		}
		if _, err := r.Keys(t.Context(), person(99)); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("absent key: %v", err)
		}
		if n, err := r.Rotate(t.Context(), start.Add(Epoch-1), false); n != 0 || err != nil {
			t.Errorf("rotated early: %d %v", n, err)
		}
		n, err := r.Rotate(t.Context(), start.Add(Epoch), false)
		if n != 2 || err != nil || !bytes.Equal(secret(t, r, person(1)), one) || !bytes.Equal(secret(t, other, person(1)), one) {
			t.Errorf("after the rotation of %d: %v", n, err)
		}
		r.Close()
		if _, err := r.Keys(t.Context(), person(1)); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a closed ring answered: %v", err)
		}
	})
}

func TestDestroy(t *testing.T) {
	both(t, func(t *testing.T, m Medium) {
		node := nodekey.New()
		r, other := open(t, m, node), open(t, m, node)
		create(t, r, person(1), person(2))
		kept := bytes.Clone(secret(t, other, person(2)))
		before, _ := other.Version(t.Context())
		if err := r.Destroy(t.Context(), start, person(1), person(7)); err != nil {
			t.Fatal(err)
		}
		for _, one := range []*Ring{r, other} {
			if secret(t, one, person(1)) != nil || !bytes.Equal(secret(t, one, person(2)), kept) {
				t.Error("the wrong key is gone")
			}
			for _, gone := range []Name{person(1), person(7)} {
				if _, err := one.Create(t.Context(), start, time.Time{}, gone); !errors.Is(err, ErrDestroyed) {
					t.Errorf("%v came back: %v", gone, err)
				}
			}
		}
		if after, _ := other.Version(t.Context()); after == before {
			t.Error("the version did not change")
		}
		graves, err := other.Graves(t.Context())
		if err != nil || len(graves) != 2 || graves[0].Name != person(1) || !graves[0].At.Equal(start) {
			t.Errorf("graves %v %v", graves, err)
		}
	})
}

// TestNothingStays destroys a key and looks for its wrapped bytes in every file of the folder, and in
// the old file itself, which the test keeps open as a disk keeps its blocks.
func TestNothingStays(t *testing.T) {
	m := folder(t)
	r := open(t, m, nodekey.New())
	create(t, r, person(1), person(2))
	rec := held(t, r, person(1))
	orgKey := held(t, r, orgName("org-a"))
	blocks, err := os.Open(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blocks.Close() }()
	found := func(wrapped [wrappedSize]byte) (where string) {
		all, _ := filepath.Glob(m.Path + "*")
		for _, name := range all {
			if text, _ := os.ReadFile(name); bytes.Contains(text, wrapped[:]) {
				where += " " + filepath.Base(name)
			}
		}
		old := make([]byte, 1<<20)
		n, _ := blocks.ReadAt(old, 0)
		if bytes.Contains(old[:n], wrapped[:]) {
			where += " blocks"
		}
		return where
	}
	if where := found(rec.wrapped); where != " keyring blocks" {
		t.Fatalf("before: found in%s: the test could not fail", where)
	}
	if err := r.Destroy(t.Context(), start, person(1)); err != nil {
		t.Fatal(err)
	}
	if where := found(rec.wrapped); where != "" {
		t.Errorf("the destroyed key is in%s", where)
	}
	if _, err := r.Rotate(t.Context(), start.Add(Epoch), false); err != nil {
		t.Fatal(err)
	}
	if where := found(orgKey.wrapped); where != "" {
		t.Errorf("the key of the old epoch is in%s", where)
	}
}

func TestTransientKeys(t *testing.T) {
	m, node := folder(t), nodekey.New()
	r := open(t, m, node)
	short := Name{Org: "org-a", Kind: Transient, Subject: "prekey 1"}
	create(t, r, short, person(1))
	to := folder(t)
	if err := r.Copy(t.Context(), start, to); err != nil {
		t.Fatal(err)
	}
	fresh := folder(t)
	if _, err := Restore(t.Context(), fresh, node, start, to); err != nil {
		t.Fatal(err)
	}
	if restored := open(t, fresh, node); secret(t, restored, short) != nil || secret(t, restored, person(1)) == nil {
		t.Error("a copy holds the wrong keys")
	}
	if _, err := r.Rotate(t.Context(), start.Add(23*time.Hour), false); err != nil || secret(t, r, short) == nil {
		t.Errorf("gone before its time: %v", err)
	}
	if _, err := r.Rotate(t.Context(), start.Add(24*time.Hour), false); err != nil || secret(t, r, short) != nil {
		t.Errorf("lives beyond its time: %v", err)
	}
}

func TestCopiesAndRestore(t *testing.T) {
	ctx, m, node := t.Context(), folder(t), nodekey.New()
	r := open(t, m, node)
	early, late, fresh := folder(t), folder(t), folder(t)
	create(t, r, person(1), person(2))
	if err := r.Copy(ctx, start, early); err != nil {
		t.Fatal(err)
	}
	create(t, r, person(3))
	if err := r.Copy(ctx, start.Add(time.Hour), late); err != nil {
		t.Fatal(err)
	}
	if err := r.Destroy(ctx, start.Add(2*time.Hour), person(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, m, node, start, late); fault.KindOf(err) != fault.Conflict {
		t.Errorf("restored over a ring: %v", err)
	}
	if _, err := Restore(ctx, fresh, nodekey.New(), start, late); fault.KindOf(err) != fault.Invalid {
		t.Errorf("restored with a foreign key: %v", err)
	}
	if _, err := Restore(ctx, fresh, node, start, folder(t)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("restored from nothing: %v", err)
	}
	if _, err := Restore(ctx, fresh, node, start.Add(Epoch+2*time.Hour), early, late); fault.KindOf(err) != fault.Invalid {
		t.Errorf("restored an old copy: %v", err)
	}
	done, err := Restore(ctx, fresh, node, start.Add(3*time.Hour), late, early)
	if err != nil || !done.MadeAt.Equal(start.Add(time.Hour)) {
		t.Fatalf("restore: %+v %v", done, err)
	}
	if again := open(t, fresh, node); secret(t, again, person(3)) == nil || secret(t, again, person(1)) == nil {
		t.Error("the newest copy was not taken")
	}
	// With the moved-away ring among the copies, what it destroyed stays destroyed.
	other := folder(t)
	if _, err := Restore(ctx, other, node, start.Add(3*time.Hour), early, m); err != nil {
		t.Fatal(err)
	}
	if again := open(t, other, node); secret(t, again, person(1)) != nil || secret(t, again, person(3)) == nil {
		t.Error("an erased person came back")
	}
}

func TestManyWriters(t *testing.T) {
	both(t, func(t *testing.T, m Medium) {
		node := nodekey.New()
		var rings []*Ring
		for range 3 {
			rings = append(rings, open(t, m, node))
		}
		var all sync.WaitGroup
		for i, r := range rings {
			all.Go(func() {
				for j := range 8 {
					if _, err := r.Create(t.Context(), start, time.Time{}, person(j), person(100*i+j)); err != nil {
						t.Error(err)
					}
				}
				if err := r.Destroy(t.Context(), start, person(1000+i)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, r := range rings {
			for i := range rings {
				for j := range 8 {
					if !bytes.Equal(secret(t, r, person(100*i+j)), secret(t, rings[0], person(100*i+j))) {
						t.Fatal("two processes see two keys")
					}
				}
			}
		}
	})
}

func TestTableRefusesData(t *testing.T) {
	d := dbtest.Open(t)
	if _, err := Open(t.Context(), Table{DB: withOrg(t, d)}, nodekey.New()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a keyring among the data: %v", err)
	}
}

func TestNames(t *testing.T) {
	r := open(t, folder(t), nodekey.New())
	for _, n := range []Name{{}, {Org: "o"}, {Org: "o", Kind: 9}, {Kind: Person}, {Org: strings.Repeat("x", 65), Kind: Person}} {
		if _, err := r.Create(t.Context(), start, time.Time{}, n); err == nil {
			t.Errorf("made a key for %+v", n)
		}
	}
}

func withOrg(t *testing.T, d *db.DB) *db.DB {
	t.Helper()
	err := d.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'invented', 'UTC', 0)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
