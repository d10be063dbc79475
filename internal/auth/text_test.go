package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// Names and labels stand on pages and in files: they are short, and whole.
func TestNamesAndLabelsArePrintable(t *testing.T) {
	accounts := auth.Accounts{DB: dbtest.Open(t)}
	org, err := accounts.CreateOrg(t.Context(), strings.Repeat("é", 200), "UTC")
	if err != nil {
		t.Fatal(err)
	}
	id, err := accounts.CreateAccount(t.Context(), auth.CLI(org), "Ada (invented)", auth.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	boss, err := accounts.Actor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{strings.Repeat("é", 201), "a\x00b", "caf\xc3", "a\x1b[2Jb", "two\nlines"} {
		_, errOrg := accounts.CreateOrg(t.Context(), bad, "UTC")
		_, errAccount := accounts.CreateAccount(t.Context(), auth.CLI(org), bad, auth.Analyst)
		_, errToken := accounts.IssueToken(t.Context(), boss, bad, time.Hour)
		for what, err := range map[string]error{"organisation": errOrg, "account": errAccount, "token": errToken} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s %.20q: %v", what, bad, err)
			}
		}
	}
}
