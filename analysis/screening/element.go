package screening

import (
	"fmt"
	"slices"
)

// The elements of an offence.
const (
	Act     = "act"
	Means   = "means"
	Purpose = "purpose"
)

var elementNames = [...]string{Act, Means, Purpose}

// Need says whether a rule asks for means.
type Need string

// The zero value is [NotStated]: what a rule does not say is never "not needed".
const (
	NotStated Need = ""
	Needed    Need = "needed"
	NotNeeded Need = "not needed"
)

// ElementSheet is the content of a rule file: what the law of one jurisdiction asks for, in one
// period. Profiles give it; the package holds no law of its own.
//
// Whether means are needed for a person under age is a question of jurisdiction and purpose, never
// of age alone: United States law waives them for commercial sex only, Scots law asks for none at
// any age.
type ElementSheet struct {
	Jurisdiction string `json:"jurisdiction"` // "us", "gb-sct", "international"
	Version      string `json:"version"`
	Title        string `json:"title"` // text
	// From and To are the first and last day of validity, as exact as known; blank is open or
	// unknown.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// ChildUnder is the age in years below which a person counts as a child, 1 to 21.
	ChildUnder int `json:"child_under"`
	// Presumption says, as a text, that childhood is presumed when there are reasons to believe in
	// it; blank when the sources do not say. The engine keeps both readings in any case.
	Presumption string        `json:"presumption,omitempty"`
	Note        string        `json:"note,omitempty"` // text: what to look at besides
	Sources     []Source      `json:"sources"`
	Acts        []Alternative `json:"acts"`
	Means       []Alternative `json:"means"`
	// Purposes is an open list: a purpose that is not in it is not excluded, the rule is silent.
	Purposes []PurposeRule `json:"purposes"`
}

// Alternative is one way in which an act or means can be there; one suffices for its element.
type Alternative struct {
	Code  string `json:"code"`
	Label string `json:"label"` // text
	// Takes lists other names under which signs may bear on it: "deception" on fraud.
	Takes []string `json:"takes,omitempty"`
	// Only names the purposes for which it is an alternative; blank for all.
	Only []string `json:"only,omitempty"`
}

// PurposeRule is one purpose, and what is needed with it.
type PurposeRule struct {
	Code  string   `json:"code"`
	Label string   `json:"label"` // text
	Takes []string `json:"takes,omitempty"`
	// Adult and Child say whether means are needed for a person of age and for a child.
	Adult   Need     `json:"adult,omitempty"`
	Child   Need     `json:"child,omitempty"`
	Sources []string `json:"sources,omitempty"` // codes of sources; blank: those of the rule
}

// ElementRule is a checked rule file. It is read-only and safe for concurrent use; only
// [ParseElementRule] makes one.
type ElementRule struct {
	file  string
	sheet ElementSheet
	hash  string
}

// Jurisdiction returns the code of the jurisdiction.
func (r *ElementRule) Jurisdiction() string { return r.sheet.Jurisdiction }

// Hash returns the SHA-256 of the file with insignificant spaces removed, in hex.
func (r *ElementRule) Hash() string { return r.hash }

// HoldsOn reports whether the rule is valid on a civil day (YYYY-MM-DD).
func (r *ElementRule) HoldsOn(day string) bool { return within(r.sheet.From, r.sheet.To, day) }

// Sheet returns a copy of the content, to show it.
func (r *ElementRule) Sheet() ElementSheet {
	s := r.sheet
	s.Sources, s.Purposes = slices.Clone(s.Sources), slices.Clone(s.Purposes)
	for i := range s.Purposes {
		p := &s.Purposes[i]
		p.Takes, p.Sources = slices.Clone(p.Takes), slices.Clone(p.Sources)
	}
	for _, list := range []*[]Alternative{&s.Acts, &s.Means} {
		*list = slices.Clone(*list)
		for i := range *list {
			a := &(*list)[i]
			a.Takes, a.Only = slices.Clone(a.Takes), slices.Clone(a.Only)
		}
	}
	return s
}

// Verified reports whether every source of the rule was read itself.
func (s ElementSheet) Verified() bool {
	return !slices.ContainsFunc(s.Sources, func(from Source) bool { return from.Confidence != Stated })
}

// ParseElementRule reads a rule file as strictly as [Parse] reads an instrument. Cost: O(length).
func ParseElementRule(name string, data []byte) (*ElementRule, error) {
	r := &reader{file: name, data: data}
	rule := &ElementRule{file: name}
	hash, err := r.strict(&rule.sheet)
	if err != nil {
		return nil, err
	}
	rule.hash = hash
	r.elements(rule.sheet)
	if err := r.result(); err != nil {
		return nil, err
	}
	return rule, nil
}

// elements checks the content of a rule.
func (r *reader) elements(s ElementSheet) {
	r.code("jurisdiction", s.Jurisdiction, nil)
	r.code("version", s.Version, nil)
	r.text("title", s.Title)
	r.plain("presumption", s.Presumption)
	r.plain("note", s.Note)
	r.dates("from", s.From, "to", s.To)
	if s.ChildUnder < 1 || s.ChildUnder > 21 {
		r.refuse("child_under", "write the age in years below which a person is a child", "%d is not such an age", s.ChildUnder)
	}
	known := r.sources(s.Sources)
	purposes, names := map[string]bool{}, map[string]bool{}
	if len(s.Purposes) == 0 {
		r.refuse("purposes", "name at least one", "there is no purpose")
	}
	for i, p := range s.Purposes {
		at := fmt.Sprintf("purposes[%d]", i)
		r.code(at+".code", p.Code, names)
		r.text(at+".label", p.Label)
		r.names(at+".takes", p.Takes, names)
		r.oneOf(at+".adult", string(p.Adult), string(NotStated), string(Needed), string(NotNeeded))
		r.oneOf(at+".child", string(p.Child), string(NotStated), string(Needed), string(NotNeeded))
		r.cites(at+".sources", p.Sources, known)
		if p.Adult == NotNeeded && p.Child == Needed {
			r.refuse(at+".child", "check which of the two was meant", "means would be needed for a child but not for an adult")
		}
		purposes[p.Code] = true
	}
	r.alternatives(Act+"s", s.Acts, purposes)
	r.alternatives(Means, s.Means, purposes)
}

// alternatives checks the acts or the means.
func (r *reader) alternatives(field string, list []Alternative, purposes map[string]bool) {
	names := map[string]bool{}
	for i, a := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		r.code(at+".code", a.Code, names)
		r.text(at+".label", a.Label)
		r.names(at+".takes", a.Takes, names)
		for k, code := range a.Only {
			if !purposes[code] {
				r.refuse(fmt.Sprintf("%s.only[%d]", at, k), "use a code of purposes", "the purpose %q is not in the file", code)
			}
		}
	}
}

// names checks other names of an entry; a name leads to one entry only.
func (r *reader) names(field string, list []string, seen map[string]bool) {
	for i, name := range list {
		r.code(fmt.Sprintf("%s[%d]", field, i), name, seen)
	}
}
