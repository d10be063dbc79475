package auth

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Account is a person's access to one organisation. ID, Org and Created are set by the store.
type Account struct {
	Org     OrgID
	ID      AccountID
	Name    string
	Roles   []Role // held now, sorted
	Created time.Time
	// SignedIn is when somebody last signed in as it; zero: never.
	SignedIn time.Time
	// Grants are all roles it was given, by role, the ended ones among them.
	Grants []Grant
}

// MaxText is the most characters of a name or label: enough for any, and little for a page to carry.
const MaxText = 200

// Printable reports whether a name or label is short enough, at most 200 characters, and holds whole characters only, none of them a
// control character.
func Printable(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= MaxText && !strings.ContainsFunc(text, unicode.IsControl)
}

// CreateAccount creates an account with roles in the organisation of the actor, who must have
// [ManagePeople]. Duplicate roles count once; an unknown role is [fault.Invalid]. Sensitive roles take
// a second person, see [Accounts.Add]; only the terminal of the machine gives them alone, because
// whoever sits there holds the keys anyway, and the officers are told.
func (s Accounts) CreateAccount(ctx context.Context, actor Actor, name string, roles ...Role) (id AccountID, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = CreateAccountIn(ctx, tx, actor, name, roles...)
		return err
	})
	return id, err
}

// CreateAccountIn is CreateAccount in the caller's transaction.
func CreateAccountIn(ctx context.Context, tx *db.Tx, actor Actor, name string, roles ...Role) (AccountID, error) {
	if !actor.May(ManagePeople) {
		return "", fault.New(fault.Denied, "Only an administrator creates accounts.")
	}
	name = strings.TrimSpace(name)
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	if err := checkAccount(name, roles); err != nil {
		return "", err
	}
	sensitive := slices.ContainsFunc(roles, Sensitive)
	if sensitive && actor.Account != cliAccount {
		return "", fault.New(fault.Denied, "A role that opens files takes a second person.").
			WithHint("Propose the role for the account.")
	}
	id := AccountID(db.NewID())
	if err := insertAccount(ctx, tx, actor, id, name, roles); err != nil {
		return "", err
	}
	if !sensitive {
		return id, nil
	}
	officers, err := Holders(ctx, tx, actor.Org, ApprovePeople)
	if err != nil {
		return "", err
	}
	for _, to := range officers {
		if to == id {
			continue
		}
		if err := tell(ctx, tx, actor.Org, to, notify.RolesChanged, string(id)); err != nil {
			return "", err
		}
	}
	return id, nil
}

// insertAccount stores a new account with roles that begin now and have no end.
func insertAccount(ctx context.Context, tx *db.Tx, actor Actor, id AccountID, name string, roles []Role) error {
	_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, $3, $4)",
		actor.Org, id, name, tx.NowMicros())
	if err != nil {
		return err
	}
	for _, r := range roles {
		if err := putGrant(ctx, tx, actor.Org, id, Grant{Role: r, From: tx.Now(), By: actor.Account}); err != nil {
			return err
		}
	}
	e := entry(actor, audit.Role, string(id), "account.create")
	e.Detail["roles"] = join(roles)
	return audit.Append(ctx, tx, e)
}

// Newcomer is somebody for whom an account is to be made.
type Newcomer struct {
	Name   string
	Roles  []Role
	Until  string // civil date, for all roles; see [Request]
	Reason string
}

// Add creates an account with those of its roles that one person may give, and proposes the sensitive
// ones, in one transaction. It takes [ManagePeople]. At least one role is needed.
func (s Accounts) Add(ctx context.Context, actor Actor, n Newcomer) (id AccountID, proposals []ProposalID, err error) {
	if !actor.May(ManagePeople) {
		return "", nil, missing()
	}
	n.Name = strings.TrimSpace(n.Name)
	n.Roles = slices.Compact(slices.Sorted(slices.Values(n.Roles)))
	if err := checkAccount(n.Name, n.Roles); err != nil {
		return "", nil, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, proposals = AccountID(db.NewID()), nil
		if err := insertAccount(ctx, tx, actor, id, n.Name, nil); err != nil {
			return err
		}
		for _, r := range n.Roles {
			p, err := s.grantIn(ctx, tx, actor, Request{Account: id, Role: r, Until: n.Until, Reason: n.Reason})
			if err != nil {
				return err
			}
			if p != "" {
				proposals = append(proposals, p)
			}
		}
		return nil
	})
	return id, proposals, err
}

