package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

var errTest = errors.New("an error of the test")

func TestErasure(t *testing.T) {
	var steps []string
	broken := true
	h := newHouse(t, Eraser{
		Name: "tokens",
		InTx: func(ctx context.Context, tx *db.Tx, o auth.OrgID, p PersonID) error {
			steps = append(steps, "tokens of "+string(p))
			return nil
		},
	}, Eraser{
		Name: "blobs",
		After: func(_ context.Context, o auth.OrgID, p PersonID) error {
			if broken {
				return errTest
			}
			steps = append(steps, "blobs of "+string(p))
			return nil
		},
	})
	h.enrol("p1", "p2")
	gone, kept := h.seal(place("p1", "name"), "gone"), h.seal(place("p2", "name"), "kept")
	other := h.again() // another process, with the key in its memory
	if _, err := other.Open(t.Context(), worker, why, gone); err != nil {
		t.Fatal(err)
	}
	id, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Erase(t.Context(), worker, id); fault.KindOf(err) != fault.Denied {
		t.Errorf("one person erased alone: %v", err)
	}
	if _, err := h.Erase(t.Context(), elsewhere, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("erased from another organisation: %v", err)
	}
	if _, err := h.Open(t.Context(), worker, why, gone); err != nil {
		t.Errorf("a proposal closed the file: %v", err)
	}
	if _, err := h.Erase(t.Context(), second, id); !errors.Is(err, errTest) {
		t.Fatalf("the failure of the blobs was swallowed: %v", err)
	}
	for name, v := range map[string]*Vault{"here": h.Vault, "another process": other} {
		if got, err := v.Open(t.Context(), worker, why, gone); fault.KindOf(err) != fault.NotFound || got != nil {
			t.Errorf("%s: opened an erased person: %v", name, err)
		}
		if _, err := v.Open(t.Context(), worker, why, kept); err != nil {
			t.Errorf("%s: lost another person: %v", name, err)
		}
	}
	if other.cache[owner{org, "p1"}] != nil || other.cache[owner{org, "p2"}] == nil {
		t.Error("another process keeps the destroyed key in its memory")
	}
	if c, err := h.Certificate(t.Context(), worker, "p1"); err != nil || !c.FinishedAt.IsZero() || c.DestroyedAt.IsZero() {
		t.Errorf("certificate of an unfinished erasure: %+v %v", c, err)
	}
	broken = false
	if n, err := h.Replay(t.Context()); n != 1 || err != nil {
		t.Errorf("replay: %d %v", n, err)
	}
	if got := strings.Join(steps, ", "); got != "tokens of p1, blobs of p1" {
		t.Errorf("steps: %s", got)
	}
	c, err := h.Certificate(t.Context(), worker, "p1")
	if err != nil || c.ProposedBy != "worker" || c.ApprovedBy != "second" || c.CopiesGoneOn != "2026-03-31" || c.FinishedAt.IsZero() {
		t.Errorf("certificate %+v %v", c, err)
	}
	if n := len(h.entries(audit.Erasure)); n != 2 {
		t.Errorf("%d entries of the erasure", n)
	}
	err = h.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		_, err := h.Seal(t.Context(), tx, Value{Place: place("p1", "name")})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("sealed for an erased person: %v", err)
		}
		return h.Enrol(t.Context(), tx, worker, "p1", "adult-client")
	})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("an erased person came back: %v", err)
	}
	if _, err := h.Erase(t.Context(), second, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("erased twice: %v", err)
	}
}

func TestErasureIsWhole(t *testing.T) {
	h := newHouse(t, Eraser{Name: "rows", InTx: func(context.Context, *db.Tx, auth.OrgID, PersonID) error { return errTest }})
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	id, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Erase(t.Context(), second, id); !errors.Is(err, errTest) {
		t.Errorf("erase: %v", err)
	}
	if got, err := h.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
		t.Errorf("half erased: %v", err)
	}
	h.Lock()
	if _, err := h.Erase(t.Context(), second, id); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("erased while locked: %v", err)
	}
	if err := h.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.WithdrawErasure(t.Context(), worker, id); err != nil {
		t.Error(err)
	}
	if _, err := h.Erase(t.Context(), second, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("approved what was withdrawn: %v", err)
	}
}

