package mse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The names of the methods of a report.
const (
	MethodStepwise     = "stepwise"
	MethodBIC          = "bic"
	MethodGraphs       = "graphs"
	MethodIndependence = "independence"
)

const (
	spreadModels = 10  // the best models by BIC whose estimates are compared
	spreadLimit  = 2.0 // their largest ratio
	familyLimit  = 1.5 // the largest ratio between methods that is not called disagreement
)

// ReportSettings says what a report holds. The zero value uses every method with its defaults.
type ReportSettings struct {
	// Methods are names of methods; nil for all, with independence for comparison.
	Methods []string
	// Stepwise, BIC and Average are the settings of the methods.
	Stepwise Stepwise
	BIC      BIC
	Average  AverageSettings
	// Bootstrap is used for stepwise and BIC. Its Levels are not: a report has 95 % intervals.
	Bootstrap BootstrapSettings
	// Declared is what is known about the lists from outside the table.
	Declared Declaration
}

// Answer is what one method says. It is kept when the answer is refused, so that it can be audited; a
// page must not then show the figures as an answer.
type Answer struct {
	// Name is the name of the method.
	Name string `json:"name"`
	// Estimate is the number of people, seen and not seen, with a 95 % interval; nil where there is no
	// finite figure.
	Estimate *float64 `json:"estimate"`
	Lower    *float64 `json:"lower"`
	Upper    *float64 `json:"upper"`
	// Rounded are the figures to print: 3 significant digits when the interval is narrow, else 2.
	Rounded *Rounded `json:"rounded,omitempty"`
	// Interval is "bca", "posterior" or "wald".
	Interval string `json:"interval"`
	// Model is the chosen model by list names; for graphs the most probable one.
	Model string `json:"model,omitempty"`
	// Comparison: the answer stands beside the others only to show what they differ from.
	Comparison bool `json:"comparison"`
	// Refused: no number should be given on this ground; Reasons say why.
	Refused bool      `json:"refused"`
	Reasons []Finding `json:"reasons"`
	// Warnings are cautions that do not refuse.
	Warnings []Finding `json:"warnings"`
	// Run says how the answer was made.
	Run Run `json:"run"`
}

// RankedModel is one of the best models by BIC, by list names.
type RankedModel struct {
	Model    string  `json:"model"`
	Estimate float64 `json:"estimate"`
	BIC      float64 `json:"bic"`
}

// Report is a family of answers to one question: how many people there are, seen and not seen.
type Report struct {
	// Version, Data and Seed say how the report was made; the answers say the rest.
	Version string `json:"version"`
	Data    string `json:"data"`
	Seed    uint64 `json:"seed"`
	// Lists are the names of the lists, and Observed the number of people on at least one.
	Lists    []string `json:"lists"`
	Observed int      `json:"observed"`
	// Answers, one for each method asked for.
	Answers []Answer `json:"methods"`
	// Lowest and Highest are the ends of all intervals together; nil when there is no finite one.
	Lowest  *float64 `json:"lowest"`
	Highest *float64 `json:"highest"`
	// Disagreement: the largest estimate is over 1.5 times the smallest, or an estimate lies outside the
	// interval of another method. Ratio is the first of these figures; 1 for fewer than two answers.
	Disagreement bool    `json:"disagreement"`
	Ratio        float64 `json:"ratio"`
	// Refused: no number should be given; Reasons say why.
	Refused bool      `json:"refused"`
	Reasons []Finding `json:"reasons"`
	// Warnings are cautions that do not refuse.
	Warnings []Finding `json:"warnings"`
	// Models are the best models by BIC, and Spread the ratio of the largest of their estimates to the
	// smallest; nil and 0 when there are too many models to compare.
	Models []RankedModel `json:"models"`
	Spread float64       `json:"spread"`
	// Consistency takes each list as the population, with the stepwise method.
	Consistency []Consistency `json:"consistency"`
	// Assumptions and Limits are plain English sentences that belong to every such report.
	Assumptions []string `json:"assumptions"`
	Limits      []string `json:"cannot_tell"`
}

// Analyse answers by every method side by side, and says when no number should be given: with fewer
// than three lists; when independence has no estimate; when the ten best models by BIC differ more than
// twofold; when lists are declared to cover different people, places or times; and, for one method, when
// one person moves its estimate by more than 20 % or its interval has no end. What cannot be estimated
// is in the report; errors are [BadTable], [BadSetting], and that of ctx. Cost: the sum of the methods.
func Analyse(ctx context.Context, t Table, s ReportSettings) (Report, error) {
	if err := t.check(); err != nil {
		return Report{}, err
	}
	names, err := s.methods()
	if err != nil {
		return Report{}, err
	}
	w := &writer{ctx: ctx, t: t, s: s, r: Report{
		Version: Version, Data: t.Hash(), Seed: s.Bootstrap.Seed, Lists: t.Lists(), Observed: t.People(), Ratio: 1,
		Reasons: []Finding{}, Warnings: []Finding{}, Models: []RankedModel{}, Consistency: []Consistency{},
		Assumptions: assumptions(), Limits: cannotTell(),
	}}
	w.s.Bootstrap.Levels = []float64{0.025, 0.975}
	if err := w.table(); err != nil {
		return Report{}, err
	}
	for _, name := range names {
		a, err := w.answer(name)
		if err != nil {
			return Report{}, err
		}
		w.r.Answers = append(w.r.Answers, a)
	}
	w.close()
	return w.r, nil
}

