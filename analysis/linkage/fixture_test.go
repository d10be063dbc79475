package linkage_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
	"github.com/fourfold/fourfold/internal/testdata"
)

// read reads files of the linkage folder as one table.
func read(t testing.TB, names ...string) *linkage.Table {
	t.Helper()
	var files []io.Reader
	for _, name := range names {
		file, err := os.Open(filepath.Join(testdata.Dir(t, "linkage"), name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files = append(files, file)
	}
	table, err := linkage.ReadCSV(t.Context(), files...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// values returns a column.
func values(t testing.TB, table *linkage.Table, name string) []string {
	t.Helper()
	list, err := table.Values(name)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// febrlTruth: rec-12-org and rec-12-dup-3 are of person 12.
func febrlTruth(t testing.TB, table *linkage.Table) []string {
	t.Helper()
	labels, ok := linkage.FebrlTruth(values(t, table, "rec_id"))
	if !ok {
		t.Fatal("the ids are not those of FEBRL")
	}
	return labels
}

// historical reads the people of Wikidata with errors.
func historical(t testing.TB) *linkage.Table {
	t.Helper()
	names, rows := readParquet(t, filepath.Join(testdata.Dir(t, "linkage"), "historical_50k.parquet"))
	table, err := linkage.NewTable(names, rows)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// score links with the settings and scores.
func score(t testing.TB, table *linkage.Table, truth []string, s linkage.Settings) (*linkage.Result, linkage.Score) {
	t.Helper()
	r, err := linkage.Run(t.Context(), table, s)
	if err != nil {
		t.Fatal(err)
	}
	sc, err := r.Evaluate(truth)
	if err != nil {
		t.Fatal(err)
	}
	return r, sc
}
