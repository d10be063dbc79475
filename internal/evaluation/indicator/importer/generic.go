package importer

import (
	"cmp"
	_ "embed"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/order"
)

// Schema is the Frictionless Table Schema of the generic format, for people who write such files
// and for tools that check them beforehand.
//
//go:embed generic.schema.json
var Schema []byte

// Columns of the generic format. Every other column is a dimension, named like one ("age"), whose
// empty cells are totals. Cells of a dimension hold a code or a label.
//
//	indicator        required. Id of an indicator of this node, or a new one such as "shelter.nights".
//	area             required. Country by code or name.
//	period           required. 2022, 2022-Q2 or 2022-04; one length for each indicator.
//	value            A number, or a bound such as "<5" (1 to 4). Thousands may have commas.
//	lower, upper     Instead of value: the lowest and highest it may be.
//	status           Empty, "exact", "range", "missing" or "disputed".
//	derived          "yes" when the figure was made by adding up others.
//	released_on      Date of publication, YYYY-MM-DD; else the one given with the import.
//	basis            "stated" (default) or "recalled": how that date is known.
//	release          Name of the publication.
//	vintage          "first" for the first release of its periods, else "revised" (default).
//	indicator_title, unit, kind   Of a new indicator, read from its first row. kind is "count"
//	                 (default), "rate" or "proportion".
//	label            Ignored: an exported file has the words for its codes there.
const (
	colIndicator = iota
	colArea
	colPeriod
	colValue
	colLower
	colUpper
	colStatus
	colDerived
	colReleasedOn
	colBasis
	colRelease
	colVintage
	colTitle
	colUnit
	colKind
	colLabel
	columnCount
)

func genericColumns() []string {
	return []string{
		"indicator", "area", "period", "value", "lower", "upper", "status", "derived",
		"released_on", "basis", "release", "vintage", "indicator_title", "unit", "kind", "label",
	}
}

// idForm is what the id of an indicator looks like.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)

// generic is the project's own format.
type generic struct {
	cols     [columnCount]int
	dims     []dimColumn // in byte order of dimension
	measures map[string]*measure
}

type dimColumn struct {
	at  int
	dim figure.Dim
}

type measure struct {
	Measure
	id string // not a part of a record, which it would keep in memory
	ok bool   // false for an id that was refused, so that it is told once
}

func newGeneric(p *pass, t *table) (format, error) {
	p.out.Table = "generic"
	f := &generic{measures: map[string]*measure{}}
	names := genericColumns()
	for i, name := range names {
		f.cols[i] = t.column(name)
	}
	for _, c := range []int{colIndicator, colArea, colPeriod} {
		if f.cols[c] < 0 {
			p.problem(t.missing(names[c]))
		}
	}
	if f.cols[colValue] < 0 && (f.cols[colLower] < 0 || f.cols[colUpper] < 0) {
		p.problem(t.missing(names[colValue]))
	}
	for at, h := range t.header {
		if !slices.Contains(f.cols[:], at) {
			f.dimension(p, at, h)
		}
	}
	if len(f.dims) > MaxDimensions {
		p.problem(Problem{
			Line: 1, Msg: "there are more than %d dimensions", Args: []any{MaxDimensions},
			Mend: "Keep only the columns that the format names and those that split the figures.",
		})
	}
	order.By(f.dims, func(a, b dimColumn) int { return strings.Compare(string(a.dim), string(b.dim)) })
	return f, p.headerErrors()
}

// dimension takes a column that is none of the fixed ones; a name that is nearly one of those is
// a slip.
func (f *generic) dimension(p *pass, at int, header string) {
	name := strings.ToLower(header)
	if !figure.ValidDim(name) {
		p.problem(Problem{
			Line: 1, Column: clip(header), Msg: "this cannot be the name of a column",
			Mend: "Use small letters, digits and underscores, such as age or responder_type.",
		})
		return
	}
	near, ok := Nearest(name, genericColumns())
	if ok && len(name) > 3 && edits([]rune(name), []rune(near)) <= 2 {
		if p.out.ErrorCount > 0 && f.cols[slices.Index(genericColumns(), near)] < 0 {
			return // the column it stands for was reported as missing
		}
		p.problem(Problem{
			Line: 1, Column: clip(header), Msg: "the column is not known",
			Mend: "Is %q meant? Then rename it.", MendArgs: []any{near},
		})
		return
	}
	f.dims = append(f.dims, dimColumn{at, figure.Dim(name)})
}

func (f *generic) row(p *pass, r record) {
	id, m := f.indicator(p, r)
	area, okArea := f.area(p, r)
	q, okPeriod := f.period(p, r, m)
	key, okKey := f.key(p, r, id)
	v, okValue := f.value(p, r, m)
	derived, okDerived := f.choice(p, r, colDerived, map[string]bool{"": false, "no": false, "yes": true})
	rel, okRelease := f.release(p, r)
	if !m.ok || !okArea || !okPeriod || !okKey || !okValue || !okDerived || !okRelease {
		return
	}
	p.concerns(rel, id)
	p.put(Figure{Indicator: id, Area: area, Key: key, Period: q, Value: v, Release: rel, Derived: derived})
}

func (f *generic) end(*pass) {}

// cell returns the text of a column, "" when the file does not have it.
func (f *generic) cell(p *pass, r record, c int) (string, bool) {
	if f.cols[c] < 0 {
		return "", true
	}
	return p.text(r, f.cols[c])
}

