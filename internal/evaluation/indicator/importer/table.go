package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table reads the records of a CSV file below its header.
type table struct {
	in     *stream
	csv    *csv.Reader
	header []string
	rows   int
}

// openTable reads the header. Columns are compared without regard to case and surrounding blanks.
func openTable(in *stream) (*table, error) {
	r := csv.NewReader(bufio.NewReaderSize(in, bufferSize))
	r.ReuseRecord = true
	t := &table{in: in, csv: r}
	header, err := r.Read()
	if err != nil {
		return nil, t.wrap(err)
	}
	in.mark()
	if len(header) > MaxColumns {
		return nil, refuse(Problem{
			File: in.name, Line: 1, Msg: "there are more than %d columns", Args: []any{MaxColumns},
			Mend: "Keep only the columns that the format names.",
		})
	}
	for _, name := range header {
		t.header = append(t.header, strings.TrimSpace(name))
	}
	if len(header) == 1 {
		if err := t.delimiter(header[0]); err != nil {
			return nil, err
		}
	}
	return t, t.twice()
}

func (t *table) delimiter(head string) error {
	for _, sep := range []string{";", "\t", "|"} {
		if strings.Count(head, sep) > 1 {
			return refuse(Problem{
				File: t.in.name, Line: 1, Msg: "the columns are separated by %q, not by commas", Args: []any{sep},
				Mend: "Save it as CSV with commas.",
			})
		}
	}
	return nil
}

func (t *table) twice() error {
	for i, name := range t.header {
		if first := slices.IndexFunc(t.header, func(h string) bool { return strings.EqualFold(h, name) }); first < i {
			return refuse(Problem{
				File: t.in.name, Line: 1, Column: clip(name), Msg: "the column stands twice, as number %d and %d",
				Args: []any{first + 1, i + 1}, Mend: "Delete or rename one of them.",
			})
		}
	}
	return nil
}

// record is one row with its place in the file. Fields are valid until the next call.
type record struct {
	fields []string
	line   int
}

// next returns the next record, io.EOF after the last, or a *refusal.
func (t *table) next() (record, error) {
	fields, err := t.csv.Read()
	if err != nil {
		if errors.Is(err, io.EOF) && t.in.err != nil && !errors.Is(t.in.err, io.EOF) {
			return record{}, t.in.err
		}
		return record{}, t.wrap(err)
	}
	t.in.mark()
	line, _ := t.csv.FieldPos(0)
	t.rows++
	if t.rows > MaxRows {
		return record{}, refuse(Problem{
			File: t.in.name, Line: line, Msg: "there are more than %d rows", Args: []any{MaxRows},
			Mend: "Split it into several files and import one after another.",
		})
	}
	for i, f := range fields {
		if len(f) > MaxField {
			return record{}, refuse(Problem{
				File: t.in.name, Line: line, Column: t.header[i], Value: clip(f),
				Msg: "a field is longer than %d kB", Args: []any{MaxField >> 10},
				Mend: "Look for a quotation mark that is opened and not closed.",
			})
		}
	}
	return record{fields, line}, nil
}

// wrap words an error of the CSV reader.
func (t *table) wrap(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	bad, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return err
	}
	p := Problem{File: t.in.name, Line: bad.StartLine, At: bad.Column}
	switch {
	case errors.Is(bad.Err, csv.ErrFieldCount):
		p.At = 0
		p.Msg, p.Args = "the row does not have the %d fields of the header", []any{len(t.header)}
		p.Mend = "Compare it with the row above: a comma inside a text needs quotation marks around the text."
	case errors.Is(bad.Err, csv.ErrQuote):
		p.Line = bad.Line
		p.Msg = "a quoted text does not end as it should"
		p.Mend = "Close the quotation mark, and write a quotation mark within a text twice."
	case errors.Is(bad.Err, csv.ErrBareQuote):
		p.Line = bad.Line
		p.Msg = "a quotation mark stands within a text that is not quoted"
		p.Mend = "Put the whole text in quotation marks, and write the one within twice."
	default:
		p.Msg, p.Mend = "the row cannot be read as CSV", "Save it as \"CSV UTF-8\" again."
	}
	return refuse(p)
}

// column returns the index of the named column, -1 when there is none.
func (t *table) column(name string) int {
	return slices.IndexFunc(t.header, func(h string) bool { return strings.EqualFold(h, name) })
}

// missing words the absence of a column, with the nearest that is there.
func (t *table) missing(name string) Problem {
	p := Problem{
		File: t.in.name, Line: 1, Column: name, Msg: "the column is missing",
		Mend: "Add it. The file has the columns: %s", MendArgs: []any{clip(strings.Join(t.header, ", "))},
	}
	if near, ok := Nearest(name, t.header); ok {
		p.Mend, p.MendArgs = "Is it the column %q? Then rename that one.", []any{clip(near)}
	}
	return p
}

// formula reports whether a spreadsheet would run the cell as a formula.
func formula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}

// clip shortens untrusted text for a message and makes control characters visible.
func clip(s string) string {
	const most = 60
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == most {
			b.WriteString("…")
			break
		}
		if r < ' ' || r == 0x7f {
			fmt.Fprintf(&b, "\\x%02x", r)
		} else {
			b.WriteRune(r)
		}
		n++
	}
	return b.String()
}
