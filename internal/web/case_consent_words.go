package web

import (
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// consentWord is a code of the room with its label, for a form.
type consentWord struct{ Code, Label string }

func consentWords(p *i18n.Printer, list []consent.Word) []consentWord {
	all := make([]consentWord, len(list))
	for i, w := range list {
		all[i] = consentWord{w.Code, p.T(w.Label)}
	}
	return all
}

// consentLabel is the label of a code, or the code.
func consentLabel(p *i18n.Printer, list []consent.Word, code string) string {
	if label := consent.LabelOf(list, code); label != "" {
		return p.T(label)
	}
	return code
}

func consentLabels(p *i18n.Printer, list []consent.Word, codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = consentLabel(p, list, c)
	}
	return p.List(words)
}

// recipients names recipients by their codes: parties of agreements by the name that stands there.
type recipients struct {
	*i18n.Printer
	parties map[string]string
}

// name is how a recipient is called; given is the name on the sheet, if there is one.
func (n recipients) name(code, given string) string {
	kind := consentLabel(n.Printer, consent.Recipients(), consent.KindOf(code))
	switch {
	case n.parties[code] != "":
		return n.parties[code]
	case consent.KindOf(code) == "":
		return n.T("a partner organisation")
	case given != "":
		return n.T("%s (%s)", given, kind)
	default:
		return kind
	}
}

// consentState is where a sheet stands, in words and as a chip looks. A no looks like any other word.
func consentState(p *i18n.Printer, s consent.State) (text, look string) {
	switch s {
	case consent.Given:
		return p.T("agreed"), "good"
	case consent.Refused:
		return p.T("said no"), ""
	case consent.Draft:
		return p.T("not asked yet"), ""
	case consent.Expired:
		return p.T("run out"), ""
	case consent.Withdrawn:
		return p.T("taken back"), ""
	default:
		return p.T("another sheet took its place"), ""
	}
}

// consentWhy says in words why something does not hold.
func consentWhy(p *i18n.Printer, r consent.Reason) string {
	if text, ok := consentWhys[r]; ok {
		return p.T(text)
	}
	return string(r)
}

var consentWhys = map[consent.Reason]string{
	consent.ReasonNone:                 i18n.Mark("The person has not been asked."),
	consent.ReasonPerson:               i18n.Mark("It is about somebody else."),
	consent.ReasonKind:                 i18n.Mark("The person agreed to something else."),
	consent.ReasonRecipient:            i18n.Mark("The person did not agree to this recipient."),
	consent.ReasonClass:                i18n.Mark("The person did not agree to telling this."),
	consent.ReasonPurpose:              i18n.Mark("The person did not agree to this purpose."),
	consent.ReasonDraft:                i18n.Mark("The person has not decided."),
	consent.ReasonRefused:              i18n.Mark("The person said no."),
	consent.ReasonWithdrawn:            i18n.Mark("The person took it back."),
	consent.ReasonSuperseded:           i18n.Mark("Something else was agreed in its place."),
	consent.ReasonNotYet:               i18n.Mark("It does not hold yet."),
	consent.ReasonExpired:              i18n.Mark("Its time is over."),
	consent.ReasonUnlimited:            i18n.Mark("It has no end, or one that is too far away."),
	consent.ReasonUnwritten:            i18n.Mark("Your organisation needs it in writing, signed or marked."),
	consent.ReasonLaterNo:              i18n.Mark("The person has said no since."),
	consent.ReasonExploiter:            i18n.Mark("Somebody was there who is said to have exploited the person. Ask again, alone."),
	consent.ReasonExploiterUnknown:     i18n.Mark("Nobody wrote down whether somebody was there of whom the person may be afraid."),
	consent.ReasonInterpreter:          i18n.Mark("The interpreter has a conflict of interest. Ask again with another."),
	consent.ReasonInterpreterUnchecked: i18n.Mark("Nobody has checked the interpreter for this person."),
	consent.ReasonGuardian:             i18n.Mark("The guardian has a conflict of interest."),
	consent.ReasonGuardianUnchecked:    i18n.Mark("The guardian may not decide this, or nobody has checked."),
	consent.ReasonChildObjected:        i18n.Mark("The child does not want it."),
	consent.ReasonChildNotAsked:        i18n.Mark("The child was not asked."),
	consent.ReasonChildAlone:           i18n.Mark("The person is a child, or their age is not settled: an adult’s word alone is not enough here."),
	consent.ReasonDecider:              i18n.Mark("Nobody wrote down who decided."),
	consent.ReasonNotExplained:         i18n.Mark("Not everything was explained in a language that the person understands well."),
	consent.ReasonNotUnderstood:        i18n.Mark("The person did not say it back in their own words."),
	consent.ReasonNotRecorded:          i18n.Mark("Nobody wrote down how the person said it."),
	consent.ReasonGround:               i18n.Mark("There is no ground for it."),
	consent.ReasonSecond:               i18n.Mark("The second person has not agreed."),
	consent.ReasonDeclined:             i18n.Mark("It was turned down."),
	consent.ReasonAuthentic:            i18n.Mark("Nobody knows whether the demand is real."),
	consent.ReasonPrivileged:           i18n.Mark("The law protects this from demands."),
	consent.ReasonObjection:            i18n.Mark("There is an objection, or still time for one."),
}

