package record

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// Act is who changes a row, and what the ledger says of it.
type Act struct {
	Actor auth.Actor
	// Name is what is done, a code such as "consent.give".
	Name string
	// Kind is what kind of act it is; "" means a decision.
	Kind audit.Kind
	// Detail holds codes and identifiers that explain the act. Nothing personal.
	Detail map[string]string
}

func (a Act) entry(k Key, table string) audit.Entry {
	detail := map[string]string{}
	maps.Copy(detail, a.Detail)
	detail["act"], detail["via"], detail["case"], detail["of"] = a.Name, string(a.Actor.Via), k.Case, table
	if a.Kind == "" {
		a.Kind = audit.Decision
	}
	return audit.Entry{
		Org: string(k.Org), Actor: string(a.Actor.Account), Kind: a.Kind, Subject: k.ID, Person: string(k.Person), Detail: detail,
	}
}

// Doc is all that a row has of one class: a struct or map that [encoding/json] could write, with
// [private.Text] for what must not be printed. A nil Value empties the column.
type Doc struct {
	Class vault.Class
	Value any
}

// Note enters an act about a person that changed no sealed row.
func Note(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, k Key, of string) error {
	k.Org = a.Actor.Org
	return v.Record(ctx, tx, a.entry(k, of))
}

// Insert writes a new row of the actor's organisation. Of the key, Case and Person are taken, and ID
// unless it is "", when one is made. The person must be enrolled in the vault.
func (t *Table[C]) Insert(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, r Row[C], docs ...Doc) (Row[C], error) {
	if err := t.shape().insert(ctx, tx, v, a, t.line(&r), docs); err != nil {
		return Row[C]{}, err
	}
	return r, nil
}

