package mse

import (
	"math/big"
	"math/rand/v2"
	"os"
	"testing"
)

// rational is the programme of [Existence] in exact arithmetic, solved by the two-phase simplex method
// with Bland's rule, written apart from the code it checks.
type rational struct {
	a     [][]*big.Rat // rows × (cells, margin, artificials, right side)
	cells int
	basis []int
}

func newRational(k *kernel) *rational {
	var cells []History
	for w := History(1); int(w) < len(k.y); w++ {
		ok := true
		for _, e := range k.empty {
			ok = ok && !w.Contains(e)
		}
		if ok {
			cells = append(cells, w)
		}
	}
	r := &rational{cells: len(cells)}
	for i, term := range k.terms {
		row := make([]*big.Rat, len(cells)+1+len(k.terms)+1)
		for j := range row {
			row[j] = new(big.Rat)
		}
		total := int64(0)
		for j, w := range cells {
			if w.Contains(term) {
				row[j].SetInt64(1)
				total++
			}
		}
		row[len(cells)].SetInt64(total)
		row[len(cells)+1+i].SetInt64(1)
		row[len(row)-1].SetFloat64(k.sum[term])
		r.a = append(r.a, row)
		r.basis = append(r.basis, len(cells)+1+i)
	}
	return r
}

// maximise brings the objective to its maximum over the first allowed columns.
func (r *rational) maximise(objective []*big.Rat, allowed int) *big.Rat {
	for {
		enter := -1
		for j := range allowed {
			if r.reduced(objective, j).Sign() > 0 {
				enter = j
				break
			}
		}
		if enter < 0 {
			break
		}
		leave := -1
		var best *big.Rat
		for i, row := range r.a {
			if row[enter].Sign() <= 0 {
				continue
			}
			ratio := new(big.Rat).Quo(row[len(row)-1], row[enter])
			if leave < 0 || ratio.Cmp(best) < 0 || ratio.Cmp(best) == 0 && r.basis[i] < r.basis[leave] {
				leave, best = i, ratio
			}
		}
		if leave < 0 {
			panic("unbounded")
		}
		r.pivot(leave, enter)
	}
	value := new(big.Rat)
	for i, row := range r.a {
		value.Add(value, new(big.Rat).Mul(objective[r.basis[i]], row[len(row)-1]))
	}
	return value
}

func (r *rational) reduced(objective []*big.Rat, j int) *big.Rat {
	v := new(big.Rat).Set(objective[j])
	for i, row := range r.a {
		v.Sub(v, new(big.Rat).Mul(objective[r.basis[i]], row[j]))
	}
	return v
}

func (r *rational) pivot(i, j int) {
	scale := new(big.Rat).Inv(r.a[i][j])
	for _, v := range r.a[i] {
		v.Mul(v, scale)
	}
	for o, row := range r.a {
		if o == i || row[j].Sign() == 0 {
			continue
		}
		f := new(big.Rat).Set(row[j])
		for l, v := range row {
			v.Sub(v, new(big.Rat).Mul(f, r.a[i][l]))
		}
	}
	r.basis[i] = j
}

// code solves the programme.
func (r *rational) code(t *testing.T) Code {
	width := len(r.a[0]) - 1
	objective := make([]*big.Rat, width)
	for j := range objective {
		objective[j] = new(big.Rat)
		if j > r.cells {
			objective[j].SetInt64(-1)
		}
	}
	if v := r.maximise(objective, r.cells+1); v.Sign() != 0 {
		t.Fatalf("the counts are no solution: %v", v)
	}
	code := Exists
	kept := r.a[:0]
	var basis []int
	for i := 0; i < len(r.a); i++ {
		if r.basis[i] > r.cells {
			at := -1
			for j := range r.cells + 1 {
				if r.a[i][j].Sign() != 0 {
					at = j
					break
				}
			}
			if at < 0 { // the row depends on others
				code = NotIdentifiable
				continue
			}
			r.pivot(i, at)
		}
		kept, basis = append(kept, r.a[i]), append(basis, r.basis[i])
	}
	r.a, r.basis = kept, basis
	for j := range objective {
		objective[j] = new(big.Rat)
	}
	objective[r.cells].SetInt64(1)
	if r.maximise(objective, r.cells+1).Sign() == 0 {
		code |= NoMaximum
	}
	return code
}

// TestExistenceExactly compares the code, both from the linear programme and from the fit that proves
// existence by itself, with exact arithmetic on small random tables.
func TestExistenceExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 3))
	seen := map[Code]int{}
	trials := 1500
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		trials = 20000
	}
	for trial := range trials {
		lists := 2 + rng.IntN(3)
		k := newKernel(lists)
		zeros := rng.Float64()
		for w := 1; w < len(k.y); w++ {
			if rng.Float64() > zeros {
				k.y[w] = float64(1 + rng.IntN(3))
			}
		}
		k.count()
		if k.n == 0 {
			continue
		}
		var terms []History
		for range rng.IntN(5) {
			terms = append(terms, History(rng.IntN(1<<lists)))
		}
		m := NewModel(terms...)
		k.set(m)
		want := newRational(k).code(t)
		seen[want]++
		got, err := k.existence(t.Context())
		if err != nil || got != want {
			t.Fatalf("trial %d: model %s on %v: code %d (%v), exactly %d", trial, m.Notation(lists), k.y, got, err, want)
		}
		if got, err = k.fresh(t.Context()); err != nil || got != want {
			t.Fatalf("trial %d: model %s on %v: fitting says %d (%v), exactly %d", trial, m.Notation(lists), k.y, got, err, want)
		}
	}
	for code := range NeitherHolds + 1 {
		if seen[code] < 20 {
			t.Errorf("code %d occurred %d times only: the test shows little", code, seen[code])
		}
	}
	t.Log(seen)
}
