package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of what one file may hold. They keep a hostile or mistaken file from filling memory or
// disk; the largest real file known (UNODC, 2025) has 9 MB and 58,769 rows.
const (
	// MaxBytes bounds the uncompressed file.
	MaxBytes = 512 << 20
	// MaxRows bounds the data rows.
	MaxRows = 2_000_000
	// MaxRecord bounds one record in bytes, quoted line breaks included.
	MaxRecord = 64 << 10
	// MaxField bounds one field in bytes.
	MaxField = 4 << 10
	// MaxColumns bounds the columns.
	MaxColumns = 100
	// MaxRatio bounds how many bytes one compressed byte may become. Real tables reach 30.
	MaxRatio = 200
	// MaxCategories bounds the different categories of one file.
	MaxCategories = 50_000
	// MaxLabel bounds the name of a category in bytes.
	MaxLabel = 500
	// MaxDimensions bounds the dimensions of a generic file.
	MaxDimensions = 12
	// MaxIndicators bounds the indicators of one generic file.
	MaxIndicators = 500
	// MaxReleases bounds the releases of one generic file.
	MaxReleases = 200
)

// bufferSize is what is read at a time; a record may be longer.
const bufferSize = 64 << 10

// ratioFrom is how many bytes have to come out before the ratio is judged.
const ratioFrom = 1 << 20

// stream gives the uncompressed bytes of a file and refuses what is not plain UTF-8 text within
// the limits. Its errors are *refusal.
type stream struct {
	name     string
	src      io.Closer
	in       io.Reader // uncompressed
	packed   *counter  // compressed bytes; nil for a plain file
	progress func(int64)
	sum      hash.Hash
	read     int64 // uncompressed bytes
	reported int64
	record   int64  // bytes since the record began, see mark
	tail     []byte // bytes of a character that the last read cut
	line, at int    // place of the next byte, from 1
	bom      bool
	limit    int64
	err      error
}

// refusal is a problem with the file that ends reading.
type refusal struct{ Problem }

func (r *refusal) Error() string { return r.String() }

func refuse(p Problem) error { return &refusal{p} }

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// openStream opens the file and looks at its first bytes: gzip is recognised by its content, not
// its name; a UTF-8 byte-order mark is skipped; other known formats and encodings are refused with
// what to do.
func openStream(name string, open func() (io.ReadCloser, error), progress func(int64)) (*stream, error) {
	src, err := open()
	if err != nil {
		return nil, err
	}
	s := &stream{name: name, src: src, progress: progress, sum: sha256.New(), line: 1, at: 1, limit: MaxBytes}
	if err := s.begin(src); err != nil {
		_ = src.Close() // the first error is the one to tell
		return nil, err
	}
	return s, nil
}

func (s *stream) begin(src io.Reader) error {
	packed := &counter{r: src}
	raw := bufio.NewReaderSize(packed, bufferSize)
	head, err := raw.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	in := raw
	if bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzip, err := gzip.NewReader(raw)
		if err != nil {
			return refuse(s.damaged(err))
		}
		s.packed = packed
		in = bufio.NewReaderSize(unzip, bufferSize)
	}
	s.in = in
	head, err = in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return refuse(s.damaged(err))
	}
	return s.recognise(in, head)
}

func (s *stream) recognise(in *bufio.Reader, head []byte) error {
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return refuse(Problem{
			File: s.name, Line: 1, At: 1, Msg: "the file is empty",
			Mend: "Choose the file again, or download it again.",
		})
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return refuse(Problem{
			File: s.name, Line: 1, At: 1, Msg: "this is a workbook or an archive, not a CSV file",
			Mend: "Open it and save the sheet as \"CSV UTF-8\".",
		})
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.IndexByte(head, 0) >= 0:
		return refuse(Problem{
			File: s.name, Line: 1, At: 1, Msg: "the text is encoded as UTF-16, not as UTF-8",
			Mend: "Save it as \"CSV UTF-8\", or convert it: iconv -f UTF-16 -t UTF-8 file.csv > new.csv",
		})
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		s.bom = true
		s.sum.Write(head[:3])
		return err
	}
	return nil
}

// damaged words a failure of decompression or of the disk.
func (s *stream) damaged(err error) Problem {
	p := Problem{File: s.name, Line: s.line, At: s.at}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.Msg = "the compressed file ends before its content does"
		p.Mend = "It was cut short: download or copy it again."
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), strings.Contains(err.Error(), "flate"):
		p.Msg = "the compressed file is damaged"
		p.Mend = "Download or copy it again."
	default:
		p.Msg = "the file cannot be read to its end"
		p.Mend = "Check the disk or the connection, then try again."
	}
	return p
}

