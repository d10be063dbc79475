package keyring

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"iter"
)

// shelf holds the live keys of a ring, packed without pointers: about 130 bytes a key with its place in
// the index, outside of what the collector of garbage counts. A node keeps the keys of everybody it ever
// knew at hand, so this is much of its memory. A key is added, read and never taken away: a ring that
// loses one is read anew. Whoever replaces a shelf releases it.
type shelf struct {
	seed    maphash.Seed
	pages   [][]byte
	slots   []uint32 // 1 + where an entry begins; 0 is free
	n       int
	holders []holder // the few organisation keys, by number
	known   map[holder]uint32
}

// holder is the organisation of a key and the key that wraps it.
type holder struct {
	org   string
	above ID
}

// An entry of a page:
//
//	0 number of the holder, 4 kind, 5 length of subject, 6 instant, 14 expiry, 22 identifier,
//	38 wrapped key, 98 subject
//
// It never crosses the end of a page, and a place is the number of the page and an offset in it.
const (
	pageBits  = 20
	pageSize  = 1 << pageBits
	maxPages  = 1<<(32-pageBits) - 1
	entryHead = 38 + wrappedSize
)

func newShelf() shelf {
	return shelf{seed: maphash.MakeSeed(), slots: make([]uint32, 64), known: map[holder]uint32{}}
}

var errFull = errors.New("keyring: more keys than a node can hold")

// add puts a key on the shelf. The caller has looked that there is none of its name.
func (s *shelf) add(r *record) error {
	if last := len(s.pages) - 1; last < 0 || len(s.pages[last])+entryHead+len(r.name.Subject) > pageSize {
		if len(s.pages) == maxPages {
			return errFull
		}
		s.pages = append(s.pages, newPage())
	}
	if 4*(s.n+1) > 3*len(s.slots) {
		s.grow()
	}
	last := len(s.pages) - 1
	place := uint32(last)<<pageBits | uint32(len(s.pages[last]))
	b := binary.BigEndian.AppendUint32(s.pages[last], s.number(holder{r.name.Org, r.above}))
	b = append(b, byte(r.name.Kind), byte(len(r.name.Subject)))
	b = binary.BigEndian.AppendUint64(b, uint64(r.at))
	b = binary.BigEndian.AppendUint64(b, uint64(r.expires))
	b = append(b, r.id[:]...)
	b = append(b, r.wrapped[:]...)
	s.pages[last] = append(b, r.name.Subject...)
	s.settle(s.hash(r.name.Org, r.name.Kind, s.at(place)), place)
	s.n++
	return nil
}

// release gives the memory of a shelf back. Nothing of it is used afterwards.
func (s *shelf) release() {
	for _, page := range s.pages {
		freePage(page)
	}
	*s = shelf{}
}

// number returns the number of a holder, and keeps the text of an organisation once.
func (s *shelf) number(o holder) uint32 {
	if n, ok := s.known[o]; ok {
		return n
	}
	n := uint32(len(s.holders))
	s.holders = append(s.holders, o)
	s.known[o] = n
	return n
}

// entry is one key in a page.
type entry []byte

func (s *shelf) at(place uint32) entry {
	page := s.pages[place>>pageBits][place&(pageSize-1):]
	return page[:entryHead+int(page[5])]
}

func (e entry) holder() uint32  { return binary.BigEndian.Uint32(e) }
func (e entry) kind() Kind      { return Kind(e[4]) }
func (e entry) subject() []byte { return e[entryHead:] }

// record reads an entry, all but its name.
func (s *shelf) record(e entry) record {
	return record{
		what: isKey, above: s.holders[e.holder()].above,
		at: int64(binary.BigEndian.Uint64(e[6:])), expires: int64(binary.BigEndian.Uint64(e[14:])),
		id: ID(e[22:38]), wrapped: [wrappedSize]byte(e[38:entryHead]),
	}
}

// find returns the key of a name.
func (s *shelf) find(n Name) (record, bool) {
	if len(n.Subject) > maxName {
		return record{}, false
	}
	var room [entryHead + maxName]byte
	wanted := entry(append(room[:entryHead], n.Subject...))
	for i := s.hash(n.Org, n.Kind, wanted); ; i++ {
		slot := s.slots[i&uint64(len(s.slots)-1)]
		if slot == 0 {
			return record{}, false
		}
		e := s.at(slot - 1)
		if e.kind() == n.Kind && string(e.subject()) == n.Subject && s.holders[e.holder()].org == n.Org {
			r := s.record(e)
			r.name = n
			return r, true
		}
	}
}

func (s *shelf) has(n Name) bool {
	_, ok := s.find(n)
	return ok
}

// hash mixes a name. The seed is new in each process: whoever chooses names cannot make them collide.
func (s *shelf) hash(org string, kind Kind, e entry) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.Write(e.subject())
	_ = h.WriteByte(byte(kind))
	_, _ = h.WriteString(org)
	return h.Sum64()
}

// settle gives a place the next free slot.
func (s *shelf) settle(hash uint64, place uint32) {
	for i := hash; ; i++ {
		if slot := &s.slots[i&uint64(len(s.slots)-1)]; *slot == 0 {
			*slot = place + 1
			return
		}
	}
}

func (s *shelf) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	for place, e := range s.entries() {
		s.settle(s.hash(s.holders[e.holder()].org, e.kind(), e), place)
	}
}

// entries yields what stands on the shelf, in the order in which it came.
func (s *shelf) entries() iter.Seq2[uint32, entry] {
	return func(yield func(uint32, entry) bool) {
		for i, page := range s.pages {
			for at := 0; at < len(page); {
				place := uint32(i)<<pageBits | uint32(at)
				e := s.at(place)
				if !yield(place, e) {
					return
				}
				at += len(e)
			}
		}
	}
}

// all yields the keys, in the order in which they came.
func (s *shelf) all() iter.Seq[record] {
	return func(yield func(record) bool) {
		for _, e := range s.entries() {
			r := s.record(e)
			r.name = Name{Org: s.holders[e.holder()].org, Kind: e.kind(), Subject: string(e.subject())}
			if !yield(r) {
				return
			}
		}
	}
}
