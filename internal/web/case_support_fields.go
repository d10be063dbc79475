package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

// ticked lists the needs at once for one kind of answer.
func (b *supportBook) ticked(is func(record.Answer[bool]) bool) []breachChoice {
	all := careChoices(b.p, care.Ticks())
	for i := range all {
		all[i].Chosen = is(b.view.AtOnce.Is.Needs[all[i].Code])
	}
	return all
}

func nowFields(b *supportBook) ([]supportField, int64, error) {
	p, now := b.p, b.view.AtOnce
	yes := func(a record.Answer[bool]) bool { v, _ := a.Get(); return v }
	no := func(a record.Answer[bool]) bool { v, ok := a.Get(); return ok && !v }
	state := func(s record.State) func(record.Answer[bool]) bool {
		return func(a record.Answer[bool]) bool { return a.State == s }
	}
	done := careChoices(p, care.Ticks())
	for i := range done {
		done[i].Chosen = now.Is.Met[done[i].Code] != ""
	}
	return []supportField{
		{Name: "needs", Kind: "checks", Label: p.T("Needed now"), Options: b.ticked(yes)},
		{Name: "met", Kind: "checks", Label: p.T("Done already"), Options: done, Fold: true},
		{Name: "no", Kind: "checks", Label: p.T("Asked, and not needed"), Options: b.ticked(no), Fold: true},
		{Name: "refused", Kind: "checks", Label: p.T("Would rather not say"), Options: b.ticked(state(record.Refused)), Fold: true},
		{Name: "unknown", Kind: "checks", Label: p.T("Nobody knows"), Options: b.ticked(state(record.Unknown)), Fold: true},
		{Name: "note", Kind: "area", Label: p.T("Note"), Value: careText(now.Is.Note)},
	}, now.Version, nil
}

func keepNow(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	source := record.Source{From: "person", AsOf: b.view.Today, By: b.actor.Account}
	a := care.AtOnce{Needs: map[string]record.Answer[bool]{}, Met: map[string]string{}, Note: typedText(form, "note")}
	before := b.view.AtOnce.Is
	for _, kind := range []struct {
		field  string
		answer record.Answer[bool]
	}{
		{"unknown", record.NotKnown[bool](source)},
		{"refused", record.NotSaid[bool](source)},
		{"no", record.Is(false, source)},
		{"needs", record.Is(true, source)},
	} {
		for _, code := range form[kind.field] {
			one := kind.answer
			if was := before.Needs[code]; was.State == one.State && was.Value == one.Value {
				one = was // asked before: from whom and when stays
			}
			a.Needs[code] = one
		}
	}
	for _, code := range form["met"] {
		if a.Met[code] = b.view.Today; before.Met[code] != "" {
			a.Met[code] = before.Met[code]
		}
	}
	return s.KeepAtOnce(ctx, b.actor, b.id, seen, a)
}

// same is the answer of a form that leaves a danger as it was.
const same = "same"

func riskFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	var all []supportField
	for _, d := range care.Dangers() {
		levels := []breachChoice{{same, p.T("not looked at today: leave it as it is"), true}}
		levels = append(levels, choices(p, care.Levels(), care.Level.Label)...)
		one := b.view.Risks.Is.By[d.Code]
		label := p.T(d.Label)
		all = append(all,
			supportField{Kind: "group", Label: label},
			supportField{Name: "level-" + d.Code, Kind: "select", Label: p.T("How great: %s", label), Options: levels},
			supportField{Name: "basis-" + d.Code, Kind: "text", Label: p.T("What it rests on: %s", label), Value: careText(one.Basis)},
			supportField{Name: "until-" + d.Code, Kind: "date", Label: p.T("Holds until: %s", label), Help: p.T("Left empty, for thirty days.")},
		)
	}
	return all, b.view.Risks.Version, nil
}

func keepRisk(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	r := care.Risks{By: map[string]care.Risk{}}
	for _, d := range care.Dangers() {
		level := form.Get("level-" + d.Code)
		if level == same || !form.Has("level-"+d.Code) {
			continue
		}
		r.By[d.Code] = care.Risk{Level: care.Level(level), Basis: typedText(form, "basis-"+d.Code), Until: form.Get("until-" + d.Code)}
	}
	return s.KeepRisk(ctx, b.actor, b.id, seen, r)
}

