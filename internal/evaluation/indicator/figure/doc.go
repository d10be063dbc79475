// Package figure holds the arithmetic of published statistics: intervals, values that may be
// missing or suppressed, periods of time, and the canonical key of a cell in a table.
//
// A published figure is seldom a plain number. "<5" is any count from 1 to 4, a dash may mean
// "none" or "not told", and one office publishes the same cell twice with two values. The types
// here carry that through sums, differences, rates and shares, so that a result is never more
// certain than what it was made of. Missing is never zero.
//
// The package is pure: no database, no clock, no global state. Every function is safe for
// concurrent use and none changes its arguments. Text handed to the parsers is untrusted: they
// refuse what they do not know and never panic.
package figure
