package importer

import (
	"encoding/csv"
	"io"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// Line is one row of the generic format.
type Line struct {
	Indicator string
	Area      string
	Key       figure.Key
	Period    figure.Period
	Value     figure.Value
	Derived   bool
	// ReleasedOn, Basis and Release tell of the publication; they may be "".
	ReleasedOn, Basis, Release string
	First                      bool
	// Title, Unit and Kind define an indicator of a user; they are written when the Writer was
	// told to.
	Title, Unit, Kind string
	// Label has the words for the codes of the key.
	Label string
}

// Writer writes the generic format. What it writes, the importer reads back to the same figures.
type Writer struct {
	csv  *csv.Writer
	dims []figure.Dim
	own  bool
	row  []string
}

// NewWriter writes the header: the dimensions stand after the period in the order given. With own,
// the columns that define an indicator are written too.
func NewWriter(w io.Writer, dims []figure.Dim, own bool) (*Writer, error) {
	out := &Writer{csv: csv.NewWriter(w), dims: dims, own: own}
	out.row = append(out.row, "indicator", "area", "period")
	for _, d := range dims {
		out.row = append(out.row, string(d))
	}
	out.row = append(out.row, "value", "lower", "upper", "status", "derived", "released_on", "basis", "release", "vintage")
	if own {
		out.row = append(out.row, "indicator_title", "unit", "kind")
	}
	return out, out.csv.Write(append(out.row, "label"))
}

// Write writes one row.
func (w *Writer) Write(l Line) error {
	w.row = append(w.row[:0], l.Indicator, l.Area, l.Period.String())
	for _, d := range w.dims {
		w.row = append(w.row, l.Key.Code(d))
	}
	value, lower, upper := "", "", ""
	switch {
	case l.Value.IsMissing():
	case l.Value.IsExact():
		value = figure.Number(l.Value.Lo)
	default:
		lower, upper = figure.Number(l.Value.Lo), figure.Number(l.Value.Hi)
	}
	derived := ""
	if l.Derived {
		derived = "yes"
	}
	vintage := ""
	if l.First {
		vintage = "first"
	}
	w.row = append(w.row, value, lower, upper, l.Value.State.String(), derived, l.ReleasedOn, l.Basis, Defuse(l.Release), vintage)
	if w.own {
		w.row = append(w.row, Defuse(l.Title), Defuse(l.Unit), l.Kind)
	}
	return w.csv.Write(append(w.row, Defuse(l.Label)))
}

// Flush writes what is held and returns the first error of all writing.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Defuse puts an apostrophe before a text that a spreadsheet would run as a formula.
func Defuse(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}
