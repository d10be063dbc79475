package mse_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/mse"
)

func TestNewTableRefuses(t *testing.T) {
	ok := []mse.Cell{{History: 1, Count: 2}}
	for name, c := range map[string]struct {
		lists []string
		cells []mse.Cell
	}{
		"no lists":       {nil, ok},
		"nameless list":  {[]string{" "}, ok},
		"same name":      {[]string{"a", "a"}, ok},
		"too many lists": {make([]string, 13), ok},
		"no cells":       {[]string{"a"}, nil},
		"foreign list":   {[]string{"a"}, []mse.Cell{{History: 2, Count: 1}}},
		"twice":          {[]string{"a"}, []mse.Cell{{History: 1, Count: 1}, {History: 1, Count: 0}}},
		"negative":       {[]string{"a"}, []mse.Cell{{History: 1, Count: -1}}},
		"unseen":         {[]string{"a"}, []mse.Cell{{History: 0, Count: 1}}},
		"too many":       {[]string{"a"}, []mse.Cell{{History: 1, Count: mse.MaxPeople + 1}}},
	} {
		if _, err := mse.NewTable(c.lists, c.cells); mse.ProblemOf(err) != mse.BadTable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTableKeepsNothing(t *testing.T) {
	lists, cells := []string{"a", "b"}, []mse.Cell{{History: 2, Count: 3}, {History: 1, Count: 2}}
	table, err := mse.NewTable(lists, cells)
	if err != nil {
		t.Fatal(err)
	}
	if cells[0].History != 2 {
		t.Error("the cells of the caller were sorted")
	}
	lists[0], cells[0].Count = "x", 99
	table.Lists()[0] = "y"
	table.Cells()[0].Count = 98
	if table.Lists()[0] != "a" || table.People() != 5 {
		t.Error("the table changed with a slice of its caller")
	}
}

// UKdat_5 is UKdat with the lists PF and NCA merged, as the reference data say.
func TestMergeReference(t *testing.T) {
	merged, err := load(t, "UKdat").Merge(mse.HistoryOf(2, 5), "PFNCA")
	if err != nil {
		t.Fatal(err)
	}
	if merged.Hash() != load(t, "UKdat_5").Hash() {
		t.Errorf("%v %v", merged.Lists(), merged.Cells())
	}
	merged, err = load(t, "Ned").Merge(mse.HistoryOf(0, 2), "IO")
	if err != nil {
		t.Fatal(err)
	}
	if merged.Hash() != load(t, "Ned_5").Hash() {
		t.Errorf("%v %v", merged.Lists(), merged.Cells())
	}
}

func TestWithin(t *testing.T) {
	table := small(t, 3, 10, 12, 3, 8, 2, 4, 1)
	inner, size, err := table.Within(0)
	if err != nil {
		t.Fatal(err)
	}
	if size != 16 || inner.People() != 6 || inner.Count(1) != 3 || inner.Count(2) != 2 || inner.Count(3) != 1 {
		t.Errorf("%d %v", size, inner.Cells())
	}
	if _, _, err := small(t, 2, 5, 5).Within(0); mse.ProblemOf(err) != mse.BadTable {
		t.Errorf("nobody of the list on another: %v", err)
	}
	if _, _, err := table.Within(3); mse.ProblemOf(err) != mse.BadTable {
		t.Error("a list that is not there")
	}
}

// Two independent lists: the estimate is a·b/both, by hand.
func TestTwoListsByHand(t *testing.T) {
	r, err := mse.Fit(t.Context(), small(t, 2, 30, 20, 10), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !near(r.Estimate, 40*30/10.0, 1e-12) || !near(r.Hidden, 60, 1e-12) {
		t.Errorf("%v", r.Estimate)
	}
	// The variance of the log odds of a 2×2 table with a free corner: Σ 1/n.
	if want := math.Sqrt(1/30.0 + 1/20.0 + 1/10.0); !near(r.StandardError, want, 1e-9) {
		t.Errorf("standard error %v, want %v", r.StandardError, want)
	}
	if r.Deviance > 1e-12 {
		t.Errorf("a model with as many terms as cells has deviance %v", r.Deviance)
	}
}

// What comes of tables at the edge: an estimate or an error that says why, never a panic.
func TestEdges(t *testing.T) {
	for _, c := range []struct {
		name    string
		table   mse.Table
		problem mse.Problem // 0: there is an estimate
	}{
		{"one list", small(t, 1, 9), mse.NoEstimate},
		{"one row", small(t, 3, 9), mse.NoEstimate},
		{"one person", small(t, 3, 0, 0, 1), mse.NoEstimate},
		{"everybody on all lists", small(t, 3, 0, 0, 0, 0, 0, 0, 9), mse.NoEstimate},
		{"no overlap", small(t, 3, 9, 8, 0, 7), mse.NoEstimate},
		{"a list that overlaps with none", small(t, 3, 9, 8, 4, 7), 0},
		{"an empty list", small(t, 3, 9, 8, 4), 0},
		{"all equal", small(t, 3, 5, 5, 5, 5, 5, 5, 5), 0},
		{"a list within another", small(t, 3, 40, 0, 20, 30, 10, 0, 5), 0},
		{"twice the same list", small(t, 3, 0, 0, 30, 20, 0, 0, 10), 0},
		{"large counts", small(t, 3, 90000000, 80000000, 40000000, 70000000, 30000000, 20000000, 10000000), 0},
		{"very uneven", small(t, 3, 90000000, 1, 1, 1, 1, 1, 1), 0},
		{"twelve lists", wide(t), 0},
	} {
		r, err := mse.Estimate(t.Context(), c.table, mse.Stepwise{})
		if got := mse.ProblemOf(err); got != c.problem || (err == nil) != (c.problem == 0) {
			t.Errorf("%s: %v (estimate %v)", c.name, err, r.Estimate)
		}
		if err == nil && (!(r.Estimate >= float64(r.Observed)) || r.Lower > r.Estimate || r.Upper < r.Estimate) {
			t.Errorf("%s: %v [%v, %v] of %d seen", c.name, r.Estimate, r.Lower, r.Upper, r.Observed)
		}
	}
}

// wide is a sparse table of twelve lists in a ring of overlaps.
func wide(t testing.TB) mse.Table {
	t.Helper()
	var cells []mse.Cell
	for i := range 12 {
		cells = append(cells,
			mse.Cell{History: mse.HistoryOf(i), Count: 40 + i},
			mse.Cell{History: mse.HistoryOf(i, (i+1)%12), Count: 3},
			mse.Cell{History: mse.HistoryOf(i, (i+5)%12), Count: 2},
		)
	}
	table, err := mse.NewTable([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}, cells)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// A permutation of the lists is another way to write the same table: the estimate stays.
func TestOrderOfListsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 60), 15, 15).Draw(t, "counts")
		order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order")
		names := []string{"a", "b", "c", "d"}
		var cells, turned []mse.Cell
		for i, n := range counts {
			h, to := mse.History(i+1), mse.History(0)
			for _, l := range h.Lists() {
				to |= 1 << order[l]
			}
			cells, turned = append(cells, mse.Cell{History: h, Count: n}), append(turned, mse.Cell{History: to, Count: n})
		}
		first, err := mse.NewTable(names, cells)
		if err != nil {
			t.Skip("nobody")
		}
		second, err := mse.NewTable(names, turned)
		if err != nil {
			t.Fatal(err)
		}
		a, errA := mse.Fit(context.Background(), first, nil)
		b, errB := mse.Fit(context.Background(), second, nil)
		if (errA == nil) != (errB == nil) || errA == nil && !near(a.Estimate, b.Estimate, 1e-8) {
			t.Fatalf("%v %v, %v %v", a.Estimate, errA, b.Estimate, errB)
		}
		p, errP := mse.GraphAverage(context.Background(), first, mse.AverageSettings{})
		q, errQ := mse.GraphAverage(context.Background(), second, mse.AverageSettings{})
		if errP != nil || errQ != nil || math.Abs(p.Median-q.Median) > 1 {
			t.Fatalf("%v %v, %v %v", p.Median, errP, q.Median, errQ)
		}
	})
}

