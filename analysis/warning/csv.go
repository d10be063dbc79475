package warning

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Columns names the columns of a file. An empty name is the default, which is the name of the field in
// small letters. Names are compared without regard to case.
type Columns struct {
	// Stream tells series apart; without the column there is one.
	Stream string
	// Week is a whole number, or a date such as 2025-04-30: weeks then begin on the weekday of the first date.
	Week string
	// Count is a number of cases; without the column each row is one.
	Count string
	// Received is the week in which the row became known; without the column it is Week.
	Received string
	// Found is 1 or true when patrols and the like found the cases, and 0, false or empty else.
	Found string
	// Exposure is that of the week; the same in all rows of a week and stream.
	Exposure string
}

const maxRows = 1 << 24

// The columns, in the order of reader.names.
const (
	columnStream = iota
	columnWeek
	columnCount
	columnReceived
	columnFound
	columnExposure
)

// row is one row that was read; its weeks are days or numbers until the first is known.
type row struct {
	stream         int
	week, received int
	count, line    int
	found          bool
	exposure       float64
}

type reader struct {
	ctx    context.Context
	names  []string
	at     []int
	id     map[string]int
	series []Series
	rows   []row
	dated  bool
}

// ReadCSV reads series from comma-separated values with a header line; only the column of the week is
// needed. Every stream has all weeks from the first to the last of the file; a week without a row
// has no cases. Rows of a week are added up. It fails with [BadFile], which names line and column. O(rows).
func ReadCSV(ctx context.Context, c Columns, in io.Reader) ([]Series, error) {
	r := &reader{ctx: ctx, id: map[string]int{}, names: []string{c.Stream, c.Week, c.Count, c.Received, c.Found, c.Exposure}}
	for i, usual := range []string{"stream", "week", "count", "received", "found", "exposure"} {
		if r.names[i] == "" {
			r.names[i] = usual
		}
		r.names[i] = strings.ToLower(strings.TrimSpace(r.names[i]))
	}
	if err := r.read(in); err != nil {
		return nil, err
	}
	return r.put()
}

func (r *reader) read(in io.Reader) error {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return badFile(1, "", "the file is empty; a header line with %s is needed", r.names[columnWeek])
	}
	if err != nil {
		return broken(err)
	}
	if err := r.columns(header); err != nil {
		return err
	}
	for {
		if len(r.rows)&0xfff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(err)
		}
		line, _ := c.FieldPos(0)
		if len(r.rows) >= maxRows {
			return &Error{Problem: TooLarge, Row: -1, Week: -1, Line: line, Reason: fmt.Sprintf("at most %d rows are allowed", maxRows)}
		}
		if err := r.row(line, record); err != nil {
			return err
		}
	}
	if len(r.rows) == 0 {
		return badFile(1, "", "the file has a header and no row")
	}
	return nil
}

func (r *reader) columns(header []string) error {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	}
	for i, name := range r.names {
		k := slices.Index(names, name)
		if k < 0 && i == columnWeek {
			return badFile(1, name, "the file has no such column; there are %q", names)
		}
		if k >= 0 && slices.Contains(names[k+1:], name) {
			return badFile(1, name, "the file has this column twice")
		}
		r.at = append(r.at, k)
	}
	return nil
}

// broken tells where the file is not comma-separated values.
func broken(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return badFile(e.Line, "", "%v", e.Err)
	}
	return fmt.Errorf("warning: reading: %w", err)
}

