package causal

import "fmt"

// Caution classifies what a reader should know before trusting a result.
type Caution uint8

// The cautions a [Warning] can carry. What Row, Term and Value hold is said for each.
const (
	// Overdispersed: fixed dispersion was assumed, but Pearson's is Value. Prefer the quasi family.
	Overdispersed Caution = iota + 1
	// Autocorrelated: residuals at lag 1 correlate by Value; model-based errors are too small or large.
	Autocorrelated
	// FewForHAC: Newey–West errors from Value rows; with fewer than 50 they tend to be too small.
	FewForHAC
	// FewAfter: only Value rows follow the intervention Term.
	FewAfter
	// HighLeverage: the row Row carries leverage Value: the fit there follows that row.
	HighLeverage
	// UnevenTime: Value steps between rows differ from the usual one: rows are missing or irregular.
	UnevenTime
	// FewClusters: Value clusters; cluster-robust errors need many (about 30) to be trusted.
	FewClusters
	// PreTrendFound: before the date the groups drifted apart; Value is the p-value.
	PreTrendFound
	// PreTrendUnknown: too few rows before the date to check for a drift.
	PreTrendUnknown
)

// Warning is one caution about a result. It carries figures, not prose, so that a page can say it
// in its reader's language; String says it in English.
type Warning struct {
	Caution Caution
	// Row is the index in the caller's slice, or -1.
	Row int
	// Label is the Label of that row, if any.
	Label string
	// Term names the intervention or term meant, if any.
	Term string
	// Value is the figure that the caution speaks of.
	Value float64
}

// String returns the caution as one English sentence.
func (w Warning) String() string {
	switch w.Caution {
	case Overdispersed:
		return fmt.Sprintf("the figures vary more than the family allows (dispersion %.2f): use the quasi family", w.Value)
	case Autocorrelated:
		return fmt.Sprintf("neighbouring residuals correlate (%.2f at lag 1): compare with Newey–West errors", w.Value)
	case FewForHAC:
		return fmt.Sprintf("Newey–West errors from %.0f rows tend to be too small: compare with the model-based ones", w.Value)
	case FewAfter:
		return fmt.Sprintf("only %.0f rows follow %s: the change may not have settled", w.Value, w.Term)
	case HighLeverage:
		return fmt.Sprintf("row %d (%s) has leverage %.2f: the fit there follows that row", w.Row, w.Label, w.Value)
	case UnevenTime:
		return fmt.Sprintf("%.0f steps between rows are longer than the shortest one: rows are missing, and lags count rows, not time", w.Value)
	case FewClusters:
		return fmt.Sprintf("cluster-robust errors from %.0f clusters are too small more often than they should be", w.Value)
	case PreTrendFound:
		return fmt.Sprintf("the groups were drifting apart before the date (p %.3f): the comparison does not stand", w.Value)
	case PreTrendUnknown:
		return "too few rows before the date to see whether the groups were already drifting apart"
	}
	return "unknown caution"
}
