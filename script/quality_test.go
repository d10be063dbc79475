package script

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// groups reads a table of testdata: each line holds spellings of one name.
func groups(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); line != "" && line[0] != '#' {
			out = append(out, strings.Fields(line))
		}
	}
	return out
}

// key is the skeleton of the first part of a name.
func key(s string) string { return Skeleton(strings.Join(NameParts(s)[:1], "")) }

// Of attested pairs of spellings, how many meet. The first of each line is held against the
// others. The tables of testdata were at hand while the rules were written. Those of
// testdata/unseen were written afterwards; what they met at first sight is the figure to
// expect of other names, and stands in the table below. All were written by the authors of the
// rules from their knowledge of the languages, which flatters both.
func TestSkeletonRecall(t *testing.T) {
	tests := []struct {
		file          string
		known, unseen float64 // least share that meets; unseen: at first sight
	}{
		{"latin.txt", 0.93, 0.80},
		{"cyrillic.txt", 0.93, 0.92},
		{"arabic.txt", 0.93, 0.90},
		{"ethiopic.txt", 0.93, 0.92},
		{"devanagari.txt", 0.93, 0.95},
		{"thai.txt", 0.93, 0.76},
		{"han.txt", 0.93, 0.91},
		{"burmese.txt", 0.9, 0.8},
	}
	for _, tt := range tests {
		checkRecall(t, tt.file, tt.known)
		checkRecall(t, filepath.Join("unseen", tt.file), tt.unseen)
	}
}

func checkRecall(t *testing.T, file string, least float64) {
	t.Helper()
	met, all := 0, 0
	for _, g := range groups(t, file) {
		want := key(g[0])
		for _, other := range g[1:] {
			if all++; key(other) == want {
				met++
				continue
			}
			t.Logf("%s: %s (%s, %s) and %s (%s, %s) do not meet", file, g[0], Latin(g[0]), want, other, Latin(other), key(other))
		}
	}
	share := float64(met) / float64(all)
	t.Logf("%s: %d of %d pairs meet (%.3f)", file, met, all, share)
	if share < least {
		t.Errorf("%s: %.3f of the pairs meet, want at least %.2f", file, share, least)
	}
}

// A coarse key brings different names together too. Of a list of different names, each once,
// how many names stand on average under the key of one of them, itself included.
func TestSkeletonPrecision(t *testing.T) {
	buckets := map[string][]string{}
	seen := map[string]bool{}
	for _, g := range groups(t, "distinct.txt") {
		for _, name := range g {
			if part := Fold(name); !seen[part] {
				seen[part] = true
				buckets[key(name)] = append(buckets[key(name)], name)
			}
		}
	}
	sum, largest := 0, ""
	for k, b := range buckets {
		sum += len(b) * len(b)
		if largest == "" || len(b) > len(buckets[largest]) {
			largest = k
		}
		if len(b) > 3 {
			t.Log(k, b)
		}
	}
	mean := float64(sum) / float64(len(seen))
	t.Logf("%d names, %d keys, %.2f names share a key on average; the largest: %v", len(seen), len(buckets), mean, buckets[largest])
	if len(seen) < 500 || mean > 1.45 {
		t.Errorf("%d names, mean %.2f: want at least 500 names and at most 1.45 a key", len(seen), mean)
	}
}
