package hotspot_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// TestPennsylvania: R SpatialEpi 1.2.8 on lung cancer in 67 counties: 2585 zones, the likelihoods and
// the counties of both models, and p values within the error of 999 replicates (E1, E3).
func TestPennsylvania(t *testing.T) {
	d := pennsylvania(t)
	r := scan(t, d, hotspot.ScanSettings{Model: hotspot.Poisson, Seed: 1})
	if r.Zones != 2585 || len(r.Clusters) < 2 {
		t.Fatalf("%d zones and %d clusters, want 2585 and 2 at least", r.Zones, len(r.Clusters))
	}
	first, second := r.Clusters[0], r.Clusters[1]
	if got := members(d, first); !slices.Equal(got, []string{"delaware", "philadelphia"}) {
		t.Errorf("Poisson: %v", got)
	}
	if !near(first.LLR, 17.66288, 5e-6) || first.Cases != 1900 || !near(first.Expected, 1673.649, 5e-4) || first.P != 0.001 {
		t.Errorf("Poisson: %+v", first)
	}
	// 0.035 of 999 has a standard error of 0.006, and so has ours.
	if !near(second.LLR, 7.098944, 5e-7) || !near(second.P, 0.035, 0.025) {
		t.Errorf("Poisson, second: %+v", second)
	}
	r = scan(t, d, hotspot.ScanSettings{Model: hotspot.Bernoulli, Seed: 1})
	first, second = r.Clusters[0], r.Clusters[1]
	want := strings.Fields("allegheny beaver butler fayette greene washington westmoreland")
	if got := members(d, first); !slices.Equal(got, want) {
		t.Errorf("Bernoulli: %v", got)
	}
	if !near(first.LLR, 36.57051, 5e-6) || first.Cases != 2359 || !near(first.Expected, 2008.223, 5e-4) || first.P != 0.001 || !near(second.LLR, 9.657779, 5e-7) {
		t.Errorf("Bernoulli: %+v, %+v", first, second)
	}
}

// TestNewYork: SpatialEpi on leukaemia in 281 tracts, whose cases are fractions (E1).
func TestNewYork(t *testing.T) {
	d := newYork(t)
	for share, zones := range map[float64]int{0.15: 12939, 0.5: 41452} {
		for model, want := range map[hotspot.Model][2]float64{hotspot.Poisson: {13.28164, 8.500193}, hotspot.Bernoulli: {13.37165, 8.544469}} {
			r := scan(t, d, hotspot.ScanSettings{Model: model, MaxShare: share, Replications: 99})
			first := r.Clusters[0]
			if r.Zones != zones || !near(first.LLR, want[0], 5e-6) || !near(r.Clusters[1].LLR, want[1], 5e-7) {
				t.Errorf("model %d, share %g: %d zones, %.7g, then %.7g", model, share, r.Zones, first.LLR, r.Clusters[1].LLR)
			}
			if len(first.Members) != 30 || d.Areas[first.Members[0]].Name != "36007014300" || !near(first.Cases, 108.7639, 5e-5) || first.P > 0.02 {
				t.Errorf("model %d, share %g: %+v", model, share, first)
			}
			if model == hotspot.Poisson && !near(first.Expected, 66.10395, 5e-6) {
				t.Errorf("share %g: %g expected", share, first.Expected)
			}
		}
	}
	// SpatialEpi cuts 591.99979 cases to 591. With all of them the likelihood is another.
	r := scan(t, d, hotspot.ScanSettings{Model: hotspot.Poisson, KeepFractions: true, Replications: -1})
	w := r.Clusters[0]
	want := w.Cases*math.Log(w.Cases/w.Expected) + (r.Cases-w.Cases)*math.Log((r.Cases-w.Cases)/(r.Cases-w.Expected))
	if !near(w.LLR, want, 1e-9) || !near(r.Cases, 591.99979, 1e-5) {
		t.Errorf("with fractions: %.8g, want %.8g; %g cases", w.LLR, want, r.Cases)
	}
}

