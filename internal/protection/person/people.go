package person

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// People is the store of who people are. It is safe for concurrent use.
type People struct {
	db      *db.DB
	vault   *vault.Vault
	index   *blind.Index
	cases   *casefile.Cases
	secrets vault.Secrets
}

// On returns the store of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, x *blind.Index, cases *casefile.Cases, clock func() time.Time) *People {
	sections.Guard(v)
	assessments.Guard(v)
	ties.Guard(v)
	sessions.Guard(v)
	guardians.Guard(v)
	determinations.Guard(v)
	pairs.Guard(v)
	return &People{db: d, vault: v, index: x, cases: cases, secrets: v.Secrets(clock)}
}

// Section is a part of what is known of a person. Each is kept by itself, so that none waits for another.
type Section string

// The sections.
const (
	OfNames       Section = "names"
	OfBirth       Section = "birth"
	OfAbout       Section = "about"
	OfLanguages   Section = "languages"
	OfCitizenship Section = "citizenship"
	OfContact     Section = "contact"
	OfDocuments   Section = "documents"
	OfFamily      Section = "family"
	OfPlace       Section = "place"
)

// Sections returns the sections, in the order of the constants. Nobody has to follow it.
func Sections() []Section {
	return []Section{OfNames, OfBirth, OfAbout, OfLanguages, OfCitizenship, OfContact, OfDocuments, OfFamily, OfPlace}
}

// class is the class of what a section seals.
func (s Section) class() vault.Class {
	switch s {
	case OfAbout, OfCitizenship, OfDocuments:
		return vault.Sensitive
	case OfPlace:
		return vault.ProtectedLocation
	case OfNames, OfBirth, OfLanguages, OfContact, OfFamily:
	}
	return vault.Personal
}

// sectionFacts are the clear columns of a section.
type sectionFacts struct {
	Section  Section
	Standing string // of the section birth only
}

var sections = &record.Table[sectionFacts]{
	Name: "protection_person",
	Sealed: []record.Column{
		{Name: "personal", Class: vault.Personal}, {Name: "sensitive", Class: vault.Sensitive}, {Name: "location", Class: vault.ProtectedLocation},
	},
	Clear:  []string{"section", "standing"},
	Fields: func(f *sectionFacts) []any { return []any{&f.Section, &f.Standing} },
}

type stageFacts struct{ Stage Stage }

var assessments = &record.Table[stageFacts]{
	Name:   "protection_age_assessment",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}},
	Clear:  []string{"stage"},
	Fields: func(f *stageFacts) []any { return []any{&f.Stage} },
}

// Kept is something of a person as it is kept: with its identifier, its version, and who wrote it last.
type Kept[T any] struct {
	ID      string
	Version int64
	By      auth.AccountID
	At      time.Time
	Is      T
}

func kept[T, C any](r record.Row[C], is T) Kept[T] {
	return Kept[T]{ID: r.ID, Version: r.Version, By: r.ChangedBy, At: r.ChangedAt, Is: is}
}

// File is all that is known of who somebody is.
type File struct {
	hidden

	Case   casefile.ID
	Person vault.PersonID
	Today  string // civil date, in the zone of the organisation
	// Marks say of each section that was opened which version it has, and who wrote it.
	Marks map[Section]Mark

	Names       record.Answer[Names]
	Birth       record.Answer[Births]
	About       About
	Languages   Languages
	Citizenship Citizenships
	Contact     Contacts
	Documents   Documents
	Family      Family
	Place       Shelter

	Assessments    []Kept[Assessment]
	Guardians      []Kept[Guardian]
	Determinations []Kept[Determination]
}

// Mark is which version something has, and who wrote it when.
type Mark struct {
	Version int64
	By      auth.AccountID
	At      time.Time
}

// Standing says whether the safeguards of a child hold today.
func (f File) Standing() Standing {
	return Safeguards(f.Birth.Value, plain(f.Assessments), f.Today)
}

// Eighteenths returns the days around the eighteenth birthday, by each statement that counts; none when the person is
// an adult for sure.
func (f File) Eighteenths() []Majorities {
	if !f.Standing().Safeguards {
		return nil
	}
	return Eighteenths(f.Birth.Value, plain(f.Assessments), f.Today)
}

// May says whether a step may be taken for the person today: see [MayStep].
func (f File) May(m Matter) bool {
	return MayStep(m, f.Standing(), plain(f.Determinations), f.Today)
}

func plain[T any](all []Kept[T]) []T {
	list := make([]T, len(all))
	for i, k := range all {
		list[i] = k.Is
	}
	return list
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// civilToday is the civil date of an organisation.
func civilToday(tx *db.Tx, actor auth.Actor) string {
	zone, err := time.LoadLocation(actor.Zone)
	if err != nil {
		zone = time.UTC
	}
	return tx.Now().In(zone).Format(time.DateOnly)
}

// orgToday is the civil date of an organisation where nobody acts.
func orgToday(ctx context.Context, tx *db.Tx, org auth.OrgID) (string, error) {
	var zone string
	err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&zone)
	return civilToday(tx, auth.Actor{Zone: zone}), err
}

// found is what a file is read from, before anything is opened.
type found struct {
	c              casefile.Case
	today          string
	sections       []record.Row[sectionFacts]
	assessments    []record.Row[stageFacts]
	guardians      []record.Row[guardianFacts]
	determinations []record.Row[determinationFacts]
}