func consentWhyAll(p *i18n.Printer, list []consent.Reason) (out []string) {
	for _, r := range list {
		out = append(out, consentWhy(p, r))
	}
	return out
}

// elementText is what has to be said for an element, in the plain words of the talk.
func elementText(p *i18n.Printer, e consent.Element) string {
	switch e {
	case consent.OfLimits:
		return p.T("There are things we cannot keep to ourselves: danger to a life, and what the law makes us report.")
	case consent.OfService:
		return p.T("We help you whatever you answer. You can say no.")
	case consent.OfPurpose:
		return p.T("Why we ask, and what it is for.")
	case consent.OfData:
		return p.T("Which information it is.")
	case consent.OfRecipients:
		return p.T("Who would get it, and whether they would tell anybody else.")
	case consent.OfRisks:
		return p.T("What could go wrong.")
	case consent.OfTime:
		return p.T("Until when it holds.")
	default:
		return p.T("You can change your mind at any time, see what we keep and have it corrected.")
	}
}

func deciderWords(p *i18n.Printer) []consentWord {
	return []consentWord{
		{string(consent.NobodyYet), p.T("not asked")},
		{string(consent.Herself), p.T("the person, an adult")},
		{string(consent.ByChild), p.T("a child whom the law lets decide this, and who understood it")},
		{string(consent.ByOther), p.T("a guardian, for a child or somebody who cannot decide now")},
	}
}

func assentWords(p *i18n.Printer) []consentWord {
	return []consentWord{
		{string(consent.NotAsked), p.T("not asked")},
		{string(consent.Agreed), p.T("agrees")},
		{string(consent.Objected), p.T("does not want it")},
		{string(consent.TooYoung), p.T("too young to be asked")},
	}
}

func methodWords(p *i18n.Printer) []consentWord {
	return []consentWord{
		{"", p.T("not asked")},
		{string(consent.Signed), p.T("signed")},
		{string(consent.Marked), p.T("a thumb print or mark, before a witness")},
		{string(consent.Spoken), p.T("said, before a witness")},
		{string(consent.Remote), p.T("by telephone or video")},
	}
}

func yesNoWords(p *i18n.Printer) []consentWord {
	return []consentWord{{"", p.T("not known")}, {string(consent.Yes), p.T("yes")}, {string(consent.No), p.T("no")}}
}

