package space

import (
	"regexp"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	room "github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// Telling are words that nobody should read over a shoulder, in a title, an address, a cookie or anywhere on the page; the
// name of the program and of the organisation are among them. The list is in English: in Arabic the same texts are asked
// for by their English key.
var Telling = regexp.MustCompile(`(?i)traffick|victim|survivor|slave|exploit|abus|prostitut|sex|rape|police|shelter|refuge|asylum|rescue|violen|crim|protect|forced|debt|immigra|identif|case\b|fourfold|harbour|amina|omar|kanarie`)

// Whatever the file holds, the words that this page has for it do not tell.
func TestNoWordTells(t *testing.T) {
	p := i18n.For("en")
	words := map[string]string{}
	for _, w := range consent.Recipients() {
		words["recipient "+w.Code] = recipientWord(p, w.Code)
	}
	words["a party"] = recipientWord(p, "abcdef")
	for _, w := range consent.Kinds() {
		words["kind "+w.Code] = kindWord(p, consent.Kind(w.Code))
	}
	for _, s := range consent.States() {
		words["state "+string(s)] = stateWord(p, s)
	}
	for _, s := range []consent.RecallState{consent.Asked, consent.Honoured, consent.PartlyGiven, consent.KeptThere, consent.NotAnswered} {
		words["recall "+string(s)] = recallWord(p, s)
	}
	for _, k := range append(room.Kinds(), room.Date) {
		words["say "+string(k)] = sayWord(p, k)
	}
	for _, r := range auth.Roles() {
		words["role "+string(r)] = whoWord(p, room.Look{Roles: []auth.Role{r}})
	}
	for _, k := range audit.Kinds() {
		words["look "+string(k)] = lookWord(p, room.Look{Kind: k})
	}
	for code := range whys {
		words["why "+code] = lookWord(p, room.Look{Kind: audit.Opening, Purpose: code})
	}
	var i room.Info
	for _, d := range support.Domains() {
		i.Needs = append(i.Needs, support.Need{Domain: d.Code})
	}
	for _, s := range support.Services() {
		for _, state := range support.ServiceStates() {
			i.Services = append(i.Services, support.Service{Service: s.Code, State: state.Code})
		}
	}
	var access []string
	for _, n := range person.AccessNeeds() {
		access = append(access, n.Code)
	}
	var papers []person.Document
	for _, k := range person.DocumentKinds() {
		papers = append(papers, person.Document{Kind: person.DocumentKind(k.Code), HeldBy: person.HeldByExploiter})
	}
	var ways []person.Contact
	for _, c := range person.Channels() {
		ways = append(ways, person.Contact{Channel: c})
	}
	var names []person.Name
	for _, k := range person.NameKinds() {
		names = append(names, person.Name{Text: "Mariam", Kind: k})
	}
	from := record.Source{}
	i.Known.Names = record.Is(person.Names{List: names}, from)
	i.Known.About.Access, i.Known.Documents.List, i.Known.Contact.List = record.Is(access, from), record.Is(papers, from), record.Is(ways, from)
	lines := 0
	for _, part := range Parts(p, func(code string) string { return code }, i) {
		for _, l := range part.Lines {
			lines++
			words[part.Title+" "+l.Label+l.Text] = l.Label + " " + l.Text + " " + l.Note
		}
	}
	if lines < 60 {
		t.Errorf("only %d lines", lines)
	}
	for what, w := range words {
		if found := Telling.FindString(w); found != "" || w == "" {
			t.Errorf("%s: %q in %q", what, found, w)
		}
	}
	if !Telling.MatchString("a shelter") {
		t.Error("the list finds nothing")
	}
}
