package linkage_test

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"
)

// This file reads the one kind of Parquet file that the reference data hold: one row group, text
// columns that may be null, dictionary pages and Snappy (format of Apache Parquet 1.0). Reading it is
// part of no package, so the tests bring their own.

// thrift reads the compact protocol into maps from field number to value.
type thrift struct {
	data []byte
	at   int
}

func (r *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(r.data[r.at:])
	r.at += n
	return v
}

func (r *thrift) integer() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *thrift) record() map[int]any {
	out := map[int]any{}
	for field := 0; ; {
		head := r.data[r.at]
		r.at++
		if head == 0 {
			return out
		}
		if head>>4 != 0 {
			field += int(head >> 4)
		} else {
			field = int(r.integer())
		}
		out[field] = r.value(head & 15)
	}
}

func (r *thrift) value(kind byte) any {
	switch kind {
	case 1, 2:
		return kind == 1
	case 3:
		r.at++
		return int64(r.data[r.at-1])
	case 4, 5, 6:
		return r.integer()
	case 7:
		r.at += 8
		return nil
	case 8:
		n := int(r.uvarint())
		r.at += n
		return string(r.data[r.at-n : r.at])
	case 9, 10:
		head := r.data[r.at]
		r.at++
		n := int(head >> 4)
		if n == 15 {
			n = int(r.uvarint())
		}
		list := make([]any, n)
		for i := range list {
			list[i] = r.value(head & 15)
		}
		return list
	case 12:
		return r.record()
	}
	panic("this kind of value is not in the file")
}

// snappy unpacks one block.
func snappy(in []byte) []byte {
	size, n := binary.Uvarint(in)
	in = in[n:]
	out := make([]byte, 0, size)
	for len(in) > 0 {
		tag := in[0]
		in = in[1:]
		length, back := int(tag>>2)+1, 0
		switch tag & 3 {
		case 0:
			if length > 60 {
				bytes := length - 60
				length = 1
				for i := range bytes {
					length += int(in[i]) << (8 * i)
				}
				in = in[bytes:]
			}
			out = append(out, in[:length]...)
			in = in[length:]
			continue
		case 1:
			length, back = int(tag>>2&7)+4, int(tag>>5)<<8|int(in[0])
			in = in[1:]
		case 2:
			back = int(binary.LittleEndian.Uint16(in))
			in = in[2:]
		case 3:
			back = int(binary.LittleEndian.Uint32(in))
			in = in[4:]
		}
		for range length {
			out = append(out, out[len(out)-back])
		}
	}
	return out
}

// hybrid reads count values of the given width in runs and packed groups.
func hybrid(in []byte, width, count int) []int {
	out := make([]int, 0, count+8)
	for len(out) < count {
		head, n := binary.Uvarint(in)
		in = in[n:]
		if head&1 == 0 {
			v, bytes := 0, (width+7)/8
			for i := range bytes {
				v |= int(in[i]) << (8 * i)
			}
			in = in[bytes:]
			for range min(int(head>>1), count-len(out)) {
				out = append(out, v)
			}
			continue
		}
		values := int(head>>1) * 8
		for i := range values {
			v := 0
			for b := range width {
				bit := i*width + b
				if bit/8 < len(in) {
					v |= int(in[bit/8]>>(bit%8)&1) << b
				}
			}
			out = append(out, v)
		}
		in = in[min(len(in), values*width/8):]
	}
	return out[:count]
}

// plain reads texts, each after its length.
func plain(in []byte, count int) []string {
	out := make([]string, 0, count)
	for range count {
		n := int(binary.LittleEndian.Uint32(in))
		out = append(out, string(in[4:4+n]))
		in = in[4+n:]
	}
	return out
}

// column reads the pages of one column.
func column(data []byte, at, rows int) []string {
	var dictionary, out []string
	for len(out) < rows {
		r := &thrift{data: data, at: at}
		head := r.record()
		packed := int(head[3].(int64))
		body := snappy(data[r.at : r.at+packed])
		at = r.at + packed
		if head[1].(int64) == 2 {
			dictionary = plain(body, int(head[7].(map[int]any)[1].(int64)))
			continue
		}
		page := head[5].(map[int]any)
		count := int(page[1].(int64))
		size := int(binary.LittleEndian.Uint32(body))
		defined := hybrid(body[4:4+size], 1, count)
		body = body[4+size:]
		known := 0
		for _, d := range defined {
			known += d
		}
		var values []string
		if page[2].(int64) == 0 {
			values = plain(body, known)
		} else {
			for _, i := range hybrid(body[1:], int(body[0]), known) {
				values = append(values, dictionary[i])
			}
		}
		for _, d := range defined {
			value := ""
			if d == 1 {
				value, values = values[0], values[1:]
			}
			out = append(out, value)
		}
	}
	return out
}

// readParquet returns the names of the columns and the rows.
func readParquet(t testing.TB, path string) (names []string, rows [][]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil && (len(data) < 12 || string(data[len(data)-4:]) != "PAR1") {
		err = errors.New("it is no Parquet file")
	}
	if err != nil {
		t.Fatal(err)
	}
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	meta := (&thrift{data: data, at: len(data) - 8 - size}).record()
	rows = make([][]string, meta[3].(int64))
	group := meta[4].([]any)[0].(map[int]any)
	for _, c := range group[1].([]any) {
		m := c.(map[int]any)[3].(map[int]any)
		names = append(names, m[3].([]any)[0].(string))
		at := m[9].(int64)
		if first, ok := m[11].(int64); ok {
			at = first
		}
		for i, v := range column(data, int(at), len(rows)) {
			rows[i] = append(rows[i], v)
		}
	}
	return names, rows
}
