package demo

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Somebody is an invented person who came to a service of the invented country. Nothing of them is from a
// real person: only how common each value is follows the real series.
type Somebody struct {
	Name     string // in their own script, and marked
	Script   string // ISO 15924
	Language string
	Sex      string // female, male, other
	Age      string // adult, child, unknown
	// Years is how old they are, about; 0 when nobody knows.
	Years       int
	Citizenship string // own, abroad, unknown
	Form        string // labour, sexual, criminal, domestic, other, several, unknown
	// Quarter counts from the oldest; Into is how far into it they came, from 0 to 1.
	Quarter int
	Into    float64
	Via     string // kind of first responder: government, ngo, police, local
	// Episodes are what happened before, the earliest first.
	Episodes []Episode
	// Agreed says whether an adult agreed to be referred; nobody waits for that of others.
	Agreed bool
	// First and Final are the decisions: "", positive or negative.
	First, Final string
}

// Episode is one time of exploitation.
type Episode struct {
	Where  string // within, abroad, unknown
	Form   string
	Months int
}

// Populate grows n people from a seed: the same seed gives the same people. Each margin of [RealMargins] is
// met as closely as n whole people allow, and not by chance alone: values are dealt, as cards are.
func Populate(from uint64, n int) []Somebody {
	r := rand.New(rand.NewPCG(from, from))
	real := RealMargins()
	people := make([]Somebody, n)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	deal(r, real.Came, all, func(i int, value string) {
		v := strings.Split(value, ",")
		people[i].Quarter, people[i].Age = slices.Index(quarters, v[2]), v[1]
		people[i].Episodes = episodes(v[0])
	})
	split(people, func(p Somebody) string { return quarters[p.Quarter] }, func(quarter string, who []int) {
		deal(r, real.Via.Under(quarter), who, func(i int, value string) { people[i].Via = value })
	})
	split(people, func(p Somebody) string { return p.Age }, func(age string, who []int) {
		deal(r, real.Kind.Under(age), who, func(i int, value string) {
			v := strings.Split(value, ",")
			people[i].Form, people[i].Sex, people[i].Citizenship = v[0], v[1], v[2]
		})
	})
	for i := range people {
		people[i].grow(r)
	}
	decide(r, real, people)
	slices.SortStableFunc(people, func(a, b Somebody) int { return a.compare(b) })
	return people
}

// compare orders people by when they came.
func (s Somebody) compare(o Somebody) int {
	switch a, b := float64(s.Quarter)+s.Into, float64(o.Quarter)+o.Into; {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// deal gives each of some people a value, so that every value, and every run of neighbouring values, comes up as
// often as its weight says, or once more or less; who gets which is chance.
func deal(r *rand.Rand, w Weights, who []int, give func(i int, value string)) {
	order := slices.Clone(who)
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	step := w.Total() / float64(len(order))
	at, upTo, value := step*r.Float64(), 0.0, -1
	for _, i := range order {
		for value < len(w.Counts)-1 && (value < 0 || at >= upTo) {
			value++
			upTo += w.Counts[value]
		}
		give(i, w.Values[value])
		at += step
	}
}

// split calls fn for each group of people, in the order in which the groups first come up.
func split(people []Somebody, by func(Somebody) string, fn func(group string, who []int)) {
	var order []string
	groups := map[string][]int{}
	for i, p := range people {
		g := by(p)
		if _, seen := groups[g]; !seen {
			order = append(order, g)
		}
		groups[g] = append(groups[g], i)
	}
	for _, g := range order {
		fn(g, groups[g])
	}
}

func episodes(where string) []Episode {
	if where == "both" {
		return []Episode{{Where: "abroad"}, {Where: "within"}}
	}
	return []Episode{{Where: where}}
}

// grow invents what no series says: a name, an age in years, and how long it lasted.
func (s *Somebody) grow(r *rand.Rand) {
	f := folk[r.IntN(len(folk))]
	if s.Citizenship == "own" {
		f = folk[0]
	}
	s.Name = f.given[r.IntN(len(f.given))] + f.between + f.family[r.IntN(len(f.family))] + " (invented)"
	s.Script, s.Language = f.script, f.language
	switch s.Age {
	case "adult":
		s.Years = 18 + int(r.ExpFloat64()*11)%48
	case "child":
		s.Years = 17 - int(r.ExpFloat64()*2.2)%12
	}
	s.Into = r.Float64()
	for i := range s.Episodes {
		s.Episodes[i].Form, s.Episodes[i].Months = s.Form, 1+int(r.ExpFloat64()*9)
	}
}

// decide says how the procedure went for whoever came early enough for a decision.
func decide(r *rand.Rand, real Margins, people []Somebody) {
	split(people, func(p Somebody) string { return p.Age }, func(age string, who []int) {
		w := real.Agreed
		if age != "adult" {
			w = Weights{[]string{"yes"}, []float64{1}}
		}
		deal(r, w, who, func(i int, value string) { people[i].Agreed = value == "yes" })
	})
	stage := func(w Weights, late int, may func(Somebody) bool, give func(i int, value string)) {
		split(people, func(p Somebody) string { return p.Age }, func(age string, who []int) {
			who = slices.DeleteFunc(slices.Clone(who), func(i int) bool {
				return people[i].Quarter > len(quarters)-1-late || !may(people[i])
			})
			if len(who) > 0 {
				deal(r, w.Under(age), who, give)
			}
		})
	}
	stage(real.First, 1, func(p Somebody) bool { return p.Agreed }, func(i int, value string) { people[i].First = value })
	stage(real.Final, 4, func(p Somebody) bool { return p.First == "positive" }, func(i int, value string) { people[i].Final = value })
}

// People is how many the demonstration shows.
const People = 60
