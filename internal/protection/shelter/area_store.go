package shelter

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Area is an area as an organisation knows it.
type Area struct {
	Code    string
	Name    string
	Near    []string
	Version int64
}

// maxNear bounds the neighbours of an area.
const maxNear = 40

func (a Area) check() error {
	f := fault.New(fault.Invalid, "The area was not kept.")
	if !IsArea(a.Code) {
		f = f.WithField("code", "Write a country or one of its parts, as GB or GB-ENG. Nothing smaller is an area.")
	}
	if n := len(a.Name); n == 0 || n > 80 || strings.ContainsAny(a.Name, "0123456789\n") {
		f = f.WithField("name", "Use at most %d characters, without numbers.", 80)
	}
	if len(a.Near) > maxNear || slices.ContainsFunc(a.Near, func(n string) bool { return !IsArea(n) || n == a.Code }) {
		f = f.WithField("near", "Write the codes of the areas beside it, with spaces between.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// KeepArea says how an area is called and which areas lie beside it. It takes [auth.ManageTeams].
func (s *Shelters) KeepArea(ctx context.Context, actor auth.Actor, a Area) error {
	if !actor.May(auth.ManageTeams) {
		return missing()
	}
	slices.Sort(a.Near)
	a.Near = slices.Compact(a.Near)
	if err := a.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO protection_area (org_id, id, version, name, near, changed_by, changed_at) VALUES ($1, $2, 1, $3, $4, $5, $6)
			ON CONFLICT (org_id, id) DO UPDATE SET version = protection_area.version + 1, name = $3, near = $4, changed_by = $5, changed_at = $6`,
			string(actor.Org), a.Code, a.Name, strings.Join(a.Near, " "), string(actor.Account), tx.NowMicros()); err != nil {
			return err
		}
		return note(ctx, tx, actor, "area.keep", a.Code)
	})
}

// note enters an act that is about nobody.
func note(ctx context.Context, tx *db.Tx, actor auth.Actor, act, subject string) error {
	return audit.Append(ctx, tx, audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: subject,
		Detail: map[string]string{"act": act, "via": string(actor.Via)},
	})
}

// ListAreas returns the areas that an organisation knows, by code.
func (s *Shelters) ListAreas(ctx context.Context, actor auth.Actor) (all []Area, err error) {
	if !actor.May(auth.ReadCases) && !actor.May(auth.ManageTeams) {
		return nil, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = listAreas(ctx, tx, actor.Org)
		return err
	})
	return all, err
}

func listAreas(ctx context.Context, tx *db.Tx, org auth.OrgID) ([]Area, error) {
	rows, err := tx.Query(ctx, "SELECT id, name, near, version FROM protection_area WHERE org_id = $1 ORDER BY id", string(org))
	return db.Collect(rows, err, func(r *sql.Rows) (a Area, err error) {
		var near string
		err = r.Scan(&a.Code, &a.Name, &near, &a.Version)
		a.Near = strings.Fields(near)
		return a, err
	})
}

// graph returns which areas lie beside each other.
func graph(ctx context.Context, tx *db.Tx, org auth.OrgID) (Areas, error) {
	all, err := listAreas(ctx, tx, org)
	m := make(Areas, len(all))
	for _, a := range all {
		m[a.Code] = a.Near
	}
	return m.both(), err
}
