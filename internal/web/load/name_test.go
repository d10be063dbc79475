package load

import (
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// nation is invented names in three scripts, as unevenly common as names are: of the surnames the commonest is borne by
// more than one in a hundred.
type nation struct {
	given, family       [3][]string
	givenSum, familySum []float64
}

const (
	givenNames  = 1_500
	familyNames = 20_000
)

// sounds are what invented names are put together from, the same in each script.
var sounds = [3][]string{
	strings.Fields("ka li mo ren ta shi vel no ra du fe go han ji ku la mi nar os pe qua ri sel tor um va wen xi yo zan bel dor"),
	strings.Fields("ка ли мо рен та ши вел но ра ду фе го хан жи ку ла ми нар ос пе ква ри сел тор ум ва вен кси йо зан бел дор"),
	strings.Fields("كا لي مو رن تا شي فل نو را دو في غو هان جي كو لا مي نار اوس بي قا ري سل تور اوم فا ون كسي يو زان بل دور"),
}

func newNation() *nation {
	n := &nation{givenSum: zipf(givenNames, 0.9), familySum: zipf(familyNames, 0.92)}
	for s := range sounds {
		n.given[s], n.family[s] = made(sounds[s], givenNames, 2), made(sounds[s], familyNames, 3)
	}
	return n
}

// made puts together so many different names of at least so many sounds.
func made(sounds []string, count, length int) []string {
	names := make([]string, count)
	for i := range names {
		var b strings.Builder
		for left, n := i, 0; n < length || left > 0; n++ {
			b.WriteString(sounds[(left+n*7)%len(sounds)])
			left /= len(sounds)
		}
		names[i] = b.String()
	}
	return names
}

// zipf is the running sum of how common the i-th of n is.
func zipf(n int, slope float64) []float64 {
	sum, total := make([]float64, n), 0.0
	for i := range sum {
		total += 1 / math.Pow(float64(i+1), slope)
		sum[i] = total
	}
	return sum
}

func draw(r *rand.Rand, sum []float64) int {
	return sort.SearchFloat64s(sum, r.Float64()*sum[len(sum)-1])
}

// human is who a case is about.
type human struct {
	name string
	year int
}

func (n *nation) human(r *rand.Rand) human {
	script := r.IntN(len(sounds))
	return human{
		name: n.given[script][draw(r, n.givenSum)] + " " + n.family[script][draw(r, n.familySum)],
		year: 1950 + r.IntN(55),
	}
}
