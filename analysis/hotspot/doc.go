// Package hotspot finds areas, and stretches of time, with more events than chance explains.
//
// # What there is
//
//	Scan                       Kulldorff's scan statistic: the circle, or cylinder, with the greatest excess
//	Standardise, Interpolate   expected events from strata; population between two censuses
//	GiStar                     Getis–Ord z scores area by area, with control of false discoveries
//	Moran                      one figure for the whole map: do like areas lie together?
//	Nearest, Within, Touching  who is a neighbour of whom
//	ReadCSV                    areas and counts from files
//
// [Scan] knows four models: [Poisson] (events against a population at risk), [Bernoulli] (cases among
// cases and controls), [Permutation] (space and time without a population) and [Expectation] (events
// against a forecast). Each works in space, over all intervals of the past, or for what is alive now
// ([Span]). The p value comes from replicates drawn under the null hypothesis. It holds for the whole
// map: it is the chance that the greatest excess anywhere is as great as the one found.
//
// # What it must not be used for
//
// Areas and periods, never persons: an area below the minimum population and a table below the minimum
// number of events are refused, and a window with fewer events than the minimum is not looked at
// ([ScanSettings]). An excess of recorded events can be an excess of looking: events found by patrols
// send patrols to the same places (Ensign and others, arXiv:1706.09847). Scan events that the public or
// survivors reported, with effort as the denominator, and take a window as a prompt to look.
//
// # Shapes and units
//
// Counts are rows of areas by columns of periods, one after the other: Cases[area*Periods+period].
// Distances are in the unit of the coordinates, or in kilometres for longitude and latitude.
//
// # Trust
//
// Input is not trusted: everything is checked, and an [*Error] names the area, the period and the line.
// Nothing panics on bad data and no row is dropped. Sizes are capped. Inputs are never changed. There
// is no clock and no global state. Randomness comes only from the seed: the same data, settings and
// seed give the same bytes on any number of workers of one kind of machine.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package hotspot

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "hotspot/1"
