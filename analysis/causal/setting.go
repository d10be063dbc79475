package causal

import (
	"fmt"
	"math"
	"strings"
)

// Row is one period of one series.
type Row struct {
	// Label names the period in errors and results, for example "2018-Q1".
	Label string
	// Time is the period's place on the time axis, in any unit (quarters from the first, months,
	// years). Each row has its own; the order of the rows in a slice does not matter.
	Time float64
	// Events is the count, or for proportions the number of events (of positive decisions, say).
	// At least 0; it need not be whole.
	Events float64
	// Failures is, for proportions, the number of trials that were not events. 0 for counts.
	Failures float64
	// Exposure is, for counts, the population or time at risk. 0 in every row means that there is
	// none and counts are compared as they stand; otherwise it must be above 0 in every row.
	Exposure float64
}

// Intervention is a date at which the level, and if asked the slope, may change.
type Intervention struct {
	// Name is what the change is called in results and errors.
	Name string
	// At is the Time of the first row that lies after the change.
	At float64
	// Slope asks for a change of slope as well, counted from At.
	Slope bool
}

// StandardErrors says which estimate of the covariance a result reports.
type StandardErrors uint8

const (
	// ModelBased: φ·(X'WX)⁻¹. Right when rows are independent and the variance function holds.
	ModelBased StandardErrors = iota
	// NeweyWest: heteroskedasticity- and autocorrelation-consistent, Bartlett kernel,
	// multiplied by n/(n − p); doi:10.2307/1913610. Lags count rows in order of time.
	NeweyWest
)

// String returns the English name.
func (s StandardErrors) String() string {
	if s == NeweyWest {
		return "Newey–West"
	}
	return "model-based"
}

// SeriesSettings says which interrupted time series to fit.
type SeriesSettings struct {
	// Family must be set; there is no default.
	Family Family
	// Interventions: at least one, with different At. Results keep this order.
	Interventions []Intervention
	// NoTrend leaves out the linear term in time.
	NoTrend bool
	// Harmonics is the number K of sine and cosine pairs of the season, 0 to 12.
	Harmonics int
	// Period is the length of the season in units of Time (12 for months, 4 for quarters).
	// Needed, and above 0, when Harmonics is above 0.
	Period float64
	// Errors chooses the reported standard errors. Both kinds are always computed.
	Errors StandardErrors
	// Bandwidth is the greatest lag L of Newey–West. 0 means ⌊4·(n/100)^(2/9)⌋, at least 1
	// (doi:10.2307/2297912). Must be below n.
	Bandwidth int
	// Level is the confidence level, in (0, 1); 0 means 0.95.
	Level float64
	// StudentT takes quantiles and p-values from Student's t with n − p degrees of freedom instead
	// of the normal distribution.
	StudentT bool
	// MaxIterations caps the fit; 0 means 50.
	MaxIterations int
	// Tolerance ends the fit when the deviance changes by less, relative to itself; 0 means 1e-10.
	Tolerance float64
}

// Method describes the settings in one English line, for a run card.
func (s SeriesSettings) Method() string {
	var b strings.Builder
	link := "log"
	if s.Family.Proportion() {
		link = "logit"
	}
	fmt.Fprintf(&b, "interrupted time series, %s, %s link, %d change(s)", s.Family, link, len(s.Interventions))
	if s.NoTrend {
		b.WriteString(", no trend")
	} else {
		b.WriteString(", linear trend")
	}
	if s.Harmonics > 0 {
		fmt.Fprintf(&b, ", %d seasonal pair(s) of period %g", s.Harmonics, s.Period)
	}
	fmt.Fprintf(&b, ", %s standard errors", s.Errors)
	if s.Errors == NeweyWest {
		fmt.Fprintf(&b, " (Bartlett, lag %d)", s.Bandwidth)
	}
	return b.String()
}

// resolve checks the settings and fills the defaults for n rows. The result shares no memory with s.
func (s SeriesSettings) resolve(n int) (SeriesSettings, error) {
	if !s.Family.valid() {
		return s, badSetting("Family", "choose Poisson, QuasiPoisson, Binomial or QuasiBinomial")
	}
	if s.Harmonics < 0 || s.Harmonics > 12 {
		return s, badSetting("Harmonics", "%d is not between 0 and 12", s.Harmonics)
	}
	if s.Harmonics > 0 && !(s.Period > 0 && finite(s.Period)) {
		return s, badSetting("Period", "the season needs a length above 0, in units of Time")
	}
	if s.Errors > NeweyWest {
		return s, badSetting("Errors", "unknown kind of standard error")
	}
	if s.Level == 0 {
		s.Level = 0.95
	}
	if !(s.Level > 0 && s.Level < 1) {
		return s, badSetting("Level", "%g is not between 0 and 1", s.Level)
	}
	if s.Bandwidth == 0 {
		s.Bandwidth = max(1, int(4*math.Pow(float64(n)/100, 2.0/9)))
	}
	if s.Bandwidth < 0 || s.Bandwidth >= n {
		return s, badSetting("Bandwidth", "%d is not between 1 and the number of rows less one", s.Bandwidth)
	}
	if s.MaxIterations == 0 {
		s.MaxIterations = 50
	}
	if s.MaxIterations < 0 || s.MaxIterations > 10_000 {
		return s, badSetting("MaxIterations", "%d is not between 1 and 10000", s.MaxIterations)
	}
	if s.Tolerance == 0 {
		s.Tolerance = 1e-10
	}
	if !(s.Tolerance > 0 && s.Tolerance < 1) {
		return s, badSetting("Tolerance", "%g is not between 0 and 1", s.Tolerance)
	}
	return s.resolveInterventions()
}

// resolveInterventions checks the dates and names of the changes.
func (s SeriesSettings) resolveInterventions() (SeriesSettings, error) {
	if len(s.Interventions) == 0 {
		return s, badSetting("Interventions", "at least one date of change is needed")
	}
	if len(s.Interventions) > 20 {
		return s, badSetting("Interventions", "%d are too many, 20 at most", len(s.Interventions))
	}
	s.Interventions = append([]Intervention(nil), s.Interventions...)
	seen := map[float64]bool{}
	for i := range s.Interventions {
		iv := &s.Interventions[i]
		if iv.Name == "" {
			iv.Name = fmt.Sprintf("change %d", i+1)
		}
		if !finite(iv.At) {
			return s, badSetting("Interventions", "%s has no finite date", iv.Name)
		}
		if seen[iv.At] {
			return s, badSetting("Interventions", "%s has the date of another change: one row cannot tell them apart", iv.Name)
		}
		seen[iv.At] = true
	}
	return s, nil
}
