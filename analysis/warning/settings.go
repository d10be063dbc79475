package warning

import "math"

// Method is how a bound is found.
type Method uint8

const (
	// Farrington fits a quasi-Poisson model with trend and season to the same time of some past years,
	// down-weights past outbreaks, and takes the quantile of what is expected. Farrington and
	// others 1996, doi:10.2307/2983331; Noufaily and others 2013, doi:10.1002/sim.5595.
	Farrington Method = iota + 1
	// EARS1 compares with mean and deviation of the weeks just before, EARS2 of those before a gap of two
	// weeks, EARS3 adds up by how many deviations more than one each of three weeks exceeds. Hutwagner and others 2003,
	// doi:10.1007/PL00022319; Fricker and others 2008, doi:10.1002/sim.3197.
	EARS1
	EARS2
	EARS3
	// CUSUM adds up what exceeds a reference value. Rossi and others 1999,
	// doi:10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q.
	CUSUM
	// Recent compares with the mean m of the last six weeks: above 20 with m + 2 deviations, else with the
	// upper 95 % limit of Crow and Gardner 1959, doi:10.1093/biomet/46.3-4.441, for m cut to a whole number.
	Recent
)

// Bound is how the bound of Farrington is found from mean and dispersion.
type Bound uint8

const (
	// NegativeBinomial: its quantile with the fitted mean (Noufaily).
	NegativeBinomial Bound = iota
	// TwoThirds: the normal quantile after a power of 2/3, with the error of the fit (the classic one).
	TwoThirds
	// Interval: the negative binomial quantile at the upper limit of the fitted mean.
	Interval
)

// DelayRule is what is done about reports that arrive late.
type DelayRule uint8

const (
	// Complete takes every week as complete when it is closed.
	Complete DelayRule = iota
	// Withhold judges a week Delay.Weeks weeks later.
	Withhold
	// Correct judges a week at once, and again until Delay.Weeks weeks later, against the share of what is
	// expected that has usually arrived by then. The share is estimated from the stream by backward
	// hazards: Lawless 1994, doi:10.2307/3315820. Its own error is not counted.
	Correct
)

// FarringtonSettings are those of [Farrington]. Zero values are those of Noufaily.
type FarringtonSettings struct {
	// Years of the past and weeks on both sides of the same week are compared; 0 is 5 and 3.
	Years, HalfWindow int
	// Seasons is the number of seasons of a year, of which the compared weeks are one; 1 compares
	// only with them (the classic method); 0 is 10.
	Seasons int
	// Skip is the number of weeks before the current one that are left out; 0 is 26, −1 is none.
	Skip int
	// Residual is the standardised Anscombe residual above which a past week loses weight; 0 is 2.58.
	Residual float64
	// NoTrend leaves the trend out. Else it is kept when its p value is at most TrendLevel (0 is 1, so
	// always; the classic method has 0.05), there are three years or more, and it does not lead beyond
	// every count of the past.
	NoTrend    bool
	TrendLevel float64
	Bound      Bound
	// Exposure makes the model one of rates: Watch.Close is told the exposure of every week.
	Exposure bool
	// WeeksInYear is 52 when 0.
	WeeksInYear int
}

// ClassicFarrington are the settings of 1996.
func ClassicFarrington() FarringtonSettings {
	return FarringtonSettings{Years: 5, HalfWindow: 3, Seasons: 1, Skip: -1, Residual: 1, TrendLevel: 0.05, Bound: TwoThirds}
}

// EARSSettings are those of EARS1 to EARS3.
type EARSSettings struct {
	// Baseline is the number of weeks compared with; 0 is 7.
	Baseline int
	// MinDeviation is the least standard deviation; with 0 a baseline of equal counts has none, and every count above it is called.
	MinDeviation float64
	// AsSurveillance puts the bound of EARS3 where the R package surveillance 1.20.3 puts it, for comparison:
	// the current count stands where the mean of the baseline should, so that only the two
	// weeks before decide.
	AsSurveillance bool
}

// CUSUMSettings are those of [CUSUM].
type CUSUMSettings struct {
	// Reference (k) and Decision (h); 0 is 1.04 and 2.26.
	Reference, Decision float64
	// Mean is the expected count of a week; 0 learns it from the first Learn weeks (0 is 52).
	Mean  float64
	Learn int
	// Standard takes (y − m)/√m in place of Rossi's (y − 3m + 2√(my))/(2√m).
	Standard bool
	// Reset begins anew after an alarm.
	Reset bool
}

// DelaySettings say what is done about late reports.
type DelaySettings struct {
	Rule DelayRule
	// Weeks after which a week is judged, or counts as complete.
	Weeks int
	// History is the number of weeks from which the shares are estimated; 0 is 52.
	History int
	// MinReports is how many reports the estimate needs, and MinShare the least share that must have
	// arrived for a week to be judged; 0 is 30 and 0.2.
	MinReports int
	MinShare   float64
}

