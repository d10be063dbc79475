package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// stream reads a file chunk by chunk. It holds one chunk.
type stream struct {
	ctx    context.Context
	store  Store
	name   Name
	box    box
	size   int64
	chunks int64
	at     int64
	held   int64 // number of the chunk in plain, from 1; 0 for none
	plain  []byte
	memory []byte // of the chunk: a new one for each would be much to collect
}

func (b *Blobs) reader(ctx context.Context, org auth.OrgID, content string, c card, chunks int64) (*stream, error) {
	box, err := newBox(c.Key, string(org), content)
	if err != nil {
		return nil, err
	}
	if chunks != chunksOf(c.Size) {
		return nil, damaged(fmt.Errorf("blob: %d chunks for %d bytes", chunks, c.Size))
	}
	return &stream{ctx: ctx, store: b.Store, name: Name{string(org), content}, box: box, size: c.Size, chunks: chunks}, nil
}

// chunksOf is how many chunks a file of size bytes has.
func chunksOf(size int64) int64 { return (size + chunkSize - 1) / chunkSize }

func damaged(err error) error {
	return fault.New(fault.Conflict, "An attachment was altered, or part of it is missing.").
		WithHint("It was changed outside the program. Do not rely on it; compare with a backup and tell the person responsible for security.").
		Wrap(err)
}

// Read implements [io.Reader].
func (s *stream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if s.at >= s.size {
		return 0, io.EOF
	}
	n := s.at / chunkSize
	if s.held != n+1 {
		if err := s.load(n); err != nil {
			return 0, err
		}
	}
	got := copy(p, s.plain[s.at-n*chunkSize:])
	s.at += int64(got)
	return got, nil
}

func (s *stream) load(n int64) error {
	s.held, s.plain = 0, nil
	sealed, err := s.store.Get(s.ctx, s.name, n, s.memory)
	if errors.Is(err, fs.ErrNotExist) {
		return damaged(err)
	}
	if err != nil {
		return err
	}
	s.memory = sealed[:0]
	last := n == s.chunks-1
	plain, err := s.box.open(sealed, n, last)
	if err != nil {
		return damaged(err)
	}
	want := int64(chunkSize)
	if last {
		want = s.size - n*chunkSize
	}
	if int64(len(plain)) < want {
		return damaged(errDamaged)
	}
	s.held, s.plain = n+1, plain[:want]
	return nil
}

// Seek implements [io.Seeker].
func (s *stream) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the start")
	}
	s.at = offset
	return offset, nil
}

// sink writes a file chunk by chunk. It holds one chunk, because only with the next byte, or Close,
// is it known whether it is the last.
type sink struct {
	ctx   context.Context
	store Store
	name  Name
	box   box
	held  []byte
	out   []byte // memory of the sealed chunk
	n     int64
	size  int64
}

// Write implements [io.Writer].
func (s *sink) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if len(s.held) == chunkSize {
			if err := s.put(false); err != nil {
				return written, err
			}
		}
		got := min(chunkSize-len(s.held), len(p))
		s.held = append(s.held, p[:got]...)
		p, written, s.size = p[got:], written+got, s.size+int64(got)
	}
	return written, nil
}

// Close writes the last chunk, padded.
func (s *sink) Close() error {
	s.held = append(s.held, make([]byte, padded(len(s.held))-len(s.held))...)
	return s.put(true)
}

func (s *sink) put(last bool) error {
	s.out = s.box.seal(s.out, s.held, s.n, last)
	err := s.store.Put(s.ctx, s.name, s.n, s.out)
	s.n++
	s.held = s.held[:0]
	return err
}
