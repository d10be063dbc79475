package hotspot_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
	"github.com/fourfold/fourfold/internal/testdata"
)

// open opens a file of the hotspot folder.
func open(t testing.TB, name string) *os.File {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, "hotspot"), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// records reads a CSV file without its header.
func records(t testing.TB, name string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(open(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// scan scans or ends the test.
func scan(t testing.TB, d hotspot.Data, s hotspot.ScanSettings) *hotspot.Result {
	t.Helper()
	r, err := hotspot.Scan(t.Context(), d, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// members are the sorted names of the areas of a window.
func members(d hotspot.Data, w hotspot.Window) []string {
	var names []string
	for _, m := range w.Members {
		names = append(names, d.Areas[m].Name)
	}
	slices.Sort(names)
	return names
}

// pennsylvania is lung cancer 2002 in 67 counties, expected by 16 strata (pennlc_*.csv).
func pennsylvania(t testing.TB) hotspot.Data {
	t.Helper()
	d, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{
		Area: "county", X: "km_x", Y: "km_y", Group: []string{"race", "gender", "age"},
	}, open(t, "pennlc_geo.csv"), open(t, "pennlc_strata.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newYork is leukaemia in 281 tracts, with fractions of cases (ny_leukemia.csv).
func newYork(t testing.TB) hotspot.Data {
	t.Helper()
	d, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{Area: "censustract.FIPS", X: "km_x", Y: "km_y"}, open(t, "ny_leukemia.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// grid is an invented map of side × side areas with the same population, in periods.
func grid(side, periods int) hotspot.Data {
	d := hotspot.Data{Periods: periods}
	for i := range side * side {
		d.Areas = append(d.Areas, hotspot.Area{Name: strconv.Itoa(i), X: float64(i % side), Y: float64(i / side)})
	}
	d.Cases = make([]float64, side*side*periods)
	d.Population = make([]float64, side*side*periods)
	for i := range d.Population {
		d.Population[i] = 1000
	}
	return d
}

// scatter puts cases in cells at random, in proportion to the population.
func scatter(d *hotspot.Data, source *rand.Rand, cases int) {
	d.Cases = make([]float64, len(d.Population))
	upTo := make([]float64, len(d.Population))
	total := 0.0
	for i, p := range d.Population {
		total += p
		upTo[i] = total
	}
	for range cases {
		cell, _ := slices.BinarySearch(upTo, source.Float64()*total)
		d.Cases[cell]++
	}
}
