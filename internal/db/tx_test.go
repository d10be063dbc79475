package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

var errTest = errors.New("an error of the test")

// openItems returns a database with a table of items and one that refers to it.
func openItems(t testing.TB) *db.DB {
	t.Helper()
	d := dbtest.Open(t)
	mustWrite(t, d,
		"CREATE TABLE item (org_id text NOT NULL, id text NOT NULL, version bigint NOT NULL, n bigint NOT NULL CHECK (n >= 0), note text UNIQUE, PRIMARY KEY (org_id, id))",
		"CREATE TABLE part (org_id text NOT NULL, item_id text NOT NULL, FOREIGN KEY (org_id, item_id) REFERENCES item (org_id, id))",
		"INSERT INTO item (org_id, id, version, n) VALUES ('o', 'i', 1, 0)")
	return d
}

func count(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT n FROM item WHERE org_id = $1 AND id = $2", "o", "i").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func increment(ctx context.Context, tx *db.Tx) error {
	tx.MarkAudited()
	_, err := tx.Exec(ctx, "UPDATE item SET n = n + 1")
	return err
}

// TestPlaceholders runs on the engine what rewrite makes of a statement.
func TestPlaceholders(t *testing.T) {
	d := dbtest.Open(t)
	tests := []struct {
		q    string
		args []any
		want string
	}{
		{"SELECT CAST($2 AS text) || CAST($1 AS text)", []any{"a", "b"}, "ba"},
		{"SELECT CAST($1 AS text) || CAST($1 AS text)", []any{"a"}, "aa"},
		{"SELECT '$2' || CAST($1 AS text)", []any{"a"}, "$2a"},
		{"SELECT CAST($1 AS text) /* $2 */ -- $3", []any{"a"}, "a"},
		{
			"SELECT CAST($11 AS text) || CAST($10 AS text) || CAST($1 AS text)" +
				" || CAST($2 AS text) || CAST($3 AS text) || CAST($4 AS text) || CAST($5 AS text)" +
				" || CAST($6 AS text) || CAST($7 AS text) || CAST($8 AS text) || CAST($9 AS text)",
			[]any{"1", "2", "3", "4", "5", "6", "7", "8", "9", "x", "xi"},
			"xix123456789",
		},
	}
	for _, tt := range tests {
		var got string
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), tt.q, tt.args...).Scan(&got)
		})
		if err != nil || got != tt.want {
			t.Errorf("%s = %q (%v), want %q", tt.q, got, err, tt.want)
		}
	}
}

func TestWriteIsAllOrNothing(t *testing.T) {
	d := openItems(t)
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return increment(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return errors.Join(increment(t.Context(), tx), errTest)
	})
	if !errors.Is(err, errTest) {
		t.Errorf("error %v, want the function's", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_ = d.Write(t.Context(), func(tx *db.Tx) error {
			_ = increment(t.Context(), tx)
			panic("of the test")
		})
	}()
	if n := count(t, d); n != 1 {
		t.Errorf("%d increments are stored, want 1", n)
	}
}

// TestFailedStatement swallows the error of a statement: the engines must not differ.
func TestFailedStatement(t *testing.T) {
	d := openItems(t)
	twice := func(yield func([]any, error) bool) {
		for range 2 {
			if !yield([]any{"o", "x", 1, 0}, nil) {
				return
			}
		}
	}
	for name, fail := range map[string]func(tx *db.Tx) error{
		"Exec":  func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), "UPDATE item SET n = -1"); return err },
		"Query": func(tx *db.Tx) error { _, err := tx.Query(t.Context(), "SELECT * FROM nowhere"); return err },
		"InsertRows": func(tx *db.Tx) error {
			_, err := tx.InsertRows(t.Context(), "item", []string{"org_id", "id", "version", "n"}, "", twice)
			return err
		},
	} {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := increment(t.Context(), tx); err != nil {
				return err
			}
			if fail(tx) == nil {
				t.Errorf("%s: no error", name)
			}
			return nil
		})
		if err == nil || count(t, d) != 0 {
			t.Errorf("%s: committed after an error: %v", name, err)
		}
	}
}

