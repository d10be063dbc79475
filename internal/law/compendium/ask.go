package compendium

import (
	"slices"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/law/membership"
	"github.com/fourfold/fourfold/internal/law/treaty"
	"github.com/fourfold/fourfold/internal/law/work"
	"github.com/fourfold/fourfold/internal/vocab"
	"github.com/fourfold/fourfold/script"
)

// Instrument returns an instrument by its code.
func (b *Book) Instrument(id string) (Instrument, bool) {
	i, found := b.instrument[id]
	if !found {
		return Instrument{}, false
	}
	return b.Instruments[i], true
}

// Topic returns a topic by its code.
func (b *Book) Topic(code string) (Topic, bool) {
	i, found := b.topic[code]
	if !found {
		return Topic{}, false
	}
	return b.Topics[i], true
}

// Duties are the obligations of an instrument, in its order.
func (b *Book) Duties(instrument string) []Obligation { return slices.Clone(b.duties[instrument]) }

// LawsOf are the laws of a country, by its code and never by its name.
func (b *Book) LawsOf(state string) []Law { return slices.Clone(b.laws[state]) }

// Work returns a work by its code: an instrument, a national law, or one beside them.
func (b *Book) Work(id string) (work.Work, bool) {
	for _, w := range b.Corpus.Works {
		if w.ID == id {
			return w, true
		}
	}
	return work.Work{}, false
}

// States are those of whom any treaty act is known, by code.
func (b *Book) States() []string { return slices.Clone(b.states) }

// Chain is the acts of a State for an instrument; empty when no source speaks of it.
func (b *Book) Chain(instrument, state string) treaty.Chain { return b.chains[pair{instrument, state}] }

// Chains are those of all States for an instrument, by code of the State.
func (b *Book) Chains(instrument string) []treaty.Chain {
	var out []treaty.Chain
	for _, s := range b.states {
		if c, found := b.chains[pair{instrument, s}]; found {
			out = append(out, c)
		}
	}
	return out
}

// Places are what a name may mean, the State of that name first. More than one must be shown to who asked: a search for
// Georgia is not a search in Georgia, United States.
func (b *Book) Places(name string) []Place {
	if all := b.places[script.Fold(name)]; len(all) > 0 {
		return slices.Clone(all)
	}
	if code, ok := vocab.Find(vocab.Area, name); ok {
		return []Place{{Code: code, What: "State"}}
	}
	return nil
}

// Binding is whether and how an instrument binds a State.
type Binding struct {
	Bound clock.Reach
	// Member says that it binds through membership; otherwise Status is the chain of acts.
	Member bool
	Status treaty.Status
	// Transposition is how far an act has come into national law, for acts that need it.
	Transposition membership.Transposition
}

// Binding answers for a State on a day as known on a day. steps are what is recorded of transposition.
func (b *Book) Binding(instrument, state string, steps []membership.Step, at clock.At) Binding {
	if a, found := b.regional[instrument]; found {
		out := Binding{Member: true, Transposition: b.Members.Transposed(a, state, steps, at)}
		if b.Members.Binds(a, state, at.On) {
			out.Bound = clock.Reached
		}
		return out
	}
	out := Binding{Status: b.Chain(instrument, state).On(at)}
	switch {
	case out.Status.Standing == treaty.InForce:
		out.Bound = clock.Reached
	case out.Status.Perhaps == treaty.InForce:
		out.Bound = clock.Perhaps
	}
	return out
}

// Standard is what instruments ask on a day, as weighted topics of one set. Instruments without a duty of the set give
// an error of [alignment].
func (b *Book) Standard(set string, on clock.Day, w alignment.Weights, instruments ...string) (*alignment.Standard, error) {
	var topics []alignment.Topic
	for _, t := range b.Topics {
		if t.Set == set {
			topics = append(topics, t.Topic)
		}
	}
	var duties []alignment.Obligation
	for _, id := range instruments {
		for _, o := range b.duties[id] {
			if b.Topics[b.topic[o.Topic]].Set == set {
				duties = append(duties, o.Obligation)
			}
		}
	}
	return alignment.NewStandard(topics, alignment.InForce(duties, string(on)), w)
}

// Reserved are the topics of an instrument that reservations in effect take out for a State: those of which no duty is left.
func (b *Book) Reserved(instrument string, s treaty.Status) []string {
	if len(s.Reservations) == 0 {
		return nil
	}
	left := map[string]bool{}
	for _, o := range b.duties[instrument] {
		left[o.Topic] = left[o.Topic] || !s.Reserves(o.Pin())
	}
	var out []string
	for _, t := range b.Topics {
		if keeps, asked := left[t.Code]; asked && !keeps {
			out = append(out, t.Code)
		}
	}
	return out
}

// Alignment is how far the law of a State meets an instrument.
type Alignment struct {
	Binding    Binding
	Reserved   []string
	Assessment *alignment.Assessment
}

// Align sets findings against one instrument for a State. standard is that of the instrument; see [Book.Standard].
func (b *Book) Align(standard *alignment.Standard, instrument, state string, all []finding.Finding, stages []finding.Stage, at clock.At) (Alignment, error) {
	out := Alignment{Binding: b.Binding(instrument, state, nil, at)}
	out.Reserved = b.Reserved(instrument, out.Binding.Status)
	holding := finding.Holding(all, state, stages, at)
	holding = slices.DeleteFunc(holding, func(f finding.Finding) bool {
		i, found := b.topic[f.Topic]
		return found && b.Topics[i].Set != Trafficking
	})
	var err error
	out.Assessment, err = finding.Bounds(standard, holding, out.Reserved)
	return out, err
}
