package importer

import (
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// glotip is the data set behind the UNODC Global Report on Trafficking in Persons: detected
// victims and the steps of the justice chain by country and year, split by sex and age and by one
// of form of exploitation, citizenship or country of repatriation.
//
// Facts of the two known publications that this reader rests on: half of the cells are "<5" and
// nought is not printed, so it stands for 1 to 4; thousands have commas; some cells occur more
// than once with different values, because the publisher merged categories, and are kept as
// variants; a few rows are of places without an ISO code or of groups of countries, for which
// package vocab has codes.
type glotip struct {
	cols       []int
	release    int
	indicators map[string]string
	dims       map[string]figure.Dim
	sexes      map[string]string
	ages       map[string]string
	areas      map[[2]string]string
	periods    map[string]figure.Period
	keys       map[glotipKey]figure.Key
	own        int // rows of places with a code of their own
	unnamed    int // rows whose category is empty
}

type glotipKey struct {
	dim            figure.Dim
	code, sex, age string
}

// glotipCount is how this source prints figures.
func glotipCount() figure.Notation { return figure.Notation{Least: 1} }

func newGLOTIP(p *pass, t *table) (format, error) {
	p.out.Table = "detected victims and justice chain by country"
	p.variants = true
	cols, err := p.need(t, "Iso3_code", "Country", "Indicator", "Dimension", "Category", "Sex", "Age", "Year", "Unit of measurement", "txtVALUE")
	if err != nil {
		return nil, err
	}
	f := &glotip{
		cols:    cols,
		release: p.release(Release{Source: "glotip"}),
		indicators: map[string]string{
			"Detected trafficking victims":        "glotip.victims",
			"Persons convicted":                   "glotip.convicted",
			"Persons prosecuted":                  "glotip.prosecuted",
			"Persons brought into formal contact": "glotip.contact",
			"Offences of trafficking in persons":  "glotip.offences",
		},
		dims: map[string]figure.Dim{
			"Total": "", "by form of exploitation": figure.DimForm, "by citizenship": figure.DimCitizenship,
			"by country of repatriation": figure.DimRepatriation,
		},
		sexes:   map[string]string{"Total": "", "Female": "f", "Male": "m", "Other": "other", "Unknown": "unknown"},
		ages:    map[string]string{"Total": "", "18 years or over": "adult", "0 to 17 years": "child", "Unknown": "unknown"},
		areas:   map[[2]string]string{},
		periods: map[string]figure.Period{},
		keys:    map[glotipKey]figure.Key{},
	}
	for _, id := range []string{"glotip.contact", "glotip.convicted", "glotip.offences", "glotip.prosecuted", "glotip.victims"} {
		p.labels(id, figure.DimSex, f.sexes)
		p.labels(id, figure.DimAge, f.ages)
	}
	return f, nil
}

func (f *glotip) row(p *pass, r record) {
	area, ok0 := f.area(p, r)
	indicator, ok1 := p.oneOf(r, f.cols[2], f.indicators)
	key, ok2 := f.key(p, r, indicator)
	q, ok3 := f.period(p, r)
	ok4 := f.unit(p, r)
	v, ok5 := p.value(r, f.cols[9], glotipCount())
	if !ok0 || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return
	}
	p.concerns(f.release, indicator)
	p.put(Figure{Indicator: indicator, Area: area, Key: key, Period: q, Value: v, Release: f.release})
}

