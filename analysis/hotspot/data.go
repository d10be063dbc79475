package hotspot

import "math"

// Data is what is scanned. It is not changed.
type Data struct {
	Areas  []Area
	Metric Metric
	// Periods is how many periods there are, in order; 0 counts as 1.
	Periods int
	// Cases, Population and Expected have one number for each area and period: Cases[area*Periods+period].
	//
	// Cases are events. Whole numbers; Poisson and Bernoulli in space also take fractions, for events
	// that were shared out among areas. Population is who is at risk, or for the Bernoulli model
	// cases and controls together. Expected are events expected: only their proportions matter to
	// the Poisson model, and the Expectation model takes them as they are. May be nil when not used.
	Cases, Population, Expected []float64
	// Lines are the lines of a file from which Cases came, of the same shape, or nil.
	Lines []int32
	// Names are names of the periods, or nil.
	Names []string
	// Basis says how population and expected events were come by, such as [Interpolate] returns it.
	// It is handed on in the result.
	Basis string
}

// maxCount is the greatest number in a cell: sums of such numbers stay exact.
const maxCount = 1e12

// shape returns the number of periods, or what is wrong with the shape.
func (d *Data) shape() (int, error) {
	if d.Periods < 0 || d.Periods > 1<<16 {
		return 0, badSetting("Periods", "%d; 0 to 65536 are allowed", d.Periods)
	}
	periods := max(1, d.Periods)
	for _, c := range []struct {
		name string
		len  int
		must bool
	}{
		{"Cases", len(d.Cases), true},
		{"Population", len(d.Population), d.Population != nil},
		{"Expected", len(d.Expected), d.Expected != nil},
		{"Lines", len(d.Lines), d.Lines != nil},
		{"Names", len(d.Names) * len(d.Areas), d.Names != nil},
	} {
		if c.must && c.len != len(d.Areas)*periods {
			return 0, badSetting(c.name, "%d numbers for %d areas and %d periods", c.len, len(d.Areas), periods)
		}
	}
	return periods, nil
}

// at makes an error that names the cell.
func (d *Data) at(p Problem, cell, periods int, format string, args ...any) *Error {
	e := problem(p, cell/periods, "", format, args...)
	e.Term = d.Areas[e.Row].Name
	if periods > 1 {
		e.Period = cell % periods
	}
	if d.Lines != nil {
		e.Line = int(d.Lines[cell])
	}
	return e
}

// numbers refuses what is not a count, in the order of the cells.
func (d *Data) numbers(periods int, whole bool) error {
	for cell, c := range d.Cases {
		if !(c >= 0 && c <= maxCount) {
			return d.at(BadCount, cell, periods, "%g cases; a number from 0 to %g is needed", c, maxCount)
		}
		if whole && c != math.Trunc(c) {
			return d.at(BadCount, cell, periods, "%g cases; this model needs whole numbers", c)
		}
		if d.Population != nil && !(d.Population[cell] >= 0 && d.Population[cell] <= maxCount) {
			return d.at(BadCount, cell, periods, "a population of %g; a number from 0 to %g is needed", d.Population[cell], maxCount)
		}
		if d.Expected != nil && !(d.Expected[cell] >= 0 && d.Expected[cell] <= maxCount) {
			return d.at(BadCount, cell, periods, "%g expected; a number from 0 to %g is needed", d.Expected[cell], maxCount)
		}
	}
	return nil
}

// people refuses areas that hold fewer people than the limit in any period.
func (d *Data) people(periods int, least float64) error {
	for cell, p := range d.Population {
		if p == 0 && d.Cases[cell] > 0 {
			return d.at(BadCount, cell, periods, "%g cases in a population of 0; mend it, or merge the area with a neighbour", d.Cases[cell])
		}
		if p < least {
			return d.at(TooFew, cell, periods, "a population of %g is below the minimum of %g; merge the area with a neighbour", p, least)
		}
	}
	return nil
}

// sum adds with a correction of rounding (Neumaier), so that order matters little.
func sum(x []float64) float64 {
	s, c := 0.0, 0.0
	for _, v := range x {
		t := s + v
		if math.Abs(s) >= math.Abs(v) {
			c += (s - t) + v
		} else {
			c += (v - t) + s
		}
		s = t
	}
	return s + c
}

// overPeriods adds up the periods of each area.
func overPeriods(x []float64, areas, periods int) []float64 {
	out := make([]float64, areas)
	for i := range out {
		out[i] = sum(x[i*periods : (i+1)*periods])
	}
	return out
}
