package shelter

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
)

// Word is a code with its label in English, which is the key of its translation.
type Word struct{ Code, Label string }

func known(words []Word, code string) bool {
	return slices.ContainsFunc(words, func(w Word) bool { return w.Code == code })
}

func allKnown(words []Word, codes []string) bool {
	return !slices.ContainsFunc(codes, func(c string) bool { return !known(words, c) })
}

// Label returns the label of a code in a list, or the code itself.
func Label(words []Word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return w.Label
		}
	}
	return code
}

// Genders are as people say of themselves, as far as places divide by them.
func Genders() []Word {
	return []Word{{"woman", i18n.Mark("woman")}, {"man", i18n.Mark("man")}, {"other", i18n.Mark("another gender")}}
}

// AccessNeeds are what somebody may need to get in and about.
func AccessNeeds() []Word {
	return []Word{
		{"wheelchair", i18n.Mark("room for a wheelchair")},
		{"no-stairs", i18n.Mark("no stairs")},
		{"deaf", i18n.Mark("for deaf people")},
		{"blind", i18n.Mark("for blind people")},
		{"carer", i18n.Mark("help with washing and dressing")},
		{"medicine", i18n.Mark("medicine kept and given")},
		{"learning", i18n.Mark("help with understanding and planning")},
	}
}

// SubstanceRules are what a place says about alcohol and drugs.
func SubstanceRules() []Word {
	return []Word{
		{"any", i18n.Mark("nobody asks about alcohol or drugs")},
		{"not-here", i18n.Mark("no alcohol or drugs in the house")},
		{"abstinent", i18n.Mark("only for people who use none")},
	}
}

// Features are what somebody may wish for.
func Features() []Word {
	return []Word{
		{"own-room", i18n.Mark("a room of one’s own")},
		{"own-bath", i18n.Mark("a bathroom of one’s own")},
		{"own-kitchen", i18n.Mark("cooking for oneself")},
		{"prayer", i18n.Mark("a place to pray")},
		{"garden", i18n.Mark("a garden")},
		{"staff-at-night", i18n.Mark("somebody awake at night")},
		{"women-staff", i18n.Mark("only women work there")},
		{"school", i18n.Mark("a school nearby")},
	}
}

// StatusRules are what papers a service asks for. They are shown to whoever asks and judged by nobody here.
func StatusRules() []Word {
	return []Word{
		{"identified", i18n.Mark("only people identified as victims by the state")},
		{"residence", i18n.Mark("only people with a right to stay")},
		{"nationality", i18n.Mark("only people of certain nationalities")},
		{"papers", i18n.Mark("an identity document")},
	}
}

// Askers are who may ask for a place.
func Askers() []Word {
	return []Word{
		{"person", i18n.Mark("the person")},
		{"organisation", i18n.Mark("an organisation that helps")},
		{"police", i18n.Mark("police")},
		{"helpline", i18n.Mark("a helpline")},
		{"authority", i18n.Mark("a public authority")},
		{"health", i18n.Mark("a clinic or doctor")},
	}
}

// IntakeHours are when somebody can come.
func IntakeHours() []Word {
	return []Word{
		{"any-time", i18n.Mark("day and night")},
		{"working-days", i18n.Mark("on working days")},
		{"evenings", i18n.Mark("in the evening")},
		{"weekends", i18n.Mark("at the weekend")},
	}
}

// Reasons are why a place cannot take somebody, or what must be asked first.
func Reasons() []Word {
	return []Word{
		{"closed", i18n.Mark("takes nobody at present")},
		{"refused", i18n.Mark("the person said no to it")},
		{"full", i18n.Mark("has no free room of that size")},
		{"too-near", i18n.Mark("is too near to an area to keep away from")},
		{"access", i18n.Mark("does not have what the person needs to get about")},
		{"language", i18n.Mark("nobody there speaks a language of the person")},
		{"pets", i18n.Mark("takes no animals")},
		{"pregnant", i18n.Mark("cannot take somebody who is pregnant")},
		{"substance", i18n.Mark("takes only people who use no alcohol or drugs")},
		{"gender", i18n.Mark("takes people of another gender")},
		{"age", i18n.Mark("takes people of another age")},
		{"child-alone", i18n.Mark("takes no child without an adult of their own, and the person may be a child")},
		{"children", i18n.Mark("takes no children")},
		{"children-age", i18n.Mark("takes no children of that age")},
		{"ask-gender", i18n.Mark("takes some genders only: ask the person, or the place")},
		{"ask-age", i18n.Mark("takes some ages only: the age of the person is not known well enough")},
		{"ask-children", i18n.Mark("takes some children only: say how old the children are")},
	}
}
