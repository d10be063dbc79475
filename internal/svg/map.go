package svg

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

//go:embed geo/world.txt
var worldText string

// Country is one shape of the world map. ISO3 is empty for the three shapes without a code; Name
// is the English short name of the source, for want of a better one.
type Country struct {
	ISO3    string
	Numeric string // ISO 3166-1 numeric, three digits, or ""
	Name    string
	path    string
}

// Size of the map in its own units: tenths of the units of the source.
const (
	mapWidth  = 9000
	mapHeight = 3900 // without Antarctica
)

// Countries returns the shapes of the map, in the order of their codes. Small states have no
// shape at this scale: a table must stand beside every map.
func Countries() []Country {
	var out []Country
	for line := range strings.Lines(worldText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		if len(f) != 4 {
			continue // the test of this file refuses such a line
		}
		out = append(out, Country{ISO3: strings.Trim(f[0], "-"), Numeric: strings.Trim(f[1], "-"), Name: f[2], path: f[3]})
	}
	return out
}

// Area is the value of one country of a map. Label is its name in the reader's language.
type Area struct {
	Label string
	Point Point
}

// Map shows values by country in five classes. Areas is keyed by ISO 3166-1 alpha-3 code;
// countries that are absent or Missing are hatched as "no figure", those known only by bounds
// have another hatch. Name gives the names of countries without a value; it may be nil.
//
// Cuts are the four lower bounds of classes two to five, ascending; nil chooses round numbers
// near the quintiles.
type Map struct {
	Figure
	Areas  map[string]Area
	Name   func(iso3 string) string
	Y      Axis
	Cuts   []float64
	Format Format
}

// classes is the number of colours of a map.
const classes = 5

// SVG returns the map followed by its legend, a list. The note about boundaries
// ([Map.BoundaryNote]) must be shown under it.
func (m Map) SVG() (template.HTML, error) {
	if err := m.Figure.check(); err != nil {
		return "", err
	}
	if m.Format == nil {
		return "", fmt.Errorf("svg: map %s needs a format", m.ID)
	}
	for iso, a := range m.Areas {
		if err := a.Point.check(); err != nil {
			return "", fmt.Errorf("%w (map %s, %s)", err, m.ID, iso)
		}
	}
	cuts := m.Cuts
	if cuts == nil {
		cuts = m.quintiles()
	}
	if len(cuts) > classes-1 || !slices.IsSorted(cuts) {
		return "", fmt.Errorf("svg: map %s: the class limits must ascend, at most %d", m.ID, classes-1)
	}
	var c canvas
	m.draw(&c, cuts)
	m.legend(&c, cuts)
	return template.HTML(c.b.String()), nil //nolint:gosec // every label went through esc
}

// BoundaryNote is the sentence that must stand under every map.
func (m Map) BoundaryNote() string {
	return m.Format.T("Boundaries and names are those of Natural Earth and imply no opinion about the status of any territory. Small states are not visible at this scale: see the table.")
}

// quintiles returns up to four round, distinct class limits. Few values give fewer classes.
func (m Map) quintiles() []float64 {
	var v []float64
	for _, a := range m.Areas {
		if a.Point.State == Exact {
			v = append(v, a.Point.Mid)
		}
	}
	slices.Sort(v)
	var cuts []float64
	for k := 1; k < classes && len(v) >= classes; k++ {
		raw := v[len(v)*k/classes]
		if raw <= 0 {
			continue
		}
		cut := round2(raw)
		if (len(cuts) == 0 || cut > cuts[len(cuts)-1]) && cut > v[0] && cut <= v[len(v)-1] {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}

// round2 rounds to one significant digit, or to one and a half (1, 1.5, 2, 3, ...).
func round2(v float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(v)))
	n := math.Round(v/base*2) / 2
	if n > 2 {
		n = math.Round(v / base)
	}
	return n * base
}

func classOf(cuts []float64, v float64) int {
	n := 0
	for _, c := range cuts {
		if v >= c {
			n++
		}
	}
	return n
}

