package consent

import (
	"context"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// What a proposal to change the rule of releases says under "covered".
const (
	covered    = "yes"
	notCovered = "no"
)

// ReleaseRule is how an organisation says whether it is a covered victim-service provider: with a second person, because
// lifting the rule lets out what was held back.
func ReleaseRule() auth.ChangeRule {
	return auth.ChangeRule{
		Propose: auth.Configure, Approve: auth.ApprovePeople,
		Check: func(_ context.Context, _ *db.Tx, _ auth.Actor, c auth.Change) error {
			if v := c.Detail["covered"]; v != covered && v != notCovered {
				return fault.New(fault.Invalid, "Choose whether a written release is needed.")
			}
			return nil
		},
		Apply: setRelease,
	}
}

// ReleaseChange is the change that somebody proposes.
func ReleaseChange(is bool, reason string) auth.Change {
	v := notCovered
	if is {
		v = covered
	}
	return auth.Change{Kind: auth.ReleaseRule, Subject: "release-rule", Reason: reason, Detail: map[string]string{"covered": v}}
}

func setRelease(ctx context.Context, tx *db.Tx, p auth.Proposal, second auth.Actor) error {
	_, err := tx.Exec(ctx, `INSERT INTO protection_release (org_id, id, version, covered, changed_by, changed_at) VALUES ($1, 'rule', 1, $2, $3, $4)
		ON CONFLICT (org_id, id) DO UPDATE SET version = protection_release.version + 1, covered = excluded.covered,
		changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		string(p.Org), p.Detail["covered"] == covered, string(second.Account), tx.NowMicros())
	if err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Org: string(p.Org), Actor: string(second.Account), Kind: audit.Configuration, Subject: "release-rule",
		Detail: map[string]string{"act": "release.rule", "covered": p.Detail["covered"], "proposed": string(p.By)},
	})
}

// Covered reports whether an organisation lets data out only on a written release that is limited in time.
func (r *Consents) Covered(ctx context.Context, org auth.OrgID) (is bool, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		rule, err := ruleOf(ctx, tx, org)
		is = rule == CoveredRule()
		return err
	})
	return is, err
}

// Matching says, in tx, whether a person's tokens may be compared with a partner's. To compare is to disclose, however the
// tokens are encoded: it takes a consent to telling that partner who the person is, for the purpose of matching, and an
// organisation that needs written releases needs one for it too.
func (r *Consents) Matching(ctx context.Context, tx *db.Tx, org auth.OrgID, q Request) (Decision, error) {
	q.Kind, q.Class, q.Purpose = Sharing, "identity", "matching"
	return r.Decide(ctx, tx, org, q)
}
