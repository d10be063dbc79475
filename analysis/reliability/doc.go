// Package reliability measures how far coders who read the same material independently agree:
// Krippendorff's alpha for unordered and ordered categories with a bootstrap interval, Cohen's
// kappa, and plain agreement.
//
// Alpha serves any number of coders with gaps; kappa serves two. Plain agreement is reported
// beside them because it is what a reader imagines, and never instead of them, because it takes
// agreement by chance for agreement.
//
// # Trust
//
// Input is not trusted: every code is checked, errors name the unit and the coder, and nothing
// panics on bad data. Inputs are never changed. The only randomness is the bootstrap, whose seed is
// a setting; the same input and seed give the same bits in whatever order the units are given.
// There is no clock and no global state.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package reliability

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "reliability/1"
