// Package mse estimates how many people there are from incomplete lists that overlap: multiple systems
// estimation, also called capture–recapture. It serves the count of hidden populations, such as victims
// of trafficking, deaths in a conflict or a rare species, for whom no list is complete.
//
// # One question, several answers
//
// The overlap of lists says something about the people on no list only under beliefs that cannot be
// checked from the lists. Models that fit equally well can differ twofold, and one person in one cell can
// move a figure by a quarter. The package therefore answers with a family of methods, side by side, and
// says when no number should be given:
//
//   - [Stepwise] adds dependent pairs of lists while they are significant, with the extended maximum
//     likelihood of Chan, Silverman and Vincent, doi:10.1080/01621459.2019.1708748;
//   - [BIC] takes the best of all hierarchical models, after Silverman, Chan and Vincent,
//     doi:10.1007/s11222-023-10346-9;
//   - [GraphAverage] averages over all decomposable graphs, after Madigan and York,
//     doi:10.1093/biomet/84.1.19;
//   - [Fixed] fits one model, for example independence, and [Existence] says whether that can be done;
//   - [Bootstrap] gives intervals that repeat the whole choice of a model;
//   - [CheckConsistency], [DropPerson] and [DropCell] show how far an answer can be trusted;
//   - [Stratify] estimates groups by themselves and adds them up;
//   - [Analyse] does all of it and returns a [Report] with its reasons to refuse.
//
// Whether multiple systems estimation suits the count of victims of trafficking is disputed:
// Whitehead, Jackson, Balch and Francis, doi:10.1080/23322705.2019.1660952, say no for the United
// Kingdom; Binette and Steorts, arXiv:2112.01594, set out the checks that are built in here.
//
// # Units and shapes
//
// A [Table] of t lists has one count of people for each non-empty set of lists, 2ᵗ − 1 in all. Every
// estimate is a number of people and includes those seen. Coefficients are in log people.
//
// # Trust
//
// Input is not trusted: files and tables are checked, errors are [*Error] values that name line and column
// or the term at fault, loops have caps, and nothing panics on bad data. Inputs are never changed. There
// is no clock and no global state; chance comes from a seed, and the same seed gives the same bytes on
// any number of workers of one kind of machine. Functions that can take long end when their context does.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package mse

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "mse/1"
