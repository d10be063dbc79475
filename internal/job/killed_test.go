package job_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/job"
)

const childEnv = "FOURFOLD_TEST_JOB"

// TestKilledInMidJob ends a process with a signal that leaves it no time, while it works a job: the next
// process works it again.
func TestKilledInMidJob(t *testing.T) {
	c := dbtest.Config(t)
	o := openOn(t, c)
	duty, done := collect("test.do")
	o.Handle(duty)
	id := db.NewID()
	o.enqueue(t, job.Job{Kind: "test.do", IDs: job.IDs{"person": id}})

	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWorkerOfTheOtherProcess$")
	child.Env = append(os.Environ(), childEnv+"="+c.URL, childEnv+"_KEY="+c.KeyFile)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "began\n" {
		t.Fatalf("the process said %q (%v)", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	o.wait(t, "test.do running 1") // so it was left
	if o.d.Engine() == db.Postgres {
		o.age(t)
	}
	o.start(t)
	if j := received(t, done); j.IDs["person"] != id {
		t.Errorf("worked %+v", j)
	}
	o.wait(t, "test.do completed 2")
}

func openOn(t *testing.T, c db.Config) office {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	t.Cleanup(func() { _ = d.Close() })
	return office{Queue: queue(d), d: d}
}

// age makes the attempt as old as one must be before another machine takes the job.
func (o office) age(t *testing.T) {
	t.Helper()
	err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "DELETE FROM river_leader"); err != nil { // its lease has run out too
			return err
		}
		_, err := tx.Exec(t.Context(), "UPDATE river_job SET attempted_at = $1", time.Now().Add(-2*time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
}

// TestWorkerOfTheOtherProcess is the other process of [TestKilledInMidJob]; by itself it does nothing.
func TestWorkerOfTheOtherProcess(t *testing.T) {
	url := os.Getenv(childEnv)
	if url == "" {
		return
	}
	o := openOn(t, db.Config{URL: url, KeyFile: os.Getenv(childEnv + "_KEY")})
	o.Handle(job.Duty{Kind: "test.do", Label: "Test", Do: func(context.Context, job.Job) error {
		fmt.Println("began")
		select {} // until it is killed
	}})
	o.start(t)
	select {}
}
