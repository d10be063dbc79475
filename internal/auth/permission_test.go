package auth_test

import (
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// letter is how the table below writes a scope.
var letter = map[auth.Scope]byte{auth.OwnCases: 'c', auth.OwnTeam: 't', auth.OwnOrganisation: 'o', auth.WholeNode: 'n'}

// TestEveryRoleAndPermission walks the whole matrix. The expectation is written out by hand, so that
// a change of who may do what is a change of two places, one of them this.
func TestEveryRoleAndPermission(t *testing.T) {
	roles := []auth.Role{
		auth.Analyst, auth.Officer, auth.SupportWorker, auth.Investigator, auth.Authority,
		auth.LegalAnalyst, auth.Liaison, auth.Supervisor, auth.ProtectionOfficer, auth.Administrator,
	}
	want := []struct {
		p   auth.Permission
		row string // one letter for each role, in the order above; a dot is no
	}{
		{auth.ReadMeasures, "oooooooooo"},
		{auth.ImportMeasures, "o........o"},
		{auth.ReadPolicy, "oooooooooo"},
		{auth.KeepLaw, ".....o...."},
		{auth.OpenRecords, ".ctcc..o.."},
		{auth.ReadCases, ".ct.c..o.."},
		{auth.WorkCases, ".ct.c..o.."},
		{auth.DecideIdentity, "....c..o.."},
		{auth.EnrolRecords, ".oooo..o.."},
		{auth.SearchPeople, "..ooo..o.."},
		{auth.HoldRecords, "....o..oo."},
		{auth.ProposeErasure, "..o.o..oo."},
		{auth.ApproveErasure, ".......oo."},
		{auth.BreakGlass, "..o.o..o.."},
		{auth.ManageTeams, ".......o.."},
		{auth.KeepInterpreters, ".......o.."},
		{auth.ExchangeCases, ".......o.."},
		{auth.KeepExclusions, ".......oo."},
		{auth.DeferHistory, "...o...oo."},
		{auth.ReviewOverrides, ".......o.."},
		{auth.HearPeople, ".......oo."},
		{auth.ReviewGlass, "........o."},
		{auth.ReadLedger, ".......oo."},
		{auth.ManageBreaches, "........o."},
		{auth.ApprovePeople, "........o."},
		{auth.ApproveReset, "........o."},
		{auth.ReviewRoles, "........o."},
		{auth.ReadAgreements, "....ooooo."},
		{auth.ProposeAgreement, "......o..."},
		{auth.SignAgreement, ".......oo."},
		{auth.AnswerReferrals, "..o.o..o.."},
		{auth.AskPartners, "..ooo.oo.."},
		{auth.ManagePeople, ".........o"},
		{auth.ManageTokens, ".........o"},
		{auth.Configure, "........oo"},
		{auth.ManageBackup, ".........n"},
		{auth.ManageJobs, ".........n"},
		{auth.AdministerNode, ".........n"},
	}
	matrix := auth.Matrix()
	if !slices.Equal(auth.Roles(), roles) || len(matrix) != len(want) {
		t.Fatalf("%d roles and %d permissions; this test knows %d and %d", len(auth.Roles()), len(matrix), len(roles), len(want))
	}
	for i, w := range want {
		action := matrix[i]
		if action.Permission != w.p || action.Does == "" {
			t.Errorf("row %d is %s, want %s, with words", i, action.Permission, w.p)
		}
		for j, r := range roles {
			got := byte('.')
			if s, ok := action.Who[r]; ok {
				got = letter[s]
			}
			if got != w.row[j] {
				t.Errorf("%s, %s: %c, want %c", w.p, r, got, w.row[j])
			}
			if a := (auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{r}}); a.May(w.p) != (w.row[j] != '.') {
				t.Errorf("%s may %s: %v", r, w.p, a.May(w.p))
			}
		}
	}
}

// The administrator runs the machine and reads what is published. Nothing else in the matrix is
// theirs: a new row that lets them at a file turns this red.
func TestAdministratorHasNoFile(t *testing.T) {
	a := auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{auth.Administrator}}
	allowed := []auth.Permission{
		auth.ReadMeasures, auth.ImportMeasures, auth.ReadPolicy, auth.ManagePeople, auth.ManageTokens, auth.Configure,
		auth.ManageBackup, auth.ManageJobs, auth.AdministerNode,
	}
	for _, p := range auth.Permissions() {
		if a.May(p) != slices.Contains(allowed, p) {
			t.Errorf("the administrator may %s: %v", p, a.May(p))
		}
	}
}

func TestSensitiveRoles(t *testing.T) {
	want := []auth.Role{auth.Officer, auth.SupportWorker, auth.Investigator, auth.Authority, auth.Liaison, auth.Supervisor, auth.ProtectionOfficer, auth.Administrator}
	for _, r := range auth.Roles() {
		if auth.Sensitive(r) != slices.Contains(want, r) {
			t.Errorf("%s is sensitive: %v", r, auth.Sensitive(r))
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
		{"unknown permission", auth.Actor{Org: "o", Account: "a", Roles: administrator}, "cases.unheard", false},
		{"no permission", auth.Actor{Org: "o", Account: "a", Roles: administrator}, "", false},
		{"a role by another spelling", auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{"Administrator"}}, auth.AdministerNode, false},
		{"the terminal", auth.CLI("o"), auth.ImportMeasures, true},
		{"the terminal opens no file", auth.CLI("o"), auth.OpenRecords, false},
		{"the terminal of nowhere", auth.CLI(""), auth.ImportMeasures, false},
	}
	for _, tt := range tests {
		if got := tt.actor.May(tt.p); got != tt.want {
			t.Errorf("%s: May(%q) = %v, want %v", tt.name, tt.p, got, tt.want)
		}
	}
}
