package app

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/vault"
)

// ProposeErasure is [vault.Vault.ProposeErasure], and tells those who may be the second person.
func (a *App) ProposeErasure(ctx context.Context, actor auth.Actor, person vault.PersonID, ground string) error {
	id, err := a.Vault.ProposeErasure(ctx, actor, person, ground)
	if err != nil {
		return err
	}
	return a.DB.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		seconds, err := auth.Holders(ctx, tx, actor.Org, auth.ApproveErasure)
		if err != nil {
			return err
		}
		for _, to := range seconds {
			if to == actor.Account {
				continue
			}
			n := notify.Notice{Org: string(actor.Org), To: string(to), Kind: notify.ErasureProposed, About: id}
			if _, err := notify.Once(ctx, tx, n, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Erase is [vault.Vault.Erase], and tells whoever proposed it.
func (a *App) Erase(ctx context.Context, actor auth.Actor, id string) error {
	done, err := a.Vault.Erase(ctx, actor, id)
	if err != nil {
		return err
	}
	n := notify.Notice{Org: string(actor.Org), To: string(done.ProposedBy), Kind: notify.ErasureDone, About: id}
	return a.DB.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		_, err := notify.Once(ctx, tx, n, time.Time{})
		return err
	})
}