func find(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, perm auth.Permission) (f found, err error) {
	if f.c, err = casefile.Load(ctx, tx, actor, of, perm); err != nil {
		return f, err
	}
	f.today = civilToday(tx, actor)
	const tail = "WHERE org_id = $1 AND person_id = $2 ORDER BY id"
	org, person := string(actor.Org), string(f.c.Person)
	if f.sections, err = sections.Find(ctx, tx, tail, org, person); err != nil {
		return f, err
	}
	if f.assessments, err = assessments.Find(ctx, tx, tail, org, person); err != nil {
		return f, err
	}
	if f.guardians, err = guardians.Find(ctx, tx, tail, org, person); err != nil {
		return f, err
	}
	f.determinations, err = determinations.Find(ctx, tx, tail, org, person)
	return f, err
}

// section returns the row of a section; false when there is none.
func (f found) section(s Section) (record.Row[sectionFacts], bool) {
	for _, r := range f.sections {
		if r.Clear.Section == s {
			return r, true
		}
	}
	return record.Row[sectionFacts]{}, false
}

// Open opens who somebody is, for a purpose. The entry in the ledger is durable before anything is shown. What has
// never been asked is not asked for, and not entered.
func (p *People) Open(ctx context.Context, actor auth.Actor, of casefile.ID, purpose vault.Purpose) (File, error) {
	var rows found
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = find(ctx, tx, actor, of, auth.ReadCases)
		return err
	})
	if err != nil {
		return File{}, err
	}
	return p.open(ctx, actor, rows, purpose, Sections()...)
}

// OpenSome is Open for some sections, without what stands beside them: guardians, and the ages and steps that others
// judged.
func (p *People) OpenSome(ctx context.Context, actor auth.Actor, of casefile.ID, purpose vault.Purpose, only ...Section) (File, error) {
	var rows found
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = find(ctx, tx, actor, of, auth.ReadCases)
		return err
	})
	if err != nil {
		return File{}, err
	}
	rows.assessments, rows.guardians, rows.determinations = nil, nil, nil
	return p.open(ctx, actor, rows, purpose, only...)
}

// open opens the sections that are wanted, and what stands beside them.
func (p *People) open(ctx context.Context, actor auth.Actor, rows found, purpose vault.Purpose, wanted ...Section) (File, error) {
	f := File{Case: rows.c.ID(), Person: rows.c.Person, Today: rows.today, Marks: map[Section]Mark{}}
	var g record.Reading
	for _, s := range wanted {
		if row, ok := rows.section(s); ok {
			f.Marks[s] = Mark{row.Version, row.ChangedBy, row.ChangedAt}
			row.Want(&g, s.class(), f.into(s))
		}
	}
	f.beside(&g, rows)
	return f, g.Open(ctx, p.vault, actor, rows.c.Why(purpose))
}

// beside wants what stands beside the sections.
func (f *File) beside(g *record.Reading, rows found) {
	f.Assessments = make([]Kept[Assessment], len(rows.assessments))
	for i, r := range rows.assessments {
		f.Assessments[i] = kept(r, Assessment{})
		r.Want(g, vault.Sensitive, &f.Assessments[i].Is)
	}
	f.Guardians = make([]Kept[Guardian], len(rows.guardians))
	for i, r := range rows.guardians {
		f.Guardians[i] = kept(r, Guardian{})
		r.Want(g, vault.Personal, &f.Guardians[i].Is)
	}
	f.Determinations = make([]Kept[Determination], len(rows.determinations))
	for i, r := range rows.determinations {
		f.Determinations[i] = kept(r, Determination{})
		r.Want(g, vault.Narrative, &f.Determinations[i].Is)
	}
}

// into is where the document of a section goes, and stands.
func (f *File) into(s Section) any {
	return map[Section]any{
		OfNames: &f.Names, OfBirth: &f.Birth, OfAbout: &f.About, OfLanguages: &f.Languages, OfCitizenship: &f.Citizenship,
		OfContact: &f.Contact, OfDocuments: &f.Documents, OfFamily: &f.Family, OfPlace: &f.Place,
	}[s]
}

// Safeguarded reports, in tx and without opening anything, whether the safeguards of a child hold for a person:
// always, unless the last look at what is known said that they are an adult.
func Safeguarded(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (bool, error) {
	rows, err := sections.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND section = $3", string(org), string(person), string(OfBirth))
	if err != nil || len(rows) == 0 {
		return true, err
	}
	return rows[0].Clear.Standing != standingAdult, nil
}

// MayBeChild reports, in tx and without opening anything, whether somebody has said of a person's age that they are a
// child, or may be. It is for what asks for the age once more: no form makes an adult of them. Where nobody has said
// anything it is false; whether the safeguards hold is asked of [Safeguarded].
func MayBeChild(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (bool, error) {
	rows, err := sections.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND section = $3", string(org), string(person), string(OfBirth))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	s := rows[0].Clear.Standing
	return s == standingChild || s == standingMaybe, nil
}

// The standings as they are kept in clear.
const (
	standingUnknown = ""
	standingChild   = "child"
	standingMaybe   = "maybe"
	standingAdult   = "adult"
)

// code is a standing as it is kept.
func (s Standing) code() string {
	switch {
	case !s.Safeguards:
		return standingAdult
	case s.Age == Child:
		return standingChild
	case len(s.Grounds) == 1 && s.Grounds[0] == NothingSaid:
		return standingUnknown
	}
	return standingMaybe
}
