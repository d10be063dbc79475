// Package svg draws the figures of the program as plain SVG: line charts, bars, small spark
// lines, a world map in classes and small networks. Nothing runs in the browser: there is no
// script, no style attribute and no style element, so a figure passes a strict content security
// policy, prints, and stands in a saved page. Looks come from one style sheet, [CSS], whose rules
// are scoped to the class ff-chart.
//
// A figure never says more than its data: a value that was not published is a gap and is never
// bridged; a value published as a range (for example "<5") is drawn as a hatched bar from its
// lower to its upper bound and never as a point between them; a break in a series interrupts its
// line.
//
// Trust: every label is treated as hostile text and escaped here; numbers that are not finite are
// refused. Identifiers are checked, not escaped. The caller is trusted to show the same numbers
// as a table beside the figure.
package svg

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"regexp"
)

// CSS is the style sheet of every figure. The web surface serves it with its own.
//
//go:embed chart.css
var CSS string

// MaxSeries is the number of lines one chart may hold, companions included: with more, neither
// four colours nor four dash patterns can be told apart (measured for common forms of colour
// blindness; see the palette in chart.css).
const MaxSeries = 4

// Errors that callers may wish to tell apart.
var (
	// ErrTooManySeries says that a chart was asked to hold more than MaxSeries lines.
	ErrTooManySeries = errors.New("svg: at most four series fit one chart; split the chart or choose fewer")
	// ErrNotFinite says that a value is NaN or infinite.
	ErrNotFinite = errors.New("svg: a value is not a finite number")
	// ErrBadID says that a figure has no usable identifier.
	ErrBadID = errors.New("svg: a figure id starts with a letter and holds only letters, digits and hyphens")
)

// Format turns numbers and fixed words into text of the reader's language. The printer of
// internal/i18n satisfies it; tests use a plain one.
type Format interface {
	// Int formats a whole number with the grouping of the language.
	Int(int64) string
	// Number formats f with a fixed number of decimals.
	Number(f float64, decimals int) string
	// Percent formats the share f (0.5 is fifty per cent) with a fixed number of decimals.
	Percent(f float64, decimals int) string
	// T translates a message whose key is the English text.
	T(msgid string, args ...any) string
}

// Unit says how the values of an axis read.
type Unit uint8

// The units.
const (
	Count Unit = iota // whole things; the axis starts at zero
	Share             // a proportion between 0 and 1, shown as per cent; the axis starts at zero
	Rate              // any other number
)

// State says what is known about one value.
type State uint8

// The states of a value.
const (
	Missing  State = iota // not published: a gap
	Exact                 // one number, with an interval around it where Lo and Hi differ
	Range                 // only bounds were published, for example "<5"
	Disputed              // published more than once with different numbers; Lo and Hi are the hull
)

// Point is one value. Mid is meaningful for Exact only; Lo and Hi are closed bounds in the unit
// of the axis.
type Point struct {
	Mid, Lo, Hi float64
	State       State
}

// Value returns an exact value.
func Value(v float64) Point { return Point{Mid: v, Lo: v, Hi: v, State: Exact} }

// Estimate returns a value with an interval around it, lo <= mid <= hi.
func Estimate(mid, lo, hi float64) Point { return Point{Mid: mid, Lo: lo, Hi: hi, State: Exact} }

// Between returns a value of which only the bounds are published.
func Between(lo, hi float64) Point { return Point{Lo: lo, Hi: hi, State: Range} }

// Hull returns a value that was published with different numbers between lo and hi.
func Hull(lo, hi float64) Point { return Point{Lo: lo, Hi: hi, State: Disputed} }

// Gap returns a value that was not published.
func Gap() Point { return Point{} }

// bounded says whether only the bounds of p are known.
func (p Point) bounded() bool { return p.State == Range || p.State == Disputed }

// check refuses values that cannot be drawn.
func (p Point) check() error {
	if p.State == Missing {
		return nil
	}
	for _, v := range [...]float64{p.Mid, p.Lo, p.Hi} {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e15 {
			return ErrNotFinite
		}
	}
	if p.Lo > p.Hi || (p.State == Exact && (p.Mid < p.Lo || p.Mid > p.Hi)) {
		return fmt.Errorf("svg: the bounds %g and %g of a value are in the wrong order", p.Lo, p.Hi)
	}
	return nil
}

// Figure is what every figure has. ID must be unique on the page; Title and Desc are read aloud
// in place of the picture and should give the finding and the way to the table.
type Figure struct {
	ID    string
	Title string
	Desc  string
}

var figureID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

func (f Figure) check() error {
	if !figureID.MatchString(f.ID) {
		return fmt.Errorf("%w: %q", ErrBadID, f.ID)
	}
	return nil
}

// Axis describes the value axis of a chart.
type Axis struct {
	Label    string // unit in words, shown above the axis
	Unit     Unit
	Decimals int  // for Share and Rate
	Float    bool // do not start at zero; use only where zero has no meaning
	// Max fixes the upper end when it is positive and not below the data, so that two charts can
	// be compared.
	Max float64
}

// text formats one value of the axis.
func (a Axis) text(f Format, v float64) string {
	switch a.Unit {
	case Share:
		return f.Percent(v, a.Decimals)
	case Count:
		if v == math.Trunc(v) && a.Decimals == 0 {
			return f.Int(int64(v))
		}
	}
	return f.Number(v, a.Decimals)
}