func safetyFields(b *supportBook) ([]supportField, int64, error) {
	p, x := b.p, b.view.Safety.Is
	area := func(name, label string, t private.Text) supportField {
		return supportField{Name: name, Kind: "area", Label: label, Value: careText(t)}
	}
	areas := p.T("An area only, without numbers: never an address.")
	safe, unsafe := area("safe", p.T("Areas that are safe"), x.Places.Safe), area("unsafe", p.T("Areas to keep away from"), x.Places.Unsafe)
	safe.Help, unsafe.Help = areas, areas
	return []supportField{
		area("contact", p.T("How to reach the person safely"), x.Contact),
		{Name: "codeword", Kind: "text", Label: p.T("Code word"), Value: careText(x.CodeWord)},
		b.leave("message", p.T("May a message be left?"), x.Message),
		safe, unsafe,
		area("signs", p.T("Warning signs"), x.Signs),
		area("steps", p.T("What the person does then"), x.Steps),
		area("trusted", p.T("People they trust"), x.Trusted),
		area("devices", p.T("Telephone and accounts"), x.Devices),
		area("papers", p.T("The bag with papers"), x.Papers),
		area("children", p.T("Children"), x.Children),
		area("numbers", p.T("Numbers to call"), x.Numbers),
		b.leave("copy", p.T("Does the person hold a copy?"), x.Copy),
		{Name: "review", Kind: "date", Label: p.T("Looked at again on"), Value: x.ReviewOn},
	}, b.view.Safety.Version, nil
}

func keepSafety(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	return s.KeepSafety(ctx, b.actor, b.id, seen, care.Safety{
		Contact: typedText(form, "contact"), CodeWord: typedText(form, "codeword"), Message: care.Leave(form.Get("message")),
		Signs: typedText(form, "signs"), Steps: typedText(form, "steps"), Trusted: typedText(form, "trusted"), Devices: typedText(form, "devices"),
		Papers: typedText(form, "papers"), Children: typedText(form, "children"), Numbers: typedText(form, "numbers"),
		Copy: care.Leave(form.Get("copy")), ReviewOn: form.Get("review"),
		Places: care.Places{Safe: typedText(form, "safe"), Unsafe: typedText(form, "unsafe")},
	})
}

func needFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Needs)
	first := []breachChoice{{"", p.T("Not now"), k.Is.First == 0}}
	for n := range 9 {
		first = append(first, breachChoice{number(n + 1), number(n + 1), k.Is.First == n+1})
	}
	state := k.Is.State
	if state == "" {
		state = "open"
	}
	return []supportField{
		{Name: "domain", Kind: "select", Label: p.T("What is it about?"), Options: b.options(p.T("choose"), care.Domains(), k.Is.Domain)},
		{Name: "words", Kind: "area", Label: p.T("In the person’s own words"), Value: careText(k.Is.Words), Help: p.T("May stay empty.")},
		{Name: "first", Kind: "select", Label: p.T("In which place does the person put it?"), Options: first},
		{Name: "state", Kind: "select", Label: p.T("Where is it now?"), Options: careChoices(p, needStates(), state)},
		{Name: "unmet", Kind: "select", Label: p.T("Why could it not be met?"), Options: b.options(p.T("it could, or it is open"), care.UnmetReasons(), k.Is.Unmet)},
	}, k.Version, err
}

func keepNeed(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	_, err := s.KeepNeed(ctx, b.actor, b.id, seen, care.Need{
		Domain: form.Get("domain"), Words: typedText(form, "words"), First: counted(form.Get("first")), State: form.Get("state"), Unmet: form.Get("unmet"),
	})
	return err
}

func goalFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Goals)
	state := k.Is.State
	if state == "" {
		state = "proposed"
	}
	return []supportField{
		{Name: "words", Kind: "area", Label: p.T("What does the person want to reach?"), Value: careText(k.Is.Words)},
		{Name: "ref", Kind: "select", Label: p.T("To which need does it belong?"), Options: b.refs(k.Is.Need, false)},
		{Name: "state", Kind: "select", Label: p.T("Where is it now?"), Options: careChoices(p, goalStates(), state)},
		{Name: "agreed-on", Kind: "date", Label: p.T("When did the person agree?"), Value: k.Is.AgreedOn},
		b.leave("copy", p.T("Was the person given a copy?"), k.Is.Copy),
	}, k.Version, err
}