// Settings say how a stream is watched. The zero value of everything but Method is a default.
type Settings struct {
	Method Method
	// Alpha is the chance of exceeding the bound when nothing is the matter; 0 is 0.05 for Farrington and
	// 0.001 for EARS1 and EARS2, 0.025 for EARS3. CUSUM and Recent do not use it.
	Alpha      float64
	Farrington FarringtonSettings
	EARS       EARSSettings
	CUSUM      CUSUMSettings
	Delay      DelaySettings
	// Nothing is called when the last MinWeeks weeks, the current one included, have fewer than MinCases
	// cases; 0 is 5 cases in 4 weeks, a MinCases of −1 is no minimum.
	MinCases, MinWeeks int
	// WithFound judges what patrols, raids and the like found together with what was reported.
	WithFound bool
}

// limit is a whole number, its default for 0, and its range. −1 may be allowed to say none.
type limit struct {
	name               string
	value              *int
	usual, least, most int
}

// filled checks the settings and puts the defaults in.
func (s Settings) filled() (Settings, error) {
	if s.Method < Farrington || s.Method > Recent {
		return s, badSetting("Method", "%d; Farrington, EARS1 to EARS3, CUSUM or Recent is needed", s.Method)
	}
	if s.Farrington.Bound > Interval || s.Delay.Rule > Correct {
		return s, badSetting("Bound or Rule", "%d and %d are not among the constants", s.Farrington.Bound, s.Delay.Rule)
	}
	f, c, d := &s.Farrington, &s.CUSUM, &s.Delay
	for _, l := range []limit{
		{"Farrington.Years", &f.Years, 5, 1, 20},
		{"Farrington.HalfWindow", &f.HalfWindow, 3, 1, 10},
		{"Farrington.Seasons", &f.Seasons, 10, 1, 26},
		{"Farrington.Skip", &f.Skip, 26, -1, 200},
		{"Farrington.WeeksInYear", &f.WeeksInYear, 52, 24, 400},
		{"EARS.Baseline", &s.EARS.Baseline, 7, 2, 400},
		{"CUSUM.Learn", &c.Learn, 52, 1, 2000},
		{"Delay.History", &d.History, 52, 4, 500},
		{"Delay.MinReports", &d.MinReports, 30, 1, 1 << 30},
		{"MinCases", &s.MinCases, 5, -1, 1 << 30},
		{"MinWeeks", &s.MinWeeks, 4, 1, 52},
		{"Delay.Weeks", &d.Weeks, 0, 0, 52},
	} {
		if *l.value == 0 {
			*l.value = l.usual
		}
		if *l.value < l.least || *l.value > l.most {
			return s, badSetting(l.name, "%d; %d to %d are allowed", *l.value, l.least, l.most)
		}
	}
	usual := map[Method]float64{Farrington: 0.05, EARS3: 0.025}[s.Method]
	if usual == 0 {
		usual = 0.001
	}
	for _, l := range []struct {
		name               string
		value              *float64
		usual, least, most float64
	}{
		{"Alpha", &s.Alpha, usual, 1e-9, 0.5},
		{"Farrington.Residual", &f.Residual, 2.58, 0.1, 1e6},
		{"Farrington.TrendLevel", &f.TrendLevel, 1, 1e-9, 1},
		{"EARS.MinDeviation", &s.EARS.MinDeviation, 0, 0, 1e6},
		{"CUSUM.Reference", &c.Reference, 1.04, 1e-6, 1e3},
		{"CUSUM.Decision", &c.Decision, 2.26, 1e-6, 1e3},
		{"CUSUM.Mean", &c.Mean, 0, 0, 1e9},
		{"Delay.MinShare", &d.MinShare, 0.2, 0.01, 1},
	} {
		if *l.value == 0 {
			*l.value = l.usual
		}
		if !(*l.value >= l.least && *l.value <= l.most) {
			return s, badSetting(l.name, "%g; %g to %g are allowed", *l.value, l.least, l.most)
		}
	}
	return s, s.fit()
}

// fit refuses settings that do not go together.
func (s *Settings) fit() error {
	f := s.Farrington
	if (s.Delay.Rule == Complete) != (s.Delay.Weeks == 0) {
		return badSetting("Delay.Weeks", "%d; a number of weeks goes with Withhold and Correct, and with them only", s.Delay.Weeks)
	}
	if between := f.WeeksInYear - 2*f.HalfWindow - 1; f.Seasons > 1 && between < f.Seasons-1 {
		return badSetting("Farrington.Seasons", "%d; the %d weeks of a year outside the window make at most as many seasons", f.Seasons, between)
	}
	if f.Exposure && s.Method != Farrington {
		return badSetting("Farrington.Exposure", "only the method Farrington can use it")
	}
	if math.Signbit(float64(f.Skip)) {
		s.Farrington.Skip = -1
	}
	return nil
}

// memory is how many weeks before the current one the method and the delays need.
func (s *Settings) memory() int {
	d := s.Delay.Weeks
	need := max(s.MinWeeks, 7)
	switch s.Method {
	case Farrington:
		need = max(need, s.Farrington.Years*s.Farrington.WeeksInYear+s.Farrington.HalfWindow+1)
	case EARS1, EARS2, EARS3:
		need = max(need, s.EARS.Baseline+5)
	}
	if s.Delay.Rule == Correct {
		need = max(need, s.Delay.History)
	}
	return need + d
}
