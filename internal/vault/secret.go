package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// Secrets seals what an organisation must keep and nobody reads: the seed of somebody's one-time codes,
// the password of a mail server. It is not for what is known of a person: that has the person's key,
// and a trace of every opening.
type Secrets struct {
	vault *Vault
	clock func() time.Time
}

// Secrets returns the sealer of organisations' own secrets.
func (v *Vault) Secrets(clock func() time.Time) Secrets { return Secrets{v, clock} }

// secretKey is the name, within an organisation's keys, of the one for its own secrets.
const secretKey = "secret"

// errSecret is every reason for which a secret does not open. They are one on purpose.
var errSecret = errors.New("vault: a secret does not open in its place")

// Seal seals a secret for a place: a code of what it is for, with the identifier of the row. It may be
// called within a transaction; the error of a locked vault is [fault.Unavailable].
func (s Secrets) Seal(ctx context.Context, org auth.OrgID, place string, secret []byte) ([]byte, error) {
	aead, err := s.cipher(ctx, org)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 1+nonceSize, 1+nonceSize+len(secret)+tagSize)
	out[0] = construction
	_, _ = rand.Read(out[1:]) // never fails: it ends the program instead
	return aead.Seal(out, out[1:], secret, secretPlace(org, place)), nil
}

// Open opens what Seal has sealed for the same organisation and place.
func (s Secrets) Open(ctx context.Context, org auth.OrgID, place string, sealed []byte) ([]byte, error) {
	aead, err := s.cipher(ctx, org)
	if err != nil {
		return nil, err
	}
	if len(sealed) < 1+nonceSize+tagSize || sealed[0] != construction {
		return nil, errSecret
	}
	secret, err := aead.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], secretPlace(org, place))
	if err != nil {
		return nil, errSecret
	}
	return secret, nil
}

func secretPlace(org auth.OrgID, place string) []byte {
	b := part(part(nil, "fourfold/secret/v1"), string(org))
	return append(binary.BigEndian.AppendUint32(b, uint32(len(place))), place...)
}

func (s Secrets) cipher(ctx context.Context, org auth.OrgID) (cipher.AEAD, error) {
	k, err := s.vault.named(ctx, keyring.Name{Org: string(org), Kind: keyring.Index, Subject: secretKey}, s.clock(), time.Time{})
	if err != nil {
		return nil, err
	}
	defer clear(k.Secret[:])
	block, err := aes.NewCipher(k.Secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
