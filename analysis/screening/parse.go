package screening

import (
	"fmt"
	"strings"
)

// Parse reads one instrument file. The name is used in errors only.
//
// The file is strict JSON: the fields of [Sheet] and no other, each once, in UTF-8, at most 1 MiB, no
// null, lists of at most 1,000 entries, texts of at most 1,000 bytes. Beyond the form it refuses
//   - a file without a source, a licence, or a statement about its validation;
//   - validated: true while a source is not stated, or on a list of prompts;
//   - strengths without a rule or a rule without strengths, and either of them in prompts;
//   - codes that stand twice, sources and dimensions that are not in the file, impossible dates.
//
// The first 100 defects of the content are reported together (see errors.Join), each an [*Error] with file,
// line, field and how to mend it. Cost: O(length).
func Parse(name string, data []byte) (*Instrument, error) {
	r := &reader{file: name, data: data}
	in := &Instrument{file: name}
	hash, err := r.strict(&in.sheet)
	if err != nil {
		return nil, err
	}
	in.hash = hash
	r.sheet(in.sheet)
	if err := r.result(); err != nil {
		return nil, err
	}
	in.index()
	return in, nil
}

// index makes what Evaluate looks up.
func (in *Instrument) index() {
	in.place, in.dims = make(map[string][2]int), make(map[string]int)
	number := 0
	for d, dim := range in.sheet.Dimensions {
		in.dims[dim.Code] = d
		in.first = append(in.first, number)
		number += len(dim.Indicators)
		for i, ind := range dim.Indicators {
			in.place[ind.Code] = [2]int{d, i}
		}
	}
	in.first = append(in.first, number)
}

// sheet checks the content.
func (r *reader) sheet(s Sheet) {
	r.code("code", s.Code, nil)
	r.code("version", s.Version, nil)
	r.code("form", s.Form, nil)
	r.text("title", s.Title)
	r.text("about", s.About)
	r.text("validation", s.Validation)
	r.text("licence.holder", s.Licence.Holder)
	r.text("licence.terms", s.Licence.Terms)
	r.oneOf("person", s.Person, "adult", "child", "any")
	r.oneOf("basis", s.Basis, Bases()...)
	if s.From == "" {
		r.refuse("from", "say since when the list holds", "the beginning of its validity is missing")
	}
	r.dates("from", s.From, "to", s.To)
	known := r.sources(s.Sources)
	r.claims(s)
	r.rule(s, known)
	r.dimensions(s, known)
	r.combinations(s, known)
}

// claims checks what the file says about its own reliability.
func (r *reader) claims(s Sheet) {
	if r.lines["validated"] == 0 {
		r.refuse("validated", "write true or false", "the file does not say whether it was validated")
	}
	if s.Validated && !s.Verified() {
		r.refuse("validated", "read the sources, or write false", "a list whose sources were not read cannot be called validated")
	}
	if s.Basis != "prompts" {
		return
	}
	if s.Validated {
		r.refuse("validated", "write false", "prompts cannot be called validated")
	}
	if s.Rule != nil || len(s.Combinations) > 0 {
		r.refuse("rule", "remove rule and combinations", "prompts have no rule: nothing follows from them")
	}
}

func (r *reader) rule(s Sheet, known map[string]Confidence) {
	if s.Rule == nil {
		if len(s.Combinations) > 0 {
			r.refuse("combinations", "remove them or add the rule", "without a rule no dimension is ever positive")
		}
		return
	}
	if len(s.Rule.Sources) == 0 {
		r.refuse("rule.sources", "name where the rule is published", "the rule has no source")
	}
	r.cites("rule.sources", s.Rule.Sources, known)
	if n := len(s.Rule.Lines); n == 0 || n > 20 {
		r.refuse("rule.lines", "write 1 to 20", "there are %d lines", n)
	}
	seen := map[string]bool{}
	for i, l := range s.Rule.Lines {
		at := fmt.Sprintf("rule.lines[%d]", i)
		r.code(at+".code", l.Code, seen)
		r.text(at+".label", l.Label)
		total := 0
		for _, n := range []int{l.Strong, l.Medium, l.Weak, l.MediumOrWeak} {
			if n < 0 || n > 10 {
				r.refuse(at, "write 0 to 10", "%d is not a number of indicators", n)
			}
			total += n
		}
		if total == 0 {
			r.refuse(at, "ask for at least one indicator", "the line holds without any sign")
		}
	}
}

