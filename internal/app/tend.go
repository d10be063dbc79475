package app

import (
	"context"
	"log/slog"

	"github.com/fourfold/fourfold/internal/audit"
)

// Tend starts what a running node does by itself, until ctx or the node ends: it puts entries into the
// ledger and signs checkpoints. Commands that do one thing and end need it not: what they leave is
// taken up by the next that tends. It is called once, before the node is served.
func (a *App) Tend(ctx context.Context, logger *slog.Logger) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	ledger := audit.NewSequencer(audit.Config{DB: a.DB, Signer: a.Vault, Logger: logger})
	go func() {
		defer close(done)
		ledger.Run(ctx)
	}()
	a.closers = append(a.closers, stop(func() { cancel(); <-done }))
}

// stop is what ends something that runs by itself.
type stop func()

// Close stops it and waits until it has ended.
func (s stop) Close() error { s(); return nil }
