package app

import (
	"context"
	"log/slog"
	"sync"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/fault"
)

// Tend starts what a running node does by itself, until ctx or the node ends: it puts entries into the
// ledger, signs checkpoints and works jobs. Commands that do one thing and end need it not: what they leave is
// taken up by the next that tends. It is called once, before the node is served.
func (a *App) Tend(ctx context.Context, logger *slog.Logger) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	ledger := audit.NewSequencer(audit.Config{DB: a.DB, Signer: a.Vault, Logger: logger, Damaged: a.alarms.damaged(a.DB, logger)})
	all.Go(func() { ledger.Run(ctx) })
	a.Jobs.Logger = logger
	all.Go(func() {
		if err := a.Jobs.Run(ctx); err != nil {
			logger.ErrorContext(ctx, "jobs are not worked", "cause", fault.Cause(err))
		}
	})
	a.closers = append(a.closers, stop(func() { cancel(); all.Wait() }))
}

// stop is what ends something that runs by itself.
type stop func()

// Close stops it and waits until it has ended.
func (s stop) Close() error { s(); return nil }
