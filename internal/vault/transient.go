package vault

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// EndTransient destroys a key that [Vault.Transient] made, before it expires. That there is none is no
// error.
func (v *Vault) EndTransient(ctx context.Context, org auth.OrgID, name string, now time.Time) error {
	ring, err := v.opened()
	if err != nil {
		return err
	}
	n := keyring.Name{Org: string(org), Kind: keyring.Transient, Subject: name}
	alive, err := ring.Alive(ctx, n)
	if err != nil || !alive[0] {
		return err
	}
	return ring.Destroy(ctx, now, n)
}
