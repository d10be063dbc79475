// Package alignment compares what a law says with what an instrument asks: findings on topics in,
// bounds out.
//
// A finding says of one topic that the law covers it, covers it partly, does not, or that the duty
// does not apply; what nobody has read stays unknown. From the findings come a lower bound (the
// unknown counted as absent), an upper bound (counted as covered), the known share of the weight,
// the gaps in essential topics, and what to read next. A single figure appears only when at least
// 60 % of the weight is known, because on less it says more about the reader than about the law.
// Nothing here ranks countries: [Sensitivity] says whether two results differ at all when the
// weights are varied, and mostly they do not.
//
// Law and practice are different things; this package speaks of law only.
//
// # Trust
//
// Input is not trusted: every topic, strength, weight and finding is checked, errors name the one at
// fault, nothing panics on bad data, inputs are never changed and results stand in stable order. The
// only randomness is that of [Standard.Sensitivity], whose seed is a setting. There is no clock and
// no global state.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package alignment

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "alignment/1"