func TestReadIsReadOnly(t *testing.T) {
	d := openItems(t)
	err := d.Read(t.Context(), func(tx *db.Tx) error { return increment(t.Context(), tx) })
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("writing in Read: %v", err)
	}
	if n := count(t, d); n != 0 {
		t.Error("Read has written")
	}
}

// TestReadIsASnapshot commits a change between two reads of one Read.
func TestReadIsASnapshot(t *testing.T) {
	d := openItems(t)
	var before, after int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		const q = "SELECT n FROM item"
		if err := tx.QueryRow(t.Context(), q).Scan(&before); err != nil {
			return err
		}
		done := make(chan error)
		go func() {
			done <- d.Write(t.Context(), func(tx *db.Tx) error { return increment(t.Context(), tx) })
		}()
		if err := <-done; err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), q).Scan(&after)
	})
	if err != nil || before != 0 || after != 0 {
		t.Errorf("read %d, then %d (%v)", before, after, err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("the change is lost: %d", n)
	}
}

func TestNestedIsRefused(t *testing.T) {
	d := openItems(t)
	ctx := t.Context()
	nothing := func(*db.Tx) error { return nil }
	begin := map[string]func(func(*db.Tx) error) error{
		"Read":  func(fn func(*db.Tx) error) error { return d.Read(ctx, fn) },
		"Write": func(fn func(*db.Tx) error) error { return d.Write(ctx, fn) },
		"WriteUnaudited": func(fn func(*db.Tx) error) error {
			return d.WriteUnaudited(ctx, "test", fn)
		},
	}
	for outer, open := range begin {
		for inner, reopen := range begin {
			var deep func(n int) error // far down the stack
			deep = func(n int) error {
				if n > 0 {
					return deep(n - 1)
				}
				return reopen(nothing)
			}
			for _, depth := range []int{0, 300} {
				err := open(func(*db.Tx) error { return deep(depth) })
				if err == nil || !strings.Contains(err.Error(), "within a transaction") {
					t.Errorf("%s in %s at depth %d: %v", inner, outer, depth, err)
				}
			}
		}
	}
	// Another goroutine may read while one writes.
	err := d.Write(ctx, func(*db.Tx) error {
		done := make(chan error)
		go func() { done <- d.Read(ctx, nothing) }()
		return <-done
	})
	if err != nil {
		t.Errorf("Read beside Write: %v", err)
	}
}

func TestRequireAudit(t *testing.T) {
	d := openItems(t)
	ctx := t.Context()
	const insert = "INSERT INTO item (org_id, id, version, n) VALUES ('o', $1, 1, 0)"
	tests := []struct {
		name    string
		fn      func(*db.Tx) error
		refused bool
	}{
		{"reading", func(tx *db.Tx) error { return tx.QueryRow(ctx, "SELECT 1").Scan(new(int)) }, false},
		{"Exec", func(tx *db.Tx) error { _, err := tx.Exec(ctx, insert, "a"); return err }, true},
		{"Exec with an entry", func(tx *db.Tx) error { tx.MarkAudited(); _, err := tx.Exec(ctx, insert, "b"); return err }, false},
		{"QueryRow", func(tx *db.Tx) error { return tx.QueryRow(ctx, insert+" RETURNING n", "c").Scan(new(int)) }, true},
		{"InsertRows", func(tx *db.Tx) error {
			_, err := tx.InsertRows(ctx, "item", []string{"org_id", "id", "version", "n"}, "", func(yield func([]any, error) bool) {
				yield([]any{"o", "d", 1, 0}, nil)
			})
			return err
		}, true},
		{"Bump", func(tx *db.Tx) error { return tx.Bump(ctx, "item", "o", "i", 1) }, true},
	}
	for _, tt := range tests {
		err := d.Write(ctx, tt.fn)
		if refused := err != nil && strings.Contains(err.Error(), "audit"); refused != tt.refused || (err != nil) != tt.refused {
			t.Errorf("%s: %v, want refused %v", tt.name, err, tt.refused)
		}
		if err := d.WriteUnaudited(ctx, "", tt.fn); err == nil {
			t.Errorf("%s: WriteUnaudited without a reason", tt.name)
		}
	}
	if err := d.WriteUnaudited(ctx, "test", tests[1].fn); err != nil {
		t.Errorf("WriteUnaudited: %v", err)
	}
}

