package importer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/vocab"
)

// textKey is one text in one role; texts repeat a lot, so what was made of each is kept.
type textKey struct {
	indicator string
	dim       figure.Dim
	text      string
}

// text returns a field without surrounding blanks, after refusing what a spreadsheet would run.
func (p *pass) text(r record, column int) (string, bool) {
	raw := r.fields[column]
	if formula(raw) {
		p.bad(p.table.header[column], raw, "the cell is a formula for a spreadsheet", nil,
			"Replace it by its value, or delete the sign in front.")
		return "", false
	}
	return strings.TrimSpace(raw), true
}

// oneOf returns the code of a text from a closed list.
func (p *pass) oneOf(r record, column int, codes map[string]string) (string, bool) {
	s, ok := p.text(r, column)
	if !ok {
		return "", false
	}
	code, ok := codes[s]
	if ok {
		return code, true
	}
	names := make([]string, 0, len(codes))
	for name := range codes {
		names = append(names, name)
	}
	p.unknown(p.table.header[column], s, names)
	return "", false
}

func (p *pass) unknown(column, value string, names []string) {
	slices.Sort(names)
	if p.full() {
		p.bad(column, value, "the column does not know this text", nil, "")
		return
	}
	if near, ok := Nearest(value, names); ok {
		p.bad(column, value, "the column does not know this text", nil, "Is %q meant? Then write that.", near)
		return
	}
	p.bad(column, value, "the column does not know this text", nil, "It knows: %s.", clip(strings.Join(names, ", ")))
}

// category returns the code of a label in a dimension with an open list, and keeps the label. What
// package vocab knows has its code; anything else gets a code of its own.
func (p *pass) category(column, indicator string, dim figure.Dim, label string) (string, bool) {
	at := textKey{indicator, dim, label}
	if code, seen := p.codes[at]; seen {
		return code, true
	}
	if len(label) > MaxLabel {
		p.bad(column, label, "the name of a category is longer than %d bytes", []any{MaxLabel}, "Shorten it.")
		return "", false
	}
	at.text = strings.Clone(label) // not the whole record it is a part of
	code := codeOf(dim, at.text)
	if len(p.codes) < MaxCategories {
		p.codes[at] = code
	}
	p.label(indicator, dim, code, at.text)
	return code, true
}

// codeOf makes the code of a label. A text that is such a code already stays as it is, so that
// figures that were exported come back to their place.
func codeOf(dim figure.Dim, label string) string {
	if strings.HasPrefix(label, "x-") && figure.ValidCode(label) {
		return label
	}
	if code, ok := vocab.Find(vocab.Scheme(dim), label); ok && figure.ValidCode(code) {
		return code
	}
	code := vocab.Own(label)
	if !figure.ValidCode(code) {
		return vocab.Own("")
	}
	if r := []rune(code); len(r) > longCode { // vocab cuts long codes, where two labels may be alike
		sum := sha256.Sum256([]byte(label))
		return fmt.Sprintf("%s-%x", string(r[:longCode]), sum[:4])
	}
	return code
}

// longCode is the most characters of a code made from a label, before a hash of the label is added.
const longCode = 40

// cachedTexts bounds how many spellings are kept with what was made of them.
const cachedTexts = 10_000

// area finds the code of a country or group of countries, or reports the nearest that is known.
func (p *pass) area(column, text string) (string, bool) {
	if code, ok := p.areas[text]; ok {
		return code, true
	}
	code, ok := vocab.Find(vocab.Area, text)
	if !ok {
		p.unknownArea(column, text)
		return "", false
	}
	if len(text) <= MaxLabel && len(p.areas) < cachedTexts {
		p.areas[strings.Clone(text)] = code
	}
	return code, true
}

func (p *pass) unknownArea(column, text string) {
	if p.full() { // no list to look through for what is only counted
		p.bad(column, text, "this country is not known", nil, "Write its ISO 3166-1 code of three letters, such as GBR.")
		return
	}
	if p.places == nil {
		for _, c := range vocab.Codes(vocab.Area) {
			p.places = append(p.places, c.Code, vocab.Label(vocab.Area, c.Code, "en"))
		}
	}
	if near, ok := Nearest(text, p.places); ok {
		code, _ := vocab.Find(vocab.Area, near)
		p.bad(column, text, "this country is not known", nil,
			"Is %s meant? Then write %s.", vocab.Label(vocab.Area, code, "en"), code)
		return
	}
	p.bad(column, text, "this country is not known", nil, "Write its ISO 3166-1 code of three letters, such as GBR.")
}

