package referral

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// Sources are where a new referral takes from what is known already, so that nobody is asked twice.
type Sources struct {
	People          *person.People
	Support         *support.Supports
	Identifications *identification.Identifications
}

// Say puts an English text into the words of the reader.
type Say func(msgid string, args ...any) string

// Suggest opens the file of a case and returns what a referral could say: for somebody to look at and to leave out. What
// the person did not say is safe is not among it, nor a name they did not allow outside.
func (r *Referrals) Suggest(ctx context.Context, actor auth.Actor, case_ string, say Say) (Blind, Later, error) {
	id := casefile.ID(case_)
	f, err := r.sources.People.Open(ctx, actor, id, Purpose)
	if err != nil {
		return Blind{}, nil, err
	}
	later := Later{}
	add := func(field string, parts ...string) {
		parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(parts) > 0 {
			later[field] = private.New(strings.Join(parts, "\n"))
		}
	}
	add("identity.name", outside(f.Names.Value)...)
	add("identity.birth-year", years(f.Birth.Value))
	var areas []string
	for _, c := range f.Citizenship.List.Value {
		areas = append(areas, c.Area)
	}
	add("identity.citizenship", areas...)
	contact(f, add)
	add("contact.language", codes(f.Languages)...)
	add("need.interpreter", f.Languages.Need.Value.Languages...)
	if err := r.histories(ctx, actor, id, say, add); err != nil {
		return Blind{}, nil, err
	}
	return blindOf(f), later, nil
}

// outside are the names that may be used with other services: never one that was forced on the person.
func outside(n person.Names) (names []string) {
	for _, one := range n.List {
		if one.Kind != person.Imposed && one.MayUseWith(person.WithServices) {
			names = append(names, one.Text)
		}
	}
	return names
}

func years(b person.Births) string {
	from, to := b.Years()
	switch {
	case from == 0:
		return ""
	case from == to:
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d–%d", from, to)
}

// contact adds the ways to reach the person that they said are safe. Where they can be met is a place, and stays.
func contact(f person.File, add func(string, ...string)) {
	var ways, hours []string
	for _, c := range f.Contact.List.Value {
		if c.Channel == person.InHand {
			c.Value = ""
		}
		if c.Use(f.Today).May {
			ways, hours = append(ways, strings.TrimSpace(string(c.Channel)+" "+c.Value)), append(hours, c.Hours)
		}
	}
	add("contact.channel", ways...)
	add("contact.hours", hours...)
}

func codes(l person.Languages) (list []string) {
	for _, k := range l.Known.Value {
		if k.Speaks != person.None && languageForm.MatchString(k.Code) {
			list = append(list, k.Code)
		}
	}
	return list
}

// blindOf is what of a file is general enough for a blind need.
func blindOf(f person.File) (b Blind) {
	from, to := f.Birth.Value.Years()
	if from != 0 && !f.Standing().Safeguards {
		b.Age = group(f.Today, from, to)
	}
	b.Languages = codes(f.Languages)
	b.Languages = b.Languages[:min(len(b.Languages), 8)]
	b.Interpret = len(f.Languages.Need.Value.Languages) > 0 || f.Languages.Need.Value.Signs
	b.Access, _ = f.About.Access.Get()
	_, with := f.Family.Dependants()
	b.Children = min(with, maxAlong)
	return b
}

// group is the age group of an adult born in one of some years, or "" when the years fit no single one.
func group(today string, from, to int) string {
	var year int
	if _, err := fmt.Sscanf(today, "%d", &year); err != nil {
		return ""
	}
	at := func(age int) string {
		switch {
		case age >= 60:
			return "60"
		case age >= 40:
			return "40-59"
		case age >= 25:
			return "25-39"
		}
		return "18-24"
	}
	if young, old := at(year-to-1), at(year-from); young == old {
		return young
	}
	return ""
}

// histories adds what was done and decided, in short: for whoever takes over.
func (r *Referrals) histories(ctx context.Context, actor auth.Actor, id casefile.ID, say Say, add func(string, ...string)) error {
	v, err := r.sources.Support.View(ctx, actor, id)
	if err != nil {
		return err
	}
	var help, dangers []string
	for _, n := range v.Needs {
		help = append(help, say(Label(Needs(), n.Is.Domain)))
	}
	for _, s := range v.Services {
		help = append(help, say(support.Label(support.Services(), s.Is.Service))+" · "+say(support.Label(support.ServiceStates(), s.Is.State))+" "+s.Is.StartedOn)
	}
	for _, d := range support.Dangers() {
		if risk := v.Risks.Is.By[d.Code]; risk.Level == support.High || risk.Level == support.Medium {
			dangers = append(dangers, say(d.Label)+" · "+say(risk.Level.Label()))
		}
	}
	add("need.support", help...)
	add("risk.kind", dangers...)
	o, err := r.sources.Identifications.Show(ctx, actor, id)
	if err != nil {
		return err
	}
	var outcomes, dates []string
	for _, p := range o.Procedures {
		stage, _ := p.Rules.Version.Stage(p.State.Stage)
		outcomes, dates = append(outcomes, p.Jurisdiction+" · "+say(stage.Name)), append(dates, string(p.State.Last))
	}
	for _, a := range o.Assertions {
		outcomes, dates = append(outcomes, say(i18n.Mark("said by another body"))+" · "+a.Says), append(dates, string(a.Day))
	}
	add("decision.outcome", outcomes...)
	add("decision.date", dates...)
	return nil
}
