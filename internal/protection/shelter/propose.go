package shelter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/order"
)

// Waiting is somebody who waits for a place.
type Waiting struct {
	ID       string
	Need     Need
	Priority string // of the case: now, soon or routine; what is not set counts as now
	Days     int    // how long
}

// Proposal is which place the rule proposes for somebody. Place is "" for none.
type Proposal struct {
	ID    string
	Place string
	Size  int // of the room
	// Possible is how many places could take the person.
	Possible int
}

// What a cost counts, the first before the second: people who need a place now and get none, those who
// need one soon, the others; how long those who get none have waited; wishes that are not met; and beds
// of a room that stay empty.
const (
	noneNow = iota
	noneSoon
	noneRoutine
	waited
	wishes
	spare
)

// longest bounds the days that count.
const longest = 3650

func (w Waiting) without() (c Cost) {
	switch w.Priority {
	case "routine":
		c[noneRoutine] = 1
	case "soon":
		c[noneSoon] = 1
	default:
		c[noneNow] = 1
	}
	c[waited] = int32(min(max(w.Days, 0), longest))
	return c
}

// Propose shares places among people: nobody gets what [Judge] rules out, and no other sharing is better
// in the order of what counts. The same people and places give the same answer in whatever order they
// come. It proposes; people decide.
func Propose(waiting []Waiting, offers []Offer, areas Areas) []Proposal {
	waiting, offers = slices.Clone(waiting), slices.Clone(offers)
	order.By(waiting, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(b.Days, a.Days), strings.Compare(a.ID, b.ID))
	})
	order.By(offers, func(a, b Offer) int { return strings.Compare(a.ID, b.ID) })
	p, rooms, possible := frame(waiting, offers, areas)
	a := p.solve()
	all := make([]Proposal, len(waiting))
	for i, w := range waiting {
		all[i] = Proposal{ID: w.ID, Possible: possible[i]}
		if c := a.of[i]; c >= 0 {
			all[i].Place, all[i].Size = offers[rooms[c].offer].ID, rooms[c].size
		}
	}
	return all
}

type room struct{ offer, size int }

// frame makes the problem: a column for each kind of room of each place.
func frame(waiting []Waiting, offers []Offer, areas Areas) (p problem, rooms []room, possible []int) {
	first := make([]int, len(offers))
	for o, offer := range offers {
		first[o] = len(rooms)
		for _, u := range offer.Units {
			rooms, p.room = append(rooms, room{o, u.Size}), append(p.room, max(0, u.Free))
		}
	}
	p.edges, p.skip, possible = make([][]edge, len(waiting)), make([]Cost, len(waiting)), make([]int, len(waiting))
	for i, w := range waiting {
		p.skip[i] = w.without()
		for o, offer := range offers {
			v := Judge(w.Need, offer, areas)
			if !v.OK() {
				continue
			}
			possible[i]++
			for k, u := range offer.Units {
				if u.Free > 0 && u.Size >= w.Need.Party() {
					p.edges[i] = append(p.edges[i], edge{first[o] + k, Cost{wishes: int32(v.Wishes), spare: int32(u.Size - w.Need.Party())}})
				}
			}
		}
	}
	return p, rooms, possible
}
