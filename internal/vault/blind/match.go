package blind

import (
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
	parts []part
	// off is the distance of the year; the least one of all lists.
	off             int
	year            bool // off is known
	document, phone bool
	score           float64
}

// part says how one part was met: the index into strengths, 0 for not.
type part uint8

var strengths = []struct {
	reason Reason
	value  float64
}{{Missed, 0}, {SameSound, 0.5}, {OneLetter, 0.75}, {Exact, 1}}

const (
	missed part = iota
	sameSound
	oneLetter
	exact
)

func newMatches(w wanted) *matches {
	n := len(w.parts)
	m := &matches{
		wanted: w, hits: map[uint32]*hit{},
		met: make([]int, n), short: make([]bool, n), weight: make([]float64, n), piece: make([]bool, n),
	}
	for i, p := range w.parts {
		m.piece[i] = slices.ContainsFunc(w.parts, func(q string) bool { return q != p && strings.Contains(q, p) })
	}
	return m
}

func (m *matches) hit(slot uint32) *hit {
	h := m.hits[slot]
	if h == nil {
		h = &hit{slot: slot, parts: make([]part, len(m.parts))}
		m.hits[slot] = h
	}
	return h
}

// meet notes that a part was met, as strongly as it was.
func (m *matches) meet(slot uint32, i int, how part, off int, year bool) {
	h := m.hit(slot)
	if h.parts[i] == missed {
		m.met[i]++
	}
	h.parts[i] = max(h.parts[i], how)
	if year && (!h.year || off < h.off) {
		h.off, h.year = off, true
	}
}

// look is a list to read for a query, and what standing in it means.
type look struct {
	*chain
	term
	part int
	off  int
	year bool
}

// looks returns the lists to read: every term of every part, for each year that is meant.
func (m *matches) looks(k *keys) (all []look) {
	one := func(t term, i, off int, year bool) {
		all = append(all, look{newChain(k.token(t)), t, i, off, year})
	}
	for i, p := range m.parts {
		partTerms(p, func(t term) {
			if m.year == 0 {
				one(t, i, 0, false)
				return
			}
			for d := -m.tolerance; d <= m.tolerance; d++ {
				if y := m.year + d; y > 0 {
					one(t.inYear(y), i, max(d, -d), true)
				}
			}
			one(t.inYear(unknownYear), i, 0, false)
		})
	}
	if m.document != "" {
		one(term{kind: document, text: m.document}, 0, 0, false)
	}
	if m.phone != "" {
		one(term{kind: phone, text: m.phone}, 0, 0, false)
	}
	return all
}

// lookUp reads the lists.
func (m *matches) lookUp(ctx context.Context, s *shelf, k *keys) error {
	looks := m.looks(k)
	chains := make([]*chain, len(looks))
	for i, l := range looks {
		chains[i] = l.chain
	}
	if err := s.readCells(ctx, chains); err != nil {
		return err
	}
	limit := deep
	if m.year != 0 {
		limit = deepWithYear
	}
	if err := s.readBlocks(ctx, chains, limit); err != nil {
		return err
	}
	for _, l := range looks {
		m.take(l)
	}
	return nil
}

// take notes everybody in a list.
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
	l.chain.each(func(r ref) { m.meet(r.slot, l.part, l.how(r.cut), l.off, l.year) })
}

// how says what it means that a term of the query met a reference of the same token. The whole part
// against the whole part is the same word; a part without one letter against the whole, or against
// another without one letter, is one letter of difference.
func (t term) how(cut bool) part {
	switch {
	case t.kind == sound || t.kind == soundYear:
		return sameSound
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
	off, year, meant := m.distance(f.years)
	if !meant {
		return
	}
	have := map[term]bool{}
	for _, p := range f.parts {
		partTerms(p, func(t term) { have[t] = true })
	}
	for i, p := range m.parts {
		partTerms(p, func(t term) {
			for _, cut := range []bool{false, true} {
				if have[term{t.kind, t.text, cut}] {
					m.meet(slot, i, t.how(cut), off, year)
				}
			}
		})
	}
}

// distance returns how far the nearest of years is from the year that is meant; meant is false when it
// is too far.
func (m *matches) distance(years []int) (off int, known, meant bool) {
	if m.year == 0 {
		return 0, false, true
	}
	off = math.MaxInt
	for _, y := range years {
		if y == unknownYear {
			return 0, false, true
		}
		off = min(off, max(y-m.year, m.year-y))
	}
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
		for i, p := range h.parts {
			h.score += m.weight[i] * strengths[p].value
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
	for i, p := range h.parts {
		if p == missed && !m.short[i] && !m.piece[i] {
			return false
		}
	}
	return true
}

// whole reports whether a hit meets the whole name.
func (m *matches) whole(h *hit) bool {
	for i, p := range h.parts {
		if p == missed && !m.piece[i] {
			return false
		}
	}
	return len(h.parts) > 0
}

func (m *matches) candidate(h *hit, person vault.PersonID) Candidate {
	c := Candidate{
		Person: person, Score: h.score, Document: h.document, Phone: h.phone,
		YearOff: h.off, YearUnknown: !h.year, Parts: make([]Reason, len(h.parts)), Whole: m.whole(h),
	}
	for i, p := range h.parts {
		c.Parts[i] = strengths[p].reason
	}
	return c
}
