package person

import (
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Method is how an age was assessed.
type Method string

// The methods.
const (
	Papers     Method = "papers"     // search for documents
	Interview  Method = "interview"  // by people trained for it
	Holistic   Method = "holistic"   // several disciplines together
	Medical    Method = "medical"    // bones, teeth
	Appearance Method = "appearance" // by looking; settles nothing
)

// Methods returns the methods, in the order of the constants.
func Methods() []Method { return []Method{Papers, Interview, Holistic, Medical, Appearance} }

// Label says a method in English; it is the key of its translation.
func (m Method) Label() string {
	switch m {
	case Papers:
		return i18n.Mark("looking for papers")
	case Interview:
		return i18n.Mark("interview by people trained for it")
	case Holistic:
		return i18n.Mark("several disciplines together")
	case Medical:
		return i18n.Mark("medical (bones, teeth)")
	case Appearance:
		return i18n.Mark("appearance and demeanour only")
	}
	return string(m)
}

// Agreement is somebody's answer to a proposed assessment. The zero value is that nobody asked.
type Agreement string

// The agreements.
const (
	NotAsked  Agreement = ""
	Agreed    Agreement = "agreed"
	Refused   Agreement = "refused"
	NotNeeded Agreement = "not-needed" // for the guardian of somebody who has none and needs none
)

// Stage is how far an assessment has come.
type Stage string

// The stages.
const (
	Proposed   Stage = "proposed"
	Declined   Stage = "declined"  // the person or the guardian refused; that is no evidence of anything
	Concluded  Stage = "concluded" // there is an outcome, and time to contest it
	Contested  Stage = "contested"
	Upheld     Stage = "upheld" // the outcome stands after it was contested
	Overturned Stage = "overturned"
	Stopped    Stage = "stopped"
)

// Label says a stage in English; it is the key of its translation.
func (s Stage) Label() string {
	switch s {
	case Proposed:
		return i18n.Mark("proposed")
	case Declined:
		return i18n.Mark("declined; this says nothing about the age")
	case Concluded:
		return i18n.Mark("concluded")
	case Contested:
		return i18n.Mark("contested")
	case Upheld:
		return i18n.Mark("contested and upheld")
	case Overturned:
		return i18n.Mark("contested and overturned")
	case Stopped:
		return i18n.Mark("stopped")
	}
	return string(s)
}

// next are the stages that may follow each.
var next = map[Stage][]Stage{
	Proposed:  {Declined, Concluded, Stopped},
	Concluded: {Contested},
	Contested: {Upheld, Overturned},
}

// MayBecome reports whether a stage may follow another.
func (s Stage) MayBecome(to Stage) bool { return slices.Contains(next[s], to) }

// Assessment is an attempt to find out how old somebody is.
type Assessment struct {
	hidden

	Stage  Stage  `json:"stage"`
	Method Method `json:"method"`
	// Why is the doubt that made it necessary, in words.
	Why string `json:"why,omitempty"`
	// Person and Guardian say whether they agreed, after it was explained in a language they understand.
	Person   Agreement `json:"person,omitempty"`
	Guardian Agreement `json:"guardian,omitempty"`
	Language string    `json:"language,omitempty"`
	// From and To are between which days the person was born by the outcome, before the margin.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// MarginMonths is the margin of error that the method itself names. It always works for the person.
	MarginMonths int    `json:"margin_months,omitempty"`
	ConcludedOn  string `json:"concluded_on,omitempty"`
	// ContestUntil is the last day on which the outcome may be contested; "" when nobody said: then it always may be.
	ContestUntil string `json:"contest_until,omitempty"`
	Reasons      string `json:"reasons,omitempty"` // of the outcome, in words
}

// Open reports whether the age is in doubt on a day because of this assessment: it was proposed and goes on, or
// its outcome is contested or may still be.
func (a Assessment) Open(on string) bool {
	switch a.Stage {
	case Proposed, Contested:
		return true
	case Concluded:
		return a.ContestUntil == "" || on <= a.ContestUntil
	case Declined, Upheld, Overturned, Stopped:
	}
	return false
}

func (a Assessment) ground() Ground {
	if a.Stage == Proposed {
		return Pending
	}
	return Challenged
}

// Settles reports whether the outcome decides the matter on a day, against what else was said: it was concluded by
// more than looking, the person agreed to it, and a guardian did or was not needed, the margin of a medical method is
// named, and it was upheld or can be contested no more. Anything else is one statement among others.
func (a Assessment) Settles(on string) bool {
	over := a.Stage == Upheld || a.Stage == Concluded && !a.Open(on)
	agreed := a.Person == Agreed && (a.Guardian == Agreed || a.Guardian == NotNeeded)
	sound := a.Method == Papers || a.Method == Interview || a.Method == Holistic || a.Method == Medical && a.MarginMonths > 0
	return over && agreed && sound && !civil(a.To).IsZero()
}

// span is the outcome with its margin on both sides: the benefit of the doubt.
func (a Assessment) span() span { return span{civil(a.From), civil(a.To)}.widen(a.MarginMonths) }

// maxMargin bounds the margin, in months.
const maxMargin = 120

// check refuses what cannot be an assessment.
func (a Assessment) check(today string) error {
	f := fault.New(fault.Invalid, "The age assessment was not kept.")
	if !slices.Contains(Methods(), a.Method) {
		f = f.WithField("method", "Choose how the age is assessed.")
	}
	for _, g := range []Agreement{a.Person, a.Guardian} {
		if !slices.Contains([]Agreement{NotAsked, Agreed, Refused, NotNeeded}, g) {
			f = f.WithField("agreement", "Choose whether they agreed.")
		}
	}
	if a.Person == NotNeeded {
		f = f.WithField("agreement", "The person is always asked.")
	}
	if a.MarginMonths < 0 || a.MarginMonths > maxMargin {
		f = f.WithField("margin", "Give the margin in months, at most %d.", maxMargin)
	}
	if a.Stage == Concluded || a.Stage == Contested || a.Stage == Upheld || a.Stage == Overturned {
		f = a.checkOutcome(f, today)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (a Assessment) checkOutcome(f *fault.Error, today string) *fault.Error {
	if a.Person != Agreed || a.Guardian == Refused {
		f = f.WithField("agreement", "Without the person’s agreement, and that of a guardian who was asked, no age is assessed.")
	}
	f = Birth{From: a.From, To: a.To, Basis: ByAssessment}.check(f, today)
	if a.Method == Medical && a.MarginMonths == 0 {
		f = f.WithField("margin", "A medical method has a margin of error. Give it in months.")
	}
	for _, d := range []string{a.ConcludedOn, a.ContestUntil} {
		if _, err := time.Parse(time.DateOnly, d); d != "" && err != nil {
			f = f.WithField("concluded", "Give a date.")
		}
	}
	if a.ConcludedOn == "" || a.ConcludedOn > today {
		f = f.WithField("concluded", "Give the day on which it was concluded.")
	}
	return f
}
