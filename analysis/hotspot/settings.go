package hotspot

// Model says what is expected when nothing is the matter.
type Model uint8

const (
	// Poisson: events occur in proportion to the population, or to Data.Expected when given. The
	// number of events is taken as it is. Kulldorff 1997, doi:10.1080/03610929708831995.
	Poisson Model = iota + 1
	// Bernoulli: every person of the population is a case or not, with the same chance.
	Bernoulli
	// Permutation: every place has its number of events and every period has its own, and the two do
	// not depend on each other. No population is needed. Kulldorff and others 2005,
	// doi:10.1371/journal.pmed.0020059.
	Permutation
	// Expectation: events are Poisson with the mean Data.Expected, a forecast that is not scaled.
	// Neill and others 2005, doi:10.1145/1081870.1081897.
	Expectation
)

// Span says which stretches of time are looked at.
type Span uint8

const (
	// Space: all periods together.
	Space Span = iota
	// Retrospective: every stretch of at most MaxPeriods periods.
	Retrospective
	// Prospective: the stretches of at most MaxPeriods periods that end in the last period.
	Prospective
)

// ScanSettings say what [Scan] does. The zero value of everything but Model is a default.
type ScanSettings struct {
	Model Model
	Span  Span
	// MaxShare is the greatest share of the population in a circle; 0 is 0.5. What counts as
	// population is Data.Population, without it Data.Expected, and for Permutation the cases.
	MaxShare float64
	// MaxRadius is the greatest radius of a circle, in the unit of distance; 0: no limit.
	MaxRadius float64
	// MaxAreas is the greatest number of areas in a circle; 0: no limit.
	MaxAreas int
	// SplitTies makes a circle of its own of each area among several at the same distance. Without
	// it they are in or out together, and the answer does not depend on the order of the rows.
	// Areas at the same place are always together.
	SplitTies bool
	// KeepFractions keeps the fraction of the total when cases are fractions. Without it the likelihood
	// cuts the total to whole cases, as R SpatialEpi does, whose published figures are then met; the
	// cases and expected numbers of windows are never cut.
	KeepFractions bool
	// MaxPeriods is the greatest length of a stretch; 0 is half of the periods.
	MaxPeriods int
	// MinPopulation refuses data in which an area has fewer people in any period.
	MinPopulation float64
	// EmptyAreas keeps areas in which nobody is at risk in any period, such as a lake. Without it they
	// are refused: mostly a population was forgotten.
	EmptyAreas bool
	// MinTotal refuses data with fewer cases in all; 0 is 5.
	MinTotal int
	// MinCases leaves out windows with fewer cases, in the data and in the replicates; 0 is 2.
	MinCases int
	// Clusters is how many windows are reported at most; 0 is 10.
	Clusters int
	// Replications is the number of random data sets; 0 is 999, −1 is none.
	Replications int
	Seed         uint64
	// Workers is how many replicates are drawn at a time; 0: one for each processor. It does not
	// change the result.
	Workers int
}

const (
	maxWindows      = 1 << 23
	maxTotal        = 1 << 22
	maxReplications = 1 << 20
)

// filled checks the settings against the number of periods, and puts the defaults in.
func (s ScanSettings) filled(periods int) (ScanSettings, error) {
	if s.Model < Poisson || s.Model > Expectation {
		return s, badSetting("Model", "%d; Poisson, Bernoulli, Permutation or Expectation is needed", s.Model)
	}
	if s.Span > Prospective {
		return s, badSetting("Span", "%d; Space, Retrospective or Prospective is needed", s.Span)
	}
	if s.Span != Space && periods < 2 {
		return s, badSetting("Span", "there is %d period; at least 2 are needed to look at stretches of time", periods)
	}
	if s.Model == Permutation && s.Span == Space {
		return s, badSetting("Span", "Permutation compares places over time; choose Retrospective or Prospective")
	}
	if !(s.MaxShare >= 0 && s.MaxShare <= 1) {
		return s, badSetting("MaxShare", "%g; a share from 0 to 1 is needed", s.MaxShare)
	}
	if !(s.MaxRadius >= 0 && s.MaxRadius <= 1e12) {
		return s, badSetting("MaxRadius", "%g; a distance from 0 to 1e12 is needed", s.MaxRadius)
	}
	if !(s.MinPopulation >= 0 && s.MinPopulation <= maxCount) {
		return s, badSetting("MinPopulation", "%g; a number from 0 to %g is needed", s.MinPopulation, maxCount)
	}
	for _, c := range []struct {
		name        string
		value       int
		least, most int
	}{
		{"MaxAreas", s.MaxAreas, 0, maxAreas},
		{"MaxPeriods", s.MaxPeriods, 0, periods},
		{"MinTotal", s.MinTotal, 0, maxTotal},
		{"MinCases", s.MinCases, 0, maxTotal},
		{"Clusters", s.Clusters, 0, maxAreas},
		{"Replications", s.Replications, -1, maxReplications},
		{"Workers", s.Workers, 0, 1 << 10},
	} {
		if c.value < c.least || c.value > c.most {
			return s, badSetting(c.name, "%d; %d to %d are allowed", c.value, c.least, c.most)
		}
	}
	or := func(v *int, value int) {
		if *v == 0 {
			*v = value
		}
	}
	or(&s.MaxPeriods, max(1, periods/2))
	or(&s.MinTotal, 5)
	or(&s.MinCases, 2)
	or(&s.Clusters, 10)
	or(&s.Replications, 999)
	s.Replications = max(0, s.Replications)
	if s.MaxShare == 0 {
		s.MaxShare = 0.5
	}
	return s, nil
}
