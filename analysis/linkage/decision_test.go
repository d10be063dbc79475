package linkage_test

import (
	"math"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// together says whether a cluster holds both rows.
func together(r *linkage.Result, a, b int) bool {
	return slices.ContainsFunc(r.Clusters, func(c linkage.Cluster) bool {
		return slices.Contains(c.Rows, a) && slices.Contains(c.Rows, b)
	})
}

// Judgements outrank figures: "different" keeps rows apart whatever links them by way of others, "same"
// joins, "not sure" does neither and stays in the review.
func TestDecisions(t *testing.T) {
	table, _ := generated(t, 3000, 11)
	before := link(t, table, quick())
	s := quick()
	var apart, unsure []linkage.Link
	for i, c := range before.Clusters {
		if len(c.Rows) >= 3 && len(apart) < 20 {
			apart = append(apart, linkage.Link{A: c.Rows[0], B: c.Rows[2]})
		}
		if len(c.Rows) == 2 && len(unsure) < 20 && i%2 == 0 {
			unsure = append(unsure, linkage.Link{A: c.Rows[0], B: c.Rows[1]})
		}
	}
	for _, k := range apart {
		s.Decisions = append(s.Decisions, linkage.Decision{A: k.B, B: k.A, Verdict: linkage.Different})
	}
	for _, k := range unsure {
		s.Decisions = append(s.Decisions, linkage.Decision{A: k.A, B: k.B, Verdict: linkage.NotSure})
	}
	var same [2]int
	for b := 1; b < 3000; b++ {
		if e, _ := before.Explain(0, b); e.Probability < 1e-6 {
			same = [2]int{0, b}
		}
	}
	s.Decisions = append(s.Decisions, linkage.Decision{A: same[0], B: same[1], Verdict: linkage.Same})
	r := link(t, table, s)
	if len(apart) < 20 || len(unsure) < 20 {
		t.Fatalf("%d and %d pairs to judge", len(apart), len(unsure))
	}
	for _, k := range apart {
		if together(r, k.A, k.B) {
			t.Errorf("rows %d and %d were judged different and are in one cluster", k.A, k.B)
		}
	}
	for _, k := range unsure {
		if together(r, k.A, k.B) || !slices.ContainsFunc(r.Review, func(x linkage.Link) bool {
			return x.A == k.A && x.B == k.B && x.Decided == linkage.NotSure
		}) {
			t.Errorf("rows %d and %d were judged not sure and are not for review", k.A, k.B)
		}
	}
	if !together(r, same[0], same[1]) {
		t.Errorf("rows %v were judged the same and are not together", same)
	}
	if len(r.Refused) == 0 {
		t.Error("no link was refused")
	}
	for _, bad := range [][]linkage.Decision{
		{{A: 0, B: 3000, Verdict: linkage.Same}},
		{{A: -1, B: 1, Verdict: linkage.Same}},
		{{A: 4, B: 4, Verdict: linkage.Same}},
		{{A: 0, B: 1}},
		{{A: 0, B: 1, Verdict: linkage.Same}, {A: 1, B: 0, Verdict: linkage.Different}},
	} {
		s.Decisions = bad
		if _, err := linkage.Run(t.Context(), table, s); linkage.ProblemOf(err) != linkage.BadDecision {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// Judgements move the probabilities to what persons found, and only with enough of them.
func TestRecalibration(t *testing.T) {
	table, truth := generated(t, 3000, 12)
	s := quick()
	before := link(t, table, s)
	// Persons who found that what weighs less than 20 bits is not the same: the figures were too sure.
	judge := func(most int) (list []linkage.Decision) {
		for _, k := range slices.Concat(before.Review, before.Links) {
			switch {
			case k.Weight < 20:
				list = append(list, linkage.Decision{A: k.A, B: k.B, Verdict: linkage.Different})
			case truth[k.A] == truth[k.B] && k.Weight < 26:
				list = append(list, linkage.Decision{A: k.A, B: k.B, Verdict: linkage.Same})
			}
		}
		return list[:min(most, len(list))]
	}
	s.Decisions = judge(4)
	if r := link(t, table, s); r.Recalibration != nil {
		t.Error("four judgements moved the probabilities")
	}
	s.Decisions = judge(1000)
	r := link(t, table, s)
	c := r.Recalibration
	if c == nil || c.Shift > -1 || c.Same < 10 || c.Different < 10 {
		t.Fatalf("recalibration %+v", c)
	}
	for _, k := range r.Links {
		if p := 1 / (1 + math.Exp2(-c.Shift-c.Slope*k.Weight)); k.Decided == 0 && math.Abs(p-k.Probability) > 1e-9 {
			t.Fatalf("%+v is not recalibrated", k)
		}
	}
	n := 0
	for _, b := range r.Judged {
		n += int(b.Pairs)
		if b.Pairs > 0 && !(b.Lower <= b.Right && b.Right <= b.Upper && b.From <= b.Mean && b.Mean <= b.To) {
			t.Errorf("bin %+v", b)
		}
	}
	if n != len(s.Decisions) {
		t.Errorf("%d of %d judgements are in the report", n, len(s.Decisions))
	}
}

// Two triangles that one link holds together: the link is a bridge, and the pairs across are conflicts.
func TestBridges(t *testing.T) {
	table, _ := generated(t, 300, 13)
	before := link(t, table, quick())
	var rows []int
	for row := 0; len(rows) < 6; row++ {
		alone := true
		for _, other := range rows {
			e, _ := before.Explain(other, row)
			alone = alone && e.Probability < 1e-3
		}
		if alone && !slices.ContainsFunc(before.Clusters, func(c linkage.Cluster) bool { return slices.Contains(c.Rows, row) }) {
			rows = append(rows, row)
		}
	}
	s := quick()
	for _, pair := range [][2]int{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}, {2, 3}} {
		s.Decisions = append(s.Decisions, linkage.Decision{A: rows[pair[0]], B: rows[pair[1]], Verdict: linkage.Same})
	}
	r := link(t, table, s)
	at := slices.IndexFunc(r.Clusters, func(c linkage.Cluster) bool { return slices.Contains(c.Rows, rows[0]) })
	c := r.Clusters[at]
	if !slices.Equal(c.Rows, rows) || c.Links != 7 || len(c.Bridges) != 1 || c.Bridges[0].A != rows[2] || c.Bridges[0].B != rows[3] {
		t.Errorf("cluster %+v of rows %v", c, rows)
	}
	if len(c.Conflicts) != 8 || len(c.Flags) != 3 || math.Abs(c.Density-7.0/15) > 1e-12 {
		t.Errorf("%d conflicts, flags %q, density %v", len(c.Conflicts), c.Flags, c.Density)
	}
}
