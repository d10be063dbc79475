package auth

import (
	"cmp"
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// builtIn are the changes of this package that take two people.
func (s Accounts) builtIn() map[ChangeKind]ChangeRule {
	return map[ChangeKind]ChangeRule{
		RoleGrant:     {Propose: ManagePeople, Approve: ApprovePeople, Check: checkGrant, Apply: s.applyGrant},
		RoleEnd:       {Propose: ManagePeople, Approve: ApprovePeople, Check: checkEnd, Apply: applyEnd},
		AccountClose:  {Propose: ManagePeople, Approve: ApprovePeople, Check: checkClose, Apply: applyClose},
		PairingAsk:    {Propose: Configure, Approve: ApprovePeople, Check: checkPairing, Apply: applyPairing},
		RecipientsSet: {Propose: Configure, Approve: ApprovePeople, Check: checkRecipients, Apply: applyRecipients},
		ExclusionEnd:  {Propose: KeepExclusions, Approve: KeepExclusions, Check: checkExclusionEnd, Apply: applyExclusionEnd},
		HistoryDefer:  {Propose: DeferHistory, Approve: ApprovePeople, Check: checkDeferral, Apply: applyDeferral},
	}
}

// aboutItself refuses a change of one account that names another as its owner: the owner is told, and
// may not be the second person.
func aboutItself(c Change) error {
	if c.Subject != string(c.Account) {
		return missing()
	}
	return nil
}

// checkEnd and applyEnd take the role of the second person from somebody.
func checkEnd(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	role := Role(c.Detail["role"])
	grants, err := grantsOf(ctx, tx, by.Org, AccountID(c.Subject))
	if err = cmp.Or(aboutItself(c), err); err != nil {
		return err
	}
	if !slices.ContainsFunc(grants, func(g Grant) bool { return g.Role == role && g.Held(tx.Now()) }) {
		return missing()
	}
	return replaceable(ctx, tx, by.Org, AccountID(c.Subject), role)
}

func applyEnd(ctx context.Context, tx *db.Tx, p Proposal, _ Actor) error {
	if err := touch(ctx, tx, p.Org, AccountID(p.Subject)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE account_role SET valid_until = $1 WHERE org_id = $2 AND account_id = $3 AND role = $4",
		tx.NowMicros(), string(p.Org), p.Subject, p.Detail["role"])
	if err != nil {
		return err
	}
	return tell(ctx, tx, p.Org, AccountID(p.Subject), notify.RolesChanged, p.Subject)
}

func checkClose(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	if err := aboutItself(c); err != nil {
		return err
	}
	if _, err := grantsOf(ctx, tx, by.Org, AccountID(c.Subject)); err != nil {
		return err
	}
	for _, r := range []Role{Administrator, ProtectionOfficer} {
		if err := replaceable(ctx, tx, by.Org, AccountID(c.Subject), r); err != nil {
			return err
		}
	}
	return nil
}

func applyClose(ctx context.Context, tx *db.Tx, p Proposal, by Actor) error {
	return closeAccount(ctx, tx, by, p.Org, AccountID(p.Subject))
}

// Deferral is an entry of a person's access history that the person sees only after a day.
type Deferral struct {
	Entry  string // of the ledger
	Until  string // civil date, the first day on which it is shown
	Ground string // a code
}

// longestDeferral is how long an entry is deferred at most; it can be deferred again, by two people.
const longestDeferral = 180 * 24 * time.Hour

// DeferralGrounds returns the codes of why an entry may be deferred.
func DeferralGrounds() []string {
	return []string{"ongoing-investigation", "danger-to-others", "court-order"}
}

var entryForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}$`)

func checkDeferral(_ context.Context, tx *db.Tx, _ Actor, c Change) error {
	f := fault.New(fault.Invalid, "The entry cannot be deferred.")
	if !entryForm.MatchString(c.Subject) {
		f = f.WithField("subject", "Name the entry by its identifier.")
	}
	if !slices.Contains(DeferralGrounds(), c.Detail["ground"]) {
		f = f.WithField("ground", "Choose a ground.")
	}
	day, err := time.Parse(time.DateOnly, c.Detail["until"])
	if err != nil || !day.After(tx.Now()) || day.Sub(tx.Now()) > longestDeferral {
		f = f.WithField("until", "Write a day within the next %d days, like 2027-01-31.", int(longestDeferral.Hours()/24))
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func applyDeferral(ctx context.Context, tx *db.Tx, p Proposal, by Actor) error {
	if _, err := tx.Exec(ctx, "DELETE FROM deferral WHERE org_id = $1 AND entry = $2", string(p.Org), p.Subject); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO deferral (org_id, entry, until_on, ground, proposed_by, approved_by, approved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(p.Org), p.Subject, p.Detail["until"], p.Detail["ground"], string(p.By), string(by.Account), tx.NowMicros())
	if err != nil {
		return err
	}
	e := entry(by, audit.Decision, p.Subject, "history.defer")
	e.Detail["until"], e.Detail["ground"], e.Detail["proposed"] = p.Detail["until"], p.Detail["ground"], string(p.By)
	return audit.Append(ctx, tx, e)
}

// Deferred returns the entries of an organisation that the persons concerned do not see yet, with the
// day on which they do. The day is compared in UTC.
func Deferred(ctx context.Context, tx *db.Tx, org OrgID) (map[string]string, error) {
	found := map[string]string{}
	rows, err := tx.Query(ctx, "SELECT entry, until_on FROM deferral WHERE org_id = $1 AND until_on > $2",
		string(org), tx.Now().Format(time.DateOnly))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var entry, until string
		err := r.Scan(&entry, &until)
		found[entry] = until
		return struct{}{}, err
	})
	return found, err
}

func isMissing(err error) bool { return err != nil && fault.KindOf(err) == fault.NotFound }

// fields splits a detail of several identifiers.
func fields(text string) []string { return strings.Fields(text) }
