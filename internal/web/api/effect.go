package api

import (
	"context"
	"regexp"
	"strings"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// Scope says which figures a question about an effect is asked of.
type Scope struct {
	Named
	Area            string   `query:"area" maxLength:"10" doc:"One area; may be left out when the indicator has one only." example:"GBR"`
	Where           []string `query:"where,explode" maxItems:"20" doc:"dimension=code: the cell that is followed."`
	Part            []string `query:"part,explode" maxItems:"20" doc:"dimension=code: follow the share of this part in the cell, and not the count." example:"[\"decision=positive\"]"`
	From            string   `query:"from" pattern:"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$" patternDescription:"a year, quarter or month"`
	To              string   `query:"to" pattern:"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$" patternDescription:"a year, quarter or month"`
	KnownOn         string   `query:"known_on" maxLength:"10" doc:"A date: only what was published by then counts."`
	Bound           bool     `query:"bound" doc:"Suppressed figures are refused unless this is true; then four estimates show how far the answer can move."`
	LeaveOutMissing bool     `query:"leave_out_missing" doc:"Leave periods without a figure out instead of refusing."`
	AcrossBreaks    bool     `query:"across_breaks" doc:"Allow breaks of the series that are not in the period of a change."`
	Level           float64  `query:"level" minimum:"0.5" maximum:"0.9999" default:"0.95" doc:"Confidence level."`
}

func (s *Scope) room() (indicator.EffectScope, error) {
	out := indicator.EffectScope{
		Indicator: indicator.ID(s.ID), Area: s.Area, KnownOn: s.KnownOn,
		Bound: s.Bound, LeaveOutMissing: s.LeaveOutMissing, AcrossBreaks: s.AcrossBreaks,
	}
	var err error
	if out.Where, err = cell("query.where", s.Where); err != nil {
		return out, err
	}
	if out.Part, err = cell("query.part", s.Part); err != nil {
		return out, err
	}
	if out.From, err = period("query.from", s.From); err != nil {
		return out, err
	}
	out.To, err = period("query.to", s.To)
	return out, err
}

// ITSQuery asks what changed in one series at one or several dates.
type ITSQuery struct {
	Scope
	At              []string `query:"at,explode" required:"true" minItems:"1" maxItems:"20" doc:"Dates of change: a date, or name=date." example:"[\"2023-01-30\"]"`
	Slope           bool     `query:"slope" doc:"Ask for changes of slope as well as of level."`
	Harmonics       int      `query:"harmonics" minimum:"0" maximum:"12" doc:"Seasonal sine and cosine pairs."`
	NoTrend         bool     `query:"no_trend" doc:"Leave the linear trend out."`
	FixedDispersion bool     `query:"fixed_dispersion" doc:"Poisson or binomial family instead of the quasi one."`
	NeweyWest       bool     `query:"newey_west" doc:"Report Newey–West standard errors instead of model-based ones."`
	Bandwidth       int      `query:"bandwidth" minimum:"0" maximum:"1000" doc:"Greatest lag of Newey–West; 0 chooses one."`
	StudentT        bool     `query:"student_t" doc:"Quantiles of Student's t instead of the normal distribution."`
	LeaveOutTouched bool     `query:"leave_out_touched" doc:"Leave out the periods that lie partly before and partly after a date."`
}

func (q *ITSQuery) room() (indicator.EffectQuery, error) {
	scope, err := q.Scope.room()
	if err != nil {
		return indicator.EffectQuery{}, err
	}
	out := indicator.EffectQuery{
		EffectScope: scope, LeaveOutTouched: q.LeaveOutTouched, Harmonics: q.Harmonics, NoTrend: q.NoTrend,
		FixedDispersion: q.FixedDispersion, Bandwidth: q.Bandwidth, Level: q.Level, StudentT: q.StudentT,
	}
	if q.NeweyWest {
		out.Errors = causal.NeweyWest
	}
	for _, text := range q.At {
		change, err := ParseChange(text, q.Slope)
		if err != nil {
			return out, err
		}
		out.Changes = append(out.Changes, change)
	}
	return out, nil
}

// DIDQuery asks how much more one group changed at a date than another.
type DIDQuery struct {
	Scope
	At        string   `query:"at" required:"true" maxLength:"200" doc:"Date of change: a date, or name=date." example:"2023-01-30"`
	Treated   []string `query:"treated,explode" required:"true" minItems:"1" maxItems:"20" doc:"dimension=code of the group that the change concerned." example:"[\"age=adult\"]"`
	Control   []string `query:"control,explode" required:"true" minItems:"1" maxItems:"20" doc:"dimension=code of the group it is compared with." example:"[\"age=child\"]"`
	Clustered bool     `query:"clustered" doc:"Errors robust to any correlation within a period, instead of HC1."`
}

func (q *DIDQuery) room() (indicator.ContrastQuery, error) {
	scope, err := q.Scope.room()
	if err != nil {
		return indicator.ContrastQuery{}, err
	}
	out := indicator.ContrastQuery{EffectScope: scope, Level: q.Level}
	if q.Clustered {
		out.Errors = causal.ClusterRobust
	}
	if out.Treated, err = cell("query.treated", q.Treated); err != nil {
		return out, err
	}
	if out.Control, err = cell("query.control", q.Control); err != nil {
		return out, err
	}
	out.Change, err = ParseChange(q.At, false)
	return out, err
}

// dateForm is a civil date; that it exists is checked by the room.
var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

// ParseChange reads "2023-01-30" or "guidance=2023-01-30". The command line reads dates the same way.
func ParseChange(text string, slope bool) (indicator.DatedChange, error) {
	name, date := "", text
	if at := strings.LastIndex(text, "="); at >= 0 {
		name, date = strings.TrimSpace(text[:at]), text[at+1:]
	}
	if !dateForm.MatchString(date) || len(name) > 100 {
		return indicator.DatedChange{}, fault.New(fault.Invalid, "The date of change is not valid.").
			WithField("at", "write a date such as 2023-01-30, or name=2023-01-30")
	}
	return indicator.DatedChange{Name: name, Date: date, Slope: slope}, nil
}

// effects registers the estimates of effects.
func (s *server) effects() {
	get(s, "estimate-interrupted-series", "/indicators/{id}/effect/its",
		"What changed in a series at a date, against its own past", as(s, true, s.interrupted))
	get(s, "estimate-difference", "/indicators/{id}/effect/did",
		"How much more one group changed at a date than another", as(s, true, s.difference))
}

func (s *server) interrupted(ctx context.Context, actor auth.Actor, in *ITSQuery) (*listed[Effect], error) {
	q, err := in.room()
	if err != nil {
		return nil, err
	}
	e, err := s.app.Indicators.InterruptedSeries(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	return &listed[Effect]{NewEffect(e)}, nil
}

func (s *server) difference(ctx context.Context, actor auth.Actor, in *DIDQuery) (*listed[Contrast], error) {
	q, err := in.room()
	if err != nil {
		return nil, err
	}
	c, err := s.app.Indicators.DifferenceInDifferences(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	return &listed[Contrast]{NewContrast(c)}, nil
}
