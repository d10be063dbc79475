package person

import (
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Matter is what a guardian may decide for a child, or be told of.
type Matter string

// The matters.
const (
	Everyday  Matter = "everyday"
	Health    Matter = "health"
	Schooling Matter = "schooling"
	LegalStep Matter = "legal"
	DataUse   Matter = "data"
	Assessing Matter = "age-assessment"
	Tracing   Matter = "tracing"
	Return    Matter = "return"
	Transfer  Matter = "transfer"
)

// Matters returns the matters, in the order of the constants.
func Matters() []Matter {
	return []Matter{Everyday, Health, Schooling, LegalStep, DataUse, Assessing, Tracing, Return, Transfer}
}

// Label names a matter in English; it is the key of its translation.
func (m Matter) Label() string {
	switch m {
	case Everyday:
		return i18n.Mark("everyday life")
	case Health:
		return i18n.Mark("health")
	case Schooling:
		return i18n.Mark("school and work")
	case LegalStep:
		return i18n.Mark("legal steps")
	case DataUse:
		return i18n.Mark("use and sharing of information")
	case Assessing:
		return i18n.Mark("an age assessment")
	case Tracing:
		return i18n.Mark("looking for the family")
	case Return:
		return i18n.Mark("return to another country")
	case Transfer:
		return i18n.Mark("transfer to another service")
	}
	return string(m)
}

// NeedsDetermination reports whether a step for a child waits for a determination of the child's best interests.
func (m Matter) NeedsDetermination() bool { return m == Tracing || m == Return || m == Transfer }

// Proof is on what somebody's guardianship rests. The zero value is nothing.
type Proof string

// The proofs.
const (
	NoProof     Proof = ""
	CourtOrder  Proof = "court"
	Appointment Proof = "appointment" // by an authority
	Parenthood  Proof = "parent"      // a birth certificate or the like was seen
)

// Proofs returns the proofs, in the order of the constants.
func Proofs() []Proof { return []Proof{NoProof, CourtOrder, Appointment, Parenthood} }

// Label names a proof in English; it is the key of its translation.
func (p Proof) Label() string {
	switch p {
	case NoProof:
		return i18n.Mark("none was shown")
	case CourtOrder:
		return i18n.Mark("an order of a court")
	case Appointment:
		return i18n.Mark("an appointment by an authority")
	case Parenthood:
		return i18n.Mark("proof of being a parent")
	}
	return string(p)
}

// Guardian is somebody who decides, or says that they decide, for a child.
type Guardian struct {
	hidden

	Name     string `json:"name,omitempty"`
	Relation string `json:"relation,omitempty"`
	Contact  string `json:"contact,omitempty"`
	Proof    Proof  `json:"proof,omitempty"`
	SeenOn   string `json:"seen_on,omitempty"` // civil date on which the proof was looked at
	// From and Until bound the guardianship; "" is open.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// TillAdult says that it ends with childhood; then Until stays empty, since it would be a date of birth.
	TillAdult bool `json:"till_adult,omitempty"`
	// Scope is what they may decide; none means nothing.
	Scope []Matter `json:"scope,omitempty"`
	// Alleged: somebody says that they exploited the child or took part. Nobody asked counts as not cleared.
	Alleged Answer `json:"alleged,omitempty"`
	// Tie is a conflict of interest of any other kind, found when somebody looked for one.
	Tie Tie `json:"tie,omitempty"`
	// Private is what the child keeps from them.
	Private []Matter `json:"private,omitempty"`
	// Child is the child's own view of them, in the child's words.
	Child string `json:"child,omitempty"`
	Ended string `json:"ended,omitempty"` // civil date on which it ended
}

// Objection is why a guardian may not decide, or not know.
type Objection string

// The objections.
const (
	AllegedExploiter Objection = "alleged"
	NotCleared       Objection = "not-cleared" // nobody asked whether they exploited the child
	Conflicted       Objection = "conflict"
	NotLooked        Objection = "not-looked" // nobody looked for a conflict
	Unproved         Objection = "proof"
	OutOfTime        Objection = "time"
	OutOfScope       Objection = "scope"
	KeptPrivate      Objection = "private"
)

// Label says an objection in English; it is the key of its translation.
func (o Objection) Label() string {
	switch o {
	case AllegedExploiter:
		return i18n.Mark("They are alleged to have exploited the child.")
	case NotCleared:
		return i18n.Mark("Nobody has asked whether they took part in the exploitation.")
	case Conflicted:
		return i18n.Mark("They have a conflict of interest.")
	case NotLooked:
		return i18n.Mark("Nobody has looked for a conflict of interest.")
	case Unproved:
		return i18n.Mark("They have not proved that they are the guardian.")
	case OutOfTime:
		return i18n.Mark("The guardianship does not hold on this day.")
	case OutOfScope:
		return i18n.Mark("This is not for them to decide.")
	case KeptPrivate:
		return i18n.Mark("The child keeps this from them.")
	}
	return string(o)
}

// GuardianMay returns what stands against a guardian deciding a matter on a civil date, nothing when they may. An
// alleged exploiter decides nothing, whatever court order they hold, and whoever was not asked about is not cleared.
func GuardianMay(g Guardian, m Matter, on string) []Objection {
	o := g.trust(on)
	if !slices.Contains(g.Scope, m) || !slices.Contains(Matters(), m) {
		o = append(o, OutOfScope)
	}
	return o
}

// GuardianKnows returns what stands against telling a guardian about a matter on a civil date.
func GuardianKnows(g Guardian, m Matter, on string) []Objection {
	o := g.trust(on)
	if slices.Contains(g.Private, m) || !slices.Contains(Matters(), m) {
		o = append(o, KeptPrivate)
	}
	return o
}

func (g Guardian) trust(on string) []Objection {
	var o []Objection
	add := func(when bool, what Objection) {
		if when {
			o = append(o, what)
		}
	}
	add(g.Alleged == Yes, AllegedExploiter)
	add(g.Alleged != Yes && g.Alleged != No, NotCleared)
	add(g.Tie == NotChecked, NotLooked)
	add(g.Tie != NotChecked && g.Tie != Clear, Conflicted)
	add(g.Proof == NoProof || !slices.Contains(Proofs(), g.Proof) || g.SeenOn == "", Unproved)
	add(g.From != "" && on < g.From || g.Until != "" && on > g.Until || g.Ended != "" && on >= g.Ended || on == "", OutOfTime)
	return o
}

func (g Guardian) check() error {
	f := fault.New(fault.Invalid, "The guardian was not kept.")
	if !slices.Contains(Proofs(), g.Proof) || !answer(g.Alleged) || g.Tie != NotChecked && g.Tie != Clear && g.Tie != Conflict {
		f = f.WithField("proof", "Choose an answer.")
	}
	for _, m := range slices.Concat(g.Scope, g.Private) {
		if !slices.Contains(Matters(), m) {
			f = f.WithField("scope", "Choose from the list.")
		}
	}
	if len(g.Scope)+len(g.Private) > 2*maxList || len(g.Name) > maxName || len(g.Relation) > maxName || len(g.Contact) > maxName || len(g.Child) > maxText {
		f = f.WithField("name", "Write at most %d bytes.", maxName)
	}
	if g.TillAdult && g.Until != "" {
		f = f.WithField("until", "Give no day where it ends with childhood.")
	}
	for _, d := range []string{g.SeenOn, g.From, g.Until, g.Ended} {
		if d != "" && civil(d).IsZero() {
			f = f.WithField("until", "Give a date.")
		}
	}
	return orNil(f)
}

// Finding is the outcome of a determination. The zero value is that it goes on.
type Finding string

// The findings.
const (
	Undetermined Finding = ""
	InFavour     Finding = "for"
	Against      Finding = "against"
)

// Determination says what is best for a child in one matter, by people who are not bound to any side.
type Determination struct {
	hidden

	Matter  Matter  `json:"matter"`
	Finding Finding `json:"finding,omitempty"`
	On      string  `json:"on,omitempty"`    // civil date
	Until   string  `json:"until,omitempty"` // to be looked at again after it; "" only while it goes on
	// Heard: the child's own view was heard. View is that view, in the child's words; Panel who determined.
	Heard   Answer `json:"heard,omitempty"`
	View    string `json:"view,omitempty"`
	Panel   string `json:"panel,omitempty"`
	Reasons string `json:"reasons,omitempty"`
}

// Holds reports whether a determination lets a step for a child be taken on a civil date: it speaks for it, the child
// was heard, and it is not out of date.
func (d Determination) Holds(m Matter, on string) bool {
	return d.Matter == m && d.Finding == InFavour && d.Heard == Yes && d.On != "" && d.On <= on && d.Until != "" && on <= d.Until
}

// MayStep reports whether a step that touches somebody's place in the world may be taken on a civil date. For whoever
// has the safeguards of a child, tracing, return and transfer wait for a determination that holds, and the last one
// counts. Others decide for themselves.
func MayStep(m Matter, st Standing, all []Determination, on string) bool {
	if !m.NeedsDetermination() || !st.Safeguards {
		return true
	}
	last, holds := "", false
	for _, d := range all {
		if d.Matter != m || d.Finding == Undetermined || d.On > on || d.On < last {
			continue
		}
		holds = d.Holds(m, on) && (holds || d.On != last) // of two on one day, the one against counts
		last = d.On
	}
	return holds
}

func (d Determination) check(today string) error {
	f := fault.New(fault.Invalid, "The determination was not kept.")
	if !slices.Contains(Matters(), d.Matter) {
		f = f.WithField("matter", "Choose from the list.")
	}
	if d.Finding != Undetermined && d.Finding != InFavour && d.Finding != Against || !answer(d.Heard) {
		f = f.WithField("finding", "Choose an answer.")
	}
	for _, s := range []string{d.On, d.Until} {
		if s != "" && civil(s).IsZero() {
			f = f.WithField("on", "Give a date.")
		}
	}
	if d.Finding != Undetermined && (d.On == "" || d.On > today) {
		f = f.WithField("on", "Give the day on which it was determined.")
	}
	if d.Finding == InFavour && d.Heard != Yes {
		f = f.WithField("heard", "The child is heard before anything is determined for them.")
	}
	if d.Finding == InFavour && d.Until == "" {
		f = f.WithField("until", "Say until when it holds: a child’s life changes.")
	}
	if len(d.View) > maxText || len(d.Panel) > maxText || len(d.Reasons) > 4*maxText {
		f = f.WithField("reasons", "Write at most %d bytes.", 4*maxText)
	}
	return orNil(f)
}
