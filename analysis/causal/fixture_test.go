package causal_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/testdata"
)

// card is complete; what it says does not matter to the figures.
func card() causal.Card {
	return causal.Card{
		Units:        "one month, one place",
		Measured:     "admissions",
		Coverage:     []string{"unchanged"},
		Breaks:       []string{"none known"},
		OtherChanges: []string{"none known"},
		Detection:    "what is recorded, not what happens",
	}
}

// table reads a CSV file of a reference folder as maps by column name.
func table(t testing.TB, set, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, set), name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		row := map[string]string{}
		for j, column := range records[0] {
			row[column] = record[j]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(t testing.TB, row map[string]string, column string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		t.Fatalf("column %q: %v", column, err)
	}
	return v
}

// sicily returns the monthly admissions of Lopez Bernal et al., exposure being the standardised
// population (column stdpop).
func sicily(t testing.TB) []causal.Row {
	var rows []causal.Row
	for _, r := range table(t, "causal", "its_sicily.csv") {
		rows = append(rows, causal.Row{
			Label: r["year"] + "-" + r["month"], Time: number(t, r, "time"),
			Events: number(t, r, "aces"), Exposure: number(t, r, "stdpop"),
		})
	}
	return rows
}

// decision is one quarter of first-stage decisions.
type decision struct {
	label                            string
	year                             int
	positive, negative               float64 // all ages
	adult, adultAll, child, childAll float64
}

// decisions returns the quarters of nrm_reasonable_grounds.csv from a year to a year.
func decisions(t testing.TB, from, to int) []decision {
	var out []decision
	for _, r := range table(t, "uk-nrm", "nrm_reasonable_grounds.csv") {
		year := int(number(t, r, "Year"))
		if r["Quarter"] == "Total" || year < from || year > to {
			continue
		}
		d := decision{label: r["Year"] + "-" + r["Quarter"], year: year}
		for _, age := range []string{"Adult (18 or over)", "Child (17 or under)", "Age not specified or unknown"} {
			d.positive += number(t, r, age+" - Positive reasonable grounds")
			d.negative += number(t, r, age+" - Negative reasonable grounds")
		}
		d.adult, d.adultAll = number(t, r, "Adult (18 or over) - Positive reasonable grounds"), number(t, r, "Adult (18 or over) - Total")
		d.child, d.childAll = number(t, r, "Child (17 or under) - Positive reasonable grounds"), number(t, r, "Child (17 or under) - Total")
		out = append(out, d)
	}
	return out
}

// decisionRows numbers the quarters from 1.
func decisionRows(t testing.TB, from, to int) []causal.Row {
	var rows []causal.Row
	for i, d := range decisions(t, from, to) {
		rows = append(rows, causal.Row{Label: d.label, Time: float64(i + 1), Events: d.positive, Failures: d.negative})
	}
	return rows
}

// ageGroups returns the quarterly positive rates of adults (treated) and children.
func ageGroups(t testing.TB, from, to int) []causal.GroupRow {
	var rows []causal.GroupRow
	for i, d := range decisions(t, from, to) {
		rows = append(rows,
			causal.GroupRow{Label: "adults " + d.label, Treated: true, Time: float64(i + 1), Value: d.adult / d.adultAll, Cluster: d.label},
			causal.GroupRow{Label: "children " + d.label, Time: float64(i + 1), Value: d.child / d.childAll, Cluster: d.label})
	}
	return rows
}

// near fails when got is further than tolerance from want.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.8f, want %.8f within %g", what, got, want, tolerance)
	}
}

// step returns n rows of a count that rises by a tenth at row n/2 and wobbles by a fixed pattern.
func step(n int) []causal.Row {
	rows := make([]causal.Row, n)
	for i := range rows {
		level := 100.0
		if i >= n/2 {
			level = 110
		}
		rows[i] = causal.Row{
			Label: fmt.Sprint("row ", i), Time: float64(i + 1),
			Events: math.Round(level + 8*math.Sin(float64(i*i))),
		}
	}
	return rows
}

func stepSettings(n int) causal.SeriesSettings {
	return causal.SeriesSettings{
		Family:        causal.QuasiPoisson,
		Interventions: []causal.Intervention{{Name: "the step", At: float64(n/2 + 1)}},
	}
}
