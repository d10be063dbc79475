package blind

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// bigTown is the number of people of benchmarks and of the full campaign: a million, unless
// FOURFOLD_BENCH_PEOPLE says otherwise, for a look in between.
func bigTown(tb testing.TB) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FOURFOLD_BENCH_PEOPLE"), "1000000"))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// townSeed is the seed of the people in benchmarks, so that a built index can be used again.
const townSeed = 20_261_123

// million returns a town of a million people. On SQLite it is built once and kept in the folder that
// FOURFOLD_BENCH_DIR names, or in the user's cache: 1.3 GB. On PostgreSQL (FOURFOLD_TEST_DB) it is built
// each time, in a schema that goes with the test.
func million(tb testing.TB) *town {
	tb.Helper()
	c := dbtest.Config(tb)
	dir := tb.TempDir()
	keep := c.KeyFile != ""
	if keep {
		cache, err := os.UserCacheDir()
		if err != nil {
			tb.Fatal(err)
		}
		dir = filepath.Join(cmp.Or(os.Getenv("FOURFOLD_BENCH_DIR"), filepath.Join(cache, "fourfold-bench")),
			fmt.Sprintf("index-%d-%d-%d", bigTown(tb), townSeed, normaliser))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			tb.Fatal(err)
		}
		c.URL, c.KeyFile = filepath.Join(dir, "town.db"), filepath.Join(dir, "town.key")
	}
	c.MaxReaders = 8
	return reopened(tb, c, dir, keep)
}

// reopened opens the town in a folder, or builds it there: when there is none, when its building was
// interrupted, and when the schema has changed since.
func reopened(tb testing.TB, c db.Config, dir string, keep bool) *town {
	tb.Helper()
	done := filepath.Join(dir, "built")
	size, err := os.ReadFile(done)
	fresh := err != nil
	var d *db.DB
	if !fresh {
		d, err = db.Open(tb.Context(), c)
		fresh = err != nil
	}
	source := nodekey.File{Path: filepath.Join(dir, "node.key")}
	if fresh {
		for _, f := range []string{"built", "town.db", "town.db-wal", "town.db-shm", "town.key", "node.key", "keyring"} {
			_ = os.Remove(filepath.Join(dir, f))
		}
		if err := source.Write(tb.Context(), nodekey.New()); err != nil {
			tb.Fatal(err)
		}
		if d, err = db.Open(tb.Context(), c); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Cleanup(func() { _ = d.Close() })
	v, err := vault.New(vault.Config{DB: d, Keyring: keyring.File{Path: filepath.Join(dir, "keyring")}, Source: source})
	if err != nil {
		tb.Fatal(err)
	}
	if err := v.Unlock(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(v.Lock)
	if !fresh {
		t := &town{Index: On(d, v)}
		t.all, t.people = invent(bigTown(tb), townSeed)
		if _, err := fmt.Sscan(string(size), &t.perPerson); err != nil {
			tb.Fatal(err)
		}
		return t
	}
	began := time.Now()
	t := settle(tb, d, v, bigTown(tb), townSeed)
	tb.Logf("built in %v", time.Since(began).Round(time.Second))
	if keep {
		if err := os.WriteFile(done, fmt.Append(nil, t.perPerson), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}
