package shelter_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// TestTheDirectory takes a file in twice, then another state of it, and writes the directory out: in it is
// what was read, and no protected place.
func TestTheDirectory(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.place(takesWomen, canary)
	read := func(text string) shelter.Import {
		in, err := shelter.ReadHSDS([]byte(text))
		h.must(err)
		return in
	}
	first := read(`[{"id":"a","name":"Advice (invented)","status":"active","service_areas":[{"id":"x","extent":"GB-WLS"}]},{"id":"b","name":"Doctor (invented)","status":"active"}]`)
	next := read(`[{"id":"a","name":"Advice (invented)","status":"inactive","service_areas":[{"id":"x","extent":"GB-WLS"}]}]`)
	for i, c := range []struct {
		in   shelter.Import
		want shelter.Taken
	}{{first, shelter.Taken{New: 2}}, {first, shelter.Taken{Same: 2}}, {next, shelter.Taken{Changed: 1}}} {
		if got, err := h.Take(ctx, h.chief, "invented", c.in); err != nil || got != c.want {
			t.Errorf("%d: %+v %v", i, got, err)
		}
	}
	h.kind("a worker reads a file in", errOf(h.Take(ctx, h.worker, "invented", first)), fault.NotFound)
	h.kind("a source without a name", errOf(h.Take(ctx, h.chief, "In vented", first)), fault.Invalid)
	found, err := h.Services(ctx, h.worker, "advice", "GB-WLS")
	h.must(err)
	if len(found) != 1 || found[0].Status != "inactive" || found[0].ForeignID != "a" {
		t.Fatalf("%+v", found)
	}
	one, err := h.Service(ctx, h.worker, found[0].ID)
	if err != nil || one.Name != found[0].Name {
		t.Errorf("%+v %v", one, err)
	}
	if other, err := h.Services(ctx, h.worker, "advice", "GB-SCT"); err != nil || len(other) > 0 {
		t.Errorf("%+v %v", other, err)
	}
	h.kind("the directory for an analyst", errOf(h.Export(ctx, h.staff(auth.Analyst), shelter.JSON)), fault.NotFound)
	for _, f := range []shelter.Format{shelter.JSON, shelter.ZIP} {
		data, err := h.Export(ctx, h.guard, f)
		h.must(err)
		in, err := shelter.ReadHSDS(data)
		h.must(err)
		if len(in.Services) != 2 || len(in.Losses)+len(in.Problems) > 0 {
			t.Errorf("%s: %+v", f, in)
		}
		if seen := sees(string(data)); len(seen) > 0 || len(data) > 20_000 {
			t.Errorf("%s has %q", f, seen)
		}
	}
}
