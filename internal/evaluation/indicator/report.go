package indicator

import (
	"io"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
)

// Problem is one thing wrong with a file.
type Problem = importer.Problem

// MarginCheck is a published total that differs from its cells.
type MarginCheck = importer.MarginCheck

// Import describes a file to take in.
type Import struct {
	// Format is "nrm", "glotip" or "csv".
	Format string
	// Path is a file on disk; or Open gives the stream, twice: once to check and once to save,
	// and both times the same bytes.
	Path string
	Open func() (io.ReadCloser, error)
	// Name is what messages call the file; the base of Path when "".
	Name string
	// ReleasedOn is the civil date of publication. It may be "" where the file or the program's
	// own list of known publications tells it.
	ReleasedOn string
	// Label names the release; a plain one is made when "".
	Label string
	// DryRun checks everything and saves nothing.
	DryRun bool
	// Progress is called now and then with the uncompressed bytes read so far, which begin anew at
	// the second reading; it may be nil.
	Progress func(done int64)
}

// Report tells what an import found and did.
type Report struct {
	File   string
	Format string
	// Table is which of the format's tables it was, for example "detailed referrals".
	Table string
	// Rows counts data rows read; Saved figures written (with those that were derived).
	Rows, Saved int
	// Ranges counts cells that are bounds such as "<5", Separators values with thousands
	// separators, Absent cells without a value, Disputed keys published more than once with
	// different values, Repeats rows beyond the first of a key.
	Ranges, Separators, Absent, Disputed, Repeats int
	// Bytes counts the uncompressed file.
	Bytes int64
	// Problems lists at most importer.MaxProblems, errors first; ErrorCount and WarningCount
	// count all of them.
	Problems                 []Problem
	ErrorCount, WarningCount int
	// Truncated is true when Problems leaves some out.
	Truncated bool
	Releases  []Release
	// MarginsChecked counts published totals compared with their cells, Margins lists those that
	// differ, at most importer.MaxProblems; MarginsOff counts them all.
	MarginsChecked, MarginsOff int
	Margins                    []MarginCheck
	DryRun                     bool
	// Already is true when this very file had been imported before and nothing was done.
	Already bool
}

// OK reports whether nothing stands in the way of saving.
func (r Report) OK() bool { return r.ErrorCount == 0 }
