package causal

import "math"

// points draws fit and counterfactual with their bands, in order of time. The bands are symmetric
// on the scale of the link: mean(x'β ± q·√(x'Vx)).
func (a *analysis) points() []Point {
	leverage := a.model.leverage(a.fit)
	points := make([]Point, len(a.index))
	without := make([]float64, len(a.cols))
	effect := make([]float64, len(a.cols))
	for k, i := range a.index {
		x := a.model.x.row(k)
		for j, c := range a.cols {
			without[j], effect[j] = x[j], 0
			if c.change >= 0 {
				without[j], effect[j] = 0, x[j]
			}
		}
		p := Point{
			Row: i, Label: a.rows[i].Label, Time: a.rows[i].Time,
			Observed: a.model.y[k], Residual: a.residual[k], Leverage: leverage[k],
		}
		if a.settings.Family.Proportion() {
			p.Observed /= a.model.m[k]
		}
		p.Fitted, p.FittedLower, p.FittedUpper = a.band(x, a.model.offset[k])
		p.Counterfactual, p.CounterfactualLower, p.CounterfactualUpper = a.band(without, a.model.offset[k])
		joint, half := dot(effect, a.fit.beta), a.reference.quantile*math.Sqrt(quadratic(effect, a.reported))
		p.Ratio, p.RatioLower, p.RatioUpper = math.Exp(joint), math.Exp(joint-half), math.Exp(joint+half)
		points[k] = p
	}
	return points
}

// band returns mean and confidence band at the terms x.
func (a *analysis) band(x []float64, offset float64) (mean, lower, upper float64) {
	eta := offset + dot(x, a.fit.beta)
	half := a.reference.quantile * math.Sqrt(quadratic(x, a.reported))
	f := a.settings.Family
	return f.mean(eta, 1), f.mean(eta-half, 1), f.mean(eta+half, 1)
}

func (p Point) finite() bool {
	return finite(p.Observed, p.Fitted, p.FittedLower, p.FittedUpper, p.Counterfactual, p.CounterfactualLower,
		p.CounterfactualUpper, p.Ratio, p.RatioLower, p.RatioUpper, p.Residual, p.Leverage)
}
