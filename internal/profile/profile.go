// Package profile keeps what law and guidance say as dated facts: value, unit, validity,
// source, when it was verified and how sure we are. Rules that depend on law read it here; no
// number of a statute stands in code.
//
// A [Procedure] says how a jurisdiction identifies people, by steps that name topics; composed with
// the facts of a day it is a [Version]. A [Calendar] says which days are worked.
//
// A base set is embedded. [Load] takes any file system, so a bundle whose signature was checked
// elsewhere is read by the same strict loader: it refuses overlaps, cycles, bad dates, unknown
// topics and fields, and names file and entry.
//
// Trust: the embedded base is trusted as code is; a bundle only after its signature was
// verified by whoever opened it. A fact marked recalled has not been checked against its
// source and must be shown as unverified. What a profile does not say is unknown, never "no".
package profile

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed base/*.json
var baseFiles embed.FS

var embedded = packed.Of(baseFiles)

// Base returns the embedded profiles. They are read once; a damaged one is a defect of the
// build that every test finds, so it panics.
var Base = sync.OnceValue(func() *Book {
	sub, err := fs.Sub(embedded, "base")
	if err != nil {
		panic(err)
	}
	book, err := Load(sub)
	if err != nil {
		panic(err)
	}
	return book
})

// Confidence says how a fact is known.
type Confidence string

// Stated facts were read in the source named, on the day given. Recalled ones were not.
const (
	Stated   Confidence = "stated"
	Recalled Confidence = "recalled"
)

// Source is where a fact was read.
type Source struct {
	Title string `json:"title"`
	Date  string `json:"date,omitempty"` // of the source, as exact as it is known: 2024, 2024-05, 2024-05-10
}

// Fact is one statement of law or guidance with its validity.
type Fact struct {
	ID           string     `json:"id"` // unique in its profile
	Jurisdiction string     `json:"-"`
	Topic        string     `json:"topic"`
	Text         string     `json:"text"`            // English msgid, a full sentence
	Value        float64    `json:"value,omitempty"` // meaningful only with Unit
	Unit         string     `json:"unit,omitempty"`  // one of Units
	Bound        string     `json:"bound,omitempty"` // one of Bounds, or ""
	From         Date       `json:"from,omitempty"`  // first day; "" when the source does not say
	To           Date       `json:"to,omitempty"`    // last day; "" when it still holds or the end is not known
	Replaces     string     `json:"replaces,omitempty"`
	Sources      []Source   `json:"sources,omitempty"`
	VerifiedOn   Date       `json:"verified_on,omitempty"`
	VerifiedBy   string     `json:"verified_by,omitempty"`
	Confidence   Confidence `json:"confidence"`
	Note         string     `json:"note,omitempty"` // English msgid
}

// Units lists the units a value may have.
func Units() []string {
	return []string{"working days", "calendar days", "hours", "months", "years"}
}

// Profile is what one file says about one jurisdiction.
type Profile struct {
	Jurisdiction string `json:"jurisdiction"` // "gb-eaw", "eu"
	Name         string `json:"name"`         // English msgid
	Facts        []Fact `json:"facts"`
	// Hash is the SHA-256 of the file with insignificant spaces removed, in hex. A case keeps
	// it beside every clock it started.
	Hash string `json:"-"`
}

// Book is a set of profiles. It is read-only after loading and safe for concurrent use.
type Book struct {
	profiles map[string]Profile
	topics   map[string]string
}

// Jurisdictions lists the codes in alphabetical order.
func (b *Book) Jurisdictions() []string {
	out := make([]string, 0, len(b.profiles))
	for j := range b.profiles {
		out = append(out, j)
	}
	slices.Sort(out)
	return out
}

// Profile returns a jurisdiction's profile; the facts stand by topic, then by date. The slice
// of facts is shared: do not change it.
func (b *Book) Profile(jurisdiction string) (Profile, bool) {
	p, ok := b.profiles[jurisdiction]
	return p, ok
}

// Topic returns the English name of a topic (a msgid), or the topic itself.
func (b *Book) Topic(topic string) string {
	if name, ok := b.topics[topic]; ok {
		return name
	}
	return topic
}

// Topics lists the topics a jurisdiction says something about, in alphabetical order.
func (b *Book) Topics(jurisdiction string) []string {
	var out []string
	for _, f := range b.profiles[jurisdiction].Facts {
		if !slices.Contains(out, f.Topic) {
			out = append(out, f.Topic)
		}
	}
	return out
}

// State says what is known about a topic on a day.
type State uint8

// The states of an answer.
const (
	// Absent: the profile says nothing about the topic. That is not "no".
	Absent State = iota
	// Gap: the profile knows the topic, but not for that day.
	Gap
	// Unsure: a fact may hold on that day; its dates are not exact enough to say.
	Unsure
	// Holds: the fact holds on that day.
	Holds
)

// String names the state in English (for logs and tests).
func (s State) String() string {
	return [...]string{"absent", "gap", "unsure", "holds"}[min(int(s), 3)]
}

// At returns the fact about a topic that holds on a civil day (YYYY-MM-DD). The fact is the
// zero value unless the state is Unsure or Holds. O(facts of the jurisdiction).
func (b *Book) At(jurisdiction, topic, day string) (Fact, State) {
	state, found := Absent, Fact{}
	for _, f := range b.profiles[jurisdiction].Facts {
		if f.Topic != topic {
			continue
		}
		state = max(state, Gap)
		if s := f.on(day); s > state {
			state, found = s, f
		}
	}
	return found, state
}

// on says whether the fact holds on a day, given dates that may name only a year or month.
func (f Fact) on(day string) State {
	if f.From != "" && day < f.From.first() || f.To != "" && day > f.To.last() {
		return Gap
	}
	if f.From != "" && day < f.From.last() || f.To != "" && day > f.To.first() {
		return Unsure
	}
	return Holds
}

// Span is one stretch of a topic's history: a fact, or a gap when Fact is nil.
type Span struct {
	From, To Date // "" is open
	Fact     *Fact
}

// History returns what is known about a topic through time, oldest first, with the gaps
// between facts as spans of their own. What lies before the first and after the last fact is
// not listed: it is unknown.
func (b *Book) History(jurisdiction, topic string) []Span {
	var out []Span
	for _, f := range b.profiles[jurisdiction].Facts {
		if f.Topic != topic {
			continue
		}
		if n := len(out); n > 0 && out[n-1].To != "" && f.From != "" {
			from, to := out[n-1].To.next(), f.From.previous()
			if from <= to {
				out = append(out, Span{From: from, To: to})
			}
		}
		out = append(out, Span{From: f.From, To: f.To, Fact: &f})
	}
	return out
}

// Change is something that began or ended.
type Change struct {
	Date   Date  // the first day of the new state
	Fact   Fact  // what began; for an end without successor, what ended
	Ended  bool  // true when Fact ended and nothing on record followed it
	Before *Fact // what it replaced, if the profile says so
}

// Near lists the changes of a jurisdiction whose date lies from one civil day to another, both
// included, oldest first, then by topic. A date that names only a year or month counts when
// any of its days lies within.
func (b *Book) Near(jurisdiction, from, to string) []Change {
	p := b.profiles[jurisdiction]
	var out []Change
	for i, f := range p.Facts {
		if f.From.within(from, to) {
			out = append(out, Change{Date: f.From, Fact: f, Before: p.find(f.Replaces)})
		}
		followed := i+1 < len(p.Facts) && p.Facts[i+1].Topic == f.Topic && p.Facts[i+1].From == f.To.next()
		if end := f.To.next(); !followed && end.within(from, to) {
			out = append(out, Change{Date: end, Fact: f, Ended: true})
		}
	}
	order.By(out, func(a, b Change) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return out
}

func (p Profile) find(id string) *Fact {
	for _, f := range p.Facts {
		if id != "" && f.ID == id {
			return &f
		}
	}
	return nil
}
