package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/svg"
)

// measureRoutes are the pages of the figures: measures, comparison, releases, policy review.
func (s *Server) measureRoutes() []route {
	read := May(auth.ReadMeasures)
	return []route{
		{"GET", "/measures", Staff, read, s.measures, 0},
		{"GET", "/measures/compare", Staff, read, s.compare, 0},
		{"GET", "/measures/{id}", Staff, read, s.measure, 0},
		{"GET", "/measures/{id}/figures.csv", Staff, read, s.measureCSV, 0},
		{"GET", "/measures/{id}/figures-sdmx.csv", Staff, read, s.measureSDMX, 0},
		{"GET", "/releases", Staff, read, s.releases, 0},
		{"GET", "/releases/{id}", Staff, read, s.release, 0},
		{"GET", "/policy-review", Staff, May(auth.ReadPolicy), s.policyReview, 0},
	}
}

// measurePage is one measure: what it shows, how it is defined, and what it cannot tell.
type measurePage struct {
	Page
	Indicator indicator.Indicator
	Name      string
	Empty     bool // nothing was imported for it yet
	MayImport bool
	Tabs      []tab
	View      string
	Form      measureForm
	Drawing   drawing
	Map       mapDrawing
	Table     figureTable
	Shown     string // which of many series the picture or the table shows
	More      []pageLink
	Coverage  coverageText
	Notes     []string
	Releases  []releaseLine
	Total     totalMade
	Dims      []string
	Instead   []pageLink // choices that have figures, when this one has none
	CSV, SDMX string
	Known     string
}

// tab is one view of the same figures.
type tab struct {
	Path, Label string
	Here        bool
}

// pageLink leads to another part of a long table.
type pageLink struct {
	Path, Label string
	Here        bool
}

// coverageText says how much of what was expected is there.
type coverageText struct {
	Text    string
	Missing []string
}

// releaseLine is one release from which figures on the page come.
type releaseLine struct {
	Path, Label, Day string
	Recalled         bool
}

