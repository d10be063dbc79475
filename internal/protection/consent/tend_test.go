package consent_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// told returns what an account was told about.
func (h *house) told(who auth.Actor) (about []string) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		list, err := notify.List(h.t.Context(), tx, string(h.org), string(who.Account), 100)
		for _, n := range list {
			if n.Kind == notify.DeadlineNear {
				about = append(about, n.About)
			}
		}
		return err
	}))
	slices.Sort(about)
	return about
}

// TestTend: each is told once, in time, to whoever has to do it.
func TestTend(t *testing.T) {
	h := newHouse(t)
	begun := h.now
	emergency := "basis/" + string(h.begin(h.override(consent.Emergency)))
	discretion := "basis/" + string(h.begin(h.override(consent.Discretion)))
	o := h.duty()
	o.Due = begun.Add(24 * time.Hour)
	duty := "basis/" + string(h.begin(o))
	open := "basis/" + string(h.begin(h.duty()))
	order := h.order()
	order.ObjectUntil = "2026-06-10"
	id, err := h.Receive(t.Context(), h.worker, h.of, order, "")
	h.must(err)
	demand := "basis/" + string(id)
	said := h.said()
	said.Last = "2026-06-30"
	ends := "consent/" + string(h.give(said))
	for _, c := range []struct {
		after          time.Duration
		worker, second []string
	}{
		{0, nil, nil},
		{17 * time.Hour, nil, nil},
		{18 * time.Hour, []string{duty}, nil},
		{25 * time.Hour, []string{duty, open}, []string{discretion}},
		{47 * time.Hour, []string{duty, open}, []string{discretion}},
		{48 * time.Hour, []string{duty, open}, []string{discretion, emergency}},
		{10 * 24 * time.Hour, []string{duty, open, demand}, []string{discretion, emergency}},
		{28 * 24 * time.Hour, []string{duty, open, demand, ends}, []string{discretion, emergency}},
		{90 * 24 * time.Hour, []string{duty, open, demand, ends}, []string{discretion, emergency}},
	} {
		h.now = begun.Add(c.after)
		for range 2 {
			if _, err := h.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(c.worker)
		slices.Sort(c.second)
		if got := h.told(h.worker); !slices.Equal(got, c.worker) {
			t.Errorf("after %s the worker was told of %q, want %q", c.after, got, c.worker)
		}
		if got := h.told(h.second); !slices.Equal(got, c.second) {
			t.Errorf("after %s the second person was told of %q, want %q", c.after, got, c.second)
		}
	}
}
