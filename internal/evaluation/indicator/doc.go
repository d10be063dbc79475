// Package indicator keeps published statistics honest: where each figure comes from, when it was
// known, what it may be when it is suppressed, and what may not be concluded from it.
//
// The room offers one query, [Indicators.Answer], which every surface uses, and around it totals
// that know margins, what changed in a release, trends that stop at a break, and importers that
// save a whole file or nothing.
//
// # Rules
//
// A figure is an interval with a state (package figure). It belongs to a series (indicator, area,
// key), a period and a release. A revision adds a figure under a later release and never touches
// an earlier one; "as known on" a date is a choice among releases. The latest release counts, by
// its date; of two on one day a first release yields to a revised series, then the time of import
// decides.
//
// A key leaves totals out, so a margin of a table is a key with fewer dimensions. A sum is made
// over cells of one shape only; adding cells of mixed shape is refused because it counts people
// more than once.
//
// A national referral file or a generic file in which two rows give one cell different values is
// refused. The UNODC file is known to hold such repeats (its publisher merged categories), so they
// are kept as variants and shown as one disputed figure whose interval holds them all.
//
// # Trust
//
// Files are untrusted (package importer). Text of categories and of declared breaks is shown to
// people and may come from a file: pages must escape it, and the writers here defuse formulas.
// What an actor may do is asked of auth.Actor in every method; the figures are published
// statistics and are not private, but a node may hold a draft that is not out yet, so reading
// takes the permission measures.read.
package indicator
