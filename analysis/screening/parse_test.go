package screening_test

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/screening"
)

//go:embed instruments/*.json rules/*.json
var files embed.FS

// good is a small file without a defect.
const good = `{
 "code": "small",
 "version": "1",
 "title": "A small list",
 "about": "For tests.",
 "person": "any",
 "form": "labour",
 "from": "2020",
 "basis": "expert consensus",
 "validated": false,
 "validation": "None: it is invented.",
 "licence": {"holder": "nobody", "terms": "none"},
 "sources": [{"code": "s", "title": "invented", "confidence": "recalled"}],
 "rule": {"sources": ["s"], "lines": [
  {"code": "two", "label": "two strong", "strong": 2}]},
 "dimensions": [
  {"code": "d", "label": "dimension", "element": "means", "indicators": [
   {"code": "d.1", "label": "first", "strength": "strong"},
   {"code": "d.2", "label": "second"}]}],
 "combinations": [
  {"code": "c", "label": "c", "reading": "r", "groups": [["d"]], "sources": ["s"]}]
}
`

// refusals are changes to the good file, one at a time, and what the parser says.
var refusals = []struct{ old, put, want string }{
	{`"title":`, `"titel":`, `small.json, line 4: titel: this field is not known; remove it or check its spelling`},
	{`"title":`, `"Title":`, `small.json, line 4: Title: this field is not known; remove it or check its spelling`},
	{`"title": "A small list"`, `"title": null`, `small.json, line 4: title: null says nothing; leave the field out or give it a value`},
	{`"title": "A small list"`, `"title": "a", "title": "b"`, `small.json, line 4: title: this field stands twice; keep one`},
	{`"title": "A small list"`, `"title": {"en": "a"}`, `small.json, line 4: title: it holds an object; write a text in quotation marks`},
	{`"title": "A small list"`, `"title": ["a"]`, `small.json, line 4: title: it holds a list; write a text in quotation marks`},
	{`"title": "A small list"`, `"title": 7`, `small.json, line 4: title: it holds a number; write a text in quotation marks`},
	{`"validated": false`, `"validated": "no"`, `small.json, line 10: validated: it holds a string; write true or false`},
	{`"title": "A small list"`, `"title": " "`, `small.json, line 4: title: the text is missing; write it`},
	{`A small list`, strings.Repeat("a", 1001), `small.json, line 4: title: the text has 1001 bytes; at most 1000 are taken; shorten it`},
	{`A small list`, "A small \u202elist", `small.json, line 4: title: byte 8 of the text is a control or direction character; remove it`},
	{`A small list`, "A small\u200blist", `small.json, line 4: title: byte 7 of the text is a control or direction character; remove it`},
	{`"code": "small"`, `"code": "Small list"`, `small.json, line 2: code: "Small list" is not a code; write 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit`},
	{`"person": "any"`, `"person": "women"`, `small.json, line 6: person: "women" is not known; use one of adult, child, any`},
	{`"from": "2020"`, `"from": "2020-13"`, `small.json, line 8: from: "2020-13" is not a date; write 2024, 2024-07 or 2024-07-23`},
	{`"from": "2020"`, `"from": ""`, `small.json, line 8: from: the beginning of its validity is missing; say since when the list holds`},
	{`"from": "2020"`, `"from": "2020", "to": "2019-12"`, `small.json, line 8: to: it ends (2019-12) before it begins (2020); put the later date last`},
	{` "validated": false,`, ``, `small.json: validated: the file does not say whether it was validated; write true or false`},
	{`"validated": false`, `"validated": true`, `small.json, line 10: validated: a list whose sources were not read cannot be called validated; read the sources, or write false`},
	{`"holder": "nobody", `, ``, `small.json, line 12: licence.holder: the text is missing; write it`},
	{`"confidence": "recalled"`, `"confidence": "sure"`, `small.json, line 13: sources[0].confidence: "sure" is not known; use one of stated, secondary, recalled`},
	{`"confidence": "recalled"`, `"confidence": "stated"`, `small.json, line 13: sources[0].confidence: only a stated source was read, and it says on which day; add read_on to a stated source; remove it from another, or call it stated`},
	{`{"sources": ["s"], "lines"`, `{"sources": [], "lines"`, `small.json, line 14: rule.sources: the rule has no source; name where the rule is published`},
	{`{"sources": ["s"], "lines"`, `{"sources": ["x"], "lines"`, `small.json, line 14: rule.sources[0]: the source "x" is not in the file; add it to sources`},
	{`"strong": 2}`, `"strong": 11}`, `small.json, line 15: rule.lines[0]: 11 is not a number of indicators; write 0 to 10`},
	{`, "strong": 2}`, `}`, `small.json, line 15: rule.lines[0]: the line holds without any sign; ask for at least one indicator`},
	{`"strong": 2}`, `"strong": 1.5}`, `small.json, line 15: rule.lines.strong: it holds a number 1.5; write a whole number`},
	{`, "strength": "strong"`, ``, `small.json, line 14: rule: the rule has nothing to count: no indicator has a strength; give strengths or remove the rule`},
	{`"strength": "strong"`, `"strength": "very"`, `small.json, line 18: dimensions[0].indicators[0].strength: "very" is not known; use one of strong, medium, weak`},
	{`"code": "d.2"`, `"code": "d.1"`, `small.json, line 19: dimensions[0].indicators[1].code: the code "d.1" stands twice; give each its own`},
	{`"label": "second"`, `"label": "second", "related": ["ilo-eleven"]`, `small.json, line 19: dimensions[0].indicators[1].related[0]: "ilo-eleven" names no indicator; write instrument/indicator`},
	{`"element": "means"`, `"element": "movement"`, `small.json, line 17: dimensions[0].element: "movement" is not known; use one of act, means, purpose`},
	{`"element": "means"`, `"alternative": "deception"`, `small.json, line 17: dimensions[0].alternative: it names an alternative of no element; add the element`},
	{`"groups": [["d"]]`, `"groups": [["e"]]`, `small.json, line 21: combinations[0].groups[0][0]: the dimension "e" is not in the file; use a code of dimensions`},
	{`"groups": [["d"]]`, `"groups": [[]]`, `small.json, line 21: combinations[0].groups[0]: the group is empty and could never be met; name a dimension or remove the group`},
	{`"groups": [["d"]], "sources": ["s"]`, `"groups": [["d"]]`, `small.json, line 21: combinations[0].sources: the combination has no source; name who published the combination`},
	{`"basis": "expert consensus"`, `"basis": "prompts"`, `small.json, line 14: rule: prompts have no rule: nothing follows from them; remove rule and combinations`},
	{"\n}\n", "\n}\n{}", `small.json, line 23: something follows the end; keep one object in the file`},
	{"[\n  {\"code\": \"two\"", "\n  {\"code\": \"two\"", `small.json, line 15: rule.lines: it holds an object; write a list in square brackets`},
	{"d\"]], \"sources\"", "d\"]] \"sources\"", `small.json, line 21: combinations[0]: it is not JSON: invalid character '"' after object key:value pair; mend the JSON there`},
	{"\"s\"]}]\n}\n", "\"s\"]", `small.json, line 21: combinations[0]: it is not JSON: EOF; mend the JSON there`},
	{`small list`, "small \xff list", `small.json, line 1: the file is not UTF-8 text; save it as UTF-8`},
	{`small list`, strings.Repeat(" ", 1<<20), `small.json, line 1: the file has 1049319 bytes; at most 1048576 are read; split it`},
}

