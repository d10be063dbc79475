package indicator

// Changes is what a release altered against all that was known before it.
type Changes struct {
	Release Release
	// New are figures of periods and cells that no earlier release had.
	New []Revision
	// Revised are figures that differ from the latest earlier release.
	Revised []Revision
	// Withdrawn are figures that the previous release of the same series family had and this one
	// does not, within the span of periods that this release covers.
	Withdrawn []Revision
	// Counts of the three before they were cut to MaxChanges entries each.
	NewCount, RevisedCount, WithdrawnCount int
	// Unchanged counts figures that repeat what was known.
	Unchanged int
}

// MaxChanges bounds each list of Changes; the largest revisions come first.
const MaxChanges = 500

// Revision is one figure before and after a release. A Missing Before is a new figure, a Missing
// After a withdrawn one.
type Revision struct {
	Indicator ID
	Area      string
	Key       Key
	Label     string
	Period    Period
	Before    Value
	After     Value
	// BeforeRelease is the id of the release that Before comes from.
	BeforeRelease string
}

// Difference compares two answers in one period, see [Indicators.Reconcile].
type Difference struct {
	Period Period
	A, B   Value
	// Ratio is A over B as an interval; Defined is false when B may be zero or one is missing.
	Ratio   Interval
	Defined bool
}

// Sum is a total that knows what it rests on.
type Sum struct {
	Value
	// Over is the dimension whose categories were added up, "" when the source publishes the
	// total itself.
	Over Dim
	// Keys are the cells that were added, in order.
	Keys []Key
	// Coverage counts the areas and periods with a figure.
	Coverage Coverage
	Notes    []Note
	Releases []Release
}

// Trend is the mean change of a series from period to period, on the log scale.
type Trend struct {
	Series Series
	From   Period
	To     Period
	// PerYear is the estimated factor per year, 1 for no change, and Low and High its bounds when
	// suppressed figures take every value they may have (not a confidence interval).
	PerYear, Low, High float64
	// Points counts the figures used.
	Points int
	// AcrossBreaks are the breaks that the trend runs over; it is not a change of what is
	// measured when there are any, and whoever shows it must say so.
	AcrossBreaks []Break
	Notes        []Note
}
