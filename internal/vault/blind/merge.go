package blind

import (
	"context"
	"maps"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// mergeChunk is how many persons one transaction merges: few enough that other writers hardly wait.
const mergeChunk = 16

// Merge brings what [Index.Put] left waiting into the buckets of an organisation's index, a few
// persons in each transaction, and returns how many there were. A job runs it every few seconds; a
// search runs it itself when too much waits. Any number of processes may run it at once.
func (x *Index) Merge(ctx context.Context, org auth.OrgID) (int, error) {
	merged := 0
	for {
		n, err := x.mergeSome(ctx, org)
		merged += n
		if err != nil || n < mergeChunk {
			return merged, err
		}
	}
}

// mergeSome reads the rows it is going to change before it locks them: they lie all over the disk, and
// every writer of the node waits for the lock. Whatever was changed in between is read again.
func (x *Index) mergeSome(ctx context.Context, org auth.OrgID) (merged int, err error) {
	ahead, err := x.readAhead(ctx, org)
	if err != nil || ahead == nil {
		return 0, err
	}
	return x.mergeAhead(ctx, org, ahead)
}

func (x *Index) mergeAhead(ctx context.Context, org auth.OrgID, ahead *shelf) (merged int, err error) {
	err = x.DB.WriteUnaudited(ctx, "buckets follow what was recorded when the terms were put", func(tx *db.Tx) error {
		merged = 0
		waiting, err := x.waitingFor(ctx, tx, org)
		if err != nil || len(waiting) == 0 {
			return err
		}
		s, err := lock(ctx, tx, org)
		if err != nil || !s.merges() {
			return err
		}
		shelf := newShelf(tx, org, s)
		if ahead != nil && s.version == ahead.state.version+1 {
			shelf.buckets, shelf.blocks = ahead.buckets, ahead.blocks
		}
		ahead = nil // another attempt begins with what is in the rows
		merged = len(waiting)
		return x.merge(ctx, shelf, waiting)
	})
	return merged, err
}

// waitingFor returns who waits longest.
func (x *Index) waitingFor(ctx context.Context, tx *db.Tx, org auth.OrgID) ([]indexed, error) {
	rows, err := tx.Query(ctx, "SELECT "+indexedCols+" FROM vault_indexed WHERE org_id = $1 AND waiting IS NOT NULL ORDER BY waiting, person_id LIMIT $2",
		string(org), mergeChunk)
	waiting, err := db.Collect(rows, err, scanIndexed)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	return waiting, x.open(ctx, org, waiting)
}

// merges reports whether the index takes up who waits; if not, they wait until it is built anew.
func (s state) merges() bool { return s.normaliser == normaliser && !s.stale }

// readAhead reads what a merge will read; nil when nobody waits.
func (x *Index) readAhead(ctx context.Context, org auth.OrgID) (ahead *shelf, err error) {
	err = x.DB.Read(ctx, func(tx *db.Tx) error {
		ahead = nil
		waiting, err := x.waitingFor(ctx, tx, org)
		if err != nil || len(waiting) == 0 {
			return err
		}
		s, found, err := stateOf(ctx, tx, org)
		if err != nil || found && !s.merges() {
			return err
		}
		ahead = newShelf(tx, org, s)
		if !found {
			return nil
		}
		k, err := newKeys(ctx, x.Vault, org, tx.Now())
		if err != nil {
			return err
		}
		out, in := changes(waiting)
		if _, err := ahead.edit(ctx, k, out, true); err != nil {
			return err
		}
		_, err = ahead.edit(ctx, k, in, false)
		return err
	})
	return ahead, err
}

// changes returns what merging takes out of the lists and what it puts in.
func changes(waiting []indexed) (out, in []posting) {
	for _, w := range waiting {
		if w.gone {
			continue // whoever destroyed the key removes the row
		}
		if w.note.Merged != nil {
			out = append(out, posting{forms: *w.note.Merged, slot: w.note.MergedSlot})
		}
		in = append(in, posting{forms: w.note.Terms, slot: w.note.Slot})
	}
	return out, in
}

// merge brings rows into the buckets and marks them.
func (x *Index) merge(ctx context.Context, s *shelf, waiting []indexed) error {
	out, in := changes(waiting)
	if err := x.change(ctx, s, out, in); err != nil {
		return err
	}
	for _, w := range waiting {
		if w.gone { // nobody can read it any more, so it must not hold up the others
			_, err := s.tx.Exec(ctx, "UPDATE vault_indexed SET waiting = NULL WHERE org_id = $1 AND person_id = $2", string(s.org), string(w.person))
			if err != nil {
				return err
			}
			continue
		}
		n := note{Slot: w.note.Slot, Terms: w.note.Terms}
		sealed, err := x.sealNote(ctx, s.tx, s.org, w.person, w.version+1, n)
		if err != nil {
			return err
		}
		_, err = s.tx.Exec(ctx, "UPDATE vault_indexed SET version = version + 1, waiting = NULL, terms = $1 WHERE org_id = $2 AND person_id = $3",
			sealed, string(s.org), string(w.person))
		if err != nil {
			return err
		}
	}
	return nil
}

// posting is a person as the lists hold them.
type posting struct {
	forms forms
	slot  uint32
}

// padTo is the step to which the postings of a person are filled up.
const padTo = 64

// tokens returns the lists in which a person stands, with the reference in each, and how many cells of
// padding the person has.
func (p posting) tokens(k *keys) (lists map[token]ref, pad int) {
	lists = map[token]ref{}
	p.forms.each(func(t term) {
		tok := k.token(t)
		old, found := lists[tok]
		lists[tok] = ref{slot: p.slot, born: p.forms.born, cut: t.cut && (!found || old.cut)}
	})
	return lists, padded(len(lists))
}

// padded returns how many cells fill n postings up to the next step.
func padded(n int) int { return (padTo - n%padTo) % padTo }

// change takes postings out of the lists and puts others in.
func (x *Index) change(ctx context.Context, s *shelf, out, in []posting) error {
	k, err := newKeys(ctx, x.Vault, s.org, s.tx.Now())
	if err != nil {
		return err
	}
	if err := s.takeOut(ctx, k, out); err != nil {
		return err
	}
	return s.putIn(ctx, k, in)
}

// takeOut removes postings from the rows and saves them.
func (s *shelf) takeOut(ctx context.Context, k *keys, out []posting) error {
	if len(out) == 0 {
		return nil
	}
	e, err := s.edit(ctx, k, out, true)
	if err != nil {
		return err
	}
	for i, lists := range e.lists {
		for t := range lists {
			e.chains[t].remove(out[i].slot)
		}
	}
	return e.save(ctx, false)
}

// putIn adds postings to the rows and saves them.
func (s *shelf) putIn(ctx context.Context, k *keys, in []posting) error {
	if len(in) == 0 {
		return nil
	}
	e, err := s.edit(ctx, k, in, false)
	if err != nil {
		return err
	}
	for _, lists := range e.lists {
		for t, r := range lists {
			e.chains[t].add(r)
		}
	}
	return e.save(ctx, true)
}

// editor collects what one change does to the rows.
type editor struct {
	*shelf
	lists   []map[token]ref // of each posting
	chains  map[token]*chain
	padding []padCells
}

// padCells are the cells that fill up a person's postings.
type padCells struct {
	list
	slot uint32
	n    int
}

// edit reads the lists of postings, whole or only their ends, and the buckets of their padding.
func (s *shelf) edit(ctx context.Context, k *keys, postings []posting, whole bool) (*editor, error) {
	e := &editor{shelf: s, chains: map[token]*chain{}}
	ids := map[int64]bool{}
	for _, p := range postings {
		lists, pad := p.tokens(k)
		e.lists = append(e.lists, lists)
		for t := range lists {
			if e.chains[t] == nil {
				e.chains[t] = newChain(t)
				ids[bucketOf(e.chains[t].label(0), s.state.buckets)] = true
			}
		}
		l := newList(k.paddingToken(p.slot))
		e.padding = append(e.padding, padCells{l, p.slot, pad})
		for n := 0; n < pad; n += padGroup {
			ids[bucketOf(l.label(n/padGroup), s.state.buckets)] = true
		}
	}
	if err := s.load(ctx, ids); err != nil {
		return nil, err
	}
	chains := slices.Collect(maps.Values(e.chains))
	if err := s.readCells(ctx, chains); err != nil {
		return nil, err
	}
	if !whole {
		return e, s.readEnds(ctx, chains)
	}
	for _, c := range chains {
		c.allow(c.blocks)
	}
	return e, s.readBlocks(ctx, chains)
}

// save writes all chains and the padding: with it, or without.
func (e *editor) save(ctx context.Context, with bool) error {
	blocks := map[int64][]byte{}
	for _, c := range e.chains {
		e.put(c, blocks)
	}
	for _, p := range e.padding {
		for n := range p.n {
			if with {
				e.set(p.label(n/padGroup), p.seal(n, ref{slot: p.slot}, onward{}))
			} else {
				e.drop(p.label(n/padGroup), p.tail(n))
			}
		}
	}
	return e.shelf.save(ctx, blocks)
}
