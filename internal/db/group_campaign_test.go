package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// full reports whether campaigns run in their long form.
func full() bool { return os.Getenv("FOURFOLD_CAMPAIGN") == "full" }

// record keeps what each change was told: whether it is stored.
type record struct {
	mu     sync.Mutex
	stored map[string]bool
}

func (r *record) tell(id string, stored bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored[id] = stored
}

// TestGroupCampaign lets sixteen writers make changes that succeed, fail, panic, are cancelled before
// and within a statement, and fill the disk, in random order. Afterwards exactly those are stored that
// were told so, and a counter that each of them read and raised has counted them.
func TestGroupCampaign(t *testing.T) {
	rounds, each := 3, 40
	if full() {
		rounds, each = 30, 100
	}
	for range rounds {
		seed := rand.Uint64()
		d := openShared(t)
		mustWrite(t, d, "CREATE TABLE counter (n bigint NOT NULL)", "INSERT INTO counter (n) VALUES (0)")
		limitPages(t, d, 500)
		r := &record{stored: map[string]bool{}}
		var wg sync.WaitGroup
		for writer := range 16 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(seed, uint64(writer)))
				for i := range each {
					id := fmt.Sprintf("%02d-%03d", writer, i)
					r.tell(id, attempt(t, d, rng.IntN(100), id))
				}
			})
		}
		wg.Wait()
		checkRecord(t, d, r, seed)
	}
}

// attempt makes one change of a kind and returns whether it was told that it is stored.
func attempt(t *testing.T, d *db.DB, kind int, id string) (stored bool) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer func() {
		if p := recover(); p != nil && p != errTest {
			panic(p)
		}
	}()
	err := d.Write(ctx, func(tx *db.Tx) error {
		if kind < 4 {
			cancel()
		}
		var n int
		if err := tx.QueryRow(ctx, "SELECT n FROM counter").Scan(&n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE counter SET n = $1", n+1); err != nil {
			return err
		}
		return errors.Join(mark(ctx, tx, id), misbehave(ctx, tx, kind))
	})
	return err == nil
}

func misbehave(ctx context.Context, tx *db.Tx, kind int) error {
	switch {
	case kind < 12:
		return errTest
	case kind < 20:
		panic(errTest)
	case kind < 22:
		return interrupted(ctx, tx)
	case kind < 26:
		return fill(ctx, tx)
	case kind < 28:
		_ = fill(ctx, tx) // and goes on as if nothing had happened
		_, _ = tx.Exec(ctx, "UPDATE counter SET n = n + 1000")
	}
	return nil
}

func checkRecord(t *testing.T, d *db.DB, r *record, seed uint64) {
	t.Helper()
	var want []string
	for id, stored := range r.stored {
		if stored {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	if got := marks(t, d); got != strings.Join(want, " ") || len(want) == 0 {
		t.Errorf("seed %d: stored\n%s\nwant\n%s", seed, got, strings.Join(want, " "))
	}
	var n int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT n FROM counter").Scan(&n)
	})
	if err != nil || n != len(want) {
		t.Errorf("seed %d: the counter says %d, %d changes are stored (%v)", seed, n, len(want), err)
	}
}

// TestGroupKilled ends the process of sixteen writers with a signal that leaves it no time, again and
// again: what it told us is durable is there, what it told us failed is not.
func TestGroupKilled(t *testing.T) {
	rounds := 3
	if full() {
		rounds = 60
	}
	c := newConfig(t)
	d := opened(t, c, db.Migrations())
	mustWrite(t, d, "CREATE TABLE mark (id text NOT NULL PRIMARY KEY, body blob)")
	closed(t, d)
	durable, failed := map[string]bool{}, map[string]bool{}
	for range rounds {
		for line := range strings.Lines(killedWriters(t, c)) {
			verdict, id, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			switch {
			case !strings.HasSuffix(line, "\n"): // cut off by the signal
			case verdict == "durable":
				durable[id] = true
			case verdict == "failed":
				failed[id] = true
			}
		}
		d := opened(t, c, db.Migrations())
		stored := map[string]bool{}
		for id := range strings.FieldsSeq(marks(t, d)) {
			stored[id] = true
			if failed[id] {
				t.Errorf("%s is stored and was told that it failed", id)
			}
		}
		for id := range durable {
			if !stored[id] {
				t.Errorf("%s is lost and was told that it is durable", id)
			}
		}
		closed(t, d)
	}
	if len(durable) < 50*rounds || len(failed) < 5*rounds {
		t.Errorf("only %d changes were durable and %d failed", len(durable), len(failed))
	}
}

const childEnv = "FOURFOLD_TEST_WRITERS"

// killedWriters runs [TestGroupWriters] in a process of its own, kills it, and returns what it told.
func killedWriters(t *testing.T, c db.Config) string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestGroupWriters$")
	child.Env = append(os.Environ(), childEnv+"="+c.URL, childEnv+"_KEY="+c.KeyFile)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	// It has told of so many changes that each writer has had some, and goes on to any moment of a commit.
	var text strings.Builder
	told, lines := bufio.NewReader(out), 120+rand.N(400)
	for range lines {
		line, err := told.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(line)
	}
	time.AfterFunc(rand.N(20*time.Millisecond), func() { _ = child.Process.Kill() })
	rest, _ := io.ReadAll(told)
	if err := child.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
	return text.String() + string(rest)
}

// TestGroupWriters is the other process of [TestGroupKilled]; by itself it does nothing.
func TestGroupWriters(t *testing.T) {
	path := os.Getenv(childEnv)
	if path == "" {
		return
	}
	d := opened(t, db.Config{URL: path, KeyFile: os.Getenv(childEnv + "_KEY")}, db.Migrations())
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := db.NewID()
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if err := mark(t.Context(), tx, id); err != nil || i%7 != 0 {
						return err
					}
					return errTest
				})
				verdict := "durable"
				if err != nil {
					verdict = "failed"
				}
				fmt.Printf("%s %s\n", verdict, id)
			}
		})
	}
	wg.Wait()
}
