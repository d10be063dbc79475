package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// Figure is one figure as a file gives it.
type Figure struct {
	Line      int
	Indicator string
	Area      string
	Key       figure.Key
	Period    figure.Period
	Value     figure.Value
	// Release is the index in Outcome.Releases.
	Release int
	// Variant counts repeats of the same cell in the same release, from 0.
	Variant int
	Derived bool
}

// Measure is what the importer has to know about an indicator that exists.
type Measure struct {
	// Fractions is true for rates and proportions.
	Fractions bool
	// Every is the length of its periods, 0 when it has no figures yet.
	Every figure.PeriodKind
}

// Options describe the file and what is known around it.
type Options struct {
	// Format is "nrm", "glotip" or "csv".
	Format string
	// Name is what problems call the file.
	Name string
	// Open opens the file at its beginning, every time anew.
	Open func() (io.ReadCloser, error)
	// Source is the family of a generic file, "csv" when "".
	Source string
	// ReleasedOn is a civil date or "".
	ReleasedOn string
	// Label names the release, or "".
	Label string
	// Measures are the indicators that exist, by id. Only the format "csv" needs them.
	Measures map[string]Measure
	// Progress may be nil.
	Progress func(done int64)
}

// Release is one publication found in a file.
type Release struct {
	Source     string
	Label      string
	ReleasedOn string
	Basis      string // "stated" or "recalled"
	First      bool   // the first release of its periods, before a revised series of the same day
	Indicators []string
	Figures    int
}

// Category is one code of a dimension with its printed label.
type Category struct {
	Indicator string
	Dim       figure.Dim
	Code      string
	Label     string
}

// Own is an indicator that a generic file brings along.
type Own struct {
	ID, Title, Unit string
	Kind            string // "count", "rate" or "proportion"
	Every           figure.PeriodKind
}

// Outcome is what checking a whole file found. It holds no rows: memory is bounded by MaxRows, at
// 16 bytes a row, and MaxCategories.
type Outcome struct {
	Table    string
	Releases []Release
	// Categories are in order of indicator, dimension and code.
	Categories []Category
	Own        []Own
	// Derived are the totals made from the file, in order.
	Derived []Figure
	// Digest is the SHA-256 of the uncompressed file in hex.
	Digest string
	Bytes  int64

	Rows, Figures                                 int
	Ranges, Separators, Absent, Disputed, Repeats int

	Problems                 []Problem
	ErrorCount, WarningCount int

	Margins                    []MarginCheck
	MarginsChecked, MarginsOff int

	repeats map[uint64]bool
	keys    hasher
}

// OK reports whether the file may be saved.
func (o *Outcome) OK() bool { return o.ErrorCount == 0 }

// ErrChanged says that the file was not the same at the second reading.
var ErrChanged = errors.New("importer: the file changed between checking and saving")

// Check reads the whole file and reports everything that is wrong with it. The error is for
// failures that are not the file's: it cannot be opened, or ctx ended.
func Check(ctx context.Context, o Options) (*Outcome, error) {
	p := newPass(o)
	p.out.keys = p.keys
	in, err := openStream(o.Name, o.Open, o.Progress)
	if err == nil {
		err = p.run(ctx, in)
		_ = in.close() // it was only read
		p.out.Bytes, p.out.Digest = in.read, in.digest()
		if in.bom {
			p.problem(Problem{
				File: o.Name, Line: 1, At: 1, Severity: Warning,
				Msg: "there is a byte-order mark before the text; it was skipped",
			})
		}
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		p.problem(r.Problem)
		err = nil
	}
	if err != nil && !errors.Is(err, errHeader) {
		return nil, err
	}
	return p.finish(), nil
}