// TestConcurrentWrites lets sixteen writers meet at one row without a pause: none is lost, none gives up.
func TestConcurrentWrites(t *testing.T) {
	d := openItems(t)
	const writers, each = 16, 12
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					var n int
					if err := tx.QueryRow(t.Context(), "SELECT n FROM item").Scan(&n); err != nil {
						return err
					}
					tx.MarkAudited()
					_, err := tx.Exec(t.Context(), "UPDATE item SET n = $1", n+1)
					return err
				})
				if err != nil {
					t.Error(fault.Cause(err))
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, d); n != writers*each {
		t.Errorf("%d of %d writes are stored", n, writers*each)
	}
}

func TestBump(t *testing.T) {
	d := openItems(t)
	tests := []struct {
		name    string
		id      string
		version int64
		want    fault.Kind
	}{
		{"the version seen", "i", 1, 0},
		{"an older version", "i", 1, fault.Stale},
		{"no such row", "j", 1, fault.NotFound},
	}
	for _, tt := range tests {
		err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			return tx.Bump(t.Context(), "item", "o", tt.id, tt.version)
		})
		if (err == nil) != (tt.want == 0) || fault.KindOf(err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		return tx.Bump(t.Context(), "item; DROP TABLE item", "o", "i", 2)
	})
	if err == nil || count(t, d) != 0 {
		t.Error("the name of a table is not checked")
	}
}

func TestNow(t *testing.T) {
	ticks := int64(1_700_000_000_123_456_789)
	clock := func() time.Time {
		ticks += int64(time.Second)
		return time.Unix(0, ticks).In(time.FixedZone("x", 3600))
	}
	d := dbtest.OpenAt(t, clock)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		first := tx.Now()
		if first != tx.Now() || first.Location() != time.UTC || first.Nanosecond()%1000 != 0 || first.UnixMicro() != tx.NowMicros() {
			return fmt.Errorf("now is %v", first)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestCancel ends the context in the middle of a write: the cause is reported, nothing is stored,
// and the database goes on.
func TestCancel(t *testing.T) {
	d := openItems(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	err := d.Write(ctx, func(tx *db.Tx) error {
		if err := increment(ctx, tx); err != nil {
			return err
		}
		cancel(errTest)
		_, err := tx.Exec(ctx, "UPDATE item SET n = n + 1")
		return err
	})
	if !errors.Is(err, errTest) && !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the cause of the cancellation", err)
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d increments of a cancelled write are stored", n)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return increment(t.Context(), tx) }); err != nil {
		t.Errorf("after a cancelled write: %v", err)
	}
}

func TestCollect(t *testing.T) {
	d := openItems(t)
	scan := func(r *sql.Rows) (n int, err error) { return n, r.Scan(&n) }
	collect := func(q string, scan func(*sql.Rows) (int, error)) (all []int, err error) {
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(t.Context(), q)
			all, err = db.Collect(rows, err, scan)
			return err
		})
		return all, err
	}
	if all, err := collect("SELECT 1 UNION ALL SELECT 2", scan); err != nil || len(all) != 2 || all[1] != 2 {
		t.Error(all, err)
	}
	if all, err := collect("SELECT 1 FROM item WHERE n = 7", scan); err != nil || all != nil {
		t.Error(all, err)
	}
	if _, err := collect("SELECT 1 FROM nowhere", scan); err == nil {
		t.Error("no error of the query")
	}
	if _, err := collect("SELECT 1", func(*sql.Rows) (int, error) { return 0, errTest }); !errors.Is(err, errTest) {
		t.Errorf("error %v, want the scan's", err)
	}
}
