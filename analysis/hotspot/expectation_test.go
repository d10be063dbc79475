package hotspot_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// TestNewMexicoForecast: R scanstatistics 1.1.2 on New Mexico 1986 to 1989, with the baseline of
// the README: what is alive at the end of 1989 (E2).
func TestNewMexicoForecast(t *testing.T) {
	d := newMexico(t)
	d.Expected = make([]float64, len(d.Population))
	for cell, p := range d.Population {
		d.Expected[cell] = p * math.Exp(-10.010658377+0.009751654*float64(cell%4+1))
	}
	s := hotspot.ScanSettings{Model: hotspot.Expectation, Span: hotspot.Prospective, MaxShare: 1, MaxAreas: 15, MaxPeriods: 4, Seed: 1}
	r := scan(t, d, s)
	first := r.Clusters[0]
	if got := fmt.Sprint(members(d, first), first.First, first.Last); got != "[losalamos santafe] 0 3" {
		t.Errorf("%s", got)
	}
	if !near(first.LLR, 9.180617, 5e-7) || !near(first.Risk, 2.081465, 5e-6) || !near(first.P, 0.005, 0.01) {
		t.Errorf("%+v", first)
	}
	for i, want := range []float64{6.8197324, 3.5378290, 3.4071896} {
		if !near(r.Clusters[i+1].LLR, want, 5e-7) {
			t.Errorf("cluster %d: %.8g, want %g; %v", i+2, r.Clusters[i+1].LLR, want, members(d, r.Clusters[i+1]))
		}
	}
	// The reference expects the same number of cases in every year, shared out by population.
	var people [4]float64
	for cell, p := range d.Population {
		people[cell%4] += p
	}
	for cell, p := range d.Population {
		d.Expected[cell] = p / people[cell%4]
	}
	s.Model = hotspot.Poisson
	first = scan(t, d, s).Clusters[0]
	var rows []string
	for i := range d.Areas {
		for _, m := range first.Members {
			if m == i {
				rows = append(rows, fmt.Sprint(i+1))
			}
		}
	}
	if got := strings.Join(rows, ","); got != "1,3,6,10,14,15,18,19,23,25,26,28,29,30,32" || first.First != 0 {
		t.Errorf("%s from %d", got, first.First)
	}
	if !near(first.LLR, 7.464043, 5e-7) || !near(first.P, 0.02, 0.02) || !near(first.Cases/first.Expected, 1.170269, 5e-6) {
		t.Errorf("%+v", first)
	}
}
