package person

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// Purpose is why this package opens a file by itself: to add to it what somebody has typed, and to look for
// somebody who is there already.
const Purpose vault.Purpose = "keep-file"

// Seen is what somebody had before them when they changed something.
type Seen struct {
	// Version is that of the section, 0 when there was none. Another one by now is [fault.Stale].
	Version int64
	// Source is where the answers come from; the account is filled in, and the date when it is empty.
	Source record.Source
	// Key makes a form that is sent twice do its work once.
	Key record.SubmissionKey
}

// errMoved says that something else of the file changed between opening and writing.
var errMoved = errors.New("person: the file changed meanwhile")

// attempts bounds how often a change begins again because others change other parts of the file.
const attempts = 5

// SetNames keeps what somebody is called, and makes them findable by it.
func (p *People) SetNames(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, a record.Answer[Names]) error {
	return p.keep(ctx, actor, of, OfNames, s, func(f *File, src record.Source) error {
		f.Names = settle(a, f.Names, src)
		return a.Value.check()
	})
}

// SetBirth keeps what is said about a birth: every statement, with its source. Statements that are new get the
// source and the date of the change.
func (p *People) SetBirth(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, a record.Answer[Births]) error {
	return p.keep(ctx, actor, of, OfBirth, s, func(f *File, src record.Source) error {
		a.Value.List = slices.Clone(a.Value.List)
		for i := range a.Value.List {
			b := &a.Value.List[i]
			if at := slices.IndexFunc(f.Birth.Value.List, b.same); at >= 0 {
				*b = f.Birth.Value.List[at]
				continue
			}
			b.By, b.AsOf = string(actor.Account), src.AsOf
		}
		f.Birth = settle(a, f.Birth, src)
		return a.Value.check(f.Today)
	})
}

// same reports whether two statements say the same of the same origin.
func (b *Birth) same(o Birth) bool {
	return b.From == o.From && b.To == o.To && b.Basis == o.Basis && b.Source == o.Source
}

// SetAbout keeps what the person says of themselves, and what they need to get in.
func (p *People) SetAbout(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, a About) error {
	return p.keep(ctx, actor, of, OfAbout, s, func(f *File, src record.Source) error {
		f.About = About{
			Gender: settle(a.Gender, f.About.Gender, src), Pronouns: settle(a.Pronouns, f.About.Pronouns, src),
			Access: settle(a.Access, f.About.Access, src), AccessNote: settle(a.AccessNote, f.About.AccessNote, src),
		}
		return a.check()
	})
}

// SetLanguages keeps the languages, and what is needed of an interpreter.
func (p *People) SetLanguages(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, l Languages) error {
	return p.keep(ctx, actor, of, OfLanguages, s, func(f *File, src record.Source) error {
		f.Languages = Languages{Known: settle(l.Known, f.Languages.Known, src), Need: settle(l.Need, f.Languages.Need, src)}
		return l.check()
	})
}

// SetCitizenship keeps the citizenships and, apart from them, statelessness.
func (p *People) SetCitizenship(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, c Citizenships) error {
	return p.keep(ctx, actor, of, OfCitizenship, s, func(f *File, src record.Source) error {
		f.Citizenship = Citizenships{List: settle(c.List, f.Citizenship.List, src), Stateless: settle(c.Stateless, f.Citizenship.Stateless, src)}
		return c.check()
	})
}

// SetContact keeps the ways to reach the person, and makes them findable by their telephones.
func (p *People) SetContact(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, c Contacts) error {
	return p.keep(ctx, actor, of, OfContact, s, func(f *File, src record.Source) error {
		f.Contact = Contacts{List: settle(c.List, f.Contact.List, src)}
		return c.check()
	})
}

// SetDocuments keeps papers and who has them, and makes the person findable by their numbers.
func (p *People) SetDocuments(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, d Documents) error {
	return p.keep(ctx, actor, of, OfDocuments, s, func(f *File, src record.Source) error {
		f.Documents = Documents{List: settle(d.List, f.Documents.List, src)}
		return d.check()
	})
}

// SetFamily keeps who belongs to the person.
func (p *People) SetFamily(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, m Family) error {
	return p.keep(ctx, actor, of, OfFamily, s, func(f *File, src record.Source) error {
		f.Family = Family{List: settle(m.List, f.Family.List, src)}
		return m.check()
	})
}

// SetPlace keeps the number of the protected place at which the person stays.
func (p *People) SetPlace(ctx context.Context, actor auth.Actor, of casefile.ID, s Seen, place Shelter) error {
	return p.keep(ctx, actor, of, OfPlace, s, func(f *File, src record.Source) error {
		f.Place = Shelter{Reference: settle(place.Reference, f.Place.Reference, src)}
		return place.check()
	})
}

// settle returns what is kept of a question: the older answer where the form left it out or says the same, so that
// its source and date stay, else the new one.
func settle[T any](now, older record.Answer[T], src record.Source) record.Answer[T] {
	if !now.Asked() || now.State == older.State && reflect.DeepEqual(now.Value, older.Value) {
		return older
	}
	now.Source = src
	return now
}

