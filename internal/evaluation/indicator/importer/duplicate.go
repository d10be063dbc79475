package importer

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// hasher makes 64-bit hashes under a seed of this process, so that nobody can prepare a file whose
// keys collide. Among two million keys a chance collision has a probability of about 1e-7; it
// would refuse a good file, never accept a bad one.
type hasher struct{ seed maphash.Seed }

func newHasher() hasher { return hasher{maphash.MakeSeed()} }

// figure hashes the place of a figure: release, series and period.
func (h hasher) figure(f Figure) uint64 {
	var m maphash.Hash
	m.SetSeed(h.seed)
	_, _ = m.WriteString(f.Indicator) // a maphash never fails
	_ = m.WriteByte(0)
	_, _ = m.WriteString(f.Area)
	_ = m.WriteByte(0)
	_, _ = m.WriteString(string(f.Key))
	_ = m.WriteByte(0)
	maphash.WriteComparable(&m, [4]int{f.Release, int(f.Period.Kind), f.Period.Year, f.Period.N})
	return m.Sum64()
}

func (h hasher) value(v figure.Value) uint32 {
	return uint32(maphash.Comparable(h.seed, v))
}

// duplicates finds keys that occur more than once with 16 bytes a row. Rows are spread over parts
// by hash so that no part is copied whole when it grows.
type duplicates struct {
	parts [256][]sighting
}

type sighting struct {
	key   uint64
	value uint32
	line  uint32
}

func (d *duplicates) add(key uint64, value uint32, line int) {
	part := &d.parts[key>>56]
	*part = append(*part, sighting{key, value, uint32(line)})
}

// repeat is a key that occurs more than once.
type repeat struct {
	key        uint64
	count      int
	first, bad int // lines of the first and of the first that differs; bad is 0 when none does
}

// find sorts what was added and returns the repeats in order of their first line. O(n log n).
func (d *duplicates) find() []repeat {
	var found []repeat
	for i := range d.parts {
		part := d.parts[i]
		slices.SortFunc(part, func(a, b sighting) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.line, b.line))
		})
		for lo := 0; lo < len(part); {
			hi := lo + 1
			r := repeat{key: part[lo].key, first: int(part[lo].line)}
			for ; hi < len(part) && part[hi].key == part[lo].key; hi++ {
				if part[hi].value != part[lo].value && r.bad == 0 {
					r.bad = int(part[hi].line)
				}
			}
			if r.count = hi - lo; r.count > 1 {
				found = append(found, r)
			}
			lo = hi
		}
		d.parts[i] = nil
	}
	slices.SortFunc(found, func(a, b repeat) int { return cmp.Compare(a.first, b.first) })
	return found
}

// settle turns repeats into problems: two values for one cell stop the import, save in a source
// that is known to repeat itself, where they are kept and told.
func (p *pass) settle() {
	found := p.dup.find()
	p.out.repeats = make(map[uint64]bool, len(found))
	for _, r := range found {
		p.out.repeats[r.key] = true
		p.out.Repeats += r.count - 1
		if r.bad == 0 {
			continue
		}
		p.out.Disputed++
		if !p.variants {
			p.problem(Problem{
				Line: r.bad, Msg: "this row and line %d give the same cell different values", Args: []any{r.first},
				Mend: "Find out which one holds and delete the other.",
			})
		}
	}
	if p.out.Repeats == 0 {
		return
	}
	if p.variants {
		p.problem(Problem{
			Severity: Warning,
			Msg:      "%d rows repeat a cell of another row; %d cells have different values and are shown as disputed, between their lowest and highest",
			Args:     []any{p.out.Repeats, p.out.Disputed},
		})
		return
	}
	if p.out.Disputed == 0 {
		p.problem(Problem{
			Line: found[0].first, Severity: Warning,
			Msg: "%d rows say the same as another row and were left out; this is the first that is repeated", Args: []any{p.out.Repeats},
		})
	}
}
