package linkage

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
)

const batchRows = 8192

// ReadCSV reads records from comma-separated files (RFC 4180, UTF-8, with or without a byte order
// mark), each with a header line. Every column is taken; white space at the ends of a value is cut off
// and an empty value means "not known". Every file must have the columns of the first, in any order.
//
// It fails with BadFile, which names the file, the line and the column: another number of values than
// the header has, a bare quotation mark, text that is not UTF-8, a value of more than 64 KiB. No row
// is passed over. O(bytes), and reading goes on while the last batch is being sorted in.
func ReadCSV(ctx context.Context, files ...io.Reader) (*Table, error) {
	b := newBuilder(0)
	if len(files) == 0 {
		return nil, badSetting("files", "there is none")
	}
	for i, in := range files {
		if err := b.read(ctx, i+1, in); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

// batch is what was read of one file and is not sorted in yet.
type batch struct {
	rows  [][]string
	lines []int32
	err   error
}

func (b *builder) read(ctx context.Context, file int, in io.Reader) error {
	c := csv.NewReader(in)
	c.TrimLeadingSpace = true
	c.FieldsPerRecord = -1
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return &Error{Problem: BadFile, Row: -1, File: file, Line: 1, Reason: "the file is empty; a header line is needed"}
	}
	if err != nil {
		return broken(file, err)
	}
	if err := b.begin(BadFile, file, 1, header); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan batch, 2)
	go func() {
		defer close(batches)
		for {
			next := b.fill(ctx, file, c)
			if len(next.rows) == 0 && next.err == nil {
				return
			}
			select {
			case batches <- next:
			case <-ctx.Done():
				return
			}
			if next.err != nil {
				return
			}
		}
	}()
	for next := range batches {
		if next.err != nil {
			return next.err
		}
		if err := b.add(next.rows, next.lines); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fill reads up to one batch of rows and checks them.
func (b *builder) fill(ctx context.Context, file int, c *csv.Reader) batch {
	next := batch{rows: make([][]string, 0, batchRows), lines: make([]int32, 0, batchRows), err: ctx.Err()}
	for next.err == nil && len(next.rows) < batchRows {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return next
		}
		if err != nil {
			next.err = broken(file, err)
			return next
		}
		line, _ := c.FieldPos(0)
		if line > math.MaxInt32 {
			next.err = tooLarge("lines", "a file has more than %d lines", math.MaxInt32)
			return next
		}
		next.err = b.check(BadFile, file, -1, line, row)
		next.rows, next.lines = append(next.rows, row), append(next.lines, int32(line))
	}
	return next
}

// broken tells where the file is not comma-separated values.
func broken(file int, err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return &Error{Problem: BadFile, Row: -1, File: file, Line: e.Line, Reason: e.Err.Error()}
	}
	return fmt.Errorf("linkage: reading file %d: %w", file, err)
}
