package consent

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Withdrawal is what a person takes back: a consent, whole or for one recipient. No reason is needed.
type Withdrawal struct {
	Consent   ID
	Recipient string // "" for all of it
	Words     private.Text
}

// Stopped is what taking something back did.
type Stopped struct {
	Consent ID
	Recalls []RecallID // asked of those who have something already
}

// Withdraw takes back what a person agreed to, at once: nothing more leaves under it, shares under it stop in the same
// transaction, and everybody who has something is asked to give it back. It asks for no version and no reason; what
// was taken back before stays so.
func (r *Consents) Withdraw(ctx context.Context, actor auth.Actor, of string, w Withdrawal) (s Stopped, err error) {
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		k, err := r.mayWork(ctx, tx, actor, of)
		if err != nil {
			return err
		}
		s, err = r.WithdrawIn(ctx, tx, actor, k, w)
		return err
	})
	return s, err
}

// WithdrawIn is Withdraw in the caller's transaction, who has judged that the actor may: somebody who works on the
// case, or the person in their own space.
func (r *Consents) WithdrawIn(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, w Withdrawal) (s Stopped, err error) {
	row, err := sheets.Get(ctx, tx, actor.Org, string(w.Consent))
	if err != nil {
		return s, err
	}
	if row.Person != k.Person {
		return s, notFound()
	}
	k.Case = row.Case // an earlier case of the same person may hold it: it counts in all of them
	s.Consent = w.Consent
	if row.Clear.State != Given {
		return s, nil
	}
	n, err := tx.Exec(ctx, `UPDATE protection_consent_term SET ended_at = $1
		WHERE org_id = $2 AND consent_id = $3 AND ended_at = 0 AND ($4 = '' OR recipient = $4)`,
		tx.NowMicros(), string(actor.Org), row.ID, w.Recipient)
	if err != nil {
		return s, err
	}
	if n == 0 && w.Recipient != "" {
		return s, nothingLeft(ctx, tx, actor.Org, row.ID, w.Recipient)
	}
	var standing int
	err = tx.QueryRow(ctx, "SELECT count(*) FROM protection_consent_term WHERE org_id = $1 AND consent_id = $2 AND ended_at = 0",
		string(actor.Org), row.ID).Scan(&standing)
	if err != nil {
		return s, err
	}
	if standing == 0 {
		row.Clear.State, row.Clear.EndedAt = Withdrawn, tx.NowMicros()
		if err := r.settle(ctx, tx, actor, k, ofConsent(row.ID), casefile.Dropped); err != nil {
			return s, err
		}
	}
	act := record.Act{Actor: actor, Name: "consent.withdraw", Detail: map[string]string{"to": w.Recipient, "kind": string(row.Clear.Kind)}}
	var docs []record.Doc
	if !w.Words.IsZero() {
		docs = append(docs, record.Doc{Class: vault.Personal, Value: taken{w.Words}})
	}
	if _, err := sheets.Update(ctx, tx, r.vault, act, row, docs...); err != nil {
		return s, err
	}
	s.Recalls, err = r.recallUngrounded(ctx, tx, actor, k, TakenBack)
	return s, err
}

// nothingLeft answers a recipient of whom nothing is left to take back: they were taken back before, or do not stand on
// the sheet.
func nothingLeft(ctx context.Context, tx *db.Tx, org auth.OrgID, consent, recipient string) error {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM protection_consent_term WHERE org_id = $1 AND consent_id = $2 AND recipient = $3",
		string(org), consent, recipient).Scan(&n)
	if err == nil && n == 0 {
		return notFound()
	}
	return err
}
