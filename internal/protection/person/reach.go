package person

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vocab"
)

// Channel is a way to reach somebody.
type Channel string

// The channels.
const (
	Phone   Channel = "phone"
	Message Channel = "message" // a message service, by number or name
	Email   Channel = "email"
	Through Channel = "through" // through somebody else
	InHand  Channel = "in-hand" // only where they are
)

// Channels returns the channels, in the order of the constants.
func Channels() []Channel { return []Channel{Phone, Message, Email, Through, InHand} }

// Label names a channel in English; it is the key of its translation.
func (c Channel) Label() string {
	switch c {
	case Phone:
		return i18n.Mark("telephone")
	case Message:
		return i18n.Mark("message service")
	case Email:
		return i18n.Mark("e-mail")
	case Through:
		return i18n.Mark("through somebody")
	case InHand:
		return i18n.Mark("only in person")
	}
	return string(c)
}

// Answer is yes, no or nobody asked, for what must not be guessed.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Contact is one way to reach the person. Nothing about it is safe until somebody said so.
type Contact struct {
	hidden

	Channel  Channel `json:"channel"`
	Value    string  `json:"value,omitempty"`
	Hours    string  `json:"hours,omitempty"`
	CodeWord string  `json:"code_word,omitempty"`
	// Safe says that the person alone holds it; Leave that a message may be left there.
	Safe  Answer `json:"safe,omitempty"`
	Leave Answer `json:"leave,omitempty"`
	// Say is what may be said when somebody else answers.
	Say string `json:"say,omitempty"`
	// Verified is the civil date on which the person confirmed it last.
	Verified string `json:"verified,omitempty"`
}

// Use says whether a way to reach the person may be used, and with which care.
type Use struct {
	May   bool
	Cares []string // English messages, keys of their translations
}

// confirmedDays is after how many days a contact is asked about again. Phones change hands.
const confirmedDays = 90

// Use says whether the contact may be used on a civil date: only when the person said that it is safe. What was not
// asked is not safe, and a message is left only where the person allowed it.
func (c Contact) Use(on string) Use {
	if c.Safe != Yes {
		return Use{Cares: []string{i18n.Mark("Do not use: nobody has said that it is safe.")}}
	}
	u := Use{May: true}
	if c.Hours != "" {
		u.Cares = append(u.Cares, i18n.Mark("Only at the hours given."))
	}
	if c.CodeWord != "" {
		u.Cares = append(u.Cares, i18n.Mark("Ask for the code word before anything else."))
	}
	if c.Leave != Yes {
		u.Cares = append(u.Cares, i18n.Mark("Leave no message."))
	}
	if at := civil(c.Verified); at.IsZero() || at.AddDate(0, 0, confirmedDays).Before(civil(on)) {
		u.Cares = append(u.Cares, i18n.Mark("Not confirmed for three months: ask first in another way."))
	}
	return u
}

// Contacts are the ways to reach a person.
type Contacts struct {
	hidden

	List record.Answer[[]Contact] `json:"list,omitzero"`
}

// Phones are the numbers by which the person can be found.
func (c Contacts) Phones() []string {
	var all []string
	for _, one := range c.List.Value {
		if (one.Channel == Phone || one.Channel == Message) && strings.ContainsAny(one.Value, "0123456789") {
			all = append(all, one.Value)
		}
	}
	return all
}

func (c Contacts) check() error {
	f := fault.New(fault.Invalid, "The contacts were not kept.")
	list, _ := c.List.Get()
	if len(list) > maxList {
		f = f.WithField("contacts", "Keep at most %d of them.", maxList)
	}
	for _, one := range list {
		if !slices.Contains(Channels(), one.Channel) {
			f = f.WithField("contacts", "Choose the way.")
		}
		for _, t := range []string{one.Value, one.Hours, one.CodeWord, one.Say} {
			if len(t) > maxName {
				f = f.WithField("contacts", "Write at most %d bytes.", maxName)
			}
		}
		if !answer(one.Safe) || !answer(one.Leave) || one.Verified != "" && civil(one.Verified).IsZero() {
			f = f.WithField("contacts", "Choose an answer.")
		}
	}
	return orNil(f)
}

func answer(a Answer) bool { return a == "" || a == Yes || a == No }

// Holder is who has a document.
type Holder string

// The holders. "" is not asked.
const (
	HeldBySelf      Holder = "self"
	HeldByExploiter Holder = "exploiter"
	HeldByAuthority Holder = "authority"
	HeldByService   Holder = "service" // us, or another that helps
	HeldByFamily    Holder = "family"
	HeldByNobody    Holder = "lost"
)

// Holders returns the holders, in the order of the constants.
func Holders() []Holder {
	return []Holder{HeldBySelf, HeldByExploiter, HeldByAuthority, HeldByService, HeldByFamily, HeldByNobody}
}

