package screening

import (
	"cmp"
	"slices"
)

// Standing says what is known about the age of the person at the time of the act.
type Standing uint8

// The standings. The zero value is [AgeUnknown], which is never "adult".
const (
	AgeUnknown Standing = iota
	// AgeDisputed: somebody says child and somebody says adult. The safeguards of a child hold.
	AgeDisputed
	// AgeChild and AgeAdult: below the age of the rule or not, and nobody disputes it.
	AgeChild
	AgeAdult
)

var standingNames = [...]string{"age unknown", "age disputed", "child", "adult"}

// String names the standing in English.
func (s Standing) String() string { return nameOf(standingNames[:], int(s)) }

// MarshalText writes the name.
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Standing) UnmarshalText(text []byte) error { return readName(s, standingNames[:], text) }

// Sign is something recorded as present that bears on an element.
type Sign struct {
	// Element is [Act], [Means] or [Purpose].
	Element string `json:"element"`
	// Alternative names which act, means or purpose; blank when that is not known, and then it bears
	// on its element whichever it is.
	Alternative string `json:"alternative,omitempty"`
	// Instrument and Indicator say where it comes from; both may be the caller's own names.
	Instrument string `json:"instrument,omitempty"`
	Indicator  string `json:"indicator,omitempty"`
	Label      string `json:"label,omitempty"` // text
	// Shown says that the dimension it belongs to is positive.
	Shown bool `json:"shown,omitempty"`
	// By, Source and On are those of the answer.
	By     string `json:"by,omitempty"`
	Source string `json:"source,omitempty"`
	On     string `json:"on,omitempty"`
}

// Facts are what [Elements] looks at.
type Facts struct {
	// Age is that at the time of the act, by the age the rule names. An interval of birth that leaves
	// both possible is [AgeUnknown]. ReasonsForChild says that there are reasons to believe that the
	// person was a child, whatever papers or appearance say.
	Age             Standing
	ReasonsForChild bool
	// Day is the civil day of the act (YYYY-MM-DD), to see whether the rule was valid; blank when
	// unknown.
	Day string
	// Purposes are those in question, besides the ones that signs name. With none at all, every
	// purpose of the rule is laid out.
	Purposes []string
	Signs    []Sign
}

// Evidence says how an element stands.
type Evidence uint8

// The states of an element. The zero value is [ElementOpen].
const (
	// ElementOpen: no sign that bears on it is recorded. That is not "no".
	ElementOpen Evidence = iota
	// Evidenced: at least one sign that bears on it is recorded. That is not proof.
	Evidenced
	// NotRequired: the rule does not ask for it in this reading. Signs are listed all the same.
	NotRequired
)

var evidenceNames = [...]string{"open", "evidenced", "not required"}

// String names the state in English.
func (e Evidence) String() string { return nameOf(evidenceNames[:], int(e)) }

// MarshalText writes the name.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the name.
func (e *Evidence) UnmarshalText(text []byte) error { return readName(e, evidenceNames[:], text) }

// ElementResult is one element of one reading.
type ElementResult struct {
	State Evidence `json:"state"`
	Signs []Sign   `json:"signs,omitempty"`
}

// Reading is one way to read the facts: as of a child or of an adult, for one purpose.
type Reading struct {
	As      Standing `json:"as"` // AgeChild or AgeAdult
	Purpose string   `json:"purpose"`
	Label   string   `json:"label,omitempty"` // text; blank when the rule does not have the purpose
	// MeansNeed says what the rule asks; NotStated keeps the means open.
	MeansNeed Need          `json:"means_need,omitempty"`
	Act       ElementResult `json:"act"`
	Means     ElementResult `json:"means"`
	Exploit   ElementResult `json:"purpose_element"`
}

// ElementsResult lays signs out against a rule. It is not a finding; see the package comment.
type ElementsResult struct {
	Engine       string `json:"engine"` // [Version]
	Jurisdiction string `json:"jurisdiction"`
	RuleVersion  string `json:"rule_version"`
	Hash         string `json:"hash"`
	Notice       string `json:"notice"` // [NotALegalFinding]
	// Cautions are English texts for translation.
	Cautions []string `json:"cautions,omitempty"`
	// Presumed says that the reading as of a child goes first in everything that is done.
	Presumed bool      `json:"presumed"`
	Readings []Reading `json:"readings"`
	// Unlisted are signs under a name that the rule does not have. They evidence nothing here, and
	// the rule does not say that they mean nothing.
	Unlisted []Sign `json:"unlisted,omitempty"`
}

