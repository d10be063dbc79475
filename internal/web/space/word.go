package space

import (
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/consent"
	room "github.com/fourfold/fourfold/internal/protection/space"
)

// The words of this page are its own: those of the staff's pages name what nobody should read over a
// shoulder.

// whys are the words for purposes.
var whys = map[string]string{
	"support": i18n.Mark("to help you"), "keep-file": i18n.Mark("to keep it up to date"), "identification": i18n.Mark("for a decision about you"),
	"justice": i18n.Mark("about your rights"), "reach-place": i18n.Mark("to find you a place"), "find-place": i18n.Mark("to find you a place"),
	"find-case": i18n.Mark("in a list of their work"), "feedback": i18n.Mark("to read what you said"), "referral": i18n.Mark("to find others who help"),
	"safety": i18n.Mark("to keep you safe"), "review": i18n.Mark("to check how the work is done"), "copy-for-the-person": i18n.Mark("to give you a copy"),
}

// lookWord says what somebody did, and why.
func lookWord(p *i18n.Printer, l room.Look) string {
	switch l.Kind {
	case audit.Search:
		return p.T("looked you up by name")
	case audit.Print:
		return p.T("printed something")
	case audit.Export:
		return p.T("made a copy")
	case audit.BreakGlass:
		return p.T("looked in an emergency")
	case audit.Login:
		return p.T("opened this page")
	}
	why := whys[l.Purpose]
	if why == "" {
		why = i18n.Mark("for another reason: you can ask")
	}
	return p.T("looked at it %s", p.T(why))
}

// kindWord says what was asked.
func kindWord(p *i18n.Printer, k consent.Kind) string {
	switch k {
	case consent.Service:
		return p.T("That we help you")
	case consent.Processing:
		return p.T("That we keep notes and use them")
	case consent.Sharing:
		return p.T("That we tell somebody")
	case consent.Identification:
		return p.T("That an office is asked to decide")
	case consent.PoliceContact:
		return p.T("That you meet officers")
	case consent.Research:
		return p.T("That it is counted, without your name")
	case consent.Photo:
		return p.T("Pictures and recordings")
	}
	return p.T("Something else")
}

func stateWord(p *i18n.Printer, s consent.State) string {
	switch s {
	case consent.Given:
		return p.T("You said yes")
	case consent.Refused:
		return p.T("You said no")
	case consent.Withdrawn:
		return p.T("You took it back")
	case consent.Expired:
		return p.T("Its time is over")
	case consent.Draft, consent.Superseded:
	}
	return p.T("Not decided")
}

// recipientWord says who is told. A name of theirs is never shown: it may be that of a house, or of an office.
func recipientWord(p *i18n.Printer, code string) string {
	switch consent.KindOf(code) {
	case "us":
		return p.T("those who help you here")
	case "police":
		return p.T("officers")
	case "competent-authority", "immigration":
		return p.T("an office")
	case "court", "defence":
		return p.T("a court, or those who speak there")
	case "lawyer":
		return p.T("your lawyer")
	case "health":
		return p.T("a doctor, clinic or hospital")
	case "child-protection", "social-services":
		return p.T("social services")
	case "school":
		return p.T("a school")
	case "embassy":
		return p.T("an embassy or consulate")
	case "family":
		return p.T("family")
	}
	return p.T("another organisation")
}

func recallWord(p *i18n.Printer, s consent.RecallState) string {
	switch s {
	case consent.Asked:
		return p.T("We asked for it back.")
	case consent.Honoured:
		return p.T("They have destroyed it.")
	case consent.PartlyGiven:
		return p.T("They have destroyed a part of it.")
	case consent.KeptThere, consent.NotAnswered:
		return p.T("They keep it. You can ask us why.")
	case consent.NoRecall:
	}
	return ""
}

func sayWord(p *i18n.Printer, k room.Kind) string {
	switch k {
	case room.Correct:
		return p.T("Something should say something else")
	case room.Object:
		return p.T("Something should not be kept or used")
	case room.Question:
		return p.T("A question")
	case room.Copy:
		return p.T("A copy for me")
	case room.Call:
		return p.T("Please call me")
	case room.Feedback:
		return p.T("How it goes")
	case room.Date:
	}
	return p.T("Something else")
}
