package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func TestFoundOnceAndFindHome(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	if _, err := a.Home(ctx, ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("home of an empty node: %v", err)
	}
	want := app.Organisation{Name: "Harbour House (invented)", Zone: "Europe/London", Administrator: "A (invented)", Analyst: "B (invented)"}
	nowhere := want
	nowhere.Zone = "Europe/Atlantis"
	if _, err := a.Found(ctx, nowhere); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an impossible zone: %v", err)
	}
	f, err := a.Found(ctx, want)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Found(ctx, want); fault.KindOf(err) != fault.Conflict {
		t.Errorf("founded twice: %v", err)
	}
	for _, choice := range []string{"", want.Name, string(f.Org)} {
		if org, err := a.Home(ctx, choice); err != nil || org.ID != f.Org {
			t.Errorf("home %q = %v, %v", choice, org, err)
		}
	}
	if _, err := a.Home(ctx, "another"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("home of a stranger: %v", err)
	}
	administrator, err := a.Accounts.Actor(ctx, f.Administrator)
	if err != nil || !administrator.May(auth.AdministerNode) {
		t.Errorf("the administrator may not administer: %v, %v", administrator, err)
	}
	analyst, err := a.Accounts.Actor(ctx, f.Analyst)
	if err != nil || analyst.May(auth.AdministerNode) || !analyst.May(auth.ImportMeasures) {
		t.Errorf("the analyst has the wrong permissions: %v, %v", analyst, err)
	}
	officer, err := a.Accounts.Actor(ctx, f.ProtectionOfficer)
	if err != nil || officer.May(auth.AdministerNode) || !officer.May(auth.ApprovePeople) || officer.Name != "Protection officer" {
		t.Errorf("the second person has the wrong permissions: %v, %v", officer, err)
	}
	list, err := a.Indicators.List(ctx, analyst, indicator.Filter{})
	if err != nil || len(list) == 0 {
		t.Errorf("a new node has %d measures: %v", len(list), err)
	}
	if err := a.Ready(ctx); err != nil {
		t.Errorf("an open node is not ready: %v", err)
	}
}

// A name that cannot be kept is refused before anything is stored, so that the next try succeeds.
func TestFoundRefusesNamesWhole(t *testing.T) {
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	good := app.Organisation{Name: "Harbour House (invented)", Zone: "Europe/London", Administrator: "A (invented)", Analyst: "B (invented)"}
	for _, bad := range []string{"", " ", "a\x00b", strings.Repeat("x", 300)} {
		o := good
		o.Analyst = bad
		_, err := a.Found(t.Context(), o)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "analyst" {
			t.Errorf("analyst %.10q: %v", bad, err)
		}
	}
	if _, err := a.Found(t.Context(), good); err != nil {
		t.Errorf("after names were refused: %v", err)
	}
}

// A founding that fails on its way leaves nothing: no organisation without its second person.
func TestFoundingIsWhole(t *testing.T) {
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	good := app.Organisation{Name: "Harbour House (invented)", Zone: "Europe/London", Administrator: "A (invented)", Analyst: "B (invented)"}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		org, err := auth.CreateOrgIn(t.Context(), tx, good.Name, good.Zone)
		if err != nil {
			return err
		}
		_, err = auth.CreateAccountIn(t.Context(), tx, auth.CLI(org), "C (invented)", "no such role")
		return err
	})
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("an account of no role: %v", err)
	}
	if orgs, err := a.Accounts.Orgs(t.Context()); len(orgs) != 0 || err != nil {
		t.Fatalf("half a founding left %v (%v)", orgs, err)
	}
	if _, err := a.Found(t.Context(), good); err != nil {
		t.Error(err)
	}
}
