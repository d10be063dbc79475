package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/job"
)

// jobSamples gives addresses of a job of the organisation that failed for good.
func jobSamples(n *testNode) map[string]string {
	at := "/jobs/" + n.deadJob(string(n.org))
	return map[string]string{"/jobs/{ref}/again": at + "/again", "/jobs/{ref}/give-up": at + "/give-up"}
}

// deadJob returns a job that failed for good, and makes one when there is none.
func (n *testNode) deadJob(org string) string {
	n.t.Helper()
	boss := auth.Actor{Org: auth.OrgID(org), Account: "a", Roles: []auth.Role{auth.Administrator}}
	for range 2 {
		dead, err := n.app.Jobs.Dead(n.t.Context(), boss)
		if err != nil {
			n.t.Fatal(fault.Cause(err))
		}
		for _, d := range dead {
			if !d.Node {
				return d.Ref
			}
		}
		n.fail(job.Job{Kind: "test.send", Org: org})
	}
	n.t.Fatal("the job that failed is not listed")
	return ""
}

// fail stores a job as the queue leaves one that failed for good. That the queue does so is tested there.
func (n *testNode) fail(j job.Job) {
	n.t.Helper()
	err := n.app.DB.WriteUnaudited(n.t.Context(), "test", func(tx *db.Tx) error {
		if err := n.app.Jobs.Enqueue(n.t.Context(), tx, j); err != nil {
			return err
		}
		_, err := tx.Exec(n.t.Context(), "UPDATE river_job SET state = 'discarded', attempt = 4, finalized_at = $1 WHERE state = 'available' AND attempt = 0", noon)
		return err
	})
	if err != nil {
		n.t.Fatal(fault.Cause(err))
	}
}

func TestJobsPage(t *testing.T) {
	n := newSeeded(t, Options{})
	if _, body := visitPage(t, n, auth.Administrator, "/jobs"); !strings.Contains(body, "Nothing failed.") {
		t.Error("an empty page does not say so")
	}
	person := db.NewID()
	n.fail(job.Job{Kind: "vault.tend"})
	n.fail(job.Job{Kind: "test.mine", Org: string(n.org), IDs: job.IDs{"person": person}})
	n.fail(job.Job{Kind: "test.theirs", Org: db.NewID()})
	_, body := visitPage(t, n, auth.Administrator, "/jobs")
	for _, want := range []string{"test.mine", "your organisation", "the node itself", "Change the keys that are due", "4 times"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, hidden := range []string{"test.theirs", person} {
		if strings.Contains(body, hidden) {
			t.Errorf("the page shows %q", hidden)
		}
	}
}

func TestJobIsTriedAgainAndGivenUp(t *testing.T) {
	n := newSeeded(t, Options{})
	for _, act := range []string{"/again", "/give-up"} {
		ref, theirs := n.deadJob(string(n.org)), n.deadJob(db.NewID())
		post := func(role auth.Role, ref string) int {
			res, _ := send(t, n, ask{method: http.MethodPost, path: "/jobs/" + ref + act, cookie: n.session(role)})
			return res.StatusCode
		}
		if got := post(auth.Analyst, ref); got != http.StatusNotFound {
			t.Errorf("%s as an analyst: %d", act, got)
		}
		if got := post(auth.Administrator, theirs); got != http.StatusNotFound {
			t.Errorf("%s of another organisation: %d", act, got)
		}
		if got := post(auth.Administrator, ref); got != http.StatusSeeOther {
			t.Errorf("%s: %d", act, got)
		}
		if _, body := visitPage(t, n, auth.Administrator, "/jobs"); !strings.Contains(body, "Nothing failed.") {
			t.Errorf("%s leaves the job on the page", act)
		}
		if got := post(auth.Administrator, ref); got != http.StatusNotFound {
			t.Errorf("%s twice: %d", act, got)
		}
	}
}

func TestFailureText(t *testing.T) {
	p := i18n.For("en")
	seen := map[string]string{}
	for _, kind := range []string{
		fault.Unavailable.String(), job.FailedByTime, fault.Internal.String(), job.FailedByEnd, fault.Conflict.String(),
	} {
		text := failureText(p, kind)
		if other, ok := seen[text]; ok {
			t.Errorf("%s and %s read the same", kind, other)
		}
		seen[text] = kind
	}
}
