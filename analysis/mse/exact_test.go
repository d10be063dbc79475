package mse

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
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
		a := newAveraging(table, decomposable(3))
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

// TestWithoutPerson compares the quick jackknife of the median with averages of the smaller tables.
func TestWithoutPerson(t *testing.T) {
	table := korea(t)
	s := AverageSettings{MaxTotal: 3000}
	p, graphs, err := average(t.Context(), table, s)
	if err != nil {
		t.Fatal(err)
	}
	jack, err := withoutPerson(t.Context(), table, p, graphs, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jack {
		less, _ := table.minus(j.History, 1)
		want, err := GraphAverage(t.Context(), less, s)
		if err != nil || math.Abs(j.Estimate-want.Median) > 1 {
			t.Errorf("without one of %v: %g, want %g (%v)", j.History, j.Estimate, want.Median, err)
		}
	}
}

// TestTail compares with the regularised incomplete gamma functions of gonum:
// P(X ≤ k) = Q(k+1, λ) and P(X ≥ k) = P(k, λ).
func TestTail(t *testing.T) {
	for _, lambda := range []float64{1e-12, 0.003, 0.5, 1, 3.7, 20, 149.06, 645, 5000, 1e6} {
		for _, k := range []int{0, 1, 2, 5, 19, 20, 21, 150, 600, 645, 700, 5100, 1002000} {
			lower, upper := mathext.GammaIncRegComp(float64(k)+1, lambda), 1.0
			if k > 0 {
				upper = mathext.GammaIncReg(float64(k), lambda)
			}
			want := min(lower, upper)
			if got := tail(k, lambda); math.Abs(got-want) > 1e-8*want+1e-290 {
				t.Errorf("tail(%d, %g) is %g, want %g", k, lambda, got, want)
			}
		}
	}
	// Far out the probability underflows; that must not take time.
	if got := tail(27850153, 2.7650391462838504e+07); got < 0 || got > 1e-300 {
		t.Error(got)
	}
	for _, k := range []int{0, 1} {
		if got := tail(k, 0); got != float64(1-k) {
			t.Errorf("tail(%d, 0) is %g", k, got)
		}
	}
}