// label keeps the label of a code; the first one stays.
func (p *pass) label(indicator string, dim figure.Dim, code, label string) {
	if p.emit != nil {
		return
	}
	at := Category{Indicator: indicator, Dim: dim, Code: code}
	if p.categories[at] {
		return
	}
	if len(p.categories) == MaxCategories {
		p.bad(string(dim), label, "there are more than %d different categories", []any{MaxCategories},
			"Is a number or a name in the column of a category? Split the file otherwise.")
		return
	}
	p.categories[at] = true
	at.Label = label
	p.out.Categories = append(p.out.Categories, at)
}

// value reads a figure.
func (p *pass) value(r record, column int, n figure.Notation) (figure.Value, bool) {
	raw := r.fields[column]
	v, separators, err := figure.ParseValue(raw, n)
	if separators {
		p.out.Separators++
	}
	if err == nil {
		return v, true
	}
	name := p.table.header[column]
	switch {
	case errors.Is(err, figure.ErrNegative):
		p.bad(name, raw, "a count cannot be negative", nil, "Correct the number; leave the cell out when it is not known.")
	case errors.Is(err, figure.ErrDash):
		p.bad(name, raw, "a dash alone may mean nought or not published", nil, "Write 0, or leave out what was not published.")
	case formula(raw):
		p.bad(name, raw, "the cell is a formula for a spreadsheet", nil, "Replace it by its value.")
	case errors.Is(err, figure.ErrNoValue):
		p.bad(name, raw, "there is no number", nil, "Write the number, or leave the row out: missing is not nought.")
	case errors.Is(err, figure.ErrSeparator):
		p.bad(name, raw, "the separators do not stand before groups of three digits", nil, "Write the number without separators.")
	case errors.Is(err, figure.ErrFraction):
		p.bad(name, raw, "a count must be a whole number", nil, "Write it without a decimal point; a comma separates thousands.")
	case errors.Is(err, figure.ErrTooLarge):
		p.bad(name, raw, "the number is too large to be a count", nil, "Check the digits.")
	case errors.Is(err, figure.ErrEmptySpan):
		p.bad(name, raw, "no number lies in this range", nil, "Write the lower bound first.")
	default:
		p.bad(name, raw, "this is not a number", nil, "Write a number such as 5 or 1,234, or a bound such as <5.")
	}
	return figure.Value{}, false
}

// period reads a period; of one that is well formed and not in the calendar it says so.
func (p *pass) period(r record, column int) (figure.Period, bool) {
	s, ok := p.text(r, column)
	if !ok {
		return figure.Period{}, false
	}
	q, err := figure.ParsePeriod(s)
	switch {
	case err == nil:
		return q, true
	case errors.Is(err, figure.ErrPeriodRange):
		p.bad(p.table.header[column], s, "there is no such date in the calendar", nil, "Quarters go from Q1 to Q4, months from 01 to 12.")
	default:
		p.bad(p.table.header[column], s, "this is not a year, quarter or month", nil, "Write 2022, 2022-Q2 or 2022-04.")
	}
	return figure.Period{}, false
}

// releaseKey tells the releases of one file apart.
type releaseKey struct {
	source, label, releasedOn, basis string
	first                            bool
}

// release returns the index of a release, adding it when it is new.
func (p *pass) release(rel Release) int {
	at := releaseKey{rel.Source, rel.Label, rel.ReleasedOn, rel.Basis, rel.First}
	i, ok := p.index[at]
	if ok {
		return i
	}
	at = releaseKey{strings.Clone(at.source), strings.Clone(at.label), strings.Clone(at.releasedOn), strings.Clone(at.basis), at.first}
	i = len(p.out.Releases)
	p.index[at] = i
	p.out.Releases = append(p.out.Releases, Release{Source: at.source, Label: at.label, ReleasedOn: at.releasedOn, Basis: at.basis, First: at.first})
	return i
}

// concerns notes that a release has figures of an indicator.
func (p *pass) concerns(release int, indicator string) {
	at := relInd{release, indicator}
	if p.every[at] {
		return
	}
	p.every[at] = true
	p.out.Releases[release].Indicators = append(p.out.Releases[release].Indicators, indicator)
}

type relInd struct {
	release   int
	indicator string
}
