package standard

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Standards takes cases in and gives them out. It is safe for concurrent use.
type Standards struct {
	db       *db.DB
	vault    *vault.Vault
	cases    *casefile.Cases
	people   *person.People
	consents *consent.Consents
	// Agreements are asked of every person before anything leaves for somebody else. Nil refuses every recipient but ourselves.
	Agreements Agreements
}

// On returns the standards of a node, whose vault checks and erases the extension fields.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases, people *person.People, consents *consent.Consents) *Standards {
	extensions.Guard(v)
	return &Standards{db: d, vault: v, cases: cases, people: people, consents: consents}
}

// facts are the clear columns of the extension fields of a case.
type facts struct{ Set, SetVersion, Codes string }

var extensions = &record.Table[facts]{
	Name: "protection_extension",
	Sealed: []record.Column{
		{Name: "personal", Class: vault.Personal},
		{Name: "sensitive", Class: vault.Sensitive},
		{Name: "location", Class: vault.ProtectedLocation},
		{Name: "narrative", Class: vault.Narrative},
	},
	Clear:  []string{"set_id", "set_version", "codes"},
	Fields: func(f *facts) []any { return []any{&f.Set, &f.SetVersion, &f.Codes} },
}

// sealedClasses are the classes of the sealed columns.
var sealedClasses = []vault.Class{vault.Personal, vault.Sensitive, vault.ProtectedLocation, vault.Narrative}

// held is a sealed document: values by field.
type held map[string][]private.Text

// docs divides values by class: codes in clear, and a document for each class that seals. Every class has one,
// so that what was emptied goes.
func (s *Set) docs(values Values) (codes string, all []record.Doc) {
	by := map[vault.Class]held{}
	var clear []string
	for key, v := range values {
		name, _, _ := split(key)
		f, ok := s.Field(name)
		if !ok || len(v) == 0 {
			continue
		}
		if !f.Class.MustSeal() {
			for _, one := range v {
				clear = append(clear, key+"="+one)
			}
			continue
		}
		if by[f.Class] == nil {
			by[f.Class] = held{}
		}
		by[f.Class][key] = secret(v)
	}
	slices.Sort(clear)
	for _, class := range sealedClasses {
		if by[class] != nil {
			all = append(all, record.Doc{Class: class, Value: by[class]})
		} else {
			all = append(all, record.Doc{Class: class})
		}
	}
	return strings.Join(clear, " "), all
}

// codesOf reads the clear codes of a row.
func codesOf(codes string) Values {
	v := Values{}
	for one := range strings.FieldsSeq(codes) {
		if key, code, ok := strings.Cut(one, "="); ok {
			v[key] = append(v[key], code)
		}
	}
	return v
}

// Extension is the extension fields of a case, of one set.
type Extension struct {
	Set     *Set
	Version int64 // of the row; 0 when nothing was kept
	Values  Values
}

// Extensions opens the extension fields of a case, a list for each set that the organisation has and the shipped set
// where the case has something of it: for the page about the person.
func (s *Standards) Extensions(ctx context.Context, actor auth.Actor, of casefile.ID, purpose vault.Purpose) (all []Extension, err error) {
	var c casefile.Case
	var rows []record.Row[facts]
	var sets []*Set
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, of, auth.ReadCases); err != nil {
			return err
		}
		if sets, err = definitions(ctx, tx, actor.Org); err != nil {
			return err
		}
		rows, err = extensions.OfCase(ctx, tx, actor.Org, string(of))
		return err
	})
	if err != nil {
		return nil, err
	}
	var g record.Reading
	opened := make([]held, len(rows)*len(sealedClasses))
	for i, row := range rows {
		for j, class := range sealedClasses {
			row.Want(&g, class, &opened[i*len(sealedClasses)+j])
		}
	}
	if err := g.Open(ctx, s.vault, actor, c.Why(purpose)); err != nil {
		return nil, err
	}
	for _, set := range append(sets, Trafficking()) {
		e := Extension{Set: set, Values: Values{}}
		for i, row := range rows {
			if row.Clear.Set == set.ID {
				e.Version = row.Version
				e.Values = valuesOf(row, opened[i*len(sealedClasses):(i+1)*len(sealedClasses)])
			}
		}
		if set.ID != Trafficking().ID || e.Version > 0 {
			all = append(all, e)
		}
	}
	return all, nil
}

