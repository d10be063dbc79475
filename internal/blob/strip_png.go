package blob

import (
	"bufio"
	"encoding/binary"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that a picture needs to look the same (PNG, third edition, clause 11), those
// of an animation among them. Text, times, Exif, profiles and private chunks are not.
var pngKept = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true,
	"tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "sBIT": true, "bKGD": true, "cICP": true,
	"acTL": true, "fcTL": true, "fdAT": true,
}

// stripPNG keeps the chunks that decide how the picture looks, and nothing after its end.
func stripPNG(to io.Writer, from io.ReadSeeker) error {
	r, w := bufio.NewReader(from), bufio.NewWriter(to)
	var head [8]byte
	if err := fill(r, head[:]); err != nil {
		return err
	}
	if string(head[:]) != pngSignature {
		return errMalformed
	}
	_, _ = w.Write(head[:]) // bufio keeps the error until Flush
	for {
		if err := fill(r, head[:]); err != nil { // length and type
			return err
		}
		rest := int64(binary.BigEndian.Uint32(head[:])) + 4 // data and checksum
		kind := string(head[4:])
		if rest > 1<<31 {
			return errMalformed
		}
		if !pngKept[kind] {
			if err := skip(r, rest); err != nil {
				return err
			}
			continue
		}
		_, _ = w.Write(head[:])
		if err := exactly(w, r, rest); err != nil {
			return err
		}
		if kind == "IEND" {
			return w.Flush()
		}
	}
}
