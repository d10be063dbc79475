package vault

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// reserved begins the records that rooms cannot seal.
const reserved = "/"

// entryPlace is where the readable ledger entries of a person are.
func entryPlace(org auth.OrgID, person PersonID, entry string) Place {
	return Place{Org: org, Person: person, Record: reserved + "ledger/" + entry, Field: "entry", Class: Personal, Version: 1}
}

// SealEntry seals the salt and the readable text of a ledger entry under the key of the person
// concerned, so that both go when the person is erased.
func (v *Vault) SealEntry(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID, entry string, content []byte) (Sealed, error) {
	text := private.New(base64.RawStdEncoding.EncodeToString(content))
	place := entryPlace(org, person, entry)
	if err := place.check(); err != nil {
		return nil, err
	}
	sealed, err := v.seal(ctx, tx, []Value{{Place: place, Text: text}})
	if err != nil {
		return nil, err
	}
	return sealed[0], nil
}

// OpenEntry opens what SealEntry sealed, and nothing else. It writes no entry, because reading the
// ledger would otherwise write it without end: the verifier and the person's own access history use
// it, and each records itself once. The error of an erased person is not found.
func (v *Vault) OpenEntry(ctx context.Context, org auth.OrgID, person PersonID, entry string, s Sealed) ([]byte, error) {
	keys, err := v.keys(ctx, []owner{{org, person}})
	if err != nil {
		return nil, err
	}
	texts, err := decrypt(keys, []Item{{Place: entryPlace(org, person, entry), Sealed: s}})
	if err != nil {
		return nil, err
	}
	return base64.RawStdEncoding.DecodeString(texts[0].Reveal("read a ledger entry"))
}

// IndexKey returns the 32-byte key of search tokens of one kind and one version of the normaliser:
// HKDF-SHA-256 of the organisation's index key with "fourfold/index/v1", kind and version as info.
// The caller clears it. The index key itself never leaves the vault.
func (v *Vault) IndexKey(ctx context.Context, org auth.OrgID, kind string, normaliser int, now time.Time) ([]byte, error) {
	k, err := v.named(ctx, keyring.Name{Org: string(org), Kind: keyring.Index}, now, time.Time{})
	if err != nil {
		return nil, err
	}
	defer clear(k.Secret[:])
	info := part(part(part(nil, "fourfold/index/v1"), kind), strconv.Itoa(normaliser))
	return hkdf.Key(sha256.New, k.Secret[:], nil, string(info), keyring.Size)
}
