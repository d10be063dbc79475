package linkage

import (
	"fmt"
	"strings"
)

// Explanation is the waterfall of one pair: from the prior, field by field, to the probability.
type Explanation struct {
	A, B int
	// Prior is the weight in bits before anything is compared.
	Prior float64
	Steps []Step
	// Weight is the sum in bits, Probability what follows, Recalibration included.
	Weight, Probability float64
	// Rules are the blocking rules that the pair meets; none means it was not compared in the run.
	Rules []string
	// Decided is the judgement of a person, 0 for none.
	Decided Verdict
}

// Step is what one field adds.
type Step struct {
	Column         string
	ValueA, ValueB string
	// Level is the agreement in English.
	Level string
	// Given says what M and U take as given, nothing if the field stands by itself.
	Given string `json:",omitempty"`
	// M and U are the shares of the level among matches and among others; 0 for "not known".
	M, U float64
	// Weight is log₂(M/U), Frequency what the rarity of the value adds, Total the sum so far, in bits.
	Weight, Frequency, Total float64
}

// Explain weighs any two rows and shows each part. It fails with BadTable when a row is not there.
func (r *Result) Explain(a, b int) (Explanation, error) {
	l := r.linker
	if l == nil || a < 0 || b < 0 || a >= l.rows || b >= l.rows || a == b {
		return Explanation{}, &Error{Problem: BadTable, Row: max(a, b), Reason: "two different rows of the table are needed"}
	}
	a, b = min(a, b), max(a, b)
	p := l.compare(a, b)
	e := Explanation{A: a, B: b, Prior: l.model.priorWeight, Decided: l.decided()[[2]int{a, b}]}
	sum := e.Prior
	w := len(l.fields)
	for i := range l.fields {
		f, level := &l.fields[i], p.level(i)
		s := Step{Column: f.Column, ValueA: l.table.Value(a, f.column), ValueB: l.table.Value(b, f.column), Level: levelName(f.Kind, level)}
		if level == levelNone && f.partner >= 0 && !f.leads && l.ids[a*w+i] != 0 && l.ids[b*w+i] != 0 {
			s.Level = "exchanged, counted above"
		}
		if level != levelNone {
			state := l.model.stateOf(i, p)
			s.M, s.U = l.model.Fields[i].m[state][level], l.model.Fields[i].u[state][level]
			s.Weight = l.model.weights[i][state][level]
			switch state {
			case sameParent:
				s.Given = "given the same " + l.fields[l.parents[i]].Column
			case otherParent:
				s.Given = "given another " + l.fields[l.parents[i]].Column
			}
			if state != sameParent {
				s.Frequency = l.frequency(i, level, l.ids[a*w+i], l.ids[b*w+i])
			}
		}
		sum += s.Weight + s.Frequency
		s.Total = sum
		e.Steps = append(e.Steps, s)
	}
	e.Weight = sum
	e.Probability = l.tables.probability(sum)
	met := l.met(a, b)
	for i, rule := range l.rules {
		if met>>i&1 == 1 && l.across(uint32(a), uint32(b)) {
			e.Rules = append(e.Rules, rule.Text)
		}
	}
	return e, nil
}

// String writes the waterfall as lines of text, without the values, which may be personal.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rows %d and %d\n%+7.2f  before comparing\n", e.A, e.B, e.Prior)
	for _, s := range e.Steps {
		fmt.Fprintf(&b, "%+7.2f  %s: %s", s.Weight, s.Column, s.Level)
		if s.Given != "" {
			fmt.Fprintf(&b, ", %s", s.Given)
		}
		if s.Frequency != 0 {
			fmt.Fprintf(&b, " (%+.2f for how frequent the value is)", s.Frequency)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%+7.2f  in all: probability %.4f\n", e.Weight, e.Probability)
	return b.String()
}
