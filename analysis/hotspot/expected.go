package hotspot

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Stratum is one group of people of one area in one period, for example women of 20 to 24.
type Stratum struct {
	Area, Period int
	Group        string
	// Cases among Population people.
	Cases, Population float64
	// Line is the line of the file the row came from, or 0.
	Line int32
}

// Standardise returns the events expected in each area and period when every group has the same rate
// everywhere (indirect standardisation): E = Σ over groups of people × (cases of the group ÷ people of
// the group). The shape is that of [Data]; the sum is the number of cases. Rows of one cell and group
// are added up. O(rows log groups).
//
// Groups are for age and sex, and for what else changes a risk without being the subject.
func Standardise(ctx context.Context, areas, periods int, rows []Stratum) ([]float64, error) {
	if areas < 1 || areas > maxAreas || periods < 1 || periods > 1<<16 {
		return nil, badSetting("areas", "%d areas and %d periods; 1 to %d and 1 to 65536 are allowed", areas, periods, maxAreas)
	}
	if len(rows) == 0 {
		return nil, problem(TooFew, -1, "", "there are no rows")
	}
	id := map[string]int{}
	var cases, people []float64
	for i, r := range rows {
		if i&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := r.check(i, areas, periods); err != nil {
			return nil, err
		}
		g, ok := id[r.Group]
		if !ok {
			g = len(cases)
			id[r.Group] = g
			cases, people = append(cases, 0), append(people, 0)
		}
		cases[g] += r.Cases
		people[g] += r.Population
	}
	expected := make([]float64, areas*periods)
	for i, r := range rows {
		g := id[r.Group]
		if people[g] == 0 && cases[g] > 0 {
			e := problem(BadCount, i, r.Group, "this group has %g cases and a population of 0", cases[g])
			e.Line = int(r.Line)
			return nil, e
		}
		if people[g] > 0 {
			expected[r.Area*periods+r.Period] += r.Population * (cases[g] / people[g])
		}
	}
	return expected, nil
}

func (r Stratum) check(row, areas, periods int) error {
	e := problem(BadCount, row, r.Group, "")
	e.Line = int(r.Line)
	switch {
	case r.Area < 0 || r.Area >= areas || r.Period < 0 || r.Period >= periods:
		e.Reason = fmt.Sprintf("area %d and period %d; there are %d areas and %d periods", r.Area, r.Period, areas, periods)
	case !(r.Cases >= 0 && r.Cases <= maxCount):
		e.Reason = fmt.Sprintf("%g cases; a number from 0 to %g is needed", r.Cases, maxCount)
	case !(r.Population >= 0 && r.Population <= maxCount):
		e.Reason = fmt.Sprintf("a population of %g; a number from 0 to %g is needed", r.Population, maxCount)
	default:
		return nil
	}
	return e
}

// Census is a population counted in a year.
type Census struct {
	Year  int
	Count float64
}

// Dating says to which day of its year a census belongs.
type Dating uint8

const (
	// StartOfYear: 1 January.
	StartOfYear Dating = iota + 1
	// MiddleOfYear: the end of June.
	MiddleOfYear
	// EndOfYear: 31 December.
	EndOfYear
)

// Interpolate returns the population in the middle of each year: straight lines between the censuses,
// and the nearest census before the first and after the last. The text says so, for [Data].Basis:
// the dating of a census is a choice that moves a likelihood in the second digit, so a reader must
// see it. The censuses must be in the order of their years. O(years × censuses).
func Interpolate(years []int, counts []Census, dated Dating) (people []float64, basis string, err error) {
	if dated < StartOfYear || dated > EndOfYear {
		return nil, "", badSetting("Dating", "%d; StartOfYear, MiddleOfYear or EndOfYear is needed", dated)
	}
	if len(counts) == 0 {
		return nil, "", problem(TooFew, -1, "", "there is no census")
	}
	for i, c := range counts {
		if !(c.Count >= 0 && c.Count <= maxCount) {
			return nil, "", problem(BadCount, i, "", "a population of %g; a number from 0 to %g is needed", c.Count, maxCount)
		}
		if i > 0 && counts[i-1].Year >= c.Year {
			return nil, "", problem(BadCount, i, "", "the census of %d does not come after that of %d", c.Year, counts[i-1].Year)
		}
	}
	// A census of a year dated at its middle is at the year's own point.
	shift := (float64(dated) - float64(MiddleOfYear)) / 2
	for _, y := range years {
		at := float64(y) - shift
		k := slices.IndexFunc(counts, func(c Census) bool { return float64(c.Year) >= at })
		switch {
		case k == 0:
			people = append(people, counts[0].Count)
		case k < 0:
			people = append(people, counts[len(counts)-1].Count)
		default:
			a, b := counts[k-1], counts[k]
			part := (at - float64(a.Year)) / float64(b.Year-a.Year)
			people = append(people, math.FMA(part, b.Count-a.Count, a.Count))
		}
	}
	when := [...]string{"", "the start", "the middle", "the end"}[dated]
	return people, "population of the middle of each year, in straight lines between censuses dated at " + when + " of their year, constant before the first and after the last", nil
}
