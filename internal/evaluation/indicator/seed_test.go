package indicator

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/seed"
	"github.com/fourfold/fourfold/internal/testdata"
)

var update = flag.Bool("update", false, "write the embedded series anew from the published tables")

// TestSeedIsOfThePublishedTables compiles the embedded series from the published tables and
// compares them byte for byte; with -update it writes them.
func TestSeedIsOfThePublishedTables(t *testing.T) {
	dir := testdata.Dir(t, "uk-nrm")
	want := compileSeed(t, dir)
	if *update {
		packed, err := seed.Pack(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("seed", seed.Name+".gz"), packed, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(seed.National(), want) {
		t.Errorf("the embedded series (%d bytes) differ from the published tables (%d bytes); run go generate ./internal/evaluation/indicator",
			len(seed.National()), len(want))
	}
}

func compileSeed(t *testing.T, dir string) []byte {
	t.Helper()
	var lines []importer.Line
	for _, table := range []struct {
		file string
		keep func(importer.Figure) bool
	}{
		{"nrm_referrals_2022Q2_2023Q4.csv.gz", firstTotals},
		{"nrm_referrals_longitudinal.csv", everything},
		{"nrm_reasonable_grounds.csv", everything},
		{"nrm_conclusive_grounds.csv", everything},
		{"nrm_duty_to_notify_longitudinal.csv", everything},
	} {
		lines = append(lines, seedLines(t, filepath.Join(dir, table.file), table.keep)...)
	}
	slices.SortStableFunc(lines, func(a, b importer.Line) int {
		return cmp.Or(
			cmp.Compare(a.ReleasedOn, b.ReleasedOn), cmp.Compare(a.Release, b.Release), cmp.Compare(a.Indicator, b.Indicator),
			a.Period.Compare(b.Period), cmp.Compare(a.Key, b.Key),
		)
	})
	var out bytes.Buffer
	w, err := importer.NewWriter(&out, []figure.Dim{"age", "location", "decision", "responder", "responder_type"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func everything(importer.Figure) bool { return true }

// firstTotals keeps, of the detailed table, the totals of the types of responder and of each responder, and
// what was made of them: few figures, in which margins overlap as they do in the whole table.
func firstTotals(f importer.Figure) bool {
	return slices.Contains([]string{"", "responder_type", "responder|responder_type"}, f.Key.Dims())
}

func seedLines(t *testing.T, path string, keep func(importer.Figure) bool) []importer.Line {
	t.Helper()
	o := importer.Options{
		Format: "nrm", Name: filepath.Base(path),
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}
	out, err := importer.Check(context.Background(), o)
	if err != nil || !out.OK() {
		t.Fatalf("%s: %v %v", path, err, out)
	}
	var lines []importer.Line
	err = importer.Replay(context.Background(), o, out, func(f importer.Figure) error {
		if !keep(f) {
			return nil
		}
		r := out.Releases[f.Release]
		lines = append(lines, importer.Line{
			Indicator: f.Indicator, Area: f.Area, Key: f.Key, Period: f.Period, Value: f.Value, Derived: f.Derived,
			ReleasedOn: r.ReleasedOn, Basis: r.Basis, Release: r.Label, First: r.First,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
