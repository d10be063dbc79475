package figure

// State tells what kind of knowledge a Value is. Its zero value is Missing, so that a Value nobody
// filled in can never be read as the number zero.
type State uint8

// The states of a figure.
const (
	// Missing: nothing was published. It is not zero, and a sum with it is not a total.
	Missing State = iota
	// Known: one number was published.
	Known
	// Range: the office published a bound, such as "<5".
	Range
	// Disputed: the same source published the cell more than once with different values; the
	// interval is the smallest that holds all of them.
	Disputed
)

// String returns "missing", "exact", "range" or "disputed".
func (s State) String() string {
	switch s {
	case Known:
		return "exact"
	case Range:
		return "range"
	case Disputed:
		return "disputed"
	default:
		return "missing"
	}
}

// Value is one published figure: what it may be, and how it is known. When State is Missing the
// interval has no meaning and is zero.
type Value struct {
	Interval
	State State
}

// Of returns the known value x.
func Of(x float64) Value { return Value{Exact(x), Known} }

// Within returns a value known only to lie between lo and hi; when they are equal it is Known.
func Within(lo, hi float64) Value {
	if lo == hi {
		return Of(lo)
	}
	return Value{Between(lo, hi), Range}
}

// IsMissing reports whether nothing was published.
func (v Value) IsMissing() bool { return v.State == Missing }

// String writes the interval as [Interval.String] does, or "missing".
func (v Value) String() string {
	if v.State == Missing {
		return "missing"
	}
	return v.Interval.String()
}

// Plus returns v+w. With a missing term the sum is missing: use [Total] to add up what there is
// and to be told what there is not.
func (v Value) Plus(w Value) Value {
	if v.State == Missing || w.State == Missing {
		return Value{}
	}
	return Value{v.Add(w.Interval), weaker(v.State, w.State)}
}

// Minus returns v-w, varied independently; missing when either is.
func (v Value) Minus(w Value) Value {
	if v.State == Missing || w.State == Missing {
		return Value{}
	}
	return Value{v.Sub(w.Interval), weaker(v.State, w.State)}
}

// ShareOf returns v/(v+rest) as [Share] does; missing when either is or when there is nothing.
func (v Value) ShareOf(rest Value) Value {
	if v.State == Missing || rest.State == Missing {
		return Value{}
	}
	i, ok := Share(v.Interval, rest.Interval)
	if !ok {
		return Value{}
	}
	return Value{i, settle(weaker(v.State, rest.State), i)}
}

// RateOf returns v per base as [Rate] does; missing when either is or when base may be zero.
func (v Value) RateOf(base Value, per float64) Value {
	if v.State == Missing || base.State == Missing {
		return Value{}
	}
	i, ok := Rate(v.Interval, base.Interval, per)
	if !ok {
		return Value{}
	}
	return Value{i, settle(weaker(v.State, base.State), i)}
}

// Dispute merges two publications of one cell. Equal values stay as they are; different ones give
// their hull, marked Disputed. A missing one yields to the other.
func (v Value) Dispute(w Value) Value {
	switch {
	case v == w || w.State == Missing:
		return v
	case v.State == Missing:
		return w
	default:
		return Value{v.Hull(w.Interval), Disputed}
	}
}

// Total adds the values that are not missing and returns how many those were. With none of them
// the total is missing, not zero. O(n).
func Total(values ...Value) (total Value, reported int) {
	for _, v := range values {
		if v.State == Missing {
			continue
		}
		if reported++; reported == 1 {
			total = v
			continue
		}
		total = total.Plus(v)
	}
	return total, reported
}

// weaker returns the state that says less: a sum with one suppressed part is a range, with one
// disputed part it is disputed.
func weaker(a, b State) State { return max(a, b) }

// settle keeps a range that happens to be one point (a share of nought) from being called a range.
func settle(s State, i Interval) State {
	if s == Range && i.IsExact() {
		return Known
	}
	return s
}

// PartOf returns the share of v in the total w of which it is a part, both counts as published:
// between v.Lo/w.Hi and v.Hi/w.Lo and never above 1. It is missing when either is, or when the
// total may be nought.
func (v Value) PartOf(w Value) Value {
	if v.State == Missing || w.State == Missing || w.Lo <= 0 || v.Lo < 0 {
		return Value{}
	}
	i := Interval{min(1, v.Lo/w.Hi), min(1, v.Hi/w.Lo)}
	return Value{i, settle(weaker(v.State, w.State), i)}
}
