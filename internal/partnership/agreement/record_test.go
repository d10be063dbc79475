package agreement_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// entries returns the newest entries of an organisation, those about persons opened.
func (h *house) entries(org auth.OrgID, n int) (list []audit.Entry) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		list, err = audit.List(h.t.Context(), tx, string(org), n)
		return err
	}))
	h.must(audit.Reveal(h.t.Context(), h.vault, list))
	return list
}

// newest returns the newest entry with an act.
func (h *house) newest(org auth.OrgID, act string) audit.Entry {
	h.t.Helper()
	for _, e := range h.entries(org, 20) {
		if e.Detail["act"] == act {
			return e
		}
	}
	h.t.Fatalf("no entry %q in the record of %s", act, org)
	return audit.Entry{}
}

// TestBothSidesRecord: the holder's record has every reason, the asker's has the same shape whatever the answer was.
func TestBothSidesRecord(t *testing.T) {
	h := newHouse(t)
	id := h.agreed(h.terms())
	refused, _ := h.shelve(map[string]string{"channel": "text message", "language": "Amharic"})
	withheld, person := h.shelve(map[string]string{"channel": "text message"})
	h.consent(person)
	released, person := h.shelve(map[string]string{"channel": "text message", "language": "Amharic"})
	h.consent(person)
	h.must(h.Withhold(t.Context(), as(h.harbour, auth.SupportWorker), withheld, true))
	var shape string
	for _, c := range []struct {
		name    string
		record  agreement.RecordID
		kind    audit.Kind
		reasons string
	}{
		{"unknown", "NOSUCHRECORDHEREANYWHEREAT", audit.Decision, "unknown"},
		{"refused", refused, audit.Decision, "authority authority-kind authority-to authority-of authority-at field"},
		{"withheld", withheld, audit.Decision, "withheld"},
		{"released", released, audit.Disclosure, "field"},
	} {
		h.now = h.now.Add(time.Second)
		before := len(h.entries(h.con, 100))
		h.ask(id, c.record)
		e := h.newest(h.harbour, "asked by partner")
		if e.Kind != c.kind || e.Detail["reasons"] != c.reasons || e.Detail["record"] != string(c.record) || e.Detail["purpose"] != "safety" {
			t.Errorf("%s: the holder has %s %v", c.name, e.Kind, e.Detail)
		}
		if after := len(h.entries(h.con, 100)); after != before+1 {
			t.Errorf("%s: the asker has %d new entries", c.name, after-before)
		}
		own := h.newest(h.con, "ask partner")
		delete(own.Detail, "record")
		var now strings.Builder
		now.WriteString(string(own.Kind) + own.Subject)
		for _, k := range []string{"act", "partner", "purpose", "use"} {
			now.WriteString(k + own.Detail[k])
			delete(own.Detail, k)
		}
		if len(own.Detail) > 0 {
			t.Errorf("%s: the asker's record says more: %v", c.name, own.Detail)
		}
		if shape == "" {
			shape = now.String()
		}
		if now.String() != shape {
			t.Errorf("%s: the asker's entry differs: %s, before %s", c.name, now.String(), shape)
		}
	}
}

// TestFailureIsNo: a locked vault refuses every question alike; a value that does not open lets nothing leave, looks
// like a refusal, and the holder's record says so.
func TestFailureIsNo(t *testing.T) {
	h := newHouse(t)
	id := h.agreed(h.terms())
	record, person := h.shelve(map[string]string{"channel": "text message", "hours": "mornings"})
	h.consent(person)
	h.must(h.db.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE partnership_record_field SET sealed =
			(SELECT f.sealed FROM partnership_record_field f WHERE f.field = 'hours') WHERE field = 'channel'`)
		return err
	}))
	if got := h.ask(id, record); got != "" {
		t.Errorf("of a record with an altered field %q left", got)
	}
	h.newest(h.harbour, "disclosure failed")
	h.vault.Lock()
	for _, r := range []agreement.RecordID{record, "NOSUCHRECORDHEREANYWHEREAT"} {
		_, err := h.Decide(t.Context(), as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: r, Purpose: "safety"})
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("with a locked vault: %v", err)
		}
	}
	if err := h.Sign(t.Context(), as(h.harbour, auth.Supervisor), id, strings.Repeat("0", 64)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a locked vault signs: %v", err)
	}
}

// TestAnotherKeyNeedsPairingAnew: when a party's key is not the one that was pinned, nothing is offered.
func TestAnotherKeyNeedsPairingAnew(t *testing.T) {
	h := newHouse(t)
	h.agreed(h.terms())
	h.must(h.db.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE partnership_key SET public_key = $1 WHERE party = $2 AND org_id = $3",
			strings.Repeat("11", 32), strings.ToLower(string(h.con)), string(h.harbour))
		return err
	}))
	id, err := h.Draft(t.Context(), as(h.harbour, auth.Liaison), h.terms(), "")
	h.must(err)
	if err := h.Offer(t.Context(), as(h.harbour, auth.Liaison), id); fault.KindOf(err) != fault.Conflict {
		t.Errorf("offered to another key: %v", err)
	}
	if _, err := h.View(t.Context(), as(h.con, auth.Supervisor), id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("something was written on the other side: %v", err)
	}
}

// TestBothSignAtOnce: two signatures at the same moment put the agreement in force once; of two people of one side who
// sign at once, one signature stands.
func TestBothSignAtOnce(t *testing.T) {
	h := newHouse(t)
	id, err := h.Draft(t.Context(), as(h.harbour, auth.Liaison), h.terms(), "")
	h.must(err)
	h.must(h.Offer(t.Context(), as(h.harbour, auth.Liaison), id))
	hash := h.view(as(h.con, auth.Supervisor), id).Hash
	signers := []auth.Actor{
		as(h.harbour, auth.Supervisor), as(h.con, auth.Supervisor), as(h.harbour, auth.ProtectionOfficer), as(h.con, auth.ProtectionOfficer),
	}
	errs := make([]error, len(signers))
	var group sync.WaitGroup
	for i, who := range signers {
		group.Go(func() { errs[i] = h.Sign(t.Context(), who, id, hash) })
	}
	group.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if k := fault.KindOf(err); k != fault.Stale {
			t.Errorf("%v", fault.Cause(err))
		}
	}
	for _, who := range signers[:2] {
		if v := h.view(who, id); done == 2 && v.State != agreement.InForce {
			t.Errorf("two signatures, and it is %s", v.State)
		}
	}
	if done < 1 || done > 2 {
		t.Errorf("%d signatures stand", done)
	}
}
