package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// engines runs a test on an empty database of each engine.
func engines(t *testing.T, test func(t *testing.T, newConfig func(testing.TB) db.Config)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newConfig) })
	t.Run("postgres", func(t *testing.T) { dbtest.NeedPostgres(t); test(t, dbtest.NeedPostgres) })
}

// opened opens a database with other migrations until the test ends.
func opened(t *testing.T, c db.Config, files fs.FS) *db.DB {
	t.Helper()
	d, err := db.OpenWith(t.Context(), c, files)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func closed(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// dump describes the schema of a database, one line for each part of it, sorted.
func dump(t *testing.T, d *db.DB) []string {
	t.Helper()
	q := "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema"
	if d.Engine() == db.Postgres {
		q = `
		SELECT 'column ' || table_name || '.' || column_name || ': ' || ordinal_position || ' ' || data_type ||
			' ' || coalesce(domain_name, '') || ' ' || is_nullable || ' ' || coalesce(column_default, '')
			FROM information_schema.columns WHERE table_schema = current_schema()
		UNION ALL SELECT 'index ' || regexp_replace(indexdef, '\mt_[a-z0-9]+\.', '') FROM pg_indexes WHERE schemaname = current_schema()
		UNION ALL SELECT 'constraint ' || conname || ': ' || regexp_replace(pg_get_constraintdef(oid), '\mt_[a-z0-9]+\.', '')
			FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
		UNION ALL SELECT 'trigger ' || tgname || ': ' || regexp_replace(pg_get_triggerdef(oid), '\mt_[a-z0-9]+\.', '', 'g')
			FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
		UNION ALL SELECT 'function ' || proname || ': ' || prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace`
	}
	var lines []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), q)
		lines, err = db.Collect(rows, err, func(r *sql.Rows) (line string, err error) { return line, r.Scan(&line) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// upTo returns the migrations of the program up to a version.
func upTo(t *testing.T, version int) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		var v int
		if _, err := fmt.Sscanf(name, "%d_", &v); err != nil {
			t.Fatal(err)
		}
		if v <= version {
			files[name] = &fstest.MapFile{Data: text}
		}
	}
	return files
}

// TestMigratedSchemaIsFresh starts from every older version, goes on step by step and in one leap,
// and compares the schema with that of a new database.
func TestMigratedSchemaIsFresh(t *testing.T) {
	engines(t, func(t *testing.T, newConfig func(testing.TB) db.Config) {
		want := dump(t, opened(t, newConfig(t), db.Migrations()))
		if len(want) < 20 {
			t.Fatalf("the schema has %d parts only", len(want))
		}
		last := len(versions(t))
		stepwise := newConfig(t)
		for v := 1; v <= last; v++ {
			closed(t, opened(t, stepwise, upTo(t, v)))
			leap := newConfig(t)
			closed(t, opened(t, leap, upTo(t, v)))
			if diff := cmp.Diff(want, dump(t, opened(t, leap, db.Migrations()))); diff != "" {
				t.Errorf("from version %d (-fresh +migrated):\n%s", v, diff)
			}
		}
		if diff := cmp.Diff(want, dump(t, opened(t, stepwise, db.Migrations()))); diff != "" {
			t.Errorf("step by step (-fresh +migrated):\n%s", diff)
		}
	})
}

// versions returns the versions of the program's migrations and the names that have them.
func versions(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name := range upTo(t, 1<<30) {
		version, rest, _ := strings.Cut(name, "_")
		all[version] = append(all[version], rest)
	}
	return all
}

// TestMigrationNames checks the sequence: one file or a pair for each number. A number may be unused.
func TestMigrationNames(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)*(\.sqlite|\.postgres)?\.sql$`)
	all := versions(t)
	for _, version := range slices.Sorted(maps.Keys(all)) {
		names := slices.Sorted(slices.Values(all[version]))
		if len(version) != 4 {
			t.Errorf("migration %s: the number has not four digits", version)
		}
		for _, name := range names {
			if !form.MatchString(name) {
				t.Errorf("%s_%s: the name is not NNNN_room_what.sql", version, name)
			}
		}
		pair := len(names) == 2 && strings.TrimSuffix(names[0], ".postgres.sql") == strings.TrimSuffix(names[1], ".sqlite.sql")
		if !pair && (len(names) != 1 || strings.Contains(names[0], ".sqlite.") || strings.Contains(names[0], ".postgres.")) {
			t.Errorf("version %s is neither one file nor a pair: %v", version, names)
		}
	}
}

func file(sql string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + ";\n")}
}

func threeFiles() fstest.MapFS {
	return fstest.MapFS{
		"0001_a_one.sql":            file("CREATE TABLE one (x bigint)"),
		"0002_a_two.sqlite.sql":     file("CREATE TABLE two (x blob)"),
		"0002_a_two.postgres.sql":   file("CREATE TABLE two (x blob)"),
		"0003_b_three.sql":          file("CREATE TABLE three (x bigint)"),
		"README.not-a-migration.md": {Data: []byte("x")},
	}
}

func TestMigrationFaults(t *testing.T) {
	tests := []struct {
		name   string
		change func(fstest.MapFS)
		text   string
	}{
		{"the same", func(fstest.MapFS) {}, ""},
		{"the database is newer", func(f fstest.MapFS) { delete(f, "0003_b_three.sql") }, "newer version of the program (it has migration 0003_b_three.sql)"},
		{"a file was altered", func(f fstest.MapFS) { f["0001_a_one.sql"] = file("CREATE TABLE one (x text)") }, "0001_a_one.sql was altered"},
		{"a file of the pair was altered", func(f fstest.MapFS) {
			f["0002_a_two.sqlite.sql"], f["0002_a_two.postgres.sql"] = file("SELECT 1"), file("SELECT 1")
		}, "was altered"},
		{"a file is missing", func(f fstest.MapFS) { delete(f, "0001_a_one.sql") }, "0001_a_one.sql where 0002_a_two."},
		{"a file came in between", func(f fstest.MapFS) {
			f["0004_b_three.sql"] = f["0003_b_three.sql"]
			f["0003_c_new.sql"] = file("SELECT 1")
			delete(f, "0003_b_three.sql")
		}, "was altered"},
	}
	engines(t, func(t *testing.T, newConfig func(testing.TB) db.Config) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := newConfig(t)
				closed(t, opened(t, c, threeFiles()))
				files := threeFiles()
				tt.change(files)
				d, err := db.OpenWith(t.Context(), c, files)
				if tt.text == "" {
					if err != nil {
						t.Fatal(err)
					}
					closed(t, d)
					return
				}
				f, ok := fault.As(err)
				if !ok || f.Kind != fault.Conflict || !strings.Contains(f.Error(), tt.text) || f.Hint == "" {
					t.Errorf("error %v, want a conflict with %q and a hint", err, tt.text)
				}
			})
		}
	})
}

// TestMigrationThatFails expects that what came before it stays, nothing of it does, and that the
// mended program goes on from there.
func TestMigrationThatFails(t *testing.T) {
	engines(t, func(t *testing.T, newConfig func(testing.TB) db.Config) {
		c := newConfig(t)
		files := threeFiles()
		files["0003_b_three.sql"] = file("CREATE TABLE three (x bigint);\nCREATE TABLE one (x bigint)")
		_, err := db.OpenWith(t.Context(), c, files)
		if err == nil || !strings.Contains(err.Error(), "0003_b_three.sql") {
			t.Fatalf("error %v, want one that names the file", err)
		}
		parts := strings.Join(dump(t, opened(t, c, threeFiles())), "\n")
		if !strings.Contains(parts, "three") {
			t.Errorf("the mended migration did not run:\n%s", parts)
		}
	})
}

// TestMigrationNeedsTheFile has an older program running: its schema must not change beneath it.
func TestMigrationNeedsTheFile(t *testing.T) {
	c := newConfig(t)
	older := threeFiles()
	delete(older, "0003_b_three.sql")
	running := opened(t, c, older)
	mustWrite(t, running, "INSERT INTO one (x) VALUES (1)")

	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := db.OpenWith(ctx, c, threeFiles()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want one after waiting", err)
	}
	mustWrite(t, running, "INSERT INTO one (x) VALUES (2)")
	closed(t, running)
	mustWrite(t, opened(t, c, threeFiles()), "INSERT INTO three (x) VALUES (3)")
}

// TestFirstOpens opens a new database many times at once, as when a service and an impatient person
// start it: all find a key and a schema, and no migration runs twice.
func TestFirstOpens(t *testing.T) {
	engines(t, func(t *testing.T, newConfig func(testing.TB) db.Config) {
		c := newConfig(t)
		errs := make(chan error)
		const n = 6
		for range n {
			go func() {
				d, err := db.Open(t.Context(), c)
				if err == nil {
					err = errors.Join(d.Ping(t.Context()), d.Close())
				}
				errs <- err
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Error(fault.Cause(err))
			}
		}
	})
}
