package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// law is the jurisdiction whose procedure the invented country borrows: it has none of its own.
const law = "gb-eaw"

// deed is something that is written down at a time.
type deed struct {
	at time.Time
	do func(context.Context) error
}

// history is everything that was written down, in no order yet.
type history struct {
	app   *app.App
	now   time.Time
	deeds []deed
	known []*client
}

// on puts a deed at a time; what lies ahead of the present is left out.
func (h *history) on(at time.Time, do func(context.Context) error) {
	if at.Before(h.now) {
		h.deeds = append(h.deeds, deed{at, do})
	}
}

// happen does all of it, the earliest first, each at its time.
func (h *history) happen(ctx context.Context, c *Clock) error {
	slices.SortStableFunc(h.deeds, func(a, b deed) int { return cmp.Compare(a.at.UnixMicro(), b.at.UnixMicro()) })
	defer c.present()
	for _, d := range h.deeds {
		c.turn(d.at)
		if err := d.do(ctx); err != nil {
			return fmt.Errorf("at %s: %w", d.at.Format(time.DateTime), err)
		}
	}
	c.present()
	return h.tidy(ctx)
}

// recent is for how long what was due may still wait: the services of the country keep up with their work.
const recent = 5 * 24 * time.Hour

// tidy does what was due long ago.
func (h *history) tidy(ctx context.Context) error {
	long := h.now.Add(-recent).Format(time.DateOnly)
	for _, c := range h.known {
		tasks, err := h.app.Cases.Tasks(ctx, c.worker, c.id)
		if err != nil {
			return err
		}
		for _, task := range tasks {
			if task.Clear.State != casefile.ToDo || task.Clear.DueOn == "" || task.Clear.DueOn > long {
				continue
			}
			if err := h.app.Cases.EndTask(ctx, c.worker, c.id, task.ID, casefile.Done); err != nil {
				return err
			}
		}
	}
	return nil
}

