package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// importCmd takes files in, one sub-command per format.
type importCmd struct {
	NRM    importNRM    `cmd:"" name:"nrm" help:"National referral statistics: the quarterly tables as published."`
	GLOTIP importGLOTIP `cmd:"" name:"glotip" help:"UNODC Global Report on Trafficking in Persons: the data file."`
	CSV    importCSV    `cmd:"" name:"csv" help:"A table of your own that follows the documented layout."`
	HTCDS  importHTCDS  `cmd:"" name:"htcds" help:"Cases, by the Human Trafficking Case Data Standard 0.1 to 2.0."`
	CTDC   importCTDC   `cmd:"" name:"ctdc" help:"Cases, by the dictionary of the Counter-Trafficking Data Collaborative."`
	HSDS   importHSDS   `cmd:"" name:"hsds" help:"Services, by the Human Services Data Specification 3."`
	Fields importFields `cmd:"" name:"fields" help:"A list of extension fields."`
}

type (
	importNRM    struct{ importFlags }
	importGLOTIP struct{ importFlags }
	importCSV    struct{ importFlags }
)

// Run imports national referral tables.
func (c *importNRM) Run(r *run) error { return c.run(r, "nrm") }

// Run imports a GLOTIP file.
func (c *importGLOTIP) Run(r *run) error { return c.run(r, "glotip") }

// Run imports tables in the generic layout.
func (c *importCSV) Run(r *run) error { return c.run(r, "csv") }

// importFlags are the same for every format.
type importFlags struct {
	Files    []string `arg:"" name:"file" help:"Files, plain or .gz."`
	Released string   `name:"released-on" aliases:"released" placeholder:"DATE" help:"Day on which the figures were published, 2024-03-07. Needed when neither the file nor the program knows it."`
	Label    string   `placeholder:"TEXT" help:"What the release is called."`
	DryRun   bool     `help:"Check everything and save nothing."`
	JSON     bool     `help:"Print the report as JSON."`
}

// Help is the long help of the import commands.
func (importFlags) Help() string {
	return `Each file is read to its end and checked before anything is saved; a file with a problem is refused as a whole, with the file, line and column of every problem and what to do. Files are taken one after the other: those before a refused one are saved, those after it are not read.`
}

func (c *importFlags) run(r *run, format string) error {
	if c.Label != "" && len(c.Files) > 1 {
		return usage("One label cannot name %d releases; import the files one by one", len(c.Files))
	}
	return r.withNode(func(n node) error {
		var reports []indicator.Report
		var refused error
		for _, path := range c.Files {
			report, err := c.one(r, n, format, path)
			if err != nil && report.ErrorCount == 0 {
				return errors.Join(c.print(r, reports), err)
			}
			reports = append(reports, report)
			if !report.OK() {
				refused = refusal(report)
				break
			}
		}
		return errors.Join(c.print(r, reports), refused)
	})
}

// one imports one file under a progress line.
func (c *importFlags) one(r *run, n node, format, path string) (indicator.Report, error) {
	p := r.progress(func(done int64) string {
		return r.words.T("%s: %s MB read", filepath.Base(path), r.words.Number(float64(done)/1e6, 1))
	})
	defer p.Done()
	return n.Indicators.Import(r.ctx, n.actor, indicator.Import{
		Format: format, Path: path, ReleasedOn: c.Released, Label: c.Label, DryRun: c.DryRun, Progress: p.At,
	})
}

func refusal(report indicator.Report) error {
	f := fault.New(fault.Invalid, "%s was refused: nothing was saved.", report.File).
		WithHint("Mend what is listed above, or ask the publisher; --dry-run checks without saving.")
	return f
}

func (c *importFlags) print(r *run, reports []indicator.Report) error {
	if c.JSON {
		enc := json.NewEncoder(r.out)
		enc.SetEscapeHTML(false)
		for _, report := range reports {
			if err := enc.Encode(newReportLine(report)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, report := range reports {
		if err := printReport(r, report); err != nil {
			return err
		}
	}
	return nil
}

// printReport writes what an import found: problems to standard error, the rest to standard output.
func printReport(r *run, report indicator.Report) error {
	p := r.words
	for _, problem := range report.Problems {
		fmt.Fprintf(r.err, "%s\n", problemText(p, problem))
	}
	if report.Truncated {
		fmt.Fprintf(r.err, "%s\n", p.T("… and more: %s errors and %s warnings in all.",
			p.Int(int64(report.ErrorCount)), p.Int(int64(report.WarningCount))))
	}
	if !report.OK() {
		return nil
	}
	read := p.N("%d row read", "%d rows read", report.Rows)
	outcome := p.T("%s: %s, %s.", report.File, read, p.N("%d figure saved", "%d figures saved", report.Saved))
	switch {
	case report.Already:
		outcome = p.T("%s: this very file is here already; nothing changed.", report.File)
	case report.DryRun:
		outcome = p.T("%s: %s, nothing stands in the way. Nothing was saved (dry run).", report.File, read)
	}
	if _, err := fmt.Fprintln(r.out, outcome); err != nil {
		return err
	}
	for _, line := range reportCounts(r, report) {
		if _, err := fmt.Fprintf(r.out, "  %s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// reportCounts are the counts worth a line: those that are not zero.
func reportCounts(r *run, report indicator.Report) []string {
	p := r.words
	var lines []string
	for _, c := range []struct {
		n    int
		text string
	}{
		{report.Ranges, p.T("cells that are bounds, such as <5")},
		{report.Separators, p.T("values with thousands separators")},
		{report.Absent, p.T("cells without a value")},
		{report.Repeats, p.T("rows that repeat a cell")},
		{report.Disputed, p.T("cells published with different values; shown as the range of all of them")},
		{report.MarginsChecked, p.T("published totals compared with their cells")},
		{report.MarginsOff, p.T("published totals that differ from their cells")},
	} {
		if c.n > 0 {
			lines = append(lines, fmt.Sprintf("%s %s", p.Int(int64(c.n)), c.text))
		}
	}
	for _, rel := range report.Releases {
		basis := ""
		if rel.Basis == "recalled" {
			basis = " " + p.T("(date recalled, not stated by the file)")
		}
		lines = append(lines, p.T("Release: %s, published on %s", rel.Label, p.Date(rel.ReleasedOn))+basis)
	}
	return lines
}
