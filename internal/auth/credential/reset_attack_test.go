package credential

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// A reset is for an account in wrong hands: a token that those hands made does not outlive it.
func TestResetEndsTokens(t *testing.T) {
	n := newNode(t)
	administrator, officer := n.officers()
	taken := n.actor(n.create("Invented Taken Over", auth.Administrator))
	token, err := n.accounts.IssueToken(t.Context(), taken, "kept for later", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.accounts.TokenActor(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	proposal, err := n.ProposeReset(t.Context(), administrator, taken.Account, "in wrong hands")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.accounts.Approve(t.Context(), officer, proposal); err != nil {
		t.Fatal(err)
	}
	if _, err := n.accounts.TokenActor(t.Context(), token); fault.KindOf(err) != fault.Denied || err == nil {
		t.Errorf("the token of before the reset: %v", err)
	}
}
