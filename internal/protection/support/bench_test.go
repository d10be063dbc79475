package support_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// BenchmarkView opens the support of a case with forty things in it: one question to the vault.
func BenchmarkView(b *testing.B) {
	h := newHouse(b)
	for range 20 {
		h.goal()
		_, err := h.KeepService(b.Context(), h.worker, h.of, support.Seen{}, support.Service{Service: "med.dental", State: "offered", Note: private.New("invented")})
		h.must(err)
	}
	if v := h.view(); len(v.Goals) != 20 || len(v.Services) != 20 || v.Services[7].Is.Note.Reveal("bench") != "invented" {
		b.Fatal("the view is not what was written")
	}
	for b.Loop() {
		h.view()
	}
}

// BenchmarkKeep writes one goal with its entry.
func BenchmarkKeep(b *testing.B) {
	h := newHouse(b)
	h.goal()
	if v := h.view(); len(v.Goals) != 1 {
		b.Fatal("the goal is not there")
	}
	for b.Loop() {
		h.goal()
	}
}
