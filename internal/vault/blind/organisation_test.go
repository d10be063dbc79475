package blind

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// TestOrganisationsApart puts one name into the indexes of two organisations: each finds its own, and the
// rows of one say nothing with the keys of the other.
func TestOrganisationsApart(t *testing.T) {
	o := newOffice(t)
	other := auth.Actor{Org: "OTHEROTHEROTHEROTHEROTHERO", Account: "SOMEBODYSOMEBODYSOMEBODYSO", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	ours := o.put(t, 1, names("Tamina Quillfeather"))
	theirs := personID(2)
	write(t, o.DB, func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'Other', 'UTC', 0)", string(other.Org)); err != nil {
			return err
		}
		if err := staff(t.Context(), tx, other.Org, other.Account); err != nil {
			return err
		}
		if err := o.Vault.Enrol(t.Context(), tx, other, theirs, "adult-client"); err != nil {
			return err
		}
		return o.Put(t.Context(), tx, other.Org, theirs, names("Tamina Quillfeather"))
	})
	for range 2 { // waiting, then merged
		for actor, want := range map[*auth.Actor]vault.PersonID{&chief: ours, &other: theirs} {
			a, err := o.Search(t.Context(), *actor, Query{Why: forCase, Name: text("Quillfeather")})
			if err != nil || len(a.Candidates) != 1 || a.Candidates[0].Person != want {
				t.Errorf("%s: %+v, %v", actor.Org, a, err)
			}
		}
		if err := o.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	write(t, o.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE vault_index_bucket SET org_id = $1 WHERE org_id = $2", string(other.Org), string(org))
		return err
	})
	a, err := o.Search(t.Context(), other, Query{Why: forCase, Name: text("Quillfeather")})
	if err != nil || len(a.Candidates) != 1 || a.Candidates[0].Person != theirs {
		t.Errorf("with the rows of another organisation: %+v, %v", a, err)
	}
}