// Replay reads a checked file again and hands every figure to yield, derived ones last, until
// yield returns an error. It fails with ErrChanged, possibly after all figures were handed out,
// when the file is not the one that was checked: the caller must then undo what it did.
func Replay(ctx context.Context, o Options, checked *Outcome, yield func(Figure) error) error {
	p := newPass(o)
	p.keys = checked.keys
	seen := make(map[uint64]int, len(checked.repeats))
	p.emit = func(f Figure) error {
		h := p.keys.figure(f)
		if checked.repeats[h] {
			f.Variant = seen[h]
			seen[h]++
			if f.Variant > 0 && !p.variants {
				return nil
			}
		}
		return yield(f)
	}
	in, err := openStream(o.Name, o.Open, o.Progress)
	if isRefusal(err) {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	err = p.run(ctx, in)
	_ = in.close() // it was only read
	switch {
	case errors.Is(err, errStop):
		return p.stopped
	case errors.Is(err, errHeader), isRefusal(err):
		return ErrChanged // it was fine a moment ago
	case err != nil:
		return err
	case in.digest() != checked.Digest || p.out.ErrorCount > 0:
		return ErrChanged
	}
	for _, f := range checked.Derived {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}

// errStop ends a pass whose consumer failed; the consumer's own error is kept beside it.
var errStop = errors.New("importer: stopped")

// format turns the rows of one kind of table into figures.
type format interface {
	// row reads one record; it reports problems to the pass and goes on.
	row(p *pass, r record)
	// end is called after the last row when a file is checked.
	end(p *pass)
}

// pass is one reading of a file.
type pass struct {
	opts     Options
	out      *Outcome
	table    *table
	line     int
	keys     hasher
	checking bool
	// variants is true for a source whose repeats are kept.
	variants bool
	emit     func(Figure) error
	stopped  error

	dup        duplicates
	margins    margins
	sums       derivation
	every      map[relInd]bool // releases and indicators seen together
	categories map[Category]bool
	codes      map[textKey]string
	areas      map[string]string
	places     []string // codes and names of areas, when one was not found
	index      map[releaseKey]int
	years      yearly
	revised    *revised // the release of a table that is published whole
}

func newPass(o Options) *pass {
	return &pass{
		opts:       o,
		out:        &Outcome{},
		keys:       newHasher(),
		every:      map[relInd]bool{},
		categories: map[Category]bool{},
		codes:      map[textKey]string{},
		areas:      map[string]string{},
		index:      map[releaseKey]int{},
	}
}

func (p *pass) run(ctx context.Context, in *stream) error {
	t, err := openTable(in)
	if errors.Is(err, io.EOF) {
		return refuse(Problem{File: in.name, Line: 1, Msg: "the file has no header", Mend: "The first row names the columns."})
	}
	if err != nil {
		return err
	}
	p.table = t
	f, err := detect(p, t)
	if err != nil {
		return err
	}
	p.checking = p.emit == nil
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if t.rows%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.line = r.line
		f.row(p, r)
		if p.stopped != nil {
			return errStop
		}
	}
	p.out.Rows = t.rows
	if p.checking {
		f.end(p)
	}
	if t.rows == 0 {
		return refuse(Problem{File: in.name, Line: 2, Msg: "there are no rows below the header", Mend: "Download or export the file again."})
	}
	return nil
}

// detect finds the table by the columns of its header.
func detect(p *pass, t *table) (format, error) {
	switch p.opts.Format {
	case "nrm":
		return detectNRM(p, t)
	case "glotip":
		return newGLOTIP(p, t)
	case "csv":
		return newGeneric(p, t)
	}
	return nil, fmt.Errorf("importer: no format %q", p.opts.Format)
}

// put takes one figure that a format made.
func (p *pass) put(f Figure) {
	f.Line = p.line
	if p.emit != nil {
		if err := p.emit(f); err != nil && p.stopped == nil {
			p.stopped = err
		}
		return
	}
	p.out.Figures++
	p.out.Releases[f.Release].Figures++
	switch f.Value.State {
	case figure.Missing:
		p.out.Absent++
	case figure.Range:
		p.out.Ranges++
	}
	p.dup.add(p.keys.figure(f), p.keys.value(f.Value), p.line)
	p.margins.add(f)
}

// problem records one problem; beyond MaxProblems it is only counted.
func (p *pass) problem(x Problem) {
	if x.File == "" {
		x.File = p.opts.Name
	}
	if x.Severity == Warning {
		p.out.WarningCount++
	} else {
		p.out.ErrorCount++
	}
	if !p.full() {
		p.out.Problems = append(p.out.Problems, x)
	}
}

// full reports whether no further problem is listed. More are held than are listed in the end,
// because some are found out of order.
func (p *pass) full() bool { return len(p.out.Problems) >= 4*MaxProblems }

// bad reports a problem with the cell of a column in the current row.
func (p *pass) bad(column, value, msg string, args []any, mend string, mendArgs ...any) {
	p.problem(Problem{
		Line: p.line, Column: column, Value: clip(value),
		Msg: msg, Args: args, Mend: mend, MendArgs: mendArgs,
	})
}
