package compendium_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/compendium"
	"github.com/fourfold/fourfold/internal/law/treaty"
)

// compare says where the shipped row differs from the reference.
func compare(t *testing.T, what string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			t.Errorf("%s: %q, the reference has %q", what, pairs[i], pairs[i+1])
		}
	}
}

// What ships is what the reference folder holds, row for row, and what stands beside it is marked.
func TestShippedEqualsTheReference(t *testing.T) {
	b := compendium.Shipped()
	list := rows(t, "instruments.csv")
	for _, r := range list {
		i, _ := b.Instrument(r["id"])
		compare(t, r["id"], i.Short, r["short_name"], i.Title, r["title"], i.Body, r["body"], i.Type, r["type"], string(i.Adopted), r["adopted"],
			string(i.Force), r["in_force"], i.Parties, r["parties"], i.PartiesOn, r["parties_as_of"], i.Citation, r["citation"],
			strings.Join(i.IDs, "; "), r["official_ids"], i.URI, r["akn_work_uri_proposed"], i.Binding, r["binding"],
			i.Confidence, r["confidence"], i.Note, r["note"], i.Place, r["place_adopted"])
	}
	topics := rows(t, "topics.csv")
	for _, r := range topics {
		x, _ := b.Topic(r["code"])
		compare(t, r["code"], x.Pillar, r["pillar"], x.Title, r["title"], x.Means, r["covered_means"], x.Tier.String(), r["tier"], x.Set, "")
	}
	duties := rows(t, "obligations.csv")
	for i, r := range duties {
		o := b.Obligations[i]
		compare(t, r["id"], o.ID, r["id"], o.Instrument, r["instrument"], o.Article, r["article"], o.Paragraph, r["paragraph"], o.EID, r["eid"],
			o.Strength.String(), r["strength"], o.Qualifier, r["qualifier"], o.Pillar, r["pillar"], o.Topic, r["topic"], o.Text, r["obligation"],
			o.Confidence, r["confidence"], o.Kind, r["kind"], o.ValidFrom, r["valid_from"])
	}
	laws := rows(t, "national_laws.csv")
	countries := map[string]bool{}
	for i, r := range laws {
		l := b.Laws[i]
		countries[l.State] = true
		compare(t, r["id"], l.ID, r["id"], l.State, r["iso3"], l.Title, r["title"], l.Year, r["year"], string(l.Adopted), r["date_adopted"], l.Citation, r["citation"],
			l.Sections, r["sections"], strings.Join(l.Topics, ";"), r["topics_known"], l.Status, r["status"], l.Confidence, r["confidence"], l.Note, r["note"])
		if l.Recalled != (r["evidence"] == "recalled") || l.Recalled && !l.Check() {
			t.Errorf("%s: recalled %t, check %t", l.ID, l.Recalled, l.Check())
		}
	}
	if len(list) != 71 || len(topics) != 79 || len(duties) != 224 || len(laws) != 183 || len(countries) != 153 {
		t.Errorf("%d instruments, %d topics, %d obligations, %d laws of %d countries", len(list), len(topics), len(duties), len(laws), len(countries))
	}
	if len(b.Instruments) != 72 || len(b.Topics) != 80 || len(b.Obligations) != 241 || len(b.Laws) != 183 {
		t.Error("more ships than was meant to")
	}
}