func checkAccount(name string, roles []Role) error {
	f := fault.New(fault.Invalid, "The account cannot be created.")
	if name == "" {
		f = f.WithField("name", "A name is needed.")
	}
	if !Printable(name) {
		f = f.WithField("name", "Use at most %d characters, all of which can be printed.", MaxText)
	}
	if len(roles) == 0 {
		f = f.WithField("roles", "At least one role is needed.")
	}
	for _, r := range roles {
		if !slices.Contains(Roles(), r) {
			f = f.WithField("roles", "The role %q does not exist.", string(r))
		}
	}
	if slices.Contains(roles, Administrator) && slices.Contains(roles, ProtectionOfficer) {
		f = f.WithField("roles", "An administrator cannot be the second person for administrators. Give this role to somebody else.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// List returns the open accounts of an organisation, oldest first.
func (s Accounts) List(ctx context.Context, org OrgID) (accounts []Account, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT a.org_id, a.id, a.name, a.created_at, a.signed_in_at, r.role, r.valid_from, r.valid_until, r.granted_by, r.approved_by,
				r.reviewed_at, r.reviewed_by
			FROM account a LEFT JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
			WHERE a.org_id = $1 AND a.closed_at IS NULL
			ORDER BY a.created_at, a.id, r.role`, org)
		flat, err := db.Collect(rows, err, scanAccount)
		accounts = fold(flat, tx.Now())
		return err
	})
	return accounts, err
}

// scanAccount reads an account with one of its grants.
func scanAccount(rows *sql.Rows) (Account, error) {
	var (
		a        Account
		micros   int64
		signedIn sql.Null[int64]
	)
	g, err := scanGrant(rows, &a.Org, &a.ID, &a.Name, &micros, &signedIn)
	a.Created = instant(micros)
	if signedIn.Valid {
		a.SignedIn = instant(signedIn.V)
	}
	if g.Role != "" {
		a.Grants = []Grant{g}
	}
	return a, err
}

// fold joins neighbours that are one account, and says which roles it holds.
func fold(flat []Account, now time.Time) []Account {
	var all []Account
	for _, a := range flat {
		if n := len(all); n == 0 || all[n-1].ID != a.ID {
			all = append(all, Account{Org: a.Org, ID: a.ID, Name: a.Name, Created: a.Created, SignedIn: a.SignedIn})
		}
		last := &all[len(all)-1]
		last.Grants = append(last.Grants, a.Grants...)
		for _, g := range a.Grants {
			if g.Held(now) {
				last.Roles = append(last.Roles, g.Role)
			}
		}
	}
	return all
}

// CloseAccount ends an account and everything that lets it in. The actor must have [ManagePeople] in its
// organisation. The account of a protection officer is closed by two people: see [AccountClose]. The
// account stays in the database: the audit record names it.
func (s Accounts) CloseAccount(ctx context.Context, actor Actor, id AccountID) error {
	if !actor.May(ManagePeople) {
		return fault.New(fault.Denied, "Only an administrator closes accounts.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		grants, err := grantsOf(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		officer := slices.ContainsFunc(grants, func(g Grant) bool { return g.Role == ProtectionOfficer && g.Held(tx.Now()) })
		if officer && actor.Account != cliAccount {
			return officerStays()
		}
		return closeAccount(ctx, tx, actor, actor.Org, id)
	})
}

func closeAccount(ctx context.Context, tx *db.Tx, actor Actor, org OrgID, id AccountID) error {
	n, err := tx.Exec(ctx, "UPDATE account SET closed_at = $1, version = version + 1 WHERE org_id = $2 AND id = $3 AND closed_at IS NULL",
		tx.NowMicros(), org, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "This account does not exist.")
	}
	if _, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND account_id = $2", org, id); err != nil {
		return err
	}
	e := entry(actor, audit.Role, string(id), "account.close")
	e.Org = string(org)
	return audit.Append(ctx, tx, e)
}

// Actor returns an account as an actor, for the person at the terminal of the machine who acts in
// its name. An account that does not exist or is closed is [fault.NotFound].
func (s Accounts) Actor(ctx context.Context, id AccountID) (actor Actor, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, id)
		if err != nil {
			return err
		}
		actor, err = actorOf(ctx, tx, org, id, ViaCLI)
		return err
	})
	return actor, err
}

// actorOf returns the account as an actor with the roles that it holds at this moment, or denied when
// it does not exist or is closed.
func actorOf(ctx context.Context, tx *db.Tx, org OrgID, id AccountID, via Via) (Actor, error) {
	a := Actor{Org: org, Account: id, Via: via}
	var glass sql.Null[int64]
	rows, err := tx.Query(ctx, `
		SELECT o.name, o.zone, a.name, r.role,
			(SELECT MAX(g.until_at) FROM glass g WHERE g.org_id = a.org_id AND g.account_id = a.id AND g.until_at > $3 AND g.ended_at IS NULL)
		FROM account a JOIN org o ON o.id = a.org_id
		LEFT JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
			AND r.valid_from <= $3 AND (r.valid_until IS NULL OR r.valid_until > $3)
		WHERE a.org_id = $1 AND a.id = $2 AND a.closed_at IS NULL
		ORDER BY r.role`, org, id, tx.NowMicros())
	roles, err := db.Collect(rows, err, func(r *sql.Rows) (role sql.Null[Role], err error) {
		return role, r.Scan(&a.OrgName, &a.Zone, &a.Name, &role, &glass)
	})
	if err != nil {
		return Actor{}, err
	}
	if len(roles) == 0 {
		return Actor{}, denied()
	}
	for _, r := range roles {
		if r.Valid {
			a.Roles = append(a.Roles, r.V)
		}
	}
	if glass.Valid {
		a.Glass = instant(glass.V)
	}
	return a, nil
}

// noteSignIn keeps when somebody last signed in as an account, for the review of access.
func noteSignIn(ctx context.Context, tx *db.Tx, org OrgID, id AccountID) error {
	_, err := tx.Exec(ctx, "UPDATE account SET signed_in_at = $1 WHERE org_id = $2 AND id = $3", tx.NowMicros(), org, id)
	return err
}

// locate returns the organisation of an account, or [fault.NotFound].
func locate(ctx context.Context, tx *db.Tx, id AccountID) (OrgID, error) {
	var org OrgID
	err := tx.QueryRow(ctx, "SELECT org_id FROM account WHERE id = $1 AND closed_at IS NULL", id).Scan(&org)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "This account does not exist.")
	}
	return org, err
}

func join(roles []Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return strings.Join(texts, " ")
}
