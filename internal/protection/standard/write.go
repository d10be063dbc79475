package standard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Writer writes records of a standard. A table has every column of the standard, and of groups that repeat as
// many as Repeat says; what comes more often is among the losses.
type Writer struct {
	m      Map
	form   Form
	out    io.Writer
	table  *csv.Writer
	header []string
	n      int
}

// NewWriter begins a file. Repeat is at least 1.
func NewWriter(out io.Writer, m Map, form Form, repeat int) (*Writer, error) {
	w := &Writer{m: m, form: form, out: out}
	if form == JSON {
		_, err := fmt.Fprintf(out, "{\"standard\":%q,\"version\":%q,\"records\":[", m.Standard, m.Version)
		return w, err
	}
	for n := 1; n <= max(1, repeat); n++ {
		for _, c := range m.Fields {
			name := c.Name
			if n > 1 {
				name = fmt.Sprintf("%s#%d", c.Name, n)
			}
			if _, _, ok := split(name); ok {
				w.header = append(w.header, name)
			}
		}
	}
	w.table = csv.NewWriter(out)
	return w, w.table.Write(w.header)
}

// Write writes a record. It returns the columns for which the table has no room.
func (w *Writer) Write(r Row) (left []Loss, err error) {
	w.n++
	if w.form == JSON {
		return nil, w.object(r)
	}
	at := map[string]string{}
	for _, c := range r.Cells {
		at[c.Column] = strings.Join(c.Values, separator)
	}
	record := make([]string, len(w.header))
	for i, h := range w.header {
		record[i] = defuse(at[h])
		delete(at, h)
	}
	for _, c := range r.Cells {
		if _, is := at[c.Column]; is {
			left = append(left, Loss{Record: r.Number, Column: c.Column, Kind: NoPlace})
		}
	}
	return left, w.table.Write(record)
}

// numberForm is a number of a telephone or an amount: a spreadsheet shows it and runs nothing.
var numberForm = regexp.MustCompile(`^[+-][0-9 ()./-]*$`)

// formula reports whether a spreadsheet would run a cell of a table, or would but for apostrophes before it. Names come from
// files and from people who may wish the reader ill.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 && !numberForm.MatchString(s)
}

// defuse puts an apostrophe before what a spreadsheet would run; fuse takes it away again when a table is read.
func defuse(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func fuse(s string) string {
	if formula(s) {
		return strings.TrimPrefix(s, "'")
	}
	return s
}

// object writes a record with its columns in the order of the standard.
func (w *Writer) object(r Row) error {
	var b bytes.Buffer
	if w.n > 1 {
		b.WriteByte(',')
	}
	b.WriteString("\n{")
	for i, c := range r.Cells {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(c.Column)
		if err != nil {
			return err
		}
		var is any = c.Values
		if base, _, _ := strings.Cut(c.Column, "#"); !listed()[base] && len(c.Values) == 1 {
			is = c.Values[0]
		}
		text, err := json.Marshal(is)
		if err != nil {
			return err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	_, err := w.out.Write(b.Bytes())
	return err
}

// Close ends the file.
func (w *Writer) Close() error {
	if w.form == JSON {
		_, err := io.WriteString(w.out, "\n]}\n")
		return err
	}
	w.table.Flush()
	return w.table.Error()
}
