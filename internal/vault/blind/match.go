package blind

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/vault"
)

// matches gathers, for one query, who was met by what.
type matches struct {
	wanted
	hits map[uint32]*hit
	room []hit // for the next ones
	// met counts the persons met by each part; short tells that not all of them were read.
	met    []int
	short  []bool
	weight []float64
	// piece tells that a part stands within another one: half of a compound, or the family name of a
	// name written in one. It helps to rank and need not be met.
	piece []bool
}

// hit is a person met by something.
type hit struct {
	slot  uint32
	parts [maxQueryParts]part
	// off is the distance of the year; the least one of all lists.
	off             int
	year            bool // off is known
	document, phone bool
	score           float64
}

// part is the ways in which one part was met.
type part uint8

const (
	oneSign part = 1 << iota // of two signs one is the same
	sameSound
	oneLetter
	exact
	missed part = 0
)

// reason returns the strongest way, as it is told.
func (p part) reason() Reason {
	switch {
	case p&exact != 0:
		return Exact
	case p&(oneLetter|oneSign) != 0:
		return OneLetter
	case p&sameSound != 0:
		return SameSound
	}
	return Missed
}

// strength orders people by how likely it is that they were meant. Another letter that sounds the same
// is a commoner slip than any other one; and one sign of two is shared with so many that all other ways
// come first.
func (p part) strength() float64 {
	switch {
	case p&exact != 0:
		return 1
	case p&(oneLetter|sameSound) == oneLetter|sameSound:
		return 0.8
	case p&oneLetter != 0:
		return 0.75
	case p&(oneSign|sameSound) == oneSign|sameSound:
		return 0.7
	case p&sameSound != 0:
		return 0.5
	case p&oneSign != 0:
		return 0.4
	}
	return 0
}

func newMatches(w wanted) *matches {
	n := len(w.parts)
	m := &matches{
		wanted: w, hits: map[uint32]*hit{},
		met: make([]int, n), short: make([]bool, n), weight: make([]float64, n), piece: make([]bool, n),
	}
	for i := range w.parts {
		m.piece[i] = piece(w.parts, i)
	}
	return m
}

func (m *matches) hit(slot uint32) *hit {
	h := m.hits[slot]
	if h == nil {
		if len(m.room) == 0 {
			m.room = make([]hit, 128)
		}
		h, m.room = &m.room[0], m.room[1:]
		h.slot = slot
		m.hits[slot] = h
	}
	return h
}

// meet notes that a part was met, and how.
func (m *matches) meet(slot uint32, i int, how part, off int, year bool) {
	h := m.hit(slot)
	if h.parts[i] == missed {
		m.met[i]++
	}
	h.parts[i] |= how
	if year && (!h.year || off < h.off) {
		h.off, h.year = off, true
	}
}

// look is a list to read for a query, and what standing in it means.
type look struct {
	*chain
	term
	part int
}

// looks returns the lists in which everybody stands who meets anything: one for every term of every
// part, one for each number.
func (m *matches) looks(k *keys) (all []look) {
	one := func(t term, i int) { all = append(all, look{newChain(k.token(t)), t, i}) }
	for i := range m.parts {
		partTerms(m.parts, i, func(t term) { one(t, i) })
	}
	if m.document != "" {
		one(term{kind: document, text: m.document}, 0)
	}
	if m.phone != "" {
		one(term{kind: phone, text: m.phone}, 0)
	}
	return all
}

// narrow is how many blocks a list may have to be read whole in a search with a year: a list of more is
// read by bands of years.
const narrow = 3

// lookUp reads the lists.
func (m *matches) lookUp(ctx context.Context, s *shelf, k *keys) error {
	looks := m.looks(k)
	if err := s.readCells(ctx, chainsOf(looks)); err != nil {
		return err
	}
	if m.year != 0 {
		var bands []look
		looks, bands = m.narrowed(k, looks)
		if err := s.readCells(ctx, chainsOf(bands)); err != nil {
			return err
		}
		looks = append(looks, bands...)
	}
	allot(looks)
	if err := s.readBlocks(ctx, chainsOf(looks)); err != nil {
		return err
	}
	for _, l := range looks {
		m.take(l)
	}
	return nil
}

// allot deals the budget out: to words as they were written and as they sound before those with a letter
// missing, and to short lists before long ones. A person with a common name is in the long list of each
// of its shortened forms, and in that of the name itself.
func allot(looks []look) {
	slices.SortStableFunc(looks, func(a, b look) int {
		if a.cut != b.cut {
			return map[bool]int{false: -1, true: 1}[a.cut]
		}
		return cmp.Compare(a.blocks, b.blocks)
	})
	left := budget
	for _, l := range looks {
		left -= l.allow(min(deep, left))
	}
}

func chainsOf(looks []look) []*chain {
	all := make([]*chain, len(looks))
	for i, l := range looks {
		all[i] = l.chain
	}
	return all
}

