package compendium

import (
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/treaty"
	"github.com/fourfold/fourfold/internal/law/work"
)

// short are the letters of the table of acts.
var short = map[string]treaty.Kind{
	"r": treaty.Ratification, "a": treaty.Accession, "A": treaty.Acceptance, "AA": treaty.Approval, "d": treaty.Succession,
	"s": treaty.DefiniteSignature, "c": treaty.Consent, "-": treaty.Absent,
}

// actReader reads the acts, in which a blank cell repeats the one above.
type actReader struct {
	base               *Book
	instrument, source string
}

func (r *actReader) add(get func(string) string) error {
	if i := get("instrument"); i != "" {
		r.instrument = i
	}
	if s := get("source"); s != "" {
		r.source = s
	}
	d, err := dates(get, "signed", "consent")
	if err != nil {
		return err
	}
	t, known := r.base.sources[r.source]
	kind, named := short[get("kind")]
	if !known || !named && get("kind") != "" {
		return fmt.Errorf("source %q or kind %q is not listed", r.source, get("kind"))
	}
	a := treaty.Act{
		State: get("state"), Instrument: r.instrument, Source: t.Source, Known: t.Known,
		Confidence: map[string]string{"": "high", "m": "medium", "l": "low"}[get("confidence")],
	}
	if d[0] != "" {
		a.Kind, a.Date = treaty.Signature, d[0]
		if err := r.base.putAct(a); err != nil {
			return err
		}
	}
	if !named {
		return nil
	}
	a.Kind, a.Date = kind, d[1]
	return r.base.putAct(a)
}

// extra reads acts with all their marks.
func (r *actReader) extra(get func(string) string) error {
	d, err := dates(get, "date")
	if err != nil {
		return err
	}
	t, err := r.base.trust(get)
	if err != nil {
		return err
	}
	a := treaty.Act{
		State: get("state"), Instrument: get("instrument"), Kind: treaty.Kind(get("kind")), Date: d[0], Text: get("text"),
		Articles: strings.Fields(get("articles")), Source: t.Source, Confidence: t.Confidence, Known: t.Known,
	}
	if of, competes := strings.CutPrefix(get("of"), "="); competes {
		a.CompetingOf = actID(a, treaty.Kind(of))
	} else if of != "" {
		a.Of = actID(a, treaty.Kind(of))
	}
	return r.base.putAct(a)
}

func actID(a treaty.Act, k treaty.Kind) string { return a.Instrument + "/" + a.State + "/" + string(k) }

// putAct adds an act to its chain under a name of its own.
func (b *Book) putAct(a treaty.Act) error {
	i, found := b.instrument[a.Instrument]
	if !found {
		return fmt.Errorf("instrument %q is not listed", a.Instrument)
	}
	key := pair{a.Instrument, a.State}
	c := b.chains[key]
	n := 0
	for _, other := range c.Acts {
		if other.Kind == a.Kind {
			n++
		}
	}
	if a.ID = actID(a, a.Kind); n > 0 {
		a.ID = fmt.Sprintf("%s/%d", a.ID, n+1)
	}
	c.Rule = b.Instruments[i].Rule
	c.Acts = append(c.Acts, a)
	b.chains[key] = c
	return nil
}

func (b *Book) addLaw(get func(string) string) error {
	d, err := dates(get, "adopted")
	if err != nil {
		return err
	}
	parts := strings.Split(get("id"), "-")
	if len(parts) != 3 {
		return fmt.Errorf("%q is not country-year-number", get("id"))
	}
	l := Law{
		ID: get("id"), State: parts[0], Year: parts[1], Title: get("title"), Adopted: d[0], Citation: get("citation"), Sections: get("sections"),
		Status: get("status"), Note: get("note"),
		Trust: Trust{Source: get("source"), Recalled: get("evidence") == "r", Confidence: get("confidence"), Known: b.sources["own"].Known},
	}
	if l.Recalled && l.Source == "" {
		l.Source = b.sources["own"].Source
	}
	if topics := get("topics"); topics != "" {
		l.Topics = strings.Split(topics, ";")
	}
	for _, t := range l.Topics {
		if _, found := b.topic[t]; !found {
			return fmt.Errorf("topic %q is not listed", t)
		}
	}
	b.Laws = append(b.Laws, l)
	b.laws[l.State] = append(b.laws[l.State], l)
	w := work.Work{
		ID: l.ID, Jurisdiction: l.State, Kind: "act", Title: l.Title, Number: l.Citation, Adopted: l.Adopted,
		Source: l.Source, Confidence: l.Confidence,
	}
	if w.Adopted == "" {
		w.Adopted = clock.Day(l.Year)
	}
	b.Corpus.Works = append(b.Corpus.Works, w)
	// "in force 2024-07-01" is a commencement that somebody wrote down.
	if day, told := strings.CutPrefix(l.Status, "in force "); told {
		if date, err := clock.Parse(day); err == nil && date.Exact() {
			return b.putEvent(w, work.Event{Turn: work.Commencement, Date: date, Source: l.Source, Confidence: l.Confidence})
		}
	}
	return nil
}

func (b *Book) addWork(get func(string) string) error {
	d, err := dates(get, "adopted")
	if err != nil {
		return err
	}
	t, err := b.trust(get)
	b.Corpus.Works = append(b.Corpus.Works, work.Work{
		ID: get("id"), Jurisdiction: get("jurisdiction"), Kind: get("kind"), Title: get("title"), Number: get("number"), Adopted: d[0],
		Source: t.Source, Confidence: t.Confidence,
	})
	return err
}

func (b *Book) addEvent(get func(string) string) error {
	t, err := b.trust(get)
	if err != nil {
		return err
	}
	w, found := b.Work(get("work"))
	if _, by := b.Work(get("by")); !found || !by && get("by") != "" {
		return fmt.Errorf("work %q or %q is not listed", get("work"), get("by"))
	}
	return b.putEvent(w, work.Event{
		Turn: work.Turn(get("turn")), Parts: strings.Fields(get("parts")), By: get("by"), Date: clock.Day(get("date")),
		Verb: get("verb"), Into: strings.Fields(get("into")), Source: t.Source, Confidence: t.Confidence,
	})
}

// putEvent adds what happened to a work. The program knows it since its tables were compiled.
func (b *Book) putEvent(w work.Work, e work.Event) error {
	e.ID, e.Work, e.Recorded = fmt.Sprintf("compendium/%d", len(b.Corpus.Events)+1), w.ID, b.sources["own"].Known.Micros()
	b.Corpus.Events = append(b.Corpus.Events, e)
	return work.CheckEvent(w, e)
}
