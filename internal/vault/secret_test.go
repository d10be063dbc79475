package vault_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// A secret opens for its organisation and place, whole, while the vault is unlocked, and not else.
func TestSecrets(t *testing.T) {
	v := vaulttest.Open(t, dbtest.Open(t))
	s := v.Secrets(time.Now)
	ctx, secret := t.Context(), []byte("seed of one-time codes (invented)")
	sealed, err := s.Seal(ctx, "org-a", "totp/1", secret)
	if err != nil || bytes.Contains(sealed, secret[:8]) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if again, err := s.Seal(ctx, "org-a", "totp/1", secret); err != nil || bytes.Equal(again, sealed) {
		t.Errorf("sealed twice the same: %v", err)
	}
	if got, err := s.Open(ctx, "org-a", "totp/1", sealed); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := s.Open(ctx, "org-b", "totp/1", sealed); err == nil {
		t.Error("it opens for another organisation")
	}
	if _, err := s.Open(ctx, "org-a", "totp/2", sealed); err == nil {
		t.Error("it opens in another place")
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := s.Open(ctx, "org-a", "totp/1", bent); err == nil {
			t.Errorf("it opens with byte %d turned", i)
		}
		if _, err := s.Open(ctx, "org-a", "totp/1", sealed[:i]); err == nil {
			t.Errorf("it opens cut after %d bytes", i)
		}
	}
	v.Lock()
	if _, err := s.Open(ctx, "org-a", "totp/1", sealed); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("it opens while the vault is locked: %v", err)
	}
}
