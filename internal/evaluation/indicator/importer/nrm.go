package importer

import (
	"errors"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// The national referral statistics (United Kingdom, Home Office) come as five kinds of table, told
// apart by their columns:
//
//   - referrals by age and location of exploitation, quarterly, revised with every release;
//   - first-stage and final decisions by age, quarterly with yearly totals among the rows;
//   - Duty to Notify reports, likewise;
//   - referrals in detail by first responder or police force, exploitation, age, gender and
//     nationality, each quarter as first released, with totals on every dimension.
//
// Rows of nought are dropped in the detailed tables, and small counts are printed. Yearly totals
// are compared with their quarters and not stored: they can be made anew.
const (
	nrmArea   = "GBR"
	nrmSource = "nrm"
)

// nrmCount is how these tables print figures.
func nrmCount() figure.Notation { return figure.Notation{Least: 1} }

// The maps give the code (package vocab) of each text as printed; "" is a total.
func nrmAges() map[string]string {
	return map[string]string{
		"Adult (18 or over)": "adult", "Child (17 or under)": "child",
		"Age not specified or unknown": "unknown", "Not specified or unknown": "unknown",
		"Total": "",
	}
}

func nrmLocations() map[string]string {
	return map[string]string{
		"UK": "within", "Overseas": "abroad", "UK and Overseas": "both",
		"Not specified or unknown": "unknown", "Total": "",
	}
}

// detectNRM tells the table by its columns, or names what is missing from the likeliest one.
func detectNRM(p *pass, t *table) (format, error) {
	switch {
	case t.column("People") >= 0 || t.column("Nationality") >= 0 || t.column("First responder") >= 0:
		return newNRMDetail(p, t)
	case t.column("NRM referrals") >= 0 || t.column("Location of exploitation") >= 0:
		return newNRMReferrals(p, t)
	case t.contains("reasonable grounds"):
		return newNRMDecisions(p, t, "nrm.decisions.first", "reasonable grounds", "first-stage decisions")
	case t.contains("conclusive grounds"):
		return newNRMDecisions(p, t, "nrm.decisions.final", "conclusive grounds", "final decisions")
	case t.column("Year") >= 0 && t.column("Quarter") >= 0 && t.column("Total") >= 0:
		return newNRMDuty(p, t)
	}
	return nil, refuse(Problem{
		File: t.in.name, Line: 1, Value: clip(strings.Join(t.header, ", ")),
		Msg:  "these are not the columns of a table of national referral statistics",
		Mend: "Known are the tables of referrals by age and location, of decisions, of Duty to Notify reports and the detailed tables by first responder. Other tables can be brought into the format csv.",
	})
}

func (t *table) contains(words string) bool {
	for _, h := range t.header {
		if strings.Contains(strings.ToLower(h), words) {
			return true
		}
	}
	return false
}

// need finds columns by name and reports each that is missing.
func (p *pass) need(t *table, names ...string) ([]int, error) {
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = t.column(name); at[i] < 0 {
			p.problem(t.missing(name))
		}
	}
	return at, p.headerErrors()
}

// errHeader ends a pass whose problems with the header are reported already.
var errHeader = errors.New("importer: the header is wrong")

func (p *pass) headerErrors() error {
	if p.out.ErrorCount > 0 {
		return errHeader
	}
	return nil
}

// revised gives the release of a table that is published whole every quarter. Its date hangs on
// the newest quarter, known at the end: see [pass.dateNRM].
type revised struct {
	release int
	newest  figure.Period
}

func (p *pass) newRevised(label string) *revised {
	p.revised = &revised{release: p.release(Release{Source: nrmSource, Label: label})}
	return p.revised
}

func (v *revised) see(q figure.Period) {
	if v.newest.IsZero() || v.newest.Before(q) {
		v.newest = q
	}
}

// yearQuarter reads the two columns of a date; the quarter "Total" gives the year.
func (p *pass) yearQuarter(r record, year, quarter int) (figure.Period, bool) {
	y, ok := p.period(r, year)
	if ok && y.Kind != figure.Year {
		p.bad(p.table.header[year], r.fields[year], "this is not a year", nil, "Write a year such as 2022.")
		ok = false
	}
	s, fine := p.text(r, quarter)
	if !fine {
		return figure.Period{}, false
	}
	if s == "Total" {
		return y, ok
	}
	if len(s) == 2 && s[0] == 'Q' && s[1] >= '1' && s[1] <= '4' {
		return figure.QuarterOf(y.Year, int(s[1]-'0')), ok
	}
	if len(s) == 2 && s[0] == 'Q' {
		p.bad(p.table.header[quarter], s, "there is no such date in the calendar", nil, "Quarters go from Q1 to Q4.")
	} else {
		p.unknown(p.table.header[quarter], s, []string{"Q1", "Q2", "Q3", "Q4", "Total"})
	}
	return figure.Period{}, false
}

// nrmReferrals is the quarterly table by age and location of exploitation.
type nrmReferrals struct {
	*revised
	cols      []int
	ages      map[string]string
	locations map[string]string
}

func newNRMReferrals(p *pass, t *table) (format, error) {
	p.out.Table = "referrals by age and location"
	cols, err := p.need(t, "Year", "Quarter", "Age at exploitation", "Location of exploitation", "NRM referrals")
	if err != nil {
		return nil, err
	}
	f := &nrmReferrals{p.newRevised("Referrals by age and location, revised series"), cols, nrmAges(), nrmLocations()}
	p.concerns(f.release, "nrm.referrals")
	p.labels("nrm.referrals", figure.DimAge, f.ages)
	p.labels("nrm.referrals", figure.DimLocation, f.locations)
	return f, nil
}

func (f *nrmReferrals) row(p *pass, r record) {
	q, ok1 := p.yearQuarter(r, f.cols[0], f.cols[1])
	age, ok2 := p.oneOf(r, f.cols[2], f.ages)
	location, ok3 := p.oneOf(r, f.cols[3], f.locations)
	v, ok4 := p.value(r, f.cols[4], nrmCount())
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return
	}
	f.see(q)
	all := place{f.release, "nrm.referrals", cellKey(part{figure.DimLocation, location}), q}
	p.put(Figure{
		Indicator: all.indicator, Area: nrmArea, Period: q, Value: v, Release: f.release,
		Key: cellKey(part{figure.DimAge, age}, part{figure.DimLocation, location}),
	})
	if age != "" {
		p.sums.add(all, 3, v) // three ages, for which the source prints no total
	}
}

func (f *nrmReferrals) end(*pass) {}

// labels keeps the labels of a closed list.
func (p *pass) labels(indicator string, dim figure.Dim, codes map[string]string) {
	names := make([]string, 0, len(codes))
	for name := range codes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if codes[name] != "" {
			p.label(indicator, dim, codes[name], name)
		}
	}
}

// part is one dimension of a key.
type part struct {
	dim  figure.Dim
	code string
}

// cellKey writes the key of parts given in byte order of their dimensions, "" for totals.
func cellKey(parts ...part) figure.Key {
	var b strings.Builder
	for _, x := range parts {
		if x.code == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		b.WriteString(string(x.dim))
		b.WriteByte('=')
		b.WriteString(x.code)
	}
	return figure.Key(b.String())
}
