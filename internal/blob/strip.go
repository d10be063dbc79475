package blob

import (
	"errors"
	"io"
)

// Metadata says what became of what a camera or program wrote into a file about itself.
type Metadata string

// The three answers.
const (
	// None: this kind of file has no place for it.
	None Metadata = "none"
	// Stripped: it was removed, and the file shows what it showed before.
	Stripped Metadata = "stripped"
	// Kept: the kind cannot be stripped here, or the file is not well formed. Whoever is shown the
	// file is told so.
	Kept Metadata = "kept"
)

// errMalformed says that a file is not what its first bytes promise. It is kept as it is.
var errMalformed = errors.New("blob: malformed")

// stripper copies a picture without what it says about itself. It reads once, or from the start again
// after a Seek, in memory that does not grow with the picture. What follows the picture's end is left
// out: phones put a film there.
type stripper func(w io.Writer, r io.ReadSeeker) error

// strippers by the kind that the first bytes show.
var strippers = map[string]stripper{
	"image/jpeg": stripJPEG,
	"image/png":  stripPNG,
	"image/gif":  stripGIF,
	"image/webp": stripWebP,
}

// plain kinds have nothing to strip.
var plain = map[string]bool{
	"text/plain": true, "text/csv": true, "image/bmp": true,
}

// exactly copies n bytes; fewer are malformed.
func exactly(w io.Writer, r io.Reader, n int64) error {
	if _, err := io.CopyN(w, r, n); err != nil {
		return short(err)
	}
	return nil
}

// skip passes over n bytes; fewer are malformed.
func skip(r io.Reader, n int64) error { return exactly(io.Discard, r, n) }

// fill reads len(b) bytes; fewer are malformed.
func fill(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	return short(err)
}

// short turns the end of the file in the middle of a part into malformed, and leaves other errors.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errMalformed
	}
	return err
}
