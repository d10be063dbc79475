package linkage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fourfold/fourfold/analysis/linkage"
	"github.com/fourfold/fourfold/internal/testdata"
)

func TestExplore(t *testing.T) {
	var show func(string, *linkage.Table, []string, ...string)
	show = func(name string, table *linkage.Table, truth []string, ignore ...string) {
		start := time.Now()
		r := run(t, table, ignore...)
		took := time.Since(start)
		s, err := r.Evaluate(truth)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%-28s P %.4f R %.4f F1 %.4f | cluster P %.4f R %.4f F %.4f | block %.4f est %.4f | pairs %d links %d true %d exp %.0f eP %.4f eR %.4f | %v\n", name, s.Precision, s.Recall, s.F1, s.ClusterPrecision, s.ClusterRecall, s.ClusterF1, s.BlockingRecall, r.Model.Recall, r.Pairs, s.Linked, s.True, r.Expected.Matches, r.Expected.Precision, r.Expected.Recall, took)
		if os.Getenv("V") != "" {
			for _, p := range r.Rules {
				fmt.Println("   rule", p.Text, p.Pairs, p.New, p.Largest)
			}
			for _, p := range r.Model.Rules {
				fmt.Printf("   lesson %+v\n", p)
			}
			for _, f := range r.Model.Fields {
				fmt.Printf("   %s %v given %q", f.Column, f.Kind, f.Given)
				for _, l := range f.Levels {
					fmt.Printf(" | %s m%.4f u%.6f w%.1f", l.Level, l.M, l.U, l.Weight)
				}
				fmt.Println()
			}
			for _, b := range s.Calibration {
				fmt.Printf("   bin %.2f-%.2f n %d mean %.3f right %.3f\n", b.From, b.To, b.Pairs, b.Mean, b.Right)
			}
			fmt.Println(r.Notes)
		}
	}
	g, truth := generated(t, 100000, 1)
	show("generated", g, truth)
	for _, f := range []string{"febrl_dataset1.csv", "febrl_dataset3.csv"} {
		table := read(t, f)
		show(f, table, febrlTruth(t, table), "soc_sec_id")
		show(f+"+ssn", table, febrlTruth(t, table))
	}
	table := read(t, "febrl_dataset4a.csv", "febrl_dataset4b.csv")
	show("febrl4", table, febrlTruth(t, table), "soc_sec_id")
	show("febrl4+ssn", table, febrlTruth(t, table))
	for _, f := range []string{"RLdata500.csv", "RLdata10000.csv"} {
		table := read(t, f)
		show(f, table, values(t, table, "identity"), "identity")
	}
	table = read(t, "splink_fake_1000.csv")
	show("splink", table, values(t, table, "cluster"), "cluster")
	names, rows := readParquet(t, filepath.Join(testdata.Dir(t, "linkage"), "historical_50k.parquet"))
	table, err := linkage.NewTable(names, rows)
	if err != nil {
		t.Fatal(err)
	}
	show("historical", table, values(t, table, "cluster"), "cluster")
}
