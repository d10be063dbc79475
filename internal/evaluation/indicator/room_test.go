package indicator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/testdata"
)

// room is an empty node with the registry and the national series.
func room(t testing.TB) (*Indicators, auth.Actor) {
	t.Helper()
	r, a := emptyRoom(t)
	if err := r.Seed(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return r, a
}

func emptyRoom(t testing.TB) (*Indicators, auth.Actor) {
	t.Helper()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return roomOn(t, dbtest.OpenAt(t, func() time.Time { return now }))
}

func roomOn(t testing.TB, d *db.DB) (*Indicators, auth.Actor) {
	t.Helper()
	org, err := auth.Accounts{DB: d}.CreateOrg(t.Context(), "Observatory (invented)", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	return &Indicators{DB: d}, auth.CLI(org)
}

// published is a room with the national series, the detailed table and the UNODC publication of
// 2025. On SQLite it is made once and every test gets a copy of the file.
func published(t testing.TB) (*Indicators, auth.Actor) {
	t.Helper()
	for _, set := range []string{"uk-nrm", "unodc-glotip"} {
		testdata.Dir(t, set) // here, because what is made once can end only one test
	}
	c := dbtest.Config(t)
	if strings.HasPrefix(c.URL, "postgres") {
		return fillPublished(t, openRoom(t, c))
	}
	image.Do(func() { image.bytes, image.actor = makeImage(t) })
	if image.bytes == nil {
		t.Fatal("the room of the published figures could not be made; see the first test that failed")
	}
	if err := os.WriteFile(c.URL, image.bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	return &Indicators{DB: openRoom(t, c)}, image.actor
}

// image is the file of the room of published figures.
var image struct {
	sync.Once
	bytes []byte
	actor auth.Actor
}

func makeImage(t testing.TB) ([]byte, auth.Actor) {
	t.Helper()
	c := dbtest.Config(t)
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	_, a := fillPublished(t, d)
	if err := d.Close(); err != nil { // folds the log into the file
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	return bytes, a
}

func openRoom(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func fillPublished(t testing.TB, d *db.DB) (*Indicators, auth.Actor) {
	t.Helper()
	r, a := roomOn(t, d)
	if err := r.Seed(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	take(t, r, a, "nrm", "uk-nrm", "nrm_referrals_2022Q2_2023Q4.csv.gz")
	take(t, r, a, "glotip", "unodc-glotip", "data_glotip_2025.csv.gz")
	return r, a
}

// take imports a reference file.
func take(t testing.TB, r *Indicators, a auth.Actor, format, set, file string) Report {
	t.Helper()
	report, err := r.Import(context.Background(), a, Import{Format: format, Path: filepath.Join(testdata.Dir(t, set), file)})
	if err != nil {
		t.Fatalf("import %s: %v", file, err)
	}
	return report
}

func ask(t testing.TB, r *Indicators, a auth.Actor, q Query) Answer {
	t.Helper()
	ans, err := r.Answer(t.Context(), a, q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return ans
}

// one returns the only point of the only series of an answer.
func one(t testing.TB, ans Answer) Point {
	t.Helper()
	if len(ans.Series) != 1 || len(ans.Series[0].Points) != 1 {
		t.Fatalf("want one series with one point, got %+v", ans.Series)
	}
	return ans.Series[0].Points[0]
}

func wantKind(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Fatalf("got %v, want a fault of kind %s", err, k)
	}
}

func quarter(y, q int) Query {
	p := figure.QuarterOf(y, q)
	return Query{Indicator: NRMReferrals, Areas: []string{"GBR"}, From: p, To: p}
}

// TestReferrals2022Q2BothVintages: 4,171 as first released (the margin-aware sum of the detailed
// table) and 4,157 as revised (README of uk-nrm).
func TestReferrals2022Q2BothVintages(t *testing.T) {
	r, a := room(t)
	p := one(t, ask(t, r, a, quarter(2022, 2)))
	if p.Value != figure.Of(4157) || !p.Revised || len(p.Earlier) != 1 || p.Earlier[0].Value != figure.Of(4171) {
		t.Errorf("known now: %+v", p)
	}
	if p.Earlier[0].ReleasedOn != "2022-08-04" {
		t.Errorf("first released on %s", p.Earlier[0].ReleasedOn)
	}
	q := quarter(2022, 2)
	q.KnownOn = "2022-12-31"
	if p = one(t, ask(t, r, a, q)); p.Value != figure.Of(4171) || p.Revised {
		t.Errorf("known at the end of 2022: %+v", p)
	}
	q.KnownOn = "2022-08-03"
	if ans := ask(t, r, a, q); len(ans.Series) != 1 || !ans.Series[0].Points[0].IsMissing() {
		t.Errorf("before anything was published: %+v", ans.Series)
	}
	// The same from the detailed table itself.
	r, a = published(t)
	p = one(t, ask(t, r, a, quarter(2022, 2)))
	if p.Value != figure.Of(4157) || len(p.Earlier) != 1 || p.Earlier[0].Value != figure.Of(4171) {
		t.Errorf("after the detailed table: %+v", p)
	}
	// 2023-Q4: both came out on one day; the revised series is the one that counts.
	if p = one(t, ask(t, r, a, quarter(2023, 4))); p.Value != figure.Of(4142) || p.Earlier[0].Value != figure.Of(4141) {
		t.Errorf("2023-Q4: %+v", p)
	}
}

// TestNaiveSum32406Refused: adding every row of 2022-Q2 gives 32,406, 7.8 times the total.
func TestNaiveSum32406Refused(t *testing.T) {
	r, a := published(t)
	q := quarter(2022, 2)
	q.Indicator = NRMReferralsDetail
	_, err := r.NaiveSum(t.Context(), a, q)
	wantKind(t, err, fault.Invalid)
	if !strings.Contains(err.Error(), "The sum would be 32406 where the total is 4171, 7.8 times too much.") {
		t.Errorf("the reason: %v", err)
	}
	q.By = figure.DimResponderType
	sum, err := r.Total(t.Context(), a, q)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Value != figure.Of(4171) || sum.Over != figure.DimResponderType || len(sum.Keys) != 4 {
		t.Errorf("margin-aware: %+v", sum)
	}
}

// TestAnnualReferrals: the yearly sums listed in the README of uk-nrm; 2009 starts in its second
// quarter.
func TestAnnualReferrals(t *testing.T) {
	r, a := room(t)
	ans := ask(t, r, a, Query{Indicator: NRMReferrals, Areas: []string{"GBR"}, Annual: true})
	want := []float64{552, 726, 936, 1178, 1743, 2337, 3263, 3805, 5136, 6974, 10606, 10582, 12700, 16921, 17004}
	s := ans.Series[0]
	if len(s.Points) != len(want) {
		t.Fatalf("%d years, want %d", len(s.Points), len(want))
	}
	for i, p := range s.Points {
		if p.Period != figure.YearOf(2009+i) || p.Value != figure.Of(want[i]) || p.Partial() != (i == 0) {
			t.Errorf("%s: %s, want %g (partial %v)", p.Period, p.Value, want[i], p.Partial())
		}
	}
	if m := s.Points[0].Parts.Missing; len(m) != 1 || m[0] != "2009-Q1" {
		t.Errorf("2009 lacks %v", m)
	}
	if ans.Coverage.Reported != 14 || ans.Coverage.Expected != 15 || ans.Coverage.Missing[0] != "2009 (partly)" {
		t.Errorf("coverage %+v", ans.Coverage)
	}
}
