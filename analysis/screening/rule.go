package screening

// Rule says when a dimension is positive: when any of its lines holds.
//
// The rule of the Delphi lists (ILO and European Commission, Operational indicators of trafficking
// in human beings, 2009) is: two strong; or one strong and one medium or weak; or three medium; or
// two medium and one weak. It is no sum: any number of weak ones alone shows nothing.
type Rule struct {
	Sources []string `json:"sources"`
	Lines   []Line   `json:"lines"`
}

// Line is one way to be positive: at least so many indicators of each strength present, 0 to 10.
// MediumOrWeak counts those beyond the ones that Medium and Weak take.
type Line struct {
	Code         string `json:"code"`
	Label        string `json:"label"` // text
	Strong       int    `json:"strong,omitempty"`
	Medium       int    `json:"medium,omitempty"`
	Weak         int    `json:"weak,omitempty"`
	MediumOrWeak int    `json:"medium_or_weak,omitempty"`
}

// Counts are how many indicators of each strength are present. They stand in a result to show what
// a line of the rule rests on; adding them up means nothing.
type Counts struct {
	Strong int `json:"strong"`
	Medium int `json:"medium"`
	Weak   int `json:"weak"`
}

// Holds reports whether the line is met. It is monotone: more never undoes it.
func (l Line) Holds(c Counts) bool {
	return c.Strong >= l.Strong && c.Medium >= l.Medium && c.Weak >= l.Weak &&
		(c.Medium-l.Medium)+(c.Weak-l.Weak) >= l.MediumOrWeak
}

// Met returns the position of the first line that the counts meet, or -1.
func (r Rule) Met(c Counts) int {
	for i, l := range r.Lines {
		if l.Holds(c) {
			return i
		}
	}
	return -1
}

// strengths in the order strong, medium, weak.
var strengthNames = [...]string{"strong", "medium", "weak"}

// strengthOf is 0 to 2, or -1 for an indicator that is not rated.
func strengthOf(name string) int {
	for i, s := range strengthNames {
		if s == name {
			return i
		}
	}
	return -1
}

// triple holds counts by strength.
type triple [3]int

func (t triple) counts() Counts { return Counts{Strong: t[0], Medium: t[1], Weak: t[2]} }

func (t triple) plus(o triple) triple { return triple{t[0] + o[0], t[1] + o[1], t[2] + o[2]} }

// ceiling is the count of each strength above which no line of the rule looks.
func (r Rule) ceiling() triple {
	var most triple
	for _, l := range r.Lines {
		most[0] = max(most[0], l.Strong)
		most[1] = max(most[1], l.Medium+l.MediumOrWeak)
		most[2] = max(most[2], l.Weak+l.MediumOrWeak)
	}
	return most
}

// pivots finds, for each strength, the fewest unanswered indicators that together turn the dimension
// positive and of which one of that strength cannot be left out; 0 when there is no such set, so
// that the answer to an indicator of that strength changes nothing.
//
// It tries every count up to the ceiling of the rule, which is exact because no line looks above it:
// at most 48 combinations for the Delphi rule, whatever the number of indicators.
func (r Rule) pivots(present, unanswered triple) triple {
	var fewest, most triple
	top := r.ceiling()
	for k := range most {
		most[k] = min(unanswered[k], max(top[k]-present[k], 0))
	}
	var add triple
	for add[0] = 0; add[0] <= most[0]; add[0]++ {
		for add[1] = 0; add[1] <= most[1]; add[1]++ {
			for add[2] = 0; add[2] <= most[2]; add[2]++ {
				r.pivot(present, add, most, &fewest)
			}
		}
	}
	return fewest
}

// pivot tries one more of each strength on top of what is present and added.
func (r Rule) pivot(present, add, most triple, fewest *triple) {
	if r.Met(present.plus(add).counts()) >= 0 {
		return
	}
	n := add[0] + add[1] + add[2] + 1
	for k := range add {
		if add[k] >= most[k] || fewest[k] != 0 && fewest[k] <= n {
			continue
		}
		more := add
		more[k]++
		if r.Met(present.plus(more).counts()) >= 0 {
			fewest[k] = n
		}
	}
}
