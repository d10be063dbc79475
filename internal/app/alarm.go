package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// alarms remembers of which damage somebody was told, so that a sequencer that meets it five times a
// second writes nothing the second time. After a start the notices themselves are asked.
type alarms struct {
	mu   sync.Mutex
	told map[string]string // what was found last, by organisation
}

// damaged returns what a sequencer calls.
func (m *alarms) damaged(d *db.DB, logger *slog.Logger) func(context.Context, string, error) {
	return func(ctx context.Context, org string, err error) {
		what := err.Error()
		m.mu.Lock()
		known := m.told[org] == what
		m.mu.Unlock()
		if known {
			return
		}
		if err := tellDamage(ctx, d, org, what); err != nil {
			logger.WarnContext(ctx, "nobody could be told of a damaged ledger", "cause", fault.Cause(err))
			return // at the next step again
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.told == nil {
			m.told = map[string]string{}
		}
		m.told[org] = what
	}
}

// tellDamage tells everybody who may read the ledger of an organisation that it does not verify: each
// of them once for each thing that was found. The notice names it by a digest; what it was is said by
// the log and by "fourfold verify".
func tellDamage(ctx context.Context, d *db.DB, org, what string) error {
	sum := sha256.Sum256([]byte(what))
	about := "ledger/" + hex.EncodeToString(sum[:8])
	return d.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		_, err := auth.TellHolders(ctx, tx, auth.OrgID(org), notify.LedgerAltered, about, time.Time{}, auth.ReadLedger)
		return err
	})
}

// VerifyLedger verifies the ledger of an organisation from what the node stores, and tells those who may
// read it when something is wrong. See [audit.Verify].
func (a *App) VerifyLedger(ctx context.Context, org auth.OrgID, against audit.Against) (audit.Report, error) {
	report, err := audit.Verify(ctx, a.DB, string(org), against)
	if err != nil || report.First == nil {
		return report, err
	}
	return report, tellDamage(ctx, a.DB, string(org), report.First.String())
}

// VerifyLedgers verifies the ledger of every organisation, as a node does by itself each week. While the
// vault is locked it does nothing: the entries about persons could not be read.
func (a *App) VerifyLedgers(ctx context.Context) error {
	if a.Vault.Locked() {
		return nil
	}
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return err
	}
	against := audit.Against{Opener: a.Vault, Signer: a.Vault, Rest: 10 * time.Minute}
	for _, o := range orgs {
		if _, err := a.VerifyLedger(ctx, o.ID, against); err != nil {
			return err
		}
	}
	return nil
}

// tellDue tells of what waits for a decision because its time has come: files whose review is due, each
// month, and roles at which nobody has looked for a quarter, each quarter.
func (a *App) tellDue(ctx context.Context) error {
	now := a.Clock().UTC()
	files, err := a.Vault.DueCounts(ctx, now.Format(time.DateOnly))
	if err != nil {
		return err
	}
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return err
	}
	roles := map[auth.OrgID][]auth.AccountID{}
	for _, o := range orgs {
		if roles[o.ID], err = a.reviewsDue(ctx, o.ID, now); err != nil {
			return err
		}
	}
	return a.DB.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		for _, f := range files {
			_, err := auth.TellHolders(ctx, tx, f.Org, notify.RetentionDue, "retention/"+now.Format("2006-01"), time.Time{}, auth.ProposeErasure)
			if err != nil {
				return err
			}
		}
		about := fmt.Sprintf("review/%d-q%d", now.Year(), (now.Month()+2)/3)
		for _, o := range orgs {
			if err := tellReviewers(ctx, tx, o.ID, about, roles[o.ID]); err != nil {
				return err
			}
		}
		return nil
	})
}

// reviewsDue returns the accounts of whose roles one was not looked at for a quarter.
func (a *App) reviewsDue(ctx context.Context, org auth.OrgID, now time.Time) (due []auth.AccountID, err error) {
	accounts, err := a.Accounts.List(ctx, org)
	for _, one := range accounts {
		if slices.ContainsFunc(one.Grants, func(g auth.Grant) bool { return g.ReviewDue(now) }) {
			due = append(due, one.ID)
		}
	}
	return due, err
}

// tellReviewers tells those who review roles, if somebody else's is due: nobody reviews themselves.
func tellReviewers(ctx context.Context, tx *db.Tx, org auth.OrgID, about string, due []auth.AccountID) error {
	reviewers, err := auth.Holders(ctx, tx, org, auth.ReviewRoles)
	if err != nil {
		return err
	}
	for _, to := range reviewers {
		if !slices.ContainsFunc(due, func(a auth.AccountID) bool { return a != to }) {
			continue
		}
		n := notify.Notice{Org: string(org), To: string(to), Kind: notify.ReviewDue, About: about}
		if _, err := notify.Once(ctx, tx, n, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
