package support

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Part is a kind of thing that is written down in support.
type Part string

// The parts.
const (
	OfImmediate Part = "immediate"
	OfRisk      Part = "risk"
	OfSafety    Part = "safety"
	OfNeed      Part = "need"
	OfGoal      Part = "goal"
	OfAction    Part = "action"
	OfService   Part = "service"
	OfMeasure   Part = "measure"
	OfFollow    Part = "follow"
)

// Parts returns the parts, in the order of the constants.
func Parts() []Part {
	return []Part{OfImmediate, OfRisk, OfSafety, OfNeed, OfGoal, OfAction, OfService, OfMeasure, OfFollow}
}

// facts are the clear columns of an item.
type facts struct {
	Part Part
	// Slot makes an item the only one of its kind in a case; of a list it is the identifier.
	Slot string
	// State is a code of the part, "" where it has none.
	State string
	// Ref is the item it belongs to, "" for none.
	Ref   string
	DueOn string // civil date, "" for none
}

// thing is what an item holds.
type thing interface {
	part() Part
	// slot is "" for a list.
	slot() string
	// check refuses what cannot be meant, never what was left out.
	check(today string) error
	// clear says what stands in clear.
	clear(*facts)
	docs() []record.Doc
}

// mayBecome are the states of a part, with those that follow each. A part that is missing has no states.
var mayBecome = map[Part]map[string][]string{
	OfNeed:   {"open": {"met", "unmet"}, "met": {"open"}, "unmet": {"open", "met"}},
	OfGoal:   {"proposed": {"agreed", "dropped"}, "agreed": {"met", "dropped", "proposed"}, "met": {"agreed"}, "dropped": {"proposed", "agreed"}},
	OfAction: {"to-do": {"doing", "done", "dropped"}, "doing": {"to-do", "done", "dropped"}, "done": {"to-do"}, "dropped": {"to-do"}},
	OfService: {
		"needed":   {"offered", "accepted", "declined", "running", "ended", "unmet"},
		"offered":  {"accepted", "declined", "running", "ended", "unmet"},
		"accepted": {"running", "ended", "declined", "unmet"},
		"declined": {"offered", "accepted", "running"},
		"running":  {"ended", "declined"},
		"ended":    {"running"},
		"unmet":    {"needed", "offered", "accepted", "running", "ended"},
	},
	OfFollow: {
		"planned": {"reached", "not-reached", "unsafe", "refused"}, "refused": {"planned"}, "not-reached": {"reached", "planned", "refused", "unsafe"},
		"reached": {"refused"}, "unsafe": {"planned", "reached", "refused"},
	},
}

// begins are the states in which an item of a part may be written down first. Others come later.
func begins(p Part, state string) bool {
	states, has := mayBecome[p]
	if !has {
		return state == ""
	}
	_, known := states[state]
	return known
}

// becomes reports whether an item of a part may go from a state to another. Staying is always possible.
func becomes(p Part, from, to string) bool {
	if from == to {
		return begins(p, to)
	}
	return slices.Contains(mayBecome[p][from], to)
}

func sensitive(v any) record.Doc { return record.Doc{Class: vault.Sensitive, Value: v} }

// maxNote and maxWords bound short and long texts, in bytes. A longer one is a note of the case.
const maxNote, maxWords = 2000, 20_000

func short(f *fault.Error, field string, t private.Text, most int) *fault.Error {
	if len(t.Reveal("measure it")) > most {
		return f.WithField(field, "Use at most %d characters. Write a note for what is longer.", most)
	}
	return f
}

