// Package linkage tells which records may be of one person, how sure that is and why, after Fellegi and
// Sunter. It proposes links and clusters; it never merges.
//
// # How it works
//
// A [Table] holds records as text. [Run] does the following; each part can be settled by the caller
// instead ([Settings]), and the zero settings suit any table.
//
//	Infer      which columns to compare, and as what: name, text, code, number, date, category
//	Predict    which pairs to compare: blocking rules with their number of pairs, before anything runs
//	compare    each pair of each rule once, to a pattern of levels packed into 64 bits and counted
//	chance     how often strangers agree on each field: from random pairs and from frequencies
//	matches    how often matches agree: expectation and maximisation on the pairs of each rule apart
//	ties       fields that agree together among strangers (place and postcode) are weighed together
//	weigh      log₂ odds of each pair, rarer values counting for more
//	cluster    groups of links, with bridges and contradictions flagged for a person to judge
//
// Names are compared by spelling (Jaro–Winkler) and by sound in any script, through package script:
// محمد and Mohammed agree. [Result.Explain] shows for any pair what each field adds, in bits.
// [Decision] values of persons (same, different, not sure) outrank figures and, when there are enough,
// move the probabilities. [Result.Evaluate] scores against a truth, which nothing is learnt from.
//
// Chance agreement is held fast while matches are learnt, and a rule whose classes the other rules do
// not bear out is left aside, so that estimation cannot drift to "same household" or "same year", as
// unanchored estimation does.
//
// # Units and shapes
//
// Rows are numbered from 0 over all files in the order given. Weights are log₂ odds ("bits"): 0 is
// even odds, +10 about 1000 to 1. n rows, p pairs, f fields and r rules take O(n·(f+r) + p·f) time and
// about 16 bytes a pair.
//
// # What it must not be used for
//
// A link is a prompt for a person to compare two records. Records of victims are never merged by a
// figure. Probabilities rest on the assumption that errors in different fields are independent.
//
// # Trust
//
// Input is not trusted: files, settings and decisions are checked, errors are [*Error] values that name
// the file, line, row and column and never hold a value of a record; nothing panics on bad data and no
// row is dropped. Iterations are capped. Inputs are never changed. There is no clock and no global
// state; chance comes from the seed, and the same table, settings and seed give the same bytes on any
// number of workers.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package linkage

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "linkage/1"
