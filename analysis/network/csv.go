package network

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ReadCSV reads an edge list, and, unless nodes is nil, the list of nodes, from comma-separated files
// with a header line. Columns of the edges: from, to, and if wanted weight, kind and grade (such as
// B2). Columns of the nodes: id, and if wanted kind. Other columns are passed over. Names of columns
// are compared without regard to case. Without a list of nodes, every name that occurs is a node, in
// the order of appearance; with one, an edge must not name a node that is not on it.
//
// Ids are compared as they are, white space at the ends cut off. It fails with BadFile, which names
// the line and the column. The rows are not merged or dropped: that is for [Build]. O(rows).
func ReadCSV(ctx context.Context, edges, nodes io.Reader) (List, error) {
	r := reader{ctx: ctx, ids: map[string]int32{}, kinds: map[string]uint16{}, closed: nodes != nil}
	if nodes != nil {
		if err := r.readNodes(nodes); err != nil {
			return List{}, err
		}
	}
	if err := r.readEdges(edges); err != nil {
		return List{}, err
	}
	return r.list, nil
}

type reader struct {
	ctx    context.Context
	list   List
	ids    map[string]int32
	kinds  map[string]uint16
	closed bool
}

// rows calls do with every record after the header and its line. need and may name the columns; the
// place of each is handed on in that order, −1 when there is none.
func (r *reader) rows(in io.Reader, what string, need, may []string, do func(line int, record []string, at []int) error) error {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return badFile(1, "", "the %s are empty; a header line with %s is needed", what, strings.Join(need, ", "))
	}
	if err != nil {
		return broken(err)
	}
	at, err := columns(header, what, need, may)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if i&0xfff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		line, _ := c.FieldPos(0)
		if i >= maxRows || line > math.MaxInt32 {
			return &Error{Problem: TooLarge, Row: -1, Line: line, Reason: fmt.Sprintf("at most %d rows are allowed", maxRows)}
		}
		if err := do(line, record, at); err != nil {
			return err
		}
	}
}

// columns finds the places of columns in a header.
func columns(header []string, what string, need, may []string) ([]int, error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	}
	var at []int
	for i, name := range append(slices.Clone(need), may...) {
		k := slices.Index(names, name)
		if k < 0 && i < len(need) {
			return nil, badFile(1, name, "the %s have no such column; there are %q", what, names)
		}
		if k >= 0 && slices.Contains(names[k+1:], name) {
			return nil, badFile(1, name, "the %s have this column twice", what)
		}
		at = append(at, k)
	}
	return at, nil
}

// broken tells where the file is not comma-separated values.
func broken(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return badFile(e.Line, "", "%v", e.Err)
	}
	return fmt.Errorf("network: reading: %w", err)
}

// field returns the text of one column, checked.
func field(line int, record []string, at int, column string) (string, error) {
	if at < 0 {
		return "", nil
	}
	text := strings.TrimSpace(record[at])
	if !utf8.ValidString(text) {
		return "", badFile(line, column, "it is not UTF-8 text")
	}
	return text, nil
}

func (r *reader) readNodes(in io.Reader) error {
	return r.rows(in, "nodes", []string{"id"}, []string{"kind"}, func(line int, record []string, at []int) error {
		id, err := field(line, record, at[0], "id")
		if err != nil {
			return err
		}
		kind, err := field(line, record, at[1], "kind")
		if err != nil {
			return err
		}
		if id == "" {
			return badFile(line, "id", "it is empty")
		}
		if _, ok := r.ids[id]; ok {
			return badFile(line, "id", "%q is on the list already", id)
		}
		r.add(id, strings.Clone(kind))
		return nil
	})
}

func (r *reader) add(id, kind string) int32 {
	id = strings.Clone(id)
	v := int32(len(r.list.Nodes))
	r.ids[id] = v
	r.list.Nodes = append(r.list.Nodes, Node{Name: id, Kind: kind})
	return v
}

func (r *reader) readEdges(in io.Reader) error {
	return r.rows(in, "edges", []string{"from", "to"}, []string{"weight", "kind", "grade"}, func(line int, record []string, at []int) error {
		var e Edge
		var err error
		if e.From, err = r.end(line, record, at[0], "from"); err != nil {
			return err
		}
		if e.To, err = r.end(line, record, at[1], "to"); err != nil {
			return err
		}
		if err := r.readTie(line, record, at[2:], &e); err != nil {
			return err
		}
		r.list.Edges = append(r.list.Edges, e)
		r.list.Lines = append(r.list.Lines, int32(line))
		return nil
	})
}

// end finds or adds the node of one end.
func (r *reader) end(line int, record []string, at int, column string) (int32, error) {
	id, err := field(line, record, at, column)
	if err != nil {
		return 0, err
	}
	if id == "" {
		return 0, badFile(line, column, "it is empty")
	}
	v, ok := r.ids[id]
	if !ok && r.closed {
		return 0, badFile(line, column, "%q is not on the list of nodes", id)
	}
	if !ok {
		v = r.add(id, "")
	}
	return v, nil
}

// readTie reads weight, kind and grade.
func (r *reader) readTie(line int, record []string, at []int, e *Edge) error {
	weight, err := field(line, record, at[0], "weight")
	if err != nil {
		return err
	}
	if at[0] >= 0 {
		e.Weight, err = strconv.ParseFloat(weight, 64)
		if err != nil || !(e.Weight >= leastWeight && e.Weight <= greatestWeight) {
			return badFile(line, "weight", "%q is not a number from %g to %g", weight, leastWeight, greatestWeight)
		}
	}
	kind, err := field(line, record, at[1], "kind")
	if err != nil {
		return err
	}
	k, ok := r.kinds[kind]
	if !ok {
		if len(r.list.Kinds) == 1<<16 {
			return badFile(line, "kind", "there are more than 65536 kinds")
		}
		kind = strings.Clone(kind)
		k = uint16(len(r.list.Kinds))
		r.kinds[kind] = k
		r.list.Kinds = append(r.list.Kinds, kind)
	}
	e.Kind = k
	grade, err := field(line, record, at[2], "grade")
	if err != nil {
		return err
	}
	if e.Grade, ok = ParseGrade(grade); !ok {
		return badFile(line, "grade", "%q is not A to F followed by 1 to 6", grade)
	}
	return nil
}
