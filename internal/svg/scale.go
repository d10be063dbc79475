package svg

import "math"

// scale maps values onto a vertical axis between two ends.
type scale struct {
	lo, hi      float64   // ends of the axis in data units, hi > lo
	top, bottom float64   // the same ends in drawing units
	ticks       []float64 // from lo to hi
}

func (s scale) y(v float64) float64 {
	v = min(max(v, s.lo), s.hi)
	return s.bottom - (v-s.lo)/(s.hi-s.lo)*(s.bottom-s.top)
}

// newScale chooses round ticks (1, 2, 5 times a power of ten) that enclose the data.
func newScale(axis Axis, lo, hi float64, want int) scale {
	if !axis.Float {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if axis.Max > hi {
		hi = axis.Max
	}
	if least := max(math.Abs(lo), math.Abs(hi)) * 1e-6; hi-lo < max(least, 1e-9) {
		hi = lo + max(1, least) // a flat series still needs an axis, in steps a float can hold
	}
	step := niceStep((hi - lo) / float64(want))
	if axis.Unit == Count && axis.Decimals == 0 {
		step = max(step, 1)
	}
	s := scale{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step}
	for i := range int(math.Round((s.hi-s.lo)/step)) + 1 {
		s.ticks = append(s.ticks, math.Round((s.lo+float64(i)*step)/step)*step)
	}
	return s
}

// niceStep returns the smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below raw.
func niceStep(raw float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range [...]float64{1, 2, 2.5, 5} {
		if m*base >= raw*(1-1e-9) {
			if m == 2.5 && base <= 1 {
				continue // quarters of one read badly
			}
			return m * base
		}
	}
	return 10 * base
}

// decimals returns how many decimals a step of this size needs in order to be read exactly,
// at most six.
func decimals(step float64) int {
	for d := range 6 {
		p := math.Pow(10, float64(d))
		if math.Abs(step*p-math.Round(step*p)) < 1e-6 {
			return d
		}
	}
	return 6
}
