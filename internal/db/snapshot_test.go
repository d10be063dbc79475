package db_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// image is every row of every table.
type image map[string][]string

func imageOf(t *testing.T, d *db.DB) (im image, tables []db.Table, versions []int64) {
	t.Helper()
	err := d.Snapshot(t.Context(), func(s *db.Snapshot) (err error) {
		im = image{}
		if versions, err = s.Versions(t.Context()); err != nil {
			return err
		}
		tables, err = s.Tables(t.Context(), func(name string) bool { return len(name) > 6 && name[:6] == "river_" })
		if err != nil {
			return err
		}
		for _, table := range tables {
			_, err := s.Rows(t.Context(), table, func(row []byte) error {
				im[table.Name] = append(im[table.Name], string(row))
				return nil
			})
			if err != nil {
				return err
			}
			slices.Sort(im[table.Name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return im, tables, versions
}

func pour(t *testing.T, c db.Config, im image, tables []db.Table, versions []int64) error {
	t.Helper()
	return db.Fill(t.Context(), c, versions, func(f *db.Filler) error {
		for _, table := range tables {
			rows := im[table.Name]
			n, err := f.Table(t.Context(), table, func() ([]byte, error) {
				if len(rows) == 0 {
					return nil, io.EOF
				}
				row := []byte(rows[0])
				rows = rows[1:]
				return row, nil
			})
			if err != nil {
				return err
			}
			if n != int64(len(im[table.Name])) {
				return fmt.Errorf("%d rows of %s", n, table.Name)
			}
		}
		return nil
	})
}

// furnish fills tables that together have every kind of column, NULL, empty and large values.
func furnish(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'Invented ''house'' ኣ', 'UTC', -5)",
			"INSERT INTO account (org_id, id, version, name, created_at, closed_at) VALUES ('o', 'a', 1, '', 9223372036854775807, NULL)",
			"INSERT INTO evaluation_indicator (org_id, id, title, definition, unit, kind, numerator, denominator, cannot_tell, every, source, source_title, source_url, licence, attribution, shippable, own) VALUES ('o', 'i', 't', 'd', 'u', 1, '', '', '', 0, '', '', '', '', '', true, false)",
			"INSERT INTO evaluation_figure (org_id, release_id, series_id, period, variant, lo, hi, state, derived, line) VALUES ('o', 'r', 's', '2026', 0, 1.5, -2.25e300, 1, false, 7)",
		} {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return err
			}
		}
		var parts iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
			for i := range int64(300) {
				if !yield([]any{int64(1), i, bytes.Repeat([]byte{byte(i)}, int(i*i))}, nil) {
					return
				}
			}
		}
		_, err := tx.InsertRows(t.Context(), "vault_ring_part", []string{"generation", "position", "content"}, "", parts)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func newSQLite(t *testing.T) db.Config {
	dir := t.TempDir()
	return db.Config{URL: filepath.Join(dir, "new.db"), KeyFile: filepath.Join(dir, "new.key")}
}

// TestSnapshotRoundTrip brings a database of either engine into a new one of its own engine.
func TestSnapshotRoundTrip(t *testing.T) {
	d := dbtest.Open(t)
	furnish(t, d)
	im, tables, versions := imageOf(t, d)
	into := newSQLite(t)
	if d.Engine() == db.Postgres {
		into = dbtest.Config(t)
	}
	if err := pour(t, into, im, tables, versions); err != nil {
		t.Fatal(err)
	}
	again, tablesAgain, versionsAgain := imageOf(t, open(t, into))
	if diff := cmp.Diff(im, again); diff != "" {
		t.Errorf("rows (-before +after):\n%.500s", diff)
	}
	if !slices.Equal(versions, versionsAgain) || len(tables) != len(tablesAgain) {
		t.Error("another schema")
	}
	if err := pour(t, into, im, tables, versions); fault.KindOf(err) != fault.Conflict {
		t.Errorf("filled a database that holds data: %v", err)
	}
}

// TestSnapshotCrosses brings a database from SQLite to PostgreSQL and back: the bytes are the same.
func TestSnapshotCrosses(t *testing.T) {
	there := dbtest.NeedPostgres(t)
	from := open(t, newSQLite(t))
	furnish(t, from)
	im, tables, versions := imageOf(t, from)
	if err := pour(t, there, im, tables, versions); err != nil {
		t.Fatal(err)
	}
	other, tables, versions := imageOf(t, open(t, there))
	if diff := cmp.Diff(im, other); diff != "" {
		t.Errorf("on PostgreSQL (-before +after):\n%.500s", diff)
	}
	back := newSQLite(t)
	if err := pour(t, back, other, tables, versions); err != nil {
		t.Fatal(err)
	}
	home, _, _ := imageOf(t, open(t, back))
	if diff := cmp.Diff(im, home); diff != "" {
		t.Errorf("back (-before +after):\n%.500s", diff)
	}
}

// TestSnapshotStandsStill writes while a snapshot is read.
func TestSnapshotStandsStill(t *testing.T) {
	d := dbtest.Open(t)
	furnish(t, d)
	accounts := 0
	err := d.Snapshot(t.Context(), func(s *db.Snapshot) error {
		if _, err := s.Versions(t.Context()); err != nil { // the moment
			return err
		}
		done := make(chan error)
		go func() {
			done <- d.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO account (org_id, id, version, name, created_at) VALUES ('o', 'late', 1, 'x', 0)")
				return err
			})
		}()
		if err := <-done; err != nil {
			return err
		}
		tables, err := s.Tables(t.Context(), func(name string) bool { return name != "account" })
		if err != nil || len(tables) != 1 {
			return fmt.Errorf("%d tables: %w", len(tables), err)
		}
		_, err = s.Rows(t.Context(), tables[0], func([]byte) error { accounts++; return nil })
		return err
	})
	if err != nil || accounts != 1 {
		t.Errorf("the snapshot holds %d accounts: %v", accounts, err)
	}
}

func TestFillRefuses(t *testing.T) {
	d := dbtest.Open(t)
	furnish(t, d)
	im, tables, versions := imageOf(t, d)
	target := func() db.Config {
		if d.Engine() == db.Postgres {
			return dbtest.Config(t)
		}
		return newSQLite(t)
	}
	newer := append(slices.Clone(versions), 9999)
	if err := pour(t, target(), im, tables, newer); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a newer schema: %v", err)
	}
	lost := image{}
	for name, rows := range im {
		if name != "org" {
			lost[name] = rows
		}
	}
	if err := pour(t, target(), lost, tables, versions); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a dangling reference: %v", err)
	}
	for name, table := range map[string]db.Table{
		"unknown":        {Name: "elsewhere", Columns: tables[0].Columns},
		"no identifier":  {Name: "org; DROP TABLE org", Columns: tables[0].Columns},
		"other columns":  {Name: tables[0].Name, Columns: tables[0].Columns[1:]},
		"column no name": {Name: tables[0].Name, Columns: []db.Column{{Name: "id)--", Kind: db.Words}}},
	} {
		if err := pour(t, target(), image{}, []db.Table{table}, versions); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := pour(t, target(), image{"org": {"\x00\x04half"}}, tables, versions); err == nil {
		t.Error("half a row was accepted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Snapshot(ctx, func(*db.Snapshot) error { return nil }); err == nil {
		t.Error("read after the request had ended")
	}
}
