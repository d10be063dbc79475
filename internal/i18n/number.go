package i18n

import (
	"math"
	"strconv"
	"strings"
)

// Digits chooses the digits that numbers are written with.
type Digits string

// The choices of digits. Latin is the default everywhere; native means those CLDR gives as the
// language's own (Arabic-Indic for Arabic).
const (
	LatinDigits  Digits = "latn"
	NativeDigits Digits = "native"
)

// zeros gives the zero of a CLDR numbering system; its other digits follow in Unicode order.
func zeros(system string) rune {
	switch system {
	case "arab":
		return '٠'
	case "arabext":
		return '۰'
	case "deva":
		return '०'
	case "beng":
		return '০'
	case "mymr":
		return '၀'
	}
	return '0'
}

// WithDigits returns a printer of the same language that writes numbers and dates with d.
func (p *Printer) WithDigits(d Digits) *Printer {
	copied := *p
	copied.digits = d
	return &copied
}

func (p *Printer) native(s string) string {
	zero := zeros(p.form.Numbers.System)
	if p.digits == LatinDigits || zero == '0' {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero + r - '0'
		}
		return r
	}, s)
}

// Int writes a whole number with the grouping of the language: 58769 is "58,769".
func (p *Printer) Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	return p.dress(s)
}

// Quantity is Int for the counts of a template.
func (p *Printer) Quantity(n int) string { return p.Int(int64(n)) }

// Number writes f with exactly the given number of decimals (0 to 15), rounded half to even on
// its decimal value. A value that is not finite is written "–".
func (p *Printer) Number(f float64, decimals int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "–"
	}
	s := strconv.FormatFloat(f, 'f', min(max(decimals, 0), 15), 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no minus before zero
	}
	return p.dress(s)
}

// Percent writes a fraction as a percentage: 0.604 with 1 decimal is "60.4%".
func (p *Printer) Percent(f float64, decimals int) string {
	number := p.Number(f*100, decimals)
	if number == "–" {
		return number
	}
	sign := p.form.symbolsFor(p.digits).Percent
	pattern := p.form.Numbers.Percent
	at := strings.LastIndexByte(pattern, '0')
	if at < 0 {
		return number + sign
	}
	before := strings.Trim(pattern[:at+1], "#,0.")
	text := before + number + pattern[at+1:]
	return strings.ReplaceAll(text, "%", sign)
}

// dress groups the digits of a plain decimal ("-1234.5") and puts the language's symbols in.
func (p *Printer) dress(s string) string {
	sym := p.form.symbolsFor(p.digits)
	minus := ""
	if strings.HasPrefix(s, "-") {
		minus, s = sym.Minus, s[1:]
	}
	whole, rest, hasRest := strings.Cut(s, ".")
	out := minus + p.group(whole, sym.Group)
	if hasRest {
		out += sym.Decimal + rest
	}
	return p.native(out)
}

// group puts sep between groups of digits as the pattern of the language says: three, or for
// the languages of India three and then two.
func (p *Printer) group(whole, sep string) string {
	least, err := strconv.Atoi(p.form.Numbers.MinGrouping)
	if err != nil {
		least = 1
	}
	if len(whole) < 3+least {
		return whole
	}
	later := 3
	if strings.HasPrefix(p.form.Numbers.Decimal, "#,##,") {
		later = 2
	}
	head, tail := whole[:len(whole)-3], whole[len(whole)-3:]
	for len(head) > later {
		tail = head[len(head)-later:] + sep + tail
		head = head[:len(head)-later]
	}
	return head + sep + tail
}
