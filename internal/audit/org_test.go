package audit_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// TestTwoOrganisations keeps two organisations on one node apart: no list, search, proof, tile or
// verification of one shows anything of the other, not even how much it has.
func TestTwoOrganisations(t *testing.T) {
	const canary = "KANARIE-4711"
	h := newHouse(t, 2)
	rng := seeded(t)
	h.enter(40, 2, rng)
	h.flush()
	h.checkpoint()
	before := h.published(t)
	health := h.state(t)
	own := h.org
	h.org = "org-b"
	h.found(h.org, 0)
	h.write(func(tx *db.Tx) error {
		for range 300 {
			if err := audit.Append(t.Context(), tx, audit.Entry{Org: h.org, Actor: canary, Kind: audit.Export, Subject: canary}); err != nil {
				return err
			}
		}
		return nil
	})
	h.flush()
	h.checkpoint()
	var theirs string
	h.write(func(tx *db.Tx) error {
		all, err := audit.Find(t.Context(), tx, h.org, audit.Filter{Limit: 1})
		theirs = all[0].ID
		return err
	})
	h.org = own
	if after := h.published(t); len(after) != len(before) || h.state(t).Size != health.Size {
		t.Errorf("the log of one grew with the other's: %d files, were %d", len(after), len(before))
	} else {
		for path, data := range before {
			if !bytes.Equal(after[path], data) {
				t.Errorf("%s changed", path)
			}
		}
	}
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		if _, err := audit.Get(t.Context(), tx, own, theirs); fault.KindOf(err) != fault.NotFound {
			t.Errorf("their entry is found: %v", err)
		}
		if _, err := audit.Prove(t.Context(), tx, own, theirs); fault.KindOf(err) != fault.NotFound {
			t.Errorf("their entry is proved: %v", err)
		}
		if _, err := audit.Find(t.Context(), tx, own, audit.Filter{Limit: 9, Before: theirs}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("their entry is a place to start from: %v", err)
		}
		found, err := audit.Find(t.Context(), tx, own, audit.Filter{Limit: 10_000})
		if text := fmt.Sprintf("%+v", found); strings.Contains(text, canary) || strings.Contains(text, "org-b") {
			t.Error("the list shows the other organisation")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", h.whole()); strings.Contains(text, canary) || strings.Contains(text, "org-b") {
		t.Error("the report shows the other organisation")
	}
}

// published returns the files that an organisation publishes.
func (h *house) published(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		return audit.Publish(t.Context(), tx, h.org, func(path string, data []byte) error {
			files[path] = data
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (h *house) state(t *testing.T) (s audit.Health) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		s, err = audit.State(t.Context(), tx, h.org)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPublishedShowsNothing looks in the published files for what entries say.
func TestPublishedShowsNothing(t *testing.T) {
	h := newHouse(t, 2)
	h.enter(600, 2, seeded(t))
	h.flush()
	h.checkpoint()
	for path, data := range h.published(t) {
		for _, word := range []string{"worker", "decision", "opening", "support", "case-"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", path, word)
			}
		}
	}
}

// TestRestart starts a new log, whose first checkpoint names the last witnessed one of the old.
func TestRestart(t *testing.T) {
	h := newHouse(t, 1)
	rng := seeded(t)
	h.enter(20, 1, rng)
	h.flush()
	h.checkpoint()
	h.witness(t.TempDir())
	h.enter(20, 1, rng)
	h.flush()
	h.checkpoint()
	h.enter(2, 1, rng)
	h.write(func(tx *db.Tx) error { return audit.Restart(t.Context(), tx, h.org, nil) })
	h.flush()
	h.checkpoint()
	r := h.whole()
	if len(r.Logs) != 2 || r.Logs[0].Size != 64 || r.Logs[1].Origin != "test.invalid/org-a/2" || r.Logs[1].Opened != 2 {
		t.Fatalf("logs %+v", r.Logs)
	}
	body, _, _ := strings.Cut(string(h.published(t)["checkpoint"]), "\n\n")
	c, err := ledger.ParseCheckpoint(body + "\n")
	if err != nil || len(c.Extensions) != 2 || !strings.HasPrefix(c.Extensions[1], "restored-from test.invalid/org-a/1 32 ") {
		t.Errorf("checkpoint %+v: %v", c, err)
	}
	h.erase(person(0)) // its entries are in both logs
	h.flush()
	h.checkpoint()
	if r := h.whole(); r.Logs[0].Erased == 0 || r.Logs[1].Erased == 0 {
		t.Errorf("logs %+v", r.Logs)
	}
}
