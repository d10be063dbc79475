package person

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/script"
)

// Interpreter is somebody who carries words between two others. They have no account here and see no case: they
// are told a place, a time and a language.
type Interpreter struct {
	ID      string
	Version int64
	// Name is a working name, which is all that anybody here calls them.
	Name   string
	Gender Gender // "" is not known
	// Languages they interpret, as BCP 47 tags; Signs: a sign language.
	Languages []string
	Signs     bool
	// Communities they belong to, in words; nil when nobody asked.
	Communities []string
	Contact     string
	// VettedOn and VettedUntil are civil dates: between them the vetting holds. EndedOn is when they left.
	VettedOn, VettedUntil, EndedOn string
}

// Vetting says whether the vetting of an interpreter holds on a civil date. Without an end it does not: vetting is
// done again and again.
func (i Interpreter) Vetting(on string) bool {
	return i.VettedOn != "" && i.VettedOn <= on && i.VettedUntil != "" && on <= i.VettedUntil
}

// Tie is what stands between an interpreter and a person. The zero value is that nobody has asked.
type Tie string

// The ties.
const (
	NotChecked Tie = ""
	Clear      Tie = "clear"
	Conflict   Tie = "conflict"
)

// TieReasons returns the codes of why there is a conflict, with their English labels.
func TieReasons() []struct{ Code, Label string } {
	return []struct{ Code, Label string }{
		{"exploiter", i18n.Mark("alleged to have exploited the person, or close to somebody who is")},
		{"relative", i18n.Mark("a relative")},
		{"known", i18n.Mark("they know each other")},
		{"paid", i18n.Mark("paid by somebody with an interest")},
		{"authority", i18n.Mark("works for an authority that the person fears")},
		{"other", i18n.Mark("something else")},
	}
}

// Engaged is what is known between one interpreter and one person.
type Engaged struct {
	Tie Tie
	// Refused: the person does not want this interpreter. No reason is asked.
	Refused bool
}

// Hindrance is why somebody does not interpret for a person.
type Hindrance string

// The hindrances.
const (
	NotVetted     Hindrance = "vetting"
	Left          Hindrance = "ended"
	RefusedBy     Hindrance = "refused"
	HasConflict   Hindrance = "conflict"
	UncheckedTie  Hindrance = "unchecked"
	OtherLanguage Hindrance = "language"
	OtherGender   Hindrance = "gender"
	SameCommunity Hindrance = "community"
)

// Label says a hindrance in English; it is the key of its translation.
func (h Hindrance) Label() string {
	switch h {
	case NotVetted:
		return i18n.Mark("not vetted, or the vetting has ended")
	case Left:
		return i18n.Mark("does not interpret for us any more")
	case RefusedBy:
		return i18n.Mark("refused by the person")
	case HasConflict:
		return i18n.Mark("a conflict of interest")
	case UncheckedTie:
		return i18n.Mark("nobody has asked whether they know the person or those around them")
	case OtherLanguage:
		return i18n.Mark("does not speak a language that the person asked for")
	case OtherGender:
		return i18n.Mark("not of the gender that the person asked for")
	case SameCommunity:
		return i18n.Mark("of a community that the person wants kept away, or nobody knows of which")
	}
	return string(h)
}

// Fit returns what keeps an interpreter from working for a person on a civil date, nothing when they may. What was
// not asked keeps them from it as a conflict would: a community that nobody knows may be the wrong one. What is said
// or agreed to through an interpreter whom Fit refuses is not valid.
func Fit(i Interpreter, n Need, e Engaged, on string) []Hindrance {
	var h []Hindrance
	add := func(when bool, what Hindrance) {
		if when {
			h = append(h, what)
		}
	}
	add(i.EndedOn != "" && i.EndedOn <= on, Left)
	add(!i.Vetting(on), NotVetted)
	add(e.Refused, RefusedBy)
	add(e.Tie == NotChecked, UncheckedTie)
	add(e.Tie != NotChecked && e.Tie != Clear, HasConflict)
	add(len(n.Languages) > 0 && !slices.ContainsFunc(n.Languages, i.speaks) || n.Signs && !i.Signs, OtherLanguage)
	add(n.Gender != "" && i.Gender != n.Gender, OtherGender)
	add(len(n.NotFrom) > 0 && (len(i.Communities) == 0 || slices.ContainsFunc(n.NotFrom, i.of)), SameCommunity)
	return h
}

