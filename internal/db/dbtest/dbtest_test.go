package dbtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// TestOpenIsolates opens two databases in one test: what is written to one is not in the other.
func TestOpenIsolates(t *testing.T) {
	one, two := dbtest.Open(t), dbtest.Open(t)
	orgs := func(d *db.DB) (n int) {
		t.Helper()
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM org").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	insert := func(d *db.DB) error {
		return d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'Invented', 'UTC', 0)")
			return err
		})
	}
	if err := insert(one); err == nil || !strings.Contains(err.Error(), "audit") {
		t.Errorf("a test database accepts a change without an audit entry: %v", err)
	}
	err := one.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'Invented', 'UTC', 0)")
		return err
	})
	if err != nil || orgs(one) != 1 || orgs(two) != 0 {
		t.Errorf("%d and %d organisations, want 1 and 0: %v", orgs(one), orgs(two), err)
	}
}

func TestOpenAt(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	d := dbtest.OpenAt(t, func() time.Time { return at })
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		if !tx.Now().Equal(at) {
			t.Errorf("now is %v, want %v", tx.Now(), at)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSchemaIsDropped looks for the schema of a test that has ended.
func TestSchemaIsDropped(t *testing.T) {
	var inner db.Config
	t.Run("inner", func(t *testing.T) { inner = dbtest.NeedPostgres(t) })
	if inner.URL == "" {
		dbtest.NeedPostgres(t) // skips as the inner test did
	}
	_, name, _ := strings.Cut(inner.URL, "search_path=")
	d, err := db.Open(t.Context(), dbtest.NeedPostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var n int
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname = $1", name).Scan(&n)
	})
	if err != nil || n != 0 || !strings.HasPrefix(name, "t_") {
		t.Errorf("%d schemas %q are left (%v)", n, name, err)
	}
}
