package justice

import (
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// Stance is what a person decided about helping police and courts. The zero value is that nobody has
// asked.
type Stance string

// The stances.
const (
	NotAsked  Stance = ""
	Informed  Stance = "informed" // told what may be decided; nothing decided
	Declined  Stance = "declined"
	Undecided Stance = "undecided" // takes the time that the law gives, or more
	Statement Stance = "statement"
	Witness   Stance = "witness"
)

// Stances returns the stances that somebody may choose, in the order of the constants.
func Stances() []Stance { return []Stance{Informed, Declined, Undecided, Statement, Witness} }

// Label says in English what was decided; it is the key of its translation.
func (s Stance) Label() string {
	switch s {
	case NotAsked:
		return i18n.Mark("nobody has asked")
	case Informed:
		return i18n.Mark("was told, and has not said")
	case Declined:
		return i18n.Mark("does not want to take part")
	case Undecided:
		return i18n.Mark("takes time to decide")
	case Statement:
		return i18n.Mark("makes a statement")
	case Witness:
		return i18n.Mark("is ready to be a witness")
	}
	return string(s)
}

// Choice is one decision of the person.
type Choice struct {
	Stance Stance `json:"stance"`
	On     string `json:"on"` // civil date
	// Language is in which language the person was told, for [Informed].
	Language string `json:"language,omitempty"`
	// Before says that it was so before the person came to us: then nobody here has told them first.
	Before bool           `json:"before,omitempty"`
	Until  string         `json:"until,omitempty"` // of time to decide, "" for no end
	Words  private.Text   `json:"words,omitzero"`
	By     auth.AccountID `json:"by,omitempty"`
}

// Decide is the rule of participation: it returns the choices with one more. Whatever was decided may be
// changed. What comes first is being told, unless something was so before the person came.
func Decide(all []Choice, c Choice, today string) ([]Choice, error) {
	f := fault.New(fault.Invalid, "The decision was not written down.")
	if !slices.Contains(Stances(), c.Stance) {
		f = f.WithField("stance", "Choose what the person decided.")
	}
	if !isDay(c.On) || c.On > today {
		f = f.WithField("on", "Write the date as 2026-12-31, not after today.")
	}
	if c.Until != "" && (!isDay(c.Until) || c.Stance != Undecided) {
		f = f.WithField("until", "Only time to decide has an end; write it as 2026-12-31.")
	}
	if len(c.Words.Reveal("measure it")) > maxWords {
		f = f.WithField("words", "Use at most %d characters. Write a note for what is longer.", maxWords)
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	told := slices.ContainsFunc(all, func(c Choice) bool { return c.Stance == Informed })
	if c.Stance != Informed && !told && !c.Before {
		return nil, fault.New(fault.Conflict, "Nobody has told the person yet what they may decide.").
			WithHint("Go through the card of rights first, or note that it was so before they came.").WithField("stance", "Note first that the person was told.")
	}
	return append(slices.Clone(all), c), nil
}

// Now returns what the person decided last.
func Now(all []Choice) Stance {
	if len(all) == 0 {
		return NotAsked
	}
	return all[len(all)-1].Stance
}
