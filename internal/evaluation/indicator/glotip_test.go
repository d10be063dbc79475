package indicator

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/testdata"
)

// TestImportGLOTIP2025: 58,769 rows in, 29,558 interval cells, 813 with separators (README of
// unodc-glotip).
func TestImportGLOTIP2025(t *testing.T) {
	r, a := room(t)
	got := take(t, r, a, "glotip", "unodc-glotip", "data_glotip_2025.csv.gz")
	if got.Rows != 58769 || got.Saved != 58769 || got.Ranges != 29558 || got.Separators != 813 || got.Disputed != 284 {
		t.Errorf("report %+v", got)
	}
	if rel := got.Releases[0]; rel.ReleasedOn != "2025-04-14" || rel.Basis != "stated" || len(rel.Indicators) != 5 {
		t.Errorf("release %+v", rel)
	}
	again := take(t, r, a, "glotip", "unodc-glotip", "data_glotip_2025.csv.gz")
	if !again.Already || again.Saved != 0 {
		t.Errorf("the same file again: %+v", again)
	}
	// Argentina 2019, sex "Other": published as "<5" and as 11, so between 1 and 11.
	ans := ask(t, r, a, Query{Indicator: GLOTIPVictims, Areas: []string{"ARG"}, Where: map[Dim]string{figure.DimSex: "other"}, From: figure.YearOf(2019), To: figure.YearOf(2019)})
	if p := one(t, ans); p.State != Disputed || p.Interval != figure.Between(1, 11) {
		t.Errorf("disputed cell %+v", p)
	}
}

// TestGBRBreak2017: 601 in 2016 and 5,138 in 2017, when the source became the national referral
// mechanism.
func TestGBRBreak2017(t *testing.T) {
	r, a := published(t)
	q := Query{Indicator: GLOTIPVictims, Areas: []string{"GBR"}}
	s := ask(t, r, a, q).Series[0]
	if len(s.Breaks) != 1 || s.Breaks[0].Period != figure.YearOf(2017) || s.Breaks[0].Kind != Detected {
		t.Fatalf("breaks %+v", s.Breaks)
	}
	if f := s.Breaks[0].Factor; f < 8 || f > 16 {
		t.Errorf("factor %g", f)
	}
	_, err := r.Trend(t.Context(), a, q, false)
	wantKind(t, err, fault.Invalid)
	trend, err := r.Trend(t.Context(), a, q, true)
	if err != nil || len(trend.AcrossBreaks) != 1 || len(trend.Notes) == 0 {
		t.Errorf("labelled trend: %+v %v", trend, err)
	}
	q.From = figure.YearOf(2017)
	if trend, err = r.Trend(t.Context(), a, q, false); err != nil || len(trend.AcrossBreaks) != 0 {
		t.Errorf("trend on one side: %+v %v", trend, err)
	}
	// By hand: the slope of ln(5138, 6985, 10627, 10582, 12700) over five years is 0.22253.
	if math.Abs(math.Log(trend.PerYear)-0.22253) > 0.00001 || trend.Low != trend.PerYear {
		t.Errorf("factor per year %g [%g, %g]", trend.PerYear, trend.Low, trend.High)
	}
}

