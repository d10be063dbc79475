package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// openShared returns an SQLite database, whatever engine the suite runs on, with a table of marks.
func openShared(t testing.TB) *db.DB {
	t.Helper()
	c := newConfig(t)
	c.RequireAudit = true
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	d.SetGroupTime(time.Minute)
	mustWrite(t, d, "CREATE TABLE mark (id text NOT NULL PRIMARY KEY, body blob)")
	return d
}

func mark(ctx context.Context, tx *db.Tx, id string) error {
	tx.MarkAudited()
	_, err := tx.Exec(ctx, "INSERT INTO mark (id) VALUES ($1)", id)
	return err
}

func marks(t testing.TB, d *db.DB) string {
	t.Helper()
	var ids []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT id FROM mark ORDER BY id")
		ids, err = db.Collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

// together holds the database, lines up the changes in order behind, lets them go as one group, and
// returns what each answered. A change that panics answers "panic".
func together(t testing.TB, d *db.DB, changes ...func(tx *db.Tx) error) []string {
	t.Helper()
	answers := make([]string, len(changes))
	hold, held := make(chan struct{}), make(chan struct{})
	holds := sync.OnceFunc(func() { close(held); <-hold }) // it may run again, as any change
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.Write(t.Context(), func(*db.Tx) error { holds(); return nil })
	})
	<-held
	for i, change := range changes {
		wg.Go(func() {
			answers[i] = "panic"
			defer func() { _ = recover() }()
			answers[i] = "stored"
			if err := d.Write(t.Context(), func(tx *db.Tx) error { answers[i] = "panic"; return change(tx) }); err != nil {
				answers[i] = fault.Cause(err)
				return
			}
			answers[i] = "stored"
		})
		for d.Waiting() != i+1 {
			runtime.Gosched()
		}
	}
	close(hold)
	wg.Wait()
	return answers
}

// TestGroupSpoilsNobody puts each kind of failure between two changes.
func TestGroupSpoilsNobody(t *testing.T) {
	ctx := t.Context()
	tests := []struct {
		name   string
		fail   func(tx *db.Tx) error
		answer string
		runs   int // of each neighbour before and after it
	}{
		{"error", func(tx *db.Tx) error { return errors.Join(mark(ctx, tx, "bad"), errTest) }, errTest.Error(), 1},
		{"panic", func(tx *db.Tx) error { _ = mark(ctx, tx, "bad"); panic("of the test") }, "panic", 1},
		{"end of the goroutine", func(tx *db.Tx) error { _ = mark(ctx, tx, "bad"); runtime.Goexit(); return nil }, "panic", 1},
		{"constraint", func(tx *db.Tx) error { return errors.Join(mark(ctx, tx, "bad"), mark(ctx, tx, "bad")) }, "recorded", 1},
		{"swallowed error", func(tx *db.Tx) error { _ = mark(ctx, tx, "bad"); _ = mark(ctx, tx, "bad"); return nil }, "went on", 1},
		{"no entry", func(tx *db.Tx) error { _, err := tx.Exec(ctx, "INSERT INTO mark (id) VALUES ('bad')"); return err }, "without an audit entry", 1},
		{"cancelled", func(tx *db.Tx) error {
			mine, cancel := context.WithCancel(ctx)
			err := mark(mine, tx, "bad")
			cancel()
			return errors.Join(err, mark(mine, tx, "bad 2"))
		}, "canceled", 1},
		{"interrupted", func(tx *db.Tx) error { return errors.Join(mark(ctx, tx, "bad"), interrupted(ctx, tx)) }, "deadline", 2},
		{"interrupted, swallowed, and on", func(tx *db.Tx) error {
			_ = interrupted(ctx, tx)
			return mark(ctx, tx, "bad")
		}, "error", 2},
		{"disk full", func(tx *db.Tx) error { return errors.Join(mark(ctx, tx, "bad"), fill(ctx, tx)) }, "no room", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := openShared(t)
			limitPages(t, d, 200)
			runs := [2]int{}
			answers := together(t, d,
				func(tx *db.Tx) error { runs[0]++; return mark(ctx, tx, "first") },
				tt.fail,
				func(tx *db.Tx) error { runs[1]++; return mark(ctx, tx, "second") })
			if answers[0] != "stored" || answers[2] != "stored" || !strings.Contains(answers[1], tt.answer) {
				t.Errorf("answers %q", answers)
			}
			if got := marks(t, d); got != "first second" {
				t.Errorf("stored: %s", got)
			}
			if runs != [2]int{tt.runs, 1} {
				t.Errorf("the neighbours ran %v times, want %d and 1", runs, tt.runs)
			}
		})
	}
}