func (m Map) draw(c *canvas, cuts []float64) {
	c.open(m.Figure, "", "ff-map", "img", mapWidth, mapHeight)
	c.raw(`<defs>`)
	c.hatch(m.ID+"-none", "ff-hatch-none", 90, false)
	c.hatch(m.ID+"-range", "ff-hatch-range", 45, true)
	c.raw(`</defs>`)
	none, ranges := make([]Country, 0, 177), []Country(nil)
	byClass := make([][]Country, classes)
	for _, country := range Countries() {
		p := m.Areas[country.ISO3].Point
		switch {
		case country.ISO3 == "" || p.State == Missing:
			none = append(none, country)
		case p.bounded() && classOf(cuts, p.Lo) != classOf(cuts, p.Hi) || p.State == Range:
			ranges = append(ranges, country)
		case p.bounded():
			byClass[classOf(cuts, p.Lo)] = append(byClass[classOf(cuts, p.Lo)], country)
		default:
			byClass[classOf(cuts, p.Mid)] = append(byClass[classOf(cuts, p.Mid)], country)
		}
	}
	m.group(c, `class="ff-none" fill="url(#`+m.ID+`-none)"`, none)
	m.group(c, `class="ff-span" fill="url(#`+m.ID+`-range)"`, ranges)
	for n, list := range byClass {
		m.group(c, fmt.Sprintf(`class="ff-c%d"`, n), list)
	}
	c.close()
}

func (m Map) group(c *canvas, attrs string, list []Country) {
	if len(list) == 0 {
		return
	}
	c.raw(`<g `, attrs, `>`)
	for _, country := range list {
		a, ok := m.Areas[country.ISO3]
		name := cmp.Or(a.Label, m.name(country))
		c.raw(`<path d="`, country.path, `"><title>`, esc(name))
		if ok && country.ISO3 != "" {
			c.raw(`: `, esc(PointText(m.Format, m.Y, a.Point)))
		}
		c.raw(`</title></path>`)
	}
	c.raw(`</g>`)
}

func (m Map) name(country Country) string {
	if m.Name != nil && country.ISO3 != "" {
		if n := m.Name(country.ISO3); n != "" {
			return n
		}
	}
	return country.Name
}

// legend writes a list with one swatch for each class in use.
func (m Map) legend(c *canvas, cuts []float64) {
	c.raw(`<ul class="ff-legend" role="list">`)
	for n := range len(cuts) + 1 {
		m.swatch(c, fmt.Sprintf("ff-c%d", n), "", m.classText(cuts, n))
	}
	if m.any(func(p Point) bool { return p.bounded() }) {
		m.swatch(c, "ff-span", m.ID+"-range", m.Format.T("known only as a range"))
	}
	m.swatch(c, "ff-none", m.ID+"-none", m.Format.T("no figure"))
	c.raw(`</ul>`)
}

func (m Map) any(is func(Point) bool) bool {
	for _, a := range m.Areas {
		if is(a.Point) {
			return true
		}
	}
	return false
}

func (m Map) classText(cuts []float64, n int) string {
	if len(cuts) == 0 {
		return m.Format.T("a figure")
	}
	text := func(v float64) string { return m.Y.text(m.Format, v) }
	switch {
	case n == 0:
		return m.Format.T("below %s", text(cuts[0]))
	case n == len(cuts):
		return m.Format.T("%s or more", text(cuts[n-1]))
	default:
		return m.Format.T("%s to below %s", text(cuts[n-1]), text(cuts[n]))
	}
}

// swatch is drawn in the units of the map, so that the hatches look as they do there.
func (m Map) swatch(c *canvas, class, pattern, label string) {
	c.raw(`<li><svg class="ff-chart ff-swatch" viewBox="0 0 300 200" width="30" height="20" aria-hidden="true" focusable="false"><g class="`, class, `"`)
	if pattern != "" {
		c.raw(` fill="url(#`, pattern, `)"`)
	}
	c.raw(`><path d="M5 5h290v190h-290z"/></g></svg> `, esc(label), `</li>`)
}
