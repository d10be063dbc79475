package importer

import "github.com/fourfold/fourfold/internal/evaluation/indicator/figure"

// value reads value, lower, upper and status together.
func (f *generic) value(p *pass, r record, m *measure) (figure.Value, bool) {
	status, ok := f.cell(p, r, colStatus)
	if !ok {
		return figure.Value{}, false
	}
	has := func(c int) bool { return f.cols[c] >= 0 && r.fields[f.cols[c]] != "" }
	bounds := has(colLower) || has(colUpper)
	switch status {
	case "missing":
		if has(colValue) || bounds {
			p.bad("status", status, "the status is missing and there is a number", nil, "Delete one of them.")
			return figure.Value{}, false
		}
		return figure.Value{}, true
	case "", "exact", "range", "disputed":
	default:
		p.unknown("status", status, []string{"disputed", "exact", "missing", "range"})
		return figure.Value{}, false
	}
	v, ok := f.number(p, r, m, has(colValue), bounds)
	if !ok {
		return figure.Value{}, false
	}
	return f.state(p, status, v)
}

// number reads either value or both bounds.
func (f *generic) number(p *pass, r record, m *measure, single, bounds bool) (figure.Value, bool) {
	n := figure.Notation{Least: 1, Fractions: m.Fractions}
	switch {
	case single && bounds:
		p.bad("value", r.fields[f.cols[colValue]], "there is a value and a bound", nil, "Give either value, or lower and upper.")
		return figure.Value{}, false
	case single:
		return p.value(r, f.cols[colValue], n)
	case !bounds:
		p.bad("value", "", "there is no number", nil, "Write the number, or the status missing: missing is not nought.")
		return figure.Value{}, false
	case f.cols[colLower] < 0 || f.cols[colUpper] < 0:
		p.bad("lower", "", "only one of the bounds is there", nil, "Give lower and upper.")
		return figure.Value{}, false
	}
	lo, ok1 := p.value(r, f.cols[colLower], n)
	hi, ok2 := p.value(r, f.cols[colUpper], n)
	if !ok1 || !ok2 {
		return figure.Value{}, false
	}
	if lo.Hi > hi.Lo {
		p.bad("upper", r.fields[f.cols[colUpper]], "the upper bound is below the lower one", nil, "Swap them.")
		return figure.Value{}, false
	}
	return figure.Value{Interval: figure.Between(lo.Lo, hi.Hi), State: figure.Range}, true
}

// state makes number and status agree.
func (f *generic) state(p *pass, status string, v figure.Value) (figure.Value, bool) {
	switch {
	case status == "exact" && !v.IsExact():
		p.bad("status", status, "the status is exact and the figure is a range", nil, "Write the status range.")
		return figure.Value{}, false
	case status == "disputed":
		v.State = figure.Disputed
	case status == "range":
		v.State = figure.Range
	}
	return v, true
}