// Cautions that a result of Elements can carry, English texts for translation.
const (
	cautionBothAges     = "The age at the time is unknown or disputed: both readings stand."
	cautionPresumed     = "The person may have been a child: the safeguards of a child hold until the age is settled."
	cautionNotInForce   = "This rule was not in force on the day of the act. Use the rule of that day."
	cautionNoDay        = "The day of the act is not known: check that this rule was in force."
	cautionRuleSources  = "A source of this rule has not been read by those who entered it."
	cautionOpenPurposes = "A purpose is not named in this rule. That does not exclude it: look it up."
)

// Elements lays signs out against a rule: for each purpose in question, and for a child, an adult or
// both, which elements have signs, which are open, and which the rule does not ask for. It never
// says whether the elements add up to an offence.
//
// When the age is unknown or disputed both readings stand, the one as of a child first. Errors, all
// of type [*Error]: no rule, an element or standing that does not exist, a day that is no date.
// Cost: O(purposes × signs).
func Elements(rule *ElementRule, facts Facts) (*ElementsResult, error) {
	if rule == nil || rule.hash == "" {
		return nil, &Error{Problem: BadContent, Reason: "there is no rule", Mend: "read one with ParseElementRule or Rules"}
	}
	if err := facts.check(); err != nil {
		return nil, err
	}
	out := &ElementsResult{
		Engine: Version, Jurisdiction: rule.sheet.Jurisdiction, RuleVersion: rule.sheet.Version, Hash: rule.hash,
		Notice: NotALegalFinding, Presumed: facts.Age == AgeDisputed || facts.Age == AgeUnknown && facts.ReasonsForChild,
	}
	ages := []Standing{AgeChild, AgeAdult}
	switch {
	case facts.Age == AgeChild:
		ages = ages[:1]
	case facts.Age == AgeAdult && !facts.ReasonsForChild:
		ages = ages[1:]
	case facts.Age == AgeAdult: // taken for an adult against reasons: that is a dispute
		out.Presumed = true
	}
	signs := slices.Clone(facts.Signs)
	slices.SortStableFunc(signs, func(a, b Sign) int {
		return cmp.Or(cmp.Compare(a.Instrument, b.Instrument), cmp.Compare(a.Indicator, b.Indicator),
			cmp.Compare(a.Element, b.Element), cmp.Compare(a.Alternative, b.Alternative), cmp.Compare(a.By, b.By),
			cmp.Compare(a.On, b.On), cmp.Compare(a.Source, b.Source))
	})
	purposes := rule.inQuestion(facts.Purposes, signs)
	for _, purpose := range purposes {
		for _, as := range ages {
			out.Readings = append(out.Readings, rule.read(purpose, as, signs))
		}
	}
	for _, s := range signs {
		if !rule.lists(s) {
			out.Unlisted = append(out.Unlisted, s)
		}
	}
	out.Cautions = rule.cautions(facts, out, len(ages) > 1)
	return out, nil
}

func (f Facts) check() error {
	if int(f.Age) >= len(standingNames) {
		return &Error{Problem: BadFact, Field: "age", Reason: "the standing of the age is not known", Mend: "use one of the four"}
	}
	if f.Day != "" && (len(f.Day) != 10 || span(f.Day).first == "") {
		return &Error{Problem: BadFact, Field: "day", Reason: "the day of the act is no date", Mend: "write 2024-07-23, or leave it blank"}
	}
	for _, s := range f.Signs {
		if !slices.Contains(elementNames[:], s.Element) {
			return &Error{Problem: BadFact, Field: quote(s.Indicator), Reason: "the sign bears on no known element", Mend: "use act, means or purpose"}
		}
	}
	for _, p := range f.Purposes {
		if !codeForm.MatchString(p) {
			return &Error{Problem: BadFact, Field: "purposes", Reason: "a purpose in question is not a code", Mend: "use a code of the rule, or one of your own in the same form"}
		}
	}
	return nil
}

// inQuestion lists the purposes to lay out: in the order of the rule, then those it does not have.
func (r *ElementRule) inQuestion(named []string, signs []Sign) []string {
	wanted := make(map[string]bool)
	for _, p := range named {
		wanted[r.purposeOf(p)] = true
	}
	for _, s := range signs {
		if s.Element == Purpose && s.Alternative != "" {
			wanted[r.purposeOf(s.Alternative)] = true
		}
	}
	every := len(wanted) == 0
	var out []string
	for _, p := range r.sheet.Purposes {
		if every || wanted[p.Code] {
			out = append(out, p.Code)
			delete(wanted, p.Code)
		}
	}
	var others []string
	for p := range wanted {
		others = append(others, p)
	}
	slices.Sort(others)
	return append(out, others...)
}