// methods returns the names asked for, each once and known.
func (s ReportSettings) methods() ([]string, error) {
	all := []string{MethodStepwise, MethodBIC, MethodGraphs, MethodIndependence}
	if s.Methods == nil {
		return all, nil
	}
	if len(s.Methods) == 0 {
		return nil, badSetting("Methods", "there are none; leave it nil for all")
	}
	for i, name := range s.Methods {
		if !slices.Contains(all, name) {
			return nil, badSetting("Methods", "%q is none of %s", name, strings.Join(all, ", "))
		}
		if slices.Contains(s.Methods[:i], name) {
			return nil, badSetting("Methods", "%q is given twice", name)
		}
	}
	return s.Methods, nil
}

// writer fills a report.
type writer struct {
	ctx     context.Context
	t       Table
	s       ReportSettings
	r       Report
	ranking *Ranking
	few     bool
}

// table collects the reasons that lie in the table and the lists, not in a method.
func (w *writer) table() error {
	reasons, warnings := w.s.Declared.findings()
	w.r.Reasons = append(w.r.Reasons, reasons...)
	w.r.Warnings = append(w.r.Warnings, warnings...)
	if n := len(w.t.lists); n < 3 {
		w.few = true
		w.r.Reasons = append(w.r.Reasons, finding(FewLists, "", float64(n)))
		return nil
	}
	code, err := Existence(w.ctx, w.t, nil)
	if err != nil {
		return err
	}
	if code != Exists {
		w.r.Reasons = append(w.r.Reasons, finding(Nonexistent, code.String(), float64(code)))
	}
	if err := w.models(); err != nil {
		return err
	}
	return w.consistency()
}

// models compares the best models by BIC.
func (w *writer) models() error {
	ranking, err := Rank(w.ctx, w.t, w.s.BIC)
	if ProblemOf(err) == TooMany {
		w.r.Warnings = append(w.r.Warnings, finding(ModelsNotCompared, "", float64(len(w.t.lists))))
		return nil
	}
	if err != nil {
		return err
	}
	w.ranking = &ranking
	for _, m := range ranking.Models[:min(spreadModels, len(ranking.Models))] {
		w.r.Models = append(w.r.Models, RankedModel{Model: m.Model.Names(w.t.lists), Estimate: m.Estimate, BIC: m.BIC})
	}
	w.r.Spread = ranking.Spread(spreadModels)
	if w.r.Spread > spreadLimit {
		w.r.Reasons = append(w.r.Reasons, finding(ModelsDiffer, "", w.r.Spread))
	}
	return nil
}

// consistency takes each list as the population.
func (w *writer) consistency() error {
	checks, err := CheckConsistency(w.ctx, w.t, w.s.Stepwise)
	if err != nil {
		return err
	}
	w.r.Consistency = checks
	for _, c := range checks {
		if c.Missing == "" && !c.Covered {
			w.r.Warnings = append(w.r.Warnings, finding(NotConsistent, c.Name, c.Ratio))
		}
	}
	return nil
}

// close compares the answers and decides what is refused.
func (w *writer) close() {
	r := &w.r
	r.compare()
	if r.Disagreement {
		r.Warnings = append(r.Warnings, finding(MethodsDiffer, "", r.Ratio))
	}
	open := false
	for i := range r.Answers {
		a := &r.Answers[i]
		a.Reasons = append(slices.Clone(r.Reasons), a.Reasons...)
		a.Refused = len(a.Reasons) > 0
		open = open || !a.Refused && !a.Comparison
	}
	r.Refused = !open
}

// compare finds the range of the family and whether its members disagree.
func (r *Report) compare() {
	low, high := math.Inf(1), math.Inf(-1)
	var family []Answer
	for _, a := range r.Answers {
		if a.Estimate == nil || a.Comparison {
			continue
		}
		family = append(family, a)
		low, high = min(low, *a.Estimate), max(high, *a.Estimate)
		r.widen(a)
	}
	for _, a := range family {
		for _, b := range family {
			r.Disagreement = r.Disagreement || a.excludes(*b.Estimate)
		}
	}
	if len(family) > 1 {
		r.Ratio = high / low
		r.Disagreement = r.Disagreement || r.Ratio > familyLimit
	}
}

// widen lets Lowest and Highest take in the interval of a.
func (r *Report) widen(a Answer) {
	if a.Lower != nil && (r.Lowest == nil || *a.Lower < *r.Lowest) {
		r.Lowest = new(*a.Lower)
	}
	if a.Upper != nil && (r.Highest == nil || *a.Upper > *r.Highest) {
		r.Highest = new(*a.Upper)
	}
}

// excludes reports whether v lies outside the interval.
func (a Answer) excludes(v float64) bool {
	return a.Lower != nil && v < *a.Lower || a.Upper != nil && v > *a.Upper
}

// answer lets one method speak. Only invalid settings and ctx are errors.
func (w *writer) answer(name string) (Answer, error) {
	a := Answer{Name: name, Comparison: name == MethodIndependence && len(w.s.Methods) != 1, Reasons: []Finding{}, Warnings: []Finding{}}
	if w.few {
		a.Run = Run{Method: name, Data: w.r.Data, Version: Version}
		return a, nil
	}
	var err error
	switch name {
	case MethodStepwise:
		err = w.resampled(&a, w.s.Stepwise.choose)
	case MethodBIC:
		err = w.resampled(&a, w.best)
	case MethodGraphs:
		err = w.averaged(&a)
	case MethodIndependence:
		err = w.fixed(&a)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Problem == BadSetting || e.Problem == BadTable {
			return a, err
		}
		a.Run = Run{Method: name, Data: w.r.Data, Version: Version}
		reason := finding(NotAvailable, name, 0)
		reason.Text += fmt.Sprintf(" (%s)", e.Error())
		a.Reasons = append(a.Reasons, reason)
		return a, nil
	}
	return a, err
}