func TestHold(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	proposal, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	good := Hold{Person: "p1", Ground: CourtOrder, Reference: "12/2026 B-7", ReviewOn: "2026-09-01"}
	for name, change := range map[string]func(*Hold){
		"no ground":         func(h *Hold) { h.Ground = "because" },
		"no reference":      func(h *Hold) { h.Reference = "" },
		"a long reference":  func(h *Hold) { h.Reference = strings.Repeat("x", 65) },
		"no review":         func(h *Hold) { h.ReviewOn = "" },
		"a review today":    func(h *Hold) { h.ReviewOn = "2026-03-01" },
		"a review far away": func(h *Hold) { h.ReviewOn = "2027-03-02" },
		"no date":           func(h *Hold) { h.ReviewOn = "2026-13-01" },
	} {
		bad := good
		change(&bad)
		if _, err := h.PlaceHold(t.Context(), worker, bad); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, err := h.PlaceHold(t.Context(), worker, good)
	if err != nil {
		t.Fatal(err)
	}
	explained := func(err error) {
		t.Helper()
		e, ok := fault.As(err)
		if !ok || e.Kind != fault.Conflict || !strings.Contains(e.Error(), "court-order") || !strings.Contains(e.Error(), "2026-09-01") || e.Hint == "" {
			t.Errorf("the refusal does not explain: %v", err)
		}
	}
	_, err = h.Erase(t.Context(), second, proposal)
	explained(err)
	_, err = h.ProposeErasure(t.Context(), worker, "p1", "request")
	explained(err)
	*h.now = h.now.AddDate(1, 0, 0) // a hold does not end by itself
	_, err = h.Erase(t.Context(), second, proposal)
	explained(err)
	if all, err := h.Holds(t.Context(), worker, ""); err != nil || len(all) != 1 || all[0].Reference != good.Reference || all[0].PlacedBy != "worker" {
		t.Errorf("holds %+v %v", all, err)
	}
	if err := h.LiftHold(t.Context(), elsewhere, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("lifted from another organisation: %v", err)
	}
	if err := h.LiftHold(t.Context(), second, id); err != nil {
		t.Fatal(err)
	}
	if err := h.LiftHold(t.Context(), second, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("lifted twice: %v", err)
	}
	if c, err := h.Erase(t.Context(), second, proposal); err != nil || c.Person != "p1" {
		t.Errorf("after lifting: %v", err)
	}
}

// TestHoldMeetsErasure lets a hold and an approval run at once: never both succeed.
func TestHoldMeetsErasure(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		person := PersonID(db.NewID())
		h.enrol(person)
		proposal, err := h.ProposeErasure(t.Context(), worker, person, "request")
		if err != nil {
			t.Fatal(err)
		}
		var held, erased error
		var both sync.WaitGroup
		both.Go(func() {
			_, held = h.PlaceHold(t.Context(), worker, Hold{Person: person, Ground: Complaint, Reference: "1", ReviewOn: "2026-06-01"})
		})
		both.Go(func() { _, erased = h.Erase(t.Context(), second, proposal) })
		both.Wait()
		if (held == nil) == (erased == nil) {
			t.Errorf("hold: %v; erasure: %v", held, erased)
		}
	}
}

func TestRetention(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2", "p3")
	due, err := h.Retain(t.Context(), worker, "p1", "enquiry", "2026-01-31")
	if err != nil || due != "2026-02-28" {
		t.Errorf("due %s %v", due, err)
	}
	if _, err := h.Retain(t.Context(), worker, "p2", "suspect", "2016-01-01"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a rule before it was in force: %v", err)
	}
	if _, err := h.Retain(t.Context(), worker, "nobody", "enquiry", "2026-01-31"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nobody's file: %v", err)
	}
	if _, err := h.PlaceHold(t.Context(), worker, Hold{Person: "p1", Ground: CivilClaim, Reference: "7", ReviewOn: "2026-06-01"}); err != nil {
		t.Fatal(err)
	}
	list, err := h.Due(t.Context(), worker, "2026-03-01", 10)
	if err != nil || len(list) != 1 || list[0] != (Review{Person: "p1", Class: "enquiry", From: "2026-01-31", On: "2026-02-28", Held: true}) {
		t.Errorf("due %+v %v", list, err)
	}
	if due, err = h.Retain(t.Context(), worker, "p1", "adult-client", ""); err != nil || due != "2027-03-01" {
		t.Errorf("reopened: %s %v", due, err)
	}
	list, err = h.Due(t.Context(), worker, "2027-03-01", 10)
	if err != nil || len(list) != 3 || list[0].From != "" || list[1].Held {
		t.Errorf("open files to look at: %+v %v", list, err)
	}
}