// purposeOf is the code of the rule for a name of a purpose, or the name itself.
func (r *ElementRule) purposeOf(name string) string {
	for _, p := range r.sheet.Purposes {
		if p.Code == name || slices.Contains(p.Takes, name) {
			return p.Code
		}
	}
	return name
}

// read is one reading.
func (r *ElementRule) read(purpose string, as Standing, signs []Sign) Reading {
	out := Reading{As: as, Purpose: purpose}
	for _, p := range r.sheet.Purposes {
		if p.Code != purpose {
			continue
		}
		out.Label, out.MeansNeed = p.Label, p.Adult
		if as == AgeChild {
			out.MeansNeed = p.Child
		}
	}
	for _, s := range signs {
		switch {
		case s.Element == Act && bears(r.sheet.Acts, s.Alternative, purpose):
			out.Act.take(s)
		case s.Element == Means && (len(r.sheet.Means) == 0 || bears(r.sheet.Means, s.Alternative, purpose)):
			out.Means.take(s)
		case s.Element == Purpose && (s.Alternative == "" || r.purposeOf(s.Alternative) == purpose):
			out.Exploit.take(s)
		}
	}
	if out.MeansNeed == NotNeeded {
		out.Means.State = NotRequired
	}
	return out
}

// take adds a sign.
func (e *ElementResult) take(s Sign) { e.Signs, e.State = append(e.Signs, s), Evidenced }

// bears reports whether a name is an alternative for a purpose.
func bears(list []Alternative, name, purpose string) bool {
	return name == "" || slices.ContainsFunc(list, func(a Alternative) bool {
		return (a.Code == name || slices.Contains(a.Takes, name)) && (len(a.Only) == 0 || slices.Contains(a.Only, purpose))
	})
}

// lists reports whether the rule has the name of a sign.
func (r *ElementRule) lists(s Sign) bool {
	list := r.sheet.Acts
	if s.Element == Means {
		list = r.sheet.Means
	}
	if s.Element == Purpose {
		return s.Alternative == "" || slices.ContainsFunc(r.sheet.Purposes, func(p PurposeRule) bool { return p.Code == r.purposeOf(s.Alternative) })
	}
	return s.Alternative == "" || len(list) == 0 || slices.ContainsFunc(list, func(a Alternative) bool {
		return a.Code == s.Alternative || slices.Contains(a.Takes, s.Alternative)
	})
}

func (r *ElementRule) cautions(facts Facts, out *ElementsResult, both bool) []string {
	var texts []string
	note := func(when bool, text string) {
		if when {
			texts = append(texts, text)
		}
	}
	note(out.Presumed, cautionPresumed)
	note(both, cautionBothAges)
	note(facts.Day == "", cautionNoDay)
	note(facts.Day != "" && !r.HoldsOn(facts.Day), cautionNotInForce)
	note(!r.sheet.Verified(), cautionRuleSources)
	note(slices.ContainsFunc(out.Readings, func(x Reading) bool { return x.Label == "" }), cautionOpenPurposes)
	if r.sheet.Note != "" {
		texts = append(texts, r.sheet.Note)
	}
	if r.sheet.Presumption != "" && both {
		texts = append(texts, r.sheet.Presumption)
	}
	return texts
}

// Signs lists what is present in a profile and bears on an element by the instrument itself, for
// [Elements]. Prompts bear on none unless a person says so. The instrument must be the one that the
// profile was made with; another gives nothing.
func (in *Instrument) Signs(p *Profile) []Sign {
	if p == nil || p.Hash != in.hash {
		return nil
	}
	var out []Sign
	for _, result := range p.Dimensions {
		for _, f := range result.Evidence {
			at, found := in.place[f.Answer.Indicator]
			if !found {
				continue
			}
			dim := in.sheet.Dimensions[at[0]]
			ind := dim.Indicators[at[1]]
			element, alternative := dim.Element, dim.Alternative
			if ind.Element != "" {
				element, alternative = ind.Element, ind.Alternative
			}
			if element == "" {
				continue
			}
			out = append(out, Sign{
				Element: element, Alternative: alternative, Instrument: in.sheet.Code, Indicator: ind.Code, Label: ind.Label,
				Shown: result.State == Positive, By: f.Answer.By, Source: f.Answer.Source, On: f.Answer.On,
			})
		}
	}
	return out
}
