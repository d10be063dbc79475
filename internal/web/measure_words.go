package web

import (
	"cmp"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/svg"
	"github.com/fourfold/fourfold/internal/vocab"
)

// dimName names a dimension in the reader's language.
func dimName(p *i18n.Printer, d indicator.Dimension) string {
	if name := vocab.Label(vocab.Dimension, string(d.Dim), p.Lang()); name != "" && name != string(d.Dim) {
		return name
	}
	return cmp.Or(d.Label, string(d.Dim))
}

// codeName names a category in the reader's language; printed is what the source calls it, for
// categories that no vocabulary knows.
func codeName(p *i18n.Printer, d indicator.Dim, code, printed string) string {
	if name := vocab.Label(vocab.Scheme(d), code, p.Lang()); name != "" && name != code {
		return name
	}
	return cmp.Or(printed, code)
}

// areaName names a country or territory.
func areaName(p *i18n.Printer, iso3 string) string {
	return cmp.Or(vocab.Label(vocab.Area, iso3, p.Lang()), iso3)
}

// cellName names a cell by its categories, "All" for the grand total.
func cellName(p *i18n.Printer, ind indicator.Indicator, key indicator.Key) string {
	cell := key.Cell()
	var parts []string
	for _, d := range ind.Dimensions {
		if code, ok := cell[d.Dim]; ok {
			parts = append(parts, codeName(p, d.Dim, code, printedAs(d, code)))
		}
	}
	if len(parts) == 0 {
		return p.T("All")
	}
	return strings.Join(parts, " · ")
}

// printedAs returns the label of a category as the source prints it, or "".
func printedAs(d indicator.Dimension, code string) string {
	for _, c := range d.Codes {
		if c.Code == code {
			return c.Label
		}
	}
	return ""
}

// axisOf says how the values of an indicator read.
func axisOf(p *i18n.Printer, ind indicator.Indicator) svg.Axis {
	axis := svg.Axis{Label: p.T(ind.Unit), Unit: svg.Count}
	switch ind.Kind {
	case indicator.Proportion:
		axis.Unit, axis.Decimals = svg.Share, 1
	case indicator.Rate:
		axis.Unit, axis.Decimals = svg.Rate, 2
	}
	return axis
}

// axisOfAnswer is the axis of an answer: that of its indicator, or of a share.
func axisOfAnswer(p *i18n.Printer, a indicator.Answer) svg.Axis {
	if a.Share {
		return svg.Axis{Label: p.T("share of: %s", p.T(a.Indicator.Unit)), Unit: svg.Share, Decimals: 1, Max: 1}
	}
	return axisOf(p, a.Indicator)
}

// numbers writes a value of an indicator as its chart and its table do.
func numbers(p *i18n.Printer, axis svg.Axis, v indicator.Value) string {
	return svg.PointText(p, axis, drawn(v))
}

// figuresID is the short form of the hash of an answer: two figures with the same id show the same
// numbers, on whatever surface.
func figuresID(hash string) string { return hash[:min(12, len(hash))] }