// narrowed puts, in the place of long lists, those of the same term in the bands of years that are
// meant, and of those whose year is not known if the long list has any.
func (m *matches) narrowed(k *keys, looks []look) (whole, bands []look) {
	for _, l := range looks {
		if l.blocks <= narrow || l.kind > sound {
			whole = append(whole, l)
			continue
		}
		one := func(band int) {
			t := l.inBand(band)
			bands = append(bands, look{newChain(k.token(t)), t, l.part})
		}
		for b := max(1, m.year-m.tolerance) / bandWidth; b <= (m.year+m.tolerance)/bandWidth; b++ {
			one(b)
		}
		if l.ageless {
			one(unknownBand)
		}
	}
	return whole, bands
}

// take notes everybody in a list whose year of birth is meant.
func (m *matches) take(l look) {
	switch l.kind {
	case document:
		l.chain.each(func(r ref) { m.hit(r.slot).document = true })
		return
	case phone:
		l.chain.each(func(r ref) { m.hit(r.slot).phone = true })
		return
	}
	m.short[l.part] = m.short[l.part] || l.chain.short
	l.chain.each(func(r ref) {
		if off, year, meant := m.distance(r.born); meant {
			m.meet(r.slot, l.part, l.how(r.cut), off, year)
		}
	})
}

// how says what it means that a term of the query met a reference of the same token. The whole part
// against the whole part is the same word; a part without one letter against the whole, or against
// another without one letter, is one letter of difference.
func (t term) how(cut bool) part {
	switch {
	case t.kind == sound || t.kind == soundYear:
		return sameSound
	case strings.Contains(t.text, gap):
		return oneSign
	case t.cut || cut:
		return oneLetter
	}
	return exact
}

// compare matches the terms of a person who is not in the lists yet, by the rules of the lists.
func (m *matches) compare(slot uint32, f forms) {
	if m.document != "" && slices.Contains(f.documents, m.document) {
		m.hit(slot).document = true
	}
	if m.phone != "" && slices.Contains(f.phones, m.phone) {
		m.hit(slot).phone = true
	}
	off, year, meant := m.distance(f.born)
	if !meant {
		return
	}
	have := map[term]bool{}
	for i := range f.parts {
		partTerms(f.parts, i, func(t term) { have[t] = true })
	}
	for i := range m.parts {
		partTerms(m.parts, i, func(t term) {
			for _, cut := range []bool{false, true} {
				if have[term{t.kind, t.text, cut}] {
					m.meet(slot, i, t.how(cut), off, year)
				}
			}
		})
	}
}

// distance returns how far the years of birth are from the year that is meant; meant is false when they
// are too far.
func (m *matches) distance(born span) (off int, known, meant bool) {
	if m.year == 0 || born.from == 0 {
		return 0, false, true
	}
	off = born.distance(m.year)
	return off, true, off <= m.tolerance
}

// weigh gives every hit its score: parts by their rarity among those met, a year that is off a little
// less, a number of one's own most.
func (m *matches) weigh() {
	sum := 0.0
	for i := range m.parts {
		n := float64(m.met[i])
		if m.short[i] {
			n *= 4
		}
		m.weight[i] = 1 / math.Log2(4+n)
		if m.piece[i] {
			m.weight[i] /= 4
		}
		sum += m.weight[i]
	}
	for _, h := range m.hits {
		for i := range m.parts {
			h.score += m.weight[i] * h.parts[i].strength()
		}
		if sum > 0 {
			h.score /= sum
		}
		h.score *= 1 - 0.01*float64(h.off)
		if h.document || h.phone {
			h.score = 0.9 + h.score/10
		}
	}
}

// complete reports whether everybody who meets the whole name was read: it is enough that one part
// was read to the end, for they all stand there.
func (m *matches) complete() bool {
	for i := range m.parts {
		if !m.short[i] && !m.piece[i] {
			return true
		}
	}
	return len(m.parts) == 0
}

// reaches reports whether a hit meets the whole name, or may: by a part that was not read to the end.
func (m *matches) reaches(h *hit) bool {
	for i := range m.parts {
		if h.parts[i] == missed && !m.short[i] && !m.piece[i] {
			return false
		}
	}
	return true
}

// whole reports whether a hit meets the whole name.
func (m *matches) whole(h *hit) bool {
	for i := range m.parts {
		if h.parts[i] == missed && !m.piece[i] {
			return false
		}
	}
	return len(m.parts) > 0
}

func (m *matches) candidate(h *hit, person vault.PersonID) Candidate {
	c := Candidate{
		Person: person, Score: h.score, Document: h.document, Phone: h.phone,
		YearOff: h.off, YearUnknown: !h.year, Parts: make([]Reason, len(m.parts)), Whole: m.whole(h),
	}
	for i := range m.parts {
		c.Parts[i] = h.parts[i].reason()
	}
	return c
}
