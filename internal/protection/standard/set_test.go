package standard_test

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/protection/standard"
)

// definition is an invented list of fields.
const definition = `{"set":{"id":"harbour","version":"1","title":"Harbour House (invented)","source":"invented","fields":[
{"code":"debt","label":{"en":"Is there a debt?","ar":"هل يوجد دين؟"},"type":"flag","class":"sensitive"},
{"code":"owed","label":{"en":"To whom"},"type":"code","class":"operational","values":[{"code":"agent","label":{"en":"an agent"}},{"code":"family","label":{"en":"family"}}],"when":[{"field":"debt","is":["true"]}]},
{"code":"words","label":{"en":"In their words"},"type":"long","class":"narrative"}]},
"maps":[{"standard":"house","version":"1","fields":[{"name":"Owed","to":"owed","codes":["agent","family"]}]}]}`

// A definition is taken as it is described, and refused with the place where it is not.
func TestDefinition(t *testing.T) {
	d, err := standard.ReadDefinition(strings.NewReader(definition))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := d.Set.Field("owed")
	if d.Set.Asked(f, standard.Values{}) || !d.Set.Asked(f, standard.Values{"debt": {"true"}}) || d.Set.Asked(f, standard.Values{"debt": {"false"}}) {
		t.Error("a condition does not hold when it should, or does when it should not")
	}
	if debt, _ := d.Set.Field("debt"); standard.LabelIn(debt.Label, "ar") == standard.LabelIn(debt.Label, "fr") {
		t.Error("the label of a language is not taken")
	}
	for _, c := range []struct{ old, new, want string }{
		{`"type":"flag"`, `"type":"colour"`, "debt"},
		{`"class":"sensitive"`, `"class":"secret"`, "debt"},
		{`"class":"narrative"`, `"class":"operational"`, "stands in clear"},
		{`"is":["true"]`, `"is":["maybe"]`, "maybe"},
		{`"field":"debt"`, `"field":"owed"`, "owed"},
		{`"field":"debt"`, `"field":"nowhere"`, "nowhere"},
		{`"code":"family"`, `"code":"agent"`, "agent"},
		{`"codes":["agent","family"]`, `"codes":["agent","friend"]`, "friend"},
		{`"to":"owed"`, `"to":"gone"`, "gone"},
		{`"type":"long"`, `"type":"long","home":"birth"`, "home"},
		{`"type":"long"`, `"type":"long","colour":"red"`, "colour"},
		{`{"en":"To whom"}`, `{"fr":"A qui"}`, "English"},
		{`"code":"words"`, `"code":"debt"`, "twice"},
		{`"codes":["agent","family"]}]}]}`, `"codes":["agent","family"]}]}]} {}`, "follows"},
		{`"id":"harbour"`, `"id":"Harbour House"`, "identifier"},
	} {
		_, err := standard.ReadDefinition(strings.NewReader(strings.Replace(definition, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	circle := strings.Replace(definition, `"type":"flag","class":"sensitive"`, `"type":"flag","class":"sensitive","when":[{"field":"owed","is":["agent"]}]`, 1)
	if _, err := standard.ReadDefinition(strings.NewReader(circle)); err == nil || !strings.Contains(err.Error(), "back to itself") {
		t.Errorf("a circle of conditions: %v", err)
	}
	if _, err := standard.ReadDefinition(strings.NewReader(strings.Repeat(" ", 1<<20) + definition)); err == nil {
		t.Error("a definition of more than a megabyte was read")
	}
}
