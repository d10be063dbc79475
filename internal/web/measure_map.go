package web

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/svg"
)

// mapDrawing is a map with what must stand under it.
type mapDrawing struct {
	Picture  template.HTML
	Boundary string
}

// mapQuery asks for one period of every area: the one that was chosen, else the newest of the area
// with which the measure opens. The periods to choose from are those of that area.
func (s *Server) mapQuery(r *http.Request, page *measurePage, q indicator.Query, areas []string) (indicator.Query, []Mend, error) {
	chosen := q.To
	q.By, q.Annual, q.From, q.To = "", false, indicator.Period{}, indicator.Period{}
	q.Areas = []string{s.homeArea(r, page.Indicator, areas)}
	answer, err := s.app.Indicators.Answer(r.Context(), actorOf(r), q)
	mend, err := mendable(page.Printer, err)
	if err != nil || len(mend) > 0 {
		return q, mend, err
	}
	q.Areas = nil
	periods := periodsWithFigures(answer.Series)
	if len(periods) == 0 {
		q.From, q.To = chosen, chosen
		return q, nil, nil
	}
	if !slices.Contains(periods, chosen) {
		chosen = periods[0]
	}
	for _, period := range periods {
		page.Form.Years = append(page.Form.Years, option{period.String(), periodName(page.Printer, period), period == chosen})
	}
	q.From, q.To = chosen, chosen
	return q, nil, nil
}

// arrangeMap draws one period of every area and lists the areas by name, never by size.
func (page *measurePage) arrangeMap(axis svg.Axis, answer indicator.Answer) error {
	p := page.Printer
	periods := periodsWithFigures(answer.Series)
	if len(periods) == 0 {
		return nil
	}
	period := periods[0]
	areas := make(map[string]svg.Area, len(answer.Series))
	var lines []chartLine
	for _, s := range answer.Series {
		pt, ok := at(s, period)
		if !ok || pt.State == indicator.Missing {
			continue
		}
		name := areaName(p, s.Area)
		areas[s.Area] = svg.Area{Label: name, Point: drawn(pt.Value)}
		one := s
		one.Points = []indicator.Point{pt}
		lines = append(lines, chartLine{name, one})
	}
	order.By(lines, func(a, b chartLine) int { return cmp.Compare(a.label, b.label) })
	page.Title = p.N("%[2]s, %[3]s: %[1]d country or territory has a figure", "%[2]s, %[3]s: %[1]d countries and territories have a figure",
		len(lines), page.Name, periodName(p, period))
	page.Table = bySeries(p, "figures", p.T("The same figures as a table, by name"), p.T("Country or territory"), axis, lines)
	world := svg.Map{
		Figure: svg.Figure{ID: "map", Title: page.Title, Desc: p.T("World map in classes. The table below holds the same numbers.")},
		Areas:  areas, Y: axis, Format: p, Name: func(iso string) string { return areaName(p, iso) },
	}
	page.Map.Boundary = world.BoundaryNote()
	picture, err := world.SVG()
	page.Map.Picture = picture
	return err
}

// periodsWithFigures lists the periods in which any series has a value, newest first.
func periodsWithFigures(series []indicator.Series) []indicator.Period {
	seen := map[indicator.Period]bool{}
	var out []indicator.Period
	for _, s := range series {
		for _, pt := range s.Points {
			if pt.State != indicator.Missing && !seen[pt.Period] {
				seen[pt.Period] = true
				out = append(out, pt.Period)
			}
		}
	}
	order.By(out, func(a, b indicator.Period) int { return b.Compare(a) })
	return out
}

// measureList is the page of all measures.
type measureList struct {
	Page
	Text    string
	Sources []option
	Dims    []option
	Lines   []measureLine
	Found   string
}

// measureLine is one measure in the list.
type measureLine struct {
	Path, Title, Source string
	Value, When         string
	Spark               template.HTML
	Coverage            string
	Empty               bool
}

// sparkPeriods is how many of the latest periods a line in the list draws.
const sparkPeriods = 32

func lineOf(p *i18n.Printer, ind indicator.Indicator, answer indicator.Answer) measureLine {
	out := measureLine{}
	if len(answer.Series) != 1 {
		return out
	}
	s := answer.Series[0]
	now, ok := newest(s)
	if !ok {
		return out
	}
	out.Value, out.When = numbers(p, axisOf(p, ind), now.Value), periodName(p, now.Period)
	var points []svg.Point
	for _, pt := range s.Points[max(0, len(s.Points)-sparkPeriods):] {
		if pt.Partial() {
			points = append(points, svg.Gap())
			continue
		}
		points = append(points, drawn(pt.Value))
	}
	out.Spark = svg.Spark(points)
	return out
}
