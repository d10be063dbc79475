package importer

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/order"
)

// finish settles what is known only at the end: repeats, totals, dates. The order of problems is:
// errors before warnings, then by line.
func (p *pass) finish() *Outcome {
	if p.table != nil && p.emit == nil {
		p.settle()
		p.date()
		p.out.Derived = p.sums.figures(nrmArea)
		for _, f := range p.out.Derived {
			p.concerns(f.Release, f.Indicator)
			p.out.Releases[f.Release].Figures++
		}
		p.years.find(&p.margins, p.out)
		p.margins.find(p.out)
		p.tellMargins()
	}
	for i := range p.out.Releases {
		slices.Sort(p.out.Releases[i].Indicators)
	}
	order.By(p.out.Categories, func(a, b Category) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.Code, b.Code))
	})
	sortProblems(p.out.Problems)
	p.out.Problems = p.out.Problems[:min(len(p.out.Problems), MaxProblems)]
	return p.out
}

func sortProblems(all []Problem) {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

func (p *pass) tellMargins() {
	switch {
	case p.margins.over:
		p.problem(Problem{
			Severity: Warning, Msg: "totals were not compared with their parts, which is done in tables of up to about %d figures",
			Args: []any{maxMarginCells},
		})
	case p.out.MarginsOff > 0:
		p.problem(Problem{
			Severity: Warning, Msg: "%d of %d published totals differ from the sum of their parts",
			Args: []any{p.out.MarginsOff, p.out.MarginsChecked},
		})
	}
}

// date gives releases their dates: what the importer states, else what is known of the source.
func (p *pass) date() {
	if p.opts.ReleasedOn != "" && !Civil(p.opts.ReleasedOn) {
		p.problem(Problem{
			Value: clip(p.opts.ReleasedOn), Msg: "the date of publication is not a date of the calendar",
			Mend: "Write it as YYYY-MM-DD.",
		})
		return
	}
	for i := range p.out.Releases {
		r := &p.out.Releases[i]
		if r.ReleasedOn != "" {
			r.Label = cmp.Or(r.Label, p.opts.Label, p.opts.Name)
			continue
		}
		p.dateOf(r)
		if p.opts.ReleasedOn != "" {
			r.ReleasedOn, r.Basis = p.opts.ReleasedOn, "stated"
		}
		if p.opts.Label != "" {
			r.Label = p.opts.Label
		}
		if r.ReleasedOn == "" && p.out.ErrorCount == 0 {
			p.problem(Problem{
				Msg:  "it is not known when these figures were published, and the file does not say",
				Mend: "Give the date of publication with --released-on.",
			})
		}
		r.Label = cmp.Or(r.Label, p.opts.Name)
	}
}

func (p *pass) dateOf(r *Release) {
	if p.revised != nil {
		r.ReleasedOn, r.Basis, _ = nrmReleased(p.revised.newest)
		return
	}
	if label, date, basis, ok := glotipReleased(p.out.Digest); ok {
		r.Label, r.ReleasedOn, r.Basis = label, date, basis
	}
}
