package standard

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
)

// Form is how a file is written.
type Form string

// The forms. JSON is a list of objects, an object with the list "records", or one object after another.
const (
	JSON Form = "json"
	CSV  Form = "csv"
)

const (
	// maxRecord bounds a record in bytes, maxCells its columns.
	maxRecord = 1 << 20
	maxCells  = 2000
)

// separator stands between several values in one cell of a table.
const separator = ";"

// errBudget says that a record is longer than maxRecord.
var errBudget = errors.New("standard: the record is too long")

// budget counts what is read since a record began, so that memory stays bounded whatever the file is.
type budget struct {
	from io.Reader
	left int
}

// slack is what readers may read ahead.
const slack = 1 << 17

func (b *budget) renew() { b.left = maxRecord + slack }

// Read reads until the record has had its share.
func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	n, err := b.from.Read(p[:min(len(p), b.left, slack)])
	b.left -= n
	return n, err
}

// Read reads the records of a file one after another. The first error, of the file or of yield, ends it. What
// is no such file is [fault.Invalid], with the line or record at which it went wrong.
func Read(from io.Reader, form Form, yield func(Row) error) error {
	b := &budget{from: from}
	b.renew()
	in := bufio.NewReaderSize(b, 1<<15)
	if mark, _ := in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3) // just peeked
	}
	var err error
	switch form {
	case JSON:
		err = readJSON(in, b, yield)
	case CSV:
		err = readCSV(in, b, yield)
	default:
		err = fault.New(fault.Invalid, "%q is no form of a file.", string(form)).WithHint("Choose json or csv.")
	}
	return err
}

func damaged(where string, err error) error {
	if errors.Is(err, errBudget) {
		return fault.New(fault.TooLarge, "The file was refused: %s has more than %d bytes.", where, maxRecord).
			WithHint("Put long texts into attachments, then try again.")
	}
	var syntax *json.SyntaxError
	var table *csv.ParseError
	why := "it ends too early"
	switch {
	case errors.As(err, &syntax):
		why = "it is not JSON"
	case errors.As(err, &table):
		why = "it is not a table of CSV"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
	default:
		return err
	}
	return fault.New(fault.Invalid, "The file was refused: %s, at %s. Nothing was kept.", why, where).
		WithHint("Write it out again from the other program.")
}

func readCSV(in io.Reader, b *budget, yield func(Row) error) error {
	table := csv.NewReader(in)
	table.ReuseRecord = true
	header, err := table.Read()
	if err != nil {
		return damaged("line 1", err)
	}
	names := make([]string, len(header))
	seen := map[string]bool{}
	for i, h := range header {
		names[i] = strings.TrimSpace(h)
		if names[i] == "" || seen[names[i]] || len(header) > maxCells {
			return fault.New(fault.Invalid, "The file was refused: column %d has no name, or one that is there twice. Nothing was kept.", i+1).
				WithHint("Give each column the name of the standard; a second event is hte_City#2.")
		}
		seen[names[i]] = true
	}
	for n := 1; ; n++ {
		b.renew()
		record, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(fmt.Sprintf("record %d", n), err)
		}
		line, _ := table.FieldPos(0)
		row := Row{Number: n, Line: line, Cells: make([]Cell, 0, len(record))}
		for i, text := range record {
			if text != "" {
				row.Cells = append(row.Cells, Cell{names[i], cut(names[i], fuse(text))})
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

// listed are the columns whose cells in a table hold several values; texts keep their semicolons.
var listed = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, m := range Maps() {
		for _, c := range m.Fields {
			if c.Many {
				all[c.Name] = true
			}
		}
	}
	return all
})

func cut(column, text string) []string {
	if name, _, _ := strings.Cut(column, "#"); listed()[name] {
		return strings.Split(text, separator)
	}
	return []string{text}
}

func readJSON(in io.Reader, b *budget, yield func(Row) error) error {
	d := json.NewDecoder(in)
	d.UseNumber()
	n := 0
	record := func() error {
		n++
		b.renew()
		row := Row{Number: n}
		if err := object(d, &row); err != nil {
			return err
		}
		return yield(row)
	}
	for began := false; ; began = true {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && began {
			return nil
		}
		if err != nil {
			return damaged("the beginning", err)
		}
		switch t {
		case json.Delim('['):
			err = list(d, record)
		case json.Delim('{'):
			err = top(d, b, yield, &n, record)
		default:
			err = fault.New(fault.Invalid, "The file was refused: it has no records. Nothing was kept.").
				WithHint("JSON is a list of objects, or an object with the list records.")
		}
		if err != nil {
			return err
		}
	}
}

// list reads records until the list ends.
func list(d *json.Decoder, record func() error) error {
	for n := 1; d.More(); n++ {
		t, err := d.Token()
		if err == nil && t != json.Delim('{') {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return damaged(fmt.Sprintf("record %d", n), err)
		}
		if err := record(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	if err != nil {
		return damaged("its end", err)
	}
	return nil
}

// top reads an object that is a record by itself, or that has a list of them.
func top(d *json.Decoder, b *budget, yield func(Row) error, n *int, record func() error) error {
	*n++
	row := Row{Number: *n}
	b.renew()
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return damaged(fmt.Sprintf("record %d", *n), err)
		}
		key, _ := name.(string)
		if key == "records" && len(row.Cells) == 0 && row.Number == 1 {
			*n = 0
			return wrapped(d, record)
		}
		if err := value(d, &row, key); err != nil {
			return damaged(fmt.Sprintf("record %d", row.Number), err)
		}
		if header[key] {
			row.Cells = row.Cells[:len(row.Cells)-1]
		}
	}
	if _, err := d.Token(); err != nil {
		return damaged(fmt.Sprintf("record %d", *n), err)
	}
	return yield(row)
}

// header are the names before "records" in a file that says what it is.
var header = map[string]bool{"standard": true, "version": true, "profile": true, "note": true}

func wrapped(d *json.Decoder, record func() error) error {
	t, err := d.Token()
	if err == nil && t != json.Delim('[') {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return damaged("its list of records", err)
	}
	if err := list(d, record); err != nil {
		return err
	}
	if t, err = d.Token(); err != nil || t != json.Delim('}') {
		return damaged("its end", errors.Join(err, io.ErrUnexpectedEOF))
	}
	return nil
}

// object reads the members of a record whose brace was read.
func object(d *json.Decoder, row *Row) error {
	where := fmt.Sprintf("record %d", row.Number)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return damaged(where, err)
		}
		key, _ := name.(string)
		if err := value(d, row, key); err != nil {
			return damaged(where, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return damaged(where, err)
	}
	return nil
}

// value reads one value or a list of values. An object within a record is nothing that the standard has.
func value(d *json.Decoder, row *Row, key string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if len(row.Cells) >= maxCells || !utf8.ValidString(key) {
		return errBudget
	}
	cell := Cell{Column: key}
	if t == json.Delim('[') {
		for d.More() {
			if t, err = d.Token(); err != nil {
				return err
			}
			text, err := scalar(t)
			if err != nil || len(cell.Values) >= maxCells {
				return errors.Join(err, io.ErrUnexpectedEOF)
			}
			cell.Values = append(cell.Values, text)
		}
		if _, err := d.Token(); err != nil {
			return err
		}
	} else {
		text, err := scalar(t)
		if err != nil {
			return err
		}
		cell.Values = []string{text}
	}
	row.Cells = append(row.Cells, cell)
	return nil
}

func scalar(t json.Token) (string, error) {
	switch v := t.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	case nil:
		return "", nil
	}
	return "", io.ErrUnexpectedEOF
}
