package mse_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
)

func analyse(t *testing.T, table mse.Table, s mse.ReportSettings) mse.Report {
	t.Helper()
	if s.Bootstrap.Resamples == nil && s.Bootstrap.Draws == 0 {
		s.Bootstrap.Draws = 200
	}
	r, err := mse.Analyse(t.Context(), table, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// What is refused, and why.
func TestReportRefuses(t *testing.T) {
	declared := mse.Declaration{SamePopulation: mse.Yes, SamePlace: mse.Yes, SameTime: mse.No, LinkageChecked: mse.Yes}
	for _, c := range []struct {
		name    string
		table   mse.Table
		set     mse.ReportSettings
		reasons []mse.Caution
		refused bool
	}{
		{"two lists", small(t, 2, 30, 20, 10), mse.ReportSettings{}, []mse.Caution{mse.FewLists}, true},
		{"one list", small(t, 1, 30), mse.ReportSettings{}, []mse.Caution{mse.FewLists}, true},
		{"no estimate", small(t, 3, 9, 8, 0, 7), mse.ReportSettings{}, []mse.Caution{mse.Nonexistent}, true},
		{"models differ", load(t, "UKdat_5"), mse.ReportSettings{}, []mse.Caution{mse.ModelsDiffer}, true},
		{"other times", load(t, "NewOrl_5"), mse.ReportSettings{Declared: declared}, []mse.Caution{mse.OtherPopulation}, true},
		{"nothing", load(t, "NewOrl_5"), mse.ReportSettings{}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := analyse(t, c.table, c.set)
			if r.Refused != c.refused {
				t.Errorf("refused is %t: %v", r.Refused, r.Reasons)
			}
			for _, want := range c.reasons {
				if !cautioned(r.Reasons, want) {
					t.Errorf("%s is not among %v", want, r.Reasons)
				}
			}
			for _, a := range r.Answers {
				if a.Refused != (len(a.Reasons) > 0) || c.refused && !a.Refused {
					t.Errorf("%s: refused is %t: %v", a.Name, a.Refused, a.Reasons)
				}
			}
			if len(r.Answers) != 4 || len(r.Assumptions) == 0 || len(r.Limits) == 0 || r.Data != c.table.Hash() {
				t.Errorf("the report is not whole: %+v", r)
			}
		})
	}
}

// One person of Western seen on B, C and D moves the stepwise estimate from 2483 to 3172: SparseMSE's
// jackknife gives the acceleration that TestBootstrapReference checks.
func TestReportRefusesOnOnePerson(t *testing.T) {
	r := analyse(t, load(t, "Western"), mse.ReportSettings{Methods: []string{mse.MethodStepwise, mse.MethodGraphs}})
	if a := r.Answers[0]; !a.Refused || !cautioned(a.Reasons, mse.OnePersonDecides) {
		t.Errorf("stepwise: %v", a.Reasons)
	}
	if a := r.Answers[1]; a.Refused {
		t.Errorf("graphs: %v", a.Reasons)
	}
	if r.Refused {
		t.Error("the report is refused although one method stands")
	}
}

// The Netherlands: 121,522 by stepwise, 48,013 by BIC, 50,419 by graphs.
func TestReportShowsDisagreement(t *testing.T) {
	r := analyse(t, load(t, "Ned_5"), mse.ReportSettings{Average: mse.AverageSettings{MaxTotal: 300000}})
	if !r.Disagreement || r.Ratio < 2.5 || r.Ratio > 2.6 || !cautioned(r.Warnings, mse.MethodsDiffer) {
		t.Errorf("disagreement %t, ratio %v", r.Disagreement, r.Ratio)
	}
	for i, want := range []float64{121521.6137, 48012.7263, 50419, 52923.8943} {
		if got := *r.Answers[i].Estimate; !near(got, want, exact) {
			t.Errorf("%s: %v, want %v", r.Answers[i].Name, got, want)
		}
	}
	if *r.Lowest > 48000 || *r.Highest < 200000 {
		t.Errorf("the family reaches from %v to %v", *r.Lowest, *r.Highest)
	}
	if got := r.Answers[0].Rounded; got.Estimate != 120000 || got.Digits != 2 {
		t.Errorf("%+v", got)
	}
	if len(r.Models) != 10 || len(r.Consistency) != 5 || r.Spread < 2 {
		t.Errorf("%d models, %d checks, spread %v", len(r.Models), len(r.Consistency), r.Spread)
	}
	if !r.Answers[3].Comparison || r.Answers[0].Comparison {
		t.Error("independence, and only it, is for comparison")
	}
}

// Given resamples replace the generator, and the JSON is the same bytes on any number of workers.
func TestReportRepeats(t *testing.T) {
	var first []byte
	for _, workers := range []int{1, 2, 8} {
		r := analyse(t, load(t, "Australia"), mse.ReportSettings{
			BIC: mse.BIC{Workers: workers}, Bootstrap: mse.BootstrapSettings{Seed: 5, Workers: workers},
		})
		got, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		} else if !bytes.Equal(first, got) {
			t.Errorf("the report differs on %d workers", workers)
		}
	}
	r := analyse(t, load(t, "Australia"), mse.ReportSettings{
		Methods: []string{mse.MethodStepwise}, Bootstrap: mse.BootstrapSettings{Resamples: resamples(t, "Australia")},
	})
	if a := r.Answers[0]; !near(*a.Lower, 2525.09, exact) || !near(*a.Upper, 15941.23, exact) {
		t.Errorf("[%v, %v]", *a.Lower, *a.Upper)
	}
}

// More lists than can be compared: what can be answered is, and the rest is said.
func TestReportOfManyLists(t *testing.T) {
	r := analyse(t, load(t, "NewOrl_v2019"), mse.ReportSettings{})
	if !cautioned(r.Warnings, mse.ModelsNotCompared) || r.Answers[0].Estimate == nil || !near(*r.Answers[0].Estimate, 1183.6923, exact) {
		t.Errorf("%+v", r.Warnings)
	}
	for _, a := range r.Answers[1:3] {
		if !a.Refused || a.Estimate != nil || !cautioned(a.Reasons, mse.NotAvailable) {
			t.Errorf("%s: %v", a.Name, a.Reasons)
		}
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   float64
	}{
		{11312.99, 2, 11000},
		{11312.99, 3, 11300},
		{996, 2, 1000},
		{0.04567, 2, 0.046},
		{-1234, 1, -1000},
		{0, 2, 0},
		{14700.55, 2, 15000},
		{5, 3, 5},
	} {
		if got := mse.Round(c.v, c.digits); got != c.want {
			t.Errorf("Round(%v, %d) is %v, want %v", c.v, c.digits, got, c.want)
		}
	}
}
