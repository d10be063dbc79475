package causal

import (
	"cmp"
	"fmt"
	"slices"
)

// GroupRow is one figure of one of the two groups.
type GroupRow struct {
	// Label names the row in errors, for example "adults 2022-Q3".
	Label string
	// Treated tells the group that the change concerned from the comparison group.
	Treated bool
	// Time is the period's place on the time axis. Several rows may share it.
	Time float64
	// Value is the outcome: a rate, a mean, a count. Its unit is the unit of the effect.
	Value float64
	// Cluster names the cluster of the row (a place, a period) and is needed for [ClusterRobust].
	Cluster string
}

// Means holds the plain means of one group.
type Means struct {
	Before, After float64
	// RowsBefore and RowsAfter count the rows behind them.
	RowsBefore, RowsAfter int
}

// Change is After − Before.
func (m Means) Change() float64 { return m.After - m.Before }

// GapPoint is one period of both groups, for drawing.
type GapPoint struct {
	Time float64
	// Treated and Control are the group means in the period; Gap is Treated − Control.
	Treated, Control, Gap float64
	// After reports whether the period lies at or after the date.
	After bool
}

// MeansEffect is the result of [DifferenceOfMeans]. Every number in it is finite.
type MeansEffect struct {
	// Card is a copy of the caller's card.
	Card Card
	// At is the first time after the change.
	At float64
	// Treated and Control hold the four means.
	Treated, Control Means
	// Difference is (treated after − before) − (control after − before), in the unit of Value.
	Difference float64
	// Periods lists, in order of time, the periods in which both groups have rows.
	Periods []GapPoint
}

// DifferenceOfMeans subtracts the change of the comparison group's plain mean from that of the
// treated group:
//
//	(ȳ₁,after − ȳ₁,before) − (ȳ₀,after − ȳ₀,before)
//
// It has no standard error; [DifferenceInDifferences] has. at is the first time after the change;
// rows may come in any order and are not changed.
//
// Errors, all of type [*Error]: a value that is not finite or above 10¹⁵; a date that is not finite;
// an incomplete card; one of the four cells without a row. Cost: O(n log n).
func DifferenceOfMeans(rows []GroupRow, at float64, card Card) (*MeansEffect, error) {
	card, err := card.check()
	if err != nil {
		return nil, err
	}
	if !finite(at) {
		return nil, badSetting("At", "the date of change is not a finite number")
	}
	if err := checkGroupRows(rows); err != nil {
		return nil, err
	}
	e := &MeansEffect{Card: card, At: at}
	ordered := slices.Clone(rows)
	slices.SortFunc(ordered, compareGroupRows) // so that sums do not depend on the caller's order
	for _, r := range ordered {
		m := &e.Control
		if r.Treated {
			m = &e.Treated
		}
		if r.Time >= at {
			m.After, m.RowsAfter = m.After+r.Value, m.RowsAfter+1
		} else {
			m.Before, m.RowsBefore = m.Before+r.Value, m.RowsBefore+1
		}
	}
	for _, group := range []struct {
		name string
		m    *Means
	}{{"the treated group", &e.Treated}, {"the comparison group", &e.Control}} {
		if group.m.RowsBefore == 0 || group.m.RowsAfter == 0 {
			return nil, &Error{
				Problem: TooFewRows, Row: -1, Term: group.name,
				Reason: fmt.Sprintf("%d row(s) before the date and %d after; at least one each is needed", group.m.RowsBefore, group.m.RowsAfter),
			}
		}
		group.m.Before /= float64(group.m.RowsBefore)
		group.m.After /= float64(group.m.RowsAfter)
	}
	e.Difference = e.Treated.Change() - e.Control.Change()
	e.Periods = gaps(ordered, at)
	return e, nil
}

func checkGroupRows(rows []GroupRow) error {
	for i, r := range rows {
		if !finite(r.Time) || r.Time > greatest || r.Time < -greatest {
			return badRow(i, r.Label, "time is %g, which is not a number of at most %g", r.Time, greatest)
		}
		if !finite(r.Value) || r.Value > greatest || r.Value < -greatest {
			return badRow(i, r.Label, "value is %g, which is not a number of at most %g", r.Value, greatest)
		}
	}
	return nil
}

// compareGroupRows is a total order of everything that can change a figure.
func compareGroupRows(a, b GroupRow) int {
	treated := func(r GroupRow) int {
		if r.Treated {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.Time, b.Time), cmp.Compare(treated(a), treated(b)),
		cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Value, b.Value),
	)
}

// gaps returns the period means of both groups from rows in order of time.
func gaps(ordered []GroupRow, at float64) []GapPoint {
	var points []GapPoint
	for start := 0; start < len(ordered); {
		end := start
		var sum [2]float64
		var count [2]float64
		for ; end < len(ordered) && ordered[end].Time == ordered[start].Time; end++ {
			g := 0
			if ordered[end].Treated {
				g = 1
			}
			sum[g], count[g] = sum[g]+ordered[end].Value, count[g]+1
		}
		if count[0] > 0 && count[1] > 0 {
			p := GapPoint{Time: ordered[start].Time, Treated: sum[1] / count[1], Control: sum[0] / count[0], After: ordered[start].Time >= at}
			p.Gap = p.Treated - p.Control
			points = append(points, p)
		}
		start = end
	}
	return points
}