// TestGBRAgainstNationalSeries: yearly sums of the referrals against the country's report, within
// 0.25 % for 2017 to 2021 (README of uk-nrm).
func TestGBRAgainstNationalSeries(t *testing.T) {
	r, a := published(t)
	from, to := figure.YearOf(2017), figure.YearOf(2021)
	got, err := r.Reconcile(t.Context(), a,
		Query{Indicator: NRMReferrals, Areas: []string{"GBR"}, Annual: true, From: from, To: to},
		Query{Indicator: GLOTIPVictims, Areas: []string{"GBR"}, From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	var years []string
	for _, d := range got {
		years = append(years, d.Period.String())
		if !d.Defined || math.Abs(d.Ratio.Lo-1) > 0.0025 || math.Abs(d.Ratio.Hi-1) > 0.0025 {
			t.Errorf("%s: %s against %s, ratio %v", d.Period, d.A, d.B, d.Ratio)
		}
	}
	if !slices.Equal(years, []string{"2017", "2018", "2019", "2020", "2021"}) {
		t.Errorf("compared %v", years)
	}
}

// TestGLOTIPVintages: the 2025 publication revises the one of 2024 and overwrites nothing. The
// order of import does not matter.
func TestGLOTIPVintages(t *testing.T) {
	r, a := published(t)
	newer, err := r.Releases(t.Context(), a, "glotip")
	if err != nil || len(newer) != 1 {
		t.Fatalf("%v %v", newer, err)
	}
	older := take(t, r, a, "glotip", "unodc-glotip", "data_glotip_2024.csv.gz")
	if older.Rows != 46556 || older.Saved != 46556 || older.Releases[0].Basis != "recalled" {
		t.Errorf("2024: %+v", older)
	}
	c, err := r.Changes(t.Context(), a, newer[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	// Counted from the files by another program: 58,045 different cells in 2025 and 46,032 in 2024.
	// By the words as printed 1,919 cells are revised, 41,128 unchanged and 2,985 withdrawn; by
	// code ("Chinese" is "China") 1,261 more cells are found again.
	if n := c.NewCount + c.RevisedCount + c.Unchanged; n != 58045 {
		t.Errorf("%d cells, want 58,045", n)
	}
	if n := c.RevisedCount + c.Unchanged; n != 1919+41128+1261 {
		t.Errorf("%d cells are in both, want 44,308", n)
	}
	if c.RevisedCount != 1934 || c.WithdrawnCount != 46032-44308 {
		t.Errorf("revised %d, withdrawn %d", c.RevisedCount, c.WithdrawnCount)
	}
	// Pakistan 2019 is the largest revision.
	if x := c.Revised[0]; x.Area != "PAK" || x.Period != figure.YearOf(2019) || x.Before != figure.Within(1, 4) || x.After != figure.Of(32022) {
		t.Errorf("largest revision %+v", x)
	}
	if len(c.New) != MaxChanges || len(c.Revised) != MaxChanges || len(c.Withdrawn) != MaxChanges {
		t.Errorf("lists of %d, %d, %d", len(c.New), len(c.Revised), len(c.Withdrawn))
	}
	q := Query{Indicator: GLOTIPVictims, Areas: []string{"PAK"}, From: figure.YearOf(2019), To: figure.YearOf(2019)}
	if p := one(t, ask(t, r, a, q)); p.Value != figure.Of(32022) || !p.Revised || p.Earlier[0].Value != figure.Within(1, 4) {
		t.Errorf("now %+v", p)
	}
	q.KnownOn = "2024-12-31"
	if p := one(t, ask(t, r, a, q)); p.Value != figure.Within(1, 4) || p.Revised {
		t.Errorf("as known at the end of 2024: %+v", p)
	}
}

// TestWorldTotals: the sums of the exact total cells and the countries that report any, as listed
// in the README of unodc-glotip; suppressed cells widen the total, and coverage stands on it.
func TestWorldTotals(t *testing.T) {
	r, a := published(t)
	for _, tt := range []struct {
		year      int
		exact     float64
		countries int
		low, high float64 // with 1 to 4 for each "<5"
	}{
		{2019, 82291, 134, 82291 + 18, 82291 + 72},
		{2020, 68426, 143, 68426 + 26, 68426 + 104},
		{2021, 75754, 125, 75754 + 15, 75754 + 60},
		{2022, 75128, 112, 75128 + 12, 75128 + 48},
	} {
		p := figure.YearOf(tt.year)
		q := Query{Indicator: GLOTIPVictims, From: p, To: p}
		sum, err := r.Total(t.Context(), a, q)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Value != figure.Within(tt.low, tt.high) || sum.Over != "" || len(sum.Notes) != 2 {
			t.Errorf("%d: %s over %q, %v", tt.year, sum.Value, sum.Over, sum.Notes)
		}
		if sum.Coverage.Reported != tt.countries || sum.Coverage.Expected != 198 || len(sum.Coverage.Missing) != 198-tt.countries {
			t.Errorf("%d: coverage %d of %d", tt.year, sum.Coverage.Reported, sum.Coverage.Expected)
		}
		exact, reported := 0.0, 0
		ans := ask(t, r, a, q)
		for _, s := range ans.Series {
			if v := s.Points[0]; v.State == Exact {
				exact += v.Lo
			}
			if !s.Points[0].IsMissing() {
				reported++
			}
		}
		if exact != tt.exact || reported != tt.countries || ans.Coverage.Reported != tt.countries {
			t.Errorf("%d: %g in %d countries, want %g in %d", tt.year, exact, reported, tt.exact, tt.countries)
		}
	}
}

// TestMarginsOfBothReadings: the totals compared while the file streams in and those compared in
// the tables held are two pieces of code; they find the same. In the national tables nothing is
// off.
func TestMarginsOfBothReadings(t *testing.T) {
	r, a := published(t)
	report, err := r.Import(t.Context(), a, Import{Format: "glotip", Path: filepath.Join(testdata.Dir(t, "unodc-glotip"), "data_glotip_2025.csv.gz"), DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	checked, off := 0, 0
	for _, id := range []ID{GLOTIPVictims, GLOTIPConvicted, GLOTIPProsecuted, GLOTIPContact, GLOTIPOffences} {
		n, m, _, err := r.Margins(t.Context(), a, Query{Indicator: id})
		if err != nil {
			t.Fatal(err)
		}
		checked, off = checked+n, off+m
	}
	if checked != report.MarginsChecked || off != report.MarginsOff || off == 0 {
		t.Errorf("%d of %d off in the tables, %d of %d in the file", off, checked, report.MarginsOff, report.MarginsChecked)
	}
	// 20,689 over seven quarters, as the import of the detailed table says.
	n, m, list, err := r.Margins(t.Context(), a, Query{Indicator: NRMReferralsDetail})
	if err != nil || n != 20689 || m != 0 || len(list) != 0 {
		t.Errorf("%d of %d off in the detailed table: %v, %v", m, n, list, err)
	}
}
