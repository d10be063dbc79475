package warning_test

import (
	"math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/analysis/warning"
)

// BenchmarkAgona: 105 judged weeks of each method; the answer is that of R surveillance.
func BenchmarkAgona(b *testing.B) {
	counts, _ := agona(b)
	series := []warning.Series{warning.Counts("", counts)}
	want := map[string]int{"farrington": 16, "farrflex_noufaily": 15, "ears_c1": 5, "ears_c2": 7, "cusum": 8}
	for name, s := range methods() {
		b.Run(name, func(b *testing.B) {
			alarms := 0
			for _, a := range judge(b, counts, s)[207:] {
				if a.Alarm {
					alarms++
				}
			}
			if n, ok := want[name]; ok && n != alarms {
				b.Fatalf("%d alarms, want %d", alarms, n)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := warning.Replay(b.Context(), series, s, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkClose: one week of one stream that has a full memory, late reports corrected for five weeks.
func BenchmarkClose(b *testing.B) {
	for name, method := range map[string]warning.Method{"farrington": warning.Farrington, "ears2": warning.EARS2, "cusum": warning.CUSUM} {
		b.Run(name, func(b *testing.B) {
			w, err := warning.New(warning.Settings{Method: method, Delay: warning.DelaySettings{Rule: warning.Correct, Weeks: 4}})
			if err != nil {
				b.Fatal(err)
			}
			source := rand.New(rand.NewPCG(1, 1))
			week := func() []warning.Answer {
				for d := range min(3, w.Now()+1) {
					if err := w.Report(warning.Report{Week: w.Now() - d, Count: poisson(source, 12/float64(d+1))}); err != nil {
						b.Fatal(err)
					}
				}
				answers, err := w.Close(b.Context(), 0)
				if err != nil {
					b.Fatal(err)
				}
				return answers
			}
			for range 300 {
				week()
			}
			if answers := week(); len(answers) != 5 || answers[0].Status != warning.Judged {
				b.Fatalf("%+v", answers)
			}
			b.ReportAllocs()
			for b.Loop() {
				week()
			}
			saved, err := w.Save()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(saved)), "state-B")
		})
	}
}
