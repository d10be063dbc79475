package app_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

// wholeFields are what a whole record holds for others, written here once more: the test does not ask the code.
var wholeFields = []string{
	"outline.codes", "outline.gender", "outline.citizenship", "identity.name", "identity.birth-year", "identity.citizenship",
	"identity.papers", "contact.channel", "contact.language",
}

// signFor makes an agreement from the shelter to the clinic about some fields.
func (w *town) signFor(purpose string, fields []string) {
	w.t.Helper()
	terms := w.terms(w.clinic)
	terms.Purposes, terms.Fields = []string{purpose}, fields
	w.agreed(w.home, terms)
}

// TestReleasesNeedEverything draws agreements, yeses and releases, and holds that a record leaves for others if and only if
// one agreement in force names every field for the purpose and the person's own yes names every class for it.
func TestReleasesNeedEverything(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	w := newTown(t)
	m, err := standard.MapOf("htcds", "")
	w.must(err)
	type terms struct {
		purpose string
		fields  []string
	}
	var signed []terms
	yes := map[string]map[string][]string{} // case, purpose, classes
	purposes := []string{"support", "safety"}
	gone := 0
	for round := range 8 {
		one := terms{purposes[draw.IntN(2)], slices.Clone(wholeFields)}
		last := round >= 6              // somebody leaves in every run
		if !last && draw.IntN(2) == 0 { // one field is not agreed
			i := draw.IntN(len(one.fields))
			one.fields = slices.Delete(one.fields, i, i+1)
		}
		if round > 0 && round%2 == 0 {
			w.signFor(one.purpose, one.fields)
			signed = append(signed, one)
		}
		name := fmt.Sprintf("Bearer%d", round)
		c := w.open(name+" (invented)", "")
		w.must(w.born(c.ID(), "1980-01-01", "1980-12-31"))
		classes, purpose := []string{"outline", "identity", "contact"}, purposes[draw.IntN(2)]
		if last {
			purpose = signed[len(signed)-1].purpose
		} else if draw.IntN(3) == 0 {
			classes = slices.Delete(classes, 0, 1+draw.IntN(2))
		}
		if last || draw.IntN(4) > 0 {
			said := w.yes("They may know (invented).")
			said.Classes, said.Purposes = classes, []string{purpose}
			id, err := w.Consents.Give(t.Context(), w.worker, string(c.ID()), said, record.NewSubmissionKey())
			w.must(err)
			if !last && draw.IntN(4) == 0 {
				_, err := w.Consents.Withdraw(t.Context(), w.worker, string(c.ID()), consent.Withdrawal{Consent: id})
				w.must(err)
			} else {
				yes[string(c.ID())] = map[string][]string{purpose: classes}
			}
		}
		for _, purpose := range purposes {
			for _, p := range []standard.Profile{standard.Codes, standard.Whole} {
				fields, classes := wholeFields[:1], []string{"outline"}
				if p == standard.Whole {
					fields, classes = wholeFields, []string{"outline", "identity", "contact"}
				}
				want, agreed := 0, slices.ContainsFunc(signed, func(a terms) bool { return a.purpose == purpose && covers(a.fields, fields) })
				for _, said := range yes {
					if agreed && covers(said[purpose], classes) {
						want++
					}
				}
				var file bytes.Buffer
				r := standard.Release{Map: m, Form: standard.JSON, Profile: p, To: consent.Party(w.clinic), Purpose: purpose, Reason: "handover"}
				done, err := w.Standards.Export(t.Context(), w.chief, r, &file)
				if !agreed && (fault.KindOf(err) != fault.Denied || file.Len() > 0) {
					t.Fatalf("seed %d: without an agreement for %s: %v %s", seed, purpose, err, &file)
				}
				if agreed && (err != nil || done.Records != want || done.Records+done.LeftOut != round+1) {
					t.Fatalf("seed %d: %s of %s: %v %+v, want %d of %d", seed, p, purpose, err, done, want, round+1)
				}
				gone += done.Records
			}
		}
	}
	if t.Logf("%d records left", gone); gone == 0 {
		t.Error("nothing ever left, so nothing was tried")
	}
}

// covers reports whether all has every one of some.
func covers(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
