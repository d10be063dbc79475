package cli

import (
	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/web/api"
)

// effectCmd estimates what changed at a date.
type effectCmd struct {
	ITS effectITS `cmd:"" name:"its" help:"Interrupted time series: a series against its own past."`
	DID effectDID `cmd:"" name:"did" help:"Difference-in-differences: one group against another."`
}

// scopeFlags say which figures a question about an effect is asked of.
type scopeFlags struct {
	Indicator       string   `arg:"" help:"Id of the indicator, see fourfold measure list."`
	Area            string   `placeholder:"CODE" help:"Area, when the indicator has several."`
	Where           []string `placeholder:"DIM=CODE" sep:"none" help:"The cell that is followed, such as age=adult; may be repeated."`
	Part            []string `placeholder:"DIM=CODE" sep:"none" help:"Follow the share of this part, such as decision=positive, and not the count."`
	From            string   `placeholder:"PERIOD" help:"First period."`
	To              string   `placeholder:"PERIOD" help:"Last period."`
	KnownOn         string   `placeholder:"DATE" help:"Only what was published by this day."`
	Bound           bool     `help:"Accept suppressed figures: four estimates show how far the answer can move."`
	LeaveOutMissing bool     `help:"Leave periods without a figure out, instead of refusing."`
	AcrossBreaks    bool     `help:"Accept breaks of the series that are not at the change."`
	Level           float64  `default:"0.95" help:"Confidence level."`
	Note            string   `placeholder:"TEXT" help:"A remark for the assumptions card."`
	JSON            bool     `help:"Print JSON, the same as the interface /api/v1 gives."`
}

func (f scopeFlags) scope() (indicator.EffectScope, error) {
	s := indicator.EffectScope{
		Indicator: indicator.ID(f.Indicator), Area: f.Area, KnownOn: f.KnownOn, Note: f.Note,
		Bound: f.Bound, LeaveOutMissing: f.LeaveOutMissing, AcrossBreaks: f.AcrossBreaks,
	}
	var err error
	if s.Where, err = cell(f.Where); err != nil {
		return s, err
	}
	if s.Part, err = cell(f.Part); err != nil {
		return s, err
	}
	if s.From, err = period("--from", f.From); err != nil {
		return s, err
	}
	s.To, err = period("--to", f.To)
	return s, err
}

// effectITS estimates an interrupted time series.
type effectITS struct {
	scopeFlags
	At              []string `required:"" placeholder:"DATE" sep:"none" help:"Date of change, or NAME=DATE; may be repeated."`
	Slope           bool     `help:"Ask for changes of slope as well as of level."`
	Harmonics       int      `placeholder:"N" help:"Seasonal sine and cosine pairs."`
	NoTrend         bool     `help:"Leave the linear trend out."`
	FixedDispersion bool     `help:"Poisson or binomial family instead of the quasi one."`
	NeweyWest       bool     `help:"Report Newey–West standard errors instead of model-based ones."`
	Bandwidth       int      `placeholder:"LAGS" help:"Greatest lag of Newey–West. Default: chosen from the number of periods."`
	StudentT        bool     `help:"Quantiles of Student's t instead of the normal distribution."`
	LeaveOutTouched bool     `help:"Leave out periods that lie partly before and partly after a date."`
}

// Help is the long help of the command.
func (effectITS) Help() string {
	return `Says by how much the figures after a date differ from what their own past would have led to expect, and never why. The assumptions are printed with every estimate.

    fourfold effect its nrm.decisions.first --where age=adult --part decision=positive --from 2018-Q1 --to 2023-Q4 --at test=2023-01-30 --at court=2023-07-24`
}

// Run prints the estimate.
func (c *effectITS) Run(r *run) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	q := indicator.EffectQuery{
		EffectScope: scope, LeaveOutTouched: c.LeaveOutTouched, Harmonics: c.Harmonics, NoTrend: c.NoTrend,
		FixedDispersion: c.FixedDispersion, Bandwidth: c.Bandwidth, Level: c.Level, StudentT: c.StudentT,
	}
	if c.NeweyWest {
		q.Errors = causal.NeweyWest
	}
	for _, text := range c.At {
		change, err := api.ParseChange(text, c.Slope)
		if err != nil {
			return err
		}
		q.Changes = append(q.Changes, change)
	}
	return r.withNode(func(n node) error {
		e, err := n.Indicators.InterruptedSeries(r.ctx, n.actor, q)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.printJSON(api.NewEffect(e))
		}
		return printEffect(r, e)
	})
}

// effectDID estimates a comparison of two groups.
type effectDID struct {
	scopeFlags
	At        string   `required:"" placeholder:"DATE" help:"Date of change, or NAME=DATE."`
	Treated   []string `required:"" placeholder:"DIM=CODE" sep:"none" help:"The group that the change concerned; may be repeated."`
	Control   []string `required:"" placeholder:"DIM=CODE" sep:"none" help:"The group it is compared with; may be repeated."`
	Clustered bool     `help:"Errors robust to any correlation within a period, instead of HC1."`
}

// Help is the long help of the command.
func (effectDID) Help() string {
	return `Says how much more one group changed at a date than the other. It reads as an effect only if the two would otherwise have moved in parallel; what the time before says about that is printed too.

    fourfold effect did nrm.decisions.first --part decision=positive --treated age=adult --control age=child --from 2018-Q1 --to 2023-Q4 --at 2023-01-30`
}

// Run prints the estimate.
func (c *effectDID) Run(r *run) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	q := indicator.ContrastQuery{EffectScope: scope, Level: c.Level}
	if c.Clustered {
		q.Errors = causal.ClusterRobust
	}
	if q.Treated, err = cell(c.Treated); err != nil {
		return err
	}
	if q.Control, err = cell(c.Control); err != nil {
		return err
	}
	if q.Change, err = api.ParseChange(c.At, false); err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		contrast, err := n.Indicators.DifferenceInDifferences(r.ctx, n.actor, q)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.printJSON(api.NewContrast(contrast))
		}
		return printContrast(r, contrast)
	})
}