// recallText says whether something can be taken back, and why not.
func recallText(p *i18n.Printer, t consent.Term) string {
	text := p.T("It is not known whether they give it back.")
	switch t.Recall {
	case consent.RecallYes:
		return p.T("It can be taken back.")
	case consent.RecallPartly:
		text = p.T("It can be taken back in part.")
	case consent.RecallNo:
		text = p.T("What they have cannot be taken back.")
	}
	if t.Why != "" {
		text += " " + consentLabel(p, consent.RecallReasons(), t.Why)
	}
	return text
}

// feedsText says whether a recipient passes on to immigration enforcement. What is not known is "may".
func feedsText(p *i18n.Printer, f consent.Feeding) string {
	switch f {
	case consent.FeedsNo:
		return p.T("They do not tell the immigration authority.")
	case consent.FeedsYes:
		return p.T("They tell the immigration authority.")
	default:
		return p.T("They may tell the immigration authority.")
	}
}

// basisText names a ground of law.
func basisText(p *i18n.Printer, g consent.Ground) string {
	switch g {
	case consent.Duty:
		return p.T("A duty to report")
	case consent.Emergency:
		return p.T("Danger to life")
	case consent.Discretion:
		return p.T("A decision of two people")
	default:
		return p.T("A demand of a court or an authority")
	}
}

// stepText says where a ground stands.
func stepText(p *i18n.Printer, b consent.BasisLine) string {
	switch {
	case b.Ground == consent.Emergency && b.Step == consent.Live:
		return p.T("told, waits for its review")
	case b.Ground == consent.Emergency && b.Step == consent.Done:
		return p.T("told, reviewed and found right")
	case b.Ground == consent.Emergency:
		return p.T("reviewed and found wrong")
	case b.Ground == consent.Discretion && b.Step == consent.Open:
		return p.T("waits for the second person")
	case b.Ground == consent.Discretion && b.Step == consent.Live:
		return p.T("agreed by two, told")
	case b.Ground == consent.Duty && b.Step == consent.Open:
		return p.T("not reported yet")
	case b.Ground == consent.Duty && b.Step == consent.Done && b.WaitsFor:
		return p.T("told, waits for its review")
	case b.Ground == consent.Duty && b.Step == consent.Done:
		return p.T("reported")
	case b.Ground == consent.Duty && b.Second != "":
		return p.T("reviewed and found wrong")
	case b.Ground == consent.Duty:
		return p.T("noted by mistake")
	case b.Ground == consent.Demand && b.WaitsFor:
		return p.T("waits for the second person")
	case b.Step == consent.Open:
		return p.T("being looked at")
	case b.Step == consent.Done:
		return p.T("answered with the least")
	default:
		return p.T("turned down")
	}
}

func toldWords(p *i18n.Printer) []consentWord {
	return []consentWord{
		{string(consent.NotSaid), p.T("not said yet")},
		{string(consent.ToldFirst), p.T("told before, with what we cannot keep to ourselves")},
		{string(consent.ToldLater), p.T("is told later")},
		{string(consent.NotReachable), p.T("cannot be reached now")},
		{string(consent.NotSafe), p.T("telling is not safe now")},
		{string(consent.ForbiddenTo), p.T("an order forbids telling")},
	}
}

func recallStateText(p *i18n.Printer, s consent.RecallState, why string) string {
	text := ""
	switch s {
	case consent.NoRecall:
		return ""
	case consent.Asked:
		return p.T("asked back, no answer yet")
	case consent.Honoured:
		return p.T("given back")
	case consent.PartlyGiven:
		text = p.T("given back in part.")
	case consent.KeptThere:
		text = p.T("kept there.")
	default:
		return p.T("asked back, never answered")
	}
	return strings.TrimSpace(text + " " + consentLabel(p, consent.RecallReasons(), why))
}

// labelIn is the label of a code in a list made for a form.
func labelIn(list []consentWord, code string) string {
	for _, w := range list {
		if w.Code == code {
			return w.Label
		}
	}
	return code
}
