package casefile

import (
	"context"
	"database/sql"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Begin is what a case is opened with. Only Reason is needed.
type Begin struct {
	Reason string // one of [Reasons]
	Origin string // one of [Origins], or "" for not recorded
	// Name is by what the person is called in the work: a pseudonym will do. It is sealed.
	Name private.Text
	// Retention says how long the file is kept; "" means that of an adult who is supported.
	Retention vault.RetentionClass
	// Follows is an earlier case of the same person, which the actor must be able to read. "" means
	// somebody new.
	Follows ID
	// Key makes a form that is sent twice open one case.
	Key record.SubmissionKey
}

// Words is what is sealed of the case itself.
type Words struct {
	// Name is the working name.
	Name private.Text `json:"name,omitzero"`
}

// Story is what the person told, in one place, so that nobody asks again. It is optional everywhere.
type Story struct {
	Text private.Text `json:"text,omitzero"`
	// Language is the code of the language in which it stands.
	Language string `json:"language,omitempty"`
}

// maxName bounds a working name in bytes.
const maxName = 400

// Open opens a case, enrols its person in the vault unless the case follows another, binds the two, and
// assigns the actor. It takes [auth.WorkCases] and [auth.EnrolRecords].
func (s *Cases) Open(ctx context.Context, actor auth.Actor, b Begin) (id ID, err error) {
	if !actor.May(auth.WorkCases) || !actor.May(auth.EnrolRecords) {
		return "", missing()
	}
	if err := b.check(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		text, _, err := record.Once(ctx, tx, actor, b.Key, func() (string, error) {
			c, err := s.OpenIn(ctx, tx, actor, b)
			return c.Row.ID, err
		})
		id = ID(text)
		return err
	})
	return id, err
}

func (b *Begin) check() error {
	f := fault.New(fault.Invalid, "The case was not opened.")
	if !oneOf(b.Reason, Reasons()) {
		f = f.WithField("reason", "Choose a reason.")
	}
	if b.Origin != "" && !oneOf(b.Origin, Origins()) {
		f = f.WithField("origin", "Choose how the person came, or leave it out.")
	}
	if len(b.Name.Reveal("measure it")) > maxName {
		f = f.WithField("name", "Use at most %d characters.", maxName)
	}
	if len(f.Fields) > 0 {
		return f
	}
	if b.Retention == "" {
		b.Retention = "adult-client"
	}
	return nil
}

// OpenIn is Open in a transaction of another package of the room, such as a screening that becomes a case
// or a referral that is accepted; the caller has checked who may, and what Begin says.
func (s *Cases) OpenIn(ctx context.Context, tx *db.Tx, actor auth.Actor, b Begin) (Case, error) {
	if err := b.check(); err != nil {
		return Case{}, err
	}
	row := record.Row[Facts]{Key: record.Key{ID: db.NewID()}}
	row.Case = row.ID
	var follows Case
	if b.Follows != "" {
		var err error
		if follows, err = Load(ctx, tx, actor, b.Follows, auth.ReadCases); err != nil {
			return Case{}, err
		}
		row.Person = follows.Person
	} else {
		row.Person = vault.PersonID(db.NewID())
		if err := s.vault.Enrol(ctx, tx, actor, row.Person, b.Retention); err != nil {
			return Case{}, err
		}
	}
	numbers, err := newNumbers(ctx, tx, actor.Org, 1)
	if err != nil {
		return Case{}, err
	}
	row.Clear = Facts{
		Number: numbers[0], Owner: actor.Account, OpenedAt: tx.NowMicros(), OpenedBy: actor.Account,
		Reason: b.Reason, Origin: b.Origin, State: Active, Standing: Open, Sensitivity: sql.Null[string]{},
	}
	var docs []record.Doc
	if !b.Name.IsZero() {
		docs = append(docs, record.Doc{Class: vault.Personal, Value: Words{Name: b.Name}})
	}
	row, err = table.Insert(ctx, tx, s.vault, act(actor, "case.open", map[string]string{"reason": b.Reason}), row, docs...)
	if err != nil {
		return Case{}, err
	}
	if err := s.vault.Bind(ctx, tx, actor.Org, row.ID, row.Person); err != nil {
		return Case{}, err
	}
	if err := s.accounts.AssignIn(ctx, tx, actor, row.ID, auth.Holder{Account: actor.Account}); err != nil {
		return Case{}, err
	}
	c := Case{row}
	if b.Follows != "" {
		if err := s.clock(ctx, tx, actor, row.Person, ""); err != nil {
			return Case{}, err
		}
		kind := SamePerson
		if b.Reason == "returned" {
			kind = Returned
		}
		if _, err := s.LinkIn(ctx, tx, actor, follows, c, kind); err != nil {
			return Case{}, err
		}
	}
	return c, nil
}

// Words opens what is sealed of the case itself, for a purpose.
func (s *Cases) Words(ctx context.Context, actor auth.Actor, c Case, p vault.Purpose) (w Words, err error) {
	var g record.Reading
	c.Want(&g, vault.Personal, &w)
	return w, g.Open(ctx, s.vault, actor, c.Why(p))
}

// Story opens what the person told, for a purpose.
func (s *Cases) Story(ctx context.Context, actor auth.Actor, c Case, p vault.Purpose) (w Story, err error) {
	var g record.Reading
	c.Want(&g, vault.Narrative, &w)
	return w, g.Open(ctx, s.vault, actor, c.Why(p))
}

// ManyWords opens what is sealed of several cases themselves, in their order, each within itself: for a
// list. The ledger of each person says so.
func (s *Cases) ManyWords(ctx context.Context, actor auth.Actor, p vault.Purpose, cases ...Case) ([]Words, error) {
	var g record.Reading
	all := make([]Words, len(cases))
	for i, c := range cases {
		c.Want(&g, vault.Personal, &all[i])
	}
	return all, g.Open(ctx, s.vault, actor, vault.Why{Purpose: p, Each: true})
}