// Label says in English who has it; it is the key of its translation.
func (h Holder) Label() string {
	switch h {
	case HeldBySelf:
		return i18n.Mark("the person")
	case HeldByExploiter:
		return i18n.Mark("somebody who exploited them")
	case HeldByAuthority:
		return i18n.Mark("an authority")
	case HeldByService:
		return i18n.Mark("a service that helps them")
	case HeldByFamily:
		return i18n.Mark("their family")
	case HeldByNobody:
		return i18n.Mark("lost or destroyed")
	}
	return string(h)
}

// DocumentKind is what a document is.
type DocumentKind string

// DocumentKinds returns the kinds of documents with their English labels, which are keys of their translations.
func DocumentKinds() []struct{ Code, Label string } {
	return []struct{ Code, Label string }{
		{"passport", i18n.Mark("passport")},
		{"identity", i18n.Mark("identity card")},
		{"birth", i18n.Mark("birth certificate")},
		{"permit", i18n.Mark("permit or visa")},
		{"asylum", i18n.Mark("asylum or protection paper")},
		{"licence", i18n.Mark("driving licence")},
		{"tax", i18n.Mark("tax or insurance number")},
		{"other", i18n.Mark("something else")},
	}
}

// Document is a paper about the person. The number is searched as a whole.
type Document struct {
	hidden

	Kind   DocumentKind `json:"kind"`
	Issuer string       `json:"issuer,omitempty"`
	Number string       `json:"number,omitempty"`
	HeldBy Holder       `json:"held_by,omitempty"`
	Until  string       `json:"until,omitempty"` // civil date on which it ends
	False  Answer       `json:"false,omitempty"` // made or altered by somebody
}

// Documents are the papers about a person.
type Documents struct {
	hidden

	List record.Answer[[]Document] `json:"list,omitzero"`
}

// Numbers are those by which the person can be found. The number of a paper that others made up is found too:
// people are known by it.
func (d Documents) Numbers() []string {
	var all []string
	for _, one := range d.List.Value {
		if strings.TrimSpace(one.Number) != "" {
			all = append(all, one.Number)
		}
	}
	return all
}

func (d Documents) check() error {
	f := fault.New(fault.Invalid, "The documents were not kept.")
	list, _ := d.List.Get()
	if len(list) > maxList {
		f = f.WithField("documents", "Keep at most %d of them.", maxList)
	}
	for _, one := range list {
		if !slices.ContainsFunc(DocumentKinds(), func(k struct{ Code, Label string }) bool { return k.Code == string(one.Kind) }) {
			f = f.WithField("documents", "Choose what it is.")
		}
		if one.HeldBy != "" && !slices.Contains(Holders(), one.HeldBy) {
			f = f.WithField("documents", "Choose who has it.")
		}
		if _, ok := vocab.Get(vocab.Area, one.Issuer); one.Issuer != "" && !ok {
			f = f.WithField("documents", "Choose the state that issued it.")
		}
		if len(one.Number) > 64 || !answer(one.False) || one.Until != "" && civil(one.Until).IsZero() {
			f = f.WithField("documents", "A number has at most 64 bytes, and the end is a date.")
		}
	}
	return orNil(f)
}

// Relative is somebody who belongs to the person: a dependant, a parent, a friend.
type Relative struct {
	hidden

	Name     string `json:"name,omitempty"`
	Relation string `json:"relation,omitempty"` // in the person's words
	// Depends: the person cares for them. With: they are with the person now.
	Depends Answer `json:"depends,omitempty"`
	With    Answer `json:"with,omitempty"`
	// Born is the year of birth, "" if not known.
	Born string `json:"born,omitempty"`
	// MayKnow: they may be told that the person is here. Safe: the person is safe from them.
	MayKnow Answer `json:"may_know,omitempty"`
	Safe    Answer `json:"safe,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Family are the people who belong to a person.
type Family struct {
	hidden

	List record.Answer[[]Relative] `json:"list,omitzero"`
}

// Dependants counts those the person cares for, and those of them who are with the person.
func (f Family) Dependants() (all, with int) {
	for _, r := range f.List.Value {
		if r.Depends == Yes {
			all++
			if r.With == Yes {
				with++
			}
		}
	}
	return all, with
}

func (f Family) check() error {
	w := fault.New(fault.Invalid, "The family was not kept.")
	list, _ := f.List.Get()
	if len(list) > maxList {
		w = w.WithField("family", "Keep at most %d of them.", maxList)
	}
	for _, r := range list {
		if len(r.Name) > maxName || len(r.Relation) > maxName || len(r.Note) > maxText {
			w = w.WithField("family", "Write at most %d bytes.", maxName)
		}
		for _, a := range []Answer{r.Depends, r.With, r.MayKnow, r.Safe} {
			if !answer(a) {
				w = w.WithField("family", "Choose an answer.")
			}
		}
		if first, _, ok := days(r.Born); r.Born != "" && (!ok || first.IsZero()) {
			w = w.WithField("family", "Give a year.")
		}
	}
	return orNil(w)
}
