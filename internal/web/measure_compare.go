package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
)

// comparePage puts two to four series beside each other: on one axis when they have the same unit,
// else each unit on its own.
type comparePage struct {
	Page
	Slots  []compareSlot
	Annual bool
	From   string
	Mend   []Mend
	Panels []comparePanel
	Chosen int
}

// Wrong returns what is to be mended in a field, or "".
func (c comparePage) Wrong(field string) string { return wrongIn(c.Mend, field) }

// compareSlot is the choice of one series.
type compareSlot struct {
	Number   string
	Field    string // "m1": the measure
	Measures []option
	Area     string // "a1": name of the field
	Areas    []option
	Limits   []limit
	Filled   bool
}

// comparePanel is one chart of the comparison with its table.
type comparePanel struct {
	Title   string
	Drawing drawing
	Table   figureTable
	IDs     []compareSource
}

// compareSource says where one line comes from.
type compareSource struct{ Label, Path, ID, Attribution string }

// compared is one chosen series with its answer.
type compared struct {
	ind    indicator.Indicator
	label  string // measure, area and group
	short  string // area and group only, for lines of one measure
	answer indicator.Answer
	path   string
}

func (s *Server) compare(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	names, err := s.measureNames(r)
	if err != nil {
		return err
	}
	page := comparePage{Page: s.page(r, p.T("Compare")), Annual: r.URL.Query().Get("annual") == "1", From: r.URL.Query().Get("from")}
	var chosen []compared
	for n := 1; n <= svg.MaxSeries; n++ {
		slot, got, err := s.compareSlot(r, n, names, &page)
		if err != nil {
			return err
		}
		if !slot.Filled && len(page.Slots) > len(chosen) {
			continue // one empty place is offered at a time
		}
		slot.Number = p.T("Series %s", p.Int(int64(len(page.Slots)+1)))
		page.Slots = append(page.Slots, slot)
		if got != nil {
			chosen = append(chosen, *got)
		}
	}
	page.Chosen = len(chosen)
	if page.Panels, err = panels(p, chosen); err != nil {
		return err
	}
	if len(page.Panels) > 0 {
		page.Title = compareFinding(p, chosen)
	}
	status := http.StatusOK
	if len(page.Mend) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "measure_compare", page)
}

// compareSlot reads one place of the form and asks for its figures.
func (s *Server) compareSlot(r *http.Request, n int, names map[indicator.ID]named, page *comparePage) (compareSlot, *compared, error) {
	v := visitOf(r)
	p, q := v.printer, r.URL.Query()
	slot := compareSlot{Field: fmt.Sprintf("m%d", n), Area: fmt.Sprintf("a%d", n)}
	id := indicator.ID(q.Get(slot.Field))
	for _, ind := range names {
		slot.Measures = append(slot.Measures, option{string(ind.ID), ind.Name, ind.ID == id})
	}
	sortOptions(slot.Measures)
	ind, ok := names[id]
	if !ok {
		return slot, nil, nil
	}
	slot.Filled = true
	areas, err := s.app.Indicators.Areas(r.Context(), v.actor, id)
	if err != nil || len(areas) == 0 {
		return slot, nil, err
	}
	c := choice{id: id, view: viewChart, area: q.Get(slot.Area), where: map[indicator.Dim]string{}, annual: page.Annual, from: strings.TrimSpace(page.From)}
	if c.area == "" {
		c.area = s.homeArea(r, ind.Indicator, areas)
	}
	if len(areas) > 1 {
		slot.Areas = areaOptions(p, areas, c.area)
	}
	full, err := s.app.Indicators.Get(r.Context(), v.actor, id)
	if err != nil {
		return slot, nil, err
	}
	ind.Indicator = full
	for _, d := range full.Dimensions {
		field := fmt.Sprintf("%s-%d", whereField(d.Dim), n)
		if code := q.Get(field); code != "" {
			c.where[d.Dim] = code
		}
		if len(d.Codes) <= longList {
			slot.Limits = append(slot.Limits, limit{field, dimName(p, d), d.Dim == figure.DimResponder, codeOptions(p, d, c.where[d.Dim])})
		}
	}
	question, mend := c.query(p)
	var answer indicator.Answer
	if len(mend) == 0 {
		answer, err = s.app.Indicators.Answer(r.Context(), v.actor, question)
		if mend, err = mendable(p, err); err != nil {
			return slot, nil, err
		}
	}
	page.Mend = append(page.Mend, mendAt(mend, slot.Field)...)
	if len(mend) > 0 || len(answer.Series) == 0 {
		return slot, nil, nil
	}
	return slot, &compared{
		ind: ind.Indicator, label: compareLabel(p, ind, answer.Series[0], len(areas) > 1),
		short:  areaName(p, answer.Series[0].Area) + ", " + cellName(p, ind.Indicator, answer.Series[0].Key),
		answer: answer, path: c.link(""),
	}, nil
}

