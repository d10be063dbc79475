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

// meet reports whether two spellings share a skeleton of one of their parts.
func key(s string) string { return Skeleton(strings.Join(NameParts(s)[:1], "")) }

// Of attested pairs of spellings, how many meet. The first of each line is held against the
// others.
func TestSkeletonRecall(t *testing.T) {
	tests := []struct {
		file  string
		least float64
	}{
		{"latin.txt", 0.9},
		{"cyrillic.txt", 0.9},
		{"arabic.txt", 0.9},
		{"ethiopic.txt", 0.9},
		{"devanagari.txt", 0.9},
		{"thai.txt", 0.9},
		{"han.txt", 0.9},
	}
	for _, tt := range tests {
		met, all := 0, 0
		for _, g := range groups(t, tt.file) {
			want := key(g[0])
			for _, other := range g[1:] {
				all++
				if got := key(other); got == want {
					met++
				} else {
					t.Logf("%s: %s %s %s | %s %s %s", tt.file, g[0], Latin(g[0]), want, other, Latin(other), got)
				}
			}
		}
		share := float64(met) / float64(all)
		t.Logf("%s: %d of %d pairs meet (%.3f)", tt.file, met, all, share)
		if share < tt.least {
			t.Errorf("%s: %.3f of the pairs meet, want at least %.2f", tt.file, share, tt.least)
		}
	}
}
