package indicator

import (
	"fmt"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// The words of package figure under the names this room uses.
type (
	// Interval is a closed interval of values.
	Interval = figure.Interval
	// State tells how a value is known.
	State = figure.State
	// Value is one figure: an interval and how it is known.
	Value = figure.Value
	// Period is a year, quarter or month.
	Period = figure.Period
	// PeriodKind is the length of a period.
	PeriodKind = figure.PeriodKind
	// Dim names a dimension.
	Dim = figure.Dim
	// Key is the canonical place of a cell, "" for the grand total.
	Key = figure.Key
)

// The states of a value, see package figure.
const (
	Missing  = figure.Missing
	Exact    = figure.Known
	Range    = figure.Range
	Disputed = figure.Disputed
)

// The lengths of a period.
const (
	Year    = figure.Year
	Quarter = figure.Quarter
	Month   = figure.Month
)

// Query asks for the figures of one indicator.
type Query struct {
	// Indicator is required.
	Indicator ID
	// Areas are ISO 3166-1 alpha-3 codes; none means every area that has the cells asked for.
	Areas []string
	// Where fixes dimensions to codes; a dimension that is absent or "" is a total.
	Where map[Dim]string
	// By splits the answer into one series per code of this dimension; "" does not.
	By Dim
	// Part, when not empty, turns the answer into shares: each point is the share of the cell
	// Where plus Part in the cell Where, for example {decision: positive} among all decisions.
	Part map[Dim]string
	// From and To bound the periods, ends included; the zero Period is open.
	From, To Period
	// KnownOn is a civil date: only releases of that day or before count. "" is now.
	KnownOn string
	// Annual adds quarters or months up to years. A year in which one is missing is shown as
	// partial: its Coverage names the absent ones.
	Annual bool
}

// Answer is what is known about a query.
type Answer struct {
	Indicator Indicator
	// Query is the query as understood: areas and period bounds in canonical writing.
	Query Query
	// Series are in order of area, then key.
	Series []Series
	// Coverage counts, over all series together, the periods that have a figure.
	Coverage Coverage
	// Notes say what a reader has to know: partial years, disputed cells, derived totals.
	Notes []Note
	// Releases are those from which a figure of the answer comes, oldest first.
	Releases []Release
	// Share is true when the points are shares between 0 and 1, see Query.Part.
	Share bool
	// Hash is the SHA-256, in lower-case hex, of the canonical figures. Page, command line and
	// interface show the same figures exactly when they show the same hash.
	Hash string
}

// Note is a sentence for people: an English message key with fmt verbs and its arguments.
type Note struct {
	Msg  string
	Args []any
}

// String returns the English sentence.
func (n Note) String() string {
	if len(n.Args) == 0 {
		return n.Msg
	}
	return fmt.Sprintf(n.Msg, n.Args...)
}

// Series is one line of figures in time.
type Series struct {
	Indicator ID
	// Area is an ISO 3166-1 alpha-3 code, or a code the source uses for what ISO has none for,
	// which starts with "x-".
	Area string
	// Key is the cell, "" for the grand total.
	Key Key
	// Label is the English label of the cell, "Total" for the grand total. Pages translate it
	// by code: each part of the key is a dimension and a code.
	Label string
	// Points are in order of time, one per period; a gap between them is a Missing point.
	Points []Point
	// Breaks lie within the points, in order of time.
	Breaks []Break
}

// Point is the figure of one period.
type Point struct {
	Period Period
	Value
	// Release is the id of the release that the figure comes from; for an annual sum of several
	// releases the latest of them.
	Release string
	// Derived is true when this program made the figure by adding up published ones.
	Derived bool
	// Revised is true when an earlier release had another value.
	Revised bool
	// Earlier are the values of earlier releases, latest first; empty for annual sums.
	Earlier []Vintage
	// Line is the line of the file from which the figure was read, 0 for derived ones.
	Line int
	// Parts is nil, or for an annual sum counts and names the parts that were there.
	Parts *Coverage
}

// Partial reports whether the point is an annual sum in which a part is missing.
func (p Point) Partial() bool { return p.Parts != nil && p.Parts.Reported < p.Parts.Expected }

// Vintage is what an earlier release said.
type Vintage struct {
	Release    string
	ReleasedOn string
	Value      Value
}

// Coverage counts what a total rests on. A total without it hides that countries or quarters came
// and went.
type Coverage struct {
	Reported, Expected int
	// Missing names what was expected and is not there, at most MaxMissing of them.
	Missing []string
}

// MaxMissing bounds Coverage.Missing; the counts tell of the rest.
const MaxMissing = 100

// BreakKind tells who found a break.
type BreakKind uint8

// The kinds of break.
const (
	// Declared by a person or by the source.
	Declared BreakKind = iota + 1
	// Detected by the method of package shift: a prompt to look, not a finding.
	Detected
)

// String returns "declared" or "detected".
func (k BreakKind) String() string {
	switch k {
	case Declared:
		return "declared"
	case Detected:
		return "detected"
	default:
		return "none"
	}
}

// Break says that figures from Period on are not comparable with those before.
type Break struct {
	ID     string // "" when detected
	Period Period
	Kind   BreakKind
	// Note is an English sentence: a message key for breaks this program ships, else free text.
	Note string
	// Source tells where the note comes from, for declared breaks.
	Source string
	// Factor is the level after over the level before, as far as it can be told; 0 when not.
	Factor float64
}
