package importer

import (
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// nrmDecisions is a table of decisions, one column for each age and outcome.
type nrmDecisions struct {
	*revised
	indicator     string
	year, quarter int
	columns       []decisionColumn
}

type decisionColumn struct {
	at            int
	age, decision string // "" for totals
}

// newNRMDecisions reads the header "Adult (18 or over) - Negative reasonable grounds", where words
// is "reasonable grounds".
func newNRMDecisions(p *pass, t *table, indicator, words, label string) (format, error) {
	p.out.Table = label + " by age"
	cols, err := p.need(t, "Year", "Quarter", "Total")
	if err != nil {
		return nil, err
	}
	f := &nrmDecisions{
		revised:   p.newRevised(strings.ToUpper(label[:1]) + label[1:] + ", revised series"),
		indicator: indicator, year: cols[0], quarter: cols[1],
		columns: []decisionColumn{{at: cols[2]}},
	}
	for age, code := range nrmAges() {
		if code == "" || age == "Not specified or unknown" {
			continue
		}
		for prefix, decision := range map[string]string{"Negative " + words: "negative", "Positive " + words: "positive", "Total": ""} {
			at := t.column(age + " - " + prefix)
			if at < 0 {
				p.problem(t.missing(age + " - " + prefix))
				continue
			}
			f.columns = append(f.columns, decisionColumn{at, code, decision})
		}
	}
	p.concerns(f.release, indicator)
	p.labels(indicator, figure.DimAge, nrmAges())
	p.label(indicator, figure.DimDecision, "negative", "Negative")
	p.label(indicator, figure.DimDecision, "positive", "Positive")
	return f, p.headerErrors()
}

func (f *nrmDecisions) row(p *pass, r record) {
	q, ok := p.yearQuarter(r, f.year, f.quarter)
	if !ok {
		return
	}
	for _, c := range f.columns {
		v, ok := p.value(r, c.at, nrmCount())
		if !ok {
			continue
		}
		key := cellKey(part{figure.DimAge, c.age}, part{figure.DimDecision, c.decision})
		if q.Kind == figure.Year {
			p.years.total(f.indicator, key, q, v)
			continue
		}
		f.see(q)
		p.years.part(f.indicator, key, q, v)
		p.put(Figure{Indicator: f.indicator, Area: nrmArea, Key: key, Period: q, Value: v, Release: f.release})
		if c.age != "" && c.decision != "" {
			p.sums.add(place{f.release, f.indicator, cellKey(part{figure.DimDecision, c.decision}), q}, 3, v)
		}
	}
}

func (f *nrmDecisions) end(*pass) {}

// nrmDuty is the table of Duty to Notify reports.
type nrmDuty struct {
	*revised
	cols []int
}

const dutyToNotify = "nrm.duty-to-notify"

func newNRMDuty(p *pass, t *table) (format, error) {
	p.out.Table = "Duty to Notify reports"
	cols, err := p.need(t, "Year", "Quarter", "Total")
	if err != nil {
		return nil, err
	}
	f := &nrmDuty{p.newRevised("Duty to Notify reports, revised series"), cols}
	p.concerns(f.release, dutyToNotify)
	return f, nil
}

func (f *nrmDuty) row(p *pass, r record) {
	q, ok := p.yearQuarter(r, f.cols[0], f.cols[1])
	v, fine := p.value(r, f.cols[2], nrmCount())
	if !ok || !fine {
		return
	}
	if q.Kind == figure.Year {
		p.years.total(dutyToNotify, "", q, v)
		return
	}
	f.see(q)
	p.years.part(dutyToNotify, "", q, v)
	p.put(Figure{Indicator: dutyToNotify, Area: nrmArea, Period: q, Value: v, Release: f.release})
}

func (f *nrmDuty) end(*pass) {}

// yearly compares yearly totals with the quarters that are there.
type yearly struct {
	totals, sums map[spot]figure.Value
}

func (y *yearly) total(indicator string, key figure.Key, year figure.Period, v figure.Value) {
	if y.totals == nil {
		y.totals = map[spot]figure.Value{}
	}
	y.totals[spot{indicator: indicator, area: nrmArea, key: key, period: year}] = v
}

func (y *yearly) part(indicator string, key figure.Key, q figure.Period, v figure.Value) {
	if y.sums == nil {
		y.sums = map[spot]figure.Value{}
	}
	at := spot{indicator: indicator, area: nrmArea, key: key, period: figure.YearOf(q.Year)}
	if s, ok := y.sums[at]; ok {
		v = s.Plus(v)
	}
	y.sums[at] = v
}

func (y *yearly) find(m *margins, out *Outcome) {
	for at, published := range y.totals {
		summed, ok := y.sums[at]
		if !ok {
			continue
		}
		m.check(out, MarginCheck{
			Indicator: at.indicator, Area: at.area, Key: at.key, Period: at.period, Over: "period",
			Published: published, Summed: summed,
		})
	}
}
