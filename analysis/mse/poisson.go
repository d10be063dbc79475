package mse

import "math"

// tail returns min(P(X ≤ k), P(X ≥ k)) for X ~ Poisson(λ). It sums the probabilities from k away
// from the mode, which takes O(√λ) terms.
func tail(k int, lambda float64) float64 {
	if !(lambda > 0) {
		if k == 0 {
			return 1
		}
		return 0
	}
	g, _ := math.Lgamma(float64(k) + 1)
	at := math.Exp(float64(k)*math.Log(lambda) - lambda - g)
	// Terms relative to the first one: they cannot underflow before they stop to matter.
	sum, term := 1.0, 1.0
	if float64(k) < lambda {
		for j := k; j > 0 && term > sum*1e-17; j-- {
			term *= float64(j) / lambda
			sum += term
		}
	} else {
		for j := k + 1; term > sum*1e-17; j++ {
			term *= lambda / float64(j)
			sum += term
		}
	}
	sum *= at
	return min(sum, 1+at-sum)
}

// logPoisson returns log P(X = y) for X ~ Poisson(mu); mu = 0 is certain 0.
func logPoisson(y, mu float64) float64 {
	if mu == 0 && y == 0 {
		return 0
	}
	g, _ := math.Lgamma(y + 1)
	return y*math.Log(mu) - mu - g
}

// devianceOf returns the contribution of one cell to the deviance.
func devianceOf(y, mu float64) float64 {
	d := mu - y
	if y > 0 {
		d += y * math.Log(y/mu)
	}
	return 2 * d
}
