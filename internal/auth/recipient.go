package auth

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Occasion is something of which preset people are told at once.
type Occasion string

// The occasions.
const (
	OnGlass  Occasion = "glass"  // somebody opened in an emergency
	OnSearch Occasion = "search" // somebody looked a person up without a case or task
)

// Occasions returns all occasions, in the order of the constants.
func Occasions() []Occasion { return []Occasion{OnGlass, OnSearch} }

// ProposeRecipients proposes who is told of an occasion. It takes [Configure]. At least one account is
// needed, and nobody of them is an administrator: whoever chooses who is told must not be the only one.
func (s Accounts) ProposeRecipients(ctx context.Context, actor Actor, o Occasion, accounts []AccountID, reason string) (ProposalID, error) {
	names := make([]string, len(accounts))
	for i, a := range accounts {
		names[i] = string(a)
	}
	slices.Sort(names)
	return s.Propose(ctx, actor, Change{
		Kind: RecipientsSet, Subject: string(o), Reason: reason,
		Detail: map[string]string{"accounts": strings.Join(slices.Compact(names), " ")},
	})
}

func checkRecipients(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	f := fault.New(fault.Invalid, "These recipients cannot be set.")
	if !slices.Contains(Occasions(), Occasion(c.Subject)) {
		f = f.WithField("occasion", "Choose an occasion.")
	}
	accounts := fields(c.Detail["accounts"])
	if len(accounts) == 0 || len(accounts) > 20 {
		f = f.WithField("accounts", "Choose from one to twenty people.")
	}
	for _, a := range accounts {
		grants, err := grantsOf(ctx, tx, by.Org, AccountID(a))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(grants, func(g Grant) bool { return g.Role == Administrator && g.Held(tx.Now()) }) {
			f = f.WithField("accounts", "Choose people who are not administrators.")
			break
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func applyRecipients(ctx context.Context, tx *db.Tx, p Proposal, by Actor) error {
	_, err := tx.Exec(ctx, "DELETE FROM recipient WHERE org_id = $1 AND occasion = $2", string(p.Org), p.Subject)
	if err != nil {
		return err
	}
	for _, a := range fields(p.Detail["accounts"]) {
		_, err := tx.Exec(ctx, "INSERT INTO recipient (org_id, occasion, account_id) VALUES ($1, $2, $3)", string(p.Org), p.Subject, a)
		if err != nil {
			return err
		}
	}
	e := entry(by, audit.Configuration, p.Subject, "recipients.set")
	e.Org = string(p.Org)
	e.Detail["accounts"] = p.Detail["accounts"]
	return audit.Append(ctx, tx, e)
}

// Recipients returns the open accounts that are told of an occasion, sorted.
func Recipients(ctx context.Context, tx *db.Tx, org OrgID, o Occasion) ([]AccountID, error) {
	rows, err := tx.Query(ctx, `
		SELECT r.account_id FROM recipient r JOIN account a ON a.org_id = r.org_id AND a.id = r.account_id
		WHERE r.org_id = $1 AND r.occasion = $2 AND a.closed_at IS NULL ORDER BY r.account_id`, string(org), string(o))
	return db.Collect(rows, err, func(r *sql.Rows) (a AccountID, err error) { return a, r.Scan(&a) })
}

// Alarm tells the recipients of an occasion, in tx, and returns how many it told. Whoever caused it is
// not counted and not told: an alarm that only they would see is none.
func Alarm(ctx context.Context, tx *db.Tx, by Actor, o Occasion, k notify.Kind, about string) (told int, err error) {
	to, err := Recipients(ctx, tx, by.Org, o)
	if err != nil {
		return 0, err
	}
	for _, a := range to {
		if a == by.Account {
			continue
		}
		if err := tell(ctx, tx, by.Org, a, k, about); err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}
