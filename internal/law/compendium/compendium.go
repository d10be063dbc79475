// Package compendium is the knowledge base that the program ships: instruments, duties, topics, national laws, treaty acts,
// membership, and what is recorded of the commencement of provisions.
//
// Every row carries its source and how far to trust it. [Trust.Check] says where a page must show "check against the
// authentic text". The tables are our own compilation (data/README.md), not legal advice.
//
// Trust: the embedded tables are trusted as code is. [Load] reads any other set by the same strict rules, so a signed
// bundle is opened elsewhere and read here. A [Book] is never changed after it was read; lookups by code are constant time.
package compendium

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/membership"
	"github.com/fourfold/fourfold/internal/law/treaty"
	"github.com/fourfold/fourfold/internal/law/work"
	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed data/*.csv
var embedded embed.FS

// Shipped is the set in the program, read on first use. A damaged table is a defect of the build that every test finds, so
// it panics.
var Shipped = sync.OnceValue(func() *Book {
	files, err := fs.Sub(packed.Of(embedded), "data")
	if err != nil {
		panic(err)
	}
	b, err := Load(files)
	if err != nil {
		panic(err)
	}
	return b
})

// Trust says what a row rests on.
type Trust struct {
	// Source is where it was read, in English as written down.
	Source string
	// Recalled says that nobody compared it with a page.
	Recalled bool
	// Confidence is "high", "medium" or "low".
	Confidence string
	// Known is the day on which the source stood so.
	Known clock.Day
}

// Check reports whether the row must be compared with the authentic text before anybody relies on it.
func (t Trust) Check() bool { return t.Recalled || t.Confidence != "high" }

// Instrument is a treaty, an act of an organisation, or a text that does not bind.
type Instrument struct {
	ID, Short, Title, Body, Type, Place string
	Adopted, Force                      clock.Day
	// Parties is the number a page gave, on PartiesOn as it wrote that; blank when none was seen.
	Parties, PartiesOn string
	Citation           string
	IDs                []string
	// URI is our own proposal of an Akoma Ntoso address.
	URI string
	// Binding is "yes", "no", "partly", "no longer" or "not in force".
	Binding, Note string
	Rule          treaty.Rule
	// Articles is how many it has; 0 when that is not recorded.
	Articles int
	Trust
}

// Sets of topics. Only Trafficking counts in the weights of the trafficking instruments.
const (
	Trafficking = ""
	Corruption  = "corruption"
)

// Topic is what a law may cover.
type Topic struct {
	alignment.Topic
	Title, Means string
	Set          string
	Trust
}

// Obligation is one duty of an instrument.
type Obligation struct {
	alignment.Obligation
	Instrument, Article, Paragraph string
	// EID is the place in the text.
	EID       string
	Qualifier string
	// Kind is "State" for a duty of the State, "definition" for what a duty is about.
	Kind, Pillar string
	// Text is our own wording.
	Text string
	Trust
}

// Pin is the place as people cite it, such as "6(3)(d)".
func (o Obligation) Pin() string {
	if o.Paragraph == "" {
		return o.Article
	}
	return o.Article + "." + o.Paragraph
}

// Law is a law of a country.
type Law struct {
	ID, State, Title   string
	Year               string
	Adopted            clock.Day
	Citation, Sections string
	Topics             []string
	// Status is as written down, such as "in force, amended".
	Status, Note string
	Trust
}

// Place is what a name may mean.
type Place struct {
	Code string
	// What tells it from others of the name.
	What string
}

// Book is a set of tables.
type Book struct {
	Instruments []Instrument
	Topics      []Topic
	Obligations []Obligation
	Laws        []Law
	Members     membership.Members
	Regional    []membership.Act
	// Corpus holds the instruments and laws as works, with what is recorded of their commencement. It has no texts.
	Corpus work.Corpus

	instrument map[string]int
	topic      map[string]int
	duties     map[string][]Obligation // by instrument
	laws       map[string][]Law        // by country
	regional   map[string]membership.Act
	chains     map[pair]treaty.Chain
	states     []string
	places     map[string][]Place
	sources    map[string]Trust
}

type pair struct{ instrument, state string }
