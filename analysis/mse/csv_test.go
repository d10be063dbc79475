package mse_test

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
)

func TestReadLayouts(t *testing.T) {
	want := "A,B,C,count\n1,0,0,4\n0,1,0,3\n1,1,0,2\n0,0,1,5\n"
	table, err := mse.Read(strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"byte order mark":    "\uFEFF" + want,
		"windows line ends":  strings.ReplaceAll(want, "\n", "\r\n"),
		"no last line end":   strings.TrimSuffix(want, "\n"),
		"blank line":         want + "\n\n",
		"other order":        "A,B,C,count\n0,0,1,5\n1,1,0,2\n0,1,0,3\n1,0,0,4\n",
		"spaces":             "A , B, C ,count\n1, 0, 0, 4\n0,1,0,3 \n1,1,0,2\n0,0,1,5\n",
		"quotes":             "\"A\",\"B\",\"C\",\"count\"\n1,0,0,4\n0,1,0,\"3\"\n1,1,0,2\n0,0,1,5\n",
		"count 0 given":      want + "0,1,1,0\n",
		"nobody unseen":      want + "0,0,0,0\n",
		"header in capitals": strings.Replace(want, "count", "Count", 1),
	} {
		got, err := mse.Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Hash() != table.Hash() {
			t.Errorf("%s: reads as another table: %v", name, got.Cells())
		}
	}
	if other, _ := mse.Read(strings.NewReader(strings.Replace(want, "5", "6", 1))); other.Hash() == table.Hash() {
		t.Error("one person more has the same hash")
	}
}

// Every message says where: the line and, when one is at fault, the column.
func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "line 1: the file is empty"},
		{"no rows", "A,B,count\n", "no row of data"},
		{"no count", "A,B,C\n1,0,0\n", `line 1, column "C": the last column must be "count"`},
		{"semicolons", "A;B;count\n1;0;3\n", "separated by commas"},
		{"only counts", "count\n3\n", "there are no lists"},
		{"list twice", "A,A,count\n1,0,3\n", `line 1, column "A": two columns have this name`},
		{"nameless", "A,,count\n1,0,3\n", `line 1, column "2": the column has no name`},
		{"two", "A,B,count\n1,0,3\n2,0,3\n", `line 3, column "A": "2" is neither 0 nor 1`},
		{"short row", "A,B,count\n1,0,3\n0,1\n", `line 3, column "count": 2 fields, the header has 3`},
		{"long row", "A,B,count\n1,0,3,4\n", "line 2: 4 fields, the header has 3"},
		{"no number", "A,B,count\n1,0,three\n", `line 2, column "count": "three" is not a whole number`},
		{"NaN", "A,B,count\n1,0,NaN\n", `line 2, column "count"`},
		{"infinity", "A,B,count\n1,0,+Inf\n", `line 2, column "count"`},
		{"half", "A,B,count\n1,0,1.5\n", `line 2, column "count"`},
		{"negative", "A,B,count\n1,0,-1\n", `line 2, column "count"`},
		{"too large", "A,B,count\n1,0,99999999999999999999\n", `line 2, column "count"`},
		{"unseen", "A,B,count\n1,0,3\n0,0,7\n", `line 3, column "count": 7 people are on no list`},
		{"twice", "A,B,count\n1,0,3\n\n1,0,4\n", "line 4: the history A was already given on line 2"},
		{"nobody", "A,B,count\n1,0,0\n", "no person is on any list"},
		{"quote", "A,B,count\n1,\"0,3\n", "line"},
		{"many lists", strings.Repeat("x", 1) + ",b,c,d,e,f,g,h,i,j,k,l,m,count\n1,0,0,0,0,0,0,0,0,0,0,0,0,3\n", "at most 12"},
	} {
		_, err := mse.Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if p := mse.ProblemOf(err); p != mse.BadFile && p != mse.BadTable {
			t.Errorf("%s: problem %v", c.name, p)
		}
	}
}

func TestReadLongLine(t *testing.T) {
	_, err := mse.Read(strings.NewReader("A,B,count\n1,0," + strings.Repeat("9", 10<<20)))
	if err == nil || len(err.Error()) > 300 {
		t.Errorf("a line of 10 MB: error of %d bytes", len(err.Error()))
	}
}

func TestReadStrata(t *testing.T) {
	text := "sex,A,B,age,count\nf,1,0,child,4\nm,1,0,adult,5\nf,0,1,child,6\nm,1,1,adult,7\n"
	strata, err := mse.ReadStrata(strings.NewReader(text), "sex", "age")
	if err != nil {
		t.Fatal(err)
	}
	if len(strata) != 2 || strata[0].Name != "sex=f, age=child" || strata[1].Name != "sex=m, age=adult" {
		t.Fatalf("%v", strata)
	}
	if strata[0].Table.People() != 10 || strata[1].Table.Count(3) != 7 {
		t.Errorf("%v", strata)
	}
	for _, by := range [][]string{{"sex"}, {"sex", "age", "age"}, {"sex", "age", "count"}, {"gender"}} {
		if _, err := mse.ReadStrata(strings.NewReader(text), by...); mse.ProblemOf(err) != mse.BadFile {
			t.Errorf("by %v: %v", by, err)
		}
	}
}

func TestReadResamplesErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "line 1: the file is empty"},
		{"no rows", "h10,h01\n", "no row of data"},
		{"column", "h10,x\n1,2\n", `column "x"`},
		{"digits", "h10,h01a\n1,2\n", `column "h01a"`},
		{"lengths", "h10,h010\n1,2\n", `column "h010"`},
		{"unseen", "h10,h00\n1,2\n", `column "h00"`},
		{"count", "h10,h01\n1,x\n", `line 2, column "h01"`},
		{"estimate", "h10,h01,estimate\n1,2,?\n", `line 2, column "estimate"`},
	} {
		_, err := mse.ReadResamples(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Resamples of another table are refused, with the row.
func TestForeignResamples(t *testing.T) {
	table := small(t, 3, 10, 12, 3, 8, 2, 4, 1)
	for _, c := range []struct {
		name string
		r    mse.Resamples
	}{
		{"none", mse.Resamples{Histories: []mse.History{1}}},
		{"other people", mse.Resamples{Histories: []mse.History{1, 2}, Counts: [][]int{{1, 2}}}},
		{"other lists", mse.Resamples{Histories: []mse.History{1, 9}, Counts: [][]int{{38, 2}}}},
		{"twice", mse.Resamples{Histories: []mse.History{1, 1}, Counts: [][]int{{38, 2}}}},
		{"ragged", mse.Resamples{Histories: []mse.History{1, 2}, Counts: [][]int{{40}}}},
		{"negative", mse.Resamples{Histories: []mse.History{1, 2}, Counts: [][]int{{41, -1}}}},
	} {
		_, err := mse.Bootstrap(t.Context(), table, mse.Stepwise{}, mse.BootstrapSettings{Resamples: &c.r})
		if mse.ProblemOf(err) != mse.BadSetting {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
