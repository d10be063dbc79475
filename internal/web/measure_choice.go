package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
)

// The views of one measure.
const (
	viewChart = "chart"
	viewMap   = "map"
	viewTable = "table"
)

// choice is what a reader asked to see of one measure. It is the query string of the page and
// nothing else: a page can be bookmarked and printed, and nothing is kept about its reader.
type choice struct {
	id       indicator.ID
	view     string
	area     string
	by       indicator.Dim
	where    map[indicator.Dim]string
	from, to string
	known    string
	annual   bool
	part     string // "dimension:category" of which the share is shown, "" for the figures themselves
	sum      string // "all": show what adding up every row gives
	page     string
}

// whereField is the name of the form field that limits a dimension.
func whereField(d indicator.Dim) string { return "w-" + string(d) }

// readChoice takes what is meaningful for the indicator from the query string. Values are checked
// where they are used.
func readChoice(r *http.Request, ind indicator.Indicator) choice {
	q := r.URL.Query()
	c := choice{
		id: ind.ID, view: viewChart, area: q.Get("area"), by: indicator.Dim(q.Get("by")),
		from: strings.TrimSpace(q.Get("from")), to: strings.TrimSpace(q.Get("to")),
		known: q.Get("known"), annual: q.Get("annual") == "1", page: q.Get("page"), sum: q.Get("sum"),
		part:  q.Get("part"),
		where: map[indicator.Dim]string{},
	}
	if v := q.Get("view"); v == viewMap || v == viewTable {
		c.view = v
	}
	for _, d := range ind.Dimensions {
		if code := strings.TrimSpace(q.Get(whereField(d.Dim))); code != "" && d.Dim != c.by {
			c.where[d.Dim] = code
		}
	}
	return c
}

// values is the choice as a query string, without what is not chosen.
func (c choice) values() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	if c.view != viewChart {
		set("view", c.view)
	}
	set("area", c.area)
	set("by", string(c.by))
	for d, code := range c.where {
		set(whereField(d), code)
	}
	set("from", c.from)
	set("to", c.to)
	set("known", c.known)
	set("part", c.part)
	set("sum", c.sum)
	if c.annual {
		set("annual", "1")
	}
	return q
}

// link returns the address of the page with this choice, or of one of its files.
func (c choice) link(file string) string {
	path := "/measures/" + url.PathEscape(string(c.id)) + file
	if file != "" {
		c.view = viewChart
	}
	if q := c.values().Encode(); q != "" {
		path += "?" + q
	}
	return path
}

// query turns the choice into a question to the room, or says what is to be mended.
func (c choice) query(p *i18n.Printer) (indicator.Query, []Mend) {
	q := indicator.Query{Indicator: c.id, Where: c.where, By: c.by, KnownOn: c.known, Annual: c.annual}
	if c.area != "" {
		q.Areas = []string{c.area}
	}
	if d, code, ok := strings.Cut(c.part, ":"); ok {
		q.Part = map[indicator.Dim]string{indicator.Dim(d): code}
	}
	var mend []Mend
	for _, end := range []struct {
		field, text string
		to          *indicator.Period
	}{{"from", c.from, &q.From}, {"to", c.to, &q.To}} {
		if end.text == "" {
			continue
		}
		period, err := figure.ParsePeriod(end.text)
		if err != nil {
			mend = append(mend, Mend{end.field, p.T("Write a period as 2022, 2022-Q2 or 2022-04.")})
			continue
		}
		*end.to = period
	}
	return q, mend
}

// option is one entry of a list to choose from.
type option struct {
	Value, Label string
	Chosen       bool
}

// limit is the field that limits one dimension to a category.
type limit struct {
	Field, Label string
	Names        bool // the options are names of bodies, in whatever language those have
	Options      []option
}

// measureForm is the form above a figure.
type measureForm struct {
	*i18n.Printer
	Path     string
	View     string
	Areas    []option
	Years    []option // periods of a map
	By       []option
	Limits   []limit
	Parts    []option // what may be shown as a share
	From, To string
	Known    []option
	MayAdd   bool // the source publishes more often than once a year, and counts
	Annual   bool
	Mend     []Mend
	Open     bool // something other than the plain series is chosen
}

// Wrong returns what is to be mended in a field, or "".
func (f measureForm) Wrong(field string) string { return wrongIn(f.Mend, field) }

// longList is the number of categories above which a dimension is not offered as a list: hundreds
// of nationalities make a list that nobody can read.
const longList = 120

func (c choice) form(p *i18n.Printer, ind indicator.Indicator, areas []string, releases []indicator.Release) measureForm {
	f := measureForm{
		Printer: p, Path: "/measures/" + url.PathEscape(string(c.id)), View: c.view, From: c.from, To: c.to,
		MayAdd: ind.Kind == indicator.Count && ind.Every > indicator.Year, Annual: c.annual,
		Open: c.by != "" || len(c.where) > 0 || c.from != "" || c.to != "" || c.known != "" || c.annual || c.part != "",
	}
	if len(areas) > 1 && c.view != viewMap {
		f.Areas = areaOptions(p, areas, c.area)
	}
	for _, d := range ind.Dimensions {
		if c.view != viewMap {
			f.By = append(f.By, option{string(d.Dim), dimName(p, d), d.Dim == c.by})
		}
		if d.Dim == c.by && c.view != viewMap || len(d.Codes) > longList {
			continue
		}
		options := codeOptions(p, d, c.where[d.Dim])
		f.Limits = append(f.Limits, limit{Field: whereField(d.Dim), Label: dimName(p, d), Names: d.Dim == figure.DimResponder, Options: options})
		if ind.Kind == indicator.Count && len(options) <= shortList {
			f.Parts = append(f.Parts, partOptions(d, options, c.part)...)
		}
	}
	f.Known = knownOptions(p, releases, c.known)
	return f
}

// shortList is the number of categories up to which shares of each are offered.
const shortList = 12

func partOptions(d indicator.Dimension, categories []option, chosen string) []option {
	out := make([]option, len(categories))
	for i, o := range categories {
		value := string(d.Dim) + ":" + o.Value
		out[i] = option{value, o.Label, value == chosen}
	}
	return out
}

func areaOptions(p *i18n.Printer, areas []string, chosen string) []option {
	out := make([]option, len(areas))
	for i, a := range areas {
		out[i] = option{a, areaName(p, a), a == chosen}
	}
	sortOptions(out)
	return out
}

func codeOptions(p *i18n.Printer, d indicator.Dimension, chosen string) []option {
	out := make([]option, len(d.Codes))
	for i, code := range d.Codes {
		out[i] = option{code.Code, codeName(p, d.Dim, code.Code, code.Label), code.Code == chosen}
	}
	sortOptions(out)
	return out
}

func sortOptions(list []option) {
	order.By(list, func(a, b option) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Value, b.Value))
	})
}

// knownOptions lists the days on which something came out, latest first.
func knownOptions(p *i18n.Printer, releases []indicator.Release, chosen string) []option {
	var days []string
	for _, r := range releases {
		days = append(days, r.ReleasedOn)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	slices.Reverse(days)
	if len(days) < 2 && chosen == "" {
		return nil
	}
	if chosen != "" && !slices.Contains(days, chosen) {
		days = append(days, chosen)
	}
	out := make([]option, len(days))
	for i, day := range days {
		out[i] = option{day, p.Date(day), day == chosen}
	}
	return out
}
