package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// Named names an indicator in the path.
type Named struct {
	ID string `path:"id" maxLength:"120" doc:"Id of an indicator." example:"nrm.referrals"`
}

// Query is a query as the pages take it.
type Query struct {
	Named
	Area    []string `query:"area,explode" maxItems:"300" doc:"ISO 3166-1 alpha-3 codes; none means every area." example:"[\"GBR\"]"`
	Where   []string `query:"where,explode" maxItems:"20" doc:"dimension=code; a dimension that is not named is a total." example:"[\"age=child\"]"`
	Part    []string `query:"part,explode" maxItems:"20" doc:"dimension=code: answer with the share of this part in the whole that where names." example:"[\"decision=positive\"]"`
	By      string   `query:"by" maxLength:"40" doc:"Split into one series per code of this dimension."`
	From    string   `query:"from" pattern:"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$" patternDescription:"a year, quarter or month" doc:"First period: 2022, 2022-Q2 or 2022-04."`
	To      string   `query:"to" pattern:"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$" patternDescription:"a year, quarter or month" doc:"Last period."`
	KnownOn string   `query:"known_on" maxLength:"10" doc:"A date: only what was published by then counts." example:"2023-05-04"`
	Annual  bool     `query:"annual" doc:"Add quarters or months up to years; an incomplete year says so."`
}

// room turns the query into that of the room.
func (q *Query) room() (indicator.Query, error) {
	out := indicator.Query{
		Indicator: indicator.ID(q.ID), Areas: q.Area, By: indicator.Dim(q.By), KnownOn: q.KnownOn, Annual: q.Annual,
	}
	var err error
	if out.Where, err = cell("query.where", q.Where); err != nil {
		return out, err
	}
	if out.Part, err = cell("query.part", q.Part); err != nil {
		return out, err
	}
	if out.From, err = period("query.from", q.From); err != nil {
		return out, err
	}
	out.To, err = period("query.to", q.To)
	return out, err
}

// period reads a period; "" is the open end.
func period(name, text string) (indicator.Period, error) {
	var p indicator.Period
	if err := p.UnmarshalText([]byte(text)); err != nil {
		return p, fault.New(fault.Invalid, "The query is not valid.").
			WithField(name, "write a year, quarter or month: 2022, 2022-Q2 or 2022-04").Wrap(err)
	}
	return p, nil
}

// cell reads dimension=code texts; none of them is the total.
func cell(name string, texts []string) (map[indicator.Dim]string, error) {
	out := map[indicator.Dim]string{}
	for _, text := range texts {
		dim, code, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fault.New(fault.Invalid, "The query is not valid.").
				WithField(name, "write dimension=code, for example age=child")
		}
		out[indicator.Dim(dim)] = code
	}
	return out, nil
}

// measures registers the operations on figures.
func (s *server) measures() {
	get(s, "list-indicators", "/indicators", "List indicators", as(s, false, s.indicators))
	get(s, "get-indicator", "/indicators/{id}", "One indicator with its dimensions", as(s, true, s.indicator))
	get(s, "list-areas", "/indicators/{id}/areas", "Areas that have figures", as(s, true, s.areas))
	get(s, "get-figures", "/indicators/{id}/figures", "Figures, as known now or on a date", as(s, true, s.figures))
	get(s, "list-releases", "/releases", "Releases the node holds", as(s, false, s.releases))
	get(s, "get-changes", "/releases/{id}/changes", "What a release changed", as(s, true, s.changes))
	s.export()
	s.effects()
}

// get registers a reading operation.
func get[I, O any](s *server, id, path, summary string, h func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"measures"},
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	}, h)
}

type listed[T any] struct{ Body T }

type indicatorList struct {
	Indicators []Indicator `json:"indicators"`
}

