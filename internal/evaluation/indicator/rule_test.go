package indicator

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
)

func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

// give imports a text in the generic format.
func give(t testing.TB, r *Indicators, a auth.Actor, released, csv string) Report {
	t.Helper()
	report, err := r.Import(t.Context(), a, Import{Format: "csv", Open: text(csv), Name: "own.csv", ReleasedOn: released})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// counts returns the number of rows of every table of the room and of the audit record.
func counts(t testing.TB, r *Indicators) map[string]int {
	t.Helper()
	n := map[string]int{}
	err := r.DB.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{
			"evaluation_indicator", "evaluation_dimension", "evaluation_category", "evaluation_release",
			"evaluation_release_indicator", "evaluation_series", "evaluation_figure", "evaluation_break", "audit_entry",
		} {
			var rows int
			if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
				return err
			}
			n[table] = rows
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const own = "indicator,area,period,sex,value,status,indicator_title,unit\n" +
	"shelter.nights,GBR,2022,,100,,Nights in shelter,nights\n" +
	"shelter.nights,GBR,2022,f,60,,,\n" +
	"shelter.nights,GBR,2022,m,<5,,,\n" +
	"shelter.nights,FRA,2022,,,missing,,\n"

// TestNothingSavedOnProblem: a file with a problem in its last row, a dry run and a file that
// changes in between leave every table as it was.
func TestNothingSavedOnProblem(t *testing.T) {
	r, a := room(t)
	before := counts(t, r)
	tests := []struct {
		name string
		in   Import
		kind fault.Kind // Internal for no error
	}{
		{"last row is bad", Import{Open: text(own + "shelter.nights,ITA,2022,,-1,,,\n")}, fault.Invalid},
		{"rows contradict each other", Import{Open: text(own + "shelter.nights,GBR,2022,,101,,,\n")}, fault.Invalid},
		{"dry run", Import{Open: text(own), DryRun: true}, fault.Internal},
		{"dry run of a bad file", Import{Open: text(own + "x\n"), DryRun: true}, fault.Internal},
		{"changes", Import{Open: changing(own, own+"shelter.nights,ITA,2022,,1,,,\n")}, fault.Conflict},
		{"unknown format", Import{Format: "cvs", Open: text(own)}, fault.Invalid},
		{"no file", Import{Path: "does-not-exist.csv"}, fault.NotFound},
		{"a folder", Import{Path: "."}, fault.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.in
			if in.Format == "" {
				in.Format = "csv"
			}
			in.ReleasedOn = "2024-05-01"
			report, err := r.Import(t.Context(), a, in)
			if tt.kind != fault.Internal {
				wantKind(t, err, tt.kind)
			} else if err != nil || !report.DryRun || report.Saved != 0 {
				t.Errorf("%+v %v", report, err)
			}
			if diff := cmp.Diff(before, counts(t, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// changing gives one text at the first opening and another one from then on.
func changing(first, second string) func() (io.ReadCloser, error) {
	n := 0
	return func() (io.ReadCloser, error) {
		if n++; n == 1 {
			return text(first)()
		}
		return text(second)()
	}
}

func TestOwnIndicator(t *testing.T) {
	r, a := room(t)
	report := give(t, r, a, "2024-05-01", own)
	if report.Saved != 4 || report.Ranges != 1 || report.Absent != 1 {
		t.Errorf("%+v", report)
	}
	i, err := r.Get(t.Context(), a, "shelter.nights")
	if err != nil || !i.Own || i.Title != "Nights in shelter" || i.Unit != "nights" || i.Kind != Count || i.Every != Year || len(i.Dimensions) != 1 {
		t.Errorf("%+v %v", i, err)
	}
	if codes := i.Dimensions[0].Codes; len(codes) != 2 || codes[0].Code != "f" || codes[0].Label != "Female" {
		t.Errorf("categories %+v", codes)
	}
	ans := ask(t, r, a, Query{Indicator: "shelter.nights", By: figure.DimSex})
	if len(ans.Series) != 2 || ans.Series[1].Points[0].Value != figure.Within(1, 4) || ans.Series[0].Label != "Female" {
		t.Errorf("%+v", ans.Series)
	}
	// Missing is not nought: France is listed, counted as absent, and the total rests on one of two.
	ans = ask(t, r, a, Query{Indicator: "shelter.nights"})
	if len(ans.Series) != 2 || !ans.Series[0].Points[0].IsMissing() || ans.Coverage.Reported != 1 || ans.Coverage.Missing[0] != "FRA 2022" {
		t.Errorf("%+v %+v", ans.Series, ans.Coverage)
	}
	// 100 in all, 60 to 64 by sex: the margin does not fit, and is told.
	if report.MarginsChecked != 1 || report.MarginsOff != 1 || report.Margins[0].Summed != figure.Within(61, 64) {
		t.Errorf("margins %+v", report.Margins)
	}
	areas, err := r.Areas(t.Context(), a, "shelter.nights")
	if err != nil || len(areas) != 2 || areas[0] != "FRA" {
		t.Errorf("%v %v", areas, err)
	}
}

// A revision adds figures and never changes one that is stored.
func TestRevisionNeverOverwrites(t *testing.T) {
	r, a := room(t)
	const head = "indicator,area,period,value,status\n"
	give(t, r, a, "2024-01-10", head+"own.x,GBR,2021,10,\nown.x,GBR,2022,20,\nown.x,GBR,2023,30,\n")
	second := give(t, r, a, "2024-06-10", head+"own.x,GBR,2021,10,\nown.x,GBR,2022,25,\nown.x,GBR,2024,40,\nown.x,FRA,2022,7,\n")
	give(t, r, a, "2024-03-10", head+"own.x,GBR,2021,11,\n") // known later, published in between
	ans := ask(t, r, a, Query{Indicator: "own.x", Areas: []string{"GBR"}})
	got := ans.Series[0].Points
	want := []struct {
		year    int
		value   float64
		revised bool
		earlier []float64
	}{{2021, 10, true, []float64{11, 10}}, {2022, 25, true, []float64{20}}, {2023, 30, false, nil}, {2024, 40, false, nil}}
	for i, w := range want {
		var earlier []float64
		for _, v := range got[i].Earlier {
			earlier = append(earlier, v.Value.Lo)
		}
		if got[i].Period != figure.YearOf(w.year) || got[i].Value != figure.Of(w.value) || got[i].Revised != w.revised || !cmp.Equal(earlier, w.earlier) {
			t.Errorf("%+v, want %+v", got[i], w)
		}
	}
	for day, want := range map[string]string{"2024-01-09": "", "2024-01-10": "10 20 30", "2024-03-10": "11 20 30", "2024-06-09": "11 20 30", "2024-06-10": "10 25 30 40"} {
		ans := ask(t, r, a, Query{Indicator: "own.x", Areas: []string{"GBR"}, KnownOn: day})
		var texts []string
		for _, p := range ans.Series[0].Points {
			texts = append(texts, p.Value.String())
		}
		if s := strings.Join(texts, " "); s != want {
			t.Errorf("known on %s: %q, want %q", day, s, want)
		}
	}
	c, err := r.Changes(t.Context(), a, second.Releases[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.NewCount != 2 || c.RevisedCount != 2 || c.Unchanged != 0 || c.WithdrawnCount != 0 {
		t.Errorf("%+v", c)
	}
	if x := c.Revised[0]; x.Period != figure.YearOf(2022) || x.Before != figure.Of(20) || x.After != figure.Of(25) {
		t.Errorf("%+v", x)
	}
	third := give(t, r, a, "2024-09-10", head+"own.x,GBR,2021,10,\nown.x,GBR,2024,40,\n")
	if c, err = r.Changes(t.Context(), a, third.Releases[0].ID); err != nil || c.Unchanged != 2 || c.WithdrawnCount != 2 {
		t.Errorf("%+v %v", c, err)
	}
	if _, err = r.Changes(t.Context(), a, "no-such"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// TestPermissions: nobody without the permission reads or changes anything.
func TestPermissions(t *testing.T) {
	r, a := room(t)
	ctx := t.Context()
	nobody := auth.Actor{}
	reader := a
	reader.Roles = []auth.Role{auth.Officer}
	in := Import{Format: "csv", Open: text(own), ReleasedOn: "2024-05-01"}
	calls := map[string]func(auth.Actor) error{
		"List":     func(a auth.Actor) error { _, err := r.List(ctx, a, Filter{}); return err },
		"Get":      func(a auth.Actor) error { _, err := r.Get(ctx, a, NRMReferrals); return err },
		"Areas":    func(a auth.Actor) error { _, err := r.Areas(ctx, a, NRMReferrals); return err },
		"Answer":   func(a auth.Actor) error { _, err := r.Answer(ctx, a, Query{Indicator: NRMReferrals}); return err },
		"Total":    func(a auth.Actor) error { _, err := r.Total(ctx, a, Query{Indicator: NRMReferrals}); return err },
		"NaiveSum": func(a auth.Actor) error { _, err := r.NaiveSum(ctx, a, Query{Indicator: NRMDutyToNotify}); return err },
		"Releases": func(a auth.Actor) error { _, err := r.Releases(ctx, a, ""); return err },
		"Changes":  func(a auth.Actor) error { _, err := r.Changes(ctx, a, "x"); return err },
		"Trend": func(a auth.Actor) error {
			_, err := r.Trend(ctx, a, Query{Indicator: NRMDutyToNotify}, true)
			return err
		},
		"Reconcile": func(a auth.Actor) error {
			_, err := r.Reconcile(ctx, a, Query{Indicator: NRMDutyToNotify}, Query{Indicator: NRMDutyToNotify})
			return err
		},
	}
	for name, call := range calls {
		if err := call(nobody); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s by nobody: %v", name, err)
		}
		if err := call(reader); err != nil && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s by a reader: %v", name, err)
		}
	}
	for name, call := range map[string]func(auth.Actor) error{
		"Import": func(a auth.Actor) error { _, err := r.Import(ctx, a, in); return err },
		"Seed":   func(a auth.Actor) error { return r.Seed(ctx, a) },
		"DeclareBreak": func(a auth.Actor) error {
			_, err := r.DeclareBreak(ctx, a, BreakAt{Indicator: NRMReferrals, Period: figure.YearOf(2015), Note: "n"})
			return err
		},
	} {
		for _, who := range []auth.Actor{nobody, reader} {
			if err := call(who); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := call(a); err != nil {
			t.Errorf("%s by an analyst: %v", name, err)
		}
	}
}

// Organisations of one node do not see each other's figures.
func TestOrganisationsApart(t *testing.T) {
	r, a := room(t)
	_, b := roomOn(t, r.DB)
	if err := r.Seed(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	give(t, r, a, "2024-05-01", own)
	if _, err := r.Answer(t.Context(), b, Query{Indicator: "shelter.nights"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the other organisation: %v", err)
	}
	one, two := ask(t, r, a, Query{Indicator: NRMReferrals}), ask(t, r, b, Query{Indicator: NRMReferrals})
	if one.Hash != two.Hash || one.Coverage.Reported != 59 {
		t.Errorf("%d and %d figures", one.Coverage.Reported, two.Coverage.Reported)
	}
}

func TestSeedTwice(t *testing.T) {
	r, a := room(t)
	before := counts(t, r)
	if err := r.Seed(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, counts(t, r)); diff != "" {
		t.Error(diff)
	}
	all, err := r.List(t.Context(), a, Filter{})
	if err != nil || len(all) != 11 {
		t.Fatalf("%d indicators, %v", len(all), err)
	}
	for _, i := range all {
		if i.Title == "" || i.Definition == "" || i.CannotTell == "" || i.Unit == "" || i.SourceTitle == "" || i.Kind == 0 || i.Every == 0 {
			t.Errorf("%s is not defined: %+v", i.ID, i)
		}
	}
	for _, f := range []struct {
		filter Filter
		want   int
	}{{Filter{Source: "nrm"}, 5}, {Filter{Dim: figure.DimDecision}, 2}, {Filter{Text: "CONVICTED"}, 1}, {Filter{Text: "no such words"}, 0}} {
		if got, err := r.List(t.Context(), a, f.filter); err != nil || len(got) != f.want {
			t.Errorf("%+v lets %d through, %v", f.filter, len(got), err)
		}
	}
}

func TestQueriesRefused(t *testing.T) {
	r, a := room(t)
	tests := []struct {
		name string
		q    Query
		kind fault.Kind
		text string
	}{
		{"unknown indicator", Query{Indicator: "nrm.nothing"}, fault.NotFound, "nrm.nothing"},
		{"unknown area", Query{Indicator: NRMReferrals, Areas: []string{"Atlantis"}}, fault.Invalid, "Atlantis"},
		{"unknown dimension", Query{Indicator: NRMReferrals, Where: map[Dim]string{"form": "labour"}}, fault.Invalid, "form"},
		{"split by an unknown dimension", Query{Indicator: NRMReferrals, By: "form"}, fault.Invalid, "form"},
		{"fixed and split", Query{Indicator: NRMReferrals, By: "age", Where: map[Dim]string{"age": "child"}}, fault.Invalid, "age"},
		{"not a category", Query{Indicator: NRMReferrals, Where: map[Dim]string{"age": "a|b"}}, fault.Invalid, "a|b"},
		{"ends before it starts", Query{Indicator: NRMReferrals, From: figure.YearOf(2022), To: figure.YearOf(2020)}, fault.Invalid, "2020"},
		{"no such quarter", Query{Indicator: NRMReferrals, From: figure.QuarterOf(2022, 5)}, fault.Invalid, "calendar"},
		{"no such day", Query{Indicator: NRMReferrals, KnownOn: "2022-02-30"}, fault.Invalid, "2022-02-30"},
		{"part that is fixed", Query{Indicator: NRMDecisionsFirst, Where: map[Dim]string{"decision": "positive"}, Part: map[Dim]string{"decision": "positive"}}, fault.Invalid, "part"},
		{"share of a rate", Query{Indicator: SDG1622, Part: map[Dim]string{"sex": "f"}}, fault.Invalid, "no count"},
	}
	for _, tt := range tests {
		_, err := r.Answer(t.Context(), a, tt.q)
		if fault.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := r.Total(t.Context(), a, Query{Indicator: SDG1622}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the total of a rate: %v", err)
	}
	if err := Export(&bytes.Buffer{}, Answer{}, "xlsx"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("unknown format of export: %v", err)
	}
}
