package shelter

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestJudgeGivesReasons(t *testing.T) {
	areas := Areas{"XX-01": {"XX-02"}, "XX-02": {"XX-03"}}.both()
	open := Offer{ID: "p", Area: "XX-03", Open: true, Units: []Unit{{Size: 2, Total: 3, Free: 1}}}
	with := func(f func(*Offer)) Offer { o := open; f(&o); return o }
	grown := Need{Ages: Ages{From: 30, To: 35}, Gender: "woman"}
	need := func(f func(*Need)) Need { n := grown; f(&n); return n }
	for name, c := range map[string]struct {
		need    Need
		offer   Offer
		against []string
		ask     []string
	}{
		"an adult":                   {grown, open, nil, nil},
		"closed":                     {grown, with(func(o *Offer) { o.Open = false }), []string{"closed"}, nil},
		"full":                       {grown, with(func(o *Offer) { o.Units = []Unit{{2, 3, 0}} }), []string{"full"}, nil},
		"three in a room for two":    {need(func(n *Need) { n.Others = 2 }), open, []string{"full"}, nil},
		"in the area itself":         {need(func(n *Need) { n.Avoid = []Keep{{"XX-03", 0}} }), open, []string{"too-near"}, nil},
		"beside it":                  {need(func(n *Need) { n.Avoid = []Keep{{"XX-02", 1}} }), open, []string{"too-near"}, nil},
		"two away, one wanted":       {need(func(n *Need) { n.Avoid = []Keep{{"XX-01", 1}} }), open, nil, nil},
		"two away, two wanted":       {need(func(n *Need) { n.Avoid = []Keep{{"XX-01", 2}} }), open, []string{"too-near"}, nil},
		"neighbours not known":       {need(func(n *Need) { n.Avoid = []Keep{{"XX-77", 1}} }), open, []string{"too-near"}, nil},
		"the country":                {need(func(n *Need) { n.Avoid = []Keep{{"XX", 0}} }), open, []string{"too-near"}, nil},
		"another country":            {need(func(n *Need) { n.Avoid = []Keep{{"YY-01", 1}} }), open, nil, nil},
		"men only":                   {grown, with(func(o *Offer) { o.Rules.Genders = []string{"man"} }), []string{"gender"}, nil},
		"gender not known":           {need(func(n *Need) { n.Gender = "" }), with(func(o *Offer) { o.Rules.Genders = []string{"man"} }), nil, []string{"ask-gender"}},
		"access":                     {need(func(n *Need) { n.Access = []string{"wheelchair", "deaf"} }), with(func(o *Offer) { o.Rules.Access = []string{"deaf"} }), []string{"access"}, nil},
		"language":                   {need(func(n *Need) { n.Languages = []string{"vi"} }), with(func(o *Offer) { o.Rules.Languages = []string{"en"} }), []string{"language"}, nil},
		"one language of two":        {need(func(n *Need) { n.Languages = []string{"vi", "en"} }), with(func(o *Offer) { o.Rules.Languages = []string{"en"} }), nil, nil},
		"interpreters come":          {need(func(n *Need) { n.Languages = []string{"vi"} }), with(func(o *Offer) { o.Rules.Interpret = true }), nil, nil},
		"refused":                    {need(func(n *Need) { n.Refused = []string{"p"} }), open, []string{"refused"}, nil},
		"age not known is a child":   {Need{Gender: "woman"}, open, []string{"child-alone"}, nil},
		"maybe a child":              {Need{Ages: Ages{16, 20}}, open, []string{"child-alone"}, nil},
		"a child in a home":          {Need{Ages: Ages{15, 16}}, with(func(o *Offer) { o.Rules = Rules{Alone: true, AgeTo: 17} }), nil, nil},
		"maybe an adult there":       {Need{Ages: Ages{16, 20}}, with(func(o *Offer) { o.Rules = Rules{Alone: true, AgeTo: 17} }), nil, []string{"ask-age"}},
		"too old there":              {grown, with(func(o *Offer) { o.Rules = Rules{Alone: true, AgeTo: 17} }), []string{"age"}, nil},
		"a child with their mother":  {Need{Ages: Ages{10, 10}, WithAdult: true, Others: 1}, open, []string{"children"}, nil},
		"an adult only in words":     {Need{Ages: Ages{10, 10}, WithAdult: true}, with(func(o *Offer) { o.Rules.Children = true }), []string{"child-alone"}, nil},
		"children":                   {need(func(n *Need) { n.Children = []Child{{3, ""}} }), open, []string{"children"}, nil},
		"children come too":          {need(func(n *Need) { n.Children = []Child{{3, ""}} }), with(func(o *Offer) { o.Rules.Children = true }), nil, nil},
		"a boy of fourteen":          {need(func(n *Need) { n.Children = []Child{{14, "man"}} }), with(func(o *Offer) { o.Rules = Rules{Children: true, BoyTo: 12} }), []string{"children-age"}, nil},
		"a girl of fourteen":         {need(func(n *Need) { n.Children = []Child{{14, "woman"}} }), with(func(o *Offer) { o.Rules = Rules{Children: true, BoyTo: 12} }), nil, nil},
		"fourteen, nobody said what": {need(func(n *Need) { n.Children = []Child{{14, ""}} }), with(func(o *Offer) { o.Rules = Rules{Children: true, BoyTo: 12} }), nil, []string{"ask-children"}},
		"age of the child not known": {need(func(n *Need) { n.Children = []Child{{-1, ""}} }), with(func(o *Offer) { o.Rules = Rules{Children: true, ChildTo: 10} }), nil, []string{"ask-children"}},
		"pregnant, pets, substances": {need(func(n *Need) { n.Pregnant, n.Pets, n.Substance = "yes", true, "yes" }), with(func(o *Offer) { o.Rules.Substance = "abstinent" }), []string{"pets", "pregnant", "substance"}, nil},
		"a report to the police":     {grown, with(func(o *Offer) { o.Rules.Police, o.Rules.Status = true, []string{"nationality"} }), nil, nil},
	} {
		v := Judge(c.need, c.offer, areas)
		if !slices.Equal(v.Against, c.against) || !slices.Equal(v.Ask, c.ask) || v.OK() != (len(c.against)+len(c.ask) == 0) {
			t.Errorf("%s: %+v", name, v)
		}
		for _, r := range append(v.Against, v.Ask...) {
			if !known(Reasons(), r) {
				t.Errorf("%s: the reason %q has no words", name, r)
			}
		}
	}
}

