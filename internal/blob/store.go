package blob

import (
	"context"
	"time"
)

// Store keeps sealed chunks. It is a [Folder] or a [Table]. Names are identifiers made by this
// program.
type Store interface {
	// Put keeps chunk n of a file, from 0, and replaces one that was there. It is durable on return, and
	// the memory of sealed is the caller's again.
	// Every chunk but the last has the same length.
	Put(ctx context.Context, name Name, n int64, sealed []byte) error
	// Get returns chunk n of a file, in the memory of into when it has room; an absent one is an error
	// that matches fs.ErrNotExist.
	Get(ctx context.Context, name Name, n int64, into []byte) ([]byte, error)
	// Remove removes all of a file. That there is none is no error.
	Remove(ctx context.Context, name Name) error
	// Each calls fn for every file, with the time of its last chunk.
	Each(ctx context.Context, fn func(Name, time.Time) error) error
}

// Name is where a file's chunks are: the organisation and an identifier.
type Name struct {
	Org string
	ID  string
}
