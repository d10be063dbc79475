// Package causal estimates what changed when a policy changed, from aggregate series: interrupted
// time series for counts and proportions, and difference-in-differences between two groups.
//
// It answers one narrow question well: by how much did the level (or the slope) of a published
// series differ after a date from what its own past, or a comparison group, would have led one to
// expect? It cannot answer why. No result can be had without a [Card] that says, in words, what one
// row is, what the figures measure, how coverage moved, where the series breaks, what else changed
// near the date, and that detection is not incidence. The functions refuse an incomplete card.
//
// # Interrupted time series
//
// [InterruptedSeries] fits a generalised linear model by iteratively reweighted least squares
//
//	counts:       log E[yᵢ]          = log(exposureᵢ) + xᵢ'β      Var[yᵢ] = φ·μᵢ
//	proportions:  log(pᵢ / (1 − pᵢ)) = xᵢ'β                       Var[yᵢ] = φ·mᵢ·pᵢ·(1 − pᵢ)
//
//	xᵢ'β = β₀ + β₁·tᵢ + Σₖ (aₖ·sin(2πk·tᵢ/P) + bₖ·cos(2πk·tᵢ/P)) + Σⱼ (levelⱼ + slopeⱼ·(tᵢ − Tⱼ))·1[tᵢ ≥ Tⱼ]
//
// where φ is 1 for [Poisson] and [Binomial] and Pearson's X²/(n − p) for the quasi families. exp(levelⱼ)
// is a rate ratio or an odds ratio. The method follows Lopez Bernal, Cummins and Gasparrini,
// doi:10.1093/ije/dyw098; the algorithm is that of Nelder and Wedderburn, doi:10.2307/2344614, and
// the quasi families that of Wedderburn, doi:10.1093/biomet/61.3.439.
//
// # Difference-in-differences
//
// [DifferenceOfMeans] subtracts the change of the comparison group from the change of the treated
// group; [DifferenceInDifferences] gives the same figure as a regression coefficient with a standard
// error, and checks whether the two groups were already drifting apart before the date.
//
// # Trust
//
// Input is not trusted: every function checks every row and returns an [*Error] that names the row
// or the term at fault; nothing panics on bad data, iterations are capped, and every number of a
// returned result is finite. Inputs are never changed. There is no clock, no randomness and no
// global state, so the same input gives the same bits on the same machine, in whatever order the
// rows are given.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package causal

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "causal/1"
