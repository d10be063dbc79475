package person

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/script"
)

// Verdict is what somebody decided about two files. There is no other way to it than somebody deciding.
type Verdict string

// The verdicts.
const (
	Undecided Verdict = ""
	Same      Verdict = "same"
	Different Verdict = "different"
	NotSure   Verdict = "unsure"
)

// Verdicts returns what can be decided, in the order of the constants.
func Verdicts() []Verdict { return []Verdict{Same, Different, NotSure} }

// Label says a verdict in English; it is the key of its translation.
func (v Verdict) Label() string {
	switch v {
	case Same:
		return i18n.Mark("the same person")
	case Different:
		return i18n.Mark("two people")
	case NotSure:
		return i18n.Mark("not sure")
	case Undecided:
	}
	return i18n.Mark("nobody has looked")
}

type pairFacts struct {
	Other     vault.PersonID
	OtherCase casefile.ID
	Decision  Verdict
}

// pairs holds decisions; a row goes when either person is erased.
var pairs = &record.Table[pairFacts]{
	Name:   "protection_duplicate",
	Clear:  []string{"other_id", "other_case", "decision"},
	Fields: func(f *pairFacts) []any { return []any{&f.Other, &f.OtherCase, &f.Decision} },
	Erase: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_duplicate WHERE org_id = $1 AND (person_id = $2 OR other_id = $2)", string(org), string(person))
		return err
	},
}

// Suggestion is a case that may be about the same person, with why. It names only a case that the actor may read.
type Suggestion struct {
	hidden

	Case     casefile.Case
	Strength Strength
	Points   []Point
	Verdict  Verdict
	// Version is that of the decision, 0 when there is none.
	Version int64
}

// Suggestions are those for one file.
type Suggestions struct {
	hidden

	All []Suggestion
	// More: there are, or may be, more people of that name than were looked at.
	More bool
}

// maxQueries bounds the searches for one file: each counts towards what an account may search.
const maxQueries = 3

// Suggest looks for other files of the actor's organisation that may be about the same person. It is a search, with
// everything that a search takes and leaves behind. Files that the actor may not read are left out as if they were
// not there, whatever the reason; another organisation's are in another index.
func (p *People) Suggest(ctx context.Context, actor auth.Actor, of casefile.ID) (Suggestions, error) {
	if actor.May(auth.WorkCases) && !actor.May(auth.SearchPeople) {
		return Suggestions{}, fault.New(fault.Denied, "Your role does not look people up.").WithHint("Ask a support worker who works on the case too.")
	}
	rows, f, err := p.look(ctx, actor, of, indexed...)
	if err != nil {
		return Suggestions{}, err
	}
	leads := map[vault.PersonID]*lead{}
	var s Suggestions
	for _, q := range f.queries(rows.c.Why(Purpose)) {
		a, err := p.index.Search(ctx, actor, q.Query)
		if err != nil {
			return Suggestions{}, err
		}
		s.More = s.More || a.TooMany
		for _, c := range a.Candidates {
			if c.Person != f.Person {
				l := leads[c.Person]
				if l == nil {
					l = &lead{}
					leads[c.Person] = l
				}
				l.take(c, q.name)
			}
		}
	}
	for person, l := range leads {
		if l.Strength == Nothing {
			delete(leads, person)
		}
	}
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		s.All, err = suggestions(ctx, tx, actor, f.Person, leads)
		return err
	})
	return s, err
}

// query is a search with the name it is for.
type query struct {
	blind.Query

	name Name
}

// queries are the searches for a file: its names, the person's own first, with the numbers beside them.
func (f File) queries(why vault.Why) []query {
	var names []Name
	seen := map[string]bool{}
	for _, kind := range []NameKind{Used, "", Legal, Alias, Imposed} {
		for _, n := range f.Names.Value.List {
			var key strings.Builder
			for _, part := range script.NameParts(Plain(n.Text)) {
				key.WriteString(part + " ")
			}
			if n.Kind == kind && key.String() != "" && !seen[key.String()] {
				seen[key.String()] = true
				names = append(names, n)
			}
		}
	}
	documents, phones := f.Documents.Numbers(), f.Contact.Phones()
	var all []query
	for i := range min(maxQueries, max(len(names), len(documents), len(phones))) {
		q := query{Query: blind.Query{Why: why}}
		if i < len(names) {
			q.name, q.Name = names[i], private.New(Plain(names[i].Text))
		}
		if i < len(documents) {
			q.Document = private.New(documents[i])
		}
		if i < len(phones) {
			q.Phone = private.New(phones[i])
		}
		all = append(all, q)
	}
	return all
}

// lead gathers why somebody was met.
type lead struct{ Likeness }

// take adds what a search has met. A name that somebody forced on the person leads no further than what people
// under the same exploiters have in common, and part of a name leads nowhere.
func (l *lead) take(c blind.Candidate, n Name) {
	if c.Phone {
		l.reach(Expected)
		l.add(false, i18n.Mark("The same telephone number. People who were exploited together often share one."), "")
	}
	if c.Document {
		l.reach(Strong)
		l.add(false, i18n.Mark("A document has the same number."), "")
	}
	switch {
	case !c.Whole:
		return
	case n.Kind == Imposed:
		l.reach(Expected)
		l.add(false, i18n.Mark("The same name, which somebody gave them. Others under the same people may bear it."), "")
		return
	}
	l.reach(Possible)
	for i, part := range script.NameParts(Plain(n.Text)) {
		if i < len(c.Parts) && c.Parts[i] != blind.Missed {
			l.add(false, howText(c.Parts[i]), part)
		}
	}
}

