package causal

import (
	"math"
)

// SeriesEffect is the result of [InterruptedSeries]. Every number in it is finite.
type SeriesEffect struct {
	// Card is a copy of the caller's card.
	Card Card
	// Settings are the caller's, with every default filled in.
	Settings SeriesSettings
	// Changes holds one entry for each intervention, in the order of the settings.
	Changes []Change
	// Terms holds all coefficients, in the order intercept, time, seasons, changes.
	Terms []Estimate
	// Covariance is the reported p×p covariance of Terms.
	Covariance [][]float64
	// Points holds the rows in order of time, with fit and counterfactual for drawing.
	Points []Point
	// Diagnostics says how the fit went.
	Diagnostics Diagnostics
	// Warnings lists what a reader should know first, in stable order; empty when nothing was found.
	Warnings []Warning
}

// Change is the estimate for one intervention.
type Change struct {
	Intervention Intervention
	// Level is the change at the date itself.
	Level Estimate
	// Slope is the change of slope per unit of Time; nil when none was asked for.
	Slope *Estimate
	// Before and After count the rows on each side of the date.
	Before, After int
}

// Point is one row with what the model says about it. For counts, the figures are events at the
// row's exposure; for proportions, they lie between 0 and 1. The bands are pointwise confidence
// bands of the mean at Settings.Level, not ranges for new figures.
type Point struct {
	// Row is the index in the caller's slice.
	Row   int
	Label string
	Time  float64
	// Observed is the count, or events divided by trials.
	Observed float64
	// Fitted is the model's mean, with band.
	Fitted, FittedLower, FittedUpper float64
	// Counterfactual is the mean without any of the interventions, with band. Before the first one
	// it equals Fitted.
	Counterfactual, CounterfactualLower, CounterfactualUpper float64
	// Ratio is the joint effect of all interventions at this time (rate ratio or odds ratio), with
	// confidence interval; 1 before the first.
	Ratio, RatioLower, RatioUpper float64
	// Residual is Pearson's, (y − μ)/√V, at dispersion 1.
	Residual float64
	// Leverage is the diagonal of the hat matrix, 0 to 1.
	Leverage float64
}

// Diagnostics says how a fit went.
type Diagnostics struct {
	// Iterations used, and Converged, which is true in every result (a fit that does not converge
	// is an error).
	Iterations int
	Converged  bool
	// Rows n, Terms p, and DF = n − p.
	Rows, Terms, DF int
	// Deviance of the fit, and PearsonX2 = Σ residual².
	Deviance, PearsonX2 float64
	// Dispersion is PearsonX2/DF. The quasi families use it; for the others it should be near 1.
	Dispersion float64
	// Autocorrelation of the Pearson residuals at lags 1 to 4, in rows.
	Autocorrelation [4]float64
	// Bandwidth is the lag of the Newey–West errors.
	Bandwidth int
}

// InterruptedSeries estimates the change of level (and slope) of one series at one or several
// dates; the package comment has the model. rows may come in any order and are not changed.
//
// Errors, all of type [*Error]: a row or setting out of range; an incomplete card; fewer than three
// rows before the first date (two without a trend), two after each (three with a slope), or no more
// rows than terms; a term that others determine; separation (a stretch of rows with no events, or
// nothing else); a quasi family on rows that the model reproduces exactly; no convergence.
//
// Cost: O(iterations·n·p²) time and O(n·p) memory.
func InterruptedSeries(rows []Row, settings SeriesSettings, card Card) (*SeriesEffect, error) {
	card, err := card.check()
	if err != nil {
		return nil, err
	}
	s, err := settings.resolve(len(rows))
	if err != nil {
		return nil, err
	}
	if err := checkRows(rows, s.Family); err != nil {
		return nil, err
	}
	index := order(rows)
	if err := checkTimes(rows, index, s); err != nil {
		return nil, err
	}
	cols := s.columns()
	g, err := build(rows, index, s, cols)
	if err != nil {
		return nil, err
	}
	if k := g.separated(); k >= 0 {
		i := index[k]
		return nil, &Error{Problem: Separation, Row: i, Label: rows[i].Label, Reason: "this row and those like it would push a coefficient to infinity"}
	}
	f, err := g.fit(s.MaxIterations, s.Tolerance)
	if err != nil {
		return nil, err
	}
	a := &analysis{rows: rows, index: index, settings: s, cols: cols, model: g, fit: f}
	return a.result(card)
}

// analysis carries one fitted series to its result.
type analysis struct {
	rows     []Row
	index    []int
	settings SeriesSettings
	cols     []column
	model    *model
	fit      *fitted

	residual    []float64 // Pearson
	diagnostics Diagnostics
	modelV      *matrix
	robustV     *matrix
	reported    *matrix // modelV or robustV
	reference   reference
}

