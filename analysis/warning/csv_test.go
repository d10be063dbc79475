package warning_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/warning"
)

// sealed gives a forged state the check sum it needs.
func sealed(text []byte) []byte {
	sum := sha256.Sum256(text)
	return []byte(string(text) + "\n" + hex.EncodeToString(sum[:]) + "\n")
}

// TestReadCSV: layouts, and weeks without a row.
func TestReadCSV(t *testing.T) {
	got, err := warning.ReadCSV(t.Context(), warning.Columns{Week: "date"}, strings.NewReader(
		"\ufeffStream,Date,received,found,count,exposure,note\nb,2024-02-26,2024-03-12,,2,10,\na,2024-03-04,2024-03-04,1,3,20,x\nb,2024-03-03,2024-03-03,false,1,10,\n"))
	names := []string{"2024-02-26", "2024-03-04", "2024-03-11"}
	want := []warning.Series{
		{Name: "b", Weeks: 3, Names: names, Exposure: []float64{10, 0, 0}, Arrivals: []warning.Arrival{
			{Report: warning.Report{Week: 0, Count: 2}, Received: 2, Line: 2}, {Report: warning.Report{Week: 0, Count: 1}, Received: 0, Line: 4},
		}},
		{Name: "a", Weeks: 3, Names: names, Exposure: []float64{0, 20, 0}, Arrivals: []warning.Arrival{
			{Report: warning.Report{Week: 1, Count: 3, Found: true}, Received: 1, Line: 3},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	got, err = warning.ReadCSV(t.Context(), warning.Columns{}, strings.NewReader("week\n7\n9\n7\n"))
	if err != nil || len(got) != 1 || got[0].Weeks != 3 || len(got[0].Arrivals) != 3 || got[0].Arrivals[1].Week != 2 || got[0].Names[0] != "7" {
		t.Errorf("one column: %+v, %v", got, err)
	}
}

// TestReadCSVRefuses: the error names the line and the column.
func TestReadCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		line   int
		column string
	}{
		"empty":          {"", 1, ""},
		"header only":    {"week,count\n", 1, ""},
		"missing column": {"when,count\n1,1\n", 1, "week"},
		"column twice":   {"week,week\n1,1\n", 1, "week"},
		"not CSV":        {"week,count\n1\n", 2, ""},
		"no week":        {"week,count\n1,1\nspring,1\n", 3, "week"},
		"kind of week":   {"week,count\n1,1\n2024-01-01,1\n", 3, "week"},
		"kind received":  {"week,received\n1,2024-01-01\n", 2, "received"},
		"NaN":            {"week,count\n1,NaN\n", 2, "count"},
		"fraction":       {"week,count\n1,0.5\n", 2, "count"},
		"negative":       {"week,count\n1,-1\n", 2, "count"},
		"too early":      {"week,received\n3,3\n3,2\n", 3, "received"},
		"found":          {"week,found\n3,perhaps\n", 2, "found"},
		"exposure":       {"week,exposure\n3,Inf\n", 2, "exposure"},
		"two exposures":  {"week,exposure\n3,1\n3,2\n", 3, "exposure"},
		"not UTF-8":      {"stream,week\n\xff,1\n", 2, "stream"},
		"long ages":      {"week\n1\n100000\n", 0, "week"},
	} {
		_, err := warning.ReadCSV(t.Context(), warning.Columns{}, strings.NewReader(c.text))
		e, ok := errors.AsType[*warning.Error](err)
		if !ok || e.Line != c.line || e.Column != c.column || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := warning.ReadCSV(ctx, warning.Columns{}, strings.NewReader("week\n1\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
