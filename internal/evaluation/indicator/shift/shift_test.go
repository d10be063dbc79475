package shift

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

func counts(xs ...float64) []figure.Value {
	values := make([]figure.Value, len(xs))
	for i, x := range xs {
		if x >= 0 {
			values[i] = figure.Of(x)
		}
	}
	return values
}

// TestUnitedKingdom2017: detected victims of the United Kingdom in the UNODC publication of 2025,
// 2009 to 2021. The country began to report referrals in 2017.
func TestUnitedKingdom2017(t *testing.T) {
	got := Find(counts(549, 297, 482, 555, 816, 543, 596, 601, 5138, 6985, 10627, 10582, 12700))
	if len(got) != 1 || got[0].Index != 8 {
		t.Fatalf("%+v", got)
	}
	// Medians of three: 10,627 is not among the three after; 6,985 / 596.
	if math.Abs(got[0].Factor-6985.0/596) > 1e-9 {
		t.Errorf("factor %g", got[0].Factor)
	}
}

func TestWhatIsNoBreak(t *testing.T) {
	tests := []struct {
		name   string
		values []figure.Value
	}{
		{"too short", counts(10, 10, 10, 1000, 1000, 1000)},
		{"one odd year", counts(100, 105, 98, 101, 900, 99, 103, 100, 102, 98)},
		{"small counts", counts(1, 2, 1, 2, 1, 12, 14, 13, 12, 11)},
		{"steady growth", counts(100, 150, 225, 338, 506, 759, 1139, 1709, 2563)},
		{"growth of less than half", counts(1000, 1001, 999, 1000, 1400, 1401, 1399, 1400, 1401)},
		{"nothing", nil},
		{"all missing", make([]figure.Value, 20)},
		{"across a gap", counts(100, 101, 99, 100, 102, -1, 900, 905, 901, 899, 904)},
		{"noughts", counts(0, 0, 0, 0, 0, 500, 510, 505, 500, 498)},
	}
	for _, tt := range tests {
		if got := Find(tt.values); len(got) != 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// Two breaks do not hide each other.
func TestTwoBreaks(t *testing.T) {
	got := Find(counts(100, 108, 95, 102, 98, 1010, 980, 1050, 1000, 990, 97, 104, 99, 101, 95))
	if len(got) != 2 || got[0].Index != 5 || got[1].Index != 10 || got[1].Factor > 0.2 {
		t.Errorf("%+v", got)
	}
}

// null makes a series without a break.
type null struct {
	name string
	make func(r *rand.Rand, n int) []float64
}

func nulls() []null {
	walk := func(step func(*rand.Rand) float64) func(*rand.Rand, int) []float64 {
		return func(r *rand.Rand, n int) []float64 {
			xs, level := make([]float64, n), math.Log(200)
			for i := range xs {
				xs[i] = math.Round(math.Exp(level))
				level += step(r)
			}
			return xs
		}
	}
	return []null{
		{"random walk, normal steps of 0.1", walk(func(r *rand.Rand) float64 { return 0.1 * r.NormFloat64() })},
		{"random walk, normal steps of 0.3", walk(func(r *rand.Rand) float64 { return 0.05 + 0.3*r.NormFloat64() })},
		{"random walk, heavy tails (t, 5 degrees)", walk(func(r *rand.Rand) float64 { return 0.2 * student(r, 5) })},
		{"counting noise around a level of 60", func(r *rand.Rand, n int) []float64 {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = poisson(r, 60)
			}
			return xs
		}},
		{"counting noise, growth of 8 %, seasons of 15 %", func(r *rand.Rand, n int) []float64 {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = poisson(r, 300*math.Exp(0.02*float64(i))*(1+0.15*math.Sin(math.Pi/2*float64(i))))
			}
			return xs
		}},
	}
}

func student(r *rand.Rand, df int) float64 {
	sum := 0.0
	for range df {
		x := r.NormFloat64()
		sum += x * x
	}
	return r.NormFloat64() / math.Sqrt(sum/float64(df))
}

// poisson draws by adding exponential times, which is exact.
func poisson(r *rand.Rand, mean float64) float64 {
	n, left := 0.0, mean
	for {
		if left -= r.ExpFloat64(); left < 0 {
			return n
		}
		n++
	}
}

// TestFalseAlarms measures how many series without a break give an alarm: at most 5 in 100, for
// each kind of noise and length.
func TestFalseAlarms(t *testing.T) {
	const series = 1000
	for _, null := range nulls() {
		for _, n := range []int{8, 13, 20, 59} {
			r := rand.New(rand.NewPCG(2017, uint64(n)))
			alarms := 0
			for range series {
				if len(Find(counts(null.make(r, n)...))) > 0 {
					alarms++
				}
			}
			rate := 100 * float64(alarms) / series
			t.Logf("%-48s %2d figures: %.2f %% of series give a false alarm", null.name, n, rate)
			if rate > 5 {
				t.Errorf("%s, %d figures: %.2f %%", null.name, n, rate)
			}
		}
	}
}

// TestPower measures how many planted breaks are found at their place.
func TestPower(t *testing.T) {
	const series = 500
	tests := []struct {
		factor, noise float64
		n             int
		least         float64 // per cent
	}{
		{8, 0.3, 13, 65}, {8, 0.2, 13, 90}, {4, 0.1, 13, 90}, {2, 0.05, 20, 90}, {2, 0.05, 59, 95}, {8, 0.3, 59, 60},
	}
	for _, tt := range tests {
		r := rand.New(rand.NewPCG(8, uint64(tt.n)))
		found := 0
		for range series {
			xs, level, at := make([]float64, tt.n), math.Log(600), tt.n*3/5
			for i := range xs {
				if i == at {
					level += math.Log(tt.factor)
				}
				xs[i] = math.Round(math.Exp(level))
				level += tt.noise * r.NormFloat64()
			}
			for _, s := range Find(counts(xs...)) {
				if s.Index == at {
					found++
				}
			}
		}
		power := 100 * float64(found) / series
		t.Logf("factor %g, steps of %g, %d figures: %.1f %% found", tt.factor, tt.noise, tt.n, power)
		if power < tt.least {
			t.Errorf("found %.1f %%, want %g %%", power, tt.least)
		}
	}
}