// TestParseRefuses changes one thing in a good file at a time. The error names the line, the field
// and what to do.
func TestParseRefuses(t *testing.T) {
	if _, err := screening.Parse("small.json", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range refusals {
		text := strings.Replace(good, c.old, c.put, 1)
		if text == good {
			t.Errorf("%q is not in the file", c.old)
			continue
		}
		in, err := screening.Parse("small.json", []byte(text))
		if in != nil || err == nil || err.Error() != "screening: "+c.want {
			t.Errorf("%.80q:\n got %v\nwant screening: %s", c.put, err, c.want)
			continue
		}
		if p := screening.ProblemOf(err); p != screening.BadFile && p != screening.BadContent {
			t.Errorf("%q: problem %d", c.put, p)
		}
	}
}

// TestParseReportsAll: every defect of the content is reported at once.
func TestParseReportsAll(t *testing.T) {
	text := strings.NewReplacer(`"any"`, `"all"`, `"2020"`, `"20"`, `["d"]`, `["x"]`).Replace(good)
	_, err := screening.Parse("small.json", []byte(text))
	if err == nil || strings.Count(err.Error(), "screening: small.json, line") != 3 {
		t.Errorf("%v", err)
	}
	bare := strings.Replace(good, `[{"code": "s", "title": "invented", "confidence": "recalled"}]`, `[]`, 1)
	if _, none := screening.Parse("small.json", []byte(bare)); none == nil || !strings.Contains(none.Error(), "line 13: sources: there is no source; name at least one") {
		t.Errorf("no source: %v", none)
	}
	var many []string
	for range 900 {
		many = append(many, `{"code": "?", "label": ""}`)
	}
	flood := strings.Replace(good, `{"code": "d.2", "label": "second"}`, strings.Join(many, ","), 1)
	if _, e := screening.Parse("small.json", []byte(flood)); e == nil || strings.Count(e.Error(), "screening:") != 100 {
		t.Errorf("%d defects reported of 1,800", strings.Count(e.Error(), "screening:"))
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T", err)
	}
	for _, one := range joined.Unwrap() {
		if e, ok := errors.AsType[*screening.Error](one); !ok || e.File != "small.json" || e.Line == 0 || e.Field == "" || e.Mend == "" {
			t.Errorf("%+v", one)
		}
	}
}

// TestPromptsHaveNoRule: whatever else is in the file, prompts and lists without a rule take no
// strengths and no combinations.
func TestPromptsHaveNoRule(t *testing.T) {
	bare := good[:strings.Index(good, ` "rule"`)] + good[strings.Index(good, ` "dimensions"`):]
	for _, basis := range screening.Bases() {
		text := strings.Replace(bare, "expert consensus", basis, 1)
		_, err := screening.Parse("small.json", []byte(text))
		if err == nil || !strings.Contains(err.Error(), "dimensions[0].indicators[0].strength: a strength without a rule would look like a threshold") ||
			!strings.Contains(err.Error(), "line 18: combinations: without a rule no dimension is ever positive") {
			t.Errorf("%s: %v", basis, err)
		}
	}
}

// TestHash: spaces make no other file, a letter does.
func TestHash(t *testing.T) {
	parse := func(text string) string {
		in, err := screening.Parse("small.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return in.Hash()
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(good)); err != nil {
		t.Fatal(err)
	}
	if a, b := parse(good), parse(compact.String()); a != b || len(a) != 64 {
		t.Errorf("%s and %s", a, b)
	}
	if parse(good) == parse(strings.Replace(good, "second", "Second", 1)) {
		t.Error("another label, the same hash")
	}
}

// TestElementRuleRefuses: the same strictness for rules.
func TestElementRuleRefuses(t *testing.T) {
	data, err := os.ReadFile("rules/us.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, put, want string }{
		{`"child_under": 18`, `"child_under": 180`, `rules/us.json, line 6: child_under: 180 is not such an age; write the age in years below which a person is a child`},
		{`"child_under": 18`, `"child_under": 18, "child_rule": true`, `rules/us.json, line 6: child_rule: this field is not known; remove it or check its spelling`},
		{`"child": "not needed"`, `"child": "no"`, `purposes[0].child: "no" is not known; use one of needed, not needed, or leave it out`},
		{`"adult": "needed"`, `"adult": "not needed", "note": ""`, `purposes[0].note: this field is not known`},
		{`"commercial-sex"` + "\n   ]", `"sex"` + "\n   ]", `acts[5].only[0]: the purpose "sex" is not in the file; use a code of purposes`},
		{`"force-or-threat"`, `"fraud"`, `means[1].code: the code "fraud" stands twice; give each its own`},
	} {
		text := strings.Replace(string(data), c.old, c.put, 1)
		if text == string(data) {
			t.Errorf("%q is not in the file", c.old)
		}
		if rule, err := screening.ParseElementRule("rules/us.json", []byte(text)); rule != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.put, err, c.want)
		}
	}
	odd := strings.Replace(string(data), `"adult": "needed",`+"\n   \"child\": \"needed\"", `"adult": "not needed",`+"\n   \"child\": \"needed\"", 1)
	if _, err := screening.ParseElementRule("us.json", []byte(odd)); err == nil || !strings.Contains(err.Error(), "means would be needed for a child but not for an adult") {
		t.Errorf("%v", err)
	}
}

