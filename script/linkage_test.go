package script

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

// people reads full names of a FEBRL file by record number.
func people(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t, "linkage"), file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.TrimLeadingSpace = true
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, row := range all[1:] {
		out[strings.Split(row[0], "-")[1]] = strings.TrimSpace(row[1] + " " + row[2])
	}
	return out
}

// FEBRL 4 (synthetic, 5,000 persons and a corrupted copy of each): how often at least one part
// of the two names is equal, equal but for a letter, or of one skeleton; and how often that is
// so for two different persons, which is what a search has to read through.
func TestKeysOnFEBRL(t *testing.T) {
	originals, copies := people(t, "febrl_dataset4a.csv"), people(t, "febrl_dataset4b.csv")
	ids := make([]string, 0, len(originals))
	for id := range originals {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var same, other [3]int
	named := 0
	for i, id := range ids {
		if originals[id] == "" || copies[id] == "" {
			continue
		}
		named++
		count(&same, originals[id], copies[id])
		stranger := ids[(i+1)%len(ids)]
		count(&other, originals[id], copies[stranger])
	}
	share := func(n int) float64 { return float64(n) / float64(named) }
	t.Logf("%d pairs with names: equal part %.4f, or but for a letter %.4f, or skeleton %.4f; strangers %.4f, %.4f, %.4f",
		named, share(same[0]), share(same[1]), share(same[2]), share(other[0]), share(other[1]), share(other[2]))
	if share(same[2]) < 0.97 || share(other[2]) > 0.03 {
		t.Errorf("%.4f of the pairs and %.4f of strangers meet", share(same[2]), share(other[2]))
	}
}

// count adds one to each way by which two names meet; a wider way holds the narrower ones.
func count(n *[3]int, a, b string) {
	met := [3]bool{}
	for _, x := range NameParts(a) {
		for _, y := range NameParts(b) {
			near, far := append(Deletions(x), x), append(Deletions(y), y)
			met[0] = met[0] || x == y
			met[1] = met[1] || slices.ContainsFunc(near, func(s string) bool { return slices.Contains(far, s) })
			met[2] = met[2] || met[1] || Skeleton(x) == Skeleton(y)
		}
	}
	for i, is := range met {
		if is {
			n[i]++
		}
	}
}