func (s *server) indicators(ctx context.Context, actor auth.Actor, in *struct {
	Text   string `query:"text" maxLength:"200" doc:"Searched in id, title and definition."`
	Source string `query:"source" maxLength:"120" doc:"Family of files, for example nrm."`
	Dim    string `query:"dim" maxLength:"40" doc:"Only indicators split by this dimension."`
},
) (*listed[indicatorList], error) {
	all, err := s.app.Indicators.List(ctx, actor, indicator.Filter{Text: in.Text, Source: in.Source, Dim: indicator.Dim(in.Dim)})
	if err != nil {
		return nil, err
	}
	return &listed[indicatorList]{indicatorList{each(all, NewIndicator)}}, nil
}

func (s *server) indicator(ctx context.Context, actor auth.Actor, in *Named) (*listed[Indicator], error) {
	i, err := s.app.Indicators.Get(ctx, actor, indicator.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &listed[Indicator]{NewIndicator(i)}, nil
}

type areaList struct {
	Areas []string `json:"areas" doc:"ISO 3166-1 alpha-3 codes, or codes of the source that begin with x-."`
}

func (s *server) areas(ctx context.Context, actor auth.Actor, in *Named) (*listed[areaList], error) {
	all, err := s.app.Indicators.Areas(ctx, actor, indicator.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &listed[areaList]{areaList{list(all)}}, nil
}

func (s *server) figures(ctx context.Context, actor auth.Actor, in *Query) (*listed[Figures], error) {
	answer, err := s.answer(ctx, actor, in)
	if err != nil {
		return nil, err
	}
	return &listed[Figures]{NewFigures(answer)}, nil
}

func (s *server) answer(ctx context.Context, actor auth.Actor, in *Query) (indicator.Answer, error) {
	q, err := in.room()
	if err != nil {
		return indicator.Answer{}, err
	}
	return s.app.Indicators.Answer(ctx, actor, q)
}

type releaseList struct {
	Releases []Release `json:"releases"`
}

func (s *server) releases(ctx context.Context, actor auth.Actor, in *struct {
	Source string `query:"source" maxLength:"120" doc:"Family of files, for example nrm; none means all."`
},
) (*listed[releaseList], error) {
	all, err := s.app.Indicators.Releases(ctx, actor, in.Source)
	if err != nil {
		return nil, err
	}
	return &listed[releaseList]{releaseList{each(all, NewRelease)}}, nil
}

func (s *server) changes(ctx context.Context, actor auth.Actor, in *struct {
	ID string `path:"id" maxLength:"120" doc:"Id of a release."`
},
) (*listed[Changes], error) {
	c, err := s.app.Indicators.Changes(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &listed[Changes]{NewChanges(c)}, nil
}

// file is an answer that is a file and not JSON.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// ExportQuery is a query and the format of the file.
type ExportQuery struct {
	Query
	Format string `query:"format" enum:"csv,sdmx" default:"csv" doc:"csv: one row a figure; sdmx: SDMX-CSV."`
}

// export registers the figures as a file.
func (s *server) export() {
	huma.Register(s.api, huma.Operation{
		OperationID: "export-figures", Method: http.MethodGet, Path: "/indicators/{id}/export",
		Summary: "Figures as CSV or SDMX-CSV", Tags: []string{"measures"},
		Responses: map[string]*huma.Response{"200": {
			Description: "The file.",
			Content:     map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	}, as(s, true, s.exported))
}

func (s *server) exported(ctx context.Context, actor auth.Actor, in *ExportQuery) (*file, error) {
	answer, err := s.answer(ctx, actor, &in.Query)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	write := indicator.WriteCSV
	if in.Format == "sdmx" {
		write = indicator.WriteSDMX
	}
	if err := write(&b, answer); err != nil {
		return nil, err
	}
	return &file{
		ContentType: "text/csv; charset=utf-8",
		// The name is the same for every query: what was asked stays out of download folders.
		Disposition: `attachment; filename="figures.csv"`,
		Body:        b.Bytes(),
	}, nil
}
