package mse

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Resamples are tables drawn elsewhere, for example by another program, to be used in place of the
// package's own generator. Row r holds the counts of the histories, in their order.
type Resamples struct {
	Histories []History
	Counts    [][]int
	// Given holds the estimate that the file states for each row, or is nil; it is not used.
	Given []float64
}

// givenColumn is the header of the optional column of estimates.
const givenColumn = "estimate"

// ReadResamples reads resampled tables from CSV: one row for each table, and one column for each
// history, named "h" and one digit 0 or 1 for each list ("h0110" is on the second and third of four
// lists). A column "estimate" is optional. Errors are [BadFile] and name line and column.
func ReadResamples(r io.Reader) (*Resamples, error) {
	rows, err := newRows(r)
	if err != nil {
		return nil, err
	}
	res, given, lists := &Resamples{}, -1, 0
	for i, name := range rows.header {
		if name == givenColumn {
			given = i
			continue
		}
		h, n, ok := parseHistory(name)
		if !ok || lists > 0 && n != lists {
			return nil, badFile(rows.line, name, "a column is a history such as h0110, with one digit for each list, or %q", givenColumn)
		}
		lists = n
		res.Histories = append(res.Histories, h)
	}
	for {
		fields, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		counts := make([]int, 0, len(res.Histories))
		for i := range fields {
			if i == given {
				v, err := strconv.ParseFloat(fields[i], 64)
				if err != nil {
					return nil, badFile(rows.line, givenColumn, "%q is not a number", shorten(fields[i]))
				}
				res.Given = append(res.Given, v)
				continue
			}
			n, err := rows.count(i, fields)
			if err != nil {
				return nil, err
			}
			counts = append(counts, n)
		}
		res.Counts = append(res.Counts, counts)
	}
	if len(res.Counts) == 0 {
		return nil, badFile(rows.line, "", "there is no row of data under the header")
	}
	return res, nil
}

// parseHistory reads "h0110".
func parseHistory(name string) (h History, lists int, ok bool) {
	digits, found := strings.CutPrefix(name, "h")
	if !found || digits == "" || len(digits) > MaxLists {
		return 0, 0, false
	}
	for i, d := range digits {
		switch d {
		case '0':
		case '1':
			h |= 1 << i
		default:
			return 0, 0, false
		}
	}
	return h, len(digits), h != 0
}

// check refuses resamples that were not drawn from the table.
func (r *Resamples) check(t Table) error {
	for i, h := range r.Histories {
		if h == 0 || h >= 1<<len(t.lists) || slices.Contains(r.Histories[:i], h) {
			return badSetting("Resamples", "history %s is given twice or is not one of the %d lists", h, len(t.lists))
		}
	}
	people := t.People()
	for i, counts := range r.Counts {
		if len(counts) != len(r.Histories) {
			return badSetting(fmt.Sprintf("Resamples: row %d", i+1), "%d counts for %d histories", len(counts), len(r.Histories))
		}
		n := 0
		for j, c := range counts {
			if c < 0 || c > people || c > 0 && t.Count(r.Histories[j]) == 0 {
				return badSetting(fmt.Sprintf("Resamples: row %d", i+1), "%d people of history %s cannot be drawn from this table", c, r.Histories[j])
			}
			n += c
		}
		if n != people {
			return badSetting(fmt.Sprintf("Resamples: row %d", i+1), "%d people, the table has %d; are these resamples of another table?", n, people)
		}
	}
	return nil
}

// sampler draws tables of n people with replacement from a table. Resample i depends only on the
// seed and i, so that any number of workers draws the same tables. It uses whole numbers only.
type sampler struct {
	cells []Cell
	upTo  []uint64 // people in the cells up to and with this one
	guide []int32  // first cell to try for each value of the top bits
	seed  uint64
}

const guideBits = 10

func newSampler(t Table, seed uint64) *sampler {
	s := &sampler{cells: t.cells, seed: seed, guide: make([]int32, 1<<guideBits)}
	total := uint64(0)
	for _, c := range t.cells {
		total += uint64(c.Count)
		s.upTo = append(s.upTo, total)
	}
	at := int32(0)
	for b := range s.guide {
		first, _ := bits.Mul64(uint64(b)<<(64-guideBits), total)
		for s.upTo[at] <= first {
			at++
		}
		s.guide[b] = at
	}
	return s
}

// draw puts resample i in the kernel. O(people). Each person is uniform on 0 … n−1 to within n/2⁶⁴.
func (s *sampler) draw(i int, k *kernel) {
	source := rand.NewPCG(s.seed, uint64(i))
	clear(k.y)
	n := s.upTo[len(s.upTo)-1]
	for range n {
		r := source.Uint64()
		person, _ := bits.Mul64(r, n)
		c := s.guide[r>>(64-guideBits)]
		for s.upTo[c] <= person {
			c++
		}
		k.y[s.cells[c].History]++
	}
	k.count()
}

// draw puts given resample i in the kernel.
func (r *Resamples) draw(i int, k *kernel) {
	clear(k.y)
	for j, h := range r.Histories {
		k.y[h] = float64(r.Counts[i][j])
	}
	k.count()
}
