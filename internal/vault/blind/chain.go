package blind

import (
	"context"
	"crypto/cipher"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
)

// chain is the list of one token as it is read and changed: cells first, then blocks.
type chain struct {
	list
	aead   cipher.AEAD // of the blocks; nil until needed
	cells  []ref
	stored int // how many cells the rows have
	// blocks is how many blocks there are. Those that were read are in content.
	blocks  int
	content map[int][]ref
	dirty   map[int]bool
	short   bool // reading stopped before the end
}

func newChain(t token) *chain { return &chain{list: newList(t)} }

func damaged() error {
	return fault.New(fault.Conflict, "A row of the search index was altered.").
		WithHint("It was changed outside the program. Build the index again, and tell the person responsible for security.")
}

// readCells reads the cells of chains, a group at a time: most lists end in the first.
func (s *shelf) readCells(ctx context.Context, chains []*chain) error {
	for group := range groups {
		ids := map[int64]bool{}
		for _, c := range chains {
			if len(c.cells) == group*perGroup {
				ids[bucketOf(c.label(group), s.state.buckets)] = true
			}
		}
		if err := s.load(ctx, ids); err != nil {
			return err
		}
		for _, c := range chains {
			if len(c.cells) != group*perGroup {
				continue
			}
			if err := s.group(c, group); err != nil {
				return err
			}
		}
	}
	for _, c := range chains {
		c.stored = len(c.cells)
	}
	return nil
}

// group appends the cells of one group, whose bucket has been read.
func (s *shelf) group(c *chain, group int) error {
	b := s.buckets[bucketOf(c.label(group), s.state.buckets)]
	for n := group * perGroup; n < (group+1)*perGroup; n++ {
		at, found := b.find(c.tail(n))
		if !found {
			return nil
		}
		r, ok := c.open(n, b.cells[at:at+cellSize])
		if !ok {
			return damaged()
		}
		c.cells = append(c.cells, r)
	}
	return nil
}

// block returns the references of a block that has been read; false when there is none.
func (s *shelf) block(c *chain, n int) (refs []ref, found bool, err error) {
	if refs, found = c.content[n]; found {
		return refs, true, nil
	}
	sealed := s.blocks[c.blockID(s.state.base, n)]
	if sealed == nil {
		return nil, false, nil
	}
	if c.aead == nil {
		c.aead, c.content = c.sealer(), map[int][]ref{}
	}
	refs, ok := openBlock(c.aead, n, sealed)
	if !ok {
		return nil, false, damaged()
	}
	c.content[n] = refs
	return refs, true, nil
}

// readBlocks reads the blocks of chains, more at each step, until each ends or has at least limit
// references; then it is short.
func (s *shelf) readBlocks(ctx context.Context, chains []*chain, limit int) error {
	open := slices.DeleteFunc(slices.Clone(chains), func(c *chain) bool { return len(c.cells) < singles })
	for step := 1; len(open) > 0; step = min(3*step, 32) {
		var ids []int64
		for _, c := range open {
			for n := c.blocks; n < c.blocks+step; n++ {
				ids = append(ids, c.blockID(s.state.base, n))
			}
		}
		if err := s.loadBlocks(ctx, ids); err != nil {
			return err
		}
		var still []*chain
		for _, c := range open {
			more, err := s.advance(c, step)
			if err != nil {
				return err
			}
			c.short = more && c.room() >= limit
			if more && !c.short {
				still = append(still, c)
			}
		}
		open = still
	}
	return nil
}

// advance takes up to step blocks that have been read; false at the end of the list.
func (s *shelf) advance(c *chain, step int) (more bool, err error) {
	for range step {
		_, found, err := s.block(c, c.blocks)
		if err != nil || !found {
			return false, err
		}
		c.blocks++
	}
	return true, nil
}

// room is how many references there may be in what was read.
func (c *chain) room() int {
	if c.blocks == 0 {
		return singles
	}
	return singles + smallBlock + (c.blocks-1)*largeBlock
}

// each calls yield with every reference that was read.
func (c *chain) each(yield func(ref)) {
	for _, r := range c.cells {
		yield(r)
	}
	for n := range c.blocks {
		for _, r := range c.content[n] {
			yield(r)
		}
	}
}

