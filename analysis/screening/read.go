package screening

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Limits of a file. An instrument has tens of kilobytes and some hundred indicators.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 12      // levels of JSON
	maxList  = 1_000   // entries of one list
	maxBad   = 100     // defects reported
)

// reader reads one file: it knows where every field stands, so that an error can say it.
type reader struct {
	file  string
	data  []byte
	lines map[string]int // line of each field, by its path
	seen  int64          // bytes counted so far, and the line they end on
	line  int
	bad   []error
}

// refuse notes a defect of the content at a field.
func (r *reader) refuse(field, mend, reason string, args ...any) {
	if len(r.bad) < maxBad {
		r.bad = append(r.bad, r.fault(BadContent, field, mend, reason, args...))
	}
}

func (r *reader) fault(p Problem, field, mend, reason string, args ...any) *Error {
	e := &Error{Problem: p, File: r.file, Field: field, Reason: fmt.Sprintf(reason, args...), Mend: mend}
	for at := field; e.Line == 0 && at != ""; at = parent(at) {
		e.Line = r.lines[at] // a field that is left out has the line of what holds it
	}
	return e
}

// at is a defect of the form, at a place in the file.
func (r *reader) at(offset int64, field, mend, reason string, args ...any) *Error {
	return &Error{
		Problem: BadFile, File: r.file, Line: r.lineAt(offset),
		Field: field, Reason: fmt.Sprintf(reason, args...), Mend: mend,
	}
}

// lineAt is the line of a place. It goes on counting from the place before, so that reading a file
// stays linear.
func (r *reader) lineAt(offset int64) int {
	offset = min(max(offset, 0), int64(len(r.data)))
	if offset < r.seen {
		r.seen, r.line = 0, 0
	}
	r.line += bytes.Count(r.data[r.seen:offset], []byte("\n"))
	r.seen = offset
	return r.line + 1
}

// parent is the path of what holds a field.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// strict decodes the file into a struct and returns the hash of its content. It refuses what
// encoding/json lets pass: fields in another case, fields that stand twice, null, broken UTF-8.
func (r *reader) strict(into any) (hash string, err error) {
	if len(r.data) > maxFile {
		return "", r.at(0, "", "split it", "the file has %d bytes; at most %d are read", len(r.data), maxFile)
	}
	if !utf8.Valid(r.data) {
		return "", r.at(0, "", "save it as UTF-8", "the file is not UTF-8 text")
	}
	r.lines = make(map[string]int)
	d := json.NewDecoder(bytes.NewReader(r.data))
	if err := r.walk(d, reflect.TypeOf(into).Elem(), "", 0); err != nil {
		return "", err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", r.at(d.InputOffset(), "", "keep one object in the file", "something follows the end")
	}
	if err := json.Unmarshal(r.data, into); err != nil {
		return "", r.mistyped(err)
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, r.data); err != nil {
		return "", r.at(0, "", "", "%v", err)
	}
	sum := sha256.Sum256(plain.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// mistyped places the errors of encoding/json that remain: a value of the wrong type.
func (r *reader) mistyped(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return r.at(wrong.Offset, wrong.Field, "write "+kindName(wrong.Type), "it holds a %s", wrong.Value)
	}
	return r.at(0, "", "", "%v", err)
}

// kindName says in plain words what a field takes.
func kindName(t reflect.Type) string {
	if t == nil {
		return "a single value"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list in square brackets"
	case reflect.String:
		return "a text in quotation marks"
	}
	return "an object in braces"
}

// walk goes through one value and notes the line of every field. Fields are held against those of
// the struct they will fill.
func (r *reader) walk(d *json.Decoder, t reflect.Type, path string, depth int) error {
	token, err := d.Token()
	if err != nil {
		return r.at(d.InputOffset(), path, "mend the JSON there", "it is not JSON: %v", err)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if depth > maxDepth {
		return r.at(d.InputOffset(), path, "", "it is nested deeper than %d levels", maxDepth)
	}
	switch token {
	case nil:
		return r.at(d.InputOffset(), path, "leave the field out or give it a value", "null says nothing")
	case json.Delim('{'):
		err = r.object(d, t, path, depth)
	case json.Delim('['):
		err = r.list(d, t, path, depth)
	}
	return err
}

func (r *reader) object(d *json.Decoder, t reflect.Type, path string, depth int) error {
	known := fieldsOf(t)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return r.at(d.InputOffset(), path, "mend the JSON there", "it is not JSON: %v", err)
		}
		name, _ := token.(string)
		field := strings.TrimPrefix(path+"."+name, ".")
		inner, found := known[name]
		switch {
		case known == nil:
			return r.at(d.InputOffset(), path, "write "+kindName(t), "it holds an object")
		case !found:
			return r.at(d.InputOffset(), field, "remove it or check its spelling", "this field is not known")
		case r.lines[field] != 0:
			return r.at(d.InputOffset(), field, "keep one", "this field stands twice")
		}
		r.lines[field] = r.lineAt(d.InputOffset())
		if err := r.walk(d, inner, field, depth+1); err != nil {
			return err
		}
	}
	return r.end(d, path)
}

func (r *reader) list(d *json.Decoder, t reflect.Type, path string, depth int) error {
	if t == nil || t.Kind() != reflect.Slice {
		return r.at(d.InputOffset(), path, "write "+kindName(t), "it holds a list")
	}
	for i := 0; d.More(); i++ {
		field := fmt.Sprintf("%s[%d]", path, i)
		if i == maxList {
			return r.at(d.InputOffset(), field, "", "the list has more than %d entries", maxList)
		}
		r.lines[field] = r.lineAt(r.next(d.InputOffset()))
		if err := r.walk(d, t.Elem(), field, depth+1); err != nil {
			return err
		}
	}
	return r.end(d, path)
}

// end takes the closing bracket.
func (r *reader) end(d *json.Decoder, path string) error {
	if _, err := d.Token(); err != nil {
		return r.at(d.InputOffset(), path, "mend the JSON there", "it is not JSON: %v", err)
	}
	return nil
}

// next is the place of the value that begins after an offset.
func (r *reader) next(offset int64) int64 {
	for offset < int64(len(r.data)) && strings.IndexByte(" \t\r\n,:", r.data[offset]) >= 0 {
		offset++
	}
	return offset
}

// fieldsOf lists the JSON fields of a struct with their types; nil for anything else.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	known := make(map[string]reflect.Type, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = f.Type
	}
	return known
}
