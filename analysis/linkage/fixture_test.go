package linkage_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
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
	ids := values(t, table, "rec_id")
	for i, id := range ids {
		ids[i] = strings.Split(id, "-")[1]
	}
	return ids
}

// run links with the defaults.
func run(t testing.TB, table *linkage.Table, ignore ...string) *linkage.Result {
	t.Helper()
	r, err := linkage.Run(t.Context(), table, linkage.Settings{Ignore: ignore, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