func TestSettingsRefused(t *testing.T) {
	table := small(t, 3, 10, 12, 3, 8, 2, 4, 1)
	ctx := t.Context()
	for name, run := range map[string]func() error{
		"zero table": func() error { _, err := mse.Estimate(ctx, mse.Table{}, mse.Stepwise{}); return err },
		"no method":  func() error { _, err := mse.Estimate(ctx, table, nil); return err },
		"threshold":  func() error { _, err := mse.Estimate(ctx, table, mse.Stepwise{Threshold: 2}); return err },
		"NaN":        func() error { _, err := mse.Estimate(ctx, table, mse.Stepwise{Threshold: math.NaN()}); return err },
		"order":      func() error { _, err := mse.Rank(ctx, table, mse.BIC{MaxOrder: 3}); return err },
		"top":        func() error { _, err := mse.Rank(ctx, table, mse.BIC{Top: -1}); return err },
		"draws":      func() error { return boot(ctx, table, mse.BootstrapSettings{Draws: -1}) },
		"levels":     func() error { return boot(ctx, table, mse.BootstrapSettings{Levels: []float64{1}}) },
		"NaN level":  func() error { return boot(ctx, table, mse.BootstrapSettings{Levels: []float64{math.NaN()}}) },
		"limit":      func() error { _, err := mse.GraphAverage(ctx, table, mse.AverageSettings{MaxTotal: 5}); return err },
		"level":      func() error { _, err := mse.GraphAverage(ctx, table, mse.AverageSettings{Level: 2}); return err },
		"method name": func() error {
			_, err := mse.Analyse(ctx, table, mse.ReportSettings{Methods: []string{"x"}})
			return err
		},
		"model":       func() error { _, err := mse.Fit(ctx, table, mse.Model{7}); return err },
		"foreign":     func() error { _, err := mse.Fit(ctx, table, mse.NewModel(9)); return err },
		"eight lists": func() error { _, err := mse.Rank(ctx, wide(t), mse.BIC{}); return err },
		"graphs":      func() error { _, err := mse.GraphAverage(ctx, wide(t), mse.AverageSettings{}); return err },
		"no strata":   func() error { _, err := mse.Stratify(ctx, nil, mse.Stepwise{}, mse.BootstrapSettings{}); return err },
		"two lists":   func() error { _, err := mse.CheckConsistency(ctx, small(t, 2, 3, 4, 5), mse.Fixed{}); return err },
	} {
		err := run()
		if mse.ProblemOf(err) == 0 || err.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func boot(ctx context.Context, t mse.Table, s mse.BootstrapSettings) error {
	_, err := mse.Bootstrap(ctx, t, mse.Stepwise{}, s)
	return err
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	table := wide(t)
	for name, run := range map[string]func() error{
		"bootstrap": func() error { return boot(ctx, table, mse.BootstrapSettings{}) },
		"rank":      func() error { _, err := mse.Rank(ctx, small(t, 3, 10, 12, 3, 8, 2, 4, 1), mse.BIC{}); return err },
		"graphs": func() error {
			_, err := mse.GraphAverage(ctx, small(t, 3, 10, 12, 3, 8, 2, 4, 1), mse.AverageSettings{})
			return err
		},
		"report": func() error { _, err := mse.Analyse(ctx, table, mse.ReportSettings{}); return err },
	} {
		if err := run(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestModelWords(t *testing.T) {
	m := mse.NewModel(0b0111, 0b1001, 0b1000)
	if want := (mse.Model{0b0011, 0b0101, 0b1001, 0b0110, 0b0111}); !cmp.Equal(m, want) {
		t.Errorf("%v, want %v", m, want)
	}
	if got := m.Notation(5); got != "[123,14,5]" {
		t.Error(got)
	}
	if got := m.Names([]string{"LA", "NG", "PF", "GO"}); got != "LA:NG, LA:PF, LA:GO, NG:PF, LA:NG:PF" {
		t.Error(got)
	}
	if got := mse.HistoryOf(0, 9).String(); got != "1.10" {
		t.Error(got)
	}
}

// Without one person of a cell, by fitting the smaller table anew.
func TestDropPerson(t *testing.T) {
	counts := []int{40, 35, 12, 50, 9, 11, 4}
	table := small(t, 3, counts...)
	got, err := mse.DropPerson(t.Context(), table, mse.Stepwise{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, in := range got {
		less := append([]int(nil), counts...)
		less[i]--
		r, err := mse.Estimate(t.Context(), small(t, 3, less...), mse.Stepwise{})
		if err != nil || !near(in.Estimate, r.Estimate, 1e-9) || in.Count != counts[i] {
			t.Errorf("%v: %+v, want %v (%v)", in.History, in, r.Estimate, err)
		}
	}
	cells, err := mse.DropCell(t.Context(), table, mse.Fixed{}, 1)
	if err != nil || len(cells) != 4 {
		t.Errorf("%d overlaps, want 4 (%v)", len(cells), err)
	}
}
