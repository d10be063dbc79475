package standard

import (
	"bytes"
	"context"
	"io"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Define takes a file of extension fields in, in place of one with the same identifier. Fields that the new
// file no longer has stay with the cases that hold them, and are shown no more. It takes [auth.Configure].
func (s *Standards) Define(ctx context.Context, actor auth.Actor, file io.Reader) (Set, error) {
	if !actor.May(auth.Configure) {
		return Set{}, missing()
	}
	content, err := io.ReadAll(io.LimitReader(file, maxDefinition+1))
	if err != nil {
		return Set{}, err
	}
	d, err := ReadDefinition(bytes.NewReader(content))
	if err != nil {
		return Set{}, err
	}
	if d.Set.ID == Trafficking().ID {
		return Set{}, wrong("The identifier %s is that of the program’s own fields.", d.Set.ID)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO protection_definition (org_id, id, version, changed_by, changed_at, content) VALUES ($1, $2, 1, $3, $4, $5)
			ON CONFLICT (org_id, id) DO UPDATE SET version = protection_definition.version + 1, changed_by = excluded.changed_by,
			changed_at = excluded.changed_at, content = excluded.content`,
			string(actor.Org), d.Set.ID, string(actor.Account), tx.NowMicros(), string(content))
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Configuration, Subject: d.Set.ID,
			Detail: map[string]string{"act": "extension.define", "version": d.Set.Version},
		})
	})
	return d.Set, err
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }
