package screening

import (
	"cmp"
	"slices"
)

// Evaluate lays answers out against an instrument. An indicator without an answer counts as
// [NotAsked]; only [Present] ever makes a dimension positive, and the order of the answers does not
// matter.
//
// The result is monotone: one more present indicator never turns a positive dimension or a shown
// combination off, and an answer "absent" never turns one on.
//
// Errors, all of type [*Error]: an instrument that no parser made; an answer to an indicator that
// the instrument does not have, with a value that is none of the five, or standing twice. Cost:
// O(indicators + answers), some tens of microseconds for the Delphi lists.
func Evaluate(in *Instrument, answers []Answer) (*Profile, error) {
	if in == nil || in.place == nil {
		return nil, &Error{Problem: BadContent, Reason: "there is no instrument", Mend: "read one with Parse or Library"}
	}
	given, err := in.sort(answers)
	if err != nil {
		return nil, err
	}
	p := &Profile{
		Engine: Version, Instrument: in.sheet.Code, Version: in.sheet.Version, Hash: in.hash,
		Notice: NotALegalFinding, Validated: in.sheet.Validated, Verified: in.sheet.Verified(),
		Dimensions: make([]DimensionResult, len(in.sheet.Dimensions)),
	}
	gaps := make([][]Gap, len(in.sheet.Dimensions))
	for d := range in.sheet.Dimensions {
		p.Dimensions[d], gaps[d] = in.dimension(d, given[in.first[d]:in.first[d+1]])
	}
	open := make(map[string][]string)
	for _, c := range in.sheet.Combinations {
		result := in.combination(c, p.Dimensions)
		p.Combinations = append(p.Combinations, result)
		for _, d := range result.Open {
			open[d] = append(open[d], c.Code)
		}
	}
	p.Gaps = in.order(gaps, open)
	p.Cautions = in.cautions(answers)
	return p, nil
}

// sort puts the answers in the order of the instrument and fills in those that are missing.
func (in *Instrument) sort(answers []Answer) ([]Answer, error) {
	given := make([]Answer, in.first[len(in.first)-1])
	for _, a := range answers {
		at, found := in.place[a.Indicator]
		switch {
		case !found:
			return nil, &Error{Problem: BadAnswer, Field: quote(a.Indicator), Reason: "the instrument " + in.sheet.Code + " has no such indicator", Mend: "use a code of the instrument, in the version the question was asked with"}
		case int(a.Value) >= len(valueNames):
			return nil, &Error{Problem: BadAnswer, Field: a.Indicator, Reason: "the value of the answer is not known", Mend: "use one of the five values"}
		}
		slot := &given[in.first[at[0]]+at[1]]
		if slot.Indicator != "" {
			return nil, &Error{Problem: BadAnswer, Field: a.Indicator, Reason: "the indicator is answered twice", Mend: "hand over one answer; where two people differ, evaluate each by itself"}
		}
		*slot = a
	}
	for d, dim := range in.sheet.Dimensions {
		for i := range dim.Indicators {
			given[in.first[d]+i].Indicator = dim.Indicators[i].Code
		}
	}
	return given, nil
}

// quote shortens what a stranger wrote, so that an error stays a line.
func quote(code string) string {
	if codeForm.MatchString(code) {
		return code
	}
	return "an indicator"
}

// dimension sorts the answers of one dimension and says what they show.
func (in *Instrument) dimension(d int, given []Answer) (DimensionResult, []Gap) {
	dim := in.sheet.Dimensions[d]
	out := DimensionResult{Code: dim.Code, Label: dim.Label}
	var present, unanswered triple
	for i, a := range given {
		ind := &dim.Indicators[i]
		f := Finding{Label: ind.Label, Strength: ind.Strength, Answer: a}
		k := strengthOf(ind.Strength)
		switch {
		case a.Value == Present:
			out.Evidence = append(out.Evidence, f)
			present.add(k)
		case a.Value == Absent:
			out.Absent = append(out.Absent, f)
		default:
			out.Unanswered = append(out.Unanswered, f)
			unanswered.add(k)
		}
	}
	out.Present = present.counts()
	rule := in.sheet.Rule
	if rule == nil {
		return out, nil
	}
	if met := rule.Met(out.Present); met >= 0 {
		line := rule.Lines[met]
		out.State, out.Line = Positive, &line
		return out, nil
	}
	fewest := rule.pivots(present, unanswered)
	out.State = NotShown
	var gaps []Gap
	for _, f := range out.Unanswered {
		k := strengthOf(f.Strength)
		if k < 0 || fewest[k] == 0 {
			continue
		}
		out.State = Open
		gaps = append(gaps, Gap{
			Indicator: f.Answer.Indicator, Label: f.Label, Dimension: dim.Code, Value: f.Answer.Value, Fewest: fewest[k],
		})
	}
	return out, gaps
}

// add counts one indicator; one that is not rated counts nowhere.
func (t *triple) add(strength int) {
	if strength >= 0 {
		t[strength]++
	}
}

// combination says whether a published pattern is there.
func (in *Instrument) combination(c Combination, dims []DimensionResult) CombinationResult {
	out := CombinationResult{
		Code: c.Code, Label: c.Label, Reading: c.Reading, State: Shown,
		Confidence: in.least(c.Sources), Outside: slices.Clone(c.Outside),
	}
	for _, group := range c.Groups {
		met, open := false, false
		for _, code := range group {
			switch dims[in.dims[code]].State {
			case Positive:
				met = true
				out.Met = addOnce(out.Met, code)
			case Open:
				open = true
			}
		}
		switch {
		case met:
		case open:
			out.State = min(out.State, Possible)
			out.Open = in.stillOpen(out.Open, group, dims)
		default:
			out.State = Missing
		}
	}
	if len(c.Outside) > 0 {
		out.State = min(out.State, Possible)
	}
	if out.State == Missing {
		out.Open = nil // answering would not complete the pattern
	}
	return out
}

// stillOpen adds the open dimensions of a group.
func (in *Instrument) stillOpen(list, group []string, dims []DimensionResult) []string {
	for _, code := range group {
		if dims[in.dims[code]].State == Open {
			list = addOnce(list, code)
		}
	}
	return list
}

// least is the confidence of the least sure of some sources.
func (in *Instrument) least(codes []string) Confidence {
	order := []Confidence{Stated, Secondary, Recalled}
	worst := 0
	for _, s := range in.sheet.Sources {
		if slices.Contains(codes, s.Code) {
			worst = max(worst, slices.Index(order, s.Confidence))
		}
	}
	return order[worst]
}

// addOnce appends a code that the list does not have yet.
func addOnce(list []string, code string) []string {
	if slices.Contains(list, code) {
		return list
	}
	return append(list, code)
}

// order puts the gaps in one list: what was refused last; then the fewest answers needed; then those
// that an open combination asks for; then strong before weak; then as the instrument has them.
func (in *Instrument) order(byDimension [][]Gap, open map[string][]string) []Gap {
	all := slices.Concat(byDimension...)
	for i := range all {
		all[i].Combinations = slices.Clone(open[all[i].Dimension])
	}
	slices.SortStableFunc(all, func(a, b Gap) int {
		return cmp.Or(
			cmp.Compare(last(a), last(b)),
			cmp.Compare(a.Fewest, b.Fewest),
			cmp.Compare(len(b.Combinations), len(a.Combinations)),
			cmp.Compare(in.strength(a.Indicator), in.strength(b.Indicator)),
		)
	})
	return all
}

// last is 1 for what the person refused.
func last(g Gap) int {
	if g.Value == Refused {
		return 1
	}
	return 0
}

func (in *Instrument) strength(code string) int {
	at := in.place[code]
	return strengthOf(in.sheet.Dimensions[at[0]].Indicators[at[1]].Strength)
}

// cautions are the texts that go with a profile.
func (in *Instrument) cautions(answers []Answer) []string {
	var out []string
	note := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	has := func(v Value) bool { return slices.ContainsFunc(answers, func(a Answer) bool { return a.Value == v }) }
	note(!in.sheet.Validated, cautionNotValidated)
	note(!in.sheet.Verified(), cautionUnverified)
	note(in.sheet.Basis == "prompts", cautionPrompts)
	note(in.sheet.Rule == nil && in.sheet.Basis != "prompts", cautionNoRule)
	note(has(Refused), cautionRefused)
	note(has(Absent), cautionAbsent)
	return out
}
