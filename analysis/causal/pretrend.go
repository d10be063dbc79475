package causal

// preTrend regresses the rows before the date on group, time and their product:
//
//	y = α + β·treated + γ·t + δ·treated·t
func preTrend(ordered []GroupRow, s GroupSettings) PreTrend {
	var before []GroupRow
	times := [2]map[float64]bool{{}, {}}
	var sum, count [2]float64 // mean time before and after
	for _, r := range ordered {
		if r.Time >= s.At {
			sum[1], count[1] = sum[1]+r.Time, count[1]+1
			continue
		}
		sum[0], count[0] = sum[0]+r.Time, count[0]+1
		before = append(before, r)
		times[int(indicator(r.Treated))][r.Time] = true
	}
	if len(times[0]) < 3 || len(times[1]) < 3 {
		return PreTrend{}
	}
	// Time is measured from its own mean: only the slope is read, and it is the same.
	centre := sum[0] / count[0]
	x, y := newMatrix(len(before), 4), make([]float64, len(before))
	for i, r := range before {
		d, t := indicator(r.Treated), r.Time-centre
		copy(x.row(i), []float64{1, d, t, d * t})
		y[i] = r.Value
	}
	fit, ok := solve(x, y)
	if !ok || fit.exact() {
		return PreTrend{}
	}
	v, _ := fit.robust(HC1, nil)
	p := PreTrend{Checked: true, Slope: linear(fit.beta[3], root(v.at(3, 3)), s.Level, len(before)-4)}
	p.Drift = p.Slope.Value * (sum[1]/count[1] - centre)
	if !p.Slope.finite() || !finite(p.Drift) {
		return PreTrend{}
	}
	return p
}

// gapAutocorrelation returns that of the gap around its own mean before and after the date.
func gapAutocorrelation(periods []GapPoint) [4]float64 {
	var sum, count [2]float64
	for _, p := range periods {
		k := int(indicator(p.After))
		sum[k], count[k] = sum[k]+p.Gap, count[k]+1
	}
	e := make([]float64, len(periods))
	for i, p := range periods {
		k := int(indicator(p.After))
		e[i] = p.Gap - sum[k]/count[k]
	}
	return autocorrelation(e)
}

// cautions lists the warnings in the order of the constants.
func (e *GroupEffect) cautions() []Warning {
	var w []Warning
	if least := min(e.Treated.RowsAfter, e.Control.RowsAfter); least < 4 {
		w = append(w, Warning{Caution: FewAfter, Row: -1, Term: "the date", Value: float64(least)})
	}
	if e.Settings.Errors == ClusterRobust && e.Clusters < 30 {
		w = append(w, Warning{Caution: FewClusters, Row: -1, Value: float64(e.Clusters)})
	}
	switch {
	case !e.PreTrend.Checked:
		w = append(w, Warning{Caution: PreTrendUnknown, Row: -1})
	case e.PreTrend.Slope.P < 0.1:
		w = append(w, Warning{Caution: PreTrendFound, Row: -1, Value: e.PreTrend.Slope.P})
	}
	return w
}
