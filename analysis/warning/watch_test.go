package warning_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/warning"
)

// every is each method under each rule for late reports, short enough to judge within 80 weeks.
func every() map[string]warning.Settings {
	short := warning.FarringtonSettings{Years: 2, HalfWindow: 1, Seasons: 4, WeeksInYear: 26, Skip: 6, Bound: warning.Interval}
	all := map[string]warning.Settings{}
	for name, s := range map[string]warning.Settings{
		"farrington": {Method: warning.Farrington, Farrington: short}, "ears1": {Method: warning.EARS1}, "ears2": {Method: warning.EARS2},
		"ears3": {Method: warning.EARS3}, "cusum": {Method: warning.CUSUM, CUSUM: warning.CUSUMSettings{Learn: 20, Reset: true}},
		"recent": {Method: warning.Recent}, "standard": {Method: warning.CUSUM, WithFound: true, CUSUM: warning.CUSUMSettings{Mean: 7.3, Standard: true}},
	} {
		for rule, d := range map[string]warning.DelaySettings{
			"": {}, " withheld": {Rule: warning.Withhold, Weeks: 3}, " corrected": {Rule: warning.Correct, Weeks: 4, History: 20},
		} {
			s.Delay = d
			all[name+rule] = s
		}
	}
	return all
}

// late is an invented stream: of the reports of a week 40 % arrive in it, then 30, 20 and 10 %.
func late(source *rand.Rand, weeks int, mean func(week int) float64) warning.Series {
	s := warning.Series{Name: "invented", Weeks: weeks}
	for t := range weeks {
		for d, part := range []float64{0.4, 0.3, 0.2, 0.1} {
			if t+d < weeks {
				s.Arrivals = append(s.Arrivals, warning.Arrival{Report: warning.Report{Week: t, Count: poisson(source, part*mean(t))}, Received: t + d})
			}
		}
		s.Arrivals = append(s.Arrivals, warning.Arrival{Report: warning.Report{Week: t, Count: t % 3, Found: true}, Received: t})
	}
	return s
}

