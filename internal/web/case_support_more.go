package web

import (
	"context"
	"net/url"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/record"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

// counted reads a number of a form; anything else is -1, which no rule takes, and nothing is 0.
func counted(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func stepFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Actions)
	state, who := k.Is.State, k.Is.Who
	if state == "" {
		state, who = "to-do", "worker"
	}
	holders := []breachChoice{{"", p.T("whoever holds the case"), k.Is.Holder == ""}}
	for _, o := range b.people {
		o.Chosen = o.Code == string(k.Is.Holder)
		holders = append(holders, o)
	}
	return []supportField{
		{Name: "words", Kind: "area", Label: p.T("What is to be done?"), Value: careText(k.Is.Words)},
		{Name: "ref", Kind: "select", Label: p.T("To which goal does it belong?"), Options: b.refs(k.Is.Goal, true)},
		{Name: "who", Kind: "select", Label: p.T("Who does it?"), Options: careChoices(p, doers(), who)},
		{Name: "holder", Kind: "select", Label: p.T("Which worker?"), Options: holders},
		{Name: "due", Kind: "date", Label: p.T("By when?"), Value: k.Is.DueOn},
		{Name: "state", Kind: "select", Label: p.T("Where is it now?"), Options: careChoices(p, actionStates(), state)},
	}, k.Version, err
}

func keepStep(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	a := care.Action{
		Words: typedText(form, "words"), Goal: form.Get("ref"), State: form.Get("state"), DueOn: form.Get("due"), Who: form.Get("who"),
	}
	if a.Who == "worker" {
		a.Holder = auth.AccountID(form.Get("holder"))
	}
	_, err := s.KeepAction(ctx, b.actor, b.id, seen, a)
	return err
}

// menu lists the services with their domains.
func (b *supportBook) menu(chosen string) []breachChoice {
	all := []breachChoice{{"", b.p.T("choose"), chosen == ""}}
	for _, g := range care.Menu() {
		for _, s := range g.Services {
			all = append(all, breachChoice{s.Code, b.p.T(g.Label) + ": " + b.p.T(s.Label), s.Code == chosen})
		}
	}
	return all
}

func serviceFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Services)
	x, none := k.Is, p.T("not recorded")
	if x.State == "" {
		x.State = "offered"
	}
	date := func(name, label, on string) supportField {
		return supportField{Name: name, Kind: "date", Label: label, Value: on}
	}
	return []supportField{
		{Name: "service", Kind: "select", Label: p.T("Which service?"), Options: b.menu(x.Service)},
		{Name: "state", Kind: "select", Label: p.T("Where is it now?"), Options: careChoices(p, care.ServiceStates(), x.State)},
		{Name: "ref", Kind: "select", Label: p.T("To which need does it belong?"), Options: b.refs(x.Need, false)},
		{Name: "provider", Kind: "text", Label: p.T("Who provides it?"), Value: careText(x.Provider), Help: p.T("A name, never the address of a protected place.")},
		date("needed", p.T("Needed on"), x.NeededOn),
		date("offered", p.T("Offered on"), x.OfferedOn),
		date("answer", p.T("Answered on"), x.AnswerOn),
		date("started", p.T("Begun on"), x.StartedOn),
		date("ended", p.T("Ended on"), x.EndedOn),
		{Name: "outcome", Kind: "select", Label: p.T("What came of it?"), Options: b.options(none, care.Outcomes(), x.Outcome)},
		{Name: "unmet", Kind: "select", Label: p.T("Why was it not to be had?"), Options: b.options(p.T("it was, or it is open"), care.UnmetReasons(), x.Unmet)},
		{Name: "quantity", Kind: "text", Label: p.T("How much?"), Value: x.Quantity, Help: p.T("Such as 6 hours.")},
		{Name: "cost", Kind: "text", Label: p.T("Cost"), Value: x.Cost, Help: p.T("Such as 120.50.")},
		{Name: "currency", Kind: "text", Label: p.T("Currency"), Value: x.Currency, Help: p.T("Three letters, such as EUR.")},
		{Name: "funder", Kind: "select", Label: p.T("Who pays?"), Options: b.options(none, care.Funders(), x.Funder)},
		{Name: "note", Kind: "area", Label: p.T("Note"), Value: careText(x.Note)},
	}, k.Version, err
}

