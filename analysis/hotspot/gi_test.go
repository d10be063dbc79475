package hotspot_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// TestGetisOrdFile: R spdep 1.2.7 on the rates of Pennsylvania with 6 nearest neighbours
// (pennlc_getisord_reference.csv), and Moran's I of the README (E6).
func TestGetisOrdFile(t *testing.T) {
	var areas []hotspot.Area
	var rates []float64
	rows := records(t, "pennlc_getisord_reference.csv")
	for _, r := range rows {
		areas = append(areas, hotspot.Area{Name: r[0], X: number(t, r[1]), Y: number(t, r[2])})
		rates = append(rates, number(t, r[5]))
	}
	w, err := hotspot.Nearest(t.Context(), areas, hotspot.Plane, 6)
	if err != nil || len(rows) != 67 {
		t.Fatal(len(rows), err)
	}
	for column, s := range map[int]hotspot.GiSettings{6: {WithoutSelf: true}, 7: {}} {
		heat, err := hotspot.GiStar(t.Context(), w, rates, s)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if want := number(t, r[column]); !near(heat[i].Z, want, 1e-6) {
				t.Errorf("%s, column %d: %.10g, want %.10g", r[0], column, heat[i].Z, want)
			}
		}
	}
	for i, r := range rows {
		var got []int
		for j := range w.Neighbours(i) {
			got = append(got, j+1)
		}
		slices.Sort(got)
		var want []string
		for _, j := range got {
			want = append(want, strconv.Itoa(j))
		}
		if strings.Join(want, " ") != r[9] {
			t.Errorf("%s: neighbours %v, want %s", r[0], got, r[9])
		}
	}
	c, err := hotspot.Moran(t.Context(), w, rates, hotspot.MoranSettings{Replications: 999, Seed: 1})
	if err != nil || !near(c.I, 0.119379686, 5e-10) || !near(c.Expected, -0.015151515, 5e-10) || !near(c.Variance, 0.003949671, 5e-10) || !near(c.Z, 2.140635, 5e-7) {
		t.Errorf("%+v, %v", c, err)
	}
	if !near(c.P, c.Normal, 0.02) || c.Parts != 1 {
		t.Errorf("%+v: random arrangements and the normal distribution differ", c)
	}
}
