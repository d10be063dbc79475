package mse

import "context"

// Code says whether the extended maximum likelihood estimate of a model exists and is unique.
type Code uint8

// The existence codes, numbered as in Chan, Silverman and Vincent.
const (
	// Exists: the estimate exists and is unique.
	Exists Code = 0
	// NoMaximum: the likelihood has no maximum; some fitted mean would have to be 0.
	NoMaximum Code = 1
	// NotIdentifiable: several parameter vectors fit equally well.
	NotIdentifiable Code = 2
	// NeitherHolds: both 1 and 2.
	NeitherHolds Code = 3
)

// String returns the code in English words.
func (c Code) String() string {
	switch c {
	case Exists:
		return "the estimate exists"
	case NoMaximum:
		return "the likelihood has no maximum (existence code 1)"
	case NotIdentifiable:
		return "the parameters are not identifiable (existence code 2)"
	case NeitherHolds:
		return "the likelihood has no maximum and the parameters are not identifiable (existence code 3)"
	}
	return "unknown existence code"
}

// Existence says whether the model has an extended maximum likelihood estimate on the table.
//
// A term whose lists share nobody (N* = 0) has the estimate minus infinity: it leaves the model and
// the cells that contain it leave the table. With A the matrix of the remaining terms by the remaining
// cells and t = A·N the sufficient statistics, the linear programme
//
//	maximise s  subject to  A·x = t,  x ≥ s,  s ≥ 0
//
// has optimum 0 exactly when the estimate does not exist (Fienberg and Rinaldo,
// doi:10.1214/12-AOS986); substituting x = s + y leaves one row for each term. The parameters are
// identifiable when A has full row rank. Errors are [BadTable], [BadModel], the cap of the simplex
// method ([NotConverged]), or that of ctx. Cost: about 3p pivots of O(p·2ᵗ) for p terms and t lists.
func Existence(ctx context.Context, t Table, m Model) (Code, error) {
	k, err := prepared(t, m)
	if err != nil {
		return 0, err
	}
	return k.existence(ctx)
}

// prepared checks table and model and returns a kernel with both.
func prepared(t Table, m Model) (*kernel, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if err := m.check(t); err != nil {
		return nil, err
	}
	k := newKernel(len(t.lists))
	k.load(t)
	k.set(m)
	return k, nil
}

// existence decides the code of the model that is set, exactly but for rounding in the simplex.
func (k *kernel) existence(ctx context.Context) (Code, error) {
	cells := make([]int, 0, len(k.y))
	full := true
	for w := 1; w < len(k.y); w++ {
		if !k.dead || k.live[w] > 0 {
			cells = append(cells, w)
			full = full && k.y[w] > 0
		}
	}
	lp := newProgramme(len(k.terms), len(cells))
	for i, term := range k.terms {
		for j, w := range cells {
			if History(w).Contains(term) {
				lp.set(i, j)
			}
		}
		lp.right(i, k.sum[term])
	}
	rank, err := lp.feasible(ctx)
	if err != nil {
		return 0, err
	}
	code := Exists
	if rank < len(k.terms) {
		code = NotIdentifiable
	}
	if full { // the counts themselves are a feasible x > 0
		return code, nil
	}
	positive, err := lp.positive(ctx)
	if err != nil {
		return 0, err
	}
	if !positive {
		code |= NoMaximum
	}
	return code, nil
}

// settle fits the model that is set, from the present alpha, and returns its existence code. The
// exact check runs only when the fit itself does not prove existence.
func (k *kernel) settle(ctx context.Context) (Code, error) {
	if k.newton(true) && k.certified() {
		return Exists, nil
	}
	code, err := k.existence(ctx)
	if err != nil || code != Exists {
		return code, err
	}
	if k.newton(false) || k.start() && k.newton(false) {
		return Exists, nil
	}
	return 0, &Error{Problem: NotConverged, Reason: "the likelihood could not be maximised; look for a mistyped count"}
}

// fresh is settle from a cold start.
func (k *kernel) fresh(ctx context.Context) (Code, error) {
	if !k.start() {
		clear(k.alpha)
	}
	return k.settle(ctx)
}
