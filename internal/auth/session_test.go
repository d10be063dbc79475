package auth_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

func TestSmoke(t *testing.T) {
	s := auth.Accounts{DB: dbtest.Open(t), Via: auth.ViaDemo}
	org, err := s.CreateOrg(t.Context(), "Invented Org", "Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.CreateAccount(t.Context(), auth.CLI(org), "Invented Person", auth.Analyst, auth.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.OneTimeLink(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.RedeemLink(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.SessionActor(t.Context(), secret)
	if err != nil || a.Account != id || a.Via != auth.ViaDemo {
		t.Fatal(a, err)
	}
}
