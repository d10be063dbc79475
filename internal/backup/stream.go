package backup

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
)

// What is inside the encryption is a sequence of frames: one byte that says what it is, the length of
// the content in four bytes, big endian, and the content.
const (
	frameHeader byte = 'H' // JSON of a Header, once, first
	frameTable  byte = 'T' // JSON of a db.Table: its rows follow
	frameRows   byte = 'R' // whole rows, one after another, as db.Snapshot gives them
	frameChunk  byte = 'C' // a chunk of an attachment: see appendChunk
	frameEnd    byte = 'Z' // JSON of Totals, once, last
)

// blockSize is the length at which a block of rows is closed; one row may make it longer.
const blockSize = 256 << 10

// maxFrame bounds a frame.
const maxFrame = db.MaxRow + blockSize

// Header says what a backup holds and of which moment.
type Header struct {
	MadeAt   int64   `json:"made_at"` // microseconds since 1970, the moment of every row
	Program  string  `json:"program"`
	Engine   string  `json:"engine"`   // from which it was made; it can be restored into either
	Versions []int64 `json:"versions"` // migrations
	Orgs     []Head  `json:"organisations"`
}

// Head is how far the ledger of an organisation had come.
type Head struct {
	Org    string `json:"org"`
	Origin string `json:"origin"` // of its newest log, "" before the first
	Size   int64  `json:"size"`
}

// Totals are the numbers at the end of a backup.
type Totals struct {
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`
	Chunks int64 `json:"chunks"`
	// Gone are chunks of attachments that were erased while the backup was made.
	Gone int64 `json:"gone"`
}

// frames writes frames.
type frames struct {
	w      *bufio.Writer
	block  []byte
	totals Totals
}

func newFrames(w io.Writer) *frames {
	return &frames{w: bufio.NewWriterSize(w, 1<<20), block: make([]byte, 0, 2*blockSize)}
}

func (f *frames) frame(kind byte, content []byte) error {
	var head [5]byte
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(content)))
	if _, err := f.w.Write(head[:]); err != nil {
		return err
	}
	_, err := f.w.Write(content)
	return err
}

func (f *frames) json(kind byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.frame(kind, text)
}

func (f *frames) table(t db.Table) error {
	f.totals.Tables++
	return f.json(frameTable, t)
}

func (f *frames) row(row []byte) error {
	f.totals.Rows++
	if f.block = append(f.block, row...); len(f.block) < blockSize {
		return nil
	}
	return f.flush()
}

// flush writes the rows that are collected.
func (f *frames) flush() error {
	if len(f.block) == 0 {
		return nil
	}
	err := f.frame(frameRows, f.block)
	f.block = f.block[:0]
	return err
}

func (f *frames) chunk(name blob.Name, n int64, sealed []byte) error {
	f.totals.Chunks++
	return f.frame(frameChunk, appendChunk(nil, name, n, sealed))
}

func (f *frames) end() error {
	if err := f.json(frameEnd, f.totals); err != nil {
		return err
	}
	return f.w.Flush()
}

// appendChunk appends a chunk: organisation and identifier with their lengths in one byte each before
// them, number, sealed bytes.
func appendChunk(to []byte, name blob.Name, n int64, sealed []byte) []byte {
	to = append(append(to, byte(len(name.Org))), name.Org...)
	to = append(append(to, byte(len(name.ID))), name.ID...)
	return append(binary.BigEndian.AppendUint64(to, uint64(n)), sealed...)
}

func parseChunk(b []byte) (name blob.Name, n int64, sealed []byte, err error) {
	for _, s := range []*string{&name.Org, &name.ID} {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return name, 0, nil, errFrame
		}
		*s, b = string(b[1:1+b[0]]), b[1+b[0]:]
	}
	if len(b) < 8 {
		return name, 0, nil, errFrame
	}
	return name, int64(binary.BigEndian.Uint64(b)), b[8:], nil
}

var errFrame = errors.New("backup: the frames are not those of a backup")

// reader reads frames. It checks their order and, at the end, their number.
type reader struct {
	r      *bufio.Reader
	head   [5]byte
	frame  []byte
	rest   []byte // rows of the block that is being read
	kind   byte   // of the frame at hand, 0 when a new one is to be read
	totals Totals
}

func newReader(r io.Reader) *reader { return &reader{r: bufio.NewReaderSize(r, 1<<20)} }

// next reads the next frame and returns its kind.
func (r *reader) next() (byte, error) {
	if _, err := io.ReadFull(r.r, r.head[:]); err != nil {
		return 0, early(err)
	}
	n := binary.BigEndian.Uint32(r.head[1:])
	if n > maxFrame {
		return 0, errFrame
	}
	if cap(r.frame) < int(n) {
		r.frame = make([]byte, n)
	}
	r.frame = r.frame[:n]
	if _, err := io.ReadFull(r.r, r.frame); err != nil {
		return 0, early(err)
	}
	r.kind = r.head[0]
	return r.kind, nil
}

func early(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *reader) header() (h Header, err error) {
	kind, err := r.next()
	if err == nil && kind != frameHeader {
		err = errFrame
	}
	if err == nil {
		err = json.Unmarshal(r.frame, &h)
	}
	return h, err
}

// taker takes what a backup holds, in its order.
type taker struct {
	table func(t db.Table, next func() ([]byte, error)) error
	chunk func(name blob.Name, n int64, sealed []byte) error
}

// body reads everything after the header and gives it to a taker.
func (r *reader) body(to taker) (Totals, error) {
	kind, err := r.next()
	for err == nil {
		switch kind {
		case frameTable:
			var t db.Table
			if err = json.Unmarshal(r.frame, &t); err != nil {
				break
			}
			r.totals.Tables++
			kind, err = r.rows(t, to)
		case frameChunk:
			r.totals.Chunks++
			name, n, sealed, bad := parseChunk(r.frame)
			if err = bad; err == nil {
				err = to.chunk(name, n, sealed)
			}
			if err == nil {
				kind, err = r.next()
			}
		case frameEnd:
			return r.finish()
		default:
			err = errFrame
		}
	}
	return r.totals, err
}

// rows gives the rows of a table to the taker and returns the kind of the frame that follows them.
func (r *reader) rows(t db.Table, to taker) (kind byte, err error) {
	r.rest, r.kind = nil, frameRows
	ended := false
	row := func() ([]byte, error) {
		for len(r.rest) == 0 {
			kind, err := r.next()
			if err != nil {
				return nil, err
			}
			if kind != frameRows {
				ended = true
				return nil, io.EOF
			}
			r.rest = r.frame
		}
		n, err := db.RowLength(r.rest, len(t.Columns))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, errFrame
		}
		row := r.rest[:n]
		r.rest = r.rest[n:]
		r.totals.Rows++
		return row, nil
	}
	if err := to.table(t, row); err != nil {
		return 0, err
	}
	if !ended {
		return 0, fmt.Errorf("backup: the rows of %s were not all taken", t.Name)
	}
	return r.kind, nil
}

// finish compares the numbers at the end with what was read.
func (r *reader) finish() (Totals, error) {
	var said Totals
	if err := json.Unmarshal(r.frame, &said); err != nil {
		return r.totals, err
	}
	r.totals.Gone = said.Gone
	if said != r.totals {
		return r.totals, errors.New("backup: the numbers at the end are not those of its content")
	}
	if _, err := r.r.ReadByte(); !errors.Is(err, io.EOF) {
		return r.totals, errFrame
	}
	return r.totals, nil
}
