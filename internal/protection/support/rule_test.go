package support

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func TestNext(t *testing.T) {
	for _, c := range []struct {
		from, to Stage
		agreed   int
		why      Ended
		ok       bool
	}{
		{Opened, Immediate, 0, "", true},
		{Opened, Active, 0, "", true}, // help does not wait for a plan
		{Opened, Agreed, 0, "", false},
		{Opened, Agreed, 1, "", true},
		{Active, Assessed, 1, "", true},
		{Active, Immediate, 1, "", true}, // a crisis
		{StepDown, Following, 1, "", true},
		{Active, Opened, 1, "", false},
		{Active, Reopened, 1, "", false},
		{Active, Closed, 1, "", false},
		{Active, Closed, 1, "not-identified", false},
		{Active, Closed, 1, "does-not-testify", false},
		{Opened, Closed, 0, Declined, true},
		{Closed, Closed, 0, Declined, false},
		{Closed, Active, 1, "", false},
		{Closed, Reopened, 0, "", true},
		{Reopened, Following, 0, "", true},
		{Active, "elsewhere", 0, "", false},
		{Active, "", 0, "", false},
	} {
		s := State{Stage: c.from, Agreed: c.agreed}
		if c.from == Closed {
			s.Ended = GoalsMet
		}
		got, err := Next(s, c.to, c.why)
		if (err == nil) != c.ok || err != nil && got != s {
			t.Errorf("%s to %s with %d agreed: %v", c.from, c.to, c.agreed, err)
		}
		if err == nil && (got.Stage != c.to || (got.Stage == Closed) != (got.Ended != "")) {
			t.Errorf("%s to %s gives %+v", c.from, c.to, got)
		}
	}
}

// From everywhere somebody can go on, and help can begin: no sequence of steps leaves a person stuck, and
// a stage is only ever what a step made it.
func TestNoSequenceLeavesSomebodyStuck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := State{Stage: Opened}
		for range 200 {
			s.Agreed = rapid.IntRange(0, 2).Draw(t, "agreed")
			to := rapid.SampledFrom(append(Stages(), "x")).Draw(t, "to")
			why := rapid.SampledFrom(append(EndReasons(), "", "x")).Draw(t, "why")
			ways := Ways(s)
			next, err := Next(s, to, why)
			if (err == nil) && !slices.Contains(ways, to) || err != nil && slices.Contains(ways, to) && to != Closed {
				t.Fatalf("%s to %s: %v, though the ways are %v", s.Stage, to, err, ways)
			}
			if err != nil {
				if next != s {
					t.Fatalf("a refused step changed %+v to %+v", s, next)
				}
				continue
			}
			s = next
			if (s.Stage == Closed) != slices.Contains(EndReasons(), s.Ended) {
				t.Fatalf("%+v", s)
			}
			if s.Stage != Closed && !slices.Contains(Ways(s), Active) && s.Stage != Active {
				t.Fatalf("nobody can help from %s", s.Stage)
			}
		}
	})
}

func TestRisksTogether(t *testing.T) {
	const today = "2026-06-01"
	all := func(l Level) Risks {
		r := Risks{map[string]Risk{}}
		for _, d := range Dangers() {
			r.By[d.Code] = Risk{Level: l, Until: today}
		}
		return r
	}
	for name, c := range map[string]struct {
		change  func(Risks)
		level   Level
		highest Level
		unknown int
		lapsed  int
	}{
		"all low":            {func(Risks) {}, Low, Low, 0, 0},
		"one medium":         {func(r Risks) { r.By["debts"] = Risk{Level: Medium, Until: "2026-07-01"} }, Medium, Medium, 0, 0},
		"one high":           {func(r Risks) { r.By["debts"] = Risk{Level: High, Until: "2026-07-01"} }, High, High, 0, 0},
		"one not looked at":  {func(r Risks) { delete(r.By, "return") }, High, Low, 1, 0},
		"one not known":      {func(r Risks) { r.By["return"] = Risk{Until: "2026-07-01"} }, High, Low, 1, 0},
		"one of yesterday":   {func(r Risks) { r.By["return"] = Risk{Level: Low, Until: "2026-05-31"} }, High, Low, 1, 1},
		"one without an end": {func(r Risks) { r.By["return"] = Risk{Level: Low} }, High, Low, 1, 1},
		"one invented level": {func(r Risks) { r.By["return"] = Risk{Level: "none", Until: "2026-07-01"} }, High, Low, 1, 1},
	} {
		r := all(Low)
		c.change(r)
		o := r.Assess(today)
		if o.Level != c.level || o.Highest != c.highest || len(o.Unknown) != c.unknown || len(o.Lapsed) != c.lapsed {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if o := (Risks{}).Assess(today); o.Level != High || o.Highest != NotKnown || len(o.Unknown) != len(Dangers()) || len(o.Known) != 0 {
		t.Errorf("nobody has looked: %+v", o)
	}
}

// Knowing more never hides a danger: the level is the highest known one, and high while anything is not
// known; and a known danger stands apart from gaps.
func TestRisksNeverHideADanger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const today = "2026-06-01"
		r, most := Risks{map[string]Risk{}}, NotKnown
		gaps := 0
		for _, d := range Dangers() {
			if rapid.Bool().Draw(t, "skip") {
				gaps++
				continue
			}
			one := Risk{
				Level: rapid.SampledFrom(Levels()).Draw(t, "level"),
				Until: rapid.SampledFrom([]string{"", "2026-05-31", today, "2027-01-01"}).Draw(t, "until"),
			}
			r.By[d.Code] = one
			switch {
			case one.Level == NotKnown || one.Until < today:
				gaps++
			case one.Level.rank() > most.rank():
				most = one.Level
			}
		}
		o := r.Assess(today)
		want := most
		if gaps > 0 {
			want = High
		}
		if o.Level != want || o.Highest != most || len(o.Unknown) != gaps {
			t.Fatalf("%+v, want %s over %s with %d gaps", o, want, most, gaps)
		}
		for _, d := range o.Known {
			if slices.Contains(o.Unknown, d) || r.Holds(d, today) != most {
				t.Fatalf("%s is not known as %s", d, most)
			}
		}
		if day := r.Review(today); (day == "") != (gaps == len(Dangers())) || day != "" && day < today {
			t.Fatalf("the next look is on %q", day)
		}
	})
}

