package auth

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// A tiny organisation has nobody to be the second person. It may ask another organisation of the node
// to lend its protection officer. The other accepts or does not, either ends it, and both keep an
// entry of everything done under it. The lent officer sees of a proposal what it is, never a case, and
// acts only while the organisation has nobody of its own.

// Pairing is two organisations of which one lends the other its second person.
type Pairing struct {
	Org      OrgID // whose changes are approved
	OrgName  string
	Lender   OrgID // whose officer approves
	Name     string
	Asked    time.Time
	Accepted time.Time // zero: not yet
}

// AskPairing asks another organisation to lend its second person. An organisation that has a second
// person of its own proposes it to them; one that has none asks at once, and the other's officer
// decides. It takes [Configure]. An organisation that does not exist is [fault.NotFound].
func (s Accounts) AskPairing(ctx context.Context, actor Actor, lender OrgID, reason string) (id ProposalID, err error) {
	if !actor.May(Configure) {
		return "", missing()
	}
	c := Change{Kind: PairingAsk, Subject: string(lender), Reason: reason}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		own, err := Holders(ctx, tx, actor.Org, ApprovePeople)
		if err != nil {
			return err
		}
		if len(own) > 0 {
			id, err = s.ProposeIn(ctx, tx, actor, c)
			return err
		}
		if err := checkPairing(ctx, tx, actor, c); err != nil {
			return err
		}
		return applyPairing(ctx, tx, Proposal{Change: c, Org: actor.Org, By: actor.Account}, actor)
	})
	return id, err
}

func checkPairing(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	if c.Subject == string(by.Org) {
		return fault.New(fault.Invalid, "An organisation cannot be paired with itself.").
			WithField("other", "Enter the number of the other organisation.")
	}
	var one int
	if err := tx.QueryRow(ctx, "SELECT 1 FROM org WHERE id = $1", c.Subject).Scan(&one); err != nil {
		if isMissing(absent(err)) {
			return fault.New(fault.Invalid, "No organisation of this node has this number.").
				WithField("other", "Enter the number that the other organisation sees on its own page.")
		}
		return err
	}
	return nil
}

func applyPairing(ctx context.Context, tx *db.Tx, p Proposal, by Actor) error {
	_, err := tx.Exec(ctx, "DELETE FROM pairing WHERE org_id = $1 AND other_org = $2", string(p.Org), p.Subject)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO pairing (org_id, other_org, asked_by, asked_at, accepted_by) VALUES ($1, $2, $3, $4, '')",
		string(p.Org), p.Subject, string(p.By), tx.NowMicros())
	if err != nil {
		return err
	}
	lender := OrgID(p.Subject)
	officers, err := Holders(ctx, tx, lender, ApprovePeople)
	if err != nil {
		return err
	}
	for _, to := range officers {
		if err := tell(ctx, tx, lender, to, notify.ProposalOpened, string(p.Org)); err != nil {
			return err
		}
	}
	return bothRecord(ctx, tx, by, p.Org, lender, "pairing.ask")
}

// AcceptPairing lends the second person of the actor's organisation to another that asked for it. It
// takes [ApprovePeople].
func (s Accounts) AcceptPairing(ctx context.Context, actor Actor, asker OrgID) error {
	if !actor.May(ApprovePeople) || actor.Is(Administrator) {
		return missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE pairing SET accepted_by = $1, accepted_at = $2
			WHERE org_id = $3 AND other_org = $4 AND accepted_at IS NULL`,
			string(actor.Account), tx.NowMicros(), string(asker), string(actor.Org))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		return bothRecord(ctx, tx, actor, asker, actor.Org, "pairing.accept")
	})
}

// EndPairing ends a pairing, asked or accepted, from either side. It takes [ApprovePeople] or, on the
// side that asked, [Configure].
func (s Accounts) EndPairing(ctx context.Context, actor Actor, asker, lender OrgID) error {
	ours := actor.Org == lender && actor.May(ApprovePeople) || actor.Org == asker && (actor.May(ApprovePeople) || actor.May(Configure))
	if !ours {
		return missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM pairing WHERE org_id = $1 AND other_org = $2", string(asker), string(lender))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		return bothRecord(ctx, tx, actor, asker, lender, "pairing.end")
	})
}

// bothRecord keeps an entry with each of two organisations.
func bothRecord(ctx context.Context, tx *db.Tx, by Actor, asker, lender OrgID, act string) error {
	for _, o := range [][2]OrgID{{asker, lender}, {lender, asker}} {
		e := entry(by, audit.Configuration, string(o[1]), act)
		e.Org = string(o[0])
		e.Detail["by.org"] = string(by.Org)
		if err := audit.Append(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Pairings returns the pairings of the actor's organisation, on either side.
func (s Accounts) Pairings(ctx context.Context, actor Actor) (all []Pairing, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT p.org_id, a.name, p.other_org, b.name, p.asked_at, p.accepted_at
			FROM pairing p JOIN org a ON a.id = p.org_id JOIN org b ON b.id = p.other_org
			WHERE p.org_id = $1 OR p.other_org = $1 ORDER BY p.asked_at, p.org_id, p.other_org`, string(actor.Org))
		all, err = db.Collect(rows, err, func(r *sql.Rows) (Pairing, error) {
			var (
				p        Pairing
				asked    int64
				accepted sql.Null[int64]
			)
			err := r.Scan(&p.Org, &p.OrgName, &p.Lender, &p.Name, &asked, &accepted)
			p.Asked = instant(asked)
			if accepted.Valid {
				p.Accepted = instant(accepted.V)
			}
			return p, err
		})
		return err
	})
	return all, err
}

// lends reports whether another organisation's second person may decide a kind of change at all: what
// touches a case stays in the house.
func lends(k ChangeKind, rule ChangeRule) bool {
	return (rule.Approve == ApprovePeople || rule.Approve == ApproveReset) && k != HistoryDefer
}

// lent refuses the officer of another organisation, unless that one lends its second person for
// changes of people and settings, and there is nobody else who could.
func lent(ctx context.Context, tx *db.Tx, p Proposal, rule ChangeRule, lender OrgID) error {
	if !lends(p.Kind, rule) {
		return missing()
	}
	var one int
	err := tx.QueryRow(ctx, "SELECT 1 FROM pairing WHERE org_id = $1 AND other_org = $2 AND accepted_at IS NOT NULL",
		string(p.Org), string(lender)).Scan(&one)
	if err != nil {
		return absent(err)
	}
	own, err := Holders(ctx, tx, p.Org, rule.Approve)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(own, func(a AccountID) bool { return a != p.By && a != p.Account }) {
		return missing()
	}
	return nil
}

// lenders returns the organisations that lend org their second person.
func lenders(ctx context.Context, tx *db.Tx, org OrgID) ([]OrgID, error) {
	rows, err := tx.Query(ctx, "SELECT other_org FROM pairing WHERE org_id = $1 AND accepted_at IS NOT NULL ORDER BY other_org", string(org))
	return db.Collect(rows, err, func(r *sql.Rows) (o OrgID, err error) { return o, r.Scan(&o) })
}