// TestSchedule checks the classes of the program and refuses every ambiguity.
func TestSchedule(t *testing.T) {
	s, err := loadSchedule(retentionFile)
	if err != nil || len(s) < 5 {
		t.Fatalf("%d classes: %v", len(s), err)
	}
	rule := func(from, to string) string {
		return `{"from":"` + from + `","to":"` + to + `","keep_months":1,"review_months":1,"source":"x","verified_on":"","confidence":"stated"}`
	}
	class := func(rules ...string) string {
		return `[{"code":"a","title":"A","rules":[` + strings.Join(rules, ",") + `]}]`
	}
	next, err := loadSchedule([]byte(class(rule("2020-01-01", "2022-01-01"), rule("2022-01-01", ""))))
	if err != nil {
		t.Fatal(err)
	}
	for day, from := range map[string]string{"2019-12-31": "", "2020-01-01": "2020-01-01", "2021-12-31": "2020-01-01", "2022-01-01": "2022-01-01"} {
		if r, _ := next.at("a", day); r.From != from {
			t.Errorf("on %s the rule from %q", day, r.From)
		}
	}
	for name, text := range map[string]string{
		"overlap":  class(rule("2020-01-01", "2022-01-02"), rule("2022-01-01", "")),
		"two open": class(rule("2020-01-01", ""), rule("2022-01-01", "")),
		"order":    class(rule("2022-01-01", "2023-01-01"), rule("2020-01-01", "2021-01-01")),
		"backward": class(rule("2022-01-01", "2021-01-01")), "no date": class(rule("2022-02-30", "")), "no rule": class(),
		"no source": strings.Replace(class(rule("2020-01-01", "")), `"x"`, `""`, 1),
		"no length": strings.Replace(class(rule("2020-01-01", "")), `keep_months":1`, `keep_months":0`, 1),
		"unknown":   strings.Replace(class(rule("2020-01-01", "")), `keep_months`, `keep_weeks`, 1),
		"twice":     strings.Replace(class(rule("2020-01-01", "")), `}]}]`, `}]},{"code":"a","title":"A","rules":[`+rule("2020-01-01", "")+`]}]`, 1),
	} {
		if _, err := loadSchedule([]byte(text)); err == nil {
			t.Errorf("accepted: %s", name)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		day  string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-03-15", 12, "2027-03-15"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2026-12-01", 0, "2026-12-01"},
	} {
		if got, err := months(c.day, c.n); got != c.want || err != nil {
			t.Errorf("%d months after %s: %s, want %s", c.n, c.day, got, c.want)
		}
	}
}

// TestRestoreReplays restores older copies of the keyring and of the database and wants the erased to
// stay erased.
func TestRestoreReplays(t *testing.T) {
	removed := map[PersonID]int{}
	eraser := Eraser{Name: "rows", InTx: func(_ context.Context, _ *db.Tx, _ auth.OrgID, p PersonID) error {
		removed[p]++
		return nil
	}}
	h := newHouse(t, eraser)
	h.enrol("p1", "p2")
	item := h.seal(place("p1", "name"), "gone")
	older := keyring.File{Path: filepath.Join(t.TempDir(), "copy")}
	if err := h.CopyKeyring(t.Context(), *h.now, older); err != nil {
		t.Fatal(err)
	}
	h.erase("p1")

	// The keyring is lost; its copy is from before the erasure.
	lost := h.ring
	h.ring = keyring.File{Path: filepath.Join(t.TempDir(), "restored")}
	if _, err := keyring.Restore(t.Context(), h.ring, h.node, *h.now, older); err != nil {
		t.Fatal(err)
	}
	v := h.again(eraser)
	if alive, err := v.ring.Alive(t.Context(), owner{org, "p1"}.name()); err != nil || alive[0] {
		t.Errorf("the journal was not replayed into the keyring: %v", err)
	}
	if got, err := v.Open(t.Context(), worker, why, item); err == nil {
		t.Errorf("opened %v", got)
	}

	// The database is from before the erasure: it takes the person for living, and has no journal.
	h.ring = lost
	h.write(func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "DELETE FROM vault_erasure"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "UPDATE vault_person SET erased_at = NULL WHERE id = 'p1'")
		return err
	})
	clear(removed)
	v = h.again(eraser)
	if removed["p1"] != 1 || removed["p2"] != 0 {
		t.Errorf("rows were removed of %v", removed)
	}
	c, err := v.Certificate(t.Context(), worker, "p1")
	if err != nil || c.Ground != replayed || c.FinishedAt.IsZero() {
		t.Errorf("certificate %+v %v", c, err)
	}
	if n, err := v.Replay(t.Context()); n != 0 || err != nil {
		t.Errorf("a second replay did something: %d %v", n, err)
	}
}

// TestCrashBetweenJournalAndKey stops after the journal, as a power cut would, and starts again.
func TestCrashBetweenJournalAndKey(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	id, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(h.ring.Path), 0o700); err != nil {
		t.Fatal(err)
	}
	// A folder in the place of the new ring: the keyring cannot be written.
	if err := os.MkdirAll(filepath.Join(h.ring.Path+".new", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Erase(t.Context(), second, id); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("erased with a keyring that cannot be written: %v", err)
	}
	if c, err := h.Certificate(t.Context(), worker, "p1"); err != nil || !c.DestroyedAt.IsZero() || c.CopiesGoneOn != "" {
		t.Errorf("the certificate promises too much: %+v %v", c, err)
	}
	if err := os.RemoveAll(h.ring.Path + ".new"); err != nil {
		t.Fatal(err)
	}
	*h.now = h.now.Add(time.Hour)
	v := h.again()
	c, err := v.Certificate(t.Context(), worker, "p1")
	if err != nil || !c.DestroyedAt.Equal(*h.now) {
		t.Errorf("not finished after the start: %+v %v", c, err)
	}
}
