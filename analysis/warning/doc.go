// Package warning watches weekly counts and says when a week has more than the weeks before it explain.
//
// # What there is
//
//	Farrington    a quasi-Poisson model of some years with season and trend: the improved method of
//	              Noufaily and others 2013, and the classic one of 1996
//	EARS          C1, C2 and C3 of the last weeks, for short series
//	CUSUM         small excesses that go on, added up
//	Recent        the mean of the last six weeks with an exact Poisson limit
//
// A [Watch] follows one stream: [Watch.Report] takes counts as they arrive, [Watch.Close] ends a week
// and returns [Answer] values, [Watch.Save] and [Restore] carry it over a restart without the change of a
// bit. [Replay] runs whole series, [ReadCSV] reads them.
//
// # Reports that arrive late
//
// The latest weeks are always incomplete, so that they look quiet. Three rules ([DelayRule]): take counts
// as complete; withhold the judgement of a week until some weeks later; or correct, which estimates
// from the stream's own past what share of a week's reports has arrived after so many weeks, and
// judges what has arrived against that share of what is expected.
//
// # What it must not be used for
//
// Streams are counts of areas or services, never of persons: nothing is called on fewer cases than a
// minimum. What patrols or raids found measures patrols and raids, so it is kept apart and not judged
// unless the settings say so. An alarm is a prompt to look.
//
// # Trust
//
// Input is not trusted: everything is checked, saved states too, and an [*Error] names the row, the
// week or the line. Nothing panics on bad data and no report is dropped without an error. Iterations are
// capped. Inputs are never changed. There is no clock, no randomness and no global state: the same
// reports in the same order give the same bytes on any number of workers of one kind of machine.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input; states of another version are refused.
package warning

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "warning/1"
