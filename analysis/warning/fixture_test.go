package warning_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/warning"
	"github.com/fourfold/fourfold/internal/testdata"
)

// agona reads the weekly counts of Salmonella Agona with the answers of R surveillance 1.20.3. Weeks
// 208 to 312 were judged. The columns are found by name.
func agona(t testing.TB) (counts []int, rows []map[string]string) {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, "hotspot"), "salmonella_agona_surveillance_reference.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		n, err := strconv.Atoi(row["observed"])
		if err != nil {
			t.Fatal(err)
		}
		counts, rows = append(counts, n), append(rows, row)
	}
	return counts, rows
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// judge runs one series of counts.
func judge(t testing.TB, counts []int, s warning.Settings) []warning.Answer {
	t.Helper()
	answers, err := warning.Replay(t.Context(), []warning.Series{warning.Counts("", counts)}, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	return answers[0]
}

// poisson draws a Poisson number by counting exponential waits.
func poisson(source *rand.Rand, mean float64) int {
	n := -1
	for t := 0.0; t < mean; t += source.ExpFloat64() {
		n++
	}
	return max(0, n)
}

// year is a season: a mean that rises and falls once in 52 weeks.
func year(mean float64, week int) float64 {
	return mean * math.Exp(0.5*math.Sin(2*math.Pi*float64(week)/52))
}
