package causal

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Estimate is one coefficient on the scale of the link, with its ratio.
type Estimate struct {
	// Term names it: "level: guidance of January 2023".
	Term string
	// Coef is the log rate ratio (counts) or log odds ratio (proportions). For a slope it is per
	// unit of Time.
	Coef float64
	// SE is the reported standard error of Coef; Errors says which kind it is.
	SE     float64
	Errors StandardErrors
	// ModelSE and RobustSE are the model-based and the Newey–West standard errors; SE is one of them.
	ModelSE, RobustSE float64
	// Statistic is Coef/SE, and P its two-sided p-value under no change.
	Statistic, P float64
	// Lower and Upper bound the confidence interval of Coef.
	Lower, Upper float64
	// Ratio, RatioLower and RatioUpper are exp of Coef, Lower and Upper: the rate or odds ratio.
	Ratio, RatioLower, RatioUpper float64
}

// reference is the distribution that quantiles and p-values come from.
type reference struct {
	quantile float64 // at (1+level)/2
	df       float64 // 0 for the normal distribution
}

func newReference(level, df float64) reference {
	half := (1 + level) / 2
	if df > 0 {
		return reference{quantile: studentQuantile(half, df), df: df}
	}
	return reference{quantile: mathext.NormalQuantile(half)}
}

// studentQuantile is that of Student's t with df degrees of freedom, for p above one half.
func studentQuantile(p, df float64) float64 {
	t := mathext.InvRegIncBeta(df/2, 0.5, 2*(1-p))
	return math.Sqrt(df * (1 - t) / t)
}

// pValue is the two-sided p-value of a statistic.
func (r reference) pValue(statistic float64) float64 {
	a := math.Abs(statistic)
	if r.df > 0 {
		return min(1, mathext.RegIncBeta(r.df/2, 0.5, r.df/(a*a+r.df)))
	}
	return math.Erfc(a / math.Sqrt2)
}

// estimate fills the derived fields of a coefficient.
func (r reference) estimate(term string, coef, modelSE, robustSE float64, kind StandardErrors) Estimate {
	e := Estimate{Term: term, Coef: coef, ModelSE: modelSE, RobustSE: robustSE, SE: modelSE, Errors: kind}
	if kind == NeweyWest {
		e.SE = robustSE
	}
	e.Statistic = e.Coef / e.SE
	e.P = r.pValue(e.Statistic)
	e.Lower, e.Upper = coef-r.quantile*e.SE, coef+r.quantile*e.SE
	e.Ratio, e.RatioLower, e.RatioUpper = math.Exp(coef), math.Exp(e.Lower), math.Exp(e.Upper)
	return e
}

func (e Estimate) finite() bool {
	return finite(e.Coef, e.SE, e.ModelSE, e.RobustSE, e.Statistic, e.P, e.Ratio, e.RatioLower, e.RatioUpper)
}
