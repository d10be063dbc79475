package compendium_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/testdata"
)

// rows reads a table of the reference folder as maps by column.
func rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t, "law"), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, c := range records[0] {
			row[c] = r[i]
		}
		out = append(out, row)
	}
	return out
}

// examples are the findings of coverage_examples.csv, by country. They are one coder's drafts and do not ship.
func examples(t testing.TB) map[string][]finding.Finding {
	out := map[string][]finding.Finding{}
	for i, r := range rows(t, "coverage_examples.csv") {
		status, err := alignment.ParseStatus(r["status"])
		if err != nil {
			t.Fatal(err)
		}
		f := finding.Finding{
			ID: r["law_id"] + "/" + r["topic"], State: r["iso3"], Topic: r["topic"], Stage: finding.Stage(r["workflow_state"]),
			Reading:   finding.Reading{Status: status, Note: r["finding"], Coder: "coder-a"},
			Pinpoints: []finding.Pinpoint{{Work: r["law_id"], WID: r["pinpoint"]}}, Source: r["evidence_source"],
		}
		if status == alignment.Partly {
			f.Reason = "element-missing"
		}
		if err := f.Check(); err != nil {
			t.Fatalf("row %d: %v", i+2, err)
		}
		out[f.State] = append(out[f.State], f)
	}
	return out
}
