package lawdiff

// myers finds a shortest way from one list of codes to another.
type myers struct {
	a, b              []int32
	out, in           []bool
	forward, backward []int // furthest places by diagonal
	left              []uint16
}

// between marks what differs of a[i:n] and b[j:m].
func (m *myers) between(i, n, j, o int) {
	for i < n && j < o && m.a[i] == m.b[j] {
		i, j = i+1, j+1
	}
	for i < n && j < o && m.a[n-1] == m.b[o-1] {
		n, o = n-1, o-1
	}
	switch {
	case i == n:
		for ; j < o; j++ {
			m.in[j] = true
		}
	case j == o:
		for ; i < n; i++ {
			m.out[i] = true
		}
	default:
		x, y := m.middle(i, n, j, o)
		m.between(i, x, j, y)
		m.between(x, n, y, o)
	}
}

// middle returns a point on a shortest way, neither its beginning nor its end. Both ranges hold something, and neither
// their first nor their last codes are equal, so that at least two edits are needed.
func (m *myers) middle(i, n, j, o int) (x, y int) {
	width, height := n-i, o-j
	delta := width - height
	// Diagonal k, x-y, stands at k+off. No way leads to a place that holds -1.
	off := height + 1
	f, b := m.forward[:width+height+3], m.backward[:width+height+3]
	for k := range f {
		f[k], b[k] = -1, -1
	}
	for d := 0; ; d++ {
		for k := max(-d, -height+(d+height)&1); k <= min(d, width); k += 2 {
			x := step(f[off+k-1:off+k+2], d, k, width, height)
			for x >= 0 && x < width && x-k < height && m.a[i+x] == m.b[j+x-k] {
				x++
			}
			f[off+k] = x
			if to := delta - k; delta&1 != 0 && to > -d && to < d && x >= 0 && b[off+to] >= 0 && x+b[off+to] >= width {
				return i + x, j + x - k
			}
		}
		for k := max(-d, -height+(d+height)&1); k <= min(d, width); k += 2 {
			x := step(b[off+k-1:off+k+2], d, k, width, height)
			for x >= 0 && x < width && x-k < height && m.a[n-1-x] == m.b[o-1-x+k] {
				x++
			}
			b[off+k] = x
			if to := delta - k; delta&1 == 0 && to >= -d && to <= d && x >= 0 && f[off+to] >= 0 && x+f[off+to] >= width {
				return n - x, o - x + k
			}
		}
	}
}

// step is where the d-th edit leads on diagonal k, or -1: from the diagonal before by taking a word out, from the one after
// by putting one in.
func step(beside []int, d, k, width, height int) int {
	if d == 0 {
		return 0
	}
	x := -1
	if before := beside[0]; before >= 0 && before < width {
		x = before + 1
	}
	if after := beside[2]; after >= 0 && after-k <= height {
		x = max(x, after)
	}
	return x
}
