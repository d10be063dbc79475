package auth_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

func TestToken(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	start := n.now
	secret, err := n.IssueToken(ctx, n.actor(t), " nightly export ", 48*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	a, err := n.TokenActor(ctx, secret)
	if err != nil || a.Account != n.account || a.Via != auth.ViaToken || !a.May(auth.ImportMeasures) {
		t.Fatalf("actor %v (%v)", a, err)
	}
	_, err = n.SessionActor(ctx, secret)
	wantKind(t, "a token is not a session", err, fault.Denied)
	n.pass(time.Hour)
	second, err := n.IssueToken(ctx, n.actor(t), "second", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := n.ListTokens(ctx, n.actor(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []auth.Token{
		{Account: n.account, Label: "second", Created: start.Add(time.Hour), Expires: start.Add(2 * time.Hour)},
		{Account: n.account, Label: "nightly export", Created: start, Expires: start.Add(48 * time.Hour)},
	}
	if diff := cmp.Diff(want, tokens, cmpopts.IgnoreFields(auth.Token{}, "ID")); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if err := n.RevokeToken(ctx, n.actor(t), tokens[1].ID); err != nil {
		t.Fatal(err)
	}
	_, err = n.TokenActor(ctx, secret)
	wantKind(t, "revoked token", err, fault.Denied)
	wantKind(t, "revoking twice", n.RevokeToken(ctx, n.actor(t), tokens[1].ID), fault.NotFound)
	n.pass(time.Hour - time.Microsecond)
	if _, err := n.TokenActor(ctx, second); err != nil {
		t.Errorf("before its end: %v", err)
	}
	n.pass(time.Microsecond)
	_, err = n.TokenActor(ctx, second)
	wantKind(t, "expired token", err, fault.Denied)
	if tokens, err := n.ListTokens(ctx, n.actor(t)); err != nil || len(tokens) != 2 || !tokens[1].Revoked || tokens[0].Revoked {
		t.Errorf("tokens %v (%v)", tokens, err)
	}
}

func TestTokenRefusals(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	officer, err := n.Actor(ctx, n.create(t, "Invented Officer", auth.Officer))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := n.IssueToken(ctx, n.actor(t), "test", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := n.ListTokens(ctx, n.actor(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		do   func() error
		want fault.Kind
	}{
		{"an officer issues", func() error { _, err := n.IssueToken(ctx, officer, "x", time.Hour); return err }, fault.Denied},
		{"an officer lists", func() error { _, err := n.ListTokens(ctx, officer); return err }, fault.Denied},
		{"an officer revokes", func() error { return n.RevokeToken(ctx, officer, tokens[0].ID) }, fault.Denied},
		{"nobody issues", func() error { _, err := n.IssueToken(ctx, auth.Actor{}, "x", time.Hour); return err }, fault.Denied},
		{"the terminal issues for itself", func() error { _, err := n.IssueToken(ctx, auth.CLI(n.org), "x", time.Hour); return err }, fault.Invalid},
		{"without a label", func() error { _, err := n.IssueToken(ctx, n.actor(t), " ", time.Hour); return err }, fault.Invalid},
		{"without an end", func() error { _, err := n.IssueToken(ctx, n.actor(t), "x", 0); return err }, fault.Invalid},
		{"for too long", func() error { _, err := n.IssueToken(ctx, n.actor(t), "x", 400*24*time.Hour); return err }, fault.Invalid},
		{"another organisation revokes", func() error { return n.RevokeToken(ctx, auth.CLI("other"), tokens[0].ID) }, fault.NotFound},
		{"unknown secret", func() error { _, err := n.TokenActor(ctx, "fft_other"); return err }, fault.Denied},
		{"no secret", func() error { _, err := n.TokenActor(ctx, ""); return err }, fault.Denied},
	}
	for _, tt := range tests {
		wantKind(t, tt.name, tt.do(), tt.want)
	}
	if _, err := n.TokenActor(ctx, secret); err != nil {
		t.Errorf("the token was touched: %v", err)
	}
}
