package referral

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// Word is a code of the forms with its English label, the key of its translations.
type Word struct{ Code, Label string }

// Label returns the label of a code in a list, or the code itself.
func Label(words []Word, code string) string {
	if i := index(words, code); i >= 0 {
		return words[i].Label
	}
	return code
}

func index(words []Word, code string) int {
	return slices.IndexFunc(words, func(w Word) bool { return w.Code == code })
}

// allKnown reports whether every code stands in a list, none twice.
func allKnown(words []Word, codes []string) bool {
	for i, c := range codes {
		if index(words, c) < 0 || slices.Contains(codes[:i], c) {
			return false
		}
	}
	return true
}

// Needs are the kinds of help that can be asked for: the domains of the menu of support.
func Needs() (list []Word) {
	for _, g := range support.Menu() {
		list = append(list, Word{g.Code, g.Label})
	}
	return list
}

// Urgencies are how soon somebody is needed, the soonest first.
func Urgencies() []Word {
	return []Word{
		{"today", i18n.Mark("today")},
		{"days", i18n.Mark("within days")},
		{"weeks", i18n.Mark("within weeks")},
	}
}

// AgeGroups are as exact as a blind need gets. "" is not known: the receiver keeps the safeguards of a child.
func AgeGroups() []Word {
	return []Word{
		{"0-11", i18n.Mark("under 12")},
		{"12-15", i18n.Mark("12 to 15")},
		{"16-17", i18n.Mark("16 or 17")},
		{"18-24", i18n.Mark("18 to 24")},
		{"25-39", i18n.Mark("25 to 39")},
		{"40-59", i18n.Mark("40 to 59")},
		{"60", i18n.Mark("60 or older")},
	}
}

// grown are the groups of adults.
var grown = []string{"18-24", "25-39", "40-59", "60"}

// AccessNeeds are what somebody needs to get in and be understood.
func AccessNeeds() (list []Word) {
	for _, n := range person.AccessNeeds() {
		list = append(list, Word{n.Code, n.Label})
	}
	return list
}

// SafetyNeeds are what the receiver has to see to from the first contact. None says who is a danger, or where.
func SafetyNeeds() []Word {
	return []Word{
		{"hidden-address", i18n.Mark("nobody may learn the address")},
		{"other-area", i18n.Mark("away from an area that is named after acceptance")},
		{"no-calls", i18n.Mark("no calls or messages before it is agreed how")},
		{"no-interpreter-locally", i18n.Mark("no interpreter from the same community")},
		{"watched", i18n.Mark("the person may be watched or looked for")},
		{"not-alone", i18n.Mark("should not be alone")},
	}
}

// DeclineReasons are why a referral is not accepted. There is no room for words: nothing is known of the person.
func DeclineReasons() []Word {
	return []Word{
		{"full", i18n.Mark("no room or no time at present")},
		{"not-ours", i18n.Mark("not what we do")},
		{"not-eligible", i18n.Mark("our rules do not take this person")},
		{"language", i18n.Mark("nobody speaks the language")},
		{"access", i18n.Mark("we cannot give the access that is needed")},
		{"safety", i18n.Mark("not safe here")},
		{"closer", i18n.Mark("somebody else is nearer")},
	}
}

// RecallReasons are why the sender takes something back. The last three are the program's.
func RecallReasons() []Word {
	return []Word{
		{"elsewhere", i18n.Mark("help was found elsewhere")},
		{"mind", i18n.Mark("the person wants it no more")},
		{"mistake", i18n.Mark("it went to the wrong place")},
		{"no-answer", i18n.Mark("it takes too long")},
		{"ground", i18n.Mark("the person took back what they had agreed to")},
		{"late", i18n.Mark("nobody answered in time")},
		{"erased", i18n.Mark("the file was erased where it came from")},
	}
}

// chosenRecalls are the reasons that a person can choose.
const chosenRecalls = 4

// Outcomes are what came of it.
func Outcomes() []Word {
	return []Word{
		{"helped", i18n.Mark("the need was met")},
		{"partly", i18n.Mark("the need was met in part")},
		{"goes-on", i18n.Mark("help goes on here")},
		{"passed-on", i18n.Mark("somebody else helps now")},
		{"person-ended", i18n.Mark("the person ended it")},
		{"lost-contact", i18n.Mark("contact was lost")},
		{"not-possible", i18n.Mark("help was not possible after all")},
	}
}

// The classes of what may leave. Blind is that of the blind need; the others wait for acceptance.
const blindClass = "referral"

// BlindFields are what can leave before anybody has accepted.
func BlindFields() []Word {
	return []Word{
		{"referral.service", i18n.Mark("service")},
		{"referral.age-group", i18n.Mark("age group")},
		{"referral.language", i18n.Mark("language")},
		{"referral.dependants", i18n.Mark("who comes along")},
		{"referral.access", i18n.Mark("access needs")},
		{"referral.safety", i18n.Mark("what safety needs")},
	}
}

// LaterFields are what can leave after acceptance, and not before.
func LaterFields() []Word {
	return []Word{
		{"identity.name", i18n.Mark("name")},
		{"identity.birth-year", i18n.Mark("year of birth")},
		{"identity.citizenship", i18n.Mark("citizenship")},
		{"contact.channel", i18n.Mark("safe way to make contact")},
		{"contact.hours", i18n.Mark("safe hours")},
		{"contact.language", i18n.Mark("language")},
		{"need.support", i18n.Mark("kinds of support")},
		{"need.interpreter", i18n.Mark("interpreter")},
		{"need.health", i18n.Mark("health needs")},
		{"risk.level", i18n.Mark("how grave the danger is")},
		{"risk.kind", i18n.Mark("kind of danger")},
		{"decision.outcome", i18n.Mark("outcome")},
		{"decision.date", i18n.Mark("date of the decision")},
	}
}

var stateWords = []Word{
	{"draft", i18n.Mark("draft")},
	{"authorised", i18n.Mark("may be sent")},
	{"sent", i18n.Mark("waits for an answer")},
	{"accepted", i18n.Mark("accepted; who it is has not left yet")},
	{"declined", i18n.Mark("declined")},
	{"expired", i18n.Mark("nobody answered in time")},
	{"released", i18n.Mark("accepted; they know who it is")},
	{"started", i18n.Mark("help has begun")},
	{"reported", i18n.Mark("what came of it was reported")},
	{"no-show", i18n.Mark("the person did not come")},
	{"stopped", i18n.Mark("stopped")},
	{"recalled", i18n.Mark("recalled")},
	{"closed", i18n.Mark("closed")},
	{"taken-over", i18n.Mark("the case was taken over")},
}

// Backs are what became of asking a copy back.
func Backs() []Word {
	return []Word{
		{string(AskedBack), i18n.Mark("asked back; nobody can see the copy until it is answered")},
		{string(Destroyed), i18n.Mark("the copy is destroyed")},
		{string(Partly), i18n.Mark("part of the copy stays, on a ground of law")},
		{string(Kept), i18n.Mark("the copy stays, on a ground of law")},
	}
}