func keepService(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	_, err := s.KeepService(ctx, b.actor, b.id, seen, care.Service{
		Service: form.Get("service"), Need: form.Get("ref"), State: form.Get("state"), NeededOn: form.Get("needed"), OfferedOn: form.Get("offered"),
		AnswerOn: form.Get("answer"), StartedOn: form.Get("started"), EndedOn: form.Get("ended"), Provider: typedText(form, "provider"),
		Quantity: form.Get("quantity"), Cost: form.Get("cost"), Currency: form.Get("currency"), Funder: form.Get("funder"),
		Outcome: form.Get("outcome"), Unmet: form.Get("unmet"), Note: typedText(form, "note"),
	})
	return err
}

func followFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Follows)
	if err == nil && b.of == "" {
		err = notHere()
	}
	x := k.Is
	yes, given := x.Signs.Get()
	return []supportField{
		{Name: "state", Kind: "select", Label: p.T("What came of asking?"), Options: careChoices(p, care.FollowStates(), x.State)},
		{Name: "on", Kind: "date", Label: p.T("On which day?"), Value: x.On},
		{Name: "due", Kind: "date", Label: p.T("Planned for"), Value: x.DueOn},
		{Name: "way", Kind: "area", Label: p.T("How does the person want to be asked?"), Value: careText(x.Way)},
		{Name: "signs", Kind: "select", Label: p.T("Are there signs of being exploited again?"), Help: p.T("If so, the case is marked and the dangers are looked at again."), Options: []breachChoice{
			{"", p.T("Not now"), !x.Signs.Asked()},
			{"yes", p.T("yes"), given && yes},
			{"no", p.T("no"), given && !yes},
			{"refused", p.T("Would rather not say"), x.Signs.State == record.Refused},
			{"unknown", p.T("Nobody knows"), x.Signs.State == record.Unknown},
		}},
		{Name: "words", Kind: "area", Label: p.T("In the person’s own words"), Value: careText(x.Words), Help: p.T("May stay empty.")},
	}, k.Version, err
}

func keepFollow(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	k, err := supportItem(b, b.view.Follows)
	if err != nil {
		return err
	}
	f := care.Follow{
		Month: k.Is.Month, Sign: k.Is.Sign, Nth: k.Is.Nth, Seen: k.Is.Seen, State: form.Get("state"), On: form.Get("on"), DueOn: form.Get("due"), Way: typedText(form, "way"), Words: typedText(form, "words"),
	}
	from := record.Source{From: "person", AsOf: f.On, By: b.actor.Account}
	switch form.Get("signs") {
	case "yes":
		f.Signs = record.Is(true, from)
	case "no":
		f.Signs = record.Is(false, from)
	case "refused":
		f.Signs = record.NotSaid[bool](from)
	case "unknown":
		f.Signs = record.NotKnown[bool](from)
	}
	return s.KeepFollow(ctx, b.actor, b.id, seen, f)
}

func askFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	var months []breachChoice
	for _, n := range care.Months() {
		months = append(months, breachChoice{number(n), waveText(p, n), true})
	}
	return []supportField{
		{Name: "from", Kind: "date", Label: p.T("Counted from"), Value: b.view.Today},
		{Name: "months", Kind: "checks", Label: p.T("When?"), Options: months},
		{Name: "way", Kind: "area", Label: p.T("How does the person want to be asked?"), Help: p.T("What is safe, when, and what may be said.")},
	}, 0, nil
}

func keepAsk(ctx context.Context, s *care.Supports, b *supportBook, _ care.Seen, form url.Values) error {
	var months []int
	for _, m := range form["months"] {
		months = append(months, counted(m))
	}
	return s.PlanFollow(ctx, b.actor, b.id, form.Get("from"), months, typedText(form, "way"))
}
