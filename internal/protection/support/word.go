package support

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
)

// Word is a code of the forms with its English label, the key of its translations.
type Word struct{ Code, Label string }

func known(words []Word, code string) bool {
	return slices.ContainsFunc(words, func(w Word) bool { return w.Code == code })
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

// Ticks are what somebody may need at once. None has to be answered.
func Ticks() []Word {
	return []Word{
		{"safe-now", i18n.Mark("to be safe at this moment")},
		{"sleep", i18n.Mark("a place to sleep tonight")},
		{"doctor", i18n.Mark("a doctor or nurse")},
		{"medicine", i18n.Mark("medicine that must not be missed")},
		{"food", i18n.Mark("food and drink")},
		{"clothes", i18n.Mark("clothes, a wash, hygiene")},
		{"rest", i18n.Mark("rest before anything else")},
		{"interpreter", i18n.Mark("an interpreter")},
		{"children", i18n.Mark("somebody to look after children, or children elsewhere")},
		{"phone", i18n.Mark("a safe telephone")},
		{"tell", i18n.Mark("to tell somebody that they are alive")},
		{"lawyer", i18n.Mark("legal advice before a date that is near")},
		{"money", i18n.Mark("money for the next days")},
		{"access", i18n.Mark("help with seeing, hearing, moving or understanding")},
	}
}

// signs is the trigger of being exploited again.
const signs = "signs"

// Triggers are the events after which danger is looked at again.
func Triggers() []Word {
	return []Word{
		{"move", i18n.Mark("a move")},
		{signs, i18n.Mark("signs of being exploited again")},
		{"contact", i18n.Mark("contact by somebody who exploited them")},
		{"interview", i18n.Mark("an interview or a day in court")},
		{"media", i18n.Mark("something in the media")},
		{"return", i18n.Mark("a return that is planned or has happened")},
		{"eighteenth-birthday", i18n.Mark("an eighteenth birthday")},
		{"period-ends", i18n.Mark("the end of a period of protection or support")},
		{"consent-change", i18n.Mark("a consent that changed")},
		{"missing", i18n.Mark("the person could not be found")},
	}
}

// Funders are who pays for a service. "" is not recorded.
func Funders() []Word {
	return []Word{
		{"own", i18n.Mark("our own money")},
		{"state", i18n.Mark("the state")},
		{"donor", i18n.Mark("a donor")},
		{"provider", i18n.Mark("the provider, free of charge")},
		{"person", i18n.Mark("the person")},
		{"other", i18n.Mark("somebody else")},
	}
}

// UnmetReasons are why a need was not met.
func UnmetReasons() []Word {
	return []Word{
		{"none-here", i18n.Mark("there is no such service here")},
		{"full", i18n.Mark("full, or the wait is too long")},
		{"not-eligible", i18n.Mark("the service is not for people like this person")},
		{"asks-police-report", i18n.Mark("it asks for a police report or for cooperation")},
		{"papers", i18n.Mark("papers or a status are missing")},
		{"money", i18n.Mark("nobody pays for it")},
		{"language", i18n.Mark("no common language, no interpreter")},
		{"access", i18n.Mark("not accessible")},
		{"children", i18n.Mark("no place for the children")},
		{"distance", i18n.Mark("too far")},
		{"unsafe", i18n.Mark("not safe for this person")},
		{"other", i18n.Mark("something else")},
	}
}

// Outcomes are what came of a service. "" is not known yet.
func Outcomes() []Word {
	return []Word{
		{"helped", i18n.Mark("it helped, says the person")},
		{"partly", i18n.Mark("it helped in part, says the person")},
		{"not", i18n.Mark("it did not help, says the person")},
		{"not-asked", i18n.Mark("nobody has asked the person")},
		{"stopped", i18n.Mark("it stopped before its end")},
	}
}