// suggestions names the cases behind leads, as far as the actor may read them.
func suggestions(ctx context.Context, tx *db.Tx, actor auth.Actor, person vault.PersonID, leads map[vault.PersonID]*lead) ([]Suggestion, error) {
	var persons []vault.PersonID
	for p := range leads {
		persons = append(persons, p)
	}
	slices.Sort(persons)
	cases, err := casefile.OfPersons(ctx, tx, actor, auth.ReadCases, persons[:min(len(persons), blind.MaxCandidates*maxQueries)]...)
	if err != nil {
		return nil, err
	}
	decided, err := decisions(ctx, tx, actor.Org, person)
	if err != nil {
		return nil, err
	}
	var all []Suggestion
	shown := map[vault.PersonID]bool{}
	for _, c := range cases {
		if shown[c.Person] {
			continue
		}
		shown[c.Person] = true
		l, d := leads[c.Person], decided[c.Person]
		all = append(all, Suggestion{Case: c, Strength: l.Strength, Points: l.Points, Verdict: d.Clear.Decision, Version: d.Version})
	}
	order.By(all, func(a, b Suggestion) int { return cmp.Compare(b.Strength, a.Strength) })
	return all, nil
}

// decisions are the decisions about a person, by the other one.
func decisions(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (map[vault.PersonID]record.Row[pairFacts], error) {
	rows, err := pairs.Find(ctx, tx, "WHERE org_id = $1 AND (person_id = $2 OR other_id = $2)", string(org), string(person))
	all := map[vault.PersonID]record.Row[pairFacts]{}
	for _, r := range rows {
		other := r.Clear.Other
		if other == person {
			other = r.Person
		}
		all[other] = r
	}
	return all, err
}

// Beside opens two files side by side, both for a purpose, and says what agrees and what does not.
func (p *People) Beside(ctx context.Context, actor auth.Actor, of, other casefile.ID, purpose vault.Purpose) (a, b File, l Likeness, err error) {
	if a, err = p.Open(ctx, actor, of, purpose); err != nil {
		return a, b, l, err
	}
	if b, err = p.Open(ctx, actor, other, purpose); err != nil {
		return File{}, File{}, l, err
	}
	return a, b, Compare(a.features(), b.features()), nil
}

func (f File) features() Features {
	return Features{
		Names: f.Names.Value, Births: f.Birth.Value, Documents: f.Documents.List.Value, Phones: f.Contact.Phones(),
		Place: f.Place.Reference.Value,
	}
}

// Decide keeps what somebody decided about two files of which they may work on both. The same person is a link between
// the two cases, and nothing is merged; another decision takes that link away again. version is that of the decision
// before, 0 for none.
func (p *People) Decide(ctx context.Context, actor auth.Actor, of, other casefile.ID, version int64, v Verdict) error {
	if !slices.Contains(Verdicts(), v) {
		return fault.New(fault.Invalid, "Nothing was decided.").WithField("verdict", "Choose an answer.")
	}
	return p.db.Write(ctx, func(tx *db.Tx) error {
		// In one order, so that two who decide at once wait for each other instead of one for the other.
		a, err := casefile.Lock(ctx, tx, actor, min(of, other), auth.WorkCases)
		if err != nil {
			return err
		}
		b, err := casefile.Lock(ctx, tx, actor, max(of, other), auth.WorkCases)
		if err != nil {
			return err
		}
		if a.Person == b.Person {
			return fault.New(fault.Invalid, "Nothing was decided.").WithField("verdict", "Both cases are of one file already.")
		}
		return p.decide(ctx, tx, actor, a, b, version, v)
	})
}

func (p *People) decide(ctx context.Context, tx *db.Tx, actor auth.Actor, a, b casefile.Case, version int64, v Verdict) error {
	if b.Person < a.Person {
		a, b = b, a
	}
	found, err := pairs.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND other_id = $3", string(actor.Org), string(a.Person), string(b.Person))
	if err != nil {
		return err
	}
	act := record.Act{Actor: actor, Name: "person.duplicate", Detail: map[string]string{"decision": string(v), "other": b.Row.ID}}
	row := record.Row[pairFacts]{Key: a.Child()}
	if len(found) > 0 {
		row = found[0]
	}
	if row.Version != version {
		return stale()
	}
	row.Clear = pairFacts{b.Person, b.ID(), v}
	if len(found) > 0 {
		_, err = pairs.Update(ctx, tx, p.vault, act, row)
	} else {
		_, err = pairs.Insert(ctx, tx, p.vault, act, row)
	}
	if err != nil {
		return err
	}
	// The other file has its own record of who decided what about it.
	act.Detail = map[string]string{"decision": string(v), "other": a.Row.ID}
	if err := record.Note(ctx, tx, p.vault, act, b.Child(), "protection_duplicate"); err != nil {
		return err
	}
	if v == Same {
		_, err = p.cases.LinkIn(ctx, tx, actor, a, b, casefile.SamePerson)
		return err
	}
	return p.cases.UnlinkIn(ctx, tx, actor, a, b, casefile.SamePerson)
}

// Verdict returns what was decided about two files that the actor may read, and the version of the decision.
func (p *People) Verdict(ctx context.Context, actor auth.Actor, of, other casefile.ID) (v Verdict, version int64, err error) {
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		a, err := casefile.Load(ctx, tx, actor, of, auth.ReadCases)
		if err != nil {
			return err
		}
		b, err := casefile.Load(ctx, tx, actor, other, auth.ReadCases)
		if err != nil {
			return err
		}
		decided, err := decisions(ctx, tx, actor.Org, a.Person)
		row := decided[b.Person]
		v, version = row.Clear.Decision, row.Version
		return err
	})
	return v, version, err
}