// TestNobodyGetsWhatIsRuledOut: whatever the numbers, a proposal fits, and no room is given twice.
func TestNobodyGetsWhatIsRuledOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		waiting, offers, areas := invented(randOf(rt), rapid.IntRange(0, 15).Draw(rt, "people"), rapid.IntRange(0, 8).Draw(rt, "places"))
		if len(waiting) > 0 && len(offers) > 0 {
			waiting[0].Need.Refused = []string{offers[0].ID}
			waiting[len(waiting)-1].Need.Ages = Ages{} // nobody knows
		}
		taken := map[room]int{}
		for _, p := range Propose(waiting, offers, areas) {
			if p.Place == "" {
				continue
			}
			w := waiting[slices.IndexFunc(waiting, func(w Waiting) bool { return w.ID == p.ID })]
			at := slices.IndexFunc(offers, func(o Offer) bool { return o.ID == p.Place })
			if v := Judge(w.Need, offers[at], areas); !v.OK() || p.Size < w.Need.Party() {
				rt.Fatalf("%+v got %+v: %+v", w, p, v)
			}
			taken[room{at, p.Size}]++
			unit := offers[at].Units[slices.IndexFunc(offers[at].Units, func(u Unit) bool { return u.Size == p.Size })]
			if taken[room{at, p.Size}] > unit.Free {
				rt.Fatalf("a room twice: %+v", p)
			}
		}
	})
}

// TestTheRuleHasNoRoomForOrigin walks the types of what the rule looks at: no origin, no name, no address.
func TestTheRuleHasNoRoomForOrigin(t *testing.T) {
	banned := []string{"nation", "citizen", "origin", "race", "ethnic", "religion", "name", "address", "street", "postal", "latitude", "longitude", "phone"}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		if seen[ty] {
			return
		}
		seen[ty] = true
		switch ty.Kind() {
		case reflect.Slice, reflect.Pointer, reflect.Map:
			walk(ty.Elem())
		case reflect.Struct:
			for f := range ty.Fields() {
				for _, b := range banned {
					if strings.Contains(strings.ToLower(f.Name), b) {
						t.Errorf("%s has %s", ty, f.Name)
					}
				}
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Waiting]())
	walk(reflect.TypeFor[Offer]())
}