func (f *generic) area(p *pass, r record) (string, bool) {
	s, ok := p.text(r, f.cols[colArea])
	if !ok {
		return "", false
	}
	return p.area(p.table.header[f.cols[colArea]], s)
}

func (f *generic) period(p *pass, r record, m *measure) (figure.Period, bool) {
	q, ok := p.period(r, f.cols[colPeriod])
	if !ok || !m.ok {
		return q, ok
	}
	if m.Every == 0 {
		m.Every = q.Kind
	}
	if m.Every != q.Kind {
		p.bad(p.table.header[f.cols[colPeriod]], q.String(), "this indicator goes by another length of period (%s)", []any{m.Every.String()},
			"Keep one length of period in an indicator.")
		return q, false
	}
	return q, true
}

func (f *generic) key(p *pass, r record, indicator string) (figure.Key, bool) {
	parts := make([]part, 0, 8)
	ok := true
	for _, d := range f.dims {
		s, fine := p.text(r, d.at)
		ok = ok && fine
		if !fine || s == "" || strings.EqualFold(s, "total") {
			continue
		}
		code, fine := p.category(p.table.header[d.at], indicator, d.dim, s)
		ok = ok && fine
		parts = append(parts, part{d.dim, code})
	}
	return cellKey(parts...), ok
}

// choice reads a column of few words.
func (f *generic) choice(p *pass, r record, c int, words map[string]bool) (bool, bool) {
	s, ok := f.cell(p, r, c)
	if !ok {
		return false, false
	}
	if v, ok := words[s]; ok {
		return v, true
	}
	names := slices.Sorted(maps.Keys(words))
	p.unknown(genericColumns()[c], s, names[1:]) // the first is the empty one
	return false, false
}

func (f *generic) release(p *pass, r record) (int, bool) {
	on, ok1 := f.cell(p, r, colReleasedOn)
	label, ok2 := f.cell(p, r, colRelease)
	basis, ok3 := f.cell(p, r, colBasis)
	first, ok4 := f.choice(p, r, colVintage, map[string]bool{"": false, "revised": false, "first": true})
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, false
	}
	if on != "" && !Civil(on) {
		p.bad("released_on", on, "there is no such date in the calendar", nil, "Write it as YYYY-MM-DD.")
		return 0, false
	}
	switch basis {
	case "":
		basis = "stated"
	case "stated", "recalled":
	default:
		p.unknown("basis", basis, []string{"recalled", "stated"})
		return 0, false
	}
	rel := Release{Source: cmp.Or(p.opts.Source, "csv"), Label: label, ReleasedOn: on, Basis: basis, First: first}
	if _, known := p.index[releaseKey{rel.Source, label, on, basis, first}]; !known && len(p.out.Releases) == MaxReleases {
		p.bad("release", label, "there are more than %d releases in the file", []any{MaxReleases}, "Split it into several files.")
		return 0, false
	}
	return p.release(rel), true
}

func (f *generic) indicator(p *pass, r record) (string, *measure) {
	id, ok := p.text(r, f.cols[colIndicator])
	if !ok {
		return "", &measure{}
	}
	if m, seen := f.measures[id]; seen {
		return m.id, m
	}
	if len(f.measures) == MaxIndicators {
		p.bad(p.table.header[f.cols[colIndicator]], id, "there are more than %d indicators in the file", []any{MaxIndicators}, "Split it into several files.")
		return "", &measure{}
	}
	id = strings.Clone(id)
	m := &measure{id: id}
	f.measures[id] = m
	if known, ok := p.opts.Measures[id]; ok {
		m.Measure, m.ok = known, true
		return id, m
	}
	f.create(p, r, id, m)
	return id, m
}

// create makes an indicator that the node does not have.
func (f *generic) create(p *pass, r record, id string, m *measure) {
	column := p.table.header[f.cols[colIndicator]]
	var known []string
	for k := range p.opts.Measures {
		known = append(known, k)
	}
	slices.Sort(known)
	if !idForm.MatchString(id) || len(id) > 80 {
		p.bad(column, id, "this cannot be the id of an indicator", nil, "Use small letters, digits, points and hyphens, such as shelter.nights.")
		return
	}
	for _, taken := range []string{"nrm.", "glotip.", "sdg."} {
		if !strings.HasPrefix(id, taken) {
			continue
		}
		if near, ok := Nearest(id, known); ok {
			p.bad(column, id, "there is no such indicator", nil, "Is %s meant?", near)
		} else {
			p.bad(column, id, "names that start with %s belong to the program", []any{taken}, "Choose another name.")
		}
		return
	}
	title, ok1 := f.cell(p, r, colTitle)
	unit, ok2 := f.cell(p, r, colUnit)
	kind, ok3 := f.cell(p, r, colKind)
	if kind == "" {
		kind = "count"
	}
	if !slices.Contains([]string{"count", "rate", "proportion"}, kind) {
		p.unknown("kind", kind, []string{"count", "proportion", "rate"})
		return
	}
	q, _ := figure.ParsePeriod(strings.TrimSpace(r.fields[f.cols[colPeriod]])) // a bad one is told by period
	m.Measure = Measure{Fractions: kind != "count", Every: q.Kind}
	m.ok = ok1 && ok2 && ok3
	if title == "" {
		title = id
	}
	p.out.Own = append(p.out.Own, Own{ID: id, Title: strings.Clone(title), Unit: strings.Clone(unit), Kind: strings.Clone(kind), Every: q.Kind})
}