// probes are the numbers of blocks that are looked for first to learn how long a list is.
var probes = []int{0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383}

// readEnds learns how many blocks each chain has and reads the last one of each. Lists double and
// halve their steps, so that a list of ten thousand is not read to add one to it.
func (s *shelf) readEnds(ctx context.Context, chains []*chain) error {
	long := slices.DeleteFunc(slices.Clone(chains), func(c *chain) bool { return len(c.cells) < singles })
	lo, hi := make([]int, len(long)), make([]int, len(long)) // block lo-1 exists, block hi does not
	var ids []int64
	for _, c := range long {
		for _, p := range probes {
			ids = append(ids, c.blockID(s.state.base, p))
		}
	}
	if err := s.loadBlocks(ctx, ids); err != nil {
		return err
	}
	for i, c := range long {
		hi[i] = probes[len(probes)-1]
		for _, p := range probes {
			if s.blocks[c.blockID(s.state.base, p)] == nil {
				hi[i] = p
				break
			}
			lo[i] = p + 1
		}
	}
	for busy := true; busy; {
		ids, busy = ids[:0], false
		for i, c := range long {
			if lo[i] < hi[i] {
				busy = true
				ids = append(ids, c.blockID(s.state.base, (lo[i]+hi[i])/2))
			}
		}
		if err := s.loadBlocks(ctx, ids); err != nil {
			return err
		}
		for i, c := range long {
			if lo[i] >= hi[i] {
				continue
			}
			if mid := (lo[i] + hi[i]) / 2; s.blocks[c.blockID(s.state.base, mid)] == nil {
				hi[i] = mid
			} else {
				lo[i] = mid + 1
			}
		}
	}
	for i, c := range long {
		c.blocks = lo[i]
		if c.blocks > 0 {
			if _, _, err := s.block(c, c.blocks-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// add appends a reference. The end of the list must have been read.
func (c *chain) add(r ref) {
	if len(c.cells) < singles {
		c.cells = append(c.cells, r)
		return
	}
	if c.aead == nil {
		c.aead, c.content = c.sealer(), map[int][]ref{}
	}
	if c.dirty == nil {
		c.dirty = map[int]bool{}
	}
	if c.blocks == 0 || len(c.content[c.blocks-1]) == capacity(c.blocks-1) {
		c.blocks++
	}
	last := c.blocks - 1
	c.content[last] = append(c.content[last], r)
	c.dirty[last] = true
}

// remove takes out the reference to a slot and puts the last one in its place, so that the list has no
// gap. The whole list must have been read. It reports whether there was one.
func (c *chain) remove(slot uint32) bool {
	hole := c.holder(slot)
	if hole == nil {
		return false
	}
	if c.blocks == 0 {
		*hole = c.cells[len(c.cells)-1]
		c.cells = c.cells[:len(c.cells)-1]
		return true
	}
	last := c.blocks - 1
	end := len(c.content[last]) - 1
	*hole = c.content[last][end]
	c.content[last] = c.content[last][:end]
	c.dirty[last] = true
	if end == 0 {
		c.blocks--
	}
	return true
}

// holder returns where the reference to a slot is, and marks its block.
func (c *chain) holder(slot uint32) *ref {
	if c.dirty == nil {
		c.dirty = map[int]bool{}
	}
	for i := range c.cells {
		if c.cells[i].slot == slot {
			return &c.cells[i]
		}
	}
	for n := range c.blocks {
		for i := range c.content[n] {
			if c.content[n][i].slot == slot {
				c.dirty[n] = true
				return &c.content[n][i]
			}
		}
	}
	return nil
}

// put writes what was changed into the loaded buckets and into blocks.
func (s *shelf) put(c *chain, blocks map[int64][]byte) {
	for n, r := range c.cells {
		s.set(c.label(n/perGroup), c.seal(n, r))
	}
	for n := len(c.cells); n < c.stored; n++ {
		s.drop(c.label(n/perGroup), c.tail(n))
	}
	for n := range c.dirty {
		if n < c.blocks {
			blocks[c.blockID(s.state.base, n)] = sealBlock(c.aead, n, c.content[n])
		} else {
			blocks[c.blockID(s.state.base, n)] = nil
		}
	}
}