// FuzzParse: whatever the bytes, a checked instrument or an error that says where; no panic. What was
// parsed evaluates, is open or without a rule when nothing was answered, and prompts never conclude.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	for _, folder := range []string{"instruments", "rules"} {
		entries, err := files.ReadDir(folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range entries {
			data, err := files.ReadFile(folder + "/" + e.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(strings.Repeat(`{"dimensions":[`, 2000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := screening.ParseElementRule("f", data); err != nil && screening.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
		in, err := screening.Parse("f", data)
		if err != nil {
			if e, ok := errors.AsType[*screening.Error](err); !ok || e.File != "f" || e.Reason == "" {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		var all []screening.Answer
		for _, code := range codes(in) {
			all = append(all, screening.Answer{Indicator: code, Value: screening.Present})
		}
		none, every := evaluate(t, in, nil), evaluate(t, in, all)
		for d := range none.Dimensions {
			if none.Dimensions[d].State == screening.Positive || !in.Graded() && every.Dimensions[d].State != screening.NoRule {
				t.Fatalf("%v with nothing, %v with everything", none.Dimensions[d].State, every.Dimensions[d].State)
			}
			if open := none.Dimensions[d].State == screening.Open; in.Graded() && open != (every.Dimensions[d].State == screening.Positive) {
				t.Fatalf("open %v, but %v with everything", open, every.Dimensions[d].State)
			}
		}
		if len(every.Gaps) != 0 {
			t.Fatalf("gaps when everything is answered: %+v", every.Gaps)
		}
	})
}
