package importer

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

const nrmDetailID = "nrm.referrals.detail"

// nrmDetail is either of the two detailed tables: by first responder, or by police force. Both
// hold the same totals of the police ("Police total"), so they fit together.
//
// The column "First responder" mixes responders with totals of their type, written "<type> total";
// those are recognised and become margins. The grand total is not printed: it is made from the
// totals of the four types, where all four are there, and is the first release of the quarter.
type nrmDetail struct {
	cols     []int
	types    map[string]string
	ages     map[string]string
	sexes    map[string]string
	releases map[figure.Period]int
	keys     map[detailKey]figure.Key
}

type detailKey struct{ kind, responder, form, age, sex, citizenship string }

func newNRMDetail(p *pass, t *table) (format, error) {
	p.out.Table = "detailed referrals by first responder"
	cols, err := p.need(t, "First responder type", "First responder", "Exploitation type",
		"Age at exploitation", "Gender", "Nationality", "People", "period")
	if err != nil {
		return nil, err
	}
	f := &nrmDetail{
		cols: cols,
		types: map[string]string{
			"Government agency": "government", "Local Authority": "local",
			"NGO and third sector": "ngo", "Police": "police",
		},
		ages:     nrmAges(),
		sexes:    map[string]string{"Male": "m", "Female": "f", "Other": "other", "Not Recorded": "unknown", "Unknown": "unknown", "Total": ""},
		releases: map[figure.Period]int{},
		keys:     map[detailKey]figure.Key{},
	}
	p.labels(nrmDetailID, figure.DimResponderType, f.types)
	p.labels(nrmDetailID, figure.DimAge, f.ages)
	p.labels(nrmDetailID, figure.DimSex, f.sexes)
	return f, nil
}

func (f *nrmDetail) row(p *pass, r record) {
	var k detailKey
	var ok [7]bool
	k.kind, ok[0] = p.oneOf(r, f.cols[0], f.types)
	k.responder, ok[1] = f.responder(p, r, r.fields[f.cols[0]])
	k.form, ok[2] = f.open(p, r, f.cols[2], figure.DimForm)
	k.age, ok[3] = p.oneOf(r, f.cols[3], f.ages)
	k.sex, ok[4] = p.oneOf(r, f.cols[4], f.sexes)
	k.citizenship, ok[5] = f.open(p, r, f.cols[5], figure.DimCitizenship)
	v, fine := p.value(r, f.cols[6], nrmCount())
	var q figure.Period
	q, ok[6] = p.period(r, f.cols[7])
	if !fine || slices.Contains(ok[:], false) {
		return
	}
	rel, ok6 := f.release(p, q)
	if !ok6 {
		return
	}
	p.put(Figure{Indicator: nrmDetailID, Area: nrmArea, Key: f.key(k), Period: q, Value: v, Release: rel})
	if k == (detailKey{kind: k.kind}) {
		p.sums.add(place{rel, nrmDetailID, "", q}, len(f.types), v)
		p.sums.add(place{rel, "nrm.referrals", "", q}, len(f.types), v)
	}
}

// responder reads the column that mixes responders with the totals of their type.
func (f *nrmDetail) responder(p *pass, r record, kind string) (string, bool) {
	s, ok := p.text(r, f.cols[1])
	if !ok {
		return "", false
	}
	if of, isTotal := strings.CutSuffix(s, " total"); isTotal {
		if of != strings.TrimSpace(kind) {
			p.bad(p.table.header[f.cols[1]], s, "this total does not belong to the type %q", []any{clip(kind)}, "Correct the type or the name.")
			return "", false
		}
		return "", true
	}
	return p.category(p.table.header[f.cols[1]], nrmDetailID, figure.DimResponder, s)
}

func (f *nrmDetail) open(p *pass, r record, column int, dim figure.Dim) (string, bool) {
	s, ok := p.text(r, column)
	if !ok || s == "Total" {
		return "", ok
	}
	return p.category(p.table.header[column], nrmDetailID, dim, s)
}

func (f *nrmDetail) end(*pass) {}

func (f *nrmDetail) key(k detailKey) figure.Key {
	key, ok := f.keys[k]
	if ok {
		return key
	}
	key = cellKey(
		part{figure.DimAge, k.age}, part{figure.DimCitizenship, k.citizenship}, part{figure.DimForm, k.form},
		part{figure.DimResponder, k.responder}, part{figure.DimResponderType, k.kind}, part{figure.DimSex, k.sex},
	)
	if len(f.keys) < MaxCategories {
		f.keys[k] = key
	}
	return key
}

// release gives every quarter its own first release.
func (f *nrmDetail) release(p *pass, q figure.Period) (int, bool) {
	if rel, ok := f.releases[q]; ok {
		return rel, rel >= 0
	}
	if q.Kind != figure.Quarter {
		p.bad(p.table.header[f.cols[7]], q.String(), "this table goes by quarters", nil, "Write a quarter such as 2022-Q2.")
		return 0, false
	}
	date, basis, ok := nrmReleased(q)
	if !ok && p.opts.ReleasedOn != "" {
		date, basis, ok = p.opts.ReleasedOn, "stated", true
	}
	if !ok {
		p.bad(p.table.header[f.cols[7]], q.String(), "it is not known when the figures of this quarter came out", nil,
			"Give the date of publication with --released-on.")
		f.releases[q] = -1
		return 0, false
	}
	rel := p.release(Release{Source: nrmSource, Label: "First release of " + q.String(), ReleasedOn: date, Basis: basis, First: true})
	f.releases[q] = rel
	p.concerns(rel, nrmDetailID)
	return rel, true
}
