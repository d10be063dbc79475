package mse_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
	"github.com/fourfold/fourfold/internal/testdata"
)

// load reads one table of the reference data.
func load(t testing.TB, name string) mse.Table {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t, "mse"), name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := mse.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return table
}

// near reports whether got is within the relative tolerance of want.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Abs(want)
}

// small makes a table of the given number of lists from the counts of the histories 1, 2, 3, …
func small(t testing.TB, lists int, counts ...int) mse.Table {
	t.Helper()
	var cells []mse.Cell
	for i, n := range counts {
		cells = append(cells, mse.Cell{History: mse.History(i + 1), Count: n})
	}
	table, err := mse.NewTable([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}[:lists], cells)
	if err != nil {
		t.Fatal(err)
	}
	return table
}
