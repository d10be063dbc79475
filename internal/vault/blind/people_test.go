package blind

import (
	"math"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/fourfold/fourfold/script"
)

// The people of these tests are invented: their names are syllables put together by chance, in the
// letters of five scripts, with the frequencies that names have (Zipf). A name that looks like
// somebody's is one by accident.

// human is an invented person. Names are in one script; birth is a year.
type human struct {
	script int
	name   []string // surname and given names, or one word where the script writes them together
	birth  int
}

func (h human) text() string { return strings.Join(h.name, " ") }

// tongue is a grammar of syllables with the vocabulary made from it.
type tongue struct {
	name           string
	surnames       []string
	given          []string
	surname, first zipf
	joined         bool            // surname and given name are written as one word
	alike          map[rune][]rune // letters of the same sound, where letters stand for syllables
}

// zipf draws ranks: rank r with a weight of 1/(r+shift)^exponent.
type zipf []float64

func newZipf(n int, exponent, shift float64) zipf {
	z := make(zipf, n)
	sum := 0.0
	for r := range z {
		sum += math.Pow(float64(r+1)+shift, -exponent)
		z[r] = sum
	}
	for r := range z {
		z[r] /= sum
	}
	return z
}

func (z zipf) draw(r *rand.Rand) int { return sort.SearchFloat64s(z, r.Float64()) }

// share returns the share of a rank.
func (z zipf) share(rank int) float64 {
	if rank == 0 {
		return z[0]
	}
	return z[rank] - z[rank-1]
}

const (
	latinScript = iota
	cyrillicScript
	arabicScript
	ethiopicScript
	hanScript
	scripts
)

// nation makes the vocabularies of all scripts for people in the number of n: the more people, the
// more rare names there are.
func nation(n int) [scripts]*tongue {
	r := rand.New(rand.NewPCG(2, 7)) // the vocabulary is the same for every seed of people
	surnames, given := max(200, n/50), max(100, n/150)
	make := func(name string, syllable func(*rand.Rand) string, lo, hi int) *tongue {
		return &tongue{
			name:     name,
			surnames: vocabulary(r, surnames, lo, hi, syllable), given: vocabulary(r, given, lo, max(lo, hi-1), syllable),
			surname: newZipf(surnames, 1, 0.5), first: newZipf(given, 0.95, 1),
		}
	}
	var all [scripts]*tongue
	all[latinScript] = make("Latin", from("b br c d f fl g gr h j k l m n p qu r s st t v w z", "a e i o u ai ei ou", "n l r s th m"), 2, 4)
	all[cyrillicScript] = make("Cyrillic", from("б в г д ж з к кр л м н п пр р с ст т ф х ш", "а е и о у я ю ы", "н в р к л м"), 2, 4)
	all[arabicScript] = make("Arabic", from("ب ت ث ج ح خ د ر ز س ش ص ط ع غ ف ق ك ل م ن ه و", "ا و ي", "ب د ر س ل م ن"), 2, 3)
	all[ethiopicScript] = make("Ethiopic", ethiopic, 3, 5)
	all[hanScript] = han(r, given)
	return all
}

// from returns a grammar of onset, nucleus and, in four of ten syllables, coda.
func from(onsets, nuclei, codas string) func(*rand.Rand) string {
	on, nu, co := strings.Fields(onsets), strings.Fields(nuclei), strings.Fields(codas)
	return func(r *rand.Rand) string {
		s := on[r.IntN(len(on))] + nu[r.IntN(len(nu))]
		if r.IntN(10) < 4 {
			s += co[r.IntN(len(co))]
		}
		return s
	}
}

// ethiopic returns a letter of that script, each of which is a syllable: 24 consonants in 7 orders.
func ethiopic(r *rand.Rand) string {
	rows := []rune{0x1208, 0x1210, 0x1218, 0x1228, 0x1230, 0x1238, 0x1240, 0x1260, 0x1270, 0x1278, 0x1290, 0x1298, 0x12A0, 0x12A8, 0x12C8, 0x12D0, 0x12D8, 0x12E8, 0x12F0, 0x1300, 0x1308, 0x1320, 0x1348, 0x1350}
	return string(rows[r.IntN(len(rows))] + rune(r.IntN(7)))
}

