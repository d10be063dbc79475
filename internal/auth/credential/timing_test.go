package credential

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// distance is the greatest distance between the distributions of two samples, and the chance of one at
// least as great when both are of one kind (Kolmogorov and Smirnov).
func distance(a, b []float64) (d, p float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x := min(a[i], b[j])
		for i < len(a) && a[i] <= x {
			i++
		}
		for j < len(b) && b[j] <= x {
			j++
		}
		d = max(d, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	n := float64(len(a)*len(b)) / float64(len(a)+len(b))
	l := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * d
	for k := 1.0; k <= 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*l*l)
	}
	return d, min(1, max(0, p))
}

// TestRefusalsTakeOneTime measures how long refusals take, at the real cost of hashing: for a number
// that nobody has, a wrong password, and the right password with a wrong code. It runs as a campaign
// only, because it measures time.
func TestRefusalsTakeOneTime(t *testing.T) {
	if os.Getenv("FOURFOLD_CAMPAIGN") != "full" {
		t.Log("a campaign: FOURFOLD_CAMPAIGN=full runs it")
		return
	}
	const each = 60
	n := newNode(t)
	m := n.password(n.account)
	full := New(n.accounts, n.sealer)
	n.hash, n.dummy, n.beat = full.hash, full.dummy, full.beat
	m = n.password(n.account) // hashed at the real cost
	classes := []Try{
		{Number: "10000001", Password: private.New("not the password"), Code: "000000"},
		{Number: m.number, Password: private.New("not the password"), Code: "000000"},
		{Number: m.number, Password: private.New(longPassword), Code: "000000"},
		{Number: m.number, Password: private.New(longPassword)}, // not filled in: a control that must show
	}
	took := make([][]float64, len(classes))
	seed := uint64(time.Now().UnixNano())
	order := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d, %d of each", seed, each)
	for range each {
		for _, c := range order.Perm(len(classes)) {
			n.pass(time.Minute) // so that no budget is the reason
			began := time.Now()
			_, err := n.SignIn(t.Context(), classes[c])
			took[c] = append(took[c], float64(time.Since(began)))
			n.wantKind("a refusal", err, fault.Denied)
		}
	}
	for i := range classes {
		for j := i + 1; j < len(classes); j++ {
			d, p := distance(took[i], took[j])
			t.Logf("classes %d and %d: medians %.1f and %.1f ms, distance %.3f, p %.4f", i, j, median(took[i])/1e6, median(took[j])/1e6, d, p)
			if control := j == 3; control != (p < 0.001) {
				t.Errorf("classes %d and %d: p %.4f", i, j, p)
			}
		}
	}
}

func median(x []float64) float64 {
	return slices.Sorted(slices.Values(x))[len(x)/2]
}

// TestSquare draws a key again from its modules and compares every dot with the picture.
func TestSquare(t *testing.T) {
	s, err := squareOf(keyURL(newCodeSecret(), "12345678"))
	if err != nil {
		t.Fatal(err)
	}
	n := len(s)
	for _, corner := range [][2]int{{0, 0}, {n - 7, 0}, {0, n - 7}} {
		for y := range 7 {
			for x := range 7 {
				ring := max(abs(x-3), abs(y-3))
				if got := s[corner[1]+y][corner[0]+x]; got != (ring != 2) {
					t.Fatalf("corner %v is not a mark of a square at %d,%d", corner, x, y)
				}
			}
		}
	}
	for i := 8; i < n-8; i++ { // the row of alternating modules between the marks
		if s[6][i] != (i%2 == 0) || s[i][6] != (i%2 == 0) {
			t.Fatalf("module %d of the timing row", i)
		}
	}
	if s.Side() != n+8 || s.Path() == "" {
		t.Error("no picture")
	}
}

func abs(x int) int { return max(x, -x) }

// BenchmarkHash hashes one password at the cost of the program.
func BenchmarkHash(b *testing.B) {
	h := newHasher(standardCost)
	hash := h.make(longPassword)
	if ok, _, err := h.matches(longPassword, hash); !ok || err != nil {
		b.Fatalf("%t %v", ok, err)
	}
	if ok, _, _ := h.matches(longPassword+"x", hash); ok {
		b.Fatal("a wrong password matches")
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = h.matches(longPassword, hash)
	}
}
