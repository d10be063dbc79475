package mse

import (
	"math"
	"testing"
)

// korea is the table of Ball, Jenkins and others (2018) as the reference data carry it.
func korea(t testing.TB) Table {
	t.Helper()
	table, err := NewTable([]string{"b", "c", "d"}, []Cell{
		{0b100, 41}, {0b010, 5}, {0b001, 5}, {0b011, 54}, {0b101, 6}, {0b111, 12},
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestAverageExactly compares the refined grid with the sum over every whole number and every graph.
func TestAverageExactly(t *testing.T) {
	table := korea(t)
	for _, limit := range []int{125, 200, 3000, 20000} {
		p, err := GraphAverage(t.Context(), table, AverageSettings{MaxTotal: limit})
		if err != nil {
			t.Fatal(err)
		}
		a := newAveraging(table)
		n := table.People()
		var nodes []node
		for m := 1; m <= limit-n; m++ {
			nodes = append(nodes, node{float64(m), a.at(float64(m))})
		}
		c := newCurve(nodes)
		var want Posterior
		want.Observed, want.Level, want.MaxTotal = n, 0.95, limit
		want.describe(c)
		if p.Median != want.Median || p.Lower != want.Lower || p.Upper != want.Upper {
			t.Errorf("limit %d: median %g [%g, %g], exactly %g [%g, %g]", limit, p.Median, p.Lower, p.Upper, want.Median, want.Lower, want.Upper)
		}
		if math.Abs(p.Mean-want.Mean) > 1e-4*want.Mean {
			t.Errorf("limit %d: mean %g, exactly %g", limit, p.Mean, want.Mean)
		}
		for i, w := range a.weigh(c)[:len(p.Top)] {
			if math.Abs(w.Probability-p.Top[i].Probability) > 1e-3 {
				t.Errorf("limit %d: graph %v has %g, exactly %g", limit, w.Model, p.Top[i].Probability, w.Probability)
			}
		}
	}
}