// newMexico is brain cancer of 1986 to 1989 in 32 counties (nm_popcas.csv, nm_geo_latlon.csv).
func newMexico(t testing.TB) hotspot.Data {
	t.Helper()
	d := hotspot.Data{Metric: hotspot.Sphere, Periods: 4}
	id := map[string]int{}
	for _, r := range records(t, "nm_geo_latlon.csv") {
		if r[0] == "cibola" {
			continue
		}
		id[r[0]] = len(d.Areas)
		d.Areas = append(d.Areas, hotspot.Area{Name: r[0], X: number(t, r[3]), Y: number(t, r[4])})
	}
	d.Cases, d.Population = make([]float64, len(id)*4), make([]float64, len(id)*4)
	for _, r := range records(t, "nm_popcas.csv") {
		year := int(number(t, r[0]))
		if year < 1986 || year > 1989 {
			continue
		}
		cell := id[r[1]]*4 + year - 1986
		d.Population[cell], d.Cases[cell] = number(t, r[2]), number(t, r[3])
	}
	return d
}

// TestSatscanNewMexico: the brain cancer data of SaTScan in space and time, standardised by age and
// sex: 8 counties, 1985 to 1989, 232 cases, and the likelihood found by an independent program (E4).
func TestSatscanNewMexico(t *testing.T) {
	for dated, want := range map[hotspot.Dating]float64{hotspot.StartOfYear: 9.969, hotspot.MiddleOfYear: 10.017} {
		d := satscanNewMexico(t, dated)
		r := scan(t, d, hotspot.ScanSettings{Model: hotspot.Poisson, Span: hotspot.Retrospective, Seed: 1})
		first := r.Clusters[0]
		got := fmt.Sprintf("%v %s %s %g", members(d, first), d.Names[first.First], d.Names[first.Last], first.Cases)
		t.Logf("%s: LLR %.4f, expected %.1f, p %.3f, %d windows; %s", got, first.LLR, first.Expected, first.P, r.Windows, r.Basis)
		if got != "[Bernalillo LosAlamos SanMiguel Sandoval SantaFe Socorro Torrance Valencia] 1985 1989 232" || !near(first.LLR, want, 5e-4) {
			t.Errorf("%s, %.4f, want %g", got, first.LLR, want)
		}
	}
}

// satscanNewMexico reads satscan_NM*.csv.
func satscanNewMexico(t testing.TB, dated hotspot.Dating) hotspot.Data {
	t.Helper()
	d := hotspot.Data{Periods: 19}
	id := map[string]int{}
	for _, r := range records(t, "satscan_NMgeo.csv") {
		id[r[0]] = len(d.Areas)
		d.Areas = append(d.Areas, hotspot.Area{Name: r[0], X: number(t, r[1]), Y: number(t, r[2])})
	}
	years := make([]int, 19)
	for i := range years {
		years[i] = 1973 + i
		d.Names = append(d.Names, fmt.Sprint(years[i]))
	}
	d.Cases, d.Population = make([]float64, len(id)*19), make([]float64, len(id)*19)
	var rows []hotspot.Stratum
	for _, r := range records(t, "satscan_NMcas.csv") {
		s := hotspot.Stratum{Area: id[r[0]], Period: int(number(t, r[2])) - 1973, Group: r[3] + " " + r[4], Cases: number(t, r[1])}
		d.Cases[s.Area*19+s.Period] += s.Cases
		rows = append(rows, s)
	}
	censuses := map[[2]string][]hotspot.Census{}
	for _, r := range records(t, "satscan_NMpop.csv") {
		key := [2]string{r[0], r[3] + " " + r[4]}
		censuses[key] = append(censuses[key], hotspot.Census{Year: 1900 + int(number(t, r[1])), Count: number(t, r[2])})
	}
	for key, c := range censuses {
		people, basis, err := hotspot.Interpolate(years, c, dated)
		if err != nil {
			t.Fatal(err)
		}
		d.Basis = basis
		for i, p := range people {
			d.Population[id[key[0]]*19+i] += p
			rows = append(rows, hotspot.Stratum{Area: id[key[0]], Period: i, Group: key[1], Population: p})
		}
	}
	var err error
	if d.Expected, err = hotspot.Standardise(t.Context(), len(id), 19, rows); err != nil {
		t.Fatal(err)
	}
	return d
}
