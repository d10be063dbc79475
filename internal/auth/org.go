package auth

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

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

// CreateOrg creates an organisation and returns its identifier. The name must not be empty and the
// zone must be an IANA time zone; otherwise the error is [fault.Invalid].
func (s Accounts) CreateOrg(ctx context.Context, name, zone string) (OrgID, error) {
	id := OrgID(db.NewID())
	return id, s.createOrg(ctx, Org{ID: id, Name: name, Zone: zone})
}

// CreateOrgIn is CreateOrg in the caller's transaction.
func CreateOrgIn(ctx context.Context, tx *db.Tx, name, zone string) (OrgID, error) {
	id := OrgID(db.NewID())
	return id, createOrg(ctx, tx, Org{ID: id, Name: name, Zone: zone})
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
	return s.DB.Write(ctx, func(tx *db.Tx) error { return createOrg(ctx, tx, org) })
}

func createOrg(ctx context.Context, tx *db.Tx, org Org) error {
	org.Name = strings.TrimSpace(org.Name)
	if err := checkOrg(org); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $2, $3, $4)",
		org.ID, org.Name, org.Zone, tx.NowMicros())
	if err != nil {
		return err
	}
	return audit.Append(ctx, tx, entry(CLI(org.ID), audit.Configuration, string(org.ID), "org.create"))
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
