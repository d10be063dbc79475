package api

import (
	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// Study is what every estimate of an effect carries besides its figures. The card is part of every
// answer: an estimate without its assumptions is not given.
type Study struct {
	Indicator Indicator `json:"indicator"`
	Area      string    `json:"area"`
	Key       string    `json:"key"`
	Label     string    `json:"label"`
	Share     bool      `json:"share" doc:"True when events out of trials were modelled."`
	Periods   []string  `json:"periods" doc:"The periods used, in order of time."`
	Breaks    []Break   `json:"breaks"`
	Notes     []string  `json:"notes"`
	Releases  []Release `json:"releases"`
	Card      Card      `json:"assumptions"`
	Run       Run       `json:"run"`
}

// Card holds the assumptions under which an estimate may be read.
type Card struct {
	Units        string   `json:"units"`
	Measured     string   `json:"measured"`
	Coverage     []string `json:"coverage"`
	Breaks       []string `json:"breaks"`
	OtherChanges []string `json:"other_changes"`
	Detection    string   `json:"detection"`
	Note         string   `json:"note,omitempty"`
	NoteBy       string   `json:"note_by,omitempty"`
}

// Run says how an estimate was made, so that it can be made again.
type Run struct {
	Method     string `json:"method"`
	Version    string `json:"version" doc:"Of the numerical package."`
	DataSHA256 string `json:"data_sha256"`
}

// Effect is what changed in a series at one or several dates.
type Effect struct {
	Study
	Runs []EffectRun `json:"runs" doc:"One estimate, or four when figures are ranges: they show how far the answer can move."`
}

// EffectRun is one estimate of an interrupted series.
type EffectRun struct {
	Ends       string        `json:"ends" doc:"Which ends of ranges were taken."`
	Changes    []ChangeFound `json:"changes"`
	Terms      []Estimate    `json:"terms"`
	Points     []FitPoint    `json:"points"`
	Rows       int           `json:"rows"`
	DF         int           `json:"degrees_of_freedom"`
	Dispersion float64       `json:"dispersion"`
	Lags       []float64     `json:"autocorrelation" doc:"Of the residuals, at lags 1 to 4."`
	Warnings   []string      `json:"warnings"`
}

// ChangeFound is the estimate for one date.
type ChangeFound struct {
	Name        string    `json:"name"`
	Date        string    `json:"date"`
	FirstPeriod string    `json:"first_period" doc:"The first period that counts as after."`
	Before      int       `json:"rows_before"`
	After       int       `json:"rows_after"`
	Level       Estimate  `json:"level"`
	Slope       *Estimate `json:"slope,omitempty" doc:"Per period."`
}

// Estimate is one coefficient: the log rate or odds ratio, and the ratio.
type Estimate struct {
	Term       string  `json:"term"`
	Coef       float64 `json:"coef"`
	SE         float64 `json:"se"`
	Errors     string  `json:"errors" doc:"Which kind of standard error se is."`
	ModelSE    float64 `json:"model_se"`
	RobustSE   float64 `json:"newey_west_se"`
	P          float64 `json:"p"`
	Lower      float64 `json:"lower"`
	Upper      float64 `json:"upper"`
	Ratio      float64 `json:"ratio"`
	RatioLower float64 `json:"ratio_lower"`
	RatioUpper float64 `json:"ratio_upper"`
}

// FitPoint is one period with what the model says about it.
type FitPoint struct {
	Period         string     `json:"period"`
	Observed       float64    `json:"observed"`
	Fitted         float64    `json:"fitted"`
	FittedBand     [2]float64 `json:"fitted_band"`
	Counterfactual float64    `json:"counterfactual" doc:"The mean without any of the changes."`
	CounterBand    [2]float64 `json:"counterfactual_band"`
}

// Contrast is how much more one group changed at a date than another.
type Contrast struct {
	Study
	Change  PlacedChange  `json:"change"`
	Treated string        `json:"treated"`
	Control string        `json:"control"`
	Runs    []ContrastRun `json:"runs" doc:"One estimate, or four when figures are ranges."`
}

// PlacedChange is a dated change with its place among the periods.
type PlacedChange struct {
	Name        string `json:"name"`
	Date        string `json:"date"`
	FirstPeriod string `json:"first_period"`
}

// ContrastRun is one estimate of a comparison of groups.
type ContrastRun struct {
	Ends     string   `json:"ends"`
	Treated  Means    `json:"treated"`
	Control  Means    `json:"control"`
	Effect   Linear   `json:"effect" doc:"Treated change less control change, in the unit of the figures."`
	Drift    *Drift   `json:"pre_trend,omitempty" doc:"Whether the groups were drifting apart before; left out when there were too few periods to look."`
	Errors   string   `json:"errors"`
	Clusters int      `json:"clusters"`
	Warnings []string `json:"warnings"`
}

// Means are the plain means of one group.
type Means struct {
	Before     float64 `json:"before"`
	After      float64 `json:"after"`
	RowsBefore int     `json:"rows_before"`
	RowsAfter  int     `json:"rows_after"`
}

// Linear is a coefficient in the unit of the figures.
type Linear struct {
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
	P     float64 `json:"p"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
	DF    int     `json:"degrees_of_freedom"`
}

// Drift is the check of the time before the date.
type Drift struct {
	Slope Linear  `json:"slope" doc:"Change of the gap per period."`
	Added float64 `json:"added" doc:"What this drift alone would have added to the difference."`
}

// NewEffect writes an estimate for the wire; the command line prints the same.
func NewEffect(e indicator.Effect) Effect {
	out := Effect{Study: newStudy(e.Study)}
	for _, run := range e.Runs {
		out.Study.Card = newCard(run.Result.Card)
		out.Runs = append(out.Runs, newEffectRun(e, run))
	}
	return out
}

func newEffectRun(e indicator.Effect, run indicator.SeriesRun) EffectRun {
	r := run.Result
	out := EffectRun{
		Ends: run.Ends.String(), Terms: each(r.Terms, newEstimate), Rows: r.Diagnostics.Rows, DF: r.Diagnostics.DF,
		Dispersion: r.Diagnostics.Dispersion, Lags: r.Diagnostics.Autocorrelation[:],
		Points: each(r.Points, newFitPoint), Warnings: each(r.Warnings, causal.Warning.String),
	}
	for i, c := range r.Changes {
		placed := e.Changes[i]
		found := ChangeFound{
			Name: placed.Name, Date: placed.Date, FirstPeriod: placed.Period.String(),
			Before: c.Before, After: c.After, Level: newEstimate(c.Level),
		}
		if c.Slope != nil {
			found.Slope = new(newEstimate(*c.Slope))
		}
		out.Changes = append(out.Changes, found)
	}
	return out
}

// NewContrast writes a comparison of groups for the wire.
func NewContrast(c indicator.Contrast) Contrast {
	out := Contrast{
		Study: newStudy(c.Study), Treated: c.TreatedLabel, Control: c.ControlLabel,
		Change: PlacedChange{Name: c.Change.Name, Date: c.Change.Date, FirstPeriod: c.Change.Period.String()},
	}
	for _, run := range c.Runs {
		r := run.Result
		out.Study.Card = newCard(r.Card)
		one := ContrastRun{
			Ends: run.Ends.String(), Treated: newMeans(r.Treated), Control: newMeans(r.Control), Effect: newLinear(r.Effect),
			Errors: r.Settings.Errors.String(), Clusters: r.Clusters, Warnings: each(r.Warnings, causal.Warning.String),
		}
		if r.PreTrend.Checked {
			one.Drift = &Drift{Slope: newLinear(r.PreTrend.Slope), Added: r.PreTrend.Drift}
		}
		out.Runs = append(out.Runs, one)
	}
	return out
}

func newStudy(s indicator.Study) Study {
	return Study{
		Indicator: NewIndicator(s.Indicator), Area: s.Area, Key: string(s.Key), Label: s.Label, Share: s.Share,
		Periods:  each(s.Periods, indicator.Period.String),
		Breaks:   each(s.Breaks, newBreak),
		Notes:    each(s.Notes, indicator.Note.String),
		Releases: each(s.Releases, NewRelease),
		Run:      Run{Method: s.Run.Method, Version: s.Run.Version, DataSHA256: s.Run.DataHash},
	}
}

func newCard(c causal.Card) Card {
	return Card{
		Units: c.Units, Measured: c.Measured, Coverage: list(c.Coverage), Breaks: list(c.Breaks),
		OtherChanges: list(c.OtherChanges), Detection: c.Detection, Note: c.Note, NoteBy: c.NoteBy,
	}
}

func newEstimate(e causal.Estimate) Estimate {
	return Estimate{
		Term: e.Term, Coef: e.Coef, SE: e.SE, Errors: e.Errors.String(), ModelSE: e.ModelSE, RobustSE: e.RobustSE,
		P: e.P, Lower: e.Lower, Upper: e.Upper, Ratio: e.Ratio, RatioLower: e.RatioLower, RatioUpper: e.RatioUpper,
	}
}

func newFitPoint(p causal.Point) FitPoint {
	return FitPoint{
		Period: p.Label, Observed: p.Observed, Fitted: p.Fitted, FittedBand: [2]float64{p.FittedLower, p.FittedUpper},
		Counterfactual: p.Counterfactual, CounterBand: [2]float64{p.CounterfactualLower, p.CounterfactualUpper},
	}
}

func newMeans(m causal.Means) Means {
	return Means{Before: m.Before, After: m.After, RowsBefore: m.RowsBefore, RowsAfter: m.RowsAfter}
}

func newLinear(l causal.Linear) Linear {
	return Linear{Value: l.Value, SE: l.SE, P: l.P, Lower: l.Lower, Upper: l.Upper, DF: l.DF}
}
