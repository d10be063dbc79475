package blind

import (
	"errors"
	"os"
)

const (
	// partitions cut the space of labels into equal ranges. The number of buckets is a multiple of it,
	// so that no bucket lies in two.
	partitions = 64
	// spillAt is how many bytes are kept in memory before they go to a file.
	spillAt = 48 << 20
)

// spill keeps records by the first bits of their labels. What does not fit into memory goes to a
// temporary file: sealed cells and blocks, the same bytes that the tables will hold.
type spill struct {
	size    int // of a record
	parts   [partitions][]byte
	held    int
	file    *os.File
	extents [partitions][]extent
	end     int64
	records int64
}

type extent struct {
	at, length int64
}

// add keeps a record, which begins with its label.
func (s *spill) add(record []byte) error {
	p := record[0] / (256 / partitions)
	s.parts[p] = append(s.parts[p], record...)
	s.records++
	if s.held += len(record); s.held < spillAt {
		return nil
	}
	return s.flush()
}

func (s *spill) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "fourfold-index-*")
		if err != nil {
			return err
		}
		s.file = f
		_ = os.Remove(f.Name()) // where a file in use cannot be removed, close does it
	}
	for p, b := range s.parts {
		if _, err := s.file.WriteAt(b, s.end); err != nil {
			return err
		}
		s.extents[p] = append(s.extents[p], extent{s.end, int64(len(b))})
		s.end += int64(len(b))
		s.parts[p] = b[:0]
	}
	s.held = 0
	return nil
}

// part returns the records of a partition, each once, in no order.
func (s *spill) part(p int) ([][]byte, error) {
	all := s.parts[p]
	for _, e := range s.extents[p] {
		at := len(all)
		all = append(all, make([]byte, e.length)...)
		if _, err := s.file.ReadAt(all[at:], e.at); err != nil {
			return nil, err
		}
	}
	records := make([][]byte, 0, len(all)/s.size)
	for ; len(all) > 0; all = all[s.size:] {
		records = append(records, all[:s.size:s.size])
	}
	return records, nil
}

func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if removed := os.Remove(s.file.Name()); removed != nil && !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}
