package person

import (
	"regexp"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vocab"
)

// Level is how well somebody speaks, or reads and writes, a language. "" is not asked.
type Level string

// The levels.
const (
	None   Level = "none"
	Little Level = "little"
	Fair   Level = "fair"
	Fluent Level = "fluent"
	Native Level = "native"
)

// Levels returns the levels, from the least.
func Levels() []Level { return []Level{None, Little, Fair, Fluent, Native} }

// Label says a level in English; it is the key of its translation.
func (l Level) Label() string {
	switch l {
	case None:
		return i18n.Mark("not at all")
	case Little:
		return i18n.Mark("a little")
	case Fair:
		return i18n.Mark("well enough")
	case Fluent:
		return i18n.Mark("fluently")
	case Native:
		return i18n.Mark("as a first language")
	}
	return string(l)
}

// Language is one that the person knows. Code is a BCP 47 tag, with the variety where it matters: Kurmanji and
// Sorani do not understand each other.
type Language struct {
	hidden

	Code    string `json:"code"`
	Speaks  Level  `json:"speaks,omitempty"`
	Reads   Level  `json:"reads,omitempty"`
	Prefers bool   `json:"prefers,omitempty"` // for what matters
}

// Languages are the languages of a person, with what they need to be understood.
type Languages struct {
	hidden

	Known record.Answer[[]Language] `json:"known,omitzero"`
	Need  record.Answer[Need]       `json:"need,omitzero"`
}

// Need is what the person wants of an interpreter.
type Need struct {
	hidden

	Languages []string `json:"languages,omitempty"` // any of them will do; none: no interpreter is needed
	Gender    Gender   `json:"gender,omitempty"`    // "" when any will do
	// NotFrom are communities from which the interpreter must not come, in the person's words.
	NotFrom []string `json:"not_from,omitempty"`
	Signs   bool     `json:"signs,omitempty"` // a sign language
}

// Gender is what somebody asked for of another: an interpreter, a worker. How a person calls their own gender is
// text, see [About].
type Gender string

// The genders that can be asked for.
const (
	Woman Gender = "woman"
	Man   Gender = "man"
)

var (
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
	referenceID  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)
)

const (
	// maxList bounds every list of this package, maxText every text of it in bytes.
	maxList, maxText = 24, 2000
)

func (l Languages) check() error {
	f := fault.New(fault.Invalid, "The languages were not kept.")
	known, _ := l.Known.Get()
	if len(known) > maxList || len(l.Need.Value.Languages) > maxList || len(l.Need.Value.NotFrom) > maxList {
		f = f.WithField("languages", "Keep at most %d of them.", maxList)
	}
	for _, k := range known {
		if !languageForm.MatchString(k.Code) {
			f = f.WithField("languages", "Give each language by its code, such as ar, kmr or zh-Hant.")
		}
		for _, v := range []Level{k.Speaks, k.Reads} {
			if v != "" && !slices.Contains(Levels(), v) {
				f = f.WithField("languages", "Choose how well.")
			}
		}
	}
	for _, code := range l.Need.Value.Languages {
		if !languageForm.MatchString(code) {
			f = f.WithField("need", "Give each language by its code, such as ar, kmr or zh-Hant.")
		}
	}
	if g := l.Need.Value.Gender; g != "" && g != Woman && g != Man {
		f = f.WithField("need", "Choose a gender, or any.")
	}
	return orNil(f)
}

