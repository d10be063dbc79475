package consent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// tasks returns the tasks of the case: kind, state, due date.
func (h *house) tasks() (list []string) {
	h.t.Helper()
	all, err := h.cases.Tasks(h.t.Context(), h.worker, casefile.ID(h.of))
	h.must(err)
	for _, one := range all {
		list = append(list, fmt.Sprint(one.Clear.Kind, " ", one.Clear.State, " ", one.Due()))
	}
	slices.Sort(list)
	return list
}

// TestTasks: what runs out, waits or is ordered stands in the work of whoever has to do it, and goes with it.
func TestTasks(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	emergency := h.begin(h.override(consent.Emergency))
	due := h.duty()
	due.Due = h.now.Add(24 * time.Hour)
	duty := h.begin(due)
	discretion := h.begin(h.override(consent.Discretion))
	order := h.order()
	order.ObjectUntil = "2026-06-10"
	demand, err := h.Receive(t.Context(), h.worker, h.of, order, "")
	h.must(err)
	want := []string{
		"consent-ends open 2026-08-17", "demand-answer open 2026-06-10", "duty-report open 2026-06-02", "emergency-review open 2026-06-04", "second-person open 2026-06-01",
	}
	if got := h.tasks(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	all, err := h.cases.Tasks(t.Context(), h.worker, casefile.ID(h.of))
	h.must(err)
	for _, one := range all {
		review := one.Clear.Kind == consent.TaskReview || one.Clear.Kind == consent.TaskSecond
		if second := one.Clear.Holder == "account/"+string(h.second.Account); second != review {
			t.Errorf("%s is with %s", one.Clear.Kind, one.Clear.Holder)
		}
	}
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id})))
	h.must(h.Report(t.Context(), h.worker, h.of, duty))
	h.must(h.Second(t.Context(), h.second, h.of, duty, consent.Verdict{Agrees: true, Words: private.New("right"), Version: 2}))
	h.must(h.Second(t.Context(), h.second, h.of, emergency, consent.Verdict{Agrees: true, Words: private.New("right"), Version: 1}))
	h.must(h.Second(t.Context(), h.second, h.of, discretion, consent.Verdict{Words: private.New("no"), Version: 1}))
	h.must(h.DeclineDemand(t.Context(), h.worker, h.of, demand, 1, private.New("a forgery")))
	for _, got := range h.tasks() {
		if strings.Contains(got, " open ") {
			t.Errorf("%s is left", got)
		}
	}
}