func (r *reader) dimensions(s Sheet, known map[string]Confidence) {
	if n := len(s.Dimensions); n == 0 || n > 50 {
		r.refuse("dimensions", "write 1 to 50", "there are %d dimensions", n)
	}
	seen, indicators := map[string]bool{}, map[string]bool{}
	graded := false
	for d, dim := range s.Dimensions {
		at := fmt.Sprintf("dimensions[%d]", d)
		r.code(at+".code", dim.Code, seen)
		r.text(at+".label", dim.Label)
		r.element(at, dim.Element, dim.Alternative)
		if dim.Phase != "" {
			r.code(at+".phase", dim.Phase, nil)
		}
		if len(dim.Indicators) == 0 {
			r.refuse(at+".indicators", "add one or remove the dimension", "the dimension has no indicator")
		}
		for i, ind := range dim.Indicators {
			r.indicator(fmt.Sprintf("%s.indicators[%d]", at, i), ind, s.Rule != nil, indicators, known)
			graded = graded || ind.Strength != ""
		}
	}
	if s.Rule != nil && !graded {
		r.refuse("rule", "give strengths or remove the rule", "the rule has nothing to count: no indicator has a strength")
	}
	if len(indicators) > maxList {
		r.refuse("dimensions", "split the instrument", "there are %d indicators; at most %d are taken", len(indicators), maxList)
	}
}

func (r *reader) indicator(at string, ind Indicator, ruled bool, seen map[string]bool, known map[string]Confidence) {
	r.code(at+".code", ind.Code, seen)
	r.text(at+".label", ind.Label)
	r.element(at, ind.Element, ind.Alternative)
	r.cites(at+".sources", ind.Sources, known)
	if ind.Strength != "" {
		r.oneOf(at+".strength", ind.Strength, strengthNames[:]...)
		if !ruled {
			r.refuse(at+".strength", "remove it, or add the published rule", "a strength without a rule would look like a threshold")
		}
	}
	for i, other := range ind.Related {
		instrument, code, _ := strings.Cut(other, "/")
		if !codeForm.MatchString(instrument) || !codeForm.MatchString(code) {
			r.refuse(fmt.Sprintf("%s.related[%d]", at, i), "write instrument/indicator", "%q names no indicator", other)
		}
	}
}

// element checks the element a sign bears on.
func (r *reader) element(at, element, alternative string) {
	if element != "" {
		r.oneOf(at+".element", element, elementNames[:]...)
	}
	if alternative != "" {
		r.code(at+".alternative", alternative, nil)
		if element == "" {
			r.refuse(at+".alternative", "add the element", "it names an alternative of no element")
		}
	}
}

func (r *reader) combinations(s Sheet, known map[string]Confidence) {
	dims, seen := map[string]bool{}, map[string]bool{}
	for _, d := range s.Dimensions {
		dims[d.Code] = true
	}
	for i, c := range s.Combinations {
		at := fmt.Sprintf("combinations[%d]", i)
		r.code(at+".code", c.Code, seen)
		r.text(at+".label", c.Label)
		r.text(at+".reading", c.Reading)
		r.cites(at+".sources", c.Sources, known)
		if len(c.Sources) == 0 {
			r.refuse(at+".sources", "name who published the combination", "the combination has no source")
		}
		if len(c.Groups) == 0 {
			r.refuse(at+".groups", "name the dimensions it asks for", "the combination asks for nothing")
		}
		for g, group := range c.Groups {
			field := fmt.Sprintf("%s.groups[%d]", at, g)
			if len(group) == 0 {
				r.refuse(field, "name a dimension or remove the group", "the group is empty and could never be met")
			}
			for k, code := range group {
				if !dims[code] {
					r.refuse(fmt.Sprintf("%s[%d]", field, k), "use a code of dimensions", "the dimension %q is not in the file", code)
				}
			}
		}
		for k, element := range c.Outside {
			r.oneOf(fmt.Sprintf("%s.outside[%d]", at, k), element, elementNames[:]...)
		}
	}
}
