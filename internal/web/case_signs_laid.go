package web

import (
	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/signs"
)

// laidView is what the answers of a sheet show, in the reader's words. There is no verdict and no number
// but counts of what stands beside them.
type laidView struct {
	Notice     string
	Cautions   []string
	Dimensions []dimensionRow
	Patterns   []patternRow
	Gaps       []string // the first, in their order
	MoreGaps   []string
	Rule       string // whose rule the elements are laid out by
	Elsewhere  bool
	Elements   []elementRow
	Unlisted   []string
}

type dimensionRow struct {
	Name, State, Because string
	Shown                bool
	Evidence, Absent     []string
}

type patternRow struct{ Name, State, Reading string }

// elementRow is one reading: a purpose, as of a child or an adult.
type elementRow struct {
	Purpose, As         string
	Act, Means, Exploit elementCell
}

type elementCell struct {
	State string
	Signs []string
	Shown bool
}

// firstGaps is how many gaps stand outside the fold.
const firstGaps = 6

func laidOf(p *i18n.Printer, laid signs.Laid) laidView {
	view := laidView{Notice: p.T(laid.Profile.Notice), Rule: p.T(laid.Rule.Title), Elsewhere: laid.Elsewhere}
	for _, text := range append(append([]string{}, laid.Profile.Cautions...), laid.Elements.Cautions...) {
		view.Cautions = append(view.Cautions, p.T(text))
	}
	for _, d := range laid.Profile.Dimensions {
		row := dimensionRow{Name: p.T(d.Label), State: p.T(dimensionState(d.State)), Shown: d.State == screening.Positive}
		row.Evidence, row.Absent = findings(p, d.Evidence), findings(p, d.Absent)
		view.Dimensions = append(view.Dimensions, row)
	}
	for _, c := range laid.Profile.Combinations {
		view.Patterns = append(view.Patterns, patternRow{p.T(c.Label), p.T(matchWord(c.State)), p.T(c.Reading)})
	}
	for i, g := range laid.Profile.Gaps {
		text := p.T(g.Label)
		if i < firstGaps {
			view.Gaps = append(view.Gaps, text)
		} else {
			view.MoreGaps = append(view.MoreGaps, text)
		}
	}
	for _, reading := range laid.Elements.Readings {
		as := p.T("an adult")
		if reading.As == screening.AgeChild {
			as = p.T("a child")
		}
		purpose := reading.Purpose
		if reading.Label != "" {
			purpose = p.T(reading.Label)
		}
		view.Elements = append(view.Elements, elementRow{purpose, as, cellOf(p, reading.Act), cellOf(p, reading.Means), cellOf(p, reading.Exploit)})
	}
	for _, x := range laid.Elements.Unlisted {
		view.Unlisted = append(view.Unlisted, p.T(x.Label))
	}
	return view
}

func findings(p *i18n.Printer, all []screening.Finding) (out []string) {
	for _, f := range all {
		out = append(out, p.T(f.Label))
	}
	return out
}

func cellOf(p *i18n.Printer, e screening.ElementResult) elementCell {
	cell := elementCell{State: p.T(evidenceWord(e.State)), Shown: e.State == screening.Evidenced}
	for _, x := range e.Signs {
		cell.Signs = append(cell.Signs, p.T(x.Label))
	}
	return cell
}

func dimensionState(s screening.State) string {
	switch s {
	case screening.Positive:
		return i18n.Mark("the signs show it")
	case screening.Open:
		return i18n.Mark("open: more answers could show it")
	case screening.NotShown:
		return i18n.Mark("the answers do not show it")
	case screening.NoRule:
	}
	return i18n.Mark("signs are only listed")
}

func matchWord(m screening.Match) string {
	switch m {
	case screening.Shown:
		return i18n.Mark("the signs show it")
	case screening.Possible:
		return i18n.Mark("open: more answers could show it")
	case screening.Missing:
	}
	return i18n.Mark("the answers do not show it")
}

func evidenceWord(e screening.Evidence) string {
	switch e {
	case screening.Evidenced:
		return i18n.Mark("there are signs")
	case screening.NotRequired:
		return i18n.Mark("not asked for")
	case screening.ElementOpen:
	}
	return i18n.Mark("open: no sign is recorded")
}
