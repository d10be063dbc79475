package cli

import (
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/web/api"
)

// problemText writes a problem so that a person can go to the place: file, line, column, what is
// wrong, what was found, what to do.
func problemText(p *i18n.Printer, problem indicator.Problem) string {
	var b strings.Builder
	b.WriteString(problem.File)
	if problem.Line > 0 {
		b.WriteString(", " + p.T("line %d", problem.Line))
	}
	switch {
	case problem.Column != "":
		b.WriteString(", " + p.T("column %s", problem.Column))
	case problem.At > 0:
		b.WriteString(", " + p.T("character %d", problem.At))
	}
	fmt.Fprintf(&b, ": %s: %s", p.T(problem.Severity.String()), p.T(problem.Msg, problem.Args...))
	if problem.Value != "" {
		b.WriteString(" " + p.T("(found %q)", problem.Value))
	}
	if problem.Mend != "" {
		b.WriteString("\n  " + p.T("hint") + ": " + p.T(problem.Mend, problem.MendArgs...))
	}
	return b.String()
}

// reportLine is the report of one file as JSON: one object a line.
type reportLine struct {
	File       string        `json:"file"`
	Format     string        `json:"format"`
	Table      string        `json:"table,omitempty"`
	OK         bool          `json:"ok"`
	DryRun     bool          `json:"dry_run"`
	Already    bool          `json:"already"`
	Rows       int           `json:"rows"`
	Saved      int           `json:"saved"`
	Ranges     int           `json:"ranges"`
	Separators int           `json:"separators"`
	Absent     int           `json:"absent"`
	Disputed   int           `json:"disputed"`
	Repeats    int           `json:"repeats"`
	Bytes      int64         `json:"bytes"`
	Errors     int           `json:"errors"`
	Warnings   int           `json:"warnings"`
	Truncated  bool          `json:"truncated"`
	Margins    int           `json:"margins_checked"`
	MarginsOff int           `json:"margins_off"`
	Releases   []api.Release `json:"releases"`
	Problems   []problemLine `json:"problems"`
}

type problemLine struct {
	Severity string `json:"severity"`
	Line     int    `json:"line,omitempty"`
	Column   string `json:"column,omitempty"`
	At       int    `json:"character,omitempty"`
	Value    string `json:"value,omitempty"`
	Message  string `json:"message"`
	Mend     string `json:"mend,omitempty"`
}

func newReportLine(report indicator.Report) reportLine {
	line := reportLine{
		File: report.File, Format: report.Format, Table: report.Table, OK: report.OK(), DryRun: report.DryRun,
		Already: report.Already, Rows: report.Rows, Saved: report.Saved, Ranges: report.Ranges,
		Separators: report.Separators, Absent: report.Absent, Disputed: report.Disputed, Repeats: report.Repeats,
		Bytes: report.Bytes, Errors: report.ErrorCount, Warnings: report.WarningCount, Truncated: report.Truncated,
		Margins: report.MarginsChecked, MarginsOff: report.MarginsOff,
		Releases: []api.Release{}, Problems: []problemLine{},
	}
	for _, rel := range report.Releases {
		line.Releases = append(line.Releases, api.NewRelease(rel))
	}
	en := i18n.For("en")
	for _, problem := range report.Problems {
		line.Problems = append(line.Problems, problemLine{
			Severity: problem.Severity.String(), Line: problem.Line, Column: problem.Column, At: problem.At,
			Value: problem.Value, Message: en.T(problem.Msg, problem.Args...), Mend: en.T(problem.Mend, problem.MendArgs...),
		})
	}
	return line
}
