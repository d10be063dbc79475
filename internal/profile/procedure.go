package profile

import (
	"embed"
	"io/fs"
	"slices"
	"sync"

	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed procedure/*.json
var procedureFiles embed.FS

var embeddedProcedures = packed.Of(procedureFiles)

// Procedures returns the embedded procedures of identification with their calendars. As with
// [Base], a damaged file is a defect of the build, so it panics.
var Procedures = sync.OnceValue(func() *Shelf {
	procedures, err := fs.Sub(embeddedProcedures, "procedure")
	if err != nil {
		panic(err)
	}
	holidays, err := fs.Sub(embeddedHolidays, "holiday")
	if err != nil {
		panic(err)
	}
	calendars, err := LoadCalendars(holidays)
	if err != nil {
		panic(err)
	}
	shelf, err := LoadProcedures(procedures, Base(), calendars)
	if err != nil {
		panic(err)
	}
	return shelf
})

// Procedure is how one jurisdiction identifies people: who may refer and decide, by which steps. It
// holds no number of a law: what a step rests on is named by topic, and the dated facts of the
// [Book] say what held on a day.
type Procedure struct {
	Jurisdiction string    `json:"jurisdiction"`
	Name         string    `json:"name"`           // English msgid
	Also         []string  `json:"also,omitempty"` // other jurisdictions whose facts hold where this one has none on a topic
	Editions     []Edition `json:"editions"`       // oldest first; what lies between two is a gap
	Hash         string    `json:"-"`              // of the file, as of a [Profile]
}

// Edition is the shape of a procedure for a time.
type Edition struct {
	From         Date          `json:"from,omitempty"` // first day; "" when not known
	To           Date          `json:"to,omitempty"`   // last day; "" when it still holds
	Source       string        `json:"source"`         // English msgid: where the order of the steps is from
	Confidence   Confidence    `json:"confidence"`
	Actors       []Actor       `json:"actors"`
	Stages       []Stage       `json:"stages"`
	Moves        []Move        `json:"moves"`
	Reviews      []Review      `json:"reviews,omitempty"`
	Clocks       []Clock       `json:"clocks,omitempty"`
	Consent      ConsentRule   `json:"consent"`
	Elements     []ElementRule `json:"elements"`
	Duties       []DutyRule    `json:"duties,omitempty"`
	Entitlements []Entitlement `json:"entitlements,omitempty"`
	Suspends     []string      `json:"suspends,omitempty"` // actors who may suspend and resume; empty: nobody
}

// Actor is a kind of body in a procedure.
type Actor struct {
	ID    string `json:"id"`
	Name  string `json:"name"` // English msgid
	Topic string `json:"topic,omitempty"`
}

// Kind says what a stage means, whatever a jurisdiction calls it.
type Kind string

// The kinds of stages. What the code does depends on them and on nothing else of a stage.
const (
	Start     Kind = "start"     // nothing is recorded
	Signs     Kind = "signs"     // somebody saw signs
	Presumed  Kind = "presumed"  // a body presumes
	Refused   Kind = "refused"   // an adult does not want formal identification
	Notified  Kind = "notified"  // told without identity
	Pending   Kind = "pending"   // a decision is awaited
	Protected Kind = "protected" // protected while the last decision is awaited
	Positive  Kind = "positive"
	Negative  Kind = "negative"
	Ended     Kind = "ended" // withdrawn, disqualified, transferred, run out
)

// Kinds lists them in that order.
func Kinds() []Kind {
	return []Kind{Start, Signs, Presumed, Refused, Notified, Pending, Protected, Positive, Negative, Ended}
}

// Stage is a station of a procedure.
type Stage struct {
	ID    string `json:"id"`
	Name  string `json:"name"` // English msgid
	Kind  Kind   `json:"kind"`
	Topic string `json:"topic,omitempty"` // what the law says about it: a test, a standard of proof
}

// Move is a step from one of several stages to another.
type Move struct {
	ID   string   `json:"id"`
	Name string   `json:"name"` // English msgid, what somebody does
	From []string `json:"from"`
	To   string   `json:"to"`
	Who  []string `json:"who"` // actors
	// While names a topic: the step exists only while a fact on it holds.
	While string `json:"while,omitempty"`
	Topic string `json:"topic,omitempty"` // the test or rule it rests on
	// Ages narrows it to a "child" or an "adult" on the day; "" is anybody. Somebody whose age is
	// not known is taken as a child.
	Ages string `json:"ages,omitempty"`
	// Agreed asks that an adult agrees. It is never asked of a child.
	Agreed bool `json:"agreed,omitempty"`
	// Refusal marks leaving by the person's own no. A child cannot leave by it.
	Refusal bool `json:"refusal,omitempty"`
	// Decides is "positive" or "negative" for a decision, which needs reasons and gets a letter.
	Decides string `json:"decides,omitempty"`
	// Second names a topic: while a fact on it holds, a second person signs.
	Second string `json:"second,omitempty"`
}

// Review is a way back from a decision: reconsideration or appeal.
type Review struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"` // English msgid
	From   []string `json:"from"`
	To     string   `json:"to"`
	Who    []string `json:"who"`
	While  string   `json:"while"`            // it exists while a fact on this topic holds; the fact may name the time to ask
	Ground string   `json:"ground,omitempty"` // topic of the grounds
	Late   bool     `json:"late,omitempty"`   // after the time it can still be asked for, with a reason
}

// Clock is a time that begins with one step and ends with another.
type Clock struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`             // English msgid
	Starts []string `json:"starts"`           // moves and reviews that start it
	Ends   []string `json:"ends,omitempty"`   // moves and reviews that end it
	Topic  string   `json:"topic"`            // the fact that names the term
	Extend string   `json:"extend,omitempty"` // topic of a fact by which it can be extended once
	Ages   string   `json:"ages,omitempty"`   // as of a move
	// Age, when not 0, makes it end on the day before the person reaches this age, whatever the
	// term says.
	Age int `json:"age,omitempty"`
}

// ConsentRule says what becomes of an adult who does not agree.
type ConsentRule struct {
	Topic string `json:"topic"`
	// Refused is "nothing" (nothing is sent) or "anonymous" (a notification without identity is
	// possible, by the actors of the move that leads to a notified stage).
	Refused string `json:"refused"`
}

// ElementRule says, for one purpose of exploitation, whether means must be shown. The purpose "*" is
// every purpose that has no row of its own.
type ElementRule struct {
	Purpose string `json:"purpose"`
	Adult   string `json:"adult"` // "needed", "not-needed" or "unknown"
	Child   string `json:"child"`
	Topic   string `json:"topic"`
}

// DutyRule is a mandatory report.
type DutyRule struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`    // English msgid
	Trigger   string   `json:"trigger"` // English msgid: what starts it
	Reporters []string `json:"reporters"`
	Recipient string   `json:"recipient"` // English msgid
	To        []string `json:"to"`        // codes of kinds of recipient that it goes to
	Topic     string   `json:"topic"`     // the duty; its fact may name the time
	Ages      string   `json:"ages,omitempty"`
	// Content lists what must be told at least, by code. Without consent nothing beyond Anonymous
	// may be told of an adult.
	Content   []string `json:"content"`
	Anonymous []string `json:"anonymous,omitempty"`
}

// Entitlement is help that a funder owes from one step on.
type Entitlement struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"` // English msgid
	Starts []string `json:"starts"`
	Topic  string   `json:"topic"` // the fact that names how long
}

// Shelf is a set of procedures with the facts and calendars they rest on. It is read-only after
// loading and safe for concurrent use.
type Shelf struct {
	Facts      *Book
	procedures map[string]Procedure
	calendars  map[string]*Calendar
}

// Jurisdictions lists the codes in alphabetical order.
func (s *Shelf) Jurisdictions() []string {
	out := make([]string, 0, len(s.procedures))
	for j := range s.procedures {
		out = append(out, j)
	}
	slices.Sort(out)
	return out
}

// Procedure returns the procedure of a jurisdiction.
func (s *Shelf) Procedure(jurisdiction string) (Procedure, bool) {
	p, ok := s.procedures[jurisdiction]
	return p, ok
}

// Calendar returns the holidays of a jurisdiction; nil, which covers nothing, when there are none.
func (s *Shelf) Calendar(jurisdiction string) *Calendar { return s.calendars[jurisdiction] }

// Calendars lists the calendars, by jurisdiction.
func (s *Shelf) Calendars() []*Calendar {
	var out []*Calendar
	for _, c := range s.calendars {
		out = append(out, c)
	}
	order.By(out, func(a, b *Calendar) int {
		if a.Jurisdiction < b.Jurisdiction {
			return -1
		}
		return 1
	})
	return out
}

// Purposes lists the codes of purposes that element rules may name besides "*".
func Purposes() []string {
	return []string{
		"sexual", "labour", "slavery", "servitude", "organs", "begging", "criminality", "marriage", "adoption", "surrogacy", "armed",
	}
}

// Contents lists the codes of what a mandatory report may tell.
func Contents() []string {
	return []string{"identity", "contact", "age-band", "sex", "nationality", "place", "time", "form", "circumstances", "reporter", "guardian", "safety"}
}

// Texts lists the English texts (msgids) of a procedure and its calendar, for the catalogue of
// translations. A text may stand twice.
func (s *Shelf) Texts(jurisdiction string) []string {
	p := s.procedures[jurisdiction]
	out := []string{p.Name}
	for _, e := range p.Editions {
		out = append(out, e.Source)
		for _, a := range e.Actors {
			out = append(out, a.Name)
		}
		for _, x := range e.Stages {
			out = append(out, x.Name)
		}
		for _, m := range e.Moves {
			out = append(out, m.Name)
		}
		for _, r := range e.Reviews {
			out = append(out, r.Name)
		}
		for _, c := range e.Clocks {
			out = append(out, c.Name)
		}
		for _, d := range e.Duties {
			out = append(out, d.Name, d.Trigger, d.Recipient)
		}
		for _, n := range e.Entitlements {
			out = append(out, n.Name)
		}
	}
	if c := s.calendars[jurisdiction]; c != nil {
		out = append(out, c.Name, c.Note)
	}
	return out
}