func keepGoal(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	_, err := s.KeepGoal(ctx, b.actor, b.id, seen, care.Goal{
		Words: typedText(form, "words"), Need: form.Get("ref"), State: form.Get("state"), AgreedOn: form.Get("agreed-on"), Copy: care.Leave(form.Get("copy")),
	})
	return err
}

func ratingFields(b *supportBook) ([]supportField, int64, error) {
	p := b.p
	k, err := supportItem(b, b.view.Measures)
	if err != nil {
		return nil, 0, err
	}
	m := k.Is
	if b.of == "" {
		m = care.Measure{Instrument: b.query.Get("instrument"), Wave: counted(b.query.Get("wave")), Rater: b.query.Get("rater"), On: b.view.Today}
	}
	inst, ok := care.InstrumentOf(m.Instrument)
	if !ok {
		return nil, 0, notHere()
	}
	version := k.Version
	if i := slices.IndexFunc(b.view.Measures, func(o care.Kept[care.Measure]) bool {
		return o.Is.Instrument == m.Instrument && o.Is.Wave == m.Wave && o.Is.Rater == m.Rater
	}); i >= 0 {
		version = b.view.Measures[i].Version
	}
	var waves []breachChoice
	for _, n := range care.Waves() {
		waves = append(waves, breachChoice{number(n), waveText(p, n), n == m.Wave})
	}
	all := []supportField{
		{Name: "instrument", Kind: "hidden", Value: m.Instrument},
		{Name: "wave", Kind: "select", Label: p.T("When?"), Options: waves},
		{Name: "rater", Kind: "select", Label: p.T("Who rates?"), Options: careChoices(p, raters(), m.Rater)},
		{Name: "on", Kind: "date", Label: p.T("On which day?"), Value: m.On},
		{Kind: "group", Label: p.T(inst.Label), Help: p.T("Source: %s. The steps of the rating are ours.", inst.Source)},
	}
	if !inst.Named {
		all[len(all)-1].Help += " " + p.T("The names of the categories were not read in the source: have its user guide at hand.")
	}
	for n, item := range inst.Items {
		a := m.Scores[item.Code]
		steps := []breachChoice{{"", p.T("Not now"), !a.Asked()}}
		for _, st := range care.Steps() {
			v, given := a.Get()
			steps = append(steps, breachChoice{st.Code, p.T(st.Label), given && number(v) == st.Code})
		}
		steps = append(steps, breachChoice{"refused", p.T("Would rather not say"), a.State == record.Refused}, breachChoice{"unknown", p.T("Nobody knows"), a.State == record.Unknown})
		all = append(all, supportField{Name: "score-" + item.Code, Kind: "select", Label: itemLabel(p, item, n), Options: steps})
	}
	return append(all, supportField{Name: "note", Kind: "area", Label: p.T("Note"), Value: careText(m.Note)}), version, nil
}

func keepRating(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error {
	m := care.Measure{
		Instrument: form.Get("instrument"), Wave: counted(form.Get("wave")), Rater: form.Get("rater"), On: form.Get("on"), Note: typedText(form, "note"),
		Scores: map[string]record.Answer[int]{},
	}
	from := record.Source{From: "person", AsOf: m.On, By: b.actor.Account}
	if m.Rater == "worker" {
		from.From = "observed"
	}
	inst, _ := care.InstrumentOf(m.Instrument)
	for _, item := range inst.Items {
		switch v := form.Get("score-" + item.Code); v {
		case "":
		case "refused":
			m.Scores[item.Code] = record.NotSaid[int](from)
		case "unknown":
			m.Scores[item.Code] = record.NotKnown[int](from)
		default:
			m.Scores[item.Code] = record.Is(counted(v), from)
		}
	}
	return s.KeepMeasure(ctx, b.actor, b.id, seen, m)
}
