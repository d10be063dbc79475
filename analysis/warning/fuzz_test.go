package warning_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/fourfold/fourfold/analysis/warning"
)

// FuzzReadCSV: any bytes give series that can be replayed, or an error with a problem.
func FuzzReadCSV(f *testing.F) {
	f.Add(uint8(1), []byte("week,count\n1,3\n2,4\n"))
	f.Add(uint8(4), []byte("stream,week,received,found,exposure\na,2024-01-01,2024-01-20,1,5\nb,1969-01-01,1969-01-01,0,5\n"))
	f.Add(uint8(6), []byte("\ufeffweek,count\n-5,\"1\n\""))
	f.Fuzz(func(t *testing.T, method uint8, text []byte) {
		series, err := warning.ReadCSV(t.Context(), warning.Columns{}, bytes.NewReader(text))
		if err == nil && len(series)*series[0].Weeks < 300 {
			_, err = warning.Replay(t.Context(), series, warning.Settings{Method: warning.Method(method)}, 1)
		}
		if err != nil && warning.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
	})
}

// FuzzRestore: any bytes with a right check sum are a stream that goes on and can be saved, or an error.
func FuzzRestore(f *testing.F) {
	for _, s := range every() {
		w, err := warning.New(s)
		if err != nil {
			f.Fatal(err)
		}
		for range 9 {
			if _, err := w.Close(f.Context(), 0); err != nil {
				f.Fatal(err)
			}
		}
		saved, err := w.Save()
		if err != nil {
			f.Fatal(err)
		}
		text, _, _ := bytes.Cut(saved, []byte("\n"))
		f.Add(text, uint16(7))
	}
	f.Fuzz(func(t *testing.T, text []byte, count uint16) {
		w, err := warning.Restore(sealed(text))
		if err != nil {
			if warning.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		for range 3 {
			if err := w.Report(warning.Report{Week: w.Now(), Count: int(count)}); err != nil && warning.ProblemOf(err) == 0 {
				t.Fatal(err)
			}
			answers, err := w.Close(t.Context(), 1)
			if err != nil && warning.ProblemOf(err) == 0 {
				t.Fatal(err)
			}
			for _, a := range answers {
				if math.IsNaN(a.Expected) || math.IsNaN(a.Upper) || a.Alarm && a.Status != warning.Judged {
					t.Fatalf("%+v", a)
				}
			}
			w = again(t, w)
		}
	})
}

// FuzzWatch: any counts under any settings give answers that are numbers, and a restart changes nothing.
func FuzzWatch(f *testing.F) {
	f.Add(uint8(1), uint8(0), []byte("some bytes are weekly counts"), uint8(20))
	f.Add(uint8(4), uint8(2), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 1, 255}, uint8(3))
	f.Fuzz(func(t *testing.T, method, rule uint8, counts []byte, cut uint8) {
		if len(counts) > 200 {
			return
		}
		s := warning.Settings{
			Method: warning.Method(method), MinCases: -1,
			Farrington: warning.FarringtonSettings{Years: 2, WeeksInYear: 24, HalfWindow: 2, Seasons: 1 + int(cut&3), Skip: -1, Bound: warning.Bound(cut % 3)},
			EARS:       warning.EARSSettings{Baseline: 3}, CUSUM: warning.CUSUMSettings{Learn: 5},
			Delay: warning.DelaySettings{Rule: warning.DelayRule(rule), Weeks: int(rule), History: 6, MinReports: 1, MinShare: 0.01},
		}
		w, err := warning.New(s)
		if err != nil {
			if warning.ProblemOf(err) == 0 {
				t.Fatal(err)
			}
			return
		}
		for i, c := range counts {
			week := max(0, i-int(c&3))
			if err := w.Report(warning.Report{Week: week, Count: int(c) * int(c), Found: c&64 > 0}); err != nil {
				t.Fatal(err)
			}
			if i == int(cut) {
				w = again(t, w)
			}
			answers, err := w.Close(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range answers {
				if math.IsNaN(a.Expected+a.Upper+a.Estimate+a.Chart+a.Dispersion) || math.IsInf(a.Upper, 0) || a.Upper < 0 || !(a.Complete >= 0 && a.Complete <= 1) {
					t.Fatalf("%+v", a)
				}
			}
		}
	})
}
