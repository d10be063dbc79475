package causal

import "math"

// Family is the distribution that relates a row's variance to its mean, and with it the link.
type Family uint8

// The families. There is no default: a forgotten family is refused.
const (
	// Poisson: counts, log link, dispersion fixed at 1.
	Poisson Family = iota + 1
	// QuasiPoisson: counts, log link, dispersion estimated by Pearson's X²/(n − p).
	QuasiPoisson
	// Binomial: events out of trials, logit link, dispersion fixed at 1.
	Binomial
	// QuasiBinomial: events out of trials, logit link, dispersion estimated by Pearson's X²/(n − p).
	QuasiBinomial
)

// String returns the English name, for example "quasi-binomial".
func (f Family) String() string {
	names := [...]string{"no family", "Poisson", "quasi-Poisson", "binomial", "quasi-binomial"}
	if int(f) < len(names) {
		return names[f]
	}
	return "unknown family"
}

// Proportion reports whether rows hold events out of trials (logit link, odds ratios) rather than
// counts (log link, rate ratios).
func (f Family) Proportion() bool { return f == Binomial || f == QuasiBinomial }

// Quasi reports whether the dispersion is estimated.
func (f Family) Quasi() bool { return f == QuasiPoisson || f == QuasiBinomial }

func (f Family) valid() bool { return f >= Poisson && f <= QuasiBinomial }

// mean returns the expected events at linear predictor eta, out of m trials.
func (f Family) mean(eta, m float64) float64 {
	if f.Proportion() {
		return m * logistic(eta)
	}
	return math.Exp(eta)
}

// weight returns the variance of a row (at dispersion 1), which under the canonical link is both
// the IRLS weight and the derivative of the mean.
func (f Family) weight(eta, m float64) float64 {
	if f.Proportion() {
		p := logistic(eta)
		return m * p * logistic(-eta)
	}
	return math.Exp(eta)
}

// deviance returns the row's part of the deviance: twice the log-likelihood lost against a
// perfect fit.
func (f Family) deviance(y, m, mu float64) float64 {
	if f.Proportion() {
		return 2 * (xlogRatio(y, mu) + xlogRatio(m-y, m-mu))
	}
	return 2 * (xlogRatio(y, mu) - (y - mu))
}

// start returns the linear predictor from which the iteration begins: near the row's own figure,
// and finite when that is 0 or all.
func (f Family) start(y, m float64) float64 {
	if f.Proportion() {
		return math.Log((y + 0.5) / (m - y + 0.5))
	}
	return math.Log(y + 0.1)
}

// logistic is 1/(1 + exp(−x)) without overflow.
func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// xlogRatio is x·log(x/mu), and 0 at x = 0.
func xlogRatio(x, mu float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x/mu)
}
