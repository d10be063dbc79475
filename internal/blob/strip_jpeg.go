package blob

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Markers of ITU-T T.81 (JPEG), table B.1.
const (
	jpegSOI   = 0xD8
	jpegEOI   = 0xD9
	jpegSOS   = 0xDA
	jpegAPP0  = 0xE0
	jpegAPP1  = 0xE1
	jpegAPP14 = 0xEE
	jpegAPP15 = 0xEF
	jpegCOM   = 0xFE
	jpegTEM   = 0x01
	jpegRST0  = 0xD0
	jpegRST7  = 0xD7
)

// stripJPEG keeps the tables, frames and scans, the JFIF header without its thumbnail, and Adobe's
// segment, without which colours are wrong. Of all that Exif says only the orientation stays, because
// a letter that lies on its side cannot be read. Everything after the end of the image is left out.
func stripJPEG(to io.Writer, from io.ReadSeeker) error {
	r, w := bufio.NewReader(from), bufio.NewWriter(to)
	var start [2]byte
	if err := fill(r, start[:]); err != nil {
		return err
	}
	if start != [2]byte{0xFF, jpegSOI} {
		return errMalformed
	}
	_, _ = w.Write(start[:]) // bufio keeps the error until Flush
	marker, err := nextMarker(r)
	for ; err == nil; marker, err = follow(w, r, marker) {
		switch {
		case marker == jpegEOI:
			_, _ = w.Write([]byte{0xFF, jpegEOI})
			return w.Flush()
		case marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7 || marker == jpegSOI:
			return errMalformed // none of them stands between segments
		}
	}
	return err
}

// follow copies the segment of a marker, and the scan that begins with it, and returns the next marker.
func follow(w *bufio.Writer, r *bufio.Reader, marker byte) (byte, error) {
	if err := copySegment(w, r, marker); err != nil {
		return 0, err
	}
	if marker == jpegSOS {
		return copyScan(w, r)
	}
	return nextMarker(r)
}

// nextMarker reads 0xFF, any fill bytes, and the marker.
func nextMarker(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err != nil {
		return 0, short(err)
	}
	if b != 0xFF {
		return 0, errMalformed
	}
	for b == 0xFF {
		if b, err = r.ReadByte(); err != nil {
			return 0, short(err)
		}
	}
	if b == 0 {
		return 0, errMalformed
	}
	return b, nil
}

// copySegment reads one segment and writes what of it may stay.
func copySegment(w *bufio.Writer, r *bufio.Reader, marker byte) error {
	var length [2]byte
	if err := fill(r, length[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(length[:])) - 2
	if n < 0 {
		return errMalformed
	}
	body := make([]byte, n) // at most 64 KiB
	if err := fill(r, body); err != nil {
		return err
	}
	switch {
	case marker == jpegAPP0:
		body = jfif(body)
	case marker == jpegAPP1:
		body = orientationOnly(body)
	case marker == jpegAPP14 && bytes.HasPrefix(body, []byte("Adobe")):
		body = body[:min(len(body), 12)]
	case marker >= jpegAPP0 && marker <= jpegAPP15, marker == jpegCOM:
		body = nil
	}
	if body == nil {
		return nil
	}
	_, _ = w.Write([]byte{0xFF, marker})
	_, _ = w.Write(binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)))
	_, err := w.Write(body)
	return err
}

// jfif returns the JFIF header without its thumbnail; other application data is dropped.
func jfif(body []byte) []byte {
	const fixed = 14 // "JFIF\0", version, units, densities, size of the thumbnail
	if len(body) < fixed || !bytes.HasPrefix(body, []byte("JFIF\x00")) {
		return nil
	}
	out := bytes.Clone(body[:fixed])
	out[12], out[13] = 0, 0
	return out
}

// copyScan copies entropy-coded data and returns the marker that ends it.
func copyScan(w *bufio.Writer, r *bufio.Reader) (byte, error) {
	for {
		part, err := r.ReadSlice(0xFF)
		if errors.Is(err, bufio.ErrBufferFull) {
			_, _ = w.Write(part)
			continue
		}
		if err != nil {
			return 0, short(err)
		}
		_, _ = w.Write(part[:len(part)-1])
		next := byte(0xFF)
		for next == 0xFF { // fill bytes
			if next, err = r.ReadByte(); err != nil {
				return 0, short(err)
			}
		}
		if next != 0 && (next < jpegRST0 || next > jpegRST7) {
			return next, nil
		}
		_, _ = w.Write([]byte{0xFF, next})
	}
}

var exifHeader = []byte("Exif\x00\x00")

// orientationOnly returns an Exif segment that says how to turn the picture and nothing else, or nil
// when there is nothing to say.
func orientationOnly(body []byte) []byte {
	if !bytes.HasPrefix(body, exifHeader) {
		return nil
	}
	turn := orientation(body[len(exifHeader):])
	if turn < 2 || turn > 8 { // 1 is upright
		return nil
	}
	out := bytes.Clone(exifHeader)
	out = append(out, "MM\x00*\x00\x00\x00\x08"...)       // TIFF header, big-endian, directory at 8
	out = append(out, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1) // one entry: orientation, a short, one of them
	out = binary.BigEndian.AppendUint16(out, turn)
	return append(out, 0, 0, 0, 0, 0, 0) // rest of the value, no further directory
}

// orientation reads tag 0x0112 of the first directory of a TIFF block (TIFF 6.0, section 2), or 0.
func orientation(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := int64(order.Uint16(tiff[at:]))
	for i := range entries {
		e := at + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			return order.Uint16(tiff[e+8:])
		}
	}
	return 0
}