// speaks reports whether the interpreter has a language: the same tag, or a narrower one of it. Somebody who asked
// for Kurmanji (kmr) is not helped by any Kurdish (ku).
func (i Interpreter) speaks(code string) bool {
	return slices.ContainsFunc(i.Languages, func(have string) bool {
		have, code := strings.ToLower(have), strings.ToLower(code)
		return have == code || strings.HasPrefix(have, code+"-")
	})
}

func (i Interpreter) of(community string) bool {
	want := script.Fold(community)
	return slices.ContainsFunc(i.Communities, func(c string) bool {
		have := script.Fold(c)
		return have == want || want != "" && have != "" && (strings.Contains(have, want) || strings.Contains(want, have))
	})
}

func (i Interpreter) check() error {
	f := fault.New(fault.Invalid, "The interpreter was not entered.")
	if i.Name == "" || len(i.Name) > 200 {
		f = f.WithField("name", "Give a working name, at most 200 bytes.")
	}
	if i.Gender != "" && i.Gender != Woman && i.Gender != Man {
		f = f.WithField("gender", "Choose a gender, or leave it open.")
	}
	if len(i.Languages) == 0 && !i.Signs || len(i.Languages) > maxList {
		f = f.WithField("languages", "Give at least one language.")
	}
	for _, code := range i.Languages {
		if !languageForm.MatchString(code) {
			f = f.WithField("languages", "Give each language by its code, such as ar, kmr or zh-Hant.")
		}
	}
	for name, d := range map[string]string{"vetted_on": i.VettedOn, "vetted_until": i.VettedUntil, "ended": i.EndedOn} {
		if d != "" && civil(d).IsZero() {
			f = f.WithField(name, "Give a date.")
		}
	}
	if i.VettedUntil != "" && i.VettedUntil < i.VettedOn {
		f = f.WithField("vetted_until", "Give the earlier date first.")
	}
	return orNil(f)
}

// Session is the record of one conversation through an interpreter.
type Session struct {
	hidden

	On       string `json:"on"` // civil date
	How      string `json:"how"`
	Language string `json:"language,omitempty"`
	Minutes  int    `json:"minutes,omitempty"`
	// Agreed: the person agreed to this interpreter beforehand. Again: they would have them again.
	Agreed Answer `json:"agreed,omitempty"`
	Again  Answer `json:"again,omitempty"`
	// Concern is what the worker noticed; Hindered is what Fit said when it was entered.
	Concern  string      `json:"concern,omitempty"`
	Hindered []Hindrance `json:"hindered,omitempty"`
}

// SessionKinds returns how a session can be held, with their English labels.
func SessionKinds() []struct{ Code, Label string } {
	return []struct{ Code, Label string }{
		{"room", i18n.Mark("in one room")},
		{"phone", i18n.Mark("by telephone")},
		{"video", i18n.Mark("by video")},
		{"text", i18n.Mark("in writing")},
	}
}

func (s Session) check(today string) error {
	f := fault.New(fault.Invalid, "The session was not entered.")
	if civil(s.On).IsZero() || s.On > today {
		f = f.WithField("on", "Give the day on which it was.")
	}
	if !slices.ContainsFunc(SessionKinds(), func(k struct{ Code, Label string }) bool { return k.Code == s.How }) {
		f = f.WithField("how", "Choose how it was held.")
	}
	if s.Language != "" && !languageForm.MatchString(s.Language) {
		f = f.WithField("language", "Give the language by its code, such as ar, kmr or zh-Hant.")
	}
	if s.Minutes < 0 || s.Minutes > 24*60 || !answer(s.Agreed) || !answer(s.Again) || len(s.Concern) > maxText {
		f = f.WithField("concern", "Write at most %d bytes, and the length in minutes.", maxText)
	}
	return orNil(f)
}