// mark tells the stream that a record was taken, so that the length of the next is counted anew.
func (s *stream) mark() { s.record = 0 }

// Read gives text that is valid UTF-8 up to a character that the next read completes.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.in.Read(p)
	if n > 0 {
		s.sum.Write(p[:n])
		s.read += int64(n)
		s.record += int64(n)
		if bad := s.check(p[:n]); bad != nil {
			s.err = bad
			return 0, bad
		}
	}
	if s.progress != nil && (s.read-s.reported >= 1<<20 || err != nil) {
		s.reported = s.read
		s.progress(s.read)
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && len(s.tail) > 0:
		s.err = refuse(s.notUTF8(s.tail))
	case errors.Is(err, io.EOF):
		s.err = io.EOF
	default:
		s.err = refuse(s.damaged(err))
	}
	return n, s.err
}

func (s *stream) check(p []byte) error {
	switch {
	case s.read > s.limit:
		return refuse(Problem{
			File: s.name, Msg: "the file is larger than %d MB uncompressed",
			Args: []any{s.limit >> 20}, Mend: "Split it into several files and import one after another.",
		})
	case s.packed != nil && s.read > ratioFrom && s.read > MaxRatio*s.packed.n:
		return refuse(Problem{
			File: s.name, Msg: "the compressed file grows to more than %d times its size",
			Args: []any{MaxRatio}, Mend: "That is not how a table compresses. If it is one, uncompress it first.",
		})
	case s.record > MaxRecord+2*bufferSize:
		return refuse(Problem{
			File: s.name, Line: s.line, Msg: "a record is longer than %d kB",
			Args: []any{MaxRecord >> 10}, Mend: "Look for a quotation mark that is opened and not closed.",
		})
	}
	return s.scan(p)
}

// scan validates text and keeps count of line and character.
func (s *stream) scan(p []byte) error {
	for len(s.tail) > 0 && len(p) > 0 {
		s.tail = append(s.tail, p[0])
		p = p[1:]
		if !utf8.FullRune(s.tail) {
			continue
		}
		if !utf8.Valid(s.tail) {
			return refuse(s.notUTF8(s.tail))
		}
		s.at++
		s.tail = s.tail[:0]
	}
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		text := p
		if i >= 0 {
			text = p[:i]
		}
		if err := s.scanLine(text, i < 0); err != nil {
			return err
		}
		if i < 0 {
			return nil
		}
		s.line, s.at = s.line+1, 1
		p = p[i+1:]
	}
	return nil
}

// firstControl returns where the first control character is that no table needs, or -1. It is a
// plain loop because every byte of every file goes through it.
func firstControl(text []byte) int {
	for i, b := range text {
		if b < ' ' && b != '\t' && b != '\r' || b == 0x7f {
			return i
		}
	}
	return -1
}

func (s *stream) scanLine(text []byte, open bool) error {
	if bytes.IndexByte(text, 0) >= 0 {
		return refuse(Problem{
			File: s.name, Line: s.line, Msg: "there is a zero byte, so this is not a text file in UTF-8",
			Mend: "Save it as \"CSV UTF-8\".",
		})
	}
	// Labels are shown on pages and terminals, where such a character gives orders.
	if i := firstControl(text); i >= 0 {
		return refuse(Problem{
			File: s.name, Line: s.line, At: s.at + utf8.RuneCount(text[:i]), Value: fmt.Sprintf("byte 0x%02X", text[i]),
			Msg: "there is a control character in the text", Mend: "Delete it: a table holds none.",
		})
	}
	if utf8.Valid(text) {
		s.at += utf8.RuneCount(text)
		return nil
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			if open && !utf8.FullRune(text) {
				s.tail = append(s.tail[:0], text...)
				return nil
			}
			return refuse(s.notUTF8(text))
		}
		s.at++
		text = text[size:]
	}
	return nil
}

func (s *stream) notUTF8(b []byte) Problem {
	return Problem{
		File: s.name, Line: s.line, At: s.at,
		Value: fmt.Sprintf("byte 0x%02X", b[0]),
		Msg:   "the text is not UTF-8; it is probably Latin-1 or Windows-1252",
		Mend:  "Save it as \"CSV UTF-8\", or convert it: iconv -f WINDOWS-1252 -t UTF-8 file.csv > new.csv",
	}
}

// digest returns the SHA-256 of the uncompressed bytes read so far, in hex.
func (s *stream) digest() string { return fmt.Sprintf("%x", s.sum.Sum(nil)) }

func (s *stream) close() error { return s.src.Close() }
