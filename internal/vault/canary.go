package vault

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// SignBackup signs a message with the key of the node for its backups. See [nodekey.Key.Signer].
func (v *Vault) SignBackup(message []byte) (signature []byte, by ed25519.PublicKey, err error) {
	ring, err := v.opened()
	if err != nil {
		return nil, nil, err
	}
	return ring.Sign(message)
}

// A canary is a value that is about nobody, sealed as a person's is. Who opens it in a restored node has
// shown that data, keyring and node key fit together, without opening a file.

const (
	canaryKey  = "canary"
	canaryText = "Nobody. This line shows that a restored node opens what it sealed."
)

func canaryPlace(org auth.OrgID) Place {
	return Place{Org: org, Person: reserved + canaryKey, Record: reserved + canaryKey, Field: canaryKey, Class: Personal, Version: 1}
}

func canaryName(org auth.OrgID) keyring.Name {
	return keyring.Name{Org: string(org), Kind: keyring.Index, Subject: canaryKey}
}

// SealCanary returns the canary of an organisation, sealed under a key of its own.
func (v *Vault) SealCanary(ctx context.Context, org auth.OrgID, now time.Time) (Sealed, error) {
	raw, err := v.named(ctx, canaryName(org), now, time.Time{})
	if err != nil {
		return nil, err
	}
	k, err := newPersonKey(raw)
	if err != nil {
		return nil, err
	}
	return k.seal(canaryPlace(org), canaryText), nil
}

// OpenCanary proves that the keyring holds the key of an organisation's canary and that the canary opens
// with it. It never makes a key.
func (v *Vault) OpenCanary(ctx context.Context, org auth.OrgID, s Sealed) error {
	ring, err := v.opened()
	if err != nil {
		return err
	}
	keys, err := ring.Keys(ctx, canaryName(org))
	if err != nil {
		return err
	}
	k, err := newPersonKey(keys[0])
	if err != nil {
		return err
	}
	var o opener
	defer o.clear()
	text, err := o.open(k, canaryPlace(org), s)
	if err != nil {
		return err
	}
	if text.Reveal("compare with the canary") != canaryText {
		return errors.New("vault: the canary says something else")
	}
	return nil
}
