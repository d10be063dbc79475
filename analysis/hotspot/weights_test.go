package hotspot_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// TestAdjust: the 15 p values of Benjamini and Hochberg 1995, section 4.1, of which 4 are called at
// 0.05, and the adjusted values by their definition.
func TestAdjust(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	harmonic := 0.0
	for k := range p {
		harmonic += 1 / float64(k+1)
	}
	for control, factor := range map[hotspot.Control]float64{hotspot.Hochberg: 1, hotspot.Yekutieli: harmonic} {
		got, err := hotspot.Adjust(p, control)
		if err != nil {
			t.Fatal(err)
		}
		called := 0
		for i, v := range p {
			want := 1.0
			for _, greater := range p {
				rank := 0
				for _, u := range p {
					if u <= greater {
						rank++
					}
				}
				if greater >= v {
					want = min(want, greater*15*factor/float64(rank))
				}
			}
			if !near(got[i], want, 1e-15) {
				t.Errorf("control %d, p %g: %g, want %g", control, v, got[i], want)
			}
			if got[i] <= 0.05 {
				called++
			}
		}
		if control == hotspot.Hochberg && called != 4 {
			t.Errorf("%d called, want 4", called)
		}
	}
	if _, err := hotspot.Adjust([]float64{0.1, math.NaN()}, hotspot.Hochberg); hotspot.ProblemOf(err) != hotspot.BadCount {
		t.Errorf("NaN: %v", err)
	}
}

// TestDiscoveries: on maps without structure a false discovery is rare; a planted spot is called, and it alone.
func TestDiscoveries(t *testing.T) {
	d := grid(15, 1)
	w, err := hotspot.Within(t.Context(), d.Areas, hotspot.Plane, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	alarms := 0
	source := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		x := make([]float64, len(d.Areas))
		for i := range x {
			x[i] = source.NormFloat64()
		}
		heat, err := hotspot.GiStar(t.Context(), w, x, hotspot.GiSettings{})
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(heat, func(h hotspot.Heat) bool { return h.Hot || h.Cold }) {
			alarms++
		}
	}
	if alarms > 22 { // 10 expected at most
		t.Errorf("%d of 200 maps without structure have a discovery", alarms)
	}
	x := make([]float64, len(d.Areas))
	for i := range x {
		x[i] = source.NormFloat64()
		if a := d.Areas[i]; math.Hypot(a.X-7, a.Y-7) < 2 {
			x[i] += 4
		}
	}
	heat, err := hotspot.GiStar(t.Context(), w, x, hotspot.GiSettings{Control: hotspot.Yekutieli})
	if err != nil || !heat[7*15+7].Hot {
		t.Errorf("%+v, %v", heat[7*15+7], err)
	}
	for i, h := range heat {
		if a := d.Areas[i]; h.Hot && math.Hypot(a.X-7, a.Y-7) > 4 || h.Cold {
			t.Errorf("area %v is called: %+v", a, h)
		}
	}
}

// TestDisconnected: a map of two parts and an island. The island is refused by name of its row, or left out.
func TestDisconnected(t *testing.T) {
	var links []hotspot.Link
	for i := range 4 {
		links = append(links, hotspot.Link{A: i, B: (i + 1) % 5}, hotspot.Link{A: 5 + i, B: 6 + i})
	}
	w, err := hotspot.Touching(11, links)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Parts(); !slices.Equal(got, []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2}) {
		t.Errorf("parts %v", got)
	}
	x := []float64{1, 2, 3, 4, 5, 9, 8, 7, 9, 8, 0}
	_, err = hotspot.GiStar(t.Context(), w, x, hotspot.GiSettings{})
	if e, ok := errors.AsType[*hotspot.Error](err); !ok || e.Problem != hotspot.NoNeighbours || e.Row != 10 {
		t.Errorf("island: %v", err)
	}
	heat, err := hotspot.GiStar(t.Context(), w, x, hotspot.GiSettings{Islands: true})
	if err != nil || !heat[10].Left || heat[10].P != 1 || heat[9].Left {
		t.Errorf("%+v, %v", heat, err)
	}
	if _, err := hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{}); hotspot.ProblemOf(err) != hotspot.NoNeighbours {
		t.Errorf("island: %v", err)
	}
	all, err := hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{Islands: true, Replications: 99})
	if err != nil || all.Islands != 1 || all.Parts != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	main, err := hotspot.Touching(10, links)
	if err != nil {
		t.Fatal(err)
	}
	want, err := hotspot.Moran(t.Context(), main, x[:10], hotspot.MoranSettings{Replications: 99})
	if err != nil || want.I != all.I || want.Variance != all.Variance || want.P != all.P || want.Parts != 2 {
		t.Errorf("%+v, want %+v, %v", all, want, err)
	}
}