// mendAt points what is to be mended at the place it belongs to, unless it names a field of the form.
func mendAt(mend []Mend, field string) []Mend {
	out := slices.Clone(mend)
	for i := range out {
		if out[i].Field != "from" {
			out[i].Field = field
		}
	}
	return out
}

func compareLabel(p *i18n.Printer, ind named, s indicator.Series, world bool) string {
	label := ind.Name
	if world {
		label += ", " + areaName(p, s.Area)
	}
	if s.Key != "" {
		label += ", " + cellName(p, ind.Indicator, s.Key)
	}
	return label
}

// compareGroup is a chart of the comparison in the making.
type compareGroup struct {
	unit   string
	every  indicator.PeriodKind
	axis   svg.Axis
	chosen []compared
}

// lines names the series of a group: when they are of one measure, by what differs only.
func (g *compareGroup) lines() (string, []chartLine) {
	var out []chartLine
	one := !slices.ContainsFunc(g.chosen, func(c compared) bool { return c.ind.ID != g.chosen[0].ind.ID })
	for _, c := range g.chosen {
		label := c.label
		if one && len(g.chosen) > 1 {
			label = c.short
		}
		out = append(out, chartLine{label, c.answer.Series[0]})
	}
	return g.axis.Label, out
}

// panels groups the series by unit and length of period, in the order in which they were chosen.
func panels(p *i18n.Printer, chosen []compared) ([]comparePanel, error) {
	var groups []*compareGroup
	for _, c := range chosen {
		s := c.answer.Series[0]
		if len(s.Points) == 0 {
			continue
		}
		every := s.Points[0].Period.Kind
		i := slices.IndexFunc(groups, func(g *compareGroup) bool { return g.unit == c.ind.Unit && g.every == every })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &compareGroup{unit: c.ind.Unit, every: every, axis: axisOf(p, c.ind)})
		}
		groups[i].chosen = append(groups[i].chosen, c)
	}
	var out []comparePanel
	for i, g := range groups {
		title, lines := g.lines()
		drawing, err := chartOf(p, fmt.Sprintf("chart-%d", i+1), title, g.axis, lines)
		if err != nil {
			return nil, err
		}
		panel := comparePanel{
			Title: title, Drawing: drawing,
			Table: tableOf(p, fmt.Sprintf("figures-%d", i+1), p.T("The same figures as a table"), g.axis, lines),
		}
		for _, c := range g.chosen {
			panel.IDs = append(panel.IDs, compareSource{c.label, c.path, figuresID(c.answer.Hash), p.T(c.ind.Attribution)})
		}
		out = append(out, panel)
	}
	return out, nil
}

// compareFinding names what stands side by side; it draws no conclusion from it.
func compareFinding(p *i18n.Printer, chosen []compared) string {
	if len(chosen) == 1 {
		return p.T("Compare: choose a second series")
	}
	return p.N("%d series side by side", "%d series side by side", len(chosen))
}
