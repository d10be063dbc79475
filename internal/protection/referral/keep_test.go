package referral_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// TestAReferralKeepsTheFile: what is under way keeps the file of both sides until somebody has said what came of it; a transfer
// keeps the sender's until it was taken over.
func TestAReferralKeepsTheFile(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	goes := func(step string, s side, of string, want int) {
		t.Helper()
		c, err := h.cases.Get(ctx, s.worker, casefile.ID(of))
		h.must(err)
		k, err := h.vault.Keeping(ctx, s.worker, c.Person)
		h.must(err)
		if len(k.Goes) != want {
			t.Errorf("%s: kept for %v", step, k.Goes)
		}
	}
	goes("nothing", h.home, h.of, 0)
	id := h.send(h.home, h.of, h.wish(h.clinic))
	goes("sent", h.home, h.of, 1)
	of := h.accept(h.clinic, id)
	goes("accepted", h.home, h.of, 1)
	goes("taken in", h.clinic, of, 1)
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Start, ""))
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Report, "helped"))
	goes("reported", h.home, h.of, 0)
	goes("reported", h.clinic, of, 0)
	w := h.wish(h.clinic)
	w.Kind = referral.Transfer
	id = h.send(h.home, h.of, w)
	goes("on its way", h.home, h.of, 1)
	of = h.accept(h.clinic, id)
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Start, ""))
	goes("taken over", h.home, h.of, 0)
	goes("taken over", h.clinic, of, 0)
}
