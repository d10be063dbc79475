package shelter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawProblem(rt *rapid.T) problem {
	rows, columns := rapid.IntRange(0, 6).Draw(rt, "rows"), rapid.IntRange(0, 4).Draw(rt, "columns")
	p := problem{edges: make([][]edge, rows), room: make([]int, columns), skip: make([]Cost, rows)}
	small := rapid.Int32Range(0, 3)
	for c := range p.room {
		p.room[c] = rapid.IntRange(0, 2).Draw(rt, "room")
	}
	for i := range p.edges {
		p.skip[i] = Cost{noneNow: small.Draw(rt, "now"), noneSoon: small.Draw(rt, "soon"), waited: small.Draw(rt, "days")}
		for c := range p.room {
			if rapid.Bool().Draw(rt, "may") {
				p.edges[i] = append(p.edges[i], edge{c, Cost{noneSoon: small.Draw(rt, "x"), wishes: small.Draw(rt, "wishes"), spare: small.Draw(rt, "spare")}})
			}
		}
	}
	return p
}

// cheapest tries every arrangement.
func cheapest(p problem, row int, used []int) Cost {
	if row == len(p.edges) {
		return Cost{}
	}
	best := p.skip[row].plus(cheapest(p, row+1, used))
	for _, e := range p.edges[row] {
		if used[e.to] >= p.room[e.to] {
			continue
		}
		used[e.to]++
		if c := e.cost.plus(cheapest(p, row+1, used)); c.compare(best) < 0 {
			best = c
		}
		used[e.to]--
	}
	return best
}

// TestAssignmentIsExact compares with every arrangement on small problems, and asks each answer for its
// proof.
func TestAssignmentIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawProblem(rt)
		a := p.solve()
		if wrong := p.proves(a); wrong != "" {
			rt.Fatalf("%s: %+v", wrong, a)
		}
		if best := cheapest(p, 0, make([]int, len(p.room))); a.total != best {
			rt.Fatalf("%v, but %v is possible", a.total, best)
		}
	})
}

// TestProofRefuses puts another arrangement under a proof, and other prices under the arrangement.
func TestProofRefuses(t *testing.T) {
	one := func(n int32) Cost { return Cost{wishes: n} }
	p := problem{
		edges: [][]edge{{{0, one(1)}, {1, one(5)}}, {{0, one(2)}}}, room: []int{1, 1}, skip: []Cost{{noneNow: 1}, {noneNow: 1}},
	}
	a := p.solve()
	if wrong := p.proves(a); wrong != "" || a.total != one(7) || !slices.Equal(a.of, []int{1, 0}) {
		t.Fatalf("%s %+v", wrong, a)
	}
	for name, spoil := range map[string]func(*answer){
		"another total":      func(a *answer) { a.total = one(6) },
		"one goes without":   func(a *answer) { a.of[1] = -1 },
		"two in one room":    func(a *answer) { a.of[0] = 0 },
		"what is not there":  func(a *answer) { a.of[1] = 1 },
		"a price above zero": func(a *answer) { a.column[0] = one(1) },
		"a row too dear":     func(a *answer) { a.row[0] = Cost{noneNow: 2} },
		"prices that differ": func(a *answer) { a.row[0] = a.row[0].minus(one(1)) },
	} {
		b := answer{slices.Clone(a.of), a.total, slices.Clone(a.row), slices.Clone(a.column)}
		spoil(&b)
		if p.proves(b) == "" {
			t.Errorf("%s passes", name)
		}
	}
}

// invented makes people who wait and places, from a seed.
func invented(r *rand.Rand, people, places int) ([]Waiting, []Offer, Areas) {
	area := func() string { return fmt.Sprintf("XX-%02d", r.IntN(40)) }
	areas := Areas{}
	for i := range 40 {
		areas[fmt.Sprintf("XX-%02d", i)] = []string{fmt.Sprintf("XX-%02d", (i+1)%40)}
	}
	languages, genders := []string{"en", "fr", "ar", "vi", "ro", "sq", "yo", "zh"}, []string{"woman", "man", "other"}
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	waiting := make([]Waiting, people)
	for i := range waiting {
		n := Need{
			Ages: Ages{18 + r.IntN(40), 60}, Gender: pick(genders[:2+r.IntN(2)]), Languages: []string{pick(languages)},
			Avoid: []Keep{{area(), r.IntN(3)}}, Wishes: []string{"own-room", "school"}[:r.IntN(3)], Near: []string{area()},
		}
		for range r.IntN(3) {
			n.Children = append(n.Children, Child{r.IntN(18), pick(genders[:2])})
		}
		waiting[i] = Waiting{fmt.Sprintf("w%04d", i), n, pick([]string{"now", "soon", "routine", ""}), r.IntN(60)}
	}
	offers := make([]Offer, places)
	for i := range offers {
		offers[i] = Offer{ID: fmt.Sprintf("p%04d", i), Area: area(), Open: r.IntN(10) > 0, Rules: Rules{
			Genders: [][]string{nil, {"woman"}, {"man"}}[r.IntN(3)], AgeFrom: 18, Children: r.IntN(2) == 0, Features: []string{"own-room", "school"}[:r.IntN(3)],
			Languages: []string{pick(languages), pick(languages)}, Interpret: r.IntN(4) == 0,
		}, Units: []Unit{{1, 4, r.IntN(2)}, {3, 2, r.IntN(2)}}}
	}
	return waiting, offers, areas.both()
}

// TestLargeArrangementHasItsProof checks the proof of an arrangement as large as the issue asks for, when
// there is much room and when there is little.
func TestLargeArrangementHasItsProof(t *testing.T) {
	for _, places := range []int{1000, 60} {
		waiting, offers, areas := invented(rand.New(rand.NewPCG(7, uint64(places))), 200, places)
		p, _, _ := frame(waiting, offers, areas)
		if wrong := p.proves(p.solve()); wrong != "" {
			t.Errorf("%d places: %s", places, wrong)
		}
	}
}

// TestTheOrderOfAskingDoesNotMatter shuffles people and places.
func TestTheOrderOfAskingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		waiting, offers, areas := invented(r, 12, 10)
		want := Propose(waiting, offers, areas)
		r.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
		r.Shuffle(len(offers), func(i, j int) { offers[i], offers[j] = offers[j], offers[i] })
		if got := Propose(waiting, offers, areas); !slices.Equal(got, want) {
			rt.Fatalf("%v\n%v", got, want)
		}
	})
}

// TestWhatCountsFirst: somebody who needs a place now comes before two who wait for long, and the one
// who waited longer before the wishes of the other.
func TestWhatCountsFirst(t *testing.T) {
	offer := Offer{ID: "p", Area: "XX-01", Open: true, Units: []Unit{{1, 1, 1}}}
	adultNeed := Need{Ages: Ages{From: 20}}
	wish := adultNeed
	wish.Wishes = []string{"garden"}
	for name, c := range map[string]struct {
		waiting []Waiting
		want    string
	}{
		"now before long":        {[]Waiting{{"a", adultNeed, "routine", 300}, {"b", adultNeed, "now", 0}}, "b"},
		"not set is now":         {[]Waiting{{"a", adultNeed, "soon", 300}, {"b", adultNeed, "", 0}}, "b"},
		"longer before wishes":   {[]Waiting{{"a", wish, "now", 2}, {"b", adultNeed, "now", 1}}, "a"},
		"of equals always one":   {[]Waiting{{"b", adultNeed, "now", 1}, {"a", adultNeed, "now", 1}}, "a"},
		"what the person refuse": {[]Waiting{{"a", Need{Ages: Ages{From: 20}, Refused: []string{"p"}}, "now", 9}, {"b", adultNeed, "routine", 1}}, "b"},
	} {
		for _, p := range Propose(c.waiting, []Offer{offer}, nil) {
			if (p.Place == "p") != (p.ID == c.want) {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}

// BenchmarkPropose shares 1,000 places; the answer is checked against its proof before it is timed.
func BenchmarkPropose(b *testing.B) {
	for _, people := range []int{50, 200, 400} {
		for _, places := range []int{1000, 100} {
			waiting, offers, areas := invented(rand.New(rand.NewPCG(3, uint64(people))), people, places)
			p, _, _ := frame(waiting, offers, areas)
			if wrong := p.proves(p.solve()); wrong != "" {
				b.Fatal(wrong)
			}
			b.Run(fmt.Sprintf("%d-over-%d", people, places), func(b *testing.B) {
				for b.Loop() {
					Propose(waiting, offers, areas)
				}
			})
		}
	}
}

func randOf(rt *rapid.T) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
}