// TestRestart: a stream saved and restored after every week goes on as if nothing had happened, bit for bit.
func TestRestart(t *testing.T) {
	series := late(rand.New(rand.NewPCG(1, 1)), 100, func(w int) float64 { return 8 + float64(w%26)/3 })
	for name, s := range every() {
		a, err := warning.New(s)
		if err != nil {
			t.Fatal(name, err)
		}
		b, err := warning.New(s)
		if err != nil {
			t.Fatal(name, err)
		}
		judged := 0
		for week := range series.Weeks {
			for _, r := range series.Arrivals {
				if r.Received == week {
					if err := errors.Join(a.Report(r.Report), b.Report(r.Report)); err != nil {
						t.Fatal(err)
					}
				}
			}
			b = again(t, b)
			x, err := a.Close(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			y, err := b.Close(t.Context(), 0)
			if diff := cmp.Diff(x, y); diff != "" || err != nil {
				t.Fatalf("%s, week %d: %s, %v", name, week, diff, err)
			}
			b = again(t, b)
			for _, v := range x {
				if v.Status == warning.Judged {
					judged++
				}
				if v.Why() == "" || math.IsNaN(v.Upper+v.Expected+v.Chart) {
					t.Fatalf("%s: %+v", name, v)
				}
			}
		}
		if judged < 20 {
			t.Errorf("%s: %d weeks judged", name, judged)
		}
	}
}

// again saves and restores, and sees that saving again gives the same bytes.
func again(t *testing.T, w *warning.Watch) *warning.Watch {
	t.Helper()
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	restored, err := warning.Restore(saved)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := restored.Save()
	if err != nil || !bytes.Equal(saved, twice) {
		t.Fatalf("%s\nbecame\n%s, %v", saved, twice, err)
	}
	return restored
}

// TestRestoreRefuses: a state that was cut off, changed or made by hand.
func TestRestoreRefuses(t *testing.T) {
	w, err := warning.New(warning.Settings{Method: warning.CUSUM})
	if err != nil {
		t.Fatal(err)
	}
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	for i := range saved {
		spoilt := bytes.Clone(saved)
		spoilt[i] ^= 1
		if _, err := warning.Restore(spoilt); warning.ProblemOf(err) != warning.BadState {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, err := warning.Restore(saved[:i]); warning.ProblemOf(err) != warning.BadState {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	for _, change := range [][2]string{
		{`"version":"warning/1"`, `"version":"warning/0"`},
		{`"now":0`, `"now":1`},
		{`"first":0`, `"first":-1`},
		{`"settled":0`, `"settled":5`},
		{`"chart":0`, `"chart":-1`},
		{`"learnt":0`, `"learnt":-1`},
		{`"by":[0]`, `"by":[-1]`},
		{`"by":[0]`, `"by":[]`},
		{`"by":[0]`, `"by":[0,0]`},
		{`"Learn":52`, `"Learn":0`},
		{`"now":0`, `"new":0`},
		{`{"version"`, `["version"`},
	} {
		text, _, _ := bytes.Cut(saved, []byte("\n"))
		forged := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(text, forged) {
			t.Fatalf("%s has no %s", text, change[0])
		}
		if _, err := warning.Restore(sealed(forged)); warning.ProblemOf(err) != warning.BadState {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}

// TestLateReports: with reports that take up to three weeks, an outbreak is seen in the week itself when
// late reports are corrected for, three weeks later when weeks are withheld, and the share that has
// arrived is estimated well. Taken as complete, the same week looks quiet.
func TestLateReports(t *testing.T) {
	const weeks, outbreak = 170, 166
	rise := func(w int) float64 {
		if w == outbreak {
			return 65
		}
		return 25
	}
	model := warning.FarringtonSettings{Years: 3, Seasons: 1, NoTrend: true}
	seen := map[warning.DelayRule]int{}
	for seed := range uint64(20) {
		series := late(rand.New(rand.NewPCG(2, seed)), weeks, rise)
		for rule, wait := range map[warning.DelayRule]int{warning.Complete: 0, warning.Withhold: 3, warning.Correct: 3} {
			s := warning.Settings{Method: warning.Farrington, Alpha: 0.01, Farrington: model, Delay: warning.DelaySettings{Rule: rule, Weeks: wait}}
			answers, err := warning.Replay(t.Context(), []warning.Series{series}, s, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range answers[0] {
				if a.Week != outbreak || a.At != outbreak+map[warning.DelayRule]int{warning.Withhold: 3}[rule] {
					continue
				}
				if a.Alarm {
					seen[rule]++
				}
				if rule == warning.Correct && !near(a.Complete, 0.4, 0.06) {
					t.Errorf("share %.3f, want 0.4", a.Complete)
				}
			}
		}
	}
	t.Logf("of 20 outbreaks: %d as complete, %d withheld, %d corrected", seen[warning.Complete], seen[warning.Withhold], seen[warning.Correct])
	if seen[warning.Complete] > 8 || seen[warning.Withhold] < 19 || seen[warning.Correct] < 14 {
		t.Errorf("%v", seen)
	}
}

// TestFalseAlarms: on streams with season and late reports but without outbreaks, a week is called about
// as often as alpha says. The full form is larger; its figures are printed.
func TestFalseAlarms(t *testing.T) {
	streams, weeks := 20, 270+26
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		streams, weeks = 150, 270+78
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var series []warning.Series
	for i := range streams {
		series = append(series, late(rand.New(rand.NewPCG(seed, uint64(i))), weeks, func(w int) float64 { return year(20, w) }))
	}
	for name, s := range map[string]warning.Settings{
		"complete":  {Method: warning.Farrington, Delay: warning.DelaySettings{Rule: warning.Withhold, Weeks: 3}},
		"corrected": {Method: warning.Farrington, Delay: warning.DelaySettings{Rule: warning.Correct, Weeks: 3}},
	} {
		answers, err := warning.Replay(t.Context(), series, s, 0)
		if err != nil {
			t.Fatal(err)
		}
		judged, alarms := map[int]float64{}, map[int]float64{}
		for _, list := range answers {
			for _, a := range list {
				if a.Status == warning.Judged {
					judged[a.At-a.Week]++
					if a.Alarm {
						alarms[a.At-a.Week]++
					}
				}
			}
		}
		for wait, n := range judged {
			t.Logf("%s, after %d weeks: %.1f %% of %g", name, wait, 100*alarms[wait]/n, n)
			if share := alarms[wait] / n; share < 0.005 || share > 0.13 {
				t.Errorf("%s, after %d weeks: %.1f %% of weeks without an outbreak are called, want about 5", name, wait, 100*share)
			}
		}
	}
}

// TestOutbreaks: every method calls a week of five times the usual count, on all workers the same.
func TestOutbreaks(t *testing.T) {
	source := rand.New(rand.NewPCG(3, 3))
	var series []warning.Series
	for range 4 {
		counts := make([]int, 300)
		for w := range counts {
			counts[w] = poisson(source, 10)
		}
		counts[299] = 50
		series = append(series, warning.Counts("", counts))
	}
	for method := warning.Farrington; method <= warning.Recent; method++ {
		var want [][]warning.Answer
		for _, workers := range []int{1, 2, 8} {
			got, err := warning.Replay(t.Context(), series, warning.Settings{Method: method}, workers)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("method %d, %d workers: %s", method, workers, diff)
			}
		}
		for i, list := range want {
			if a := list[299]; !a.Alarm || a.Observed != 50 {
				t.Errorf("method %d, series %d: %+v", method, i, a)
			}
		}
	}
}

// TestSmallThings: learning, the minimum, what was found, exposure, and counts that are all equal or 0.
func TestSmallThings(t *testing.T) {
	flat := make([]int, 320)
	for method := warning.Farrington; method <= warning.Recent; method++ {
		if a := judge(t, flat[:1], warning.Settings{Method: method})[0]; a.Status != warning.Learning {
			t.Errorf("method %d, one week: %+v", method, a)
		}
		for _, level := range []int{0, 4} {
			for i := range flat {
				flat[i] = level
			}
			for _, a := range judge(t, flat, warning.Settings{Method: method, MinCases: -1}) {
				if a.Alarm || math.IsNaN(a.Upper) || math.IsInf(a.Upper, 0) {
					t.Errorf("method %d, always %d: %+v", method, level, a)
				}
			}
		}
	}
	few := make([]int, 20)
	few[19] = 4
	s := warning.Settings{Method: warning.EARS1}
	if a := judge(t, few, s)[19]; a.Alarm || a.Status != warning.Few {
		t.Errorf("4 cases in 4 weeks: %+v", a)
	}
	s.MinCases = 4
	if a := judge(t, few, s)[19]; !a.Alarm {
		t.Errorf("4 cases where 4 suffice: %+v", a)
	}
	found := warning.Counts("", few)
	found.Arrivals[19].Found = true
	for with, want := range map[bool]warning.Answer{false: {Found: 4}, true: {Found: 4, Observed: 4}} {
		s.WithFound = with
		answers, err := warning.Replay(t.Context(), []warning.Series{found}, s, 1)
		if a := answers[0][19]; err != nil || a.Found != want.Found || a.Observed != want.Observed || a.Alarm != with {
			t.Errorf("found, with %v: %+v, %v", with, a, err)
		}
	}
	for i := range flat {
		flat[i] = 8
	}
	double := warning.Counts("", flat)
	double.Exposure = make([]float64, len(flat))
	for i := range double.Exposure {
		double.Exposure[i] = 100
	}
	double.Exposure[319] = 200
	answers, err := warning.Replay(t.Context(), []warning.Series{double}, warning.Settings{Method: warning.Farrington, Farrington: warning.FarringtonSettings{Exposure: true}}, 1)
	if err != nil || !near(answers[0][319].Expected, 16, 1e-6) || !near(answers[0][318].Expected, 8, 1e-6) {
		t.Errorf("twice the exposure: %+v, %v", answers[0][319], err)
	}
}
