package shelter_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// Whoever is known to be a child, or may be one, stays one whatever ages somebody writes into a form: they are not
// proposed to a place, nor is a room held there, that takes no child alone; and when they are missing it is a child
// who is missing.
func TestAChildIsNotMadeAnAdultByAForm(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	people := person.On(h.db, h.vault, blind.On(h.db, h.vault), h.cases, func() time.Time { return h.now })
	place := h.place(takesWomen, canary)
	alone := takesWomen
	alone.Rules.Alone = true
	home := h.place(alone, shelter.Location{})
	of, id := h.open(grown)
	b := person.Births{List: []person.Birth{{From: "2009-01-01", To: "2011-12-31", Basis: person.ByEstimate}}}
	h.must(people.SetBirth(ctx, h.worker, of, person.Seen{Source: record.Source{From: "observed"}}, record.Is(b, record.Source{})))
	h.kind("a child alone among adults", h.Offer(ctx, h.worker, of, id, 1, place), fault.Conflict)
	if s := h.stay(of); !s.Need.Ages.MaybeChild() {
		t.Errorf("the need of a child: %+v", s.Need.Ages)
	}
	lines, err := h.Board(ctx, h.worker)
	h.must(err)
	if len(lines) != 1 || lines[0].Proposal.Place == place {
		t.Errorf("proposed: %+v", lines)
	}
	h.offer(of, home)
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	h.step(of, shelter.Gone, "")
	if e := h.stay(of).Missing[0]; !e.MaybeKid || !slices.ContainsFunc(e.Steps, func(d shelter.Done) bool { return d.Code == "report-child" }) {
		t.Errorf("a missing child is looked for as an adult: %+v", e)
	}
}
