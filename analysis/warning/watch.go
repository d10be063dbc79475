package warning

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Report is a number of cases of one week that became known.
type Report struct {
	// Week is the week in which the cases happened, counted from 0. It must not lie after the current week.
	Week  int
	Count int
	// Found: patrols, raids or inspections found them. Else they were reported, by the public, services or
	// the persons themselves.
	Found bool
}

// Status says why a week was judged or not.
type Status uint8

const (
	// Judged: there is a bound.
	Judged Status = iota + 1
	// Learning: the stream is too short.
	Learning
	// Few: fewer cases than the minimum.
	Few
	// Incomplete: too few reports to know what share has arrived, or too small a share.
	Incomplete
	// NoFit: the model could not be fitted.
	NoFit
)

// String returns a short English name of the status.
func (s Status) String() string {
	names := [...]string{"", "judged", "learning", "few cases", "incomplete", "no fit"}
	if int(s) < len(names) && s > 0 {
		return names[s]
	}
	return "unknown status"
}

// Answer is the judgement of one week.
type Answer struct {
	// Week was judged when the week At was closed.
	Week, At int
	// Observed are the cases known by then. Found are those that patrols and the like found; they are
	// part of Observed only with Settings.WithFound.
	Observed, Found int
	// Complete is the share of the reports that had usually arrived by then; Estimate is Observed ÷ Complete.
	Complete, Estimate float64
	// Expected and Upper are what is expected to be known by then, and the bound. Observed above it is an
	// alarm; for CUSUM and EARS3 the chart decides, and a bound of 0 says that the weeks before
	// suffice for one.
	Expected, Upper float64
	// Dispersion is that of Farrington; Trend tells whether its model has a trend.
	Dispersion float64
	Trend      bool
	// Chart is the sum of CUSUM after the week, or that of EARS3 over three weeks.
	Chart  float64
	Alarm  bool
	Status Status
}

// Why is one English sentence for the reader of an alarm.
func (a Answer) Why() string {
	if a.Status != Judged {
		return fmt.Sprintf("week %d was not judged: %s", a.Week, a.Status)
	}
	verdict := "not above"
	if a.Alarm {
		verdict = "above"
	}
	late := ""
	if a.Complete < 1 {
		late = fmt.Sprintf(" (about %.0f %% of the reports have arrived)", 100*a.Complete)
	}
	return fmt.Sprintf("week %d: %d cases known%s, %.1f expected, %s the bound of %.1f", a.Week, a.Observed, late, a.Expected, verdict, a.Upper)
}

// week is what is known of one week.
type week struct {
	// By are the cases by the number of weeks after which they became known; the last counts all later ones.
	By       []int   `json:"by"`
	Found    int     `json:"found,omitempty"`
	Exposure float64 `json:"exposure,omitempty"`
}

// Watch follows one stream. It is not safe for use by several goroutines at once.
type Watch struct {
	s     Settings
	now   int // the open week
	first int // the first week kept
	weeks []week
	chart float64 // CUSUM after the last week that is settled
	learnt,
	settled int // cases of the weeks learnt from, and weeks settled
}

const maxCases = 1 << 30

// New begins a stream at week 0.
func New(s Settings) (*Watch, error) {
	s, err := s.filled()
	if err != nil {
		return nil, err
	}
	w := &Watch{s: s}
	w.open()
	return w, nil
}

// Now returns the week that is open.
func (w *Watch) Now() int { return w.now }

// Settings returns the settings, defaults put in.
func (w *Watch) Settings() Settings { return w.s }

func (w *Watch) open() {
	w.weeks = append(w.weeks, week{By: make([]int, w.s.Delay.Weeks+1)})
}

// Report takes cases that became known in the week that is open. An error leaves the stream as it
// was: a week that has not come, a week that is no longer kept, a count below 0 or beyond 2³⁰. O(1).
func (w *Watch) Report(r Report) error {
	switch {
	case r.Count < 0 || r.Count > maxCases:
		return badReport(BadReport, r.Week, "a count of %d; 0 to %d are allowed", r.Count, maxCases)
	case r.Week < 0 || r.Week > w.now:
		return badReport(BadReport, r.Week, "it is not a week from 0 to %d, the one that is open", w.now)
	case r.Week < w.first:
		return badReport(TooLate, r.Week, "weeks before %d are no longer kept; count the report by hand", w.first)
	}
	at := &w.weeks[r.Week-w.first]
	if at.total()+at.Found+r.Count > maxCases {
		return badReport(TooLarge, r.Week, "more than %d cases in one week", maxCases)
	}
	if r.Found {
		at.Found += r.Count
	}
	if !r.Found || w.s.WithFound {
		at.By[min(w.now-r.Week, w.s.Delay.Weeks)] += r.Count
	}
	return nil
}

