// Package dbtest opens throw-away databases for tests: SQLite in the test's temporary folder or,
// when FOURFOLD_TEST_DB=postgres://… is set, a database of its own on that server. The whole suite
// therefore runs on either engine without a change. Databases from here require audit entries.
//
// It is for tests only: its SQLite key is known to everybody.
package dbtest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/testdata"
)

// key encrypts every SQLite test database, so that one can be copied from another.
const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// Open returns an empty database with the newest schema. It is closed, and on PostgreSQL dropped,
// when the test ends.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return OpenAt(t, time.Now)
}

// OpenAt is Open with a clock.
func OpenAt(t testing.TB, clock func() time.Time) *db.DB {
	t.Helper()
	c := Config(t)
	c.Clock = clock
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close test database: %v", err)
		}
	})
	return d
}

// Config returns the configuration of a new throw-away database, for tests that open it
// themselves. On PostgreSQL it is dropped when the test ends.
func Config(t testing.TB) db.Config {
	t.Helper()
	if server := os.Getenv("FOURFOLD_TEST_DB"); strings.HasPrefix(server, "postgres") {
		return db.Config{URL: copied(t, server), MaxReaders: 8, RequireAudit: true}
	}
	c := newFile(t)
	image, err := template()
	if err != nil {
		t.Fatalf("make the template of test databases: %v", err)
	}
	if err := os.WriteFile(c.URL, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// NeedPostgres returns the configuration of a throw-away schema on the server that
// FOURFOLD_TEST_POSTGRES names, for tests of what only PostgreSQL does. Without a server the test
// is skipped with one line, or fails when FOURFOLD_TEST_ALL=1.
func NeedPostgres(t testing.TB) db.Config {
	t.Helper()
	server := os.Getenv("FOURFOLD_TEST_POSTGRES")
	if server == "" {
		testdata.Absent(t, "a PostgreSQL server", "set FOURFOLD_TEST_POSTGRES=postgres://user@host/name of a database whose schemas may come and go")
	}
	return db.Config{URL: schema(t, server), MaxReaders: 8, RequireAudit: true}
}

// newFile returns the configuration of an SQLite database that does not exist yet.
func newFile(t testing.TB) db.Config {
	t.Helper()
	dir := t.TempDir()
	c := db.Config{
		URL:          filepath.Join(dir, "test.db"),
		KeyFile:      filepath.Join(dir, "test.key"),
		RequireAudit: true,
	}
	if err := os.WriteFile(c.KeyFile, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// template returns the bytes of a migrated, empty database. Migrations run once in a process, and
// each test starts from a copy.
var template = sync.OnceValues(func() (image []byte, err error) {
	dir, err := os.MkdirTemp("", "fourfold-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c := db.Config{URL: filepath.Join(dir, "template.db"), KeyFile: filepath.Join(dir, "template.key")}
	if err := os.WriteFile(c.KeyFile, []byte(key+"\n"), 0o600); err != nil {
		return nil, err
	}
	d, err := db.Open(context.Background(), c)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // folds the log into the file
		return nil, err
	}
	return os.ReadFile(c.URL)
})

// schema creates a schema on the server and returns the URL that works in it.
func schema(t testing.TB, server string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	name := "t_" + strings.ToLower(db.NewID())
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatalf("create schema: %v", err)
	}
	t.Cleanup(func() { drop(t, server, name) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("the address of the test server is not a URL")
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// drop runs after the test's context has ended, hence its own.
func drop(t testing.TB, server, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Errorf("connect to drop schema %s: %v", name, err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "DROP SCHEMA "+name+" CASCADE"); err != nil {
		t.Errorf("drop schema %s: %v", name, err)
	}
}

// Postgres reports whether tests run on a PostgreSQL server.
func Postgres() bool { return strings.HasPrefix(os.Getenv("FOURFOLD_TEST_DB"), "postgres") }
