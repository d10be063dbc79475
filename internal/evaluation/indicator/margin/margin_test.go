package margin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
)

// table is a cube of counts with every margin, as offices print them.
type table struct {
	cells []Cell // the innermost cells
	all   []Cell // cells and margins
	total float64
}

var dims = []figure.Dim{figure.DimAge, figure.DimForm, figure.DimSex}

func cube(t *rapid.T) table {
	codes := [][]string{{"adult", "child"}, {"labour", "sexual", "other"}, {"f", "m"}}
	sums := map[figure.Key]float64{}
	var out table
	var walk func(d int, cell map[figure.Dim]string)
	walk = func(d int, cell map[figure.Dim]string) {
		if d == len(dims) {
			n := float64(rapid.IntRange(0, 50).Draw(t, "n"))
			key, err := figure.MakeKey(cell)
			if err != nil {
				t.Fatal(err)
			}
			out.cells = append(out.cells, Cell{key, figure.Of(n)})
			out.total += n
			for mask := range 8 {
				k := key
				for i, d := range dims {
					if mask&(1<<i) != 0 {
						k = k.Without(d)
					}
				}
				sums[k] += n
			}
			return
		}
		for _, c := range codes[d] {
			cell[dims[d]] = c
			walk(d+1, cell)
		}
	}
	walk(0, map[figure.Dim]string{})
	for k, n := range sums {
		out.all = append(out.all, Cell{k, figure.Of(n)})
	}
	return out
}

// In a table that adds up every total agrees, the margin-aware sum is the total whichever cells are
// left of it, and the naive sum of cells and margins is refused.
func TestTablesThatAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tab := cube(t)
		checks := Reconcile(tab.all)
		// Splits: 3 of the grand total, 2 of each of the 7 margins with one dimension, 1 of each of
		// the 16 with two.
		if len(checks) != 3+2*7+16 {
			t.Fatalf("%d comparisons", len(checks))
		}
		for _, c := range checks {
			if !c.Agrees() {
				t.Fatalf("%+v", c)
			}
		}
		for _, prefer := range append([]figure.Dim{""}, dims...) {
			got, _, _, err := Sum(tab.all, "", prefer)
			if err != nil || got != figure.Of(tab.total) {
				t.Fatalf("the total by %q is %v, %v, want %g", prefer, got, err, tab.total)
			}
		}
		without := drop(tab.all, "")
		if got, over, _, err := Sum(without, "", ""); err != nil || over == "" || got != figure.Of(tab.total) {
			t.Fatalf("without the printed total: %v over %q, %v", got, over, err)
		}
		if got, err := Naive(tab.cells); err != nil || got != figure.Of(tab.total) {
			t.Fatalf("cells alone: %v, %v", got, err)
		}
		if _, err := Naive(tab.all); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("cells and margins: %v", err)
		}
	})
}

func drop(cells []Cell, key figure.Key) []Cell {
	var kept []Cell
	for _, c := range cells {
		if c.Key != key {
			kept = append(kept, c)
		}
	}
	return kept
}

// A wrong total is found in every split of it.
func TestReconcileFindsAWrongTotal(t *testing.T) {
	cells := []Cell{
		{"", figure.Of(10)},
		{"age=adult", figure.Of(6)},
		{"age=child", figure.Of(4)},
		{"sex=f", figure.Of(5)},
		{"sex=m", figure.Of(6)},
		{"age=adult|sex=f", figure.Within(1, 4)},
		{"age=adult|sex=m", figure.Of(3)},
		{"age=child|sex=f", figure.Value{}},
	}
	got := Reconcile(cells)
	want := []Check{
		{Key: "", Over: "age", Published: figure.Of(10), Summed: figure.Of(10), Cells: 2},
		{Key: "", Over: "sex", Published: figure.Of(10), Summed: figure.Of(11), Cells: 2},
		{Key: "age=adult", Over: "sex", Published: figure.Of(6), Summed: figure.Within(4, 7), Cells: 2},
		{Key: "sex=f", Over: "age", Published: figure.Of(5), Summed: figure.Within(1, 4), Cells: 1},
		{Key: "sex=m", Over: "age", Published: figure.Of(6), Summed: figure.Of(3), Cells: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var off []figure.Dim
	for _, c := range got {
		if !c.Agrees() {
			off = append(off, c.Over)
		}
	}
	if len(off) != 3 || off[0] != "sex" {
		t.Errorf("off: %v", off)
	}
}

func TestSum(t *testing.T) {
	cells := []Cell{
		{"responder_type=police", figure.Of(950)},
		{"responder_type=ngo", figure.Of(265)},
		{"responder_type=police|responder=x", figure.Of(950)},
		{"citizenship=ALB|responder_type=police", figure.Of(400)},
		{"citizenship=VNM|responder_type=police", figure.Of(500)},
		{"citizenship=x-total|responder_type=police", figure.Of(950)},
	}
	got, over, keys, err := Sum(cells, "", "")
	if err != nil || got != figure.Of(1215) || over != "responder_type" || len(keys) != 2 || keys[0] != "responder_type=ngo" {
		t.Errorf("%v over %q of %v, %v", got, over, keys, err)
	}
	if got, over, _, err = Sum(cells, "responder_type=police", ""); err != nil || got != figure.Of(950) || over != "" {
		t.Errorf("published: %v over %q, %v", got, over, err)
	}
	// The total in disguise is left out of the split.
	if got, over, _, err = Sum(cells, "responder_type=police", "citizenship"); err != nil || got != figure.Of(900) || over != "citizenship" {
		t.Errorf("split: %v over %q, %v", got, over, err)
	}
	if _, _, _, err = Sum(cells, "age=child", ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("not published: %v", err)
	}
}

// The refusal says which cells overlap, what would come out and how wrong that is.
func TestNaiveRefusal(t *testing.T) {
	cells := []Cell{
		{"", figure.Of(10)}, {"age=adult", figure.Of(6)}, {"age=child", figure.Of(4)},
	}
	_, err := Naive(cells)
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Invalid || e.Hint == "" {
		t.Fatal(err)
	}
	for _, want := range []string{`"total" and "age=adult"`, "20 where the total is 10", "2.0 times"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if _, err := Naive([]Cell{{"age=adult", figure.Of(6)}, {"age=adult", figure.Of(6)}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the same cell twice: %v", err)
	}
	// An adult may be female.
	if _, err := Naive([]Cell{{"age=adult", figure.Of(6)}, {"sex=f", figure.Of(5)}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two dimensions side by side: %v", err)
	}
	// An adult female is no child.
	if v, err := Naive([]Cell{{"age=adult|sex=f", figure.Of(6)}, {"age=child", figure.Of(5)}}); err != nil || v != figure.Of(11) {
		t.Errorf("disjoint cells of two shapes: %v, %v", v, err)
	}
}
