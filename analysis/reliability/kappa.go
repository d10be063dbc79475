package reliability

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// KappaResult is the result of [Kappa]. Every number in it is finite.
type KappaResult struct {
	// Kappa is 1 for perfect agreement, 0 for what chance would give, and can be negative.
	Kappa float64
	// SE is the large-sample standard error, Lower and Upper the interval of it at Level, cut at −1 and 1.
	SE, Lower, Upper float64
	Level            float64
	// Observed and Expected are the shares of agreement in fact and by chance.
	Observed, Expected float64
	// Units coded by both, and Dropped units that were not.
	Units, Dropped int
	// Table[a][b] counts units that the first coder put in a and the second in b.
	Table [][]int
}

// Kappa computes Cohen's kappa of two coders,
//
//	κ = (p_o − p_e)/(1 − p_e)    p_o = Σ p_kk    p_e = Σ p_k.·p_.k
//
// (doi:10.1177/001316446002000104) with the standard error of Fleiss, Cohen and Everitt
// (doi:10.1037/h0028106):
//
//	SE² = (Σ p_kk·(1 − (p_k. + p_.k)·(1−κ))² + (1−κ)²·Σ_{a≠b} p_ab·(p_.a + p_b.)² − (κ − p_e·(1−κ))²) / (N·(1−p_e)²)
//
// first and second are coder indices. level is the confidence level; 0 means 0.95. Units that one
// of them did not code are left out. Prefer alpha for few units, more coders or ordered categories.
//
// Errors, all of type [*Error]: as [Alpha], and a coder that does not exist or is named twice.
// Cost: O(units + categories²).
func Kappa(r Ratings, first, second int, level float64) (*KappaResult, error) {
	coders, err := r.coders()
	if err != nil {
		return nil, err
	}
	if first < 0 || second < 0 || first >= coders || second >= coders || first == second {
		return nil, &Error{Problem: BadShape, Unit: -1, Coder: -1, Reason: "kappa needs two different coders of the table"}
	}
	if level = cmp.Or(level, 0.95); !(level > 0 && level < 1) {
		return nil, badSetting("Level", "%g is not between 0 and 1", level)
	}
	e := &KappaResult{Level: level, Table: make([][]int, len(r.Categories))}
	for k := range e.Table {
		e.Table[k] = make([]int, len(r.Categories))
	}
	for _, row := range r.Codes {
		if row[first] == Missing || row[second] == Missing {
			e.Dropped++
			continue
		}
		e.Table[row[first]][row[second]]++
		e.Units++
	}
	if e.Units == 0 {
		return nil, noPairs()
	}
	if !e.measure() {
		return nil, noVariation()
	}
	return e, nil
}

// measure fills the figures from the table; false when chance agreement is certain.
func (e *KappaResult) measure() bool {
	k, n := len(e.Table), float64(e.Units)
	row, col := make([]float64, k), make([]float64, k)
	for a := range k {
		for b := range k {
			p := float64(e.Table[a][b]) / n
			row[a] += p
			col[b] += p
		}
		e.Observed += float64(e.Table[a][a]) / n
	}
	for a := range k {
		e.Expected += row[a] * col[a]
	}
	free := 1 - e.Expected
	if free < 1e-12 {
		return false
	}
	e.Kappa = (e.Observed - e.Expected) / free
	loss := 1 - e.Kappa
	sum := -(e.Kappa - e.Expected*loss) * (e.Kappa - e.Expected*loss)
	for a := range k {
		for b := range k {
			p := float64(e.Table[a][b]) / n
			if a == b {
				d := 1 - (row[a]+col[a])*loss
				sum += p * d * d
				continue
			}
			d := (col[a] + row[b]) * loss
			sum += p * d * d
		}
	}
	e.SE = math.Sqrt(max(sum, 0)/n) / free
	half := mathext.NormalQuantile((1+e.Level)/2) * e.SE
	e.Lower, e.Upper = max(-1, e.Kappa-half), min(1, e.Kappa+half)
	return true
}