// han writes surname and given name together: 300 surnames of one letter, given names of two or, one in
// six, of one. The letters are those whose reading is known, so that a slip of the usual way of typing,
// by sound, can be made.
func han(r *rand.Rand, given int) *tongue {
	t := &tongue{name: "Han", joined: true, surname: newZipf(300, 1, 0.5), first: newZipf(given, 0.8, 2), alike: map[rune][]rune{}}
	var letters []rune
	bySound := map[string][]rune{}
	for c := rune(0x4E00); c < 0x9FA5 && len(letters) < 2500; c++ {
		reading := script.Latin(string(c))
		if reading == "" || reading[0] < 'a' || reading[0] > 'z' {
			continue
		}
		letters = append(letters, c)
		bySound[reading] = append(bySound[reading], c)
	}
	for _, same := range bySound {
		for _, c := range same {
			t.alike[c] = same
		}
	}
	r.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
	for _, c := range letters[:300] {
		t.surnames = append(t.surnames, string(c))
	}
	pool := letters[300:]
	letter := func(r *rand.Rand) string { return string(pool[r.IntN(len(pool))]) }
	t.given = append(vocabulary(r, given/6, 1, 1, letter), vocabulary(r, given-given/6, 2, 2, letter)...)
	r.Shuffle(len(t.given), func(i, j int) { t.given[i], t.given[j] = t.given[j], t.given[i] })
	return t
}

// vocabulary makes n different words of lo to hi syllables.
func vocabulary(r *rand.Rand, n, lo, hi int, syllable func(*rand.Rand) string) []string {
	seen := map[string]bool{}
	words := make([]string, 0, n)
	for len(words) < n {
		var w strings.Builder
		for range lo + r.IntN(hi-lo+1) {
			w.WriteString(syllable(r))
		}
		if s := w.String(); !seen[s] {
			seen[s] = true
			words = append(words, s)
		}
	}
	return words
}

// person draws the i-th person; scripts take turns.
func person(all *[scripts]*tongue, r *rand.Rand, i int) human {
	h := human{script: i % scripts, birth: 2010 - int(math.Abs(r.NormFloat64())*18)}
	h.birth = max(h.birth, 1945)
	t := all[h.script]
	surname, first := t.surnames[t.surname.draw(r)], t.given[t.first.draw(r)]
	switch {
	case t.joined:
		h.name = []string{surname + first}
	case r.IntN(10) < 3:
		h.name = []string{surname, first, t.given[t.first.draw(r)]}
	default:
		h.name = []string{surname, first}
	}
	return h
}

// typo changes one letter of a random part: another letter, one left out, one doubled, or two
// neighbours swapped. Where people type by sound, another letter is mostly one of the same sound. A
// word of two letters is not cut or swapped: that leaves another name.
func typo(all *[scripts]*tongue, r *rand.Rand, h human) []string {
	name := append([]string{}, h.name...)
	at := r.IntN(len(name))
	part := []rune(name[at])
	i := r.IntN(len(part))
	kind := r.IntN(4)
	if len(part) < 3 {
		kind %= 2
	}
	switch kind {
	case 0:
		part[i] = otherLetter(all[h.script], r, part[i])
	case 1:
		part = append(part[:i+1:i+1], part[i:]...)
	case 2:
		part = append(part[:i:i], part[i+1:]...)
	default:
		i = min(i, len(part)-2)
		part[i], part[i+1] = part[i+1], part[i]
	}
	name[at] = string(part)
	return name
}

func otherLetter(t *tongue, r *rand.Rand, c rune) rune {
	if alike := t.alike[c]; len(alike) > 1 && r.IntN(10) < 8 {
		return alike[r.IntN(len(alike))]
	}
	other := []rune(t.surnames[r.IntN(len(t.surnames))])
	return other[r.IntN(len(other))]
}
