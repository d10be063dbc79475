package app

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/job"
	"github.com/fourfold/fourfold/internal/notify"
)

// duties are the kinds of work that a node does by itself.
func (a *App) duties() []job.Duty {
	return []job.Duty{
		{
			Kind: "vault.tend", Label: i18n.Mark("Change the keys that are due, finish erasures, copy the keyring"), Every: time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error {
				if a.Vault.Locked() {
					return nil // it is done when the vault is open again: the next one comes
				}
				_, err := a.Vault.Tend(ctx, a.Clock())
				return err
			},
		},
		{
			Kind: "index.tend", Label: i18n.Mark("Bring the search index up to date"), Every: time.Minute, Attempts: 2, Timeout: 50 * time.Minute,
			Do: func(ctx context.Context, _ job.Job) error {
				if a.Vault.Locked() {
					return nil // people are found all the same once the vault is open
				}
				return a.Index.Tend(ctx)
			},
		},
		{
			Kind: "ledger.verify", Label: i18n.Mark("Verify the ledger whole"), Every: 7 * 24 * time.Hour, Attempts: 2, Timeout: 50 * time.Minute,
			Do: func(ctx context.Context, _ job.Job) error { return a.VerifyLedgers(ctx) },
		},
		{
			Kind: "blob.sweep", Label: i18n.Mark("Remove files that did not arrive"), Every: 24 * time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error { return a.Blobs.Sweep(ctx, a.Clock()) },
		},
		{
			Kind: "letters.write", Label: i18n.Mark("Write letters to people with unread messages"), Every: 5 * time.Minute, Attempts: 2,
			Do: func(ctx context.Context, _ job.Job) error {
				_, err := a.Letters.Tend(ctx, a.Clock())
				return err
			},
		},
		{
			Kind: "breach.remind", Label: i18n.Mark("Remind of breaches whose time is running out"), Every: time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error {
				_, err := a.Breaches.Tend(ctx, a.Clock())
				return err
			},
		},
		{
			Kind: "visits.tend", Label: i18n.Mark("Tell of people on a visit who have not checked in"), Every: 5 * time.Minute, Attempts: 2,
			Do: func(ctx context.Context, _ job.Job) error {
				_, err := a.Staff.Tend(ctx, a.Clock())
				return err
			},
		},
		{
			Kind: "work.tell", Label: i18n.Mark("Tell of work that was given up"), Every: 10 * time.Minute, Attempts: 2,
			Do: func(ctx context.Context, _ job.Job) error { return a.Jobs.TellDead(ctx) },
		},
		{
			Kind: "identification.tend", Label: i18n.Mark("Tell of deadlines of identification, and of laws that changed"), Every: time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error {
				if a.Vault.Locked() {
					return nil // a task is entered in the ledger, which needs the vault
				}
				return a.tendIdentification(ctx)
			},
		},
		{
			Kind: "due.tell", Label: i18n.Mark("Tell of files and roles whose review is due"), Every: 24 * time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error { return a.tellDue(ctx) },
		},
		{
			Kind: "consents.tell", Label: i18n.Mark("Tell of reports, reviews and consents whose time runs out"), Every: time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error {
				_, err := a.Consents.Tend(ctx)
				return err
			},
		},
		{
			Kind: "notices.sweep", Label: i18n.Mark("Remove messages that were read a month ago"), Every: 24 * time.Hour, Attempts: 4,
			Do: func(ctx context.Context, _ job.Job) error {
				_, err := notify.Sweep(ctx, a.DB)
				return err
			},
		},
	}
}