// orNil is the fault when a field is at fault.
func orNil(f *fault.Error) error {
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Citizenship is one of those a person has, or may have.
type Citizenship struct {
	hidden

	Area  string `json:"area"` // a code of package vocab
	Basis Basis  `json:"basis,omitempty"`
}

// Statelessness is a question of its own. It is never read from a citizenship that is not there: somebody without
// papers has a citizenship, and somebody with a passport may be stateless.
type Statelessness string

// What is known of it.
const (
	Recognised   Statelessness = "recognised"
	Claimed      Statelessness = "claimed"
	AtRisk       Statelessness = "at-risk"
	NotStateless Statelessness = "no"
)

// Statelessnesses returns what may be known of it, in the order of the constants.
func Statelessnesses() []Statelessness {
	return []Statelessness{Recognised, Claimed, AtRisk, NotStateless}
}

// Label says it in English; it is the key of its translation.
func (s Statelessness) Label() string {
	switch s {
	case Recognised:
		return i18n.Mark("recognised as stateless")
	case Claimed:
		return i18n.Mark("says that no state counts them as its own")
	case AtRisk:
		return i18n.Mark("may become stateless")
	case NotStateless:
		return i18n.Mark("not stateless")
	}
	return string(s)
}

// Citizenships are those of a person, any number, and whether they are stateless.
type Citizenships struct {
	hidden

	List      record.Answer[[]Citizenship] `json:"list,omitzero"`
	Stateless record.Answer[Statelessness] `json:"stateless,omitzero"`
}

func (c Citizenships) check() error {
	f := fault.New(fault.Invalid, "The citizenships were not kept.")
	list, _ := c.List.Get()
	if len(list) > maxList {
		f = f.WithField("citizenships", "Keep at most %d of them.", maxList)
	}
	for _, one := range list {
		code, ok := vocab.Get(vocab.Area, one.Area)
		if !ok || code.Kind == vocab.Region || code.Kind == vocab.Group {
			f = f.WithField("citizenships", "Choose a state.")
		}
	}
	if s, ok := c.Stateless.Get(); ok && !slices.Contains(Statelessnesses(), s) {
		f = f.WithField("stateless", "Choose an answer.")
	}
	return orNil(f)
}

// About is what the person says of themselves, in their words.
type About struct {
	hidden

	Gender   record.Answer[string] `json:"gender,omitzero"`
	Pronouns record.Answer[string] `json:"pronouns,omitzero"`
	// Access are needs of access: codes of [AccessNeeds]; AccessNote says more.
	Access     record.Answer[[]string] `json:"access,omitzero"`
	AccessNote record.Answer[string]   `json:"access_note,omitzero"`
}

// AccessNeed is something that keeps somebody out when nobody thinks of it.
type AccessNeed struct{ Code, Label string }

// AccessNeeds returns the codes with their English labels, which are keys of their translations.
func AccessNeeds() []AccessNeed {
	return []AccessNeed{
		{"step-free", i18n.Mark("no steps")},
		{"hearing", i18n.Mark("hearing: signing, loop or writing")},
		{"sight", i18n.Mark("sight: large print, screen reader, guide dog")},
		{"reading", i18n.Mark("reading: talk, pictures, read aloud")},
		{"plain", i18n.Mark("plain words, short meetings, breaks")},
		{"medicine", i18n.Mark("medicine: fridge, fixed times")},
		{"child", i18n.Mark("child beside them")},
		{"worker-woman", i18n.Mark("a woman to talk to")},
		{"worker-man", i18n.Mark("a man to talk to")},
		{"faith", i18n.Mark("food, prayer, feast days")},
		{"other", i18n.Mark("something else")},
	}
}

func (a About) check() error {
	f := fault.New(fault.Invalid, "This was not kept.")
	for _, t := range []string{a.Gender.Value, a.Pronouns.Value, a.AccessNote.Value} {
		if len(t) > maxText {
			f = f.WithField("about", "Write at most %d bytes.", maxText)
		}
	}
	codes, _ := a.Access.Get()
	for _, c := range codes {
		if !slices.ContainsFunc(AccessNeeds(), func(n AccessNeed) bool { return n.Code == c }) {
			f = f.WithField("access", "Choose from the list.")
		}
	}
	return orNil(f)
}

// Shelter says where the person stays, by the number of a protected place and never by an address. Which place
// that is, only the team of the shelter can see.
type Shelter struct {
	hidden

	Reference record.Answer[string] `json:"reference,omitzero"`
}

func (s Shelter) check() error {
	if r, ok := s.Reference.Get(); ok && !referenceID.MatchString(r) {
		return fault.New(fault.Invalid, "This was not kept.").
			WithField("reference", "Give the number of the protected place, such as P-7F3K. Never write an address here.")
	}
	return nil
}
