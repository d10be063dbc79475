package keyring

import (
	"context"
	"io"
)

// Mark says how far a reader has read a ring: which writing of it, and how many bytes.
type Mark struct {
	// Generation is random and new at every rewrite; 0 means an empty medium.
	Generation uint64
	Size       int64
}

// Reader reads a ring.
type Reader interface {
	// Load returns what follows mark when the ring is still of that generation, otherwise what it begins
	// with; a few megabytes at a time; and the mark of the end of the whole. It never returns half a
	// record that was cut off by a crash.
	Load(ctx context.Context, mark Mark) (data []byte, end Mark, err error)
}

// maxLoad is about how much of a ring is read at a time.
const maxLoad = 4 << 20

// Writer changes a ring that it has for itself. What it wrote is durable when it returns nil, and
// after an error nothing of it counts.
type Writer interface {
	Reader
	// Append adds records at the end, which at marks.
	Append(ctx context.Context, at Mark, records []byte) error
	// Replace puts the ring that write writes in the place of the old one and overwrites the bytes of
	// that.
	Replace(ctx context.Context, write func(io.Writer) error) error
}

// Medium is where a ring lies: a [File] of one machine, or a [Table] of a database of its own for
// several.
type Medium interface {
	Reader
	// Alone runs fn while no other process changes the ring. It may run fn again after a conflict.
	Alone(ctx context.Context, fn func(Writer) error) error
}
