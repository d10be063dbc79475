package causal

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// random returns a matrix whose rank is full, or one less, or has two columns that nearly agree.
func random(rng *rand.Rand, n, p int) (a *matrix, full bool) {
	a = newMatrix(n, p)
	for i := range a.data {
		a.data[i] = rng.NormFloat64()
	}
	if p == 1 {
		return a, true
	}
	switch rng.IntN(4) {
	case 0:
		for i := range n {
			a.set(i, p-1, 2*a.at(i, 0))
		}
		return a, false
	case 1:
		for i := range n {
			a.set(i, p-1, a.at(i, 0)+1e-7*a.at(i, p-1))
		}
	case 2:
		for i := range n {
			a.set(i, 0, 1e100*a.at(i, 0))
		}
	}
	return a, true
}

func dense(a *matrix) *mat.Dense {
	return mat.NewDense(a.rows, a.cols, append([]float64(nil), a.data...))
}

func differ(a, b []float64, tolerance float64) bool {
	size := max(length(a), length(b))
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= tolerance*size) {
			return true
		}
	}
	return len(a) != len(b)
}

// TestMatrixAgainstGonum compares with the library that works on LAPACK's algorithms.
func TestMatrixAgainstGonum(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		p := 1 + rng.IntN(8)
		n := p + rng.IntN(30)
		a, full := random(rng, n, p)
		g := dense(a)
		s := decompose(a)
		var svd mat.SVD
		if s == nil || !svd.Factorize(g, mat.SVDThin) {
			t.Fatalf("%d×%d: not decomposed", n, p)
		}
		if differ(s.values, svd.Values(nil), 1e-13) {
			t.Fatalf("%d×%d: values %v, want %v", n, p, s.values, svd.Values(nil))
		}
		checkSingular(t, a, s, full)
		if !full {
			continue
		}
		f := factorize(a)
		checkTriangle(t, a, f)
		checkSolution(t, rng, a, f, g)
	}
}

// checkSingular: A = U·S·V' with orthonormal columns.
func checkSingular(t *testing.T, a *matrix, s *singular, full bool) {
	t.Helper()
	us := newMatrix(a.rows, a.cols)
	for i := range a.rows {
		for j := range a.cols {
			us.set(i, j, s.u.at(i, j)*s.values[j])
		}
	}
	if differ(us.times(s.v.transposed()).data, a.data, 1e-13) {
		t.Fatalf("%d×%d: U·S·V' is not A", a.rows, a.cols)
	}
	identity := newMatrix(a.cols, a.cols)
	for j := range a.cols {
		identity.set(j, j, 1)
	}
	if differ(cross(s.v, s.v, 0, a.cols).data, identity.data, 1e-13) {
		t.Fatalf("%d×%d: the columns of V are not orthonormal", a.rows, a.cols)
	}
	if full && differ(cross(s.u, s.u, 0, a.rows).data, identity.data, 1e-12) {
		t.Fatalf("%d×%d: the columns of U are not orthonormal", a.rows, a.cols)
	}
}

// checkTriangle: R is a triangle with R'R = A'A, column by column of its own size, and R·R⁻¹ = 1.
func checkTriangle(t *testing.T, a *matrix, f *factors) {
	t.Helper()
	inverse, _ := f.inverse()
	one := f.r.times(inverse)
	want, got := cross(a, a, 0, a.rows), cross(f.r, f.r, 0, a.cols)
	for i := range a.cols {
		for j := range a.cols {
			size := length(a.col(i)) * length(a.col(j))
			if math.Abs(want.at(i, j)-got.at(i, j)) > 1e-12*size {
				t.Fatalf("%d×%d: R'R is not A'A", a.rows, a.cols)
			}
			if j < i && f.r.at(i, j) != 0 {
				t.Fatalf("%d×%d: R is no triangle", a.rows, a.cols)
			}
		}
		if math.Abs(one.at(i, i)-1) > 1e-12 {
			t.Fatalf("%d×%d: R·R⁻¹ is not 1", a.rows, a.cols)
		}
	}
}

// checkSolution: what is left over is orthogonal to every column as far as rounding lets it be, and the
// solution is the library's where the columns determine it well.
func checkSolution(t *testing.T, rng *rand.Rand, a *matrix, f *factors, g *mat.Dense) {
	t.Helper()
	y := make([]float64, a.rows)
	for i := range y {
		y[i] = rng.NormFloat64()
	}
	x := f.solve(y)
	left, size := append([]float64(nil), y...), length(y)
	for j, v := range x {
		addScaled(left, -v, a.col(j))
		size += math.Abs(v) * length(a.col(j))
	}
	for j := range a.cols {
		if c := a.col(j); !(math.Abs(dot(c, left)) <= 1e-13*length(c)*size) {
			t.Fatalf("%d×%d: %g of column %d is left over", a.rows, a.cols, dot(c, left), j)
		}
	}
	var qr mat.QR
	qr.Factorize(g)
	want := mat.NewVecDense(a.cols, nil)
	err := qr.SolveVecTo(want, false, mat.NewVecDense(a.rows, y))
	if _, condition := f.inverse(); condition < 1e5 && (err != nil || differ(x, want.RawVector().Data, 1e-10)) {
		t.Fatalf("%d×%d: solution %v, want %v (%v)", a.rows, a.cols, x, want.RawVector().Data, err)
	}
}

// TestMatrixWithoutEnd: numbers that are not finite end nowhere, and quietly.
func TestMatrixWithoutEnd(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		a := newMatrix(3, 2)
		copy(a.data, []float64{1, bad, 2, 3, 4, 5})
		if s := decompose(a); s != nil && finite(s.values...) {
			t.Errorf("with %v the values are %v", bad, s.values)
		}
		if x := factorize(a).solve([]float64{1, 2, 3}); finite(x...) {
			t.Errorf("with %v the solution is %v", bad, x)
		}
	}
	if x := factorize(newMatrix(3, 2)).solve([]float64{1, 2, 3}); finite(x...) {
		t.Errorf("a matrix of zeros has the solution %v", x)
	}
	if got := length([]float64{3e200, 4e200}); math.Abs(got/5e200-1) > 1e-15 {
		t.Errorf("length = %g", got)
	}
}