func valuesOf(row record.Row[facts], opened []held) Values {
	values := codesOf(row.Clear.Codes)
	for _, doc := range opened {
		for key, texts := range doc {
			for _, t := range texts {
				values[key] = append(values[key], t.Reveal("show it, or write it to a file"))
			}
		}
	}
	return values
}

// Keep writes the extension fields of a case, of a set that the organisation has. Version is that of the row before the
// person who writes, 0 for none. Values that the set does not allow are refused, each with its field.
func (s *Standards) Keep(ctx context.Context, actor auth.Actor, of casefile.ID, set string, version int64, values Values, key record.SubmissionKey) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, key, func() (string, error) {
			return "", s.keep(ctx, tx, actor, of, set, version, values)
		})
		return err
	})
}

func (s *Standards) keep(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, id string, version int64, values Values) error {
	c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return err
	}
	set, err := s.set(ctx, tx, actor.Org, id)
	if err != nil {
		return err
	}
	values, err = set.checked(values)
	if err != nil {
		return err
	}
	rows, err := extensions.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND set_id = $3", string(actor.Org), string(of), id)
	if err != nil {
		return err
	}
	act := record.Act{Actor: actor, Name: "extension.keep", Detail: map[string]string{"set": id}}
	codes, docs := set.docs(values)
	if len(rows) == 0 && version == 0 {
		row := record.Row[facts]{Key: c.Child(), Clear: facts{id, set.Version, codes}}
		_, err = extensions.Insert(ctx, tx, s.vault, act, row, docs...)
		return err
	}
	if len(rows) == 0 || rows[0].Version != version {
		return fault.New(fault.Stale, "Somebody else has changed this meanwhile. Nothing was overwritten.").
			WithHint("Compare what you wrote with what is there now, then save again.")
	}
	rows[0].Clear = facts{id, set.Version, codes}
	_, err = extensions.Update(ctx, tx, s.vault, act, rows[0], docs...)
	return err
}

// checked returns values as they are kept, or says which are not of the set.
func (s *Set) checked(values Values) (Values, error) {
	f := fault.New(fault.Invalid, "The fields were not kept.")
	kept := Values{}
	for key, list := range values {
		field, ok := s.Field(key)
		if !ok {
			f = f.WithField(key, "There is no such field.")
			continue
		}
		column := Column{Name: key, Many: field.Many}
		for _, c := range field.Values {
			column.Codes = append(column.Codes, c.Code)
		}
		for _, v := range list {
			if v = strings.TrimSpace(v); v == "" {
				continue
			}
			ours, kind, _ := field.in(column, v)
			if kind != "" || !field.Many && len(kept[key]) > 0 {
				f = f.WithField(key, "This is not what the field holds.")
				continue
			}
			if !slices.Contains(kept[key], ours) {
				kept[key] = append(kept[key], ours)
			}
		}
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return kept, nil
}

// set returns a set of the organisation.
func (s *Standards) set(ctx context.Context, tx *db.Tx, org auth.OrgID, id string) (*Set, error) {
	var content string
	err := tx.QueryRow(ctx, "SELECT content FROM protection_definition WHERE org_id = $1 AND id = $2", string(org), id).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "There is no list of fields %q.", id)
	}
	if err != nil {
		return nil, err
	}
	d, err := parseDefinition([]byte(content))
	return &d.Set, err
}

// definitions are the sets of an organisation.
func definitions(ctx context.Context, tx *db.Tx, org auth.OrgID) ([]*Set, error) {
	rows, err := tx.Query(ctx, "SELECT content FROM protection_definition WHERE org_id = $1 ORDER BY id", string(org))
	texts, err := db.Collect(rows, err, func(r *sql.Rows) (text string, err error) { return text, r.Scan(&text) })
	if err != nil {
		return nil, err
	}
	var all []*Set
	for _, text := range texts {
		d, err := parseDefinition([]byte(text))
		if err != nil {
			return nil, err
		}
		all = append(all, &d.Set)
	}
	return all, nil
}
