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
	g.want(r.Key, r.held, class, into)
}

func (g *Reading) want(k Key, h held, class vault.Class, into any) {
	if h.Has(class) {
		i := columnOf(h.cols, class)
		g.items, g.into = append(g.items, h.sealed[i].item(k, h.table, h.cols[i])), append(g.into, into)
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

// Disclose is Open for what a partner is told: see [vault.Vault.Disclose].
func (g *Reading) Disclose(ctx context.Context, v *vault.Vault, holder auth.Actor, why vault.Why) error {
	if len(g.items) == 0 {
		return nil
	}
	texts, err := v.Disclose(ctx, holder, why, g.items...)
	if err != nil {
		return err
	}
	return g.take(texts)
}

// OpenOverseen is Open for what a person said to those who oversee the service: see
// [vault.Vault.OpenOverseen].
func (g *Reading) OpenOverseen(ctx context.Context, v *vault.Vault, actor auth.Actor, why vault.Why) error {
	texts, err := v.OpenOverseen(ctx, actor, why, g.items...)
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
func (t *Table[C]) History(ctx context.Context, tx *db.Tx, now Row[C]) (all []Past[C], err error) {
	err = t.shape().history(ctx, tx, now.Key, func() line {
		all = append(all, Past[C]{Row: now, Until: now.ChangedAt})
		return t.line(&all[len(all)-1].Row)
	}, func() { now = all[len(all)-1].Row })
	if err != nil {
		return nil, err
	}
	return all, nil
}

// history reads the versions of a row, each into the line that next gives, which is as the version
// after it; done says that it is read.
func (s shape) history(ctx context.Context, tx *db.Tx, k Key, next func() line, done func()) error {
	versions, err := s.versions(ctx, tx, k)
	if err != nil {
		return err
	}
	for _, was := range versions {
		l := next()
		l.sealed = append([]stored{}, l.sealed...)
		l.Version, l.ChangedBy, l.ChangedAt = was.version, was.by, was.at
		if err := s.restore(l, was.parts); err != nil {
			return err
		}
		done()
	}
	return nil
}

// version is what the history has of a version: the sealed columns that were replaced, by name, and the
// clear columns as JSON under "".
type version struct {
	version int64
	by      auth.AccountID
	at      time.Time
	parts   map[string][]byte
}

func (s shape) versions(ctx context.Context, tx *db.Tx, k Key) ([]version, error) {
	rows, err := tx.Query(ctx, `SELECT version, field, changed_by, changed_at, content FROM protection_history
		WHERE org_id = $1 AND record = $2 ORDER BY version DESC, field`, string(k.Org), recordName(s.name, k.ID))
	var all []version
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var (
			one     version
			at      int64
			field   string
			content []byte
		)
		if err := r.Scan(&one.version, &field, &one.by, &at, &content); err != nil {
			return none, err
		}
		if n := len(all); n == 0 || all[n-1].version != one.version {
			one.at, one.parts = time.UnixMicro(at).UTC(), map[string][]byte{}
			all = append(all, one)
		}
		all[len(all)-1].parts[field] = content
		return none, nil
	})
	return all, err
}

// restore puts back what the history has of a version.
func (s shape) restore(l line, parts map[string][]byte) error {
	for i, c := range s.sealed {
		if content, ok := parts[c.Name]; ok {
			l.sealed[i] = content
		}
	}
	content, ok := parts[""]
	if !ok || l.fields == nil {
		return nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(content, &values); err != nil {
		return err
	}
	for i, p := range l.fields {
		text := values[s.clear[i]]
		if into, ok := p.(sql.Scanner); ok {
			var v any
			if err := numbered(text, &v); err != nil {
				return err
			}
			if err := into.Scan(v); err != nil {
				return err
			}
			continue
		}
		if err := json.Unmarshal(text, p); err != nil {
			return fmt.Errorf("record: column %s of %s: %w", s.clear[i], s.name, err)
		}
	}
	return nil
}
