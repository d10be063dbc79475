package alignment_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/testdata"
)

// table reads a CSV file of the law folder as maps by column name.
func table(t testing.TB, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, "law"), name))
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

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// taxonomy reads topics.csv and checks its weights against the default ones.
func taxonomy(t testing.TB) []alignment.Topic {
	var topics []alignment.Topic
	w := alignment.DefaultWeights()
	byTier := map[alignment.Tier]float64{alignment.Supporting: w.Supporting, alignment.Core: w.Core, alignment.Essential: w.Essential}
	for _, r := range table(t, "topics.csv") {
		tier := must[alignment.Tier](t)(alignment.ParseTier(r["tier"]))
		if r["default_weight"] != strconv.FormatFloat(byTier[tier], 'g', -1, 64) {
			t.Errorf("%s weighs %s in the file, %g here", r["code"], r["default_weight"], byTier[tier])
		}
		topics = append(topics, alignment.Topic{Code: r["code"], Pillar: r["pillar"], Tier: tier})
	}
	return topics
}

// obligations reads obligations.csv by instrument.
func obligations(t testing.TB) map[string][]alignment.Obligation {
	out := map[string][]alignment.Obligation{}
	for _, r := range table(t, "obligations.csv") {
		out[r["instrument"]] = append(out[r["instrument"]], alignment.Obligation{
			ID: r["id"], Topic: r["topic"], ValidFrom: r["valid_from"],
			Strength: must[alignment.Strength](t)(alignment.ParseStrength(r["strength"])),
		})
	}
	return out
}

// examples reads coverage_examples.csv by country.
func examples(t testing.TB) map[string][]alignment.Finding {
	out := map[string][]alignment.Finding{}
	for _, r := range table(t, "coverage_examples.csv") {
		out[r["iso3"]] = append(out[r["iso3"]], alignment.Finding{
			Topic: r["topic"], Reason: r["finding"],
			Status: must[alignment.Status](t)(alignment.ParseStatus(r["status"])),
		})
	}
	return out
}

// protocol is the standard of the trafficking protocol under default weights.
func protocol(t testing.TB) *alignment.Standard {
	return must[*alignment.Standard](t)(alignment.NewStandard(taxonomy(t), obligations(t)["TIP-PROTOCOL-2000"], alignment.DefaultWeights()))
}

// small is an invented standard of four topics that weigh 3, 2, 1 and ½.
func small(t testing.TB) *alignment.Standard {
	return must[*alignment.Standard](t)(alignment.NewStandard(
		[]alignment.Topic{
			{Code: "definition", Pillar: "prosecution", Tier: alignment.Essential},
			{Code: "shelter", Pillar: "protection", Tier: alignment.Core},
			{Code: "training", Pillar: "prevention", Tier: alignment.Supporting},
			{Code: "campaign", Pillar: "prevention", Tier: alignment.Core},
			{Code: "elsewhere", Pillar: "prevention", Tier: alignment.Core},
		},
		[]alignment.Obligation{
			{ID: "1", Topic: "definition", Strength: alignment.Shall},
			{ID: "2", Topic: "shelter", Strength: alignment.ShallConsider},
			{ID: "3", Topic: "shelter", Strength: alignment.Shall},
			{ID: "4", Topic: "training", Strength: alignment.Shall},
			{ID: "5", Topic: "campaign", Strength: alignment.May},
		}, alignment.DefaultWeights()))
}
