// Package vaulttest gives tests an unlocked vault: a new node key in memory and a keyring in a
// folder that goes with the test.
package vaulttest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Source gives a key of its own, as a key service would. Its zero value is of no use: see [NewSource].
type Source struct{ shares [3]nodekey.Share }

// NewSource returns a source of a new random node key.
func NewSource() Source { return Source{nodekey.Split(nodekey.New())} }

// NodeKey returns a copy of the key: the vault forgets what it was given.
func (s Source) NodeKey(context.Context) (nodekey.Key, error) {
	return nodekey.Combine(s.shares[0], s.shares[1])
}

// Open returns an unlocked vault on d. It is locked when the test ends.
func Open(t testing.TB, d *db.DB) *vault.Vault {
	t.Helper()
	v, err := vault.New(vault.Config{
		DB: d, Keyring: keyring.File{Path: filepath.Join(t.TempDir(), "keyring")}, Source: NewSource(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Lock)
	return v
}
