package linkage_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// population makes records of invented persons in the manner of FEBRL: three in five are originals, the
// others copies with one to four errors of typing, hearing, leaving out and exchanging names. The lists
// of names grow with the size, so that blocks keep theirs.
type population struct {
	r                              *rand.Rand
	given, family, street, suburbs []string
}

func (p *population) words(n, least, most int) []string {
	starts := []string{"b", "br", "c", "ch", "d", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "th", "v", "w", ""}
	vowels := []string{"a", "e", "i", "o", "u", "ai", "ee", "ou"}
	ends := []string{"", "n", "r", "l", "s", "t", "m", "ck", "nd", "rt"}
	seen := map[string]bool{}
	list := make([]string, 0, n)
	for len(list) < n {
		var w strings.Builder
		for range least + p.r.IntN(most-least+1) {
			w.WriteString(starts[p.r.IntN(len(starts))] + vowels[p.r.IntN(len(vowels))] + ends[p.r.IntN(len(ends))])
		}
		if !seen[w.String()] {
			seen[w.String()] = true
			list = append(list, w.String())
		}
	}
	return list
}

// common draws from a list, the first far oftener than the last.
func (p *population) common(list []string) string {
	x := p.r.Float64()
	return list[int(x*x*float64(len(list)))]
}

var header = []string{"rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "person"}

func (p *population) person() []string {
	suburb := p.r.IntN(len(p.suburbs))
	second := ""
	if p.r.IntN(3) == 0 {
		second = p.common(p.street) + " " + []string{"estate", "village", "farm"}[p.r.IntN(3)]
	}
	return []string{
		"", p.common(p.given), p.common(p.family), strconv.Itoa(1 + int(200*p.r.Float64()*p.r.Float64())),
		p.common(p.street) + " " + []string{"street", "place", "crescent", "road", "avenue", "circuit"}[p.r.IntN(6)],
		second, p.suburbs[suburb], strconv.Itoa(1000 + suburb*9000/len(p.suburbs)), []string{"nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"}[suburb%8],
		fmt.Sprintf("%04d%02d%02d", 1920+p.r.IntN(86), 1+p.r.IntN(12), 1+p.r.IntN(28)), "",
	}
}

// damage returns a copy with errors.
func (p *population) damage(original []string) []string {
	row := append([]string(nil), original...)
	for range 1 + p.r.IntN(4) {
		f := 1 + p.r.IntN(9)
		switch x := p.r.IntN(20); {
		case x < 3:
			row[f] = ""
		case x == 3:
			row[1], row[2] = row[2], row[1]
		case x == 4:
			row[f] = p.person()[f]
		default:
			row[f] = p.slip(row[f])
		}
	}
	return row
}

// slip makes one error of typing.
func (p *population) slip(s string) string {
	if len(s) < 2 {
		return s
	}
	i := p.r.IntN(len(s) - 1)
	letter := string(rune('a' + p.r.IntN(26)))
	if s[i] >= '0' && s[i] <= '9' {
		letter = strconv.Itoa(p.r.IntN(10))
	}
	switch p.r.IntN(4) {
	case 0:
		return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
	case 1:
		return s[:i] + s[i+1:]
	case 2:
		return s[:i] + letter + s[i:]
	}
	return s[:i] + letter + s[i+1:]
}

// generate returns a CSV file of n records and the persons they are of.
func generate(n int, seed uint64) (file []byte, truth []string) {
	return generateIn(n, max(50, n/300), seed)
}

// generateIn is generate with a number of places.
func generateIn(n, places int, seed uint64) (file []byte, truth []string) {
	p := &population{r: rand.New(rand.NewPCG(seed, 7))}
	p.given = p.words(max(40, n/250), 1, 3)
	p.family = p.words(max(100, n/25), 2, 3)
	p.street = p.words(max(100, n/40), 2, 3)
	p.suburbs = p.words(places, 2, 3)
	rows := make([][]string, 0, n)
	for person := 0; len(rows) < n; person++ {
		row := p.person()
		row[10] = strconv.Itoa(person)
		rows = append(rows, row)
		for len(rows) < n && p.r.Float64() < 0.4 {
			rows = append(rows, p.damage(row))
		}
	}
	p.r.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	var b bytes.Buffer
	for k, name := range header[:10] {
		if k > 0 {
			b.WriteByte(',')
		}
		b.WriteString(name)
	}
	for i, row := range rows {
		fmt.Fprintf(&b, "\nrec-%d", i)
		for _, v := range row[1:10] {
			b.WriteByte(',')
			b.WriteString(v)
		}
		truth = append(truth, row[10])
	}
	b.WriteByte('\n')
	return b.Bytes(), truth
}

// generated is a table of invented records.
func generated(t testing.TB, n int, seed uint64) (*linkage.Table, []string) {
	t.Helper()
	file, truth := generate(n, seed)
	table, err := linkage.ReadCSV(t.Context(), bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return table, truth
}
