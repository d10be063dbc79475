package causal

import "math"

// matrix holds numbers row by row.
type matrix struct {
	rows, cols int
	data       []float64
}

func newMatrix(rows, cols int) *matrix {
	return &matrix{rows: rows, cols: cols, data: make([]float64, rows*cols)}
}

func (a *matrix) at(i, j int) float64     { return a.data[i*a.cols+j] }
func (a *matrix) set(i, j int, v float64) { a.data[i*a.cols+j] = v }

// row returns the numbers of a row, not a copy.
func (a *matrix) row(i int) []float64 { return a.data[i*a.cols : (i+1)*a.cols] }

// col returns a copy of a column.
func (a *matrix) col(j int) []float64 {
	c := make([]float64, a.rows)
	for i := range c {
		c[i] = a.at(i, j)
	}
	return c
}

func (a *matrix) transposed() *matrix {
	t := newMatrix(a.cols, a.rows)
	for i := range a.rows {
		for j, v := range a.row(i) {
			t.set(j, i, v)
		}
	}
	return t
}

// times returns a·b.
func (a *matrix) times(b *matrix) *matrix {
	c := newMatrix(a.rows, b.cols)
	for i := range a.rows {
		to := c.row(i)
		for k, v := range a.row(i) {
			if v != 0 {
				addScaled(to, v, b.row(k))
			}
		}
	}
	return c
}

// cross returns Σ aᵢ₊ₗ·bᵢ' over n rows: a'b for lag 0 and all rows.
func cross(a, b *matrix, lag, n int) *matrix {
	c := newMatrix(a.cols, b.cols)
	for i := range n {
		for k, v := range a.row(i + lag) {
			addScaled(c.row(k), v, b.row(i))
		}
	}
	return c
}

// scaled returns c·a.
func (a *matrix) scaled(c float64) *matrix {
	s := newMatrix(a.rows, a.cols)
	addScaled(s.data, c, a.data)
	return s
}

// addScaled adds c·from to to.
func addScaled(to []float64, c float64, from []float64) {
	for i, v := range from {
		to[i] += c * v
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// length returns the Euclidean length, also where the squares leave the finite numbers.
func length(x []float64) float64 {
	largest := 0.0
	for _, v := range x {
		if math.IsNaN(v) {
			return v
		}
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 || math.IsInf(largest, 1) {
		return largest
	}
	sum := 0.0
	for _, v := range x {
		sum += (v / largest) * (v / largest)
	}
	return largest * math.Sqrt(sum)
}

// factors are those of A = QR, by Householder reflections (Golub and Van Loan, Matrix Computations,
// 4th ed., 5.2.2), for at least as many rows as columns. Cost: O(n·p²).
type factors struct {
	r       *matrix     // p×p upper triangle
	reflect [][]float64 // unit vectors; the j-th begins at row j; nil where nothing is reflected
}

func factorize(a *matrix) *factors {
	n, p := a.rows, a.cols
	f := &factors{r: newMatrix(p, p), reflect: make([][]float64, p)}
	columns := make([][]float64, p)
	for j := range p {
		columns[j] = a.col(j)
	}
	for j := range p {
		v := append([]float64(nil), columns[j][j:n]...)
		if size := length(v); size != 0 {
			v[0] += math.Copysign(size, v[0])
			unit(v)
			f.reflect[j] = v
		}
		for k := j; k < p; k++ {
			f.mirror(j, columns[k])
			f.r.set(j, k, columns[k][j])
		}
	}
	return f
}

// unit divides x by its length.
func unit(x []float64) {
	size := length(x)
	for i := range x {
		x[i] /= size
	}
}

// mirror applies the j-th reflection to x.
func (f *factors) mirror(j int, x []float64) {
	if v := f.reflect[j]; v != nil {
		addScaled(x[j:], -2*dot(v, x[j:]), v)
	}
}

// solve returns the x of least |Ax − y|. Its numbers are not finite where R is singular.
func (f *factors) solve(y []float64) []float64 {
	y = append([]float64(nil), y...)
	for j := range f.reflect {
		f.mirror(j, y)
	}
	x := y[:f.r.cols]
	for i := f.r.cols - 1; i >= 0; i-- {
		row := f.r.row(i)
		x[i] = (x[i] - dot(row[i+1:], x[i+1:])) / row[i]
	}
	return x
}

// inverse returns R⁻¹ and the condition number |R|·|R⁻¹| by largest row sums. The numbers are not
// finite where R is singular.
func (f *factors) inverse() (*matrix, float64) {
	p := f.r.cols
	inv := newMatrix(p, p)
	for i := p - 1; i >= 0; i-- {
		row, to := f.r.row(i), inv.row(i)
		to[i] = 1
		for k := i + 1; k < p; k++ {
			addScaled(to, -row[k], inv.row(k))
		}
		for j := i; j < p; j++ {
			to[j] /= row[i]
		}
	}
	return inv, f.r.rowSum() * inv.rowSum()
}

// rowSum returns the largest sum of the absolute values of a row.
func (a *matrix) rowSum() float64 {
	largest := 0.0
	for i := range a.rows {
		sum := 0.0
		for _, v := range a.row(i) {
			sum += math.Abs(v)
		}
		largest = max(largest, sum)
	}
	return largest
}

// part returns a copy of the first rows and of the columns from until to.
func (a *matrix) part(rows, from, to int) *matrix {
	p := newMatrix(rows, to-from)
	for i := range rows {
		copy(p.row(i), a.row(i)[from:to])
	}
	return p
}