func TestRisksAreTakenOver(t *testing.T) {
	old := Risks{map[string]Risk{"debts": {Level: High, Until: "2026-06-30", By: "one", On: "2026-06-01"}, "court": {Level: Low, Until: "2026-06-30", By: "one"}}}
	got := old.take(Risks{map[string]Risk{"court": {Level: Medium, By: "forged"}}}, "two", "2026-06-10")
	if got.By["debts"] != old.By["debts"] {
		t.Error("a danger that was left out has changed")
	}
	if c := got.By["court"]; c.Level != Medium || c.By != "two" || c.On != "2026-06-10" || c.Until != "2026-07-10" {
		t.Errorf("%+v", c)
	}
	if old.By["court"].Level != Low {
		t.Error("the older assessment was written over")
	}
}

func TestMenuIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range [][]Word{Services(), Domains(), Ticks(), Triggers(), Dangers(), Funders(), UnmetReasons(), Outcomes(), ServiceStates(), FollowStates()} {
		here := map[string]bool{}
		for _, w := range list {
			if w.Code == "" || w.Label == "" || here[w.Code] || strings.ToLower(w.Code) != w.Code {
				t.Errorf("code %q, label %q", w.Code, w.Label)
			}
			here[w.Code] = true
		}
	}
	for _, s := range Services() {
		if seen[s.Code] || DomainOf(s.Code) == "" {
			t.Errorf("%s stands twice or nowhere", s.Code)
		}
		seen[s.Code] = true
	}
	if len(Services()) != 74 {
		t.Errorf("%d services", len(Services()))
	}
	for part, states := range mayBecome {
		for from, to := range states {
			for _, s := range to {
				if _, ok := states[s]; !ok {
					t.Errorf("%s: from %s nothing leads to %q", part, from, s)
				}
			}
		}
	}
}

