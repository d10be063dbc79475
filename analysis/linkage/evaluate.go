package linkage

import (
	"math"
	"strings"
)

// Score compares links with a truth. It is for measuring only: nothing is learnt from it.
type Score struct {
	// True is how many pairs are of one person, Linked how many were linked, Right how many of these
	// are true, Compared how many of the true ones met a blocking rule.
	True, Linked, Right, Compared int64
	// Precision is Right/Linked, Recall Right/True, F1 their harmonic mean, BlockingRecall
	// Compared/True; 0 where the denominator is 0.
	Precision, Recall, F1, BlockingRecall float64
	// ClusterPrecision, ClusterRecall and ClusterF1 are those of all pairs within clusters.
	ClusterPrecision, ClusterRecall, ClusterF1 float64
	// Calibration says whether the probabilities hold.
	Calibration []Bin
}

// Bin is a range of probabilities with what became of its pairs.
type Bin struct {
	From, To float64
	Pairs    int64
	// Mean is the mean probability, Right the share of true pairs, Lower and Upper its 95 % interval
	// (Wilson 1927, doi:10.1080/01621459.1927.10502953).
	Mean, Right, Lower, Upper float64
}

// Evaluate scores a result against a label for each row: rows with the same label are one person, an
// empty label is a person of its own. It fails with BadTable when there is not one label a row.
// O(rows + links + true pairs).
func (r *Result) Evaluate(truth []string) (Score, error) {
	l := r.linker
	if len(truth) != l.rows {
		return Score{}, &Error{Problem: BadTable, Row: min(len(truth), l.rows), Term: "truth", Reason: "there must be one label for each row"}
	}
	same := func(a, b int) bool { return truth[a] == truth[b] && truth[a] != "" }
	var s Score
	people := map[string][]int{}
	for row, label := range truth {
		if label != "" {
			people[label] = append(people[label], row)
		}
	}
	for _, rows := range people {
		for i, a := range rows {
			for _, b := range rows[i+1:] {
				if l.across(uint32(a), uint32(b)) {
					s.True++
					if l.met(a, b) != 0 {
						s.Compared++
					}
				}
			}
		}
	}
	for _, k := range r.Links {
		s.Linked++
		if same(k.A, k.B) {
			s.Right++
		}
	}
	s.Precision, s.Recall, s.F1 = f1(s.Right, s.Linked, s.True)
	s.BlockingRecall = share(s.Compared, s.True)
	var within, right int64
	for _, c := range r.Clusters {
		for i, a := range c.Rows {
			for _, b := range c.Rows[i+1:] {
				if l.across(uint32(a), uint32(b)) {
					within++
					if same(a, b) {
						right++
					}
				}
			}
		}
	}
	s.ClusterPrecision, s.ClusterRecall, s.ClusterF1 = f1(right, within, s.True)
	s.Calibration = calibrate(append(r.Links[:len(r.Links):len(r.Links)], r.Review...), same)
	return s, nil
}

func f1(right, linked, all int64) (precision, recall, f float64) {
	return share(right, linked), share(right, all), share(2*right, linked+all)
}

func share(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// edges are the limits of the bins of a calibration report.
var edges = []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1}

// calibrate sorts pairs into bins by probability. Pairs judged by a person are left out.
func calibrate(links []Link, same func(a, b int) bool) []Bin {
	bins := make([]Bin, len(edges)-1)
	right := make([]float64, len(bins))
	for i := range bins {
		bins[i].From, bins[i].To = edges[i], edges[i+1]
	}
	for _, k := range links {
		if k.Decided != 0 {
			continue
		}
		i := len(bins) - 1
		for i > 0 && k.Probability < edges[i] {
			i--
		}
		bins[i].Pairs++
		bins[i].Mean += k.Probability
		if same(k.A, k.B) {
			right[i]++
		}
	}
	for i := range bins {
		if n := float64(bins[i].Pairs); n > 0 {
			bins[i].Mean /= n
			bins[i].Right = right[i] / n
			bins[i].Lower, bins[i].Upper = wilson(right[i], n)
		}
	}
	return bins
}

// wilson is the 95 % score interval of a share.
func wilson(k, n float64) (lower, upper float64) {
	const z = 1.959963984540054
	p := k / n
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))
}

// FebrlTruth turns the record ids of the FEBRL data sets ("rec-12-org", "rec-12-dup-3") into labels of
// persons ("12"). It says false when some id is not of that form. O(rows).
func FebrlTruth(ids []string) ([]string, bool) {
	labels := make([]string, len(ids))
	for i, id := range ids {
		rest, ok := strings.CutPrefix(id, "rec-")
		person, kind, found := strings.Cut(rest, "-")
		if !ok || !found || person == "" || kind != "org" && !strings.HasPrefix(kind, "dup-") {
			return nil, false
		}
		labels[i] = person
	}
	return labels, true
}
