package vault

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// reserved begins the records that rooms cannot seal.
const reserved = "/"

// entryPlace is where the readable ledger entries of a person are.
func entryPlace(org auth.OrgID, person PersonID, entry string) Place {
	return Place{Org: org, Person: person, Record: reserved + "ledger/" + entry, Field: "entry", Class: Personal, Version: 1}
}

// IndexKeys returns the 32-byte keys of search tokens of one version of the normaliser, one for each
// kind: HKDF-SHA-256 of the organisation's index key with "fourfold/index/v1", kind and version as info.
// The caller clears them. The index key itself never leaves the vault.
func (v *Vault) IndexKeys(ctx context.Context, org auth.OrgID, normaliser int, now time.Time, kinds ...string) ([][]byte, error) {
	k, err := v.named(ctx, keyring.Name{Org: string(org), Kind: keyring.Index}, now, time.Time{})
	if err != nil {
		return nil, err
	}
	defer clear(k.Secret[:])
	keys := make([][]byte, len(kinds))
	for i, kind := range kinds {
		info := part(part(part(nil, "fourfold/index/v1"), kind), strconv.Itoa(normaliser))
		if keys[i], err = hkdf.Key(sha256.New, k.Secret[:], nil, string(info), keyring.Size); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