func TestWhatCannotBeMeant(t *testing.T) {
	const today = "2026-06-01"
	text, long := private.New("I want to work"), private.New(strings.Repeat("a", 30_000))
	for name, c := range map[string]struct {
		is    thing
		field string // "" is that it is kept
	}{
		"an empty list":              {AtOnce{}, ""},
		"an invented tick":           {AtOnce{Needs: map[string]record.Answer[bool]{"gold": {}}}, "needs"},
		"an empty safety plan":       {Safety{}, ""},
		"an area":                    {Safety{Places: Places{Unsafe: private.New("the whole of the harbour")}}, ""},
		"a street with a number":     {Safety{Places: Places{Safe: private.New("12 Rose Lane")}}, "safe"},
		"a number in another script": {Safety{Places: Places{Unsafe: private.New("شارع ١٢")}}, "unsafe"},
		"an invented domain":         {Need{Domain: "love", State: "open"}, "domain"},
		"a need without words":       {Need{Domain: "legal", State: "open"}, ""},
		"unmet without a reason":     {Need{Domain: "legal", State: "unmet"}, "unmet"},
		"a reason without unmet":     {Need{Domain: "legal", State: "open", Unmet: "money"}, "unmet"},
		"a goal without words":       {Goal{State: "proposed"}, "words"},
		"agreed by nobody":           {Goal{Words: text, State: "agreed"}, "agreed"},
		"agreed tomorrow":            {Goal{Words: text, State: "agreed", AgreedOn: "2026-06-02"}, "agreed"},
		"agreed":                     {Goal{Words: text, State: "agreed", AgreedOn: today}, ""},
		"a step of nobody":           {Action{Words: text, State: "to-do"}, "who"},
		"a step of the person":       {Action{Words: text, State: "to-do", Who: "person"}, ""},
		"an endless step":            {Action{Words: long, State: "to-do", Who: "person"}, "words"},
		"declined without a reason":  {Service{Service: "med.dental", State: "declined", OfferedOn: today, AnswerOn: today}, ""},
		"an invented service":        {Service{Service: "gold", State: "needed"}, "service"},
		"ended before it began":      {Service{Service: "med.dental", State: "ended", StartedOn: today, EndedOn: "2026-05-01"}, "dates"},
		"started tomorrow":           {Service{Service: "med.dental", State: "running", StartedOn: "2026-06-02"}, "dates"},
		"needed tomorrow":            {Service{Service: "med.dental", State: "needed", NeededOn: "2026-06-02"}, ""},
		"a cost in words":            {Service{Service: "med.dental", State: "ended", Cost: "much", Currency: "EUR"}, "cost"},
		"a cost without currency":    {Service{Service: "med.dental", State: "ended", Cost: "12"}, "cost"},
		"not to be had, no reason":   {Service{Service: "med.dental", State: "unmet"}, "unmet"},
		"a rating":                   {Measure{Instrument: "mscos", Rater: "self", On: today}, ""},
		"a rating of nothing":        {Measure{Instrument: "iq", Rater: "self", On: today}, "instrument"},
		"a rating by the police":     {Measure{Instrument: "mscos", Rater: "police", On: today}, "rater"},
		"a seventh step":             {Measure{Instrument: "mscos", Rater: "self", On: today, Scores: map[string]record.Answer[int]{"mscos.housing": record.Is(7, record.Source{})}}, "scores"},
		"an item of another set":     {Measure{Instrument: "ohts", Rater: "self", On: today, Scores: map[string]record.Answer[int]{"mscos.housing": {}}}, "scores"},
		"follow-up in month 0":       {Follow{State: "planned"}, "month"},
		"signs and nothing done":     {Follow{Month: 3, State: "planned", Signs: record.Is(true, record.Source{})}, "state"},
		"signs though not reached":   {Follow{Month: 3, State: "not-reached", Signs: record.Is(true, record.Source{})}, ""},
	} {
		err := c.is.check(today)
		if (err == nil) != (c.field == "") || err != nil && !fieldOf(err, c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServicesFollowOneAnother(t *testing.T) {
	for _, c := range []struct {
		part     Part
		from, to string
		ok       bool
	}{
		{OfService, "offered", "declined", true},
		{OfService, "declined", "accepted", true},
		{OfService, "declined", "ended", false},
		{OfService, "ended", "needed", false},
		{OfService, "unmet", "running", true},
		{OfService, "x", "x", false},
		{OfGoal, "dropped", "met", false},
		{OfGoal, "proposed", "met", false},
		{OfAction, "done", "to-do", true},
		{OfFollow, "refused", "planned", true},
		{OfFollow, "refused", "reached", false},
		{OfRisk, "", "", true},
		{OfRisk, "", "x", false},
	} {
		if becomes(c.part, c.from, c.to) != c.ok {
			t.Errorf("%s from %s to %s", c.part, c.from, c.to)
		}
	}
}

func TestSchedule(t *testing.T) {
	got := Schedule("2026-08-31", []int{6, 1, 6, 24})
	var days []string
	for _, f := range got {
		days = append(days, f.slot()+" "+f.DueOn)
	}
	if want := []string{"m01 2026-09-30", "m06 2027-02-28", "m24 2028-08-31"}; !slices.Equal(days, want) {
		t.Errorf("%v", days)
	}
}

func TestSpentIsExact(t *testing.T) {
	got := Spent([]Service{{Cost: "0.10", Currency: "EUR"}, {Cost: "0.20", Currency: "EUR"}, {Cost: "5", Currency: "GBP"}, {}})
	if got["EUR"] != "0.30" || got["GBP"] != "5" || len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestCompare(t *testing.T) {
	score := func(n int) map[string]record.Answer[int] {
		return map[string]record.Answer[int]{"mscos.housing": record.Is(n, record.Source{}), "mscos.safety": record.NotSaid[int](record.Source{})}
	}
	all := Compare(Measure{Instrument: "mscos", Rater: "self", Scores: score(2)}, Measure{Instrument: "mscos", Rater: "self", Wave: 3, Scores: score(4)})
	if by, ok := all[0].By(); len(all) != 7 || !ok || by != 2 {
		t.Errorf("%+v", all)
	}
	if _, ok := all[1].By(); ok {
		t.Error("what was refused has a change")
	}
	if Compare(Measure{Instrument: "mscos", Rater: "self"}, Measure{Instrument: "mscos", Rater: "worker"}) != nil {
		t.Error("two raters are compared")
	}
}