// result assembles everything and refuses figures that are not finite.
func (a *analysis) result(card Card) (*SeriesEffect, error) {
	a.diagnose()
	a.covariances()
	e := &SeriesEffect{Card: card, Settings: a.settings, Diagnostics: a.diagnostics}
	for j, c := range a.cols {
		scale := a.model.scale[j]
		est := a.reference.estimate(c.name, a.fit.beta[j]/scale,
			root(a.modelV.at(j, j))/scale, root(a.robustV.at(j, j))/scale, a.settings.Errors)
		// Against the error of the same design at dispersion 1, so that units do not matter.
		if est.SE*scale <= 1e-7*root(a.fit.bread.at(j, j)) {
			return nil, &Error{Problem: NoVariation, Row: -1, Term: c.name, Reason: "its standard error would be 0"}
		}
		if !est.finite() {
			return nil, &Error{Problem: NotConverged, Row: -1, Term: c.name, Reason: "the rows leave it all but undetermined"}
		}
		e.Terms = append(e.Terms, est)
	}
	e.Covariance = a.unscaled()
	e.Changes = a.changes(e.Terms)
	e.Points = a.points()
	for _, p := range e.Points {
		if !p.finite() {
			return nil, &Error{Problem: NotConverged, Row: p.Row, Label: p.Label, Reason: "the counterfactual leaves the finite numbers"}
		}
	}
	e.Warnings = a.warnings(e.Points, e.Changes)
	return e, nil
}

// diagnose fills residuals and diagnostics.
func (a *analysis) diagnose() {
	n, p := a.model.x.rows, a.model.x.cols
	a.residual = a.model.pearson(a.fit)
	x2 := dot(a.residual, a.residual)
	a.diagnostics = Diagnostics{
		Iterations: a.fit.iterations, Converged: true, Rows: n, Terms: p, DF: n - p,
		Deviance: a.fit.deviance, PearsonX2: x2, Dispersion: x2 / float64(n-p),
		Autocorrelation: autocorrelation(a.residual), Bandwidth: a.settings.Bandwidth,
	}
}

// covariances computes both kinds and points reported at the chosen one.
func (a *analysis) covariances() {
	phi := 1.0
	if a.settings.Family.Quasi() {
		phi = a.diagnostics.Dispersion
	}
	a.modelV = a.fit.bread.scaled(phi)
	raw := make([]float64, len(a.residual))
	for i := range raw {
		raw[i] = a.model.y[i] - a.fit.mu[i]
	}
	a.robustV = neweyWest(a.model.x, a.fit.bread, raw, a.settings.Bandwidth)
	a.reported = a.modelV
	if a.settings.Errors == NeweyWest {
		a.reported = a.robustV
	}
	df := 0.0
	if a.settings.StudentT {
		df = float64(a.diagnostics.DF)
	}
	a.reference = newReference(a.settings.Level, df)
}

// unscaled returns the reported covariance in the units of the terms.
func (a *analysis) unscaled() [][]float64 {
	p := a.diagnostics.Terms
	v := make([][]float64, p)
	for i := range p {
		v[i] = make([]float64, p)
		for j := range p {
			v[i][j] = a.reported.at(i, j) / (a.model.scale[i] * a.model.scale[j])
		}
	}
	return v
}

// changes gathers the terms of each intervention.
func (a *analysis) changes(terms []Estimate) []Change {
	changes := make([]Change, len(a.settings.Interventions))
	for i, iv := range a.settings.Interventions {
		changes[i].Intervention = iv
		for _, r := range a.rows {
			if r.Time >= iv.At {
				changes[i].After++
			} else {
				changes[i].Before++
			}
		}
	}
	for j, c := range a.cols {
		switch {
		case c.change < 0:
		case c.slope:
			changes[c.change].Slope = new(terms[j])
		default:
			changes[c.change].Level = terms[j]
		}
	}
	return changes
}

// warnings lists the cautions in the order of the constants.
func (a *analysis) warnings(points []Point, changes []Change) []Warning {
	d := a.diagnostics
	var w []Warning
	if !a.settings.Family.Quasi() && d.Dispersion > 1.5 {
		w = append(w, Warning{Caution: Overdispersed, Row: -1, Value: d.Dispersion})
	}
	if a.settings.Errors == ModelBased && math.Abs(d.Autocorrelation[0]) > 2/math.Sqrt(float64(d.Rows)) {
		w = append(w, Warning{Caution: Autocorrelated, Row: -1, Value: d.Autocorrelation[0]})
	}
	if a.settings.Errors == NeweyWest && d.Rows < 50 {
		w = append(w, Warning{Caution: FewForHAC, Row: -1, Value: float64(d.Rows)})
	}
	for _, c := range changes {
		if c.After < 4 {
			w = append(w, Warning{Caution: FewAfter, Row: -1, Term: c.Intervention.Name, Value: float64(c.After)})
		}
	}
	limit := min(0.9, 3*float64(d.Terms)/float64(d.Rows))
	for _, p := range points {
		if p.Leverage > limit {
			w = append(w, Warning{Caution: HighLeverage, Row: p.Row, Label: p.Label, Value: p.Leverage})
		}
	}
	if long := longSteps(points); long > 0 {
		w = append(w, Warning{Caution: UnevenTime, Row: -1, Value: float64(long)})
	}
	return w
}

// longSteps counts the steps in time that are longer than the shortest, by more than rounding.
func longSteps(points []Point) int {
	shortest := math.Inf(1)
	for k := 1; k < len(points); k++ {
		shortest = min(shortest, points[k].Time-points[k-1].Time)
	}
	count := 0
	for k := 1; k < len(points); k++ {
		if points[k].Time-points[k-1].Time > shortest*(1+1e-6) {
			count++
		}
	}
	return count
}