func (r *reader) row(line int, record []string) error {
	text := func(column int) string {
		if r.at[column] < 0 {
			return ""
		}
		return strings.TrimSpace(record[r.at[column]])
	}
	x := row{line: line, count: 1}
	name := text(columnStream)
	if !utf8.ValidString(name) {
		return badFile(line, r.names[columnStream], "it is not UTF-8 text")
	}
	id, ok := r.id[name]
	if !ok {
		name = strings.Clone(name)
		id = len(r.series)
		r.id[name] = id
		r.series = append(r.series, Series{Name: name})
	}
	x.stream = id
	var err error
	if x.week, err = r.week(line, columnWeek, text(columnWeek)); err != nil {
		return err
	}
	x.received = x.week
	if r.at[columnReceived] >= 0 {
		if x.received, err = r.week(line, columnReceived, text(columnReceived)); err != nil {
			return err
		}
	}
	if r.at[columnCount] >= 0 {
		if x.count, err = strconv.Atoi(text(columnCount)); err != nil || x.count < 0 || x.count > maxCases {
			return badFile(line, r.names[columnCount], "%q is not a whole number from 0 to %d", shorten(text(columnCount)), maxCases)
		}
	}
	switch strings.ToLower(text(columnFound)) {
	case "1", "true":
		x.found = true
	case "", "0", "false":
	default:
		return badFile(line, r.names[columnFound], "%q is neither 1 nor 0", shorten(text(columnFound)))
	}
	if r.at[columnExposure] >= 0 {
		if x.exposure, err = strconv.ParseFloat(text(columnExposure), 64); err != nil || !(x.exposure > 0 && x.exposure <= 1e12) {
			return badFile(line, r.names[columnExposure], "%q is not a number above 0 and up to 1e12", shorten(text(columnExposure)))
		}
	}
	r.rows = append(r.rows, x)
	return nil
}

// week reads a whole number, or a date as days since 1970.
func (r *reader) week(line, column int, text string) (int, error) {
	value, dated := 0, false
	if n, err := strconv.Atoi(text); err == nil && n >= -1e9 && n <= 1e9 {
		value = n
	} else if t, err := time.Parse(time.DateOnly, strings.ReplaceAll(text, "/", "-")); err == nil {
		value, dated = int(t.Unix()/86400), true
		if t.Unix() < 0 && t.Unix()%86400 != 0 {
			value--
		}
	} else {
		return 0, badFile(line, r.names[column], "%q is neither a whole number nor a date such as 2025-04-30", shorten(text))
	}
	if (len(r.rows) > 0 || column != columnWeek) && r.dated != dated {
		return 0, badFile(line, r.names[column], "%q is not of the same kind as the weeks before", shorten(text))
	}
	r.dated = dated
	return value, nil
}

// put gives the rows to their series.
func (r *reader) put() ([]Series, error) {
	first, last, step := r.rows[0].week, r.rows[0].week, 1
	if r.dated {
		step = 7
	}
	for _, x := range r.rows {
		first, last = min(first, x.week), max(last, x.week, x.received)
	}
	weeks := (last-first)/step + 1
	if weeks > maxWeeks || weeks*len(r.series) > maxRows {
		return nil, &Error{Problem: TooLarge, Row: -1, Week: -1, Column: r.names[columnWeek], Reason: fmt.Sprintf("%d weeks of %d streams; at most %d weeks and %d figures are allowed", weeks, len(r.series), maxWeeks, maxRows)}
	}
	names := make([]string, weeks)
	for t := range names {
		names[t] = strconv.Itoa(first + t)
		if r.dated {
			names[t] = time.Unix(int64(first+7*t)*86400, 0).UTC().Format(time.DateOnly)
		}
	}
	for i := range r.series {
		s := &r.series[i]
		s.Weeks, s.Names = weeks, names
		if r.at[columnExposure] >= 0 {
			s.Exposure = make([]float64, weeks)
		}
	}
	for _, x := range r.rows {
		s := &r.series[x.stream]
		week, received := (x.week-first)/step, (x.received-first)/step
		if x.received < x.week {
			return nil, badFile(x.line, r.names[columnReceived], "it lies before the week of the cases")
		}
		s.Arrivals = append(s.Arrivals, Arrival{Report{week, x.count, x.found}, received, x.line})
		if s.Exposure == nil {
			continue
		}
		if s.Exposure[week] != 0 && s.Exposure[week] != x.exposure {
			return nil, badFile(x.line, r.names[columnExposure], "%g here, %g in an earlier row of the same week", x.exposure, s.Exposure[week])
		}
		s.Exposure[week] = x.exposure
	}
	return r.series, nil
}

// shorten keeps an error readable when a field is long.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
