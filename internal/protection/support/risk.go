package support

import (
	"maps"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// Level is how great a danger is. The zero value is that nobody knows.
type Level string

// The levels.
const (
	NotKnown Level = ""
	Low      Level = "low"
	Medium   Level = "medium"
	High     Level = "high"
)

// Levels returns the levels that somebody may choose, the greatest first. Not knowing is among them.
func Levels() []Level { return []Level{High, Medium, Low, NotKnown} }

// Label says in English how great; it is the key of its translation.
func (l Level) Label() string {
	switch l {
	case NotKnown:
		return i18n.Mark("not known")
	case Low:
		return i18n.Mark("low")
	case Medium:
		return i18n.Mark("medium")
	case High:
		return i18n.Mark("high")
	}
	return string(l)
}

func (l Level) rank() int { return slices.Index([]Level{Low, Medium, High}, l) + 1 }

// Risk is what is known of one danger, on what it rests, and until when it may be relied on.
type Risk struct {
	Level Level          `json:"level,omitempty"`
	Basis private.Text   `json:"basis,omitzero"` // what it rests on, in the worker's words
	On    string         `json:"on,omitempty"`   // civil date
	Until string         `json:"until,omitempty"`
	By    auth.AccountID `json:"by,omitempty"`
}

// Dangers are the domains of risk.
func Dangers() []Word {
	return []Word{
		{"trafficker", i18n.Mark("those who exploited them are near or in contact")},
		{"family-threats", i18n.Mark("threats to the family")},
		{"debts", i18n.Mark("debts")},
		{"place-known", i18n.Mark("somebody dangerous knows where they live")},
		{"phone-online", i18n.Mark("telephone, accounts, traces online")},
		{"network", i18n.Mark("partner or family among those who exploited them")},
		{"court", i18n.Mark("a day in court or an interview")},
		{"removal", i18n.Mark("being removed from the country")},
		{"self-harm", i18n.Mark("hurting or killing themselves")},
		{"substance", i18n.Mark("alcohol or drugs")},
		{"child", i18n.Mark("danger to a child")},
		{"health", i18n.Mark("health")},
		{"return", i18n.Mark("return")},
	}
}

// Risks are the dangers of a person, by domain. A domain that is missing was never looked at.
type Risks struct {
	By map[string]Risk `json:"by,omitempty"`
}

// defaultLife is for how many days an assessment may be relied on when nobody says how long.
const defaultLife = 30

// Holds returns the level of a danger on a civil date: one that nobody looked at, or looked at too long
// ago, is not known.
func (r Risks) Holds(danger, today string) Level {
	one, ok := r.By[danger]
	if !ok || one.Until == "" || one.Until < today || one.Level.rank() == 0 {
		return NotKnown
	}
	return one.Level
}

// Overall is all dangers together.
type Overall struct {
	// Level is how the case is treated: the highest of all, where not known counts as high.
	Level Level
	// Highest is the highest that is known; NotKnown when nothing is. It is shown apart from what is not
	// known, so that a known danger never hides among gaps.
	Highest Level
	Known   []string // domains in which Highest is
	Unknown []string // domains that nobody looked at, or said they do not know
	Lapsed  []string // those of Unknown whose assessment is too old
}

// Assess puts the dangers of a person together on a civil date.
func (r Risks) Assess(today string) Overall {
	var o Overall
	for _, d := range Dangers() {
		l := r.Holds(d.Code, today)
		if l == NotKnown {
			o.Unknown = append(o.Unknown, d.Code)
			if one := r.By[d.Code]; one.Level != NotKnown {
				o.Lapsed = append(o.Lapsed, d.Code)
			}
			continue
		}
		switch {
		case l.rank() > o.Highest.rank():
			o.Highest, o.Known = l, []string{d.Code}
		case l == o.Highest:
			o.Known = append(o.Known, d.Code)
		}
	}
	if o.Level = o.Highest; len(o.Unknown) > 0 {
		o.Level = High
	}
	return o
}

// Review returns the earliest day on which an assessment ends that is known on a civil date, or "".
func (r Risks) Review(today string) (first string) {
	for _, d := range Dangers() {
		if r.Holds(d.Code, today) == NotKnown {
			continue
		}
		if until := r.By[d.Code].Until; first == "" || until < first {
			first = until
		}
	}
	return first
}

// take puts newly assessed dangers over the older ones. A domain that is left out stays as it was.
func (r Risks) take(with Risks, by auth.AccountID, today string) Risks {
	all := map[string]Risk{}
	maps.Copy(all, r.By)
	for d, one := range with.By {
		one.By, one.On = by, today
		if one.Until == "" {
			one.Until = addDays(today, defaultLife)
		}
		all[d] = one
	}
	return Risks{all}
}

func (r Risks) check(today string) error {
	f := fault.New(fault.Invalid, "The dangers were not written down.")
	for d, one := range r.By {
		if !known(Dangers(), d) || !slices.Contains(Levels(), one.Level) {
			f = f.WithField("level-"+d, "Choose how great it is, or that nobody knows.")
		}
		if one.Until != "" && (!isDay(one.Until) || one.Until < today) {
			f = f.WithField("until-"+d, "Write a date from today on, such as 2026-12-31.")
		}
		f = short(f, "basis-"+d, one.Basis, maxNote)
	}
	return orNil(f)
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// addMonths is the same day n months later, or the last of its month where there is no such day.
func addMonths(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	to := t.AddDate(0, n, 0)
	if to.Day() != t.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to.Format(time.DateOnly)
}
