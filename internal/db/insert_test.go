package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// insert inserts rows and returns how many the table of figures then has.
func insert(t *testing.T, d *db.DB, suffix string, rows iter.Seq2[[]any, error]) (inserted int64, stored int, err error) {
	t.Helper()
	err = d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		inserted, err = tx.InsertRows(t.Context(), "figure", figureCols, suffix, rows)
		return err
	})
	readErr := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM figure").Scan(&stored)
	})
	if readErr != nil {
		t.Fatal(readErr)
	}
	return inserted, stored, err
}

// TestInsertRows inserts as many rows as fill no batch, some, or one more than that.
func TestInsertRows(t *testing.T) {
	batch, copied := db.Batch/len(figureCols), db.CopyBatch/len(figureCols)
	for _, suffix := range []string{"", "ON CONFLICT (org_id, id) DO NOTHING"} {
		for _, n := range []int{0, 1, batch - 1, batch, batch + 1, 3*batch + 7, copied, copied + 1} {
			t.Run(fmt.Sprintf("%d %s", n, suffix), func(t *testing.T) {
				d := openFigures(t)
				inserted, stored, err := insert(t, d, suffix, figures(n))
				if err != nil || inserted != int64(n) || stored != n {
					t.Fatalf("inserted %d, stored %d of %d: %v", inserted, stored, n, err)
				}
				checkFigures(t, d, n)
			})
		}
	}
}

// figure is a row as it is scanned.
type figure struct {
	Org, ID     string
	Series      int64
	Period      string
	Lo, Hi      float64
	State, Line int64
}

