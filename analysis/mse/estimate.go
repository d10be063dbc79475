package mse

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Run says how a result was made: enough to make it again.
type Run struct {
	// Method names the method, for example "stepwise".
	Method string `json:"method"`
	// Settings lists what was set, as "name=value" words in a fixed order.
	Settings string `json:"settings"`
	// Seed is the seed of the generator; 0 when nothing random took part.
	Seed uint64 `json:"seed"`
	// Data is the hash of the table; see [Table.Hash].
	Data string `json:"data"`
	// Version is the [Version] of the package.
	Version string `json:"version"`
}

func runOf(t Table, m Method, seed uint64) Run {
	return Run{Method: m.Name(), Settings: m.settings(), Seed: seed, Data: t.Hash(), Version: Version}
}

// Coefficient is the estimate of one term of the log-linear model, in log people.
type Coefficient struct {
	// Term is the set of lists; the empty set is the constant.
	Term History
	// Value is the coefficient; 0 when Empty.
	Value float64
	// Empty: nobody is on all lists of the term, so the coefficient is minus infinity.
	Empty bool
}

// FittedCell is one cell of the model.
type FittedCell struct {
	History  History
	Observed int
	// Mean is the fitted number of people.
	Mean float64
}

// Result is a fitted model and the population size it implies. Every number is finite.
type Result struct {
	Run
	// Model is the model: given, or chosen by the method.
	Model Model
	// Estimate is the number of people, seen and not seen.
	Estimate float64
	// Observed is the number of people on at least one list.
	Observed int
	// Hidden is the estimated number of people on no list: exp of the constant.
	Hidden float64
	// Lower and Upper are the 95 % Wald limits of the estimate: Observed + exp(constant ± 1.96 error).
	// They take the model as given, and are therefore too narrow when the data chose it.
	Lower, Upper float64
	// StandardError is that of the constant, in log people.
	StandardError float64
	// Coefficients: the constant, the lists, then the interactions in the order of Model.
	Coefficients []Coefficient
	// Empty are the terms with minus infinity: the empty overlaps.
	Empty []History
	// Fitted are the cells with a place in the model, ascending by history.
	Fitted []FittedCell
	// Deviance is twice the log likelihood short of a perfect fit.
	Deviance float64
	// AIC counts every term, also the empty ones.
	AIC float64
	// BIC uses log Observed for every term, also the empty ones.
	BIC float64
	// Steps are the decisions of a stepwise choice, in order.
	Steps []Step
	// Iterations of Newton's method in the last fit.
	Iterations int
	// Warnings are cautions for the reader.
	Warnings []Finding
}

// Fit computes the extended maximum likelihood estimate of a model: counts are independent Poisson,
//
//	N_w ~ Poisson(μ_w),  log μ_w = Σ α_θ over the terms θ contained in w,
//
// for every non-empty capture history w, and exp(α of the empty term) is the number of people on no
// list. Terms of an empty overlap are minus infinity; see [Existence]. The fit is by Newton's method
// to about 12 digits. Errors are [BadTable], [BadModel], [NoEstimate] with the existence code, and
// [NotConverged]. Method: Chan, Silverman and Vincent, doi:10.1080/01621459.2019.1708748. Cost:
// about 8 steps of O(t·2ᵗ + p³) for t lists and p terms.
func Fit(ctx context.Context, t Table, m Model) (Result, error) {
	return Estimate(ctx, t, Fixed{Model: m})
}

// result describes the fit that the kernel holds.
func (k *kernel) result(t Table, method Method, m Model) Result {
	r := Result{
		Run: runOf(t, method, 0), Model: slices.Clone(m), Estimate: k.total(), Observed: t.People(), Hidden: k.dark,
		StandardError: math.Sqrt(k.variance()), Empty: slices.Clone(k.empty), Iterations: k.steps,
	}
	half := mathext.NormalQuantile(0.975) * r.StandardError
	r.Lower, r.Upper = k.n+k.dark*math.Exp(-half), k.n+k.dark*math.Exp(half)
	terms := []History{0}
	for i := range k.lists {
		terms = append(terms, 1<<i)
	}
	for _, term := range append(terms, m...) {
		r.Coefficients = append(r.Coefficients, Coefficient{Term: term, Value: k.alpha[term], Empty: slices.Contains(k.empty, term)})
	}
	for w := 1; w < len(k.y); w++ {
		if !k.dead || k.live[w] > 0 {
			r.Fitted = append(r.Fitted, FittedCell{History: History(w), Observed: int(k.y[w]), Mean: k.mean[w]})
			r.Deviance += devianceOf(k.y[w], k.mean[w])
		}
	}
	likelihood, parameters := k.likelihood(), float64(len(r.Coefficients))
	r.AIC = -2*likelihood + 2*parameters
	r.BIC = -2*likelihood + math.Log(k.n)*parameters
	for _, term := range r.Empty {
		r.Warnings = append(r.Warnings, finding(EmptyOverlap, term.Names(t.lists), 0))
	}
	return r
}

// finite reports whether the headline figures are finite.
func (r *Result) finite() bool {
	return finite(r.Estimate, r.Hidden, r.Lower, r.Upper, r.StandardError, r.Deviance, r.AIC, r.BIC)
}

// likelihood is the full log likelihood of the cells, with the constants.
func (k *kernel) likelihood() float64 {
	sum := 0.0
	for w := 1; w < len(k.y); w++ {
		if !k.dead || k.live[w] > 0 {
			sum += logPoisson(k.y[w], k.mean[w])
		}
	}
	return sum
}
