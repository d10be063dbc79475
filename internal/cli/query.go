package cli

import (
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// queryFlags are a query as the pages and the interface take it.
type queryFlags struct {
	Indicator string   `arg:"" help:"Id of the indicator, see fourfold measure list."`
	Area      []string `placeholder:"CODE" help:"ISO 3166-1 alpha-3 codes, such as GBR. Default: every area."`
	Where     []string `placeholder:"DIM=CODE" sep:"none" help:"Fix a dimension, such as age=child; may be repeated. What is not fixed is a total."`
	Part      []string `placeholder:"DIM=CODE" sep:"none" help:"Show the share of this part in the whole, such as decision=positive."`
	By        string   `placeholder:"DIM" help:"One series per code of this dimension."`
	From      string   `placeholder:"PERIOD" help:"First period: 2022, 2022-Q2 or 2022-04."`
	To        string   `placeholder:"PERIOD" help:"Last period."`
	KnownOn   string   `placeholder:"DATE" help:"Only what was published by this day, such as 2023-05-04."`
	Annual    bool     `help:"Add quarters or months up to years."`
}

// query is the query of the room.
func (f queryFlags) query() (indicator.Query, error) {
	q := indicator.Query{
		Indicator: indicator.ID(f.Indicator), By: indicator.Dim(f.By), KnownOn: f.KnownOn, Annual: f.Annual,
	}
	for _, area := range f.Area {
		q.Areas = append(q.Areas, strings.ToUpper(area))
	}
	var err error
	if q.Where, err = cell(f.Where); err != nil {
		return q, err
	}
	if q.Part, err = cell(f.Part); err != nil {
		return q, err
	}
	if q.From, err = period("--from", f.From); err != nil {
		return q, err
	}
	q.To, err = period("--to", f.To)
	return q, err
}

// cell reads DIM=CODE texts.
func cell(texts []string) (map[indicator.Dim]string, error) {
	out := map[indicator.Dim]string{}
	for _, text := range texts {
		dim, code, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fault.New(fault.Invalid, "%q names no dimension.", text).
				WithHint("Write it as dimension=code, for example age=child.")
		}
		out[indicator.Dim(dim)] = code
	}
	return out, nil
}

// period reads a period; "" is the open end.
func period(flag, text string) (indicator.Period, error) {
	var p indicator.Period
	if err := p.UnmarshalText([]byte(text)); err != nil {
		return p, fault.New(fault.Invalid, "%s: %q is not a period.", flag, text).
			WithHint("Write a year, quarter or month: 2022, 2022-Q2 or 2022-04.").Wrap(err)
	}
	return p, nil
}
