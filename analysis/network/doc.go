// Package network finds structure in networks of who shares what with whom: communities, brokers,
// cores, cut points and links that the records may have missed.
//
// A [Graph] is undirected and simple: one tie at most between two nodes, kept as compressed sparse
// rows with 32-bit ids. It is made by [Build] from a [List] of edges of several kinds (telephone,
// address, vehicle, payment). The kinds stay apart: [Graph.Between] shows of what a tie is made,
// [Graph.Only] gives the graph of some kinds alone. The weight of a tie is the sum over its kinds,
// and a row's weight can be scaled by the grading of its source ([Scale]).
//
// # What there is
//
//	Leiden, Consensus          communities, and how often two nodes stay together over many seeds
//	Betweenness, PageRank      brokers and well-connected nodes
//	Cores, Cuts, Constraint    dense cores; bridges and cut points; Burt's constraint
//	KeyPlayers                 the set of k nodes whose removal leaves the fewest connected pairs
//	Prompts                    pairs without a tie that share neighbours (Adamic–Adar, Jaccard)
//	Arrange                    coordinates for a drawing of at most 150 nodes
//
// Every function states its formula, its complexity (n nodes, m ties) and its source.
//
// # What it must not be used for
//
// A pattern is a prompt to look at a record, never evidence. Nodes of a protected kind (victims) take
// part in the structure, so that it is not falsified, but [Scores] do not tell their figure, and no
// ranking, key-player set, cut point or prompt returns them.
//
// # Trust
//
// Input is not trusted: [Build] and [ReadCSV] check every row and return an [*Error] that names it;
// nothing panics on bad data, and no row is dropped without being counted in [Input]. Iterations are
// capped. Inputs are never changed; a Graph cannot be changed and may be used by several goroutines.
// There is no clock and no global state. Randomness comes only from the seed in the settings: the
// same graph, settings and seed give the same bytes on any number of workers.
//
// # Compatibility
//
// [Version] changes when a figure could change for the same input.
package network

// Version names the numerical behaviour of the package. Keep it with every stored result.
const Version = "network/1"
