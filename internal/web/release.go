package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/svg"
)

// releasesPage lists every publication the node holds, newest first.
type releasesPage struct {
	Page
	Lines     []releaseRow
	MayImport bool
}

// releaseRow is one publication in the list.
type releaseRow struct {
	Path, Label, Source, Day string
	Recalled                 bool
	Rows                     string
	Measures                 string
}

func (s *Server) releases(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	releases, err := s.app.Indicators.Releases(r.Context(), v.actor, "")
	if err != nil {
		return err
	}
	names, err := s.measureNames(r)
	if err != nil {
		return err
	}
	order.By(releases, func(a, b indicator.Release) int {
		return cmp.Or(cmp.Compare(b.ReleasedOn, a.ReleasedOn), cmp.Compare(a.Label, b.Label))
	})
	page := releasesPage{Page: s.page(r, p.T("Releases")), MayImport: s.leadsSomewhere("/import")}
	for _, rel := range releases {
		var measures []string
		for _, id := range rel.Indicators {
			measures = append(measures, cmp.Or(names[id].Name, string(id)))
		}
		page.Lines = append(page.Lines, releaseRow{
			Path: "/releases/" + url.PathEscape(rel.ID), Label: p.T(rel.Label), Source: rel.Source, Day: p.Date(rel.ReleasedOn),
			Recalled: rel.Basis == "recalled", Rows: p.Int(int64(rel.Rows)), Measures: p.List(measures),
		})
	}
	return s.render(w, r, http.StatusOK, "releases", page)
}

// named is a measure with its name in the reader's language.
type named struct {
	indicator.Indicator
	Name string
}

func (s *Server) measureNames(r *http.Request) (map[indicator.ID]named, error) {
	v := visitOf(r)
	all, err := s.app.Indicators.List(r.Context(), v.actor, indicator.Filter{})
	if err != nil {
		return nil, err
	}
	out := make(map[indicator.ID]named, len(all))
	for _, ind := range all {
		out[ind.ID] = named{ind, v.printer.T(ind.Title)}
	}
	return out, nil
}

// releasePage says what one release altered against what was known before it.
type releasePage struct {
	Page
	Release   indicator.Release
	Label     string
	Day       string
	Recalled  bool
	Lead      string
	Revised   revisionTable
	Withdrawn revisionTable
	New       revisionTable
	Unchanged string
}

// revisionTable is one list of changed figures.
type revisionTable struct {
	*i18n.Printer
	ID, Caption string
	Before      bool // has a column for the value before
	After       bool
	Rows        []revisionRow
	Cut         string // says that there are more, "" when there are none
}

// revisionRow is one figure before and after.
type revisionRow struct {
	Path, What, Period    string
	Before, After, Change string
}

// How many rows of each list a page shows; the largest changes come first. What is new is only
// sampled: the measure itself shows it better.
const (
	listedRevisions = 60
	listedNew       = 15
)

func (s *Server) release(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	changes, err := s.app.Indicators.Changes(r.Context(), v.actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	names, err := s.measureNames(r)
	if err != nil {
		return err
	}
	rel := changes.Release
	page := releasePage{
		Page: s.page(r, releaseFinding(p, changes)), Release: rel, Label: p.T(rel.Label), Day: p.Date(rel.ReleasedOn), Recalled: rel.Basis == "recalled",
		Revised:   revisions(p, names, "revised", p.T("Revised: before and after"), changes.Revised, changes.RevisedCount, listedRevisions),
		Withdrawn: revisions(p, names, "withdrawn", p.T("Withdrawn: published before and not in this release"), changes.Withdrawn, changes.WithdrawnCount, listedRevisions),
		New:       revisions(p, names, "new", p.T("New"), changes.New, changes.NewCount, listedNew),
	}
	page.Revised.Before, page.Revised.After = true, true
	page.Withdrawn.Before, page.New.After = true, true
	if changes.Unchanged > 0 {
		page.Unchanged = p.N("%d figure repeats what was known.", "%d figures repeat what was known.", changes.Unchanged)
	}
	return s.render(w, r, http.StatusOK, "release", page)
}

func releaseFinding(p *i18n.Printer, c indicator.Changes) string {
	if c.RevisedCount+c.WithdrawnCount == 0 {
		return p.N("%d new figure, nothing revised", "%d new figures, nothing revised", c.NewCount)
	}
	parts := []string{p.N("%d figure revised", "%d figures revised", c.RevisedCount), p.N("%d new", "%d new", c.NewCount)}
	if c.WithdrawnCount > 0 {
		parts = append(parts, p.N("%d withdrawn", "%d withdrawn", c.WithdrawnCount))
	}
	return p.List(parts)
}

func revisions(p *i18n.Printer, names map[indicator.ID]named, id, caption string, list []indicator.Revision, count, show int) revisionTable {
	t := revisionTable{Printer: p, ID: id, Caption: caption}
	list = list[:min(show, len(list))]
	one := len(list) > 0 && !slices.ContainsFunc(list, func(r indicator.Revision) bool {
		return r.Indicator != list[0].Indicator || r.Area != list[0].Area
	})
	if one {
		t.Caption = names[list[0].Indicator].Name + ". " + caption
	}
	for _, rev := range list {
		t.Rows = append(t.Rows, revisionOf(p, names[rev.Indicator], rev, one))
	}
	if count > len(t.Rows) {
		t.Cut = p.T("The %s largest of %s are listed.", p.Int(int64(len(t.Rows))), p.Int(int64(count)))
	}
	return t
}

// revisionOf writes one changed figure; alone leaves out the measure and the area, which the
// caption names.
func revisionOf(p *i18n.Printer, ind named, rev indicator.Revision, alone bool) revisionRow {
	axis := axisOf(p, ind.Indicator)
	row := revisionRow{
		What: cellName(p, ind.Indicator, rev.Key), Period: periodName(p, rev.Period),
		Before: numbers(p, axis, rev.Before), After: numbers(p, axis, rev.After),
		Change: changeText(p, axis, rev.Before, rev.After),
	}
	c := choice{id: rev.Indicator, view: viewTable, area: rev.Area, where: rev.Key.Cell()}
	row.Path = c.link("")
	if !alone {
		row.What = cmp.Or(ind.Name, string(rev.Indicator)) + ", " + areaName(p, rev.Area) + ", " + row.What
	}
	return row
}

// changeText writes after minus before with its sign; bounds stay bounds.
func changeText(p *i18n.Printer, axis svg.Axis, before, after indicator.Value) string {
	if before.State == indicator.Missing || after.State == indicator.Missing {
		return ""
	}
	d := after.Sub(before.Interval)
	signed := func(v float64) string {
		text := numbers(p, axis, indicator.Value{Interval: indicator.Interval{Lo: v, Hi: v}, State: indicator.Exact})
		if v > 0 {
			return "+" + text
		}
		return text
	}
	if d.Lo == d.Hi {
		return signed(d.Lo)
	}
	return p.T("between %s and %s", signed(d.Lo), signed(d.Hi))
}
