package blob

import (
	"bufio"
	"io"
)

// Introducers and labels of GIF89a.
const (
	gifImage       = 0x2C
	gifExtension   = 0x21
	gifTrailer     = 0x3B
	gifControl     = 0xF9
	gifApplication = 0xFF
)

// stripGIF keeps the images, their control blocks and the block that repeats an animation; comments,
// plain text and what programs add are left out, and so is everything after the end.
func stripGIF(to io.Writer, from io.ReadSeeker) error {
	r, w := bufio.NewReader(from), bufio.NewWriter(to)
	var screen [13]byte
	if err := fill(r, screen[:]); err != nil {
		return err
	}
	if s := string(screen[:6]); s != "GIF87a" && s != "GIF89a" {
		return errMalformed
	}
	_, _ = w.Write(screen[:]) // bufio keeps the error until Flush
	if err := exactly(w, r, colours(screen[10])); err != nil {
		return err
	}
	for {
		introducer, err := r.ReadByte()
		if err != nil {
			return short(err)
		}
		switch introducer {
		case gifTrailer:
			_ = w.WriteByte(gifTrailer)
			return w.Flush()
		case gifImage:
			err = copyGIFImage(w, r)
		case gifExtension:
			err = copyGIFExtension(w, r)
		default:
			err = errMalformed
		}
		if err != nil {
			return err
		}
	}
}

// colours is the size in bytes of the colour table that a packed field announces.
func colours(packed byte) int64 {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

func copyGIFImage(w *bufio.Writer, r *bufio.Reader) error {
	var head [9]byte
	if err := fill(r, head[:]); err != nil {
		return err
	}
	_ = w.WriteByte(gifImage)
	_, _ = w.Write(head[:])
	if err := exactly(w, r, colours(head[8])+1); err != nil { // and the size of the codes
		return err
	}
	return blocks(w, r)
}

func copyGIFExtension(w *bufio.Writer, r *bufio.Reader) error {
	label, err := r.ReadByte()
	if err != nil {
		return short(err)
	}
	keep := label == gifControl
	if label == gifApplication {
		name, err := r.Peek(12) // the size of the block, 11, and the name of the program
		if err != nil {
			return short(err)
		}
		keep = string(name[1:]) == "NETSCAPE2.0"
	}
	if !keep {
		return blocks(io.Discard, r)
	}
	_, _ = w.Write([]byte{gifExtension, label})
	return blocks(w, r)
}

// blocks copies data blocks, each behind its length, to the empty one that ends them.
func blocks(w io.Writer, r *bufio.Reader) error {
	for {
		n, err := r.ReadByte()
		if err != nil {
			return short(err)
		}
		if _, err := w.Write([]byte{n}); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if err := exactly(w, r, int64(n)); err != nil {
			return err
		}
	}
}
