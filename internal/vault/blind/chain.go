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
	onward
	aead   cipher.AEAD // of the blocks; nil until needed
	cells  []ref
	stored int // how many cells the rows have
	// read is how many blocks were read from the beginning. Those that were read are in content.
	read    int
	content map[int][]ref
	dirty   map[int]bool
	short   bool // reading stopped before the end
}

func newChain(t token) *chain { return &chain{list: newList(t)} }

func damaged() error {
	return fault.New(fault.Conflict, "A row of the search index was altered.").
		WithHint("It was changed outside the program. Build the index again, and tell the person responsible for security.")
}

// readCells reads the cells of chains.
func (s *shelf) readCells(ctx context.Context, chains []*chain) error {
	ids := make(map[int64]bool, len(chains))
	for _, c := range chains {
		ids[bucketOf(c.label(0), s.state.buckets)] = true
	}
	if err := s.load(ctx, ids); err != nil {
		return err
	}
	for _, c := range chains {
		if err := s.cells(c); err != nil {
			return err
		}
	}
	return nil
}

// cells fills in the cells of a chain whose bucket has been read, and what the first one says.
func (s *shelf) cells(c *chain) error {
	b := s.buckets[bucketOf(c.label(0), s.state.buckets)]
	for n := range singles {
		at, found := b.find(c.tail(n))
		if !found {
			break
		}
		r, o, ok := c.open(n, b.cells[at:at+cellSize])
		if !ok {
			return damaged()
		}
		if n == 0 {
			c.onward = o
		}
		c.cells = append(c.cells, r)
	}
	c.stored = len(c.cells)
	if c.blocks > 0 && c.stored < singles {
		return damaged()
	}
	return nil
}

// open opens a block of the chain that has been loaded.
func (s *shelf) open(c *chain, n int) error {
	if _, have := c.content[n]; have {
		return nil
	}
	if c.aead == nil {
		c.aead, c.content = c.sealer(), map[int][]ref{}
	}
	refs, ok := openBlock(c.aead, n, s.blocks[c.blockID(s.state.base, n)])
	if !ok || len(refs) == 0 {
		return damaged() // altered, or gone
	}
	c.content[n] = refs
	return nil
}

// allow lets readBlocks read so many blocks of the chain, at most all, and returns how many it is.
func (c *chain) allow(blocks int) int {
	c.read = min(max(blocks, 0), c.blocks)
	c.short = c.read < c.blocks
	return c.read
}

// readBlocks reads the blocks of chains that were allowed.
func (s *shelf) readBlocks(ctx context.Context, chains []*chain) error {
	var ids []int64
	for _, c := range chains {
		for n := range c.read {
			ids = append(ids, c.blockID(s.state.base, n))
		}
	}
	if err := s.loadBlocks(ctx, ids); err != nil {
		return err
	}
	for _, c := range chains {
		for n := range c.read {
			if err := s.open(c, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// each calls yield with every reference that was read.
func (c *chain) each(yield func(ref)) {
	for _, r := range c.cells {
		yield(r)
	}
	for n := range c.read {
		for _, r := range c.content[n] {
			yield(r)
		}
	}
}

// readEnds reads the last block of each chain, which is all that adding to it needs.
func (s *shelf) readEnds(ctx context.Context, chains []*chain) error {
	long := slices.DeleteFunc(slices.Clone(chains), func(c *chain) bool { return c.blocks == 0 })
	ids := make([]int64, len(long))
	for i, c := range long {
		ids[i] = c.blockID(s.state.base, c.blocks-1)
	}
	if err := s.loadBlocks(ctx, ids); err != nil {
		return err
	}
	for _, c := range long {
		if err := s.open(c, c.blocks-1); err != nil {
			return err
		}
	}
	return nil
}

// add appends a reference. The end of the list must have been read.
func (c *chain) add(r ref) {
	c.ageless = c.ageless || r.born.from == 0
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
		o := c.onward
		if n > 0 {
			o = onward{}
		}
		s.set(c.label(0), c.seal(n, r, o))
	}
	for n := len(c.cells); n < c.stored; n++ {
		s.drop(c.label(0), c.tail(n))
	}
	for n := range c.dirty {
		if n < c.blocks {
			blocks[c.blockID(s.state.base, n)] = sealBlock(c.aead, n, c.content[n])
		} else {
			blocks[c.blockID(s.state.base, n)] = nil
		}
	}
}
