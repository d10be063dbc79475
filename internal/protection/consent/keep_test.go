package consent_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/protection/consent"
)

// TestADutyKeepsTheFile: a report that the law orders keeps the file until it was made, and so does a demand until it was
// answered.
func TestADutyKeepsTheFile(t *testing.T) {
	h := newHouse(t)
	goes := func(step string, want int) {
		t.Helper()
		k, err := h.vault.Keeping(t.Context(), h.worker, h.person)
		h.must(err)
		if len(k.Goes) != want {
			t.Errorf("%s: kept for %v", step, k.Goes)
		}
	}
	goes("nothing", 0)
	h.begin(h.override(consent.Emergency))
	goes("an emergency", 0)
	id := h.begin(h.duty())
	goes("a duty", 1)
	h.must(h.Report(t.Context(), h.worker, h.of, id))
	goes("reported", 0)
	h.must(errOf(h.Receive(t.Context(), h.worker, h.of, h.order(), "")))
	goes("a demand", 1)
}
