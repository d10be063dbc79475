package warning_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/fourfold/fourfold/analysis/warning"
)

// TestRefuses: a report or a setting that is not allowed, and that an error changes nothing.
func TestRefuses(t *testing.T) {
	w, err := warning.New(warning.Settings{Method: warning.Recent, Delay: warning.DelaySettings{Rule: warning.Withhold, Weeks: 2}})
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if _, err := w.Close(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	before, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r       warning.Report
		problem warning.Problem
	}{
		"to come": {warning.Report{Week: 31, Count: 1}, warning.BadReport}, "below 0": {warning.Report{Week: -1, Count: 1}, warning.BadReport},
		"negative": {warning.Report{Week: 30, Count: -1}, warning.BadReport}, "huge": {warning.Report{Week: 30, Count: 1<<30 + 1}, warning.BadReport},
		"long ago": {warning.Report{Week: 3, Count: 1}, warning.TooLate},
	} {
		err := w.Report(c.r)
		e, ok := errors.AsType[*warning.Error](err)
		if !ok || e.Problem != c.problem || e.Week != c.r.Week || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Close(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	after, err := w.Save()
	if err != nil || !bytes.Equal(before, after) || w.Now() != 30 {
		t.Errorf("errors changed the stream: %v", err)
	}
	if err := errors.Join(w.Report(warning.Report{Week: 30, Count: 1 << 30}), w.Report(warning.Report{Week: 30, Count: 1})); warning.ProblemOf(err) != 0 {
		t.Logf("%v", err)
	}
	for name, s := range map[string]warning.Settings{
		"method": {}, "beyond": {Method: 9}, "alpha": {Method: warning.EARS1, Alpha: math.NaN()}, "alpha 1": {Method: warning.EARS1, Alpha: 1},
		"rule": {Method: warning.EARS1, Delay: warning.DelaySettings{Rule: 3}}, "weeks": {Method: warning.EARS1, Delay: warning.DelaySettings{Rule: warning.Correct}},
		"weeks without a rule": {Method: warning.EARS1, Delay: warning.DelaySettings{Weeks: 2}}, "baseline": {Method: warning.EARS1, EARS: warning.EARSSettings{Baseline: 1}},
		"years": {Method: warning.Farrington, Farrington: warning.FarringtonSettings{Years: -1}}, "mean": {Method: warning.CUSUM, CUSUM: warning.CUSUMSettings{Mean: math.Inf(1)}},
		"seasons": {Method: warning.Farrington, Farrington: warning.FarringtonSettings{WeeksInYear: 24, Seasons: 26}}, "exposure": {Method: warning.EARS1, Farrington: warning.FarringtonSettings{Exposure: true}},
	} {
		if _, err := warning.New(s); warning.ProblemOf(err) != warning.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := warning.Replay(t.Context(), nil, s, 1); warning.ProblemOf(err) != warning.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReplayRefuses: the error names the stream, the row and its line.
func TestReplayRefuses(t *testing.T) {
	for name, s := range map[string]warning.Series{
		"before":   {Name: "b", Weeks: 5, Arrivals: []warning.Arrival{{Report: warning.Report{Week: 1, Count: 1}, Received: 1}, {Report: warning.Report{Week: 3, Count: 1}, Received: 2, Line: 9}}},
		"after":    {Name: "b", Weeks: 5, Arrivals: []warning.Arrival{{Report: warning.Report{Week: 1, Count: 1}, Received: 1}, {Report: warning.Report{Week: 3, Count: 1}, Received: 5, Line: 9}}},
		"negative": {Name: "b", Weeks: 5, Arrivals: []warning.Arrival{{Report: warning.Report{Week: 1, Count: 1}, Received: 1}, {Report: warning.Report{Week: 3, Count: -1}, Received: 3, Line: 9}}},
	} {
		_, err := warning.Replay(t.Context(), []warning.Series{warning.Counts("a", []int{1, 2}), s}, warning.Settings{Method: warning.EARS1}, 2)
		if e, ok := errors.AsType[*warning.Error](err); !ok || e.Row != 1 || e.Line != 9 || e.Term != "b" || e.Week != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := warning.Replay(t.Context(), []warning.Series{{Weeks: 2, Exposure: []float64{1}}}, warning.Settings{Method: warning.EARS1}, 0); warning.ProblemOf(err) != warning.BadSetting {
		t.Errorf("exposure: %v", err)
	}
	bad := warning.Counts("c", []int{1, 2})
	bad.Exposure = []float64{1, math.NaN()}
	_, err := warning.Replay(t.Context(), []warning.Series{bad}, warning.Settings{Method: warning.Farrington, Farrington: warning.FarringtonSettings{Exposure: true}}, 0)
	if e, ok := errors.AsType[*warning.Error](err); !ok || e.Week != 1 || e.Term != "c" {
		t.Errorf("exposure: %v", err)
	}
	if got, err := warning.Replay(t.Context(), []warning.Series{{}}, warning.Settings{Method: warning.EARS1}, 0); err != nil || len(got) != 1 || fmt.Sprint(got) != "[[]]" {
		t.Errorf("no weeks: %v, %v", got, err)
	}
}
