package audit

import (
	"golang.org/x/mod/sumdb/tlog"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// climber computes a tree anew from its leaves, tile by tile, in the memory of one tile a level.
type climber struct {
	size   int64
	levels []level
	// full is called with each full tile, and by finish with the rest.
	tile func(t tlog.Tile, hashes []ledger.Hash) error
}

// level is the tile of a level that is being filled.
type level struct {
	n      int64
	hashes []ledger.Hash
}

func (c *climber) add(h ledger.Hash) error {
	c.size++
	return c.put(0, h)
}

func (c *climber) put(l int, h ledger.Hash) error {
	if l == len(c.levels) {
		c.levels = append(c.levels, level{hashes: make([]ledger.Hash, 0, tileWidth)})
	}
	at := &c.levels[l]
	at.hashes = append(at.hashes, h)
	if len(at.hashes) < tileWidth {
		return nil
	}
	if err := c.tile(tlog.Tile{H: tileHeight, L: l, N: at.n, W: tileWidth}, at.hashes); err != nil {
		return err
	}
	up := perfect(at.hashes)
	at.n, at.hashes = at.n+1, at.hashes[:0]
	return c.put(l+1, up)
}

// finish hands over the tiles that are not full.
func (c *climber) finish() error {
	for l, at := range c.levels {
		if len(at.hashes) == 0 {
			continue
		}
		if err := c.tile(tlog.Tile{H: tileHeight, L: l, N: at.n, W: len(at.hashes)}, at.hashes); err != nil {
			return err
		}
	}
	return nil
}

// root returns the tree hash of what was added so far: the perfect subtrees, the smallest last, joined
// from the right.
func (c *climber) root() ledger.Hash {
	if c.size == 0 {
		return ledger.EmptyRoot()
	}
	var root ledger.Hash
	empty := true
	for _, at := range c.levels { // the lowest level holds the rightmost leaves
		rest := at.hashes
		for width := 1; len(rest) > 0; width *= 2 {
			if len(rest)&width == 0 {
				continue
			}
			part := perfect(rest[len(rest)-width:])
			rest = rest[:len(rest)-width]
			if empty {
				root, empty = part, false
			} else {
				root = tlog.NodeHash(part, root)
			}
		}
	}
	return root
}

// perfect returns the hash of a perfect subtree of a power of two hashes.
func perfect(hashes []ledger.Hash) ledger.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(perfect(hashes[:half]), perfect(hashes[half:]))
}
