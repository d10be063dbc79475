package indicator

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vocab"
)

// WriteCSV writes the figures of an answer in the generic format: one row for each point and for
// each earlier vintage, in order of series, period and release. Importing it gives the same
// figures back. Texts that a spreadsheet would run as formulas are defused. The same answer gives
// the same bytes. Shares and yearly sums are not what the source publishes, so they are marked
// derived, and shares cannot be imported as the indicator they come from.
func WriteCSV(w io.Writer, a Answer) error {
	out, err := importer.NewWriter(w, dimsOf(a), a.Indicator.Own)
	if err != nil {
		return err
	}
	releases := byID(a.Releases)
	for _, s := range a.Series {
		for _, p := range s.Points {
			if err := writePoint(out, a.Indicator, s, p, releases); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func writePoint(out *importer.Writer, i Indicator, s Series, p Point, releases map[string]Release) error {
	line := importer.Line{
		Indicator: string(s.Indicator), Area: s.Area, Key: s.Key, Period: p.Period, Label: s.Label,
		Title: i.Title, Unit: i.Unit, Kind: i.Kind.String(),
	}
	write := func(v Value, derived bool, release string) error {
		r := releases[release]
		line.Value, line.Derived = v, derived
		line.ReleasedOn, line.Basis, line.Release, line.First = r.ReleasedOn, r.Basis, r.Label, r.First
		return out.Write(line)
	}
	for _, v := range slices.Backward(p.Earlier) {
		if err := write(v.Value, p.Derived, v.Release); err != nil {
			return err
		}
	}
	return write(p.Value, p.Derived, p.Release)
}

func byID(all []Release) map[string]Release {
	m := make(map[string]Release, len(all))
	for _, r := range all {
		m[r.ID] = r
	}
	return m
}

// dimsOf returns the dimensions that occur in the keys of an answer, in byte order.
func dimsOf(a Answer) []Dim {
	seen := map[Dim]bool{}
	for _, s := range a.Series {
		for d := range s.Key.Cell() {
			seen[d] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// WriteSDMX writes the figures of an answer as SDMX-CSV 1.0, the latest vintage only, in order of
// series and period. The same answer gives the same bytes.
//
// OBS_STATUS (code list CL_OBS_STATUS): A normal, B first figure after a break, O missing, Q
// suppressed (the bounds stand in LOWER_BOUND and UPPER_BOUND), U of low reliability: published
// more than once with different values, or a year that is incomplete. CONF_STATUS (CL_CONF_STATUS):
// A primary confidentiality due to small counts, F free.
func WriteSDMX(w io.Writer, a Answer) error {
	out := csv.NewWriter(w)
	dims := dimsOf(a)
	head := []string{"DATAFLOW", "FREQ", "REF_AREA"}
	for _, d := range dims {
		head = append(head, strings.ToUpper(string(d)))
	}
	head = append(head, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "LOWER_BOUND", "UPPER_BOUND",
		"UNIT_MEASURE", "RELEASE_DATE", "COMMENT_OBS")
	if err := out.Write(head); err != nil {
		return err
	}
	releases := byID(a.Releases)
	for _, s := range a.Series {
		for _, p := range s.Points {
			if err := out.Write(sdmxRow(a, s, p, dims, releases[p.Release])); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func sdmxRow(a Answer, s Series, p Point, dims []Dim, rel Release) []string {
	row := []string{dataflow(s.Indicator), freq(p.Period.Kind), s.Area}
	for _, d := range dims {
		row = append(row, sdmxCode(d, s.Key.Code(d)))
	}
	value, lower, upper := "", "", ""
	if !p.IsMissing() {
		lower, upper = figure.Number(p.Lo), figure.Number(p.Hi)
		if p.IsExact() && p.State != Range {
			value = lower
		}
	}
	status, conf := obsStatus(s, p)
	comment := ""
	if p.Partial() {
		comment = "incomplete, without " + strings.Join(p.Parts.Missing, " ")
	}
	unit := a.Indicator.Unit
	if a.Share {
		unit = "share of 1"
	}
	return append(row, p.Period.String(), value, status, conf, lower, upper,
		importer.Defuse(unit), rel.ReleasedOn, importer.Defuse(comment))
}

func obsStatus(s Series, p Point) (status, conf string) {
	switch {
	case p.IsMissing():
		return "O", "F"
	case p.State == Range:
		return "Q", "A"
	case p.State == Disputed || p.Partial():
		return "U", "F"
	case slices.ContainsFunc(s.Breaks, func(b Break) bool { return b.Period == p.Period }):
		return "B", "F"
	}
	return "A", "F"
}

func dataflow(id ID) string {
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return '_'
		}
		return r
	}, strings.ToUpper(string(id)))
	return "FOURFOLD:" + name + "(1.0)"
}

func freq(k PeriodKind) string {
	switch k {
	case Quarter:
		return "Q"
	case Month:
		return "M"
	default:
		return "A"
	}
}

// sdmxCode gives the code of a shared code list where there is one, _T for a total.
func sdmxCode(d Dim, code string) string {
	if code == "" {
		return "_T"
	}
	if mapped, ok := vocab.Map(vocab.Scheme(d), code, "sdmx"); ok {
		return mapped
	}
	return code
}

// Export writes an answer in a format, "csv" or "sdmx".
func Export(w io.Writer, a Answer, format string) error {
	switch format {
	case "csv":
		return WriteCSV(w, a)
	case "sdmx":
		return WriteSDMX(w, a)
	}
	return fault.New(fault.Invalid, "The format %q is not known.", clip(format)).WithHint("Use csv or sdmx.")
}
