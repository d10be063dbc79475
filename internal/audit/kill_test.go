package audit_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// fixed signs with a key of the test.
type fixed struct{}

func (fixed) LogSigner(_ context.Context, _, origin string, _ time.Time) (note.Signer, error) {
	return ledger.NewLogSigner(origin, make([]byte, 32))
}

// child is what the process that will be killed is told.
type child struct {
	DB   db.Config
	Seed uint64
}

const childEnv = "FOURFOLD_TEST_AUDIT_CHILD"

// TestMain runs the process that will be killed, or the tests.
func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		err := runChild(text)
		fmt.Fprintln(os.Stderr, err) // it runs until it is killed: its end is a failure
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// runChild writes entries with two writers, sequences and signs with two sequencers under a clock that
// jumps, and says the subject of each entry when it is durable.
func runChild(text string) error {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx := context.Background()
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(c.Seed, 2))
	draw := func(n int) int { mu.Lock(); defer mu.Unlock(); return rng.IntN(n) }
	c.DB.Clock = func() time.Time { return time.Now().Add(time.Duration(draw(7200)-3600) * time.Second) }
	d, err := db.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	failed := make(chan error, 4)
	for range 2 {
		s := audit.NewSequencer(audit.Config{DB: d, Signer: fixed{}, Node: "kill.invalid"})
		go func() {
			for {
				if err := s.Flush(ctx, "o"); err != nil {
					failed <- err
				}
				if draw(4) == 0 {
					if err := s.Checkpoint(ctx, "o"); err != nil {
						failed <- err
					}
				}
				time.Sleep(time.Duration(draw(2000)) * time.Microsecond)
			}
		}()
		go func() {
			for {
				entries := make([]audit.Entry, 1+draw(3))
				for i := range entries {
					entries[i] = audit.Entry{Org: "o", Actor: "a", Kind: audit.Decision, Subject: db.NewID()}
				}
				err := d.Write(ctx, func(tx *db.Tx) error { return audit.Append(ctx, tx, entries...) })
				if err != nil {
					failed <- err
					return
				}
				for _, e := range entries {
					fmt.Println(e.Subject)
				}
			}
		}()
	}
	return <-failed
}

// TestKilledAtAnyMoment kills a process with SIGKILL, again and again, while it writes, sequences and
// signs. Whatever it called durable is in the log once, and the log stays whole and goes on.
func TestKilledAtAnyMoment(t *testing.T) {
	c := dbtest.Config(t)
	rng := seeded(t)
	rounds := 4
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		rounds = 150
	}
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	durable := map[string]bool{}
	for range rounds {
		lifetime := time.Duration(30+rng.IntN(170)) * time.Millisecond
		for _, subject := range live(t, child{DB: c, Seed: rng.Uint64()}, lifetime) {
			durable[subject] = true
		}
		r, err := audit.Verify(t.Context(), d, "o", audit.Against{Signer: fixed{}})
		if err != nil || r.First != nil {
			t.Fatalf("after a kill: %v %v", r.First, err)
		}
	}
	if len(durable) == 0 {
		t.Fatal("nothing was entered")
	}
	s := audit.NewSequencer(audit.Config{DB: d, Signer: fixed{}, Node: "kill.invalid"})
	if err := s.Flush(t.Context(), "o"); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint(t.Context(), "o"); err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(t.Context(), d, "o", audit.Against{Signer: fixed{}})
	if err != nil || r.First != nil || r.Waiting != 0 || len(r.Logs) != 1 {
		t.Fatalf("report %+v %v", r, err)
	}
	logged := map[string]int{}
	for _, e := range list(t, d, "o", 1<<30) {
		logged[e.Subject]++
	}
	for subject := range durable {
		if logged[subject] != 1 {
			t.Errorf("an entry that was durable is there %d times", logged[subject])
		}
	}
	if l := r.Logs[0]; l.Opened != int64(len(logged)) || l.Signed != l.Size {
		t.Errorf("%d entries, log %+v", len(logged), l)
	}
	t.Logf("%d entries were durable in %d lives, %d checkpoints", len(durable), rounds, r.Logs[0].Checkpoints)
}

// live runs a child for a while, kills it, and returns what it has said to be durable.
func live(t *testing.T, c child, lifetime time.Duration) []string {
	t.Helper()
	text, err := json.Marshal(struct {
		DB   map[string]any
		Seed uint64
	}{map[string]any{"URL": c.DB.URL, "KeyFile": c.DB.KeyFile, "MaxReaders": 4, "RequireAudit": true}, c.Seed})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	var subjects []string
	var timer *time.Timer
	for {
		line, err := lines.ReadString('\n')
		if err == nil {
			subjects = append(subjects, strings.TrimSpace(line))
		}
		if timer == nil && len(subjects) > 0 { // from the first entry on: opening takes its time
			timer = time.AfterFunc(lifetime, func() { _ = cmd.Process.Kill() })
		}
		if err == io.EOF || err != nil {
			break
		}
	}
	_ = cmd.Wait() // it was killed
	if code := cmd.ProcessState.ExitCode(); code != -1 {
		t.Fatalf("the process ended by itself with %d: %s", code, said.String())
	}
	return subjects
}
