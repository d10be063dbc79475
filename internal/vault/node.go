package vault

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Founded reports whether this node ever had a keyring: whether it has one, or its database says that
// it had. Only a node without one may be given a new node key.
func (v *Vault) Founded(ctx context.Context) (bool, error) {
	founded, err := v.known(ctx)
	if err != nil || founded {
		return founded, err
	}
	err = keyring.Owner(ctx, v.medium, func(_ nodekey.ID, there bool) error {
		founded = there
		return nil
	})
	return founded, err
}

// known reports whether the database was ever used with a keyring.
func (v *Vault) known(ctx context.Context) (known bool, err error) {
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		var nodes, persons int64
		err := tx.QueryRow(ctx, "SELECT (SELECT count(*) FROM vault_node), (SELECT count(*) FROM (SELECT 1 FROM vault_person LIMIT 1) p)").
			Scan(&nodes, &persons)
		known = nodes+persons > 0
		return err
	})
	return known, err
}

// settle finishes or takes back a change of the node key that was interrupted, and refuses to found a
// keyring in the place of one that was lost.
func (v *Vault) settle(ctx context.Context) error {
	known, err := v.known(ctx)
	if err != nil {
		return err
	}
	return keyring.Owner(ctx, v.medium, func(id nodekey.ID, founded bool) error {
		if known && !founded {
			return fault.New(fault.Invalid, "The keyring of this node is missing.").
				WithHint("Put it back, or restore its newest copy with \"fourfold vault restore\". Without it nothing that is sealed can be opened.")
		}
		if file, ok := v.source.(nodekey.File); ok && founded {
			return file.Settle(id)
		}
		return nil
	})
}

// noteFounded makes the database remember that it has a keyring.
func (v *Vault) noteFounded(ctx context.Context) error {
	return v.db.WriteUnaudited(ctx, "the node has no organisation whose record this would be", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO vault_node (id, founded_at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", tx.NowMicros())
		return err
	})
}

// Rekey gives the node a new node key: every key is wrapped anew, the key file is replaced, and the
// copies of the keyring are overwritten. Printed sheets, key files and copies of the keyring from
// before are worth nothing for what the node holds from now on. phrase is asked for the pass phrase of
// the new key file; nil leaves it without one. A crash at any moment leaves a node that starts.
//
// Only a node key in a file can be replaced here. Where another service keeps it, that service
// replaces it.
func (v *Vault) Rekey(ctx context.Context, now time.Time, to nodekey.File) error {
	from, ok := v.source.(nodekey.File)
	if !ok || from.Path != to.Path {
		return fault.New(fault.Invalid, "The node key of this node is not in a key file of its own, so it cannot be replaced here.").
			WithHint("Replace it where it is kept.")
	}
	ring, err := v.opened()
	if err != nil {
		return err
	}
	next := nodekey.New()
	defer next.Forget()
	id := next.ID()
	err = ring.Rekey(ctx, now, next, func() error { return to.Prepare(ctx, next) })
	if err != nil {
		// Whichever key the keyring stands under is the one that stays.
		v.Lock()
		return errors.Join(err, v.settle(ctx))
	}
	v.mu.Lock()
	v.node, v.source = id, to
	v.mu.Unlock()
	if err := to.Commit(); err != nil {
		return err
	}
	return v.copyAll(ctx, now)
}

// Sheets returns the three recovery sheets of the node key, of which any two bring it back. It reads
// the key again from its source, because an unlocked vault does not keep it.
func (v *Vault) Sheets(ctx context.Context) (shares [3]nodekey.Share, err error) {
	v.mu.Lock()
	source := v.source
	v.mu.Unlock()
	k, err := source.NodeKey(ctx)
	if err != nil {
		return shares, err
	}
	defer k.Forget()
	err = keyring.Owner(ctx, v.medium, func(id nodekey.ID, founded bool) error {
		if founded && id != k.ID() {
			return fault.New(fault.Invalid, "The keyring belongs to another node key.").
				WithHint("Name the key file that belongs to this keyring.")
		}
		return nil
	})
	if err != nil {
		return shares, err
	}
	return nodekey.Split(k), nil
}

// Drill proves that two or three recovery sheets bring back the key of this node, and writes it
// nowhere. It needs no unlocked vault, only its keyring.
func (v *Vault) Drill(ctx context.Context, shares ...nodekey.Share) error {
	return v.matching(ctx, func(id nodekey.ID) error { return nodekey.Drill(id, shares...) })
}

// Recover brings the node key back from two or three recovery sheets and writes it to a new key file.
// A file that exists is never overwritten.
func (v *Vault) Recover(ctx context.Context, to nodekey.File, shares ...nodekey.Share) error {
	return v.matching(ctx, func(id nodekey.ID) error {
		if err := nodekey.Drill(id, shares...); err != nil {
			return err
		}
		k, err := nodekey.Combine(shares...)
		if err != nil {
			return err
		}
		defer k.Forget()
		return to.Write(ctx, k)
	})
}

// matching calls fn with the identifier of the node key to which the keyring belongs.
func (v *Vault) matching(ctx context.Context, fn func(nodekey.ID) error) error {
	return keyring.Owner(ctx, v.medium, func(id nodekey.ID, founded bool) error {
		if !founded {
			return fault.New(fault.Invalid, "The keyring of this node is missing.").
				WithHint("Put it back, or restore its newest copy with \"fourfold vault restore\".")
		}
		return fn(id)
	})
}

// RestoreKeyring founds the keyring anew from the newest of its copies. A keyring that is there is not
// touched. The vault must be locked; unlocking it afterwards replays the journal of erasures.
func (v *Vault) RestoreKeyring(ctx context.Context, now time.Time, copies ...keyring.File) (keyring.Restored, error) {
	v.mu.Lock()
	source, open := v.source, v.ring != nil
	v.mu.Unlock()
	if open {
		return keyring.Restored{}, fault.New(fault.Conflict, "There is a keyring already.").
			WithHint("Move it away, and give it among the copies: what it says was destroyed stays destroyed.")
	}
	k, err := source.NodeKey(ctx)
	if err != nil {
		return keyring.Restored{}, err
	}
	defer k.Forget()
	readers := make([]keyring.Reader, len(copies))
	for i, c := range copies {
		readers[i] = c
	}
	return keyring.Restore(ctx, v.medium, k, now, readers...)
}

// Note writes into the record of every organisation what was done to the vault of their node at its
// machine: unlocking, printing sheets, a new node key. act is a code.
func (v *Vault) Note(ctx context.Context, via auth.Via, act string) error {
	return v.NoteBy(ctx, auth.Actor{Via: via}, act)
}

// NoteBy is Note for what somebody did from a page: their own organisation learns who it was, the others
// of the node that it was done.
func (v *Vault) NoteBy(ctx context.Context, by auth.Actor, act string) error {
	return v.db.Write(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM org ORDER BY id")
		orgs, err := db.Collect(rows, err, func(r *sql.Rows) (o auth.OrgID, err error) { return o, r.Scan(&o) })
		if err != nil {
			return err
		}
		for _, o := range orgs {
			actor := node(o)
			if o == by.Org {
				actor.Account = by.Account
			}
			actor.Via = by.Via
			if err := audit.Append(ctx, tx, entry(actor, audit.Configuration, "vault", map[string]string{"act": act})); err != nil {
				return err
			}
		}
		return nil
	})
}