// indexed are the sections by which a person is found.
var indexed = []Section{OfNames, OfBirth, OfContact, OfDocuments}

// keep changes a section. What it needs of the file is opened before the transaction and must be the same in it.
func (p *People) keep(ctx context.Context, actor auth.Actor, of casefile.ID, s Section, seen Seen, change func(*File, record.Source) error) error {
	wanted := []Section{s}
	if slices.Contains(indexed, s) {
		wanted = indexed
	}
	for attempt := 1; ; attempt++ {
		err := p.keepOnce(ctx, actor, of, s, wanted, seen, change)
		if !errors.Is(err, errMoved) || attempt == attempts {
			return err
		}
	}
}

func (p *People) keepOnce(ctx context.Context, actor auth.Actor, of casefile.ID, s Section, wanted []Section, seen Seen, change func(*File, record.Source) error) error {
	before, f, err := p.look(ctx, actor, of, wanted...)
	if err != nil {
		return err
	}
	src := seen.Source
	src.By = actor.Account
	if src.AsOf == "" {
		src.AsOf = f.Today
	}
	if err := checkSource(src, f.Today); err != nil {
		return err
	}
	was := f
	if err := change(&f, src); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, seen.Key, func() (string, error) {
			return "", p.write(ctx, tx, actor, of, s, wanted, seen.Version, before, was, f)
		})
		return err
	})
}

// look opens what a change needs.
func (p *People) look(ctx context.Context, actor auth.Actor, of casefile.ID, wanted ...Section) (rows found, f File, err error) {
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		rows, err = find(ctx, tx, actor, of, auth.WorkCases)
		return err
	})
	if err != nil {
		return rows, f, err
	}
	f, err = p.open(ctx, actor, rows, Purpose, wanted...)
	return rows, f, err
}

// sourceForm are who may have said something.
var sourceForm = []string{"", "person", "guardian", "family", "document", "referral", "observed", "authority", "other"}

// Sources returns the codes of who may have said something.
func Sources() []string { return slices.Clone(sourceForm[1:]) }

func checkSource(s record.Source, today string) error {
	if !slices.Contains(sourceForm, s.From) || civil(s.AsOf).IsZero() || s.AsOf > today {
		return fault.New(fault.Invalid, "This was not kept.").WithField("source", "Say who said so, and on which day it was.")
	}
	return nil
}

// write writes a section in tx, with what follows from it.
func (p *People) write(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, s Section, wanted []Section, seen int64, before found, was, f File) error {
	c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return err
	}
	now, err := find(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return err
	}
	row, there := now.section(s)
	if row.Version != seen {
		return stale()
	}
	if !now.as(before, wanted) {
		return errMoved
	}
	row.Clear.Section = s
	if s == OfBirth {
		row.Clear.Standing = f.Standing().code()
	}
	act := record.Act{Actor: actor, Name: "person." + string(s), Detail: map[string]string{"section": string(s)}}
	doc := record.Doc{Class: s.class(), Value: f.into(s)}
	if there {
		_, err = sections.Update(ctx, tx, p.vault, act, row, doc)
	} else {
		row.Key = c.Child()
		_, err = sections.Insert(ctx, tx, p.vault, act, row, doc)
	}
	if err != nil || !slices.Contains(indexed, s) {
		return err
	}
	if err := p.index.Put(ctx, tx, actor.Org, c.Person, f.terms()); err != nil {
		return err
	}
	if s == OfBirth {
		return p.birthday(ctx, tx, actor, c, was, f)
	}
	return nil
}

func stale() *fault.Error {
	return fault.New(fault.Stale, "Somebody else has changed this meanwhile. Nothing was overwritten.").
		WithHint("Compare what you wrote with what is there now, then save again.")
}

// as reports whether what a change rests on is as it was when it was opened.
func (f found) as(before found, wanted []Section) bool {
	for _, s := range wanted {
		a, _ := f.section(s)
		b, _ := before.section(s)
		if a.Version != b.Version {
			return false
		}
	}
	return sameRows(f.assessments, before.assessments)
}

func sameRows[C any](a, b []record.Row[C]) bool {
	return slices.EqualFunc(a, b, func(x, y record.Row[C]) bool { return x.ID == y.ID && x.Version == y.Version })
}

// terms is what the person is found by. Names that somebody forced on them are among it.
func (f File) terms() blind.Terms {
	var t blind.Terms
	secret := func(all []string) (out []private.Text) {
		for _, s := range all {
			out = append(out, private.New(s))
		}
		return out
	}
	t.Names, t.Documents, t.Phones = secret(f.Names.Value.Spellings()), secret(f.Documents.Numbers()), secret(f.Contact.Phones())
	t.BirthFrom, t.BirthTo = f.Birth.Value.Years()
	return t
}
