package indicator

import (
	"context"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// EffectScope says which figures a question about an effect is asked of.
type EffectScope struct {
	// Indicator is required and must be a count.
	Indicator ID
	// Area is an ISO 3166-1 alpha-3 code; "" when the indicator has one area only.
	Area string
	// Where fixes the cell whose figures are followed; "" or absent is a total.
	Where map[Dim]string
	// Part, when not empty, asks of the share of the cell Where plus Part in the cell Where (a
	// logit model of events out of trials) instead of the count itself (a log model).
	Part map[Dim]string
	// From and To bound the periods, ends included; the zero Period is open.
	From, To Period
	// KnownOn is a civil date, "" is now, see [Query].
	KnownOn string
	// Bound says what to do about figures that are ranges or disputed. They are refused unless it
	// is true; then the estimate is made several times, on the ends of the ranges, see [Ends].
	Bound bool
	// LeaveOutMissing leaves periods without a figure out; otherwise they are refused.
	LeaveOutMissing bool
	// AcrossBreaks allows breaks of the series that are not in the period of a change. They then
	// stand in Study.Breaks and on the card.
	AcrossBreaks bool
	// Jurisdictions are the profiles whose dated facts go on the card; nil means those of the area.
	Jurisdictions []string
	// Note and NoteBy are the analyst's own remark for the card; both may be empty.
	Note, NoteBy string
}

// DatedChange is something that happened on a day.
type DatedChange struct {
	// Name is what it is called in results; the date when "".
	Name string
	// Date is the civil date YYYY-MM-DD.
	Date string
	// Slope asks for a change of slope as well as of level.
	Slope bool
}

// EffectQuery asks what changed in one series at one or several dates.
type EffectQuery struct {
	EffectScope
	// Changes: at least one. The period in which a date falls counts as after it.
	Changes []DatedChange
	// LeaveOutTouched leaves out the periods that lie partly before and partly after a date.
	LeaveOutTouched bool
	// Harmonics is the number of seasonal pairs; the season is a year. Refused for yearly figures.
	Harmonics int
	// NoTrend leaves the linear trend out.
	NoTrend bool
	// FixedDispersion takes the Poisson or binomial family instead of the quasi one.
	FixedDispersion bool
	// Errors, Bandwidth, Level and StudentT are those of [causal.SeriesSettings].
	Errors    causal.StandardErrors
	Bandwidth int
	Level     float64
	StudentT  bool
}

// ContrastQuery asks how much more one group changed at a date than another.
type ContrastQuery struct {
	EffectScope
	// Treated and Control fix, on top of Where, the group that the change concerned and the one
	// it is compared with, for example {age: adult} and {age: child}.
	Treated, Control map[Dim]string
	// Change is the date; its Slope is not used.
	Change DatedChange
	// Errors and Level are those of [causal.GroupSettings]; clusters are the periods.
	Errors causal.GroupErrors
	Level  float64
}

// Ends says which ends of ranges an estimate was made on. When every figure is exact there is one
// estimate, AsPublished. Otherwise there are four, which between them show how far the answer can
// move; no one of them is the answer.
type Ends uint8

// The ends.
const (
	// AsPublished: every figure is one number.
	AsPublished Ends = iota
	// AllLow and AllHigh: every range at its lower, or upper, end.
	AllLow
	AllHigh
	// Rising: low before the first date and high after it. Falling: the other way round. In a
	// comparison of groups the comparison group takes the opposite ends.
	Rising
	Falling
)

// String returns the English name.
func (e Ends) String() string {
	return [...]string{"as published", "all low", "all high", "low then high", "high then low"}[min(e, Falling)]
}

// PlacedChange is a dated change with its place among the periods.
type PlacedChange struct {
	DatedChange
	// Period is the first period that counts as after.
	Period Period
	// DaysBefore counts the days of Period before the date, out of Days.
	DaysBefore, Days int
}

// Study is what every estimate of an effect carries besides its figures.
type Study struct {
	Indicator Indicator
	Area      string
	// Key is the cell that is followed, Label its English label.
	Key   Key
	Label string
	// Share is true when events out of trials were modelled.
	Share bool
	// Periods are those used, in order of time: period i stands at Time i+1 of the results unless
	// some were left out, when Time still counts every period from the first.
	Periods []Period
	// Breaks are those that lie within the periods and in no period of a change.
	Breaks []Break
	// Notes say what a reader has to know.
	Notes []Note
	// Releases are those from which the figures come, oldest first.
	Releases []Release
	// Card is the assumptions card, for pages; the results hold it in English.
	Card []CardLine
	// Run says how to make the same estimate again.
	Run RunCard
}

// RunCard says how an estimate was made.
type RunCard struct {
	// Method describes method and settings in one English line.
	Method string
	// Version is that of the numerical package.
	Version string
	// DataHash is the SHA-256, in lower-case hex, of the figures used, in canonical writing.
	DataHash string
}

// SeriesRun is one estimate of an interrupted series.
type SeriesRun struct {
	Ends   Ends
	Result *causal.SeriesEffect
}

// Effect is the answer to an EffectQuery.
type Effect struct {
	Study
	Query EffectQuery
	// Changes stand in the order of the query, as do those of each result.
	Changes []PlacedChange
	// Runs holds one estimate, or four when figures are ranges, see [Ends].
	Runs []SeriesRun
}

// ContrastRun is one estimate of a comparison of groups.
type ContrastRun struct {
	Ends   Ends
	Result *causal.GroupEffect
}

// Contrast is the answer to a ContrastQuery.
type Contrast struct {
	Study
	Query  ContrastQuery
	Change PlacedChange
	// TreatedLabel and ControlLabel are the English labels of the two cells.
	TreatedLabel, ControlLabel string
	// Runs holds one estimate, or four when figures are ranges, see [Ends].
	Runs []ContrastRun
}

// InterruptedSeries estimates how the level of a series changed at one or several dates, by the
// method of package causal. It says by how much the figures differ from their own past, and with
// its card what that cannot show; it never says why.
//
// It is refused (fault.Invalid) when the cell is not published, when a figure is missing, a range
// or disputed and the query does not say what to do, when the series breaks elsewhere than at a
// change and the query does not allow that, and when the figures cannot carry the estimate. Other
// errors are those of [Indicators.Answer].
func (r *Indicators) InterruptedSeries(ctx context.Context, a auth.Actor, q EffectQuery) (Effect, error) {
	if err := mayRead(a); err != nil {
		return Effect{}, err
	}
	var s strand
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = readStrand(ctx, tx, a, q.EffectScope, nil)
		return err
	})
	if err != nil {
		return Effect{}, err
	}
	return interrupt(q, s)
}

// DifferenceInDifferences estimates how much more one group of a series changed at a date than
// another, by the method of package causal. It is refused for the reasons of
// [Indicators.InterruptedSeries], for either group.
func (r *Indicators) DifferenceInDifferences(ctx context.Context, a auth.Actor, q ContrastQuery) (Contrast, error) {
	if err := mayRead(a); err != nil {
		return Contrast{}, err
	}
	var treated, control strand
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if treated, err = readStrand(ctx, tx, a, q.EffectScope, q.Treated); err != nil {
			return err
		}
		control, err = readStrand(ctx, tx, a, q.EffectScope, q.Control)
		return err
	})
	if err != nil {
		return Contrast{}, err
	}
	return compare(q, treated, control)
}