// TestMoranWorkers: the same figure on any number of workers.
func TestMoranWorkers(t *testing.T) {
	d := grid(6, 1)
	w, err := hotspot.Nearest(t.Context(), d.Areas, hotspot.Plane, 4)
	if err != nil {
		t.Fatal(err)
	}
	scatter(&d, rand.New(rand.NewPCG(1, 1)), 90)
	var want hotspot.Clustering
	for _, workers := range []int{1, 2, 8} {
		got, err := hotspot.Moran(t.Context(), w, d.Cases, hotspot.MoranSettings{Replications: 199, Seed: 3, Workers: workers, Raw: true})
		if err != nil {
			t.Fatal(err)
		}
		if workers == 1 {
			want = got
		}
		if got != want {
			t.Errorf("%d workers: %+v, want %+v", workers, got, want)
		}
	}
}

// TestMoranMoments: the mean and variance under random arrangement, on weights that are not symmetric.
func TestMoranMoments(t *testing.T) {
	source := rand.New(rand.NewPCG(9, 9))
	var areas []hotspot.Area
	x := make([]float64, 12)
	for i := range x {
		areas = append(areas, hotspot.Area{X: source.Float64(), Y: source.Float64()})
		x[i] = source.ExpFloat64()
	}
	for _, raw := range []bool{false, true} {
		w, err := hotspot.Nearest(t.Context(), areas, hotspot.Plane, 3)
		if err != nil {
			t.Fatal(err)
		}
		const n = 20000
		var total, square float64
		var c hotspot.Clustering
		for range n {
			source.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
			if c, err = hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{Raw: raw}); err != nil {
				t.Fatal(err)
			}
			total += c.I - c.Expected
			square += (c.I - c.Expected) * (c.I - c.Expected)
		}
		if !near(total/n, 0, 6*math.Sqrt(c.Variance/n)) || !near(square/n, c.Variance, 0.1*c.Variance) {
			t.Errorf("mean off by %g, variance %g, want %g", total/n, square/n, c.Variance)
		}
	}
}

func TestWeightsRefuse(t *testing.T) {
	d := grid(3, 1)
	w, err := hotspot.Nearest(t.Context(), d.Areas, hotspot.Plane, 2)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 9)
	try := func(name string, want hotspot.Problem, row int, err error) {
		t.Helper()
		if e, ok := errors.AsType[*hotspot.Error](err); !ok || e.Problem != want || e.Row != row {
			t.Errorf("%s: %v", name, err)
		}
	}
	gi := func(x []float64, s hotspot.GiSettings) error {
		_, err := hotspot.GiStar(t.Context(), w, x, s)
		_, also := hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{})
		if s == (hotspot.GiSettings{}) && hotspot.ProblemOf(err) != hotspot.ProblemOf(also) {
			t.Errorf("%v, but %v", err, also)
		}
		return err
	}
	try("all equal", hotspot.NoVariation, -1, gi(x, hotspot.GiSettings{}))
	x[4] = math.NaN()
	try("NaN", hotspot.BadCount, 4, gi(x, hotspot.GiSettings{}))
	x[4] = math.Inf(1)
	try("infinity", hotspot.BadCount, 4, gi(x, hotspot.GiSettings{}))
	x[4] = 1
	try("shape", hotspot.BadSetting, -1, gi(x[:8], hotspot.GiSettings{}))
	try("empty", hotspot.BadSetting, -1, gi(nil, hotspot.GiSettings{}))
	try("rate", hotspot.BadSetting, -1, gi(x, hotspot.GiSettings{Rate: math.NaN()}))
	try("control", hotspot.BadSetting, -1, gi(x, hotspot.GiSettings{Control: 2}))
	for name, links := range map[string][]hotspot.Link{
		"loop": {{A: 0, B: 1}, {A: 1, B: 1}}, "range": {{A: 0, B: 1}, {A: 1, B: 9}}, "twice": {{A: 0, B: 1}, {A: 1, B: 0}},
	} {
		_, err := hotspot.Touching(9, links)
		try(name, hotspot.BadArea, 1, err)
	}
	_, err = hotspot.Touching(9, []hotspot.Link{{A: 0, B: 1, Weight: math.NaN()}})
	try("weight", hotspot.BadCount, 0, err)
	_, err = hotspot.Nearest(t.Context(), d.Areas, hotspot.Plane, 9)
	try("k", hotspot.BadSetting, -1, err)
	_, err = hotspot.Within(t.Context(), d.Areas, hotspot.Plane, math.NaN())
	try("distance", hotspot.BadSetting, -1, err)
	_, err = hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{Replications: -1})
	try("replications", hotspot.BadSetting, -1, err)
}
