package vault

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// signer names the key of an organisation from which its signing keys come. It lives as long as the
// organisation and is copied with the keyring: a partner who has pinned the public key must find the
// same one after a restore.
const signer = "sign"

// SigningKey returns the Ed25519 key with which an organisation signs for one purpose, a code such as
// "agreement" or "log". Its seed is HKDF-SHA-256 of the organisation's signing secret with
// "fourfold/sign/v1" and the purpose as info, so that a signature for one purpose is none for
// another. Whoever holds node key and keyring can sign as every organisation of the node; partners
// who do not trust each other's node operator need nodes of their own. The caller clears the key.
func (v *Vault) SigningKey(ctx context.Context, org auth.OrgID, purpose string, now time.Time) (ed25519.PrivateKey, error) {
	if org == "" || purpose == "" {
		return nil, errors.New("vault: a signing key without organisation or purpose")
	}
	k, err := v.named(ctx, keyring.Name{Org: string(org), Kind: keyring.Index, Subject: signer}, now, time.Time{})
	if err != nil {
		return nil, err
	}
	defer clear(k.Secret[:])
	seed, err := hkdf.Key(sha256.New, k.Secret[:], nil, string(part(part(nil, "fourfold/sign/v1"), purpose)), ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	return ed25519.NewKeyFromSeed(seed), nil
}
