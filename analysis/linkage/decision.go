package linkage

import (
	"math"
	"slices"
)

// Verdict is the judgement of a person on a pair.
type Verdict uint8

// The verdicts.
const (
	// Same: the two records are of one person.
	Same Verdict = iota + 1
	// Different: they are not.
	Different
	// NotSure: it cannot be told yet. The pair stays in the review and makes no cluster.
	NotSure
)

// String returns the verdict in English.
func (v Verdict) String() string {
	names := [...]string{"", "same", "different", "not sure"}
	if int(v) < len(names) && v > 0 {
		return names[v]
	}
	return "unknown"
}

// Decision is a judgement on a pair of rows. Decisions outrank figures: "same" makes a link and
// "different" forbids a cluster with both rows, whatever the probability.
type Decision struct {
	A, B    int
	Verdict Verdict
}

// leastDecisions of either kind are needed before the probabilities are moved.
const leastDecisions = 10

// Recalibration is how the decisions moved the probabilities: calibrated log odds are
// Shift + Slope·weight, in bits.
type Recalibration struct {
	Shift, Slope    float64
	Same, Different int
}

// checkDecisions looks for rows that are not there and judgements that contradict each other.
func (l *linker) checkDecisions() error {
	seen := map[[2]int]Verdict{}
	for i, d := range l.settings.Decisions {
		key := [2]int{min(d.A, d.B), max(d.A, d.B)}
		switch {
		case key[0] < 0 || key[1] >= l.rows:
			return badDecision(i, "it names row %d or %d; there are rows 0 to %d", d.A, d.B, l.rows-1)
		case d.A == d.B:
			return badDecision(i, "it names row %d twice", d.A)
		case d.Verdict < Same || d.Verdict > NotSure:
			return badDecision(i, "the verdict %d is not known", d.Verdict)
		case seen[key] != 0 && seen[key] != d.Verdict:
			return badDecision(i, "rows %d and %d are judged %v here and %v before", key[0], key[1], d.Verdict, seen[key])
		}
		seen[key] = d.Verdict
	}
	return nil
}

// decided maps pairs to judgements.
func (l *linker) decided() map[[2]int]Verdict {
	m := make(map[[2]int]Verdict, len(l.settings.Decisions))
	for _, d := range l.settings.Decisions {
		m[[2]int{min(d.A, d.B), max(d.A, d.B)}] = d.Verdict
	}
	return m
}

// judge sorts pairs into links and review, and adds the judged pairs that no rule found.
func (l *linker) judge(r *Result, found []Link) {
	decided := l.decided()
	for _, k := range found {
		key := [2]int{k.A, k.B}
		k.Decided = decided[key]
		delete(decided, key)
		l.place(r, k)
	}
	for key, verdict := range decided {
		if verdict != Different {
			weight := l.weightOf(key[0], key[1], l.compare(key[0], key[1]))
			l.place(r, Link{A: key[0], B: key[1], Weight: weight, Probability: l.tables.probability(weight), Decided: verdict})
		}
	}
	slices.SortFunc(r.Links, byChance)
	slices.SortFunc(r.Review, byChance)
}

func (l *linker) place(r *Result, k Link) {
	switch {
	case k.Decided == Same:
		k.Probability = 1
		r.Links = append(r.Links, k)
	case k.Decided == Different:
	case k.Decided == NotSure || k.Probability < l.settings.Threshold:
		r.Review = append(r.Review, k)
	default:
		r.Links = append(r.Links, k)
	}
}

// recalibrate fits log odds = shift + slope·weight to the judged pairs by penalised logistic
// regression (Platt 1999), which holds to shift 0 and slope 1 unless the decisions speak against it.
// At most 50 Newton steps.
func (l *linker) recalibrate() *Recalibration {
	var x []float64
	var y []bool
	r := Recalibration{}
	seen := map[[2]int]bool{}
	for _, d := range l.settings.Decisions {
		key := [2]int{min(d.A, d.B), max(d.A, d.B)}
		if d.Verdict == NotSure || seen[key] {
			continue
		}
		seen[key] = true
		if d.Verdict == Same {
			r.Same++
		} else {
			r.Different++
		}
		x = append(x, l.weightOf(key[0], key[1], l.compare(key[0], key[1])))
		y = append(y, d.Verdict == Same)
	}
	if min(r.Same, r.Different) < leastDecisions {
		return nil
	}
	r.Shift, r.Slope = logistic(x, y)
	l.tables.shift, l.tables.slope = r.Shift, r.Slope
	return &r
}

// judged compares the probabilities with the judgements "same" and "different".
func (l *linker) judged() []Bin {
	var links []Link
	decided := l.decided()
	for key, verdict := range decided {
		if verdict != NotSure {
			weight := l.weightOf(key[0], key[1], l.compare(key[0], key[1]))
			links = append(links, Link{A: key[0], B: key[1], Weight: weight, Probability: l.tables.probability(weight)})
		}
	}
	if links == nil {
		return nil
	}
	slices.SortFunc(links, byPlace)
	return calibrate(links, func(a, b int) bool { return decided[[2]int{a, b}] == Same })
}

// The strength with which shift and slope are held at 0 and 1.
const (
	holdShift = 0.05
	holdSlope = 2.0
)

func logistic(x []float64, y []bool) (shift, slope float64) {
	slope = 1
	for range 50 {
		g0, g1 := -holdShift*shift, -holdSlope*(slope-1)
		h00, h01, h11 := holdShift, 0.0, holdSlope
		for i, w := range x {
			w = max(-30, min(30, w))
			p := fromBits(shift + slope*w)
			e := -p
			if y[i] {
				e++
			}
			v := p * (1 - p) * math.Ln2
			g0 += e
			g1 += e * w
			h00 += v
			h01 += v * w
			h11 += v * w * w
		}
		det := h00*h11 - h01*h01
		d0, d1 := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		shift += max(-2, min(2, d0))
		slope = max(0.05, min(5, slope+max(-0.5, min(0.5, d1))))
		if math.Abs(d0)+math.Abs(d1) < 1e-9 {
			break
		}
	}
	return shift, slope
}