// came is when somebody came: the last quarter of the series is the one of today.
func (s Somebody) came(now time.Time) time.Time {
	first := time.Date(now.Year(), (now.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	from := first.AddDate(0, 3*(s.Quarter-len(quarters)+1), 0)
	to := from.AddDate(0, 3, 0)
	if to.After(now) {
		to = now
	}
	return from.Add(time.Duration(s.Into * float64(to.Sub(from))))
}

// client is somebody in the files of a service.
type client struct {
	Somebody
	h      *history
	worker auth.Actor
	came   time.Time
	id     casefile.ID
	way    string // identifier of the procedure
}

// live puts everything into the history that a service wrote down about somebody.
func (h *history) live(s Somebody, worker auth.Actor) {
	c := &client{Somebody: s, h: h, worker: worker, came: s.came(h.now)}
	h.known = append(h.known, c)
	h.on(c.came, c.open)
	h.on(c.came.Add(10*time.Minute), c.atOnce)
	h.on(c.came.Add(30*time.Minute), c.named)
	if c.Years > 0 {
		h.on(c.came.Add(31*time.Minute), c.born)
	}
	if c.Age == "adult" {
		h.on(c.came.Add(50*time.Minute), c.agrees)
	}
	h.on(c.came.Add(70*time.Minute), c.tells)
	c.procedure()
	if c.Quarter < len(quarters)-3 {
		h.on(c.came.AddDate(0, 0, 210), c.ends)
	}
}

func (c *client) open(ctx context.Context) (err error) {
	b := casefile.Begin{Reason: "asks-for-help", Origin: "referral", Name: private.New(c.Name)}
	switch c.Via {
	case "ngo":
		b.Origin = "outreach"
	case "police":
		b.Origin, b.Reason = "police", "signs-seen"
	case "local":
		b.Origin, b.Reason = "other", "referred-here"
	}
	if c.Age == "child" {
		b.Reason, b.Retention = "child-at-risk", "child-client"
	}
	c.id, err = c.h.app.Cases.Open(ctx, c.worker, b)
	return err
}

// said is the source of what somebody says of themselves.
func (c *client) said() record.Source { return record.Source{From: "person"} }

func (c *client) named(ctx context.Context) error {
	names := person.Names{List: []person.Name{{Text: c.Name, Kind: person.Used, Greet: true}}}
	return c.h.app.People.SetNames(ctx, c.worker, c.id, person.Seen{Source: c.said()}, record.Is(names, c.said()))
}

func (c *client) born(ctx context.Context) error {
	year := c.came.Year() - c.Years
	b := person.Birth{From: fmt.Sprintf("%d-01-01", year-1), To: fmt.Sprintf("%d-12-31", year-1), Basis: person.ByStatement}
	if c.Age == "child" { // nobody who says seventeen is made older by a year that is only about right
		b.From, b.To = fmt.Sprintf("%d-01-01", year), c.came.AddDate(-c.Years, 0, 0).Format(time.DateOnly)
	}
	return c.h.app.People.SetBirth(ctx, c.worker, c.id, person.Seen{Source: c.said()}, record.Is(person.Births{List: []person.Birth{b}}, c.said()))
}

// yes is how an adult agrees after a talk in their own language.
func yes(language string) (consent.Giving, consent.Sealed) {
	return consent.Giving{
		OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
	}, consent.Sealed{Language: language}
}

func (c *client) agrees(ctx context.Context) error {
	s := consent.Said{
		Kind: consent.Service, State: consent.Given, Recipients: []consent.Named{{Term: consent.Defaults("us")}},
		Classes: []string{"contact", "need", "health"}, Purposes: []string{"support"}, Last: c.came.AddDate(1, 0, 0).Format(time.DateOnly),
	}
	s.Giving, s.Sealed = yes(c.Language)
	_, err := c.h.app.Consents.Give(ctx, c.worker, string(c.id), s, "")
	return err
}

func (c *client) atOnce(ctx context.Context) error {
	need := map[string]record.Answer[bool]{}
	for i, t := range support.Ticks() {
		if (i+c.Years)%4 == 0 {
			need[t.Code] = record.Is(true, c.said())
		}
	}
	return c.h.app.Support.KeepAtOnce(ctx, c.worker, c.id, support.Seen{}, support.AtOnce{Needs: need})
}

// tells writes down what the person told of what happened.
func (c *client) tells(ctx context.Context) error {
	var text strings.Builder
	for _, e := range c.Episodes {
		fmt.Fprintf(&text, "Exploited for about %d months, %s, %s. ", e.Months, words[e.Form], words[e.Where])
	}
	_, err := c.h.app.Cases.Write(ctx, c.worker, c.id, casefile.Draught{
		Kind: casefile.Observation, Sight: casefile.ForCase, Language: "en", Text: private.New(text.String() + "(invented)"),
	})
	return err
}

var words = map[string]string{
	"labour": "in a farm or a workshop", "sexual": "sexually", "criminal": "made to commit offences", "domestic": "in a household",
	"other": "in another way", "several": "in several ways", "unknown": "it was not said how or where",
	"within": "in this country", "abroad": "in another country",
}

// procedure puts the steps of identification into the history.
func (c *client) procedure() {
	day := func(n int) time.Time { return c.came.AddDate(0, 0, n) }
	c.h.on(day(1), func(ctx context.Context) (err error) {
		if c.way, err = c.h.app.Identifications.Open(ctx, c.worker, c.id, law, ""); err != nil {
			return err
		}
		return c.step(ctx, "presume", "anybody", "")
	})
	if !c.Agreed {
		c.h.on(day(6), func(ctx context.Context) error {
			return c.step(ctx, "refuse", "first-responder", identification.Declined)
		})
		return
	}
	c.h.on(day(6), func(ctx context.Context) error { return c.step(ctx, "refer", "first-responder", identification.Agreed) })
	if c.First != "" {
		c.h.on(day(46), func(ctx context.Context) error { return c.step(ctx, "first-"+c.First, "authority", "") })
	}
	if c.Final != "" {
		c.h.on(day(300), func(ctx context.Context) error { return c.step(ctx, "final-"+c.Final, "authority", "") })
	}
}

func (c *client) step(ctx context.Context, step, body string, agreed identification.Agreement) error {
	_, err := c.h.app.Identifications.Take(ctx, c.worker, identification.Taking{
		Case: c.id, Procedure: c.way, Step: step, Body: body, On: profile.Date(c.h.app.Clock().Format(time.DateOnly)), Agreed: agreed,
		Reasons: private.New("Plain reasons (invented)"),
	})
	return err
}

// ends closes support; the file is closed for every second of those.
func (c *client) ends(ctx context.Context) error {
	if err := c.h.app.Support.Move(ctx, c.worker, c.id, 0, support.Closed, support.GoalsMet); err != nil || c.Months()%2 == 0 {
		return err
	}
	now, err := c.h.app.Cases.Get(ctx, c.worker, c.id)
	if err != nil {
		return err
	}
	return c.h.app.Cases.Close(ctx, c.worker, c.id, now.Version, "goals-met")
}

// Months is how long all episodes lasted.
func (s Somebody) Months() (sum int) {
	for _, e := range s.Episodes {
		sum += e.Months
	}
	return sum
}