// interrupted runs a long statement that changes rows beyond its deadline: SQLite undoes everything. When the
// deadline passed before the statement began, as on a busy machine, there was nothing to undo, and a longer one is
// given.
func interrupted(ctx context.Context, tx *db.Tx) (err error) {
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		if err := mark(ctx, tx, "bad witness"); err != nil {
			return err
		}
		within, cancel := context.WithTimeout(ctx, wait)
		_, err = tx.Exec(within, `INSERT INTO mark (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)
			SELECT 'bad ' || i FROM n WHERE i % 1000 = 0`)
		cancel()
		if n, gone := tx.Exec(ctx, "DELETE FROM mark WHERE id = 'bad witness'"); gone != nil || n == 0 {
			return err
		}
	}
}

func fill(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, "INSERT INTO mark (id, body) VALUES ('big', $1)", make([]byte, 4<<20))
	return err
}

// limitPages lets the file grow by a number of pages and no further, as on a disk that is nearly full.
func limitPages(t testing.TB, d *db.DB, more int) {
	t.Helper()
	var pages int
	if err := d.Writer().QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Writer().Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+more)); err != nil {
		t.Fatal(err)
	}
}

// TestGroupCommitFails makes the commit itself fail, by a deferred foreign key: whose it is cannot be
// told, so each runs again alone, and only the guilty one fails.
func TestGroupCommitFails(t *testing.T) {
	d := openShared(t)
	ctx := t.Context()
	mustWrite(t, d, "CREATE TABLE child (id text NOT NULL REFERENCES mark (id) DEFERRABLE INITIALLY DEFERRED)")
	guilty := func(tx *db.Tx) error {
		tx.MarkAudited()
		_, err := tx.Exec(ctx, "INSERT INTO child (id) VALUES ('nobody')")
		return err
	}
	store := func(id string) func(*db.Tx) error { return func(tx *db.Tx) error { return mark(ctx, tx, id) } }
	answers := together(t, d, store("a"), guilty, store("b"))
	if answers[0] != "stored" || answers[2] != "stored" || !strings.Contains(answers[1], "refers to something") {
		t.Errorf("answers %q", answers)
	}
	if got := marks(t, d); got != "a b" {
		t.Errorf("stored: %s", got)
	}
	if err := d.Write(ctx, guilty); !db.IsForeignKey(err) {
		t.Errorf("alone: %v", err)
	}
}

// TestGroupAnswersOnWhatLasts has a change fail because of what a neighbour did, and the neighbour
// undone: the change must run again and succeed.
func TestGroupAnswersOnWhatLasts(t *testing.T) {
	d := openShared(t)
	ctx := t.Context()
	first := true
	answers := together(t, d,
		func(tx *db.Tx) error {
			if !first {
				return errTest // the second time it thinks better of it
			}
			first = false
			return mark(ctx, tx, "x")
		},
		func(tx *db.Tx) error { return mark(ctx, tx, "x") },
		func(tx *db.Tx) error { return interrupted(ctx, tx) })
	if answers[0] != errTest.Error() || answers[1] != "stored" || marks(t, d) != "x" {
		t.Errorf("answers %q, stored %s", answers, marks(t, d))
	}
}

