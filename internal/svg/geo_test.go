package svg

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

var update = flag.Bool("update", false, "rewrite generated and golden files")

const worldHeader = `# World map, one country a line: ISO 3166-1 alpha-3, numeric, English name, path.
# Geometry: Natural Earth 4.1 at 1:110m (public domain), by way of world-atlas 2.0.2 (ISC licence),
# projected (Equal Earth) and cut at the 180th meridian with d3-geo 3.1.2. Here: Antarctica left
# out, tenths of the original units, relative coordinates. Made by TestWorldFile -update.
`

// TestWorldFile rebuilds geo/world.txt from the reference data and compares.
func TestWorldFile(t *testing.T) {
	want := worldHeader + strings.Join(convertWorld(t), "\n") + "\n"
	if *update {
		if err := os.WriteFile("geo/world.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want != worldText && !*update {
		t.Fatal("geo/world.txt differs from the reference data; run go test ./internal/svg -run TestWorldFile -update")
	}
}

func convertWorld(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(testdata.Dir(t, "geo"), "world-paths-110m.json"))
	if err != nil {
		t.Fatal(err)
	}
	var world struct {
		Countries []struct {
			Numeric string `json:"iso3166_numeric"`
			Name    string `json:"name_en"`
			D       string `json:"d"`
		} `json:"countries"`
	}
	if err := json.Unmarshal(raw, &world); err != nil {
		t.Fatal(err)
	}
	codes := isoCodes(t)
	var lines []string
	for _, c := range world.Countries {
		if c.Numeric == "010" {
			continue
		}
		iso := codes[c.Numeric]
		if iso == "" && c.Numeric != "" {
			t.Errorf("%s: numeric code %s has no alpha-3 code", c.Name, c.Numeric)
		}
		if iso == "" {
			iso, c.Numeric = "---", "---"
		}
		lines = append(lines, iso+"\t"+c.Numeric+"\t"+c.Name+"\t"+compact(t, c.D))
	}
	slices.Sort(lines)
	return lines
}

// isoCodes maps ISO 3166-1 numeric to alpha-3, from the reference data country-codes.
func isoCodes(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t, "country-codes"), "country-codes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	alpha, numeric := slices.Index(rows[0], "ISO3166-1-Alpha-3"), slices.Index(rows[0], "ISO3166-1-numeric")
	out := map[string]string{}
	for _, r := range rows[1:] {
		if n, err := strconv.Atoi(r[numeric]); err == nil {
			out[fmt.Sprintf("%03d", n)] = r[alpha]
		}
	}
	return out
}

// compact turns absolute coordinates with one decimal into relative whole tenths.
func compact(t *testing.T, d string) string {
	t.Helper()
	var b strings.Builder
	for ring := range strings.SplitSeq(d, "M") {
		var points [][2]int
		for pair := range strings.SplitSeq(strings.TrimSuffix(ring, "Z"), "L") {
			if pair == "" {
				continue
			}
			p := tenths(t, pair)
			if len(points) == 0 || points[len(points)-1] != p {
				points = append(points, p)
			}
		}
		if n := len(points); n > 1 && points[0] == points[n-1] {
			points = points[:n-1]
		}
		if len(points) < 3 {
			continue
		}
		fmt.Fprintf(&b, "M%d %dl", points[0][0], points[0][1])
		sep := ""
		for i, p := range points[1:] {
			for k := range 2 {
				v := p[k] - points[i][k]
				if v < 0 {
					sep = ""
				}
				fmt.Fprintf(&b, "%s%d", sep, v)
				sep = " "
			}
		}
		b.WriteString("z")
	}
	return b.String()
}

func tenths(t *testing.T, pair string) (p [2]int) {
	t.Helper()
	x, y, _ := strings.Cut(pair, ",")
	for i, s := range [...]string{x, y} {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		p[i] = int(math.Round(v * 10))
	}
	return p
}
