package linkage_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// peak returns the most memory the process has held, in MB; 0 where the system does not tell.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// whole goes from the bytes of a file to clusters and checks what comes out.
func whole(b *testing.B, file []byte, truth []string, workers int) (time.Duration, *linkage.Result, linkage.Score) {
	b.Helper()
	start := time.Now()
	table, err := linkage.ReadCSV(b.Context(), bytes.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	r, err := linkage.Run(b.Context(), table, linkage.Settings{Workers: workers})
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	s, err := r.Evaluate(truth)
	if err != nil {
		b.Fatal(err)
	}
	if s.F1 < 0.95 || s.BlockingRecall < 0.98 {
		b.Fatalf("F1 %.4f, blocking recall %.4f", s.F1, s.BlockingRecall)
	}
	return took, r, s
}

// BenchmarkLink: from CSV to clusters, two workers. The bars at 1,000,000 records are 30 s, 2 GB and a
// blocking recall of 0.98. FOURFOLD_LINKAGE_ROWS sets the size.
func BenchmarkLink(b *testing.B) {
	n := 100_000
	if text := os.Getenv("FOURFOLD_LINKAGE_ROWS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	file, truth := generate(n, 1)
	runtime.GC()
	for b.Loop() {
		took, r, s := whole(b, file, truth, 2)
		b.ReportMetric(took.Seconds(), "s/link")
		b.ReportMetric(float64(r.Pairs), "pairs")
		b.ReportMetric(float64(r.Pairs)/took.Seconds(), "pairs/s")
		b.ReportMetric(s.BlockingRecall, "blocking-recall")
		b.ReportMetric(s.F1, "F1")
		b.ReportMetric(s.ClusterF1, "cluster-F1")
		b.ReportMetric(peak(), "peak-MB")
	}
}

// BenchmarkLinkGrowth fits log time against log rows over three sizes at the same size of blocks; the
// bar on the exponent is 1.15.
func BenchmarkLinkGrowth(b *testing.B) {
	sizes := []int{125_000, 250_000, 500_000, 1_000_000}
	for b.Loop() {
		var x, y, xx, xy float64
		for _, n := range sizes {
			file, truth := generate(n, 1)
			least := math.Inf(1)
			for range 2 {
				took, _, _ := whole(b, file, truth, 2)
				least = min(least, took.Seconds())
			}
			k := float64(len(sizes))
			u, v := math.Log(float64(n)), math.Log(least)
			x, y, xx, xy = x+u/k, y+v/k, xx+u*u/k, xy+u*v/k
			b.ReportMetric(least*1000, fmt.Sprintf("ms/%d", n))
		}
		b.ReportMetric((xy-x*y)/(xx-x*x), "exponent")
	}
}

// BenchmarkCompare: comparisons alone, one worker, the seven fields of FEBRL that the peer compares on
// 5000 + 5000 records; Python recordlinkage makes 60,000 pairs/s, the bar is 1,500,000.
func BenchmarkCompare(b *testing.B) {
	var fields []linkage.Field
	for _, c := range []string{"given_name", "surname", "address_1", "suburb"} {
		fields = append(fields, linkage.Field{Column: c, Kind: linkage.Name})
	}
	fields = append(fields, linkage.Field{Column: "date_of_birth", Kind: linkage.Date}, linkage.Field{Column: "postcode", Kind: linkage.Code}, linkage.Field{Column: "state", Kind: linkage.Category})
	table := read(b, "febrl_dataset4a.csv", "febrl_dataset4b.csv")
	compare, err := linkage.CompareRandom(b.Context(), table, linkage.Settings{Fields: fields, Workers: 1, RandomPairs: 2_000_000})
	if err != nil {
		b.Fatal(err)
	}
	pairs, agree, err := compare()
	if share := float64(agree) / float64(pairs); err != nil || pairs != 2_000_000 || share < 0.003 || share > 0.005 {
		b.Fatalf("%d pairs, %v of them with the same given name: %v", pairs, share, err)
	}
	for b.Loop() {
		if _, _, err := compare(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2e6/(b.Elapsed().Seconds()/float64(b.N)), "pairs/s")
}
