package vault_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// TestSigningKeys: the same organisation and purpose give the same key, everything else another, and a
// locked vault gives none.
func TestSigningKeys(t *testing.T) {
	v := vaulttest.Open(t, dbtest.Open(t))
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	get := func(org auth.OrgID, purpose string) ed25519.PrivateKey {
		k, err := v.SigningKey(t.Context(), org, purpose, now)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := get("a", "agreement")
	if !bytes.Equal(first, get("a", "agreement")) {
		t.Error("the key of an organisation changes")
	}
	if bytes.Equal(first, get("a", "log")) || bytes.Equal(first, get("b", "agreement")) {
		t.Error("one key for two purposes or organisations")
	}
	v.Lock()
	if _, err := v.SigningKey(t.Context(), "a", "agreement", now); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a locked vault signs: %v", err)
	}
}
