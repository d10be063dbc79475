package record

import (
	"context"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// Batch collects new rows of any tables, of one organisation, and writes them with a few statements: for
// files with many records. What it writes is what Insert writes. The zero value is ready.
type Batch struct {
	lines  []pending
	tables []shape // each once, in the order in which they came
	id     func() string
}

// pending is a row that waits: its line, what is sealed of it and where that goes.
type pending struct {
	line
	table int
	fresh vault.Fresh
	at    []int
}

// Add adds a new row: see [Table.Insert]. It returns the key that the row will have.
func (t *Table[C]) Add(b *Batch, a Act, r Row[C], docs ...Doc) (Key, error) {
	return b.add(t.shape(), a, t.line(&r), docs)
}

func (b *Batch) add(s shape, a Act, l line, docs []Doc) (Key, error) {
	*l.held = held{make([]stored, len(s.sealed)), s.name, s.sealed}
	l.Org, l.Version = a.Actor.Org, 1
	l.ChangedBy = a.Actor.Account
	if l.ID == "" {
		if b.id == nil {
			b.id = db.NewIDs()
		}
		l.ID = b.id()
	}
	p := pending{line: l, fresh: vault.Fresh{Entry: a.entry(*l.Key, s.name)}, table: -1}
	for i, known := range b.tables {
		if known.name == s.name {
			p.table = i
		}
	}
	if p.table < 0 {
		p.table, b.tables = len(b.tables), append(b.tables, s)
	}
	for _, d := range docs {
		i := columnOf(s.sealed, d.Class)
		if i < 0 {
			return Key{}, errClass
		}
		text, err := encode(d.Value)
		if err != nil {
			return Key{}, err
		}
		place := vault.Place{Org: l.Org, Person: l.Person, Record: recordName(s.name, l.ID), Field: s.sealed[i].Name, Class: d.Class, Version: 1}
		p.fresh.Values, p.at = append(p.fresh.Values, vault.Value{Place: place, Text: private.New(string(text))}), append(p.at, i)
	}
	b.lines = append(b.lines, p)
	return *l.Key, nil
}

// Write seals and writes all rows with their entries, in tx, and empties the batch.
func (b *Batch) Write(ctx context.Context, tx *db.Tx, v *vault.Vault) error {
	records := make([]vault.Fresh, len(b.lines))
	for i, p := range b.lines {
		records[i] = p.fresh
	}
	sealed, err := v.Begin(ctx, tx, records)
	if err != nil {
		return err
	}
	for i, p := range b.lines {
		for n, value := range sealed[i] {
			p.sealed[p.at[n]] = store(1, value)
		}
	}
	for n, s := range b.tables {
		_, err := tx.InsertRows(ctx, s.name, s.columns(), "", func(yield func([]any, error) bool) {
			for _, p := range b.lines {
				if p.table != n {
					continue
				}
				if row, err := p.values(s, tx.NowMicros()); !yield(row, err) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
	}
	*b = Batch{}
	return nil
}

func (p pending) values(s shape, now int64) ([]any, error) {
	clear, err := s.values(p.fields)
	if err != nil {
		return nil, err
	}
	row := append([]any{string(p.Org), p.ID, p.Case, string(p.Person), p.Version, string(p.ChangedBy), now}, clear...)
	for _, value := range p.sealed {
		row = append(row, []byte(value))
	}
	return row, nil
}
