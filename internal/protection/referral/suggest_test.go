package referral_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// TestSuggestLeavesOutWhatIsNotForOthers: what a new referral is filled with is what the person allowed outside. A name for
// the team, one that was forced on them, and a telephone of which nobody has said that it is safe are not among it, and of
// somebody who may be a child no age.
func TestSuggestLeavesOutWhatIsNotForOthers(t *testing.T) {
	h := newTown(t)
	ctx, of, src := t.Context(), casefile.ID(h.of), record.Source{From: "person"}
	outside := []person.Audience{person.WithServices}
	h.must(h.people.SetNames(ctx, h.home.worker, of, person.Seen{Source: src}, record.Is(person.Names{List: []person.Name{
		{Text: "Heron", With: outside}, {Text: "Bittern"}, {Text: "Dunlin", Kind: person.Imposed, With: outside},
	}}, src)))
	h.must(h.people.SetContact(ctx, h.home.worker, of, person.Seen{Source: src}, person.Contacts{List: record.Is([]person.Contact{
		{Channel: person.Phone, Value: "07700 900001", Safe: person.Yes}, {Channel: person.Phone, Value: "07700 900002"},
	}, src)}))
	said := func() (age, text string) {
		blind, later, err := h.Suggest(ctx, h.home.worker, h.of, fmt.Sprintf)
		h.must(err)
		for field, value := range later {
			text += " " + field + "=" + value.Reveal("test")
		}
		return blind.Age, text
	}
	age, text := said()
	for _, want := range []string{"Heron", "900001"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not suggested: %s", want, text)
		}
	}
	for _, inside := range []string{"Bittern", "Dunlin", "900002"} {
		if strings.Contains(text, inside) {
			t.Errorf("%q is suggested", inside)
		}
	}
	h.born(h.home, h.of, "2010-01-01", "2010-12-31")
	if child, _ := said(); child != "" || age != "25-39" {
		t.Errorf("of an adult the age %q is suggested, of somebody who may be a child %q", age, child)
	}
	_, _, err := h.Suggest(ctx, h.clinic.worker, h.of, fmt.Sprintf)
	h.kind("suggested to somebody else", err, fault.NotFound)
}

// TestNothingLeavesThatChangedOnTheWay: what leaves is decided before it is opened and once more when it leaves. If the
// answer has changed between the two, nothing leaves, and the next try follows the new answer.
func TestNothingLeavesThatChangedOnTheWay(t *testing.T) {
	h := newTown(t)
	id := h.send(h.home, h.of, h.wish(h.clinic))
	pair := [2]auth.OrgID{h.home.org, h.clinic.org}
	from := h.law_.asked
	h.law_.before = func() {
		if h.law_.asked == from+2 { // the first decided what is opened, this one is about to let it leave
			h.law_.fields[pair] = slices.DeleteFunc(every(), func(f string) bool { return f == "identity.name" })
		}
	}
	_, err := h.Accept(t.Context(), h.clinic.worker, id)
	h.kind("released on an answer that has changed", err, fault.Stale)
	if s := h.state(h.home, h.of, id); s != "accepted" {
		t.Errorf("not released, and it is %s", s)
	}
	v, err := h.consents.View(t.Context(), h.home.worker, h.of)
	h.must(err)
	if len(v.Left) != 1 {
		t.Errorf("%d disclosures, of which one is the blind need", len(v.Left))
	}
	of, err := h.Fetch(t.Context(), h.clinic.worker, id)
	h.must(err)
	if got := h.text(h.clinic, of, id); strings.Contains(got, canary) || !strings.Contains(got, "07700") {
		t.Errorf("after the change the receiver has %q", got)
	}
}
