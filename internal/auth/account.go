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
)

// Org is an organisation on this node.
type Org struct {
	ID   OrgID
	Name string
	Zone string // IANA time zone
}

// Account is a person's access to one organisation. ID, Org and Created are set by the store.
type Account struct {
	Org     OrgID
	ID      AccountID
	Name    string
	Roles   []Role // sorted
	Created time.Time
}

// CreateOrg creates an organisation and returns its identifier. The name must not be empty and the
// zone must be an IANA time zone; otherwise the error is [fault.Invalid].
func (s Accounts) CreateOrg(ctx context.Context, name, zone string) (OrgID, error) {
	id := OrgID(db.NewID())
	return id, s.createOrg(ctx, Org{ID: id, Name: name, Zone: zone})
}

// EnsureOrg creates the organisation when no organisation has its identifier, and otherwise leaves
// what is stored as it is. It returns what is stored.
func (s Accounts) EnsureOrg(ctx context.Context, org Org) (Org, error) {
	stored, err := s.Org(ctx, org.ID)
	if fault.KindOf(err) != fault.NotFound || err == nil {
		return stored, err
	}
	err = s.createOrg(ctx, org)
	if err != nil && !db.IsUnique(err) { // another process was faster
		return Org{}, err
	}
	return s.Org(ctx, org.ID)
}

func (s Accounts) createOrg(ctx context.Context, org Org) error {
	org.Name = strings.TrimSpace(org.Name)
	if err := checkOrg(org); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $2, $3, $4)",
			org.ID, org.Name, org.Zone, tx.NowMicros())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(CLI(org.ID), audit.Configuration, string(org.ID), "org.create"))
	})
}

func checkOrg(org Org) error {
	f := fault.New(fault.Invalid, "The organisation cannot be created.")
	if org.ID == "" {
		f = f.WithField("id", "An identifier is needed.")
	}
	if org.Name == "" {
		f = f.WithField("name", "A name is needed.")
	}
	if !Printable(org.Name) {
		f = f.WithField("name", "Use at most %d characters, all of which can be printed.", MaxText)
	}
	// "Local" is valid for LoadLocation and means something else on every machine.
	if _, err := time.LoadLocation(org.Zone); err != nil || org.Zone == "" || org.Zone == "Local" {
		f = f.WithField("zone", "%q is not a time zone; write it like Europe/London.", org.Zone)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// MaxText is the most characters of a name or label: enough for any, and little for a page to carry.
const MaxText = 200

// Printable reports whether a name or label is short enough, at most 200 characters, and holds whole characters only, none of them a
// control character.
func Printable(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= MaxText && !strings.ContainsFunc(text, unicode.IsControl)
}

// Org returns an organisation, or [fault.NotFound].
func (s Accounts) Org(ctx context.Context, id OrgID) (Org, error) {
	org := Org{ID: id}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT name, zone FROM org WHERE id = $1", id).Scan(&org.Name, &org.Zone)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Org{}, fault.New(fault.NotFound, "This organisation does not exist.")
	}
	return org, err
}

// Orgs returns the organisations of the node in the order of their creation.
func (s Accounts) Orgs(ctx context.Context) (orgs []Org, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id, name, zone FROM org ORDER BY created_at, id")
		orgs, err = db.Collect(rows, err, func(r *sql.Rows) (Org, error) {
			var o Org
			return o, r.Scan(&o.ID, &o.Name, &o.Zone)
		})
		return err
	})
	return orgs, err
}

// CreateAccount creates an account with roles in the organisation of the actor, who must be an
// administrator. Duplicate roles count once; an unknown role is [fault.Invalid].
func (s Accounts) CreateAccount(ctx context.Context, actor Actor, name string, roles ...Role) (AccountID, error) {
	if !actor.May(AdministerNode) {
		return "", fault.New(fault.Denied, "Only an administrator creates accounts.")
	}
	name = strings.TrimSpace(name)
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	if err := checkAccount(name, roles); err != nil {
		return "", err
	}
	id := AccountID(db.NewID())
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, $3, $4)",
			actor.Org, id, name, tx.NowMicros())
		if err != nil {
			return err
		}
		for _, r := range roles {
			_, err := tx.Exec(ctx, "INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", actor.Org, id, r)
			if err != nil {
				return err
			}
		}
		e := entry(actor, audit.Role, string(id), "account.create")
		e.Detail["roles"] = join(roles)
		return audit.Append(ctx, tx, e)
	})
	return id, err
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
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// List returns the open accounts of an organisation, oldest first.
func (s Accounts) List(ctx context.Context, org OrgID) (accounts []Account, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT a.org_id, a.id, a.name, a.created_at, r.role
			FROM account a LEFT JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
			WHERE a.org_id = $1 AND a.closed_at IS NULL
			ORDER BY a.created_at, a.id, r.role`, org)
		flat, err := db.Collect(rows, err, scanAccount)
		accounts = fold(flat)
		return err
	})
	return accounts, err
}

// scanAccount reads an account with one of its roles.
func scanAccount(rows *sql.Rows) (Account, error) {
	var (
		a      Account
		micros int64
		role   sql.Null[Role]
	)
	err := rows.Scan(&a.Org, &a.ID, &a.Name, &micros, &role)
	a.Created = time.UnixMicro(micros).UTC()
	if role.Valid {
		a.Roles = []Role{role.V}
	}
	return a, err
}

// fold joins neighbours that are one account.
func fold(flat []Account) []Account {
	var all []Account
	for _, a := range flat {
		if n := len(all); n > 0 && all[n-1].ID == a.ID {
			all[n-1].Roles = append(all[n-1].Roles, a.Roles...)
			continue
		}
		all = append(all, a)
	}
	return all
}

// CloseAccount ends an account and everything that lets it in. The actor must be an administrator
// of its organisation. The account stays in the database: the audit record names it.
func (s Accounts) CloseAccount(ctx context.Context, actor Actor, id AccountID) error {
	if !actor.May(AdministerNode) {
		return fault.New(fault.Denied, "Only an administrator closes accounts.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE account SET closed_at = $1, version = version + 1 WHERE org_id = $2 AND id = $3 AND closed_at IS NULL",
			tx.NowMicros(), actor.Org, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "This account does not exist.")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND account_id = $2", actor.Org, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(actor, audit.Role, string(id), "account.close"))
	})
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

// actorOf returns the account as an actor, or denied when it does not exist or is closed.
func actorOf(ctx context.Context, tx *db.Tx, org OrgID, id AccountID, via Via) (Actor, error) {
	a := Actor{Org: org, Account: id, Via: via}
	rows, err := tx.Query(ctx, `
		SELECT o.name, o.zone, a.name, r.role
		FROM account a JOIN org o ON o.id = a.org_id
		LEFT JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
		WHERE a.org_id = $1 AND a.id = $2 AND a.closed_at IS NULL
		ORDER BY r.role`, org, id)
	roles, err := db.Collect(rows, err, func(r *sql.Rows) (role sql.Null[Role], err error) {
		return role, r.Scan(&a.OrgName, &a.Zone, &a.Name, &role)
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
	return a, nil
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