func (s shape) insert(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, l line, docs []Doc) error {
	*l.held = held{make([]stored, len(s.sealed)), s.name, s.sealed}
	l.Org, l.Version = a.Actor.Org, 1
	if l.ID == "" {
		l.ID = db.NewID()
	}
	if err := s.seal(ctx, tx, v, a, l, docs); err != nil {
		return err
	}
	clear, err := s.values(l.fields)
	if err != nil {
		return err
	}
	l.ChangedBy, l.ChangedAt = a.Actor.Account, tx.Now()
	args := append([]any{string(l.Org), l.ID, l.Case, string(l.Person), l.Version, string(l.ChangedBy), tx.NowMicros()}, clear...)
	for _, value := range l.sealed {
		args = append(args, []byte(value))
	}
	marks := make([]string, len(args))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	_, err = tx.Exec(ctx, "INSERT INTO "+s.name+" ("+strings.Join(s.columns(), ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

// Update writes what changed of a row: all clear columns as r has them, and the documents that are
// given; other sealed columns stay as they are. The row must still have the version that r has, else the
// error is [fault.Stale] and nothing is written. What the row was is kept: see [Table.History]. It
// returns the row as it is now.
func (t *Table[C]) Update(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, r Row[C], docs ...Doc) (Row[C], error) {
	var was Row[C]
	if err := t.shape().update(ctx, tx, v, a, t.line(&was), t.line(&r), docs); err != nil {
		return Row[C]{}, err
	}
	return r, nil
}

// update reads the row before a change, and fills and writes the one after it, of which the clear
// columns are set. Of its key, the identifier and the version count.
func (s shape) update(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, before, after line, docs []Doc) error {
	read := after.Version
	if err := tx.Bump(ctx, s.name, string(a.Actor.Org), after.ID, read); err != nil {
		return err
	}
	if err := s.get(ctx, tx, a.Actor.Org, after.ID, before); err != nil {
		return err
	}
	*after.Key, *after.held = *before.Key, *before.held
	before.Version, after.Version = read, read+1
	after.sealed = append([]stored{}, before.sealed...)
	if err := s.seal(ctx, tx, v, a, after, docs); err != nil {
		return err
	}
	if !s.forgets {
		if err := s.remember(ctx, tx, before, after); err != nil {
			return err
		}
	}
	after.ChangedBy, after.ChangedAt = a.Actor.Account, tx.Now()
	return s.set(ctx, tx, after)
}

// set writes the columns of a row whose version was raised.
func (s shape) set(ctx context.Context, tx *db.Tx, l line) error {
	clear, err := s.values(l.fields)
	if err != nil {
		return err
	}
	args := append([]any{string(l.ChangedBy), l.ChangedAt.UnixMicro()}, clear...)
	for _, value := range l.sealed {
		args = append(args, []byte(value))
	}
	names := append([]string{"changed_by", "changed_at"}, s.columns()[len(fixed):]...)
	for i, n := range names {
		names[i] = fmt.Sprintf("%s = $%d", n, i+1)
	}
	args = append(args, string(l.Org), l.ID)
	_, err = tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE org_id = $%d AND id = $%d", s.name, strings.Join(names, ", "), len(args)-1, len(args)), args...)
	return err
}

// Remove removes a row and what it was before, with an entry that says so. The row must still have the
// version that r has.
func (t *Table[C]) Remove(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, r Row[C]) error {
	return t.shape().remove(ctx, tx, v, a, r.ID, r.Version)
}

func (s shape) remove(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, id string, read int64) error {
	if err := tx.Bump(ctx, s.name, string(a.Actor.Org), id, read); err != nil {
		return err
	}
	l := bare()
	if err := s.without().get(ctx, tx, a.Actor.Org, id, l); err != nil {
		return err
	}
	was := *l.Key
	name := recordName(s.name, was.ID)
	if _, err := tx.Exec(ctx, "DELETE FROM protection_history WHERE org_id = $1 AND record = $2", string(was.Org), name); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM "+s.name+" WHERE org_id = $1 AND id = $2", string(was.Org), was.ID); err != nil {
		return err
	}
	p := vault.Place{Org: was.Org, Person: was.Person, Record: name, Version: was.Version}
	return v.Removed(ctx, tx, a.entry(was, s.name), p)
}

// seal puts sealed documents into a row and enters the change.
func (s shape) seal(ctx context.Context, tx *db.Tx, v *vault.Vault, a Act, l line, docs []Doc) error {
	var values []vault.Value
	at := make([]int, 0, len(docs))
	given := map[int]bool{}
	for _, d := range docs {
		i := columnOf(s.sealed, d.Class)
		if i < 0 || given[i] {
			return fmt.Errorf("%w: %s of %s", errClass, d.Class, s.name)
		}
		given[i] = true
		if l.sealed[i] = nil; d.Value == nil {
			continue
		}
		text, err := encode(d.Value)
		if err != nil {
			return fmt.Errorf("record: a document of %s: %w", s.name, err)
		}
		place := vault.Place{
			Org: l.Org, Person: l.Person, Record: recordName(s.name, l.ID), Field: s.sealed[i].Name, Class: d.Class, Version: l.Version,
		}
		values, at = append(values, vault.Value{Place: place, Text: private.New(string(text))}), append(at, i)
	}
	var kept []vault.Item
	for i, value := range l.sealed {
		if value != nil {
			kept = append(kept, value.item(*l.Key, s.name, s.sealed[i]))
		}
	}
	e := a.entry(*l.Key, s.name)
	if len(values) > 0 {
		sealed, err := v.Change(ctx, tx, e, kept, values...)
		for n, value := range sealed {
			l.sealed[at[n]] = store(l.Version, value)
		}
		return err
	}
	if len(given) > 0 {
		return v.Removed(ctx, tx, e, vault.Place{Org: l.Org, Person: l.Person, Record: recordName(s.name, l.ID), Version: l.Version}, kept...)
	}
	return v.Record(ctx, tx, e)
}

func columnOf(sealed []Column, class vault.Class) int {
	for i, c := range sealed {
		if c.Class == class {
			return i
		}
	}
	return -1
}

// remember keeps what a row was: each sealed column that is another now, and the clear columns.
func (s shape) remember(ctx context.Context, tx *db.Tx, was, now line) error {
	keep := func(field string, content []byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO protection_history (org_id, record, version, field, person_id, changed_by, changed_at, content)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			string(was.Org), recordName(s.name, was.ID), was.Version, field, string(was.Person), string(was.ChangedBy), was.ChangedAt.UnixMicro(), content)
		return err
	}
	values, err := s.values(was.fields)
	if err != nil {
		return err
	}
	clear := make(map[string]any, len(values))
	for i, v := range values {
		clear[s.clear[i]] = v
	}
	text, err := json.Marshal(clear)
	if err != nil {
		return err
	}
	if err := keep("", text); err != nil {
		return err
	}
	for i, c := range s.sealed {
		if string(was.sealed[i]) == string(now.sealed[i]) || len(was.sealed[i]) == 0 {
			continue
		}
		if err := keep(c.Name, was.sealed[i]); err != nil {
			return err
		}
	}
	return nil
}
