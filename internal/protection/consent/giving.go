package consent

import "slices"

// Giving is how a consent was given: the conditions under which a yes is one.
type Giving struct {
	Information string // version of what was explained, see [InformationVersion]
	OwnLanguage Answer // explained in a language that the person understands well
	Explained   []Element
	Understood  Answer // the person said it back in their own words
	By          Decider
	Assent      Assent // where a guardian decided for a child
	Guardian    string // id of the guardian, where one decided
	Interpreter string // id of the interpreter; "" when none was used
	// Exploiter is whether somebody was there who is said to have exploited the person, or who came with them.
	Exploiter Answer
	Method    Method
	// Adult is whether the person is known to be an adult now. Whoever is not has the safeguards of a child.
	Adult Answer
	// Standing of those who helped, as it is now and not when consent was given: a conflict that comes out
	// later takes the consent down.
	GuardianNow, InterpreterNow Standing
}

// Answer is yes, no, or not known, which is the zero value.
type Answer string

// The answers.
const (
	NotKnown Answer = ""
	Yes      Answer = "yes"
	No       Answer = "no"
)

// Decider is who decided. The zero value is nobody.
type Decider string

// Who decides.
const (
	NobodyYet Decider = ""
	Herself   Decider = "person"   // an adult, who is able to decide this now
	ByChild   Decider = "child"    // a child whom the law lets decide this, and who was found able to
	ByOther   Decider = "guardian" // a guardian, for somebody who cannot yet
)

// Assent is what a child said where a guardian decided. The zero value is that it was not asked.
type Assent string

// The answers.
const (
	NotAsked Assent = ""
	Agreed   Assent = "yes"
	Objected Assent = "no"
	TooYoung Assent = "too-young"
)

// Method is how consent was recorded.
type Method string

// The methods.
const (
	Signed Method = "signed"
	Marked Method = "mark" // thumb print or another mark, before a witness
	Spoken Method = "spoken"
	Remote Method = "remote" // by telephone or video
)

// Methods returns all methods.
func Methods() []Method { return []Method{Signed, Marked, Spoken, Remote} }

func (m Method) written() bool { return m == Signed || m == Marked }

// Standing is whether somebody who helps may, now. The zero value is that nobody has looked, which is a no.
type Standing string

// The standings.
const (
	Unchecked  Standing = ""
	Clear      Standing = "clear"
	Conflicted Standing = "conflicted"
)

// Element is one thing that has to be explained before a yes is one.
type Element string

// The elements.
const (
	OfPurpose    Element = "purpose"
	OfData       Element = "data"
	OfRecipients Element = "recipients"
	OfRisks      Element = "risks"
	OfTime       Element = "time"
	OfRights     Element = "rights"
	OfService    Element = "service" // help does not depend on it
	OfLimits     Element = "limits"  // what cannot be kept secret
)

// Elements returns all elements, in the order in which they are explained. The limits come first.
func Elements() []Element {
	return []Element{OfLimits, OfService, OfPurpose, OfData, OfRecipients, OfRisks, OfTime, OfRights}
}

// InformationVersion names the text that the forms and the printed copy explain now.
const InformationVersion = "2026-11"

// flaws returns why a yes that was given like this is none, in a fixed order.
func (g Giving) flaws() (found []Reason) {
	add := func(wrong bool, r Reason) {
		if wrong {
			found = append(found, r)
		}
	}
	add(g.Exploiter == Yes, ReasonExploiter)
	add(g.Exploiter != Yes && g.Exploiter != No, ReasonExploiterUnknown)
	add(g.Interpreter != "" && g.InterpreterNow == Conflicted, ReasonInterpreter)
	add(g.Interpreter != "" && g.InterpreterNow != Conflicted && g.InterpreterNow != Clear, ReasonInterpreterUnchecked)
	switch g.By {
	case ByChild:
	case Herself:
		add(g.Adult != Yes, ReasonChildAlone)
	case ByOther:
		add(g.GuardianNow == Conflicted && g.Guardian != "", ReasonGuardian)
		add(g.Guardian == "" || g.GuardianNow != Conflicted && g.GuardianNow != Clear, ReasonGuardianUnchecked)
		add(g.Assent == Objected, ReasonChildObjected)
		add(g.Assent != Objected && g.Assent != Agreed && g.Assent != TooYoung, ReasonChildNotAsked)
	default:
		add(true, ReasonDecider)
	}
	missing := slices.ContainsFunc(Elements(), func(e Element) bool { return !slices.Contains(g.Explained, e) })
	add(g.Information == "" || g.OwnLanguage != Yes || missing, ReasonNotExplained)
	add(g.Understood != Yes, ReasonNotUnderstood)
	add(!slices.Contains(Methods(), g.Method), ReasonNotRecorded)
	return found
}