func (s *Server) measure(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	ind, err := s.app.Indicators.Get(r.Context(), v.actor, indicator.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	areas, err := s.app.Indicators.Areas(r.Context(), v.actor, ind.ID)
	if err != nil {
		return err
	}
	page := measurePage{
		Page: s.page(r, v.printer.T(ind.Title)), Indicator: ind, Name: v.printer.T(ind.Title),
		Empty: len(areas) == 0, MayImport: v.actor.May(auth.ImportMeasures), Dims: dimNames(v.printer, ind),
	}
	if page.Empty {
		return s.render(w, r, http.StatusOK, "measure", page)
	}
	c := readChoice(r, ind)
	if c.view == viewMap && len(areas) < 2 {
		c.view = viewChart
	}
	if c.area == "" && c.view != viewMap {
		c.area = s.homeArea(r, ind, areas)
	}
	page.View, page.Known = c.view, c.known
	status, err := s.fillMeasure(r, &page, c, areas)
	if err != nil {
		return err
	}
	return s.render(w, r, status, "measure", page)
}

// homeArea is the area that a measure of many countries opens with: the first for which the node
// also holds a national series, else the first of all.
func (s *Server) homeArea(r *http.Request, ind indicator.Indicator, areas []string) string {
	if len(areas) == 1 || ind.ID == indicator.NRMReferrals {
		return areas[0]
	}
	national, err := s.app.Indicators.Areas(r.Context(), actorOf(r), indicator.NRMReferrals)
	if err != nil {
		return areas[0] // a default only: the reader chooses
	}
	for _, a := range national {
		if slices.Contains(areas, a) {
			return a
		}
	}
	return areas[0]
}

// fillMeasure asks for the figures and arranges them for the chosen view. What the reader can mend
// comes back in the form with status 422; other errors are returned.
func (s *Server) fillMeasure(r *http.Request, page *measurePage, c choice, areas []string) (int, error) {
	v := visitOf(r)
	p, ind := v.printer, page.Indicator
	releases, err := s.app.Indicators.Releases(r.Context(), v.actor, ind.Source)
	if err != nil {
		return 0, err
	}
	page.Form = c.form(p, ind, areas, releases)
	page.Tabs = c.tabs(p, len(areas) > 1)
	page.CSV, page.SDMX = c.link("/figures.csv"), c.link("/figures-sdmx.csv")
	q, mend := c.query(p)
	if c.view == viewMap && len(mend) == 0 {
		q, mend, err = s.mapQuery(r, page, q, areas)
		if err != nil {
			return 0, err
		}
	}
	var answer indicator.Answer
	if len(mend) == 0 {
		answer, err = s.app.Indicators.Answer(r.Context(), v.actor, q)
		if mend, err = mendable(p, err); err != nil {
			return 0, err
		}
	}
	if len(mend) > 0 {
		page.Form.Mend = mend
		page.Form.Open = true
		page.Page.Title = page.Name
		return http.StatusUnprocessableEntity, nil
	}
	page.Title = finding(p, page.named(c), axisOfAnswer(p, answer), answer.Series, c.by)
	page.Drawing.ID = figuresID(answer.Hash)
	page.Coverage = coverageOf(p, answer.Coverage)
	for _, n := range answer.Notes {
		page.Notes = append(page.Notes, n.In(p))
	}
	page.Releases = releaseLines(p, answer.Releases)
	page.Total = s.totalMade(r, c, q, answer)
	if len(answer.Series) == 0 {
		page.Instead = s.instead(r, c, q, ind)
	}
	return http.StatusOK, page.arrange(c, answer)
}

// instead looks for choices near this one that have figures: a source may print a split within each
// kind of body, say, and never over all of them. Only dimensions with few categories are tried as
// limits, then the other splits.
func (s *Server) instead(r *http.Request, c choice, q indicator.Query, ind indicator.Indicator) []pageLink {
	p := visitOf(r).printer
	has := func(q indicator.Query) bool {
		answer, err := s.app.Indicators.Answer(r.Context(), actorOf(r), q)
		return err == nil && len(answer.Series) > 0
	}
	var links []pageLink
	for _, d := range ind.Dimensions {
		if d.Dim == c.by || c.where[d.Dim] != "" || len(d.Codes) == 0 || len(d.Codes) > shortList || q.Part[d.Dim] != "" {
			continue
		}
		try := q
		try.Where = withCode(q.Where, d.Dim, d.Codes[0].Code)
		if !has(try) {
			continue
		}
		for _, code := range d.Codes {
			other := c
			other.where = withCode(c.where, d.Dim, code.Code)
			links = append(links, pageLink{Path: other.link(""), Label: dimName(p, d) + ": " + codeName(p, d.Dim, code.Code, code.Label)})
		}
		return links
	}
	for _, d := range ind.Dimensions {
		try := q
		try.By = d.Dim
		if d.Dim == c.by || c.where[d.Dim] != "" || q.Part[d.Dim] != "" || !has(try) {
			continue
		}
		other := c
		other.by = d.Dim
		links = append(links, pageLink{Path: other.link(""), Label: p.T("split by: %s", dimName(p, d))})
	}
	return links
}

// withCode returns a copy of a cell with one more category fixed.
func withCode(cell map[indicator.Dim]string, d indicator.Dim, code string) map[indicator.Dim]string {
	out := maps.Clone(cell)
	if out == nil {
		out = map[indicator.Dim]string{}
	}
	out[d] = code
	return out
}

// named is the name of the measure with what was chosen of it, for a headline.
func (page *measurePage) named(c choice) string {
	parts := []string{page.Name}
	if len(page.Form.Areas) > 0 {
		parts = append(parts, areaName(page.Printer, c.area))
	}
	for _, d := range page.Indicator.Dimensions {
		if code, ok := c.where[d.Dim]; ok {
			parts = append(parts, codeName(page.Printer, d.Dim, code, printedAs(d, code)))
		}
	}
	name := strings.Join(parts, ", ")
	for _, o := range page.Form.Parts {
		if o.Chosen {
			return page.T("%s, share of “%s”", name, o.Label)
		}
	}
	return name
}

// mendable separates what a reader can put right in the form from other errors.
func mendable(p *i18n.Printer, err error) ([]Mend, error) {
	if err == nil {
		return nil, nil
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return nil, err
	}
	field := "choice"
	if len(f.Fields) > 0 {
		field = formField(f.Fields[0].Name)
	}
	text := p.T(f.Msg, f.Args...)
	if f.Hint != "" {
		text += " " + p.T(f.Hint, f.HintArgs...)
	}
	return []Mend{{field, text}}, nil
}

// formField is the field of the form for a part of a query, as the room names it.
func formField(part string) string {
	switch part {
	case "from", "to", "area":
		return part
	case "period":
		return "from"
	case "known-on":
		return "known"
	default:
		return "choice"
	}
}

// arrange makes the picture and the table of the chosen view.
func (page *measurePage) arrange(c choice, answer indicator.Answer) error {
	p, ind := page.Printer, answer.Indicator
	axis := axisOfAnswer(p, answer)
	if len(answer.Series) == 0 {
		return nil
	}
	if c.view == viewMap {
		return page.arrangeMap(axis, answer)
	}
	lines := linesOf(p, ind, answer.Series, c.by)
	id := page.Drawing.ID
	if c.view == viewTable && len(lines) > svg.MaxSeries {
		page.pageTable(c, axis, lines)
		return nil
	}
	chosen := lines
	if len(lines) > svg.MaxSeries {
		chosen = linesOf(p, ind, newestFour(answer.Series), c.by)
		page.Shown = p.T("The four largest of %s are drawn. The table view has all of them.", p.Int(int64(len(lines))))
	}
	page.Table = tableOf(p, "figures", p.T("The same figures as a table"), axis, chosen)
	if c.view == viewTable {
		page.Table.Caption = page.Name
		return nil
	}
	drawing, err := chartOf(p, "chart", page.Title, axis, chosen)
	drawing.ID = id
	page.Drawing = drawing
	return err
}

// tableRows is how many series one page of a long table shows.
const tableRows = 50

// pageTable shows fifty of many series, with links to the others.
func (page *measurePage) pageTable(c choice, axis svg.Axis, lines []chartLine) {
	p := page.Printer
	order.By(lines, func(a, b chartLine) int { return cmp.Compare(a.label, b.label) })
	pages := (len(lines) + tableRows - 1) / tableRows
	n, err := strconv.Atoi(c.page)
	if err != nil || n < 1 || n > pages {
		n = 1
	}
	from, to := (n-1)*tableRows, min(n*tableRows, len(lines))
	corner := p.T("Series")
	for _, d := range page.Indicator.Dimensions {
		if d.Dim == c.by {
			corner = dimName(p, d)
		}
	}
	page.Table = bySeries(p, "figures", page.Name, corner, axis, lines[from:to])
	page.Shown = p.T("Series %s to %s of %s, the latest periods. The files below hold every period.",
		p.Int(int64(from+1)), p.Int(int64(to)), p.Int(int64(len(lines))))
	for i := 1; pages > 1 && i <= pages; i++ {
		q := c.values()
		q.Set("page", strconv.Itoa(i))
		page.More = append(page.More, pageLink{
			Path: "/measures/" + url.PathEscape(string(c.id)) + "?" + q.Encode(), Label: p.Int(int64(i)), Here: i == n,
		})
	}
}
