package blob

import (
	"bufio"
	"encoding/binary"
	"io"
)

// webpKept are the chunks that a picture needs to look the same (RFC 9649, section 2).
var webpKept = map[string]bool{
	"VP8 ": true, "VP8L": true, "VP8X": true, "ALPH": true, "ANIM": true, "ANMF": true,
}

// Flags of a VP8X chunk for what is left out.
const webpFlags = 0x20 | 0x08 | 0x04 // profile, Exif, XMP

// stripWebP keeps the picture and its animation. The length of the whole stands at its start, so the
// file is read twice.
func stripWebP(w io.Writer, r io.ReadSeeker) error {
	size, err := webpChunks(io.Discard, r)
	if err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	head := append([]byte("RIFF"), 0, 0, 0, 0, 'W', 'E', 'B', 'P')
	binary.LittleEndian.PutUint32(head[4:], uint32(size+4))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err = webpChunks(w, r)
	return err
}

// webpChunks copies what stays and returns its length in bytes.
func webpChunks(to io.Writer, from io.Reader) (size int64, err error) {
	r, w := bufio.NewReader(from), bufio.NewWriter(to)
	var head [12]byte
	if err := fill(r, head[:]); err != nil {
		return 0, err
	}
	left := int64(binary.LittleEndian.Uint32(head[4:])) - 4
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" || left < 8 {
		return 0, errMalformed
	}
	for left >= 8 {
		chunk := head[:8]
		if err := fill(r, chunk); err != nil {
			return 0, err
		}
		n := int64(binary.LittleEndian.Uint32(chunk[4:]))
		n += n & 1 // to an even length
		if left -= 8 + n; left < 0 {
			return 0, errMalformed
		}
		if !webpKept[string(chunk[:4])] {
			if err := skip(r, n); err != nil {
				return 0, err
			}
			continue
		}
		size += 8 + n
		_, _ = w.Write(chunk) // bufio keeps the error until Flush
		if err := webpChunk(w, r, string(chunk[:4]), n); err != nil {
			return 0, err
		}
	}
	if size == 0 {
		return 0, errMalformed
	}
	return size, w.Flush()
}

// webpChunk copies the content of a chunk that stays.
func webpChunk(w io.Writer, r io.Reader, kind string, n int64) error {
	if kind == "VP8X" {
		var flags [1]byte
		if n < 1 {
			return errMalformed
		}
		if err := fill(r, flags[:]); err != nil {
			return err
		}
		flags[0] &^= webpFlags
		if _, err := w.Write(flags[:]); err != nil {
			return err
		}
		n--
	}
	return exactly(w, r, n)
}
