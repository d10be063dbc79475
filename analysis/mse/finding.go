package mse

import "fmt"

// Caution is a short stable word for what a reader should know before trusting a result.
type Caution string

// The cautions a [Finding] can carry. What Term and Value hold is said for each.
const (
	// FewLists: the table has Value lists; three are needed to see dependence at all.
	FewLists Caution = "few-lists"
	// EmptyOverlap: nobody is on all lists of Term, and the model takes that to be a rule.
	EmptyOverlap Caution = "empty-overlap"
	// Nonexistent: the likelihood has no unique maximum; Term says the code, Value is its number.
	Nonexistent Caution = "no-estimate"
	// ModelsDiffer: among the best models by BIC the largest estimate is Value times the smallest.
	ModelsDiffer Caution = "models-differ"
	// ModelsNotCompared: there are too many models to compare by BIC; Value lists.
	ModelsNotCompared Caution = "models-not-compared"
	// OnePersonDecides: without one person of history Term the estimate moves by the share Value.
	OnePersonDecides Caution = "one-person-decides"
	// OnePersonEnds: without one person of history Term there is no estimate.
	OnePersonEnds Caution = "one-person-ends"
	// ResamplesFailed: Value of the resamples have no finite estimate.
	ResamplesFailed Caution = "resamples-failed"
	// OneSided: all resamples lie on one side of the estimate; the correction was held at its limit.
	OneSided Caution = "one-sided"
	// Open: there is no finite upper limit.
	Open Caution = "open-interval"
	// BeyondResamples: a limit would need more resamples than the Value drawn.
	BeyondResamples Caution = "beyond-resamples"
	// Truncated: the share Value of the posterior lies in the last tenth below the largest total allowed.
	Truncated Caution = "truncated"
	// MethodsDiffer: the largest estimate of the methods is Value times the smallest.
	MethodsDiffer Caution = "methods-differ"
	// OtherPopulation: the lists were declared to cover different populations, places or times; Term says which.
	OtherPopulation Caution = "other-population"
	// Undeclared: nobody has declared whether Term holds.
	Undeclared Caution = "undeclared"
	// LinkageUnsure: errors in linking the lists were declared unknown or not small.
	LinkageUnsure Caution = "linkage-unsure"
	// NotConsistent: taking list Term as the population, the estimate is Value times the truth.
	NotConsistent Caution = "not-consistent"
	// PoolingDiffers: ignoring the strata gives Value times the sum over strata, outside its limits.
	PoolingDiffers Caution = "pooling-differs"
	// NotAvailable: the method or stratum Term gave no answer for a reason said elsewhere.
	NotAvailable Caution = "not-available"
)

// Finding is one caution about a result. It carries figures, not only prose, so that a page can say
// it in its reader's language; String says it in English.
type Finding struct {
	Caution Caution `json:"caution"`
	// Term names a list, capture history or setting, if any.
	Term string `json:"term,omitempty"`
	// Value is the figure that the caution speaks of.
	Value float64 `json:"value"`
	// Text is the caution as one English sentence.
	Text string `json:"text"`
}

// String returns the caution as one English sentence.
func (f Finding) String() string { return f.Text }

func finding(c Caution, term string, value float64) Finding {
	return Finding{Caution: c, Term: term, Value: value, Text: sentence(c, term, value)}
}

func sentence(c Caution, term string, value float64) string {
	switch c {
	case FewLists:
		return fmt.Sprintf("there are %.0f lists; with fewer than three, dependence between lists cannot be seen, and any estimate rests on the belief that there is none", value)
	case EmptyOverlap:
		return fmt.Sprintf("nobody is on all of %s; the model takes that to be a rule, not chance", term)
	case Nonexistent:
		return fmt.Sprintf("there is no estimate: %s", term)
	case ModelsDiffer:
		return fmt.Sprintf("models that fit about equally well differ %.1f-fold in their estimates", value)
	case ModelsNotCompared:
		return fmt.Sprintf("with %.0f lists there are too many models to compare; whether they agree is unknown", value)
	case OnePersonDecides:
		return fmt.Sprintf("leaving out one single person seen on %s moves the estimate by %.0f %%", term, 100*value)
	case OnePersonEnds:
		return fmt.Sprintf("leaving out one single person seen on %s leaves no estimate at all", term)
	case ResamplesFailed:
		return fmt.Sprintf("%.0f resamples have no finite estimate and count as larger than any number", value)
	case OneSided:
		return "all resamples lie on one side of the estimate; the interval is a rough one"
	case Open:
		return "the data set no upper limit to the estimate"
	case BeyondResamples:
		return fmt.Sprintf("a limit lies beyond the most extreme of %.0f resamples; draw more", value)
	case Truncated:
		return fmt.Sprintf("%.1f %% of the posterior lies just below the largest total allowed: the limits depend on that choice", 100*value)
	case MethodsDiffer:
		return fmt.Sprintf("the methods differ %.1f-fold: read them as a family, not as one number", value)
	case OtherPopulation:
		return fmt.Sprintf("the lists do not cover the same %s, so their overlap says nothing about people on no list", term)
	case Undeclared:
		return fmt.Sprintf("nobody has declared whether %s", term)
	case LinkageUnsure:
		return "errors in matching people across lists are unknown or not small: estimate again with links above 0.5 and above 0.95 and compare"
	case NotConsistent:
		return fmt.Sprintf("taking %s as the population, the method finds %.2f times its true size", term, value)
	case PoolingDiffers:
		return fmt.Sprintf("ignoring the groups would give %.2f times the sum over groups: the groups differ in how they are found", value)
	case NotAvailable:
		return fmt.Sprintf("%s gave no answer", term)
	}
	return string(c)
}
