package db_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// newConfig returns the configuration of an SQLite database that does not exist yet, whatever
// engine the suite runs on: what stands here is about files.
func newConfig(t testing.TB) db.Config {
	t.Helper()
	dir := t.TempDir()
	return db.Config{URL: filepath.Join(dir, "node.db"), KeyFile: filepath.Join(dir, "node.key")}
}

// create makes the database of c and closes it.
func create(t testing.TB, c db.Config) {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenFaults(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, c *db.Config)
		kind    fault.Kind
		text    string
	}{
		{"no database named", func(_ *testing.T, c *db.Config) { c.URL = "" }, fault.Invalid, "No database is named"},
		{"unknown scheme", func(_ *testing.T, c *db.Config) { c.URL = "mysql://host/x" }, fault.Invalid, `"mysql"`},
		{"a way of sending queries that guesses types", func(_ *testing.T, c *db.Config) {
			c.URL = "postgres://x@127.0.0.1:1/x?default_query_exec_mode=exec"
		}, fault.Invalid, "not valid"},
		{"another that guesses", func(_ *testing.T, c *db.Config) {
			c.URL = "postgres://x@127.0.0.1:1/x?default_query_exec_mode=simple_protocol"
		}, fault.Invalid, "not valid"},
		{"a folder", func(_ *testing.T, c *db.Config) { c.URL = filepath.Dir(c.URL) }, fault.Invalid, "is a folder"},
		{"missing key file", func(t *testing.T, c *db.Config) {
			create(t, *c)
			if err := os.Remove(c.KeyFile); err != nil {
				t.Fatal(err)
			}
		}, fault.Invalid, "is missing"},
		{"empty key file", func(t *testing.T, c *db.Config) { write(t, c.KeyFile, "") }, fault.Invalid, "does not hold a key"},
		{"short key", func(t *testing.T, c *db.Config) { write(t, c.KeyFile, "abcd\n") }, fault.Invalid, "does not hold a key"},
		{"key that is not hexadecimal", func(t *testing.T, c *db.Config) { write(t, c.KeyFile, strings.Repeat("x", 64)) }, fault.Invalid, "does not hold a key"},
		{"key file is a folder", func(_ *testing.T, c *db.Config) { c.KeyFile = filepath.Dir(c.URL) }, fault.Invalid, "is not a file"},
		{"wrong key", func(t *testing.T, c *db.Config) {
			create(t, *c)
			write(t, c.KeyFile, strings.Repeat("ab", 32))
		}, fault.Invalid, "The key does not open"},
		{"a database that is not encrypted", func(t *testing.T, c *db.Config) { plainSQLite(t, c.URL); write(t, c.KeyFile, strings.Repeat("ab", 32)) }, fault.Invalid, "is not encrypted"},
		{"a text file", func(t *testing.T, c *db.Config) {
			write(t, c.URL, "Dear reader,")
			write(t, c.KeyFile, strings.Repeat("ab", 32))
		}, fault.Invalid, "is not a database"},
		{"a file that was cut off", func(t *testing.T, c *db.Config) {
			create(t, *c)
			if err := os.Truncate(c.URL, 1000); err != nil {
				t.Fatal(err)
			}
		}, fault.Invalid, "cut off"},
		{"another program's database with the same key", func(t *testing.T, c *db.Config) {
			create(t, *c)
			d, err := db.Open(t.Context(), *c)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Writer().Exec("PRAGMA application_id=7"); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}, fault.Invalid, "another program"},
		{"a PostgreSQL address that is none", func(_ *testing.T, c *db.Config) { c.URL = "postgres://u:hushhush@h:port/x" }, fault.Invalid, "not valid"},
		{"a PostgreSQL server that is not there", func(_ *testing.T, c *db.Config) { c.URL = "postgres://u:hushhush@127.0.0.1:1/x" }, fault.Unavailable, "cannot be reached"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newConfig(t)
			tt.prepare(t, &c)
			wantFault(t, c, tt.kind, tt.text)
		})
	}
}

// wantFault opens the database and expects a fault with a hint, and no secret in it.
func wantFault(t *testing.T, c db.Config, kind fault.Kind, text string) {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err == nil {
		t.Fatal("opened", d.Close())
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || !strings.Contains(f.Error(), text) {
		t.Fatalf("error %q of kind %v, want %q of kind %v", fault.Cause(err), fault.KindOf(err), text, kind)
	}
	if f.Hint == "" && !strings.Contains(text, "is not a file") {
		t.Errorf("%q has no hint", f.Error())
	}
	key, _ := os.ReadFile(c.KeyFile)
	for _, secret := range []string{"hushhush", strings.TrimSpace(string(key))} {
		if secret != "" && strings.Contains(fault.Cause(err)+fmt.Sprintf("%+v", err), secret) {
			t.Errorf("the error shows a secret: %s", fault.Cause(err))
		}
	}
}

func plainSQLite(t *testing.T, path string) {
	t.Helper()
	plain, err := driver.Open("file:" + filepath.ToSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Exec("CREATE TABLE a (b text)"); err != nil {
		t.Fatal(err)
	}
	if err := plain.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNewFiles looks at what Open leaves on the disk: closed to others, and nothing in clear.
func TestNewFiles(t *testing.T) {
	const marker = "an invented marker that must not be found"
	c := newConfig(t)
	c.URL = "sqlite:" + filepath.Join(filepath.Dir(c.URL), "a folder with 100% & ? #", "node.db")
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, d, "CREATE TABLE marker (x text)", "INSERT INTO marker VALUES ('"+marker+"')")
	for _, when := range []string{"open", "closed"} {
		files := 0
		err := filepath.WalkDir(filepath.Dir(c.KeyFile), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, "-shm") { // shared memory: page numbers only
				return err
			}
			files++
			info, err := e.Info()
			if err != nil {
				return err
			}
			if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: %s has mode %v", when, path, info.Mode())
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(marker)) || bytes.Contains(content, []byte("SQLite format")) || bytes.Contains(content, []byte("CREATE TABLE")) {
				t.Errorf("%s: %s is readable without the key", when, path)
			}
			return err
		})
		if err != nil || files < 2 {
			t.Fatal(files, err)
		}
		if when == "open" {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestEverySetting checks the settings of many connections at once: SQLite forgets them with each.
func TestEverySetting(t *testing.T) {
	c := newConfig(t)
	c.MaxReaders = 12
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	common := map[string]string{
		"foreign_keys": "1", "synchronous": "2", "temp_store": "2", "journal_mode": "wal",
		"busy_timeout": "10000", "trusted_schema": "0", "locking_mode": "normal", "page_size": "4096",
	}
	for i := range 13 {
		pool, queryOnly := d.Reader(), "1"
		if i == 12 {
			pool, queryOnly = d.Writer(), "0"
		}
		conn, err := pool.Conn(t.Context()) // kept, so that the next one is another
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		common["query_only"] = queryOnly
		for name, want := range common {
			var got string
			if err := conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
				t.Errorf("connection %d: %s = %s (%v), want %s", i, name, got, err, want)
			}
		}
	}
	if n := d.Writer().Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writers", n)
	}
}

func TestPing(t *testing.T) {
	c := newConfig(t)
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err == nil {
		t.Error("a closed database answers")
	}
}
