package svg

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// canvas collects the markup of one drawing. Its methods write well-formed elements only.
type canvas struct {
	b strings.Builder
}

// raw writes markup that this package made itself.
func (c *canvas) raw(parts ...string) {
	for _, p := range parts {
		c.b.WriteString(p)
	}
}

// esc returns text as XML character data that is safe in elements and attributes. Characters
// that XML 1.0 forbids become U+FFFD, so that a hostile label cannot make the page ill-formed;
// directional overrides are dropped, so that it cannot turn the text around it.
func esc(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r == '\u202d' || r == '\u202e':
		case r < 0x20 || r == 0x7f || r == 0xfffe || r == 0xffff:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// num writes a coordinate with at most one decimal.
func num(v float64) string {
	v = math.Round(v*10) / 10
	if v == 0 {
		return "0" // never "-0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// open starts a drawing of w by h units. Class narrow or wide decides on which screens it shows.
// Drawings run left to right in every language, because time does; single texts carry their own
// direction.
func (c *canvas) open(f Figure, suffix, class, role string, w, h float64) {
	id := f.ID + suffix
	c.raw(`<svg class="ff-chart `, class, `" direction="ltr" viewBox="0 0 `, num(w), ` `, num(h),
		`" width="`, num(w), `" height="`, num(h), `" role="`, role, `" aria-labelledby="`, id, `-t`)
	if f.Desc != "" {
		c.raw(` `, id, `-d`)
	}
	c.raw(`" focusable="false"><title id="`, id, `-t">`, esc(f.Title), `</title>`)
	if f.Desc != "" {
		c.raw(`<desc id="`, id, `-d">`, esc(f.Desc), `</desc>`)
	}
}

func (c *canvas) close() { c.raw(`</svg>`) }

// hatch defines a pattern of oblique lines under id. The lines carry a class, so that forced
// colours can repaint them.
func (c *canvas) hatch(id, class string, step float64, back bool) {
	angle := "45"
	if back {
		angle = "-45"
	}
	c.raw(`<pattern id="`, id, `" width="`, num(step), `" height="`, num(step),
		`" patternUnits="userSpaceOnUse" patternTransform="rotate(`, angle, `)"><path class="`, class,
		`" d="M0 0v`, num(step), `"/></pattern>`)
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.raw(`<path class="`, class, `" d="M`, num(x1), ` `, num(y1))
	switch {
	case x1 == x2:
		c.raw(`V`, num(y2))
	case y1 == y2:
		c.raw(`H`, num(x2))
	default:
		c.raw(`L`, num(x2), ` `, num(y2))
	}
	c.raw(`"/>`)
}

// anchor says which end of a text stands at its coordinate, seen as left and right on the page.
type anchor uint8

const (
	atLeft anchor = iota
	atMiddle
	atRight
)

// text writes one line of text. The anchor is physical: in right-to-left scripts the start of a
// text is its right end, so the attribute is turned round for them.
func (c *canvas) text(class string, x, y float64, a anchor, s string) {
	if s == "" {
		return
	}
	rtl := rightToLeft(s)
	c.raw(`<text x="`, num(x), `" y="`, num(y), `"`)
	if class != "" {
		c.raw(` class="`, class, `"`)
	}
	if rtl {
		c.raw(` direction="rtl"`)
	}
	switch {
	case a == atMiddle:
		c.raw(` text-anchor="middle"`)
	case (a == atRight) != rtl:
		c.raw(` text-anchor="end"`)
	}
	c.raw(`>`, esc(s), `</text>`)
}

// rightToLeft says whether the first letter of s with a direction runs from right to left.
func rightToLeft(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam) {
			return true
		}
		if unicode.IsLetter(r) {
			return false
		}
	}
	return false
}

// mark writes the marker of series n: circle, square, diamond, triangle, so that series differ
// by more than colour.
func (c *canvas) mark(class string, n int, x, y, r float64) {
	switch n % MaxSeries {
	case 0:
		c.raw(`<circle class="`, class, `" cx="`, num(x), `" cy="`, num(y), `" r="`, num(r), `"/>`)
	case 1:
		c.path(class, x-r, y-r, "h", num(2*r), "v", num(2*r), "h", num(-2*r), "z")
	case 2:
		d := r * 1.35
		c.path(class, x, y-d, "l", num(d), " ", num(d), "l", num(-d), " ", num(d), "l", num(-d), " ", num(-d), "z")
	default:
		d := r * 1.3
		c.path(class, x, y-d, "l", num(d), " ", num(2*d), "h", num(-2*d), "z")
	}
}

func (c *canvas) path(class string, x, y float64, rest ...string) {
	c.raw(`<path class="`, class, `" d="M`, num(x), ` `, num(y))
	c.raw(rest...)
	c.raw(`"/>`)
}