func (f *glotip) key(p *pass, r record, indicator string) (figure.Key, bool) {
	var k glotipKey
	dim, ok := f.dims[r.fields[f.cols[3]]]
	if !ok {
		_, ok = p.oneOf(r, f.cols[3], map[string]string{"Total": "", "by form of exploitation": "", "by citizenship": "", "by country of repatriation": ""})
		dim = f.dims[strings.TrimSpace(r.fields[f.cols[3]])]
	}
	k.dim = dim
	var fine [3]bool
	k.code, fine[0] = f.category(p, r, indicator, dim)
	k.sex, fine[1] = p.oneOf(r, f.cols[5], f.sexes)
	k.age, fine[2] = p.oneOf(r, f.cols[6], f.ages)
	if !ok || !fine[0] || !fine[1] || !fine[2] {
		return "", false
	}
	key, seen := f.keys[k]
	if !seen {
		key = cellKeyOf(k)
		if len(f.keys) < MaxCategories {
			f.keys[k] = key
		}
	}
	return key, true
}

// cellKeyOf puts the one free dimension in its place in byte order: age, citizenship, form,
// repatriation, sex.
func cellKeyOf(k glotipKey) figure.Key {
	return cellKey(part{figure.DimAge, k.age}, part{k.dim, k.code}, part{figure.DimSex, k.sex})
}

func (f *glotip) category(p *pass, r record, indicator string, dim figure.Dim) (string, bool) {
	column := f.cols[4]
	s, ok := p.text(r, column)
	if !ok || dim == "" && s == "Total" {
		return "", ok
	}
	name := p.table.header[column]
	switch {
	case dim == "":
		p.bad(name, s, "the row is a total by its dimension and has a category", nil, "Write Total, or the dimension of the category.")
		return "", false
	case s == "":
		f.unnamed++
	}
	return p.category(name, indicator, dim, s)
}

func (f *glotip) period(p *pass, r record) (figure.Period, bool) {
	s := r.fields[f.cols[7]]
	if q, ok := f.periods[s]; ok {
		return q, true
	}
	q, ok := p.period(r, f.cols[7])
	if ok && q.Kind != figure.Year {
		p.bad(p.table.header[f.cols[7]], s, "this table goes by years", nil, "Write a year such as 2022.")
		return figure.Period{}, false
	}
	if ok {
		f.periods[strings.Clone(s)] = q
	}
	return q, ok
}

func (f *glotip) unit(p *pass, r record) bool {
	if s := r.fields[f.cols[8]]; s != "Counts" {
		p.bad(p.table.header[f.cols[8]], s, "only counts are known in this table", nil, "Leave rows of other units out.")
		return false
	}
	return true
}

func (f *glotip) area(p *pass, r record) (string, bool) {
	at := [2]string{r.fields[f.cols[0]], r.fields[f.cols[1]]}
	if code, ok := f.areas[at]; ok {
		f.count(code)
		return code, true
	}
	iso, ok := p.text(r, f.cols[0])
	country, fine := p.text(r, f.cols[1])
	if !ok || !fine {
		return "", false
	}
	code, ok := f.place(p, iso, country)
	if ok && len(country) <= MaxLabel && len(f.areas) < cachedTexts {
		f.areas[[2]string{strings.Clone(at[0]), strings.Clone(at[1])}] = code
	}
	return code, ok
}

// place finds the code of a country by its code or, where that is empty, by its name.
func (f *glotip) place(p *pass, iso, country string) (string, bool) {
	text, column := iso, f.cols[0]
	if iso == "" {
		text, column = country, f.cols[1]
	}
	code, ok := p.area(p.table.header[column], text)
	if ok {
		f.count(code)
	}
	return code, ok
}

// count counts rows of places that ISO 3166-1 does not know.
func (f *glotip) count(code string) {
	if len(code) != 3 {
		f.own++
	}
}

// end tells what was taken with a grain of salt.
func (f *glotip) end(p *pass) {
	if f.own > 0 {
		p.problem(Problem{
			Severity: Warning,
			Msg:      "%d rows are of places or groups of countries without an ISO code; they are kept apart from the countries",
			Args:     []any{f.own},
		})
	}
	if f.unnamed > 0 {
		p.problem(Problem{
			Severity: Warning, Column: p.table.header[f.cols[4]],
			Msg: "%d rows name no category; they are kept as a category without a name", Args: []any{f.unnamed},
		})
	}
}
