package linkage_test

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// readText reads texts as files.
func readText(t testing.TB, files ...string) (*linkage.Table, error) {
	t.Helper()
	var readers []io.Reader
	for _, f := range files {
		readers = append(readers, strings.NewReader(f))
	}
	return linkage.ReadCSV(t.Context(), readers...)
}

// FuzzRun: whatever the bytes, a result in which every figure holds or an error with a problem, and no
// panic; no row is lost.
func FuzzRun(f *testing.F) {
	f.Add("name,born\nAna Li,1990-01-02\nAna Ly,1990-02-01\nBo,1980\n", "")
	f.Add("given,family,x\na,b,1\nb,a,1\nc,,2\n,,\nmohammed,محمد,NaN\n", "")
	f.Add("name,code\nÉlan,12\nzoe,13\n", "code,name\n12,elan\n99,\n")
	f.Add("a\n\"x\ny\"\n1\n", "a\n")
	f.Add("d\n20010101\n01.02.2001\n2001-13-40\nInf\n", "")
	f.Fuzz(func(t *testing.T, one, two string) {
		if len(one)+len(two) > 3000 {
			return
		}
		files := []string{one}
		if two != "" {
			files = append(files, two)
		}
		table, err := readText(t, files...)
		if err != nil {
			if linkage.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		r, err := linkage.Run(t.Context(), table, linkage.Settings{RandomPairs: 2000, Workers: 2})
		if err != nil {
			if linkage.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatalf("a figure is no number: %v", err)
		}
		for _, k := range r.Links {
			if k.A >= k.B || k.B >= table.Len() || !(k.Probability >= 0.5 && k.Probability <= 1) {
				t.Fatalf("link %+v of %d rows", k, table.Len())
			}
			if e, err := r.Explain(k.A, k.B); err != nil || math.Abs(e.Weight-k.Weight) > 1e-6 {
				t.Fatalf("%+v is explained as %+v: %v", k, e, err)
			}
		}
		seen := map[int]bool{}
		for _, c := range r.Clusters {
			for _, row := range c.Rows {
				if seen[row] {
					t.Fatalf("row %d is in two clusters", row)
				}
				seen[row] = true
			}
		}
	})
}

// FuzzSimilarity: similarities are from 0 to 1 and the same both ways, edits keep the triangle of
// their length, and both are extreme for equal texts only.
func FuzzSimilarity(f *testing.F) {
	f.Add("MARTHA", "MARHTA")
	f.Add("", "a")
	f.Add("aab", "aba")
	f.Add("محمد", "Ольга")
	f.Fuzz(func(t *testing.T, a, b string) {
		s := linkage.JaroWinkler(a, b)
		if !(s >= 0 && s <= 1) || s != linkage.JaroWinkler(b, a) {
			t.Fatalf("%q, %q: %v and %v", a, b, s, linkage.JaroWinkler(b, a))
		}
		most := 5
		d := linkage.Edits(a, b, most)
		if d < 0 || d > most+1 || d != linkage.Edits(b, a, most) {
			t.Fatalf("%q, %q: %d edits", a, b, d)
		}
		if a == b && (s != 1 || d != 0) {
			t.Fatalf("%q: %v, %d", a, s, d)
		}
		x, y := []rune(a), []rune(b)
		if len(x) <= 64 && len(y) <= 64 && string(x) != string(y) && (s == 1 || d == 0) {
			t.Fatalf("%q, %q are not the same: %v, %d", a, b, s, d)
		}
	})
}