// checkFigures compares what is stored with what figures yields.
func checkFigures(t *testing.T, d *db.DB, n int) {
	t.Helper()
	var got, want []figure
	for r := range figures(n) {
		want = append(want, figure{
			r[0].(string), r[1].(string), r[2].(int64), r[3].(string),
			r[4].(float64), r[5].(float64), r[6].(int64), r[7].(int64),
		})
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT "+strings.Join(figureCols, ", ")+" FROM figure ORDER BY id")
		got, err = db.Collect(rows, err, func(r *sql.Rows) (f figure, err error) {
			return f, r.Scan(&f.Org, &f.ID, &f.Series, &f.Period, &f.Lo, &f.Hi, &f.State, &f.Line)
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestInsertRowsConflict(t *testing.T) {
	d := openFigures(t)
	if _, _, err := insert(t, d, "", figures(300)); err != nil {
		t.Fatal(err)
	}
	if _, stored, err := insert(t, d, "", figures(301)); !db.IsUnique(err) || stored != 300 {
		t.Errorf("%d stored, error %v", stored, err)
	}
	if inserted, stored, err := insert(t, d, "ON CONFLICT DO NOTHING", figures(700)); err != nil || inserted != 400 || stored != 700 {
		t.Errorf("inserted %d, %d stored, error %v", inserted, stored, err)
	}
	const update = "ON CONFLICT (org_id, id) DO UPDATE SET hi = excluded.hi"
	if _, stored, err := insert(t, d, update, figures(700)); err != nil || stored != 700 {
		t.Errorf("%d stored, error %v", stored, err)
	}
}

// TestInsertRowsErrors expects that nothing is stored of an insert that failed anywhere.
func TestInsertRowsErrors(t *testing.T) {
	after := func(n int, row []any, err error) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for r, e := range figures(n) {
				if !yield(r, e) {
					return
				}
			}
			yield(row, err)
		}
	}
	for _, n := range []int{0, 10, 5000} {
		d := openFigures(t)
		if _, stored, err := insert(t, d, "", after(n, nil, errTest)); !errors.Is(err, errTest) || stored != 0 {
			t.Errorf("after %d: %d stored, error %v, want the sequence's", n, stored, err)
		}
		if _, stored, err := insert(t, d, "", after(n, []any{"a", "b"}, nil)); err == nil || stored != 0 {
			t.Errorf("after %d: %d stored, no error of a short row", n, stored)
		}
	}
	d := openFigures(t)
	err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.InsertRows(t.Context(), "figure; DROP TABLE figure", figureCols, "", figures(1))
		_, colErr := tx.InsertRows(t.Context(), "figure", []string{"id) VALUES (1) --"}, "", figures(1))
		_, noneErr := tx.InsertRows(t.Context(), "figure", nil, "", figures(1))
		if err == nil || colErr == nil || noneErr == nil {
			t.Errorf("names are not checked: %v, %v, %v", err, colErr, noneErr)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestInsertRowsWithinSequence lets the sequence use the transaction, as an importer does that
// creates a series when it meets the first figure of it.
func TestInsertRowsWithinSequence(t *testing.T) {
	d := openFigures(t)
	mustWrite(t, d, "CREATE TABLE series (id bigint NOT NULL PRIMARY KEY)")
	seen := map[any]bool{}
	err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		rows := func(yield func([]any, error) bool) {
			for row := range figures(3000) {
				var err error
				if series := row[2]; !seen[series] {
					seen[series] = true
					_, err = tx.Exec(t.Context(), "INSERT INTO series (id) VALUES ($1)", series)
				}
				if !yield(row, err) {
					return
				}
			}
		}
		_, err := tx.InsertRows(t.Context(), "figure", figureCols, "", rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestInsertRowsLong sends texts of which one batch would hold hundreds of megabytes.
func TestInsertRowsLong(t *testing.T) {
	const rows, length = 60, 700_000
	d := dbtest.Open(t)
	mustWrite(t, d, "CREATE TABLE long (id bigint NOT NULL PRIMARY KEY, a text NOT NULL)")
	for _, suffix := range []string{"", "ON CONFLICT DO NOTHING"} {
		var n, size int64
		err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) (err error) {
			n, err = tx.InsertRows(t.Context(), "long", []string{"id", "a"}, suffix, func(yield func([]any, error) bool) {
				for i := range rows {
					if !yield([]any{i + rows*len(suffix), strings.Repeat("x", length)}, nil) {
						return
					}
				}
			})
			if err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), "SELECT CAST(sum(length(a)) AS bigint) FROM long").Scan(&size)
		})
		if err != nil || n != rows || size%(rows*length) != 0 {
			t.Errorf("%d rows, %d characters: %v", n, size, err)
		}
	}
}

// TestInsertRowsTypes sends every type that rooms use, through both ways of sending.
func TestInsertRowsTypes(t *testing.T) {
	type named string
	d := dbtest.Open(t)
	mustWrite(t, d, "CREATE TABLE kinds (id bigint NOT NULL PRIMARY KEY, a text, b bigint, c double precision, d boolean, e blob)")
	cols := []string{"id", "a", "b", "c", "d", "e"}
	want := [][]any{
		{int64(1), "é \x01 ' $1 ?", int64(-1 << 62), 0.1, true, []byte{0, 1, 255}},
		{int64(2), nil, nil, nil, nil, nil},
		{int64(3), "", int64(0), 0.0, false, []byte{}},
		{int64(4), "named", int64(7), 3.0, true, []byte("x")},
	}
	sent := slices.Clone(want)
	sent[3] = []any{4, named("named"), 7, float32(3), true, []byte("x")}
	rows := func(yield func([]any, error) bool) {
		for _, r := range sent {
			if !yield(r, nil) {
				return
			}
		}
	}
	for _, suffix := range []string{"", "ON CONFLICT DO NOTHING"} {
		err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), "DELETE FROM kinds"); err != nil {
				return err
			}
			if _, err := tx.InsertRows(t.Context(), "kinds", cols, suffix, rows); err != nil {
				return err
			}
			return checkKinds(t, tx, want)
		})
		if err != nil {
			t.Errorf("suffix %q: %v", suffix, err)
		}
	}
}

func checkKinds(t *testing.T, tx *db.Tx, want [][]any) error {
	t.Helper()
	type kinds struct {
		ID int64
		A  sql.Null[string]
		B  sql.Null[int64]
		C  sql.Null[float64]
		D  sql.Null[bool]
		E  []byte
	}
	rows, err := tx.Query(t.Context(), "SELECT id, a, b, c, d, e FROM kinds ORDER BY id")
	got, err := db.Collect(rows, err, func(r *sql.Rows) (k kinds, err error) {
		return k, r.Scan(&k.ID, &k.A, &k.B, &k.C, &k.D, &k.E)
	})
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d rows, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if w[1] == nil {
			if g.A.Valid || g.B.Valid || g.C.Valid || g.D.Valid || g.E != nil {
				t.Errorf("row %d: %+v, want nulls", i, g)
			}
			continue
		}
		if g.A.V != w[1] || g.B.V != w[2] || g.C.V != w[3] || g.D.V != w[4] || !bytes.Equal(g.E, w[5].([]byte)) {
			t.Errorf("row %d: %+v, want %v", i, g, w)
		}
	}
	return nil
}
