package cli

import (
	"context"
	"errors"
	"log/slog"

	"github.com/fourfold/fourfold/internal/app"
)

// sweeps is one sweep of several. A failure of one does not keep the others from being done.
func sweeps(all ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		var errs []error
		for _, sweep := range all {
			errs = append(errs, sweep(ctx))
		}
		return errors.Join(errs...)
	}
}

// tend looks after the vault of a running node, while it is unlocked.
func tend(a *app.App, logger *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		if a.Vault.Locked() {
			return nil
		}
		done, err := a.Vault.Tend(ctx, a.Clock())
		if done.Rotated+done.Finished+done.Copied > 0 {
			logger.InfoContext(ctx, "vault tended", "rotated", done.Rotated, "erasures", done.Finished, "copies", done.Copied)
		}
		return err
	}
}

// backups makes a backup when one is due, while the vault is unlocked: a locked node cannot sign.
func backups(a *app.App, logger *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		if a.Vault.Locked() {
			return nil
		}
		made, err := a.Backups.Tend(ctx, a.Plan, a.Clock())
		if made {
			logger.InfoContext(ctx, "backup made")
		}
		return err
	}
}