// Every act of the two tables stands in a chain, with its date, its source and its confidence.
func TestShippedActsEqualTheReference(t *testing.T) {
	b := compendium.Shipped()
	n := 0
	has := func(instrument string, r map[string]string, kinds []treaty.Kind, date, source string) {
		t.Helper()
		n++
		if !slices.ContainsFunc(b.Chain(instrument, r["iso3"]).Acts, func(a treaty.Act) bool {
			return slices.Contains(kinds, a.Kind) && string(a.Date) == date && a.Source == source && a.Confidence == r["confidence"]
		}) {
			t.Errorf("%s, %s: no %v of %q from %q", instrument, r["iso3"], kinds, date, source)
		}
	}
	tables := slices.Concat(rows(t, "tip_protocol_parties.csv"), rows(t, "ratifications_core.csv"))
	for _, r := range tables {
		id := r["instrument"]
		switch id {
		case "":
			id = protocol
		case "UNTOC":
			id = "UNTOC-2000"
		}
		kind := []treaty.Kind{treaty.Kind(r["consent_type"])}
		if strings.Contains(r["consent_type"], "year only") {
			kind = []treaty.Kind{treaty.Consent}
		}
		if r["signature_date"] != "" {
			has(id, r, []treaty.Kind{treaty.Signature}, r["signature_date"], r["source"])
		}
		if r["consent_type"] != "" {
			has(id, r, kind, r["consent_date"], r["source"])
		}
		if r["status"] == "non-party" {
			has(id, r, []treaty.Kind{treaty.Absent}, "", r["source"])
		}
	}
	if len(tables) != 195+1709 || n < len(tables) {
		t.Errorf("%d rows, %d acts", len(tables), n)
	}
}

// Reservations, approval at home and other accounts of a date, as law.md section 3 tells them.
func TestTraps(t *testing.T) {
	b := compendium.Shipped()
	at := clock.On("2024-04-20", "")
	if s := b.Chain(protocol, "COG").On(clock.On("2026-11-24", "")); s.Standing != treaty.Signed || len(s.Approvals) != 1 {
		t.Errorf("Congo: %s with %d approvals at home", s.Standing, len(s.Approvals))
	}
	saudi := b.Chain(protocol, "SAU").On(clock.On("2026-11-24", ""))
	if !saudi.Reserves("15.2") || saudi.Reserves("6(3)(d)") || saudi.Reserves("7.1") || len(saudi.Reservations) != 2 {
		t.Errorf("Saudi Arabia: %+v", saudi.Reservations)
	}
	late := clock.On("2014-09-10", "")
	if s := b.Chain(protocol, "AGO").On(late); s.Unclear != treaty.Disputed || s.Standing != treaty.None || s.Perhaps != treaty.Consented {
		t.Errorf("Angola between two accounts: %s, perhaps %s, %q", s.Standing, s.Perhaps, s.Unclear)
	}
	if s := b.Chain(protocol, "AGO").On(at); s.Unclear != treaty.Certain || s.Force.From != "2014-10-19" || len(s.Claims) != 1 {
		t.Errorf("Angola: %+v", s)
	}
	sudan := b.Chain(protocol, "SSD").On(at)
	if sudan.Standing != treaty.Consented || sudan.Unclear != treaty.Undated {
		t.Errorf("South Sudan: %s, %q", sudan.Standing, sudan.Unclear)
	}
	if s := b.Chain(protocol, "IRN").On(at); s.Standing != treaty.None || s.AsOf != "2024-04-20" {
		t.Errorf("Iran: %s as of %s", s.Standing, s.AsOf)
	}
	if s := b.Chain("UNCAC-2003", "FRA").On(at); s.Standing != treaty.Unknown {
		t.Errorf("an instrument of which no act is known: %s", s.Standing)
	}
	if s := b.Chain("CRC", "SOM").On(clock.On("2015-06-01", "")); s.Standing != treaty.Signed || s.Perhaps != treaty.InForce || s.Unclear != treaty.Imprecise {
		t.Errorf("a year without a day: %s, perhaps %s, %q", s.Standing, s.Perhaps, s.Unclear)
	}
	if n := len(b.Members.On("COE", "2026-01-01")); n != 46 {
		t.Errorf("%d members of the Council of Europe", n)
	}
	for on, want := range map[clock.Day]int{"1972-12-31": 6, "2004-05-01": 25, "2013-07-01": 28, "2020-01-31": 28, "2020-02-01": 27} {
		if n := len(b.Members.On("EU", on)); n != want {
			t.Errorf("%d members of the Union on %s, want %d", n, on, want)
		}
	}
}
