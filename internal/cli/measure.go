package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/web/api"
)

// measureCmd shows indicators and their figures.
type measureCmd struct {
	List   measureList   `cmd:"" help:"List the indicators."`
	Show   measureShow   `cmd:"" help:"Show the figures of an indicator as a table."`
	Export measureExport `cmd:"" help:"Write the figures of an indicator to a file."`
}

// measureList lists indicators.
type measureList struct {
	Text   string `placeholder:"TEXT" help:"Only those whose id, title or definition holds this."`
	Source string `placeholder:"NAME" help:"Only those of a family of files, such as nrm."`
	Dim    string `placeholder:"DIM" help:"Only those split by a dimension, such as age."`
	JSON   bool   `help:"Print JSON."`
}

// Run lists the indicators.
func (c *measureList) Run(r *run) error {
	return r.withNode(func(n node) error {
		all, err := n.Indicators.List(r.ctx, n.actor, indicator.Filter{
			Text: c.Text, Source: c.Source, Dim: indicator.Dim(c.Dim),
		})
		if err != nil {
			return err
		}
		if c.JSON {
			out := []api.Indicator{}
			for _, i := range all {
				out = append(out, api.NewIndicator(i))
			}
			return r.printJSON(map[string]any{"indicators": out})
		}
		w := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
		for _, i := range all {
			series := r.words.N("%d series", "%d series", i.SeriesCount)
			if i.SeriesCount == 0 {
				series = r.words.T("no figures yet")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", i.ID, r.words.T(i.Title), series)
		}
		return w.Flush()
	})
}

// measureShow shows figures.
type measureShow struct {
	queryFlags
	JSON bool `help:"Print JSON, the same as the interface /api/v1 gives."`
}

// Help is the long help of the command.
func (measureShow) Help() string {
	return `Figures are printed as published: 1–4 stands for a figure that was suppressed and lies somewhere from 1 to 4, a dash for one that was not published, which is not zero. A letter behind a figure is explained below the table.

    fourfold measure show nrm.referrals --area GBR --from 2022-Q1
    fourfold measure show nrm.decisions.first --area GBR --by age --annual
    fourfold measure show nrm.referrals --area GBR --known-on 2022-12-31`
}

// Run shows the figures.
func (c *measureShow) Run(r *run) error {
	return r.answer(c.queryFlags, func(a indicator.Answer) error {
		if c.JSON {
			return r.printJSON(api.NewFigures(a))
		}
		return printAnswer(r, a)
	})
}

// answer runs a query on the node.
func (r *run) answer(flags queryFlags, use func(indicator.Answer) error) error {
	q, err := flags.query()
	if err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		a, err := n.Indicators.Answer(r.ctx, n.actor, q)
		if err != nil {
			return err
		}
		return use(a)
	})
}

// measureExport writes figures to a file.
type measureExport struct {
	queryFlags
	Format string `enum:"csv,sdmx,json" default:"csv" help:"csv (one row a figure), sdmx (SDMX-CSV) or json."`
	outFlags
}

// Run writes the file.
func (c *measureExport) Run(r *run) error {
	return r.answer(c.queryFlags, func(a indicator.Answer) error {
		return c.write(r, func(w io.Writer) error {
			switch c.Format {
			case "sdmx":
				return indicator.WriteSDMX(w, a)
			case "json":
				return writeJSON(w, api.NewFigures(a))
			default:
				return indicator.WriteCSV(w, a)
			}
		})
	})
}