func orNil(f *fault.Error) error {
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// Needs at once.

// AtOnce is what the person needs at once: a list to tick in half a minute. What is not ticked was not
// asked.
type AtOnce struct {
	Needs map[string]record.Answer[bool] `json:"needs,omitempty"`
	// Met are the needs that were met, with the civil date.
	Met  map[string]string `json:"met,omitempty"`
	Note private.Text      `json:"note,omitzero"`
}

func (AtOnce) part() Part           { return OfImmediate }
func (AtOnce) slot() string         { return "one" }
func (AtOnce) clear(*facts)         {}
func (a AtOnce) docs() []record.Doc { return []record.Doc{sensitive(a)} }

// Waiting returns the needs that are there and were not met, in the order of the list.
func (a AtOnce) Waiting() (codes []string) {
	for _, t := range Ticks() {
		if yes, _ := a.Needs[t.Code].Get(); yes && a.Met[t.Code] == "" {
			codes = append(codes, t.Code)
		}
	}
	return codes
}

func (a AtOnce) check(string) error {
	f := fault.New(fault.Invalid, "What is needed now was not written down.")
	for code := range a.Needs {
		if !known(Ticks(), code) {
			f = f.WithField("needs", "Choose from the list.")
		}
	}
	for code, on := range a.Met {
		if !known(Ticks(), code) || on != "" && !isDay(on) {
			f = f.WithField("needs", "Choose from the list.")
		}
	}
	return orNil(short(f, "note", a.Note, maxNote))
}

// Safety.

// Safety is a safety plan. Places are areas, never addresses; they are sealed apart from the rest.
type Safety struct {
	Contact  private.Text `json:"contact,omitzero"` // how and when to reach the person, what may be said
	CodeWord private.Text `json:"code_word,omitzero"`
	Message  Leave        `json:"message,omitempty"`
	Signs    private.Text `json:"signs,omitzero"` // warning signs
	Steps    private.Text `json:"steps,omitzero"` // what the person does then
	Trusted  private.Text `json:"trusted,omitzero"`
	Devices  private.Text `json:"devices,omitzero"`
	Papers   private.Text `json:"papers,omitzero"` // the bag with documents, and who keeps it
	Children private.Text `json:"children,omitzero"`
	Numbers  private.Text `json:"numbers,omitzero"` // to call in an emergency
	// Copy says whether the person holds a copy; it may be dangerous to have one.
	Copy     Leave  `json:"copy,omitempty"`
	ReviewOn string `json:"review_on,omitempty"`
	Places   Places `json:"-"`
}

// Places are areas that are safe or not.
type Places struct {
	Safe   private.Text `json:"safe,omitzero"`
	Unsafe private.Text `json:"unsafe,omitzero"`
}

// Leave is yes, no, or that nobody asked, which permits nothing.
type Leave string

// The answers.
const (
	Yes Leave = "yes"
	No  Leave = "no"
)

func (Safety) part() Part       { return OfSafety }
func (Safety) slot() string     { return "one" }
func (p Safety) clear(f *facts) { f.DueOn = p.ReviewOn }
func (p Safety) texts() []private.Text {
	return []private.Text{p.Contact, p.CodeWord, p.Signs, p.Steps, p.Trusted, p.Devices, p.Papers, p.Children, p.Numbers}
}

func (p Safety) docs() []record.Doc {
	return []record.Doc{sensitive(p), {Class: vault.ProtectedLocation, Value: p.Places}}
}

func (p Safety) check(string) error {
	f := fault.New(fault.Invalid, "The safety plan was not kept.")
	for _, t := range p.texts() {
		f = short(f, "steps", t, maxWords)
	}
	for field, t := range map[string]private.Text{"safe": p.Places.Safe, "unsafe": p.Places.Unsafe} {
		f = short(f, field, t, maxNote)
		if strings.ContainsFunc(t.Reveal("look for an address"), unicode.IsDigit) {
			f = f.WithField(field, "Name areas only, without numbers: an address does not belong here.")
		}
	}
	if p.ReviewOn != "" && !isDay(p.ReviewOn) {
		f = f.WithField("review", "Write the date as 2026-12-31.")
	}
	for _, l := range []Leave{p.Message, p.Copy} {
		if l != "" && l != Yes && l != No {
			f = f.WithField("copy", "Choose an answer.")
		}
	}
	return orNil(f)
}

// Needs and the plan.

// Need is what the person needs or wants in one domain, in their own words.
type Need struct {
	Domain string       `json:"domain"`
	Words  private.Text `json:"words,omitzero"`
	// First is how early the person wants it: 1 is first; 0 is not asked.
	First int    `json:"first,omitempty"`
	State string `json:"-"`
	Unmet string `json:"unmet,omitempty"` // one of [UnmetReasons]
}

func (Need) part() Part           { return OfNeed }
func (Need) slot() string         { return "" }
func (n Need) clear(f *facts)     { f.State = n.State }
func (n Need) docs() []record.Doc { return []record.Doc{sensitive(n)} }

func (n Need) check(string) error {
	f := fault.New(fault.Invalid, "The need was not written down.")
	if !known(Domains(), n.Domain) {
		f = f.WithField("domain", "Choose what it is about.")
	}
	if n.First < 0 || n.First > 9 {
		f = f.WithField("first", "Choose a number from 1 to 9, or leave it out.")
	}
	if n.State == "unmet" && !known(UnmetReasons(), n.Unmet) || n.Unmet != "" && n.State != "unmet" {
		f = f.WithField("unmet", "Choose why it could not be met.")
	}
	return orNil(short(f, "words", n.Words, maxWords))
}

// Goal is something that the person wants to reach.
type Goal struct {
	Words private.Text `json:"words,omitzero"`
	Need  string       `json:"-"` // the need it answers, "" for none
	State string       `json:"-"` // proposed, agreed, met or dropped
	// AgreedOn is when the person agreed. A goal is agreed by the person or by nobody.
	AgreedOn string `json:"agreed_on,omitempty"`
	// Copy says whether the person was given the goal to keep.
	Copy Leave `json:"copy,omitempty"`
}

func (Goal) part() Part           { return OfGoal }
func (Goal) slot() string         { return "" }
func (g Goal) clear(f *facts)     { f.State, f.Ref = g.State, g.Need }
func (g Goal) docs() []record.Doc { return []record.Doc{sensitive(g)} }

func (g Goal) check(today string) error {
	f := fault.New(fault.Invalid, "The goal was not written down.")
	if g.Words.IsZero() {
		f = f.WithField("words", "Write down what the person wants to reach.")
	}
	agreed := g.State == "agreed" || g.State == "met"
	if agreed && (!isDay(g.AgreedOn) || g.AgreedOn > today) {
		f = f.WithField("agreed", "Say when the person agreed.")
	}
	if g.Copy != "" && g.Copy != Yes && g.Copy != No {
		f = f.WithField("copy", "Choose an answer.")
	}
	return orNil(short(f, "words", g.Words, maxWords))
}

// Action is a step towards a goal.
type Action struct {
	Words private.Text `json:"words,omitzero"`
	Goal  string       `json:"-"`
	State string       `json:"-"`
	DueOn string       `json:"-"`
	// Who does it: "worker", "person" or "other". What a worker does waits in that worker's list.
	Who    string         `json:"who,omitempty"`
	Holder auth.AccountID `json:"holder,omitempty"` // of a worker; "" for whoever has the case
}

func (Action) part() Part           { return OfAction }
func (Action) slot() string         { return "" }
func (a Action) clear(f *facts)     { f.State, f.Ref, f.DueOn = a.State, a.Goal, a.DueOn }
func (a Action) docs() []record.Doc { return []record.Doc{sensitive(a)} }

func (a Action) check(string) error {
	f := fault.New(fault.Invalid, "The step was not written down.")
	if a.Words.IsZero() {
		f = f.WithField("words", "Write down what is to be done.")
	}
	if a.DueOn != "" && !isDay(a.DueOn) {
		f = f.WithField("due", "Write the date as 2026-12-31.")
	}
	if !slices.Contains([]string{"worker", "person", "other"}, a.Who) || a.Holder != "" && a.Who != "worker" {
		f = f.WithField("who", "Choose who does it.")
	}
	return orNil(short(f, "words", a.Words, maxNote))
}

// Month is the slot of something that happens a number of months after a beginning.
func month(n int) string { return fmt.Sprintf("m%02d", n) }

func monthOf(slot string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(slot, "m"))
	if err != nil {
		return 0
	}
	return n
}
