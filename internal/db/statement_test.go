package db

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
)

// A text that comes again is not parsed again; what it was given before is gone; one that is in use is not given twice.
func TestStatementsAreKept(t *testing.T) {
	d, err := Open(t.Context(), Config{URL: filepath.Join(t.TempDir(), "a.db"), KeyFile: filepath.Join(t.TempDir(), "a.key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := d.reader.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ask := func(q string, want string, args ...any) {
		t.Helper()
		var got string
		if err := conn.QueryRowContext(t.Context(), q, args...).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, want %q: %v", q, got, want, err)
		}
	}
	kept := func() (n int) {
		_ = conn.Raw(func(c any) error { n = len(c.(*keeper).free); return nil })
		return n
	}
	const q = "SELECT coalesce(?1, 'none') || coalesce(?2, 'none')"
	ask(q, "ab", "a", "b")
	before := kept()
	ask(q, "anone", "a", nil)
	ask("SELECT 'another'", "another")
	if kept() != before+1 {
		t.Errorf("%d statements are kept, and then %d", before, kept())
	}
	outer, err := conn.QueryContext(t.Context(), "SELECT value FROM (SELECT 1 AS value UNION SELECT 2) ORDER BY value")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for outer.Next() {
		var a int
		if err := outer.Scan(&a); err != nil {
			t.Fatal(err)
		}
		sum += a
		inner, err := conn.QueryContext(t.Context(), "SELECT value FROM (SELECT 1 AS value UNION SELECT 2) ORDER BY value")
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			sum += 10
		}
		if err := inner.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := outer.Close(); err != nil || sum != 43 {
		t.Errorf("one text within itself: %d, %v", sum, err)
	}
	for i := range 2 * keptStatements {
		ask(fmt.Sprintf("SELECT '%d'", i), fmt.Sprint(i))
	}
	if kept() != keptStatements {
		t.Errorf("%d statements are kept, at most %d", kept(), keptStatements)
	}
	if _, err := conn.ExecContext(t.Context(), "INSERT INTO nowhere (a) VALUES (?1)", 1); err == nil {
		t.Error("a statement that cannot be parsed passes")
	}
}

// A connection that reads goes on changing nothing after a transaction.
func TestReadersStayReaders(t *testing.T) {
	d, err := Open(t.Context(), Config{URL: filepath.Join(t.TempDir(), "a.db"), KeyFile: filepath.Join(t.TempDir(), "a.key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Read(t.Context(), func(tx *Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	conn, err := d.reader.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	err = conn.Raw(func(c any) error { return c.(driver.Conn).Raw().Exec("DELETE FROM org") })
	if err == nil {
		t.Error("a connection that reads has changed something")
	}
}
