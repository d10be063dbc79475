package demo_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/testdata"
)

// quarterNames are the quarters of the series, the oldest first.
var quarterNames = []string{"2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"}

// where is where somebody was exploited, as the series says it.
func where(p demo.Somebody) string {
	if len(p.Episodes) == 2 {
		return "both"
	}
	return p.Episodes[0].Where
}

// margin is one column of the country beside that of the series.
type margin struct {
	name string
	want demo.Weights
	of   func(demo.Somebody) string // "" is not counted
}

// TestPeopleFollowTheSeries: every margin of the invented country is that of the real series, within half a
// point in a hundred of 20,000 people, and within seven points (or four people) of the 60 that the demonstration shows.
func TestPeopleFollowTheSeries(t *testing.T) {
	real := demo.RealMargins()
	margins := []margin{
		{"quarter", real.Came.Of(2), func(p demo.Somebody) string { return quarterNames[p.Quarter] }},
		{"age", real.Came.Of(1), func(p demo.Somebody) string { return p.Age }},
		{"where", real.Came.Of(0), where},
		{"first responder", real.Via.Of(1), func(p demo.Somebody) string { return p.Via }},
		{"agreement of adults", real.Agreed, func(p demo.Somebody) string {
			return map[string]string{"adult": map[bool]string{true: "yes", false: "no"}[p.Agreed]}[p.Age]
		}},
	}
	for _, age := range []string{"adult", "child", "unknown"} {
		within := func(of func(demo.Somebody) string) func(demo.Somebody) string {
			return func(p demo.Somebody) string {
				if p.Age != age {
					return ""
				}
				return of(p)
			}
		}
		part := real.Kind.Under(age)
		margins = append(margins,
			margin{age + ": form", part.Of(0), within(func(p demo.Somebody) string { return p.Form })},
			margin{age + ": sex", part.Of(1), within(func(p demo.Somebody) string { return p.Sex })},
			margin{age + ": citizenship", part.Of(2), within(func(p demo.Somebody) string { return p.Citizenship })},
			margin{age + ": first decision", real.First.Under(age), within(func(p demo.Somebody) string { return p.First })},
			margin{age + ": final decision", real.Final.Under(age), within(func(p demo.Somebody) string { return p.Final })},
		)
	}
	fresh := uint64(time.Now().UnixNano())
	for _, from := range []uint64{1, 2, 3, demo.Seed, fresh} {
		for size, most := range map[int]float64{20_000: 0.5, demo.People: 7} {
			if from == fresh && size == demo.People {
				continue // of few people there is always a seed that misses
			}
			people := demo.Populate(from, size)
			for _, m := range margins {
				got := demo.Weights{}
				for _, p := range people {
					if v := m.of(p); v != "" {
						got.Add(v, 1)
					}
				}
				// Of few people one more or less is many in a hundred: the tolerance is never under four people.
				tolerance := max(most, 400/max(got.Total(), 1))
				for _, v := range m.want.Values {
					if d := 100 * math.Abs(got.Share(v)-m.want.Share(v)); d > tolerance {
						t.Errorf("seed %d, %d people, %s %s: %.1f in a hundred, want %.1f (within %.1f)",
							from, size, m.name, v, 100*got.Share(v), 100*m.want.Share(v), tolerance)
					}
				}
			}
		}
	}
}

// TestPeopleAreTheSameFromTheSameSeed, and another from another; every name is marked, in several scripts.
func TestPeopleAreTheSameFromTheSameSeed(t *testing.T) {
	text := func(from uint64) []byte {
		b, err := json.Marshal(demo.Populate(from, 300))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if !bytes.Equal(text(7), text(7)) || bytes.Equal(text(7), text(8)) {
		t.Error("the seed does not make the country")
	}
	scripts := map[string]bool{}
	for _, p := range demo.Populate(7, 300) {
		scripts[p.Script] = true
		if !strings.HasSuffix(p.Name, "(invented)") {
			t.Errorf("%q is not marked as invented", p.Name)
		}
		if p.Age == "child" && (p.Years < 1 || p.Years > 17) || p.Age == "adult" && p.Years < 18 {
			t.Errorf("%s of %d years", p.Age, p.Years)
		}
		if p.First == "" && p.Final != "" || !p.Agreed && p.First != "" {
			t.Errorf("%s: decisions %q and %q out of nothing", p.Name, p.First, p.Final)
		}
	}
	if len(scripts) < 5 {
		t.Errorf("%d scripts", len(scripts))
	}
}

// TestCrossedIsOfTheTables makes the table of age, form, sex and citizenship anew from the published tables.
func TestCrossedIsOfTheTables(t *testing.T) {
	f, err := os.Open(filepath.Join(testdata.Dir(t, "uk-nrm"), "nrm_referrals_2022Q2_2023Q4.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]int{}
	for _, row := range rows[1:] {
		total := func(s string) bool { return s == "Total" || strings.HasSuffix(s, " total") }
		if slices.ContainsFunc(row[1:6], total) {
			continue
		}
		n := 0
		if _, err := fmt.Sscan(row[6], &n); err != nil {
			t.Fatal(err)
		}
		sums[strings.Join([]string{ageOf(row[3]), formOf(row[2]), sexOf(row[4]), citizenshipOf(row[5])}, ",")] += n
	}
	real := demo.RealMargins().Kind
	if len(sums) != len(real.Values) {
		t.Errorf("%d cells, shipped %d", len(sums), len(real.Values))
	}
	for cell, n := range sums {
		if got := real.Share(cell) * real.Total(); math.Abs(got-float64(n)) > 1e-6 {
			t.Errorf("%s: shipped %v, published %d", cell, got, n)
		}
	}
}

func ageOf(s string) string {
	return map[byte]string{'A': "adult", 'C': "child", 'N': "unknown"}[s[0]]
}

func formOf(s string) string {
	switch {
	case strings.HasPrefix(s, "Not"):
		return "unknown"
	case strings.ContainsAny(s, "&,"):
		return "several"
	case s == "Organ Harvesting":
		return "other"
	}
	return strings.ToLower(s)
}

func sexOf(s string) string {
	if s == "Male" || s == "Female" {
		return strings.ToLower(s)
	}
	return "other"
}

func citizenshipOf(s string) string {
	switch {
	case slices.Contains(strings.Fields(s), "UK"):
		return "own"
	case s == "Unknown":
		return "unknown"
	}
	return "abroad"
}
