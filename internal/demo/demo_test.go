package demo_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func TestFill(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	founded, err := demo.Fill(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := a.Accounts.List(ctx, founded.Org)
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range accounts {
		if !strings.HasSuffix(account.Name, "(invented)") {
			t.Errorf("%q is not marked as invented", account.Name)
		}
	}
	actor := auth.CLI(founded.Org)
	ask := func(knownOn string) indicator.Answer {
		answer, err := a.Indicators.Answer(ctx, actor, indicator.Query{Indicator: "farrowdale.referrals", Areas: []string{demo.Country}, KnownOn: knownOn})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Series) != 1 {
			t.Fatalf("%d series", len(answer.Series))
		}
		return answer
	}
	july, now := ask("2026-08-01").Series[0].Points, ask("").Series[0].Points
	if len(july) != 66 || len(now) != 69 {
		t.Fatalf("%d months in July and %d in October, want 66 and 69", len(july), len(now))
	}
	for i, p := range july {
		if late := i >= 63; (p.Value != now[i].Value) != late {
			t.Errorf("%s: %v, later %v", p.Period, p.Value, now[i].Value)
		}
	}
}

func TestReleasesAreTheSameEverywhereAndHideSmallCounts(t *testing.T) {
	for i, r := range demo.Releases() {
		if !bytes.Equal(r.Data, demo.Releases()[i].Data) {
			t.Errorf("%s differs between two makings", r.File)
		}
		for line := range strings.Lines(string(r.Data)) {
			fields := strings.Split(strings.TrimSpace(line), ",")
			if v := fields[len(fields)-1]; len(v) == 1 && v >= "1" && v <= "4" {
				t.Errorf("%s publishes %q", r.File, line)
			}
		}
	}
}

// TestNeighbours: the visitor finds an agreement in force and one to sign, and everybody is marked as invented.
func TestNeighbours(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t)
	a := app.On(d, time.Now, vaulttest.Open(t, d))
	if _, err := demo.Fill(ctx, a); err != nil {
		t.Fatal(err)
	}
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil || len(orgs) != 4 {
		t.Fatalf("%d organisations, %v", len(orgs), err)
	}
	for _, org := range orgs[1:3] {
		accounts, err := a.Accounts.List(ctx, org.ID)
		if err != nil || len(accounts) < 3 || !strings.HasSuffix(org.Name, "(invented)") {
			t.Fatalf("%s: %d accounts, %v", org.Name, len(accounts), err)
		}
		states := map[agreement.State]int{}
		for _, account := range accounts {
			if !strings.HasSuffix(account.Name, "(invented)") {
				t.Errorf("%q is not marked as invented", account.Name)
			}
			list, err := a.Agreements.List(ctx, auth.Actor{Org: org.ID, Account: account.ID, Roles: account.Roles})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				states[s.State]++
			}
		}
		if n := len(accounts); states[agreement.InForce] != n || states[agreement.Offered] != n {
			t.Errorf("%s: %v", org.Name, states)
		}
	}
}
