package app

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// Guard is how the keys and copies of a node are kept: nothing of any organisation.
type Guard struct {
	Vault  vault.Status
	Backup backup.Status
	// Planned says that backups are made by themselves, and Due when the next one is, or was.
	Planned bool
	Due     time.Time
}

// Guard returns how the keys and copies of the node are kept, for who keeps it running.
func (a *App) Guard(ctx context.Context, actor auth.Actor) (g Guard, err error) {
	if !actor.May(auth.AdministerNode) {
		return g, fault.New(fault.NotFound, "This does not exist.")
	}
	if g.Vault, err = a.Vault.Status(ctx, a.Clock()); err != nil {
		return g, err
	}
	// How many people an organisation of the node helps is no matter of this page.
	g.Vault.Persons, g.Vault.Erased, g.Vault.Unfinished = 0, 0, 0
	if g.Backup, err = a.Backups.Status(ctx); err != nil {
		return g, err
	}
	if g.Planned = a.Plan.Dir != "" && a.Plan.Every > 0; g.Planned && !g.Backup.Newest.IsZero() {
		g.Due = g.Backup.Newest.Add(a.Plan.Every)
	}
	return g, nil
}

// LockVault drops the keys from the memory at once. It takes the permission to run the node and nobody
// else, because whoever sees a danger must not wait; unlocking takes the node key at the machine. That it
// was locked is entered afterwards: a database that does not answer does not hold it up.
func (a *App) LockVault(ctx context.Context, actor auth.Actor) error {
	if !actor.May(auth.AdministerNode) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	if a.Vault.Locked() {
		return nil
	}
	a.Vault.Lock()
	return a.Vault.NoteBy(context.WithoutCancel(ctx), actor, "lock")
}
