package lawdiff

import "slices"

// Provision is an article, a paragraph or any other part of a law that is compared as one.
type Provision struct {
	EID  string // its identifier in this version
	WID  string // its identifier through all versions, "" where nobody gave one
	Text string
}

// Change says what became of a provision.
type Change string

// What becomes of provisions.
const (
	Same       Change = "same"
	Changed    Change = "changed"
	Added      Change = "added"
	Removed    Change = "removed"
	SplitOff   Change = "split-off"   // new, and taken from Old, which goes on as another
	MergedInto Change = "merged-into" // gone, and now in New, which another became
)

// Pair says which provision became which.
type Pair struct {
	Old, New   int // positions in the versions; -1 for none
	Change     Change
	Renumbered bool // it has another identifier
	Moved      bool // it stands elsewhere among those that stayed
}

// Least likeness, from 0 to 1, at which provisions are taken for one: by identifier, by likeness alone, and as a part; and
// what an equal identifier adds to it.
const (
	likeNumber   = 0.15
	likeNumbered = 0.8
	likeAlone    = 0.5
	likePart     = 0.8
)

// Align says what became of each provision: in the order of the new version, what was removed where it stood. Provisions are
// paired by equal text, by a WID that differs from the EID, by an EID whose text is much the same, by the most alike text, and
// at last by an EID alone. With n provisions and w words it takes O(w) for what did not change and O(n²·w) for the rest.
func Align(old, text []Provision) []Pair {
	a := aligning{old: bags(old), text: bags(text), to: fill(len(old)), from: fill(len(text)), words: words{codes: map[string]int32{}}}
	a.keyed(func(p *bag) string { return p.Text }, 0)
	a.keyed(func(p *bag) string {
		if p.WID == p.EID {
			return ""
		}
		return p.WID
	}, 0)
	a.keyed(func(p *bag) string { return p.EID }, likeNumbered)
	a.alike()
	a.keyed(func(p *bag) string { return p.EID }, 0)
	return a.pairs()
}

// bag is a provision and its words, as codes. Most provisions stay as they were and are never cut into words.
type bag struct {
	Provision
	cut   bool
	codes []int32
}

func bags(all []Provision) []bag {
	list := make([]bag, len(all))
	for i, p := range all {
		list[i].Provision = p
	}
	return list
}

// words counts words that provisions have in common.
type words struct {
	codes map[string]int32
	often []int32 // by code; all 0 between two counts
}

func (w *words) of(b *bag) []int32 {
	if b.cut {
		return b.codes
	}
	all := split(b.Text)
	b.cut, b.codes = true, make([]int32, len(all))
	for i, word := range all {
		c, is := w.codes[word]
		if !is {
			c = int32(len(w.often))
			w.codes[word], w.often = c, append(w.often, 0)
		}
		b.codes[i] = c
	}
	return b.codes
}

// common is how many words two provisions share, and how many each has.
func (w *words) common(a, b *bag) (shared, inA, inB int) {
	of, other := w.of(a), w.of(b)
	for _, c := range of {
		w.often[c]++
	}
	for _, c := range other {
		if w.often[c] > 0 {
			w.often[c]--
			shared++
		}
	}
	for _, c := range of {
		w.often[c] = 0
	}
	return shared, len(of), len(other)
}

// like is the share of words that two provisions have in common; two without words are alike.
func (w *words) like(a, b *bag) float64 {
	shared, inA, inB := w.common(a, b)
	if inA+inB == 0 {
		return 1
	}
	return 2 * float64(shared) / float64(inA+inB)
}

type aligning struct {
	words
	old, text []bag
	to, from  []int // the other one's position, or -1
}

func fill(n int) []int { return slices.Repeat([]int{-1}, n) }

// keyed pairs what is not paired yet and has the same key, in their order, if it is alike enough.
func (a *aligning) keyed(key func(*bag) string, least float64) {
	waiting := map[string][]int{}
	for i := range a.old {
		if k := key(&a.old[i]); k != "" && a.to[i] < 0 {
			waiting[k] = append(waiting[k], i)
		}
	}
	for j := range a.text {
		k := key(&a.text[j])
		if list := waiting[k]; a.from[j] < 0 && len(list) > 0 && (least == 0 || a.like(&a.old[list[0]], &a.text[j]) >= least) {
			a.to[list[0]], a.from[j] = j, list[0]
			waiting[k] = list[1:]
		}
	}
}

// alike pairs what is most alike first.
func (a *aligning) alike() {
	type match struct {
		i, j int
		like float64
	}
	var all []match
	for i := range a.old {
		for j := range a.text {
			if a.to[i] >= 0 || a.from[j] >= 0 {
				continue
			}
			l := a.like(&a.old[i], &a.text[j])
			if a.old[i].EID == a.text[j].EID {
				l += likeNumber
			}
			if l >= likeAlone {
				all = append(all, match{i, j, l})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y match) int {
		switch {
		case x.like > y.like:
			return -1
		case x.like < y.like:
			return 1
		}
		return 0
	})
	for _, m := range all {
		if a.to[m.i] < 0 && a.from[m.j] < 0 {
			a.to[m.i], a.from[m.j] = m.j, m.i
		}
	}
}

// whole finds the provision that holds most of part's words and is paired with another; -1 when none does.
func (w *words) whole(part *bag, all []bag, paired []int) int {
	best, most := -1, likePart
	for i := range all {
		if paired[i] < 0 {
			continue
		}
		n, size, _ := w.common(part, &all[i])
		if share := float64(n) / float64(max(size, 1)); share >= most && (best < 0 || share > most) {
			best, most = i, share
		}
	}
	return best
}

func (a *aligning) pairs() []Pair {
	stays := rising(a.from)
	var list []Pair
	next := 0
	removed := func(until int) {
		for ; next < until; next++ {
			if a.to[next] >= 0 {
				continue
			}
			p := Pair{Old: next, New: a.whole(&a.old[next], a.text, a.from), Change: Removed}
			if p.New >= 0 {
				p.Change = MergedInto
			}
			list = append(list, p)
		}
	}
	for j, i := range a.from {
		if i < 0 {
			p := Pair{Old: a.whole(&a.text[j], a.old, a.to), New: j, Change: Added}
			if p.Old >= 0 {
				p.Change = SplitOff
			}
			list = append(list, p)
			continue
		}
		if stays[j] {
			removed(i)
		}
		p := Pair{Old: i, New: j, Change: Changed, Renumbered: a.old[i].EID != a.text[j].EID, Moved: !stays[j]}
		if a.old[i].Text == a.text[j].Text {
			p.Change = Same
		}
		list = append(list, p)
	}
	removed(len(a.old))
	return list
}

// rising marks a longest rising run among the positions that are none of -1, in O(n log n).
func rising(from []int) []bool {
	var ends []int // for each length the position at which the lowest such run ends
	before := fill(len(from))
	for j, i := range from {
		if i < 0 {
			continue
		}
		n, _ := slices.BinarySearchFunc(ends, i, func(end, i int) int { return from[end] - i })
		if n > 0 {
			before[j] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, j)
		} else {
			ends[n] = j
		}
	}
	in := make([]bool, len(from))
	if len(ends) > 0 {
		for j := ends[len(ends)-1]; j >= 0; j = before[j] {
			in[j] = true
		}
	}
	return in
}