func (k *week) total() int {
	n := 0
	for _, c := range k.By {
		n += c
	}
	return n
}

// Close ends the week that is open and opens the next. Exposure is who or what was at risk in the week,
// or the effort spent; it counts only with FarringtonSettings.Exposure. The answers are those
// that the delay rule calls for, oldest week first: none, one, or several. When the context has
// ended, the stream is left as it was. O(weeks kept), for Farrington times 100 to 2000.
func (w *Watch) Close(ctx context.Context, exposure float64) ([]Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if w.s.Farrington.Exposure && !(exposure > 0 && exposure <= 1e12) {
		return nil, badReport(BadReport, w.now, "an exposure of %g; a number above 0 and up to 1e12 is needed", exposure)
	}
	if w.now >= math.MaxInt32 {
		return nil, badReport(TooLarge, w.now, "no week comes after it")
	}
	if w.s.Farrington.Exposure {
		w.weeks[len(w.weeks)-1].Exposure = exposure
	}
	from, to := w.now, w.now
	share := w.shares()
	switch w.s.Delay.Rule {
	case Withhold:
		from, to = w.now-w.s.Delay.Weeks, w.now-w.s.Delay.Weeks
	case Correct:
		from = w.now - w.s.Delay.Weeks
	case Complete:
	}
	var answers []Answer
	chart := w.chart
	for t := max(0, from); t <= to; t++ {
		a := w.judge(t, share, &chart)
		if t == from {
			w.settle(t, chart)
		}
		answers = append(answers, a)
	}
	w.now++
	w.open()
	if spare := len(w.weeks) - 1 - w.s.memory(); spare > 0 {
		w.weeks = append([]week(nil), w.weeks[spare:]...)
		w.first += spare
	}
	return answers, nil
}

// settle puts a week behind: it will not be judged again.
func (w *Watch) settle(t int, chart float64) {
	w.chart = chart
	if w.settled < w.s.CUSUM.Learn {
		w.learnt += w.weeks[t-w.first].total()
	}
	w.settled++
}

// judge judges week t. chart is the CUSUM before it, and is moved on.
func (w *Watch) judge(t int, share []float64, chart *float64) Answer {
	k := &w.weeks[t-w.first]
	a := Answer{Week: t, At: w.now, Observed: k.total(), Found: k.Found, Complete: w.share(share, t), Status: Judged}
	if a.Complete == 0 {
		a.Status = Incomplete
		return a
	}
	a.Estimate = float64(a.Observed) / a.Complete
	switch w.s.Method {
	case Farrington:
		w.farrington(&a, share)
	case EARS1, EARS2, EARS3:
		w.ears(&a, share)
	case CUSUM:
		w.cusum(&a, chart)
	case Recent:
		w.recent(&a, share)
	}
	if a.Status == Judged && w.few(t) {
		a.Status = Few
	}
	a.Alarm = a.Status == Judged && w.exceeds(&a)
	return a
}

// exceeds compares what was judged with its bound.
func (w *Watch) exceeds(a *Answer) bool {
	switch {
	case w.s.Method == CUSUM:
		return a.Chart >= w.s.CUSUM.Decision
	case w.s.Method == EARS3 && !w.s.EARS.AsSurveillance:
		return a.Chart > mathext.NormalQuantile(1-w.s.Alpha)
	}
	return float64(a.Observed) > a.Upper
}

// few tells whether the weeks up to t have fewer cases than the minimum.
func (w *Watch) few(t int) bool {
	cases := 0
	for u := max(w.first, t-w.s.MinWeeks+1); u <= t; u++ {
		cases += w.weeks[u-w.first].total()
	}
	return cases < w.s.MinCases
}

// known is the number of cases of a week, raised to what will be known in the end.
func (w *Watch) known(t int, share []float64) float64 {
	n := float64(w.weeks[t-w.first].total())
	if s := w.share(share, t); s > 0 {
		return n / s
	}
	return n
}
