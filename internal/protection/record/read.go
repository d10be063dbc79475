package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// Reading collects what a page wants opened, of any rows and tables, and opens it at once. The zero
// value is ready.
type Reading struct {
	items []vault.Item
	into  []any
}

// Want asks for the document that a row has of a class, into a pointer. A row that has none leaves what
// the pointer points to as it is.
func (r Row[C]) Want(g *Reading, class vault.Class, into any) {
	for i, c := range r.cols {
		if c.Class == class && len(r.sealed[i]) > 0 {
			g.items, g.into = append(g.items, r.sealed[i].item(r.Key, r.table, c)), append(g.into, into)
		}
	}
}

// Size returns how many documents are wanted.
func (g *Reading) Size() int { return len(g.items) }

// Open opens what is wanted, with the entries of the opening durable before. Nothing wanted is nothing
// opened and no entry. See [vault.Vault.Open]; it must not be called within a transaction.
func (g *Reading) Open(ctx context.Context, v *vault.Vault, actor auth.Actor, why vault.Why) error {
	if len(g.items) == 0 {
		return nil
	}
	texts, err := v.Open(ctx, actor, why, g.items...)
	if err != nil {
		return err
	}
	return g.take(texts)
}

func (g *Reading) take(texts []private.Text) error {
	for i, text := range texts {
		if err := decode([]byte(text.Reveal("read the document of a row")), g.into[i]); err != nil {
			return fmt.Errorf("record: the document of %s: %w", g.items[i].Place.Record, err)
		}
	}
	return nil
}

// Past is a version that a row had. Its columns are those that were replaced then: one that stayed as it
// was stands with a later version, or in the row.
type Past[C any] struct {
	Row[C]
	// Until is when it was replaced.
	Until time.Time
}

// History returns what a row was, the newest first. Each version is whole: what was not replaced with
// it is taken from the version after it.
func (t *Table[C]) History(ctx context.Context, tx *db.Tx, now Row[C]) ([]Past[C], error) {
	rows, err := tx.Query(ctx, `SELECT version, field, changed_by, changed_at, content FROM protection_history
		WHERE org_id = $1 AND record = $2 ORDER BY version DESC, field`, string(now.Org), recordName(t.Name, now.ID))
	var all []Past[C]
	next := now
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var (
			version, at int64
			field       string
			by          auth.AccountID
			content     []byte
		)
		if err := r.Scan(&version, &field, &by, &at, &content); err != nil {
			return none, err
		}
		if n := len(all); n == 0 || all[n-1].Version != version { // the clear columns stand first
			p := Past[C]{Row: next, Until: next.ChangedAt}
			p.sealed = append([]stored{}, next.sealed...)
			p.Version, p.ChangedBy, p.ChangedAt = version, by, time.UnixMicro(at).UTC()
			all = append(all, p)
		}
		p := &all[len(all)-1]
		if field == "" {
			err = t.restore(&p.Clear, content)
		}
		for i, c := range t.Sealed {
			if c.Name == field {
				p.sealed[i] = content
			}
		}
		next = p.Row
		return none, err
	})
	return all, err
}

// restore puts clear columns back from what the history has of them.
func (t *Table[C]) restore(c *C, content []byte) error {
	if t.Fields == nil {
		return nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(content, &values); err != nil {
		return err
	}
	for i, p := range t.Fields(c) {
		text := values[t.Clear[i]]
		if s, ok := p.(sql.Scanner); ok {
			var v any
			if err := numbered(text, &v); err != nil {
				return err
			}
			if err := s.Scan(v); err != nil {
				return err
			}
			continue
		}
		if err := json.Unmarshal(text, p); err != nil {
			return fmt.Errorf("record: column %s of %s: %w", t.Clear[i], t.Name, err)
		}
	}
	return nil
}
