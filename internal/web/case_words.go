package web

import (
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
)

// caseWords are the words for the codes of a case.
var caseWords = map[string]string{
	// Why a case is opened.
	"asks-for-help": i18n.Mark("The person asks for help"), "signs-seen": i18n.Mark("Somebody saw signs"),
	"referred-here": i18n.Mark("Somebody referred the person here"), "child-at-risk": i18n.Mark("A child may be in danger"),
	"returned": i18n.Mark("The person came back"), "other": i18n.Mark("Something else"),
	// How the person came.
	"self": i18n.Mark("By themselves"), "outreach": i18n.Mark("Outreach"), "police": i18n.Mark("Police"), "helpline": i18n.Mark("Helpline"),
	"health": i18n.Mark("Health service"), "labour-inspection": i18n.Mark("Labour inspection"), "referral": i18n.Mark("Another organisation"),
	// How soon.
	"now": i18n.Mark("Somebody is needed now"), "soon": i18n.Mark("Soon"), "routine": i18n.Mark("In its turn"),
	// How much care.
	casefile.Protected: i18n.Mark("Protected"), casefile.Ordinary: i18n.Mark("As most cases"),
	// Why it is closed, or opened again.
	"goals-met": i18n.Mark("What was planned is reached"), "moved": i18n.Mark("The person moved away"),
	"transferred": i18n.Mark("Another organisation goes on"), "declined": i18n.Mark("The person does not want it"),
	"lost-contact": i18n.Mark("Contact was lost"), "deceased": i18n.Mark("The person died"), "ineligible": i18n.Mark("This service cannot help"),
	"duplicate": i18n.Mark("There is another case"), "opened-in-error": i18n.Mark("Opened by mistake"),
	"person-asks": i18n.Mark("The person asks for it"), "new-signs": i18n.Mark("There are new signs"),
	"closed-in-error": i18n.Mark("Closed by mistake"), "appeal": i18n.Mark("A decision is looked at again"),
	// Links.
	string(casefile.SamePerson): i18n.Mark("The same person"), string(casefile.CoVictim): i18n.Mark("Exploited together"),
	string(casefile.Returned): i18n.Mark("Exploited again"), string(casefile.Household): i18n.Mark("The same household"),
	// Notes and who reads them.
	string(casefile.Verbatim): i18n.Mark("The person’s own words"), string(casefile.Observation): i18n.Mark("What I saw or heard"),
	string(casefile.Opinion): i18n.Mark("What I think"), string(casefile.Privileged): i18n.Mark("From counselling"),
	string(casefile.ForCase): i18n.Mark("Everybody who works on the case"), string(casefile.ForTeam): i18n.Mark("My team"),
	string(casefile.ForSelf): i18n.Mark("Only me"),
	// Kinds of task.
	"call-back": i18n.Mark("Call the person back"), "meet": i18n.Mark("Meet the person"), "ask-consent": i18n.Mark("Ask for consent"),
	"shelter.missing": i18n.Mark("While the person cannot be found"),
	"write-to":        i18n.Mark("Write to somebody"), "look-again": i18n.Mark("Look again"), "do": i18n.Mark("Something to do"),
}

// caseLists are the names of the lists of cases.
var caseLists = map[casefile.Whose]string{
	casefile.Mine: i18n.Mark("My cases"), casefile.Team: i18n.Mark("Cases of my team"), casefile.Nobodys: i18n.Mark("Nobody works on them"),
	casefile.Every: i18n.Mark("All cases"), casefile.Held: i18n.Mark("Kept back"),
}

// caseWord gives the words for a code; one without words is shown as it is.
func caseWord(p *i18n.Printer, code string) string {
	if words, ok := caseWords[code]; ok {
		return p.T(words)
	}
	if words, ok := supportTasks[code]; ok {
		return p.T(words)
	}
	if words, ok := ownTasks[code]; ok {
		return p.T(words)
	}
	if label := consent.LabelOf(consent.Tasks(), code); label != "" {
		return p.T(label)
	}
	if label := person.TaskLabel(code); label != "" {
		return p.T(label)
	}
	for _, w := range identification.TaskWords() {
		if w.Code == code {
			return p.T(w.Text)
		}
	}
	return code
}

// taskKinds are the kinds of task that people choose; rooms make others.
func taskKinds() []string {
	return []string{"do", "call-back", "meet", "ask-consent", "write-to", "look-again"}
}

// recordState says how a record is kept.
func recordState(p *i18n.Printer, s casefile.State) string {
	switch s {
	case casefile.Active:
		return p.T("In use")
	case casefile.Restricted:
		return p.T("Restricted: kept and not used")
	case casefile.Sealed:
		return p.T("Sealed under a legal hold")
	case casefile.Pseudonym:
		return p.T("Without names")
	default:
		return p.T("Erased")
	}
}

// caseChoices lists codes for a form.
func caseChoices(p *i18n.Printer, codes []string, chosen string) []breachChoice {
	all := make([]breachChoice, len(codes))
	for i, c := range codes {
		all[i] = breachChoice{c, caseWord(p, c), c == chosen}
	}
	return all
}

// codesOf are the codes of a list of named strings.
func codesOf[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, c := range list {
		all[i] = string(c)
	}
	return all
}
