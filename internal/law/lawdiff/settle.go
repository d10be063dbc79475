package lawdiff

// near is how many kept words part two places of change, and how many before a place are looked at again. wide bounds what
// is looked at: beyond it a place stays as it was found.
const near, wide = 6, 600

// settle replaces each place of change by that of the equally short ways on which everything stands as near to the beginning
// as it can, first what was taken out: of many shortest ways it does not matter which one was found.
func (m *myers) settle() {
	last := 0 // in a, the end of the place before
	for i, j := 0, 0; i < len(m.a) || j < len(m.b); {
		if !m.changed(i, j) {
			i, j = i+1, j+1
			continue
		}
		n, o := m.end(i, j)
		back := 0
		for back < near && i-back > last && j-back > 0 {
			back++
		}
		m.anew(i-back, n, j-back, o)
		i, j, last = n, o, n
	}
}

func (m *myers) changed(i, j int) bool {
	return i < len(m.a) && m.out[i] || j < len(m.b) && m.in[j]
}

// end is where a place of change ends that begins at i and j.
func (m *myers) end(i, j int) (n, o int) {
	for kept := 0; kept < near && (i < len(m.a) || j < len(m.b)); {
		switch {
		case i < len(m.a) && m.out[i]:
			i, kept = i+1, 0
			n, o = i, j
		case j < len(m.b) && m.in[j]:
			j, kept = j+1, 0
			n, o = i, j
		default:
			i, j, kept = i+1, j+1, kept+1
		}
	}
	return n, o
}

// anew finds the way through a[i:n] and b[j:o] on which edits come as early as they can, in O((n-i)·(o-j)).
func (m *myers) anew(i, n, j, o int) {
	height, width := n-i, o-j
	if height > wide || width > wide {
		return
	}
	row := width + 1
	if need := (height + 1) * row; cap(m.left) < need {
		m.left = make([]uint16, need)
	}
	left := m.left[:(height+1)*row] // the edits that are left from a place to the end
	for x := height; x >= 0; x-- {
		for y := width; y >= 0; y-- {
			at := x*row + y
			switch {
			case x == height:
				left[at] = uint16(width - y)
			case y == width:
				left[at] = uint16(height - x)
			case m.a[i+x] == m.b[j+y]:
				left[at] = left[at+row+1]
			default:
				left[at] = 1 + min(left[at+row], left[at+1])
			}
		}
	}
	for x, y := 0, 0; x < height || y < width; {
		at := x*row + y
		switch {
		case x < height && left[at] == left[at+row]+1:
			m.out[i+x] = true
			x++
		case y < width && left[at] == left[at+1]+1:
			m.in[j+y] = true
			y++
		default:
			m.out[i+x], m.in[j+y] = false, false
			x, y = x+1, y+1
		}
	}
}
