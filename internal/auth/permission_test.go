package auth_test

import (
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// TestEveryRoleAndPermission walks the whole table. The expectation is written out by hand, so that
// a change of who may do what is a change of two places, one of them this.
func TestEveryRoleAndPermission(t *testing.T) {
	read := []auth.Permission{auth.ReadMeasures, auth.ReadPolicy}
	want := map[auth.Role][]auth.Permission{
		auth.Analyst:       append([]auth.Permission{auth.ImportMeasures}, read...),
		auth.Officer:       read,
		auth.SupportWorker: read,
		auth.Investigator:  read,
		auth.Authority:     read,
		auth.LegalAnalyst:  read,
		auth.Liaison:       read,
		auth.Administrator: auth.Permissions(),
	}
	if len(want) != len(auth.Roles()) || len(auth.Permissions()) != 5 {
		t.Fatalf("%d roles and %d permissions; this test knows %d and 5", len(auth.Roles()), len(auth.Permissions()), len(want))
	}
	for _, r := range auth.Roles() {
		a := auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{r}}
		for _, p := range auth.Permissions() {
			if got := a.May(p); got != slices.Contains(want[r], p) {
				t.Errorf("%s may %s: %v", r, p, got)
			}
		}
	}
}

func TestDenyByDefault(t *testing.T) {
	administrator := []auth.Role{auth.Administrator}
	tests := []struct {
		name  string
		actor auth.Actor
		p     auth.Permission
		want  bool
	}{
		{"an administrator", auth.Actor{Org: "o", Account: "a", Roles: administrator}, auth.AdministerNode, true},
		{"one role of several", auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{"other", auth.Liaison, auth.Administrator}}, auth.AdministerNode, true},
		{"nobody", auth.Actor{}, auth.ReadMeasures, false},
		{"no organisation", auth.Actor{Account: "a", Roles: administrator}, auth.ReadMeasures, false},
		{"no account", auth.Actor{Org: "o", Roles: administrator}, auth.ReadMeasures, false},
		{"no role", auth.Actor{Org: "o", Account: "a"}, auth.ReadMeasures, false},
		{"unknown role", auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{"root", ""}}, auth.ReadMeasures, false},
		{"unknown permission", auth.Actor{Org: "o", Account: "a", Roles: administrator}, "cases.read", false},
		{"no permission", auth.Actor{Org: "o", Account: "a", Roles: administrator}, "", false},
		{"a role by another spelling", auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{"Administrator"}}, auth.AdministerNode, false},
		{"the terminal", auth.CLI("o"), auth.ImportMeasures, true},
		{"the terminal of nowhere", auth.CLI(""), auth.ImportMeasures, false},
	}
	for _, tt := range tests {
		if got := tt.actor.May(tt.p); got != tt.want {
			t.Errorf("%s: May(%q) = %v, want %v", tt.name, tt.p, got, tt.want)
		}
	}
}
