package vaulttest

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// Enrol enrols persons of an organisation in tx, as somebody who may.
func Enrol(t testing.TB, tx *db.Tx, v *vault.Vault, org string, persons ...string) error {
	t.Helper()
	actor := auth.Actor{Org: auth.OrgID(org), Account: "worker", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	for _, p := range persons {
		if err := v.Enrol(t.Context(), tx, actor, vault.PersonID(p), "adult-client"); err != nil {
			return err
		}
	}
	return nil
}

// Erase erases a person of an organisation with two people.
func Erase(t testing.TB, v *vault.Vault, org, person string) {
	t.Helper()
	worker := auth.Actor{Org: auth.OrgID(org), Account: "worker", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	id, err := v.ProposeErasure(t.Context(), worker, vault.PersonID(person), "request")
	if err != nil {
		t.Fatal(err)
	}
	second := auth.Actor{Org: auth.OrgID(org), Account: "second", Roles: []auth.Role{auth.ProtectionOfficer}, Via: auth.ViaSession}
	if _, err := v.Erase(t.Context(), second, id); err != nil {
		t.Fatal(err)
	}
}
