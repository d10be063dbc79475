package person

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// Check refuses what could not be kept of a file, as the methods that keep each section do.
func (f File) Check() error {
	for _, err := range []error{
		f.Names.Value.check(), f.Birth.Value.check(f.Today), f.About.check(), f.Languages.check(), f.Citizenship.check(),
		f.Contact.check(), f.Documents.check(), f.Family.check(), f.Place.check(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// BeginAll keeps, in tx, what files say of persons whose cases were opened in the same transaction: for a file that is
// taken in. Sections about which nothing is said are left out. The rows go into the batch, which the caller writes.
func (p *People) BeginAll(ctx context.Context, tx *db.Tx, actor auth.Actor, b *record.Batch, cases []casefile.Case, files []File) error {
	found := make([]blind.Newcomer, len(cases))
	for i, c := range cases {
		f := files[i]
		if err := f.Check(); err != nil {
			return err
		}
		for _, s := range f.said() {
			row := record.Row[sectionFacts]{Key: c.Child(), Clear: sectionFacts{Section: s}}
			if s == OfBirth {
				row.Clear.Standing = f.Standing().code()
			}
			act := record.Act{Actor: actor, Name: "person." + string(s), Detail: map[string]string{"section": string(s)}}
			if _, err := sections.Add(b, act, row, record.Doc{Class: s.class(), Value: f.into(s)}); err != nil {
				return err
			}
		}
		found[i] = blind.Newcomer{Person: c.Person, Terms: f.terms()}
	}
	return p.index.PutAll(ctx, tx, actor.Org, found)
}

// many is how many new persons make it quicker to build the index anew than to merge them.
const many = 5000

// Reindex brings the index up to date after n persons were kept by [People.BeginAll]: the first search need not do it.
func (p *People) Reindex(ctx context.Context, actor auth.Actor, n int) error {
	if n >= many {
		return p.index.Reindex(ctx, actor.Org)
	}
	_, err := p.index.Merge(ctx, actor.Org)
	return err
}

// said are the sections about which a file says something.
func (f File) said() (all []Section) {
	for s, is := range map[Section]bool{
		OfNames: f.Names.Asked(), OfBirth: f.Birth.Asked(), OfLanguages: f.Languages.Known.Asked() || f.Languages.Need.Asked(),
		OfAbout:       f.About.Gender.Asked() || f.About.Pronouns.Asked() || f.About.Access.Asked() || f.About.AccessNote.Asked(),
		OfCitizenship: f.Citizenship.List.Asked() || f.Citizenship.Stateless.Asked(),
		OfContact:     f.Contact.List.Asked(), OfDocuments: f.Documents.List.Asked(), OfFamily: f.Family.List.Asked(), OfPlace: f.Place.Reference.Asked(),
	} {
		if is {
			all = append(all, s)
		}
	}
	return all
}

// Birthdays makes, in tx, the tasks of the eighteenth birthdays of those whom [People.BeginAll] has kept, after the batch was
// written.
func (p *People) Birthdays(ctx context.Context, tx *db.Tx, actor auth.Actor, cases []casefile.Case, files []File) error {
	for i, c := range cases {
		if len(files[i].dates()) == 0 {
			continue
		}
		if err := p.birthday(ctx, tx, actor, c, File{Today: files[i].Today}, files[i]); err != nil {
			return err
		}
	}
	return nil
}