// TestGroupWaiting cancels a change that waits for its turn: it never runs, and the queue goes on.
func TestGroupWaiting(t *testing.T) {
	d := openShared(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	answers := together(t, d,
		func(tx *db.Tx) error {
			done := make(chan error)
			go func() {
				done <- d.Write(ctx, func(tx *db.Tx) error { return mark(ctx, tx, "cancelled") })
			}()
			for d.Waiting() != 2 {
				runtime.Gosched()
			}
			cancel(errTest)
			if err := <-done; !errors.Is(err, errTest) {
				t.Errorf("cancelled while waiting: %v", err)
			}
			return mark(t.Context(), tx, "a")
		},
		func(tx *db.Tx) error { return mark(t.Context(), tx, "b") })
	if answers[0] != "stored" || answers[1] != "stored" || marks(t, d) != "a b" {
		t.Errorf("answers %q, stored %s", answers, marks(t, d))
	}
}

// TestTxEndsWithItsFunction uses a Tx afterwards, when the transaction goes on with a neighbour.
func TestTxEndsWithItsFunction(t *testing.T) {
	d := openShared(t)
	ctx := t.Context()
	var escaped *db.Tx
	together(t, d,
		func(tx *db.Tx) error { escaped = tx; return mark(ctx, tx, "a") },
		func(tx *db.Tx) error {
			if err := mark(ctx, tx, "c"); err != nil { // the statement is prepared now
				return err
			}
			if err := mark(ctx, escaped, "late"); err == nil {
				t.Error("a Tx outlives its function")
			}
			if err := escaped.QueryRow(ctx, "SELECT 1").Scan(new(int)); err == nil {
				t.Error("a Tx that has ended reads")
			}
			return mark(ctx, tx, "b")
		})
	if got := marks(t, d); got != "a b c" {
		t.Errorf("stored: %s", got)
	}
}

// TestCloseWaits closes while changes run and wait: those are stored, later ones are refused.
func TestCloseWaits(t *testing.T) {
	c := newConfig(t)
	d := opened(t, c, db.Migrations())
	mustWrite(t, d, "CREATE TABLE mark (id text NOT NULL PRIMARY KEY, body blob)")
	closed := make(chan error, 1)
	answers := together(t, d,
		func(tx *db.Tx) error {
			go func() { closed <- d.Close() }()
			for d.Waiting() != 2 {
				runtime.Gosched()
			}
			return mark(t.Context(), tx, "a")
		},
		func(tx *db.Tx) error { return mark(t.Context(), tx, "b") })
	if err := <-closed; err != nil || answers[0] != "stored" || answers[1] != "stored" {
		t.Errorf("close %v, answers %q", err, answers)
	}
	if err := d.Write(t.Context(), func(*db.Tx) error { return nil }); err == nil {
		t.Error("a closed database takes changes")
	}
	if got := marks(t, opened(t, c, db.Migrations())); got != "a b" {
		t.Errorf("stored: %s", got)
	}
}

// TestGroupEnds has more writers than a group takes.
func TestGroupEnds(t *testing.T) {
	d := openShared(t)
	const n = 150
	var changes []func(*db.Tx) error
	groups := map[*sql.Tx]int{}
	for i := range n {
		changes = append(changes, func(tx *db.Tx) error {
			groups[tx.Shared()]++ // one change runs at a time
			return mark(t.Context(), tx, fmt.Sprintf("%03d", i))
		})
	}
	for _, answer := range together(t, d, changes...) {
		if answer != "stored" {
			t.Error(answer)
		}
	}
	for _, size := range groups {
		if size > db.GroupChanges {
			t.Errorf("%d changes in one transaction", size)
		}
	}
	if len(groups) > n/2 {
		t.Errorf("%d changes in %d transactions", n, len(groups))
	}
}

// TestGroupLeavesNothingRunning counts goroutines before and after changes of all kinds.
func TestGroupLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	d, err := db.Open(t.Context(), newConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, d, "CREATE TABLE mark (id text NOT NULL PRIMARY KEY, body blob)")
	together(t, d,
		func(tx *db.Tx) error { return mark(t.Context(), tx, "a") },
		func(*db.Tx) error { return errTest },
		func(*db.Tx) error { panic("of the test") },
		func(tx *db.Tx) error { return interrupted(t.Context(), tx) })
	closed(t, d)
	for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}
