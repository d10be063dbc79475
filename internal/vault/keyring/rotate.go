package keyring

import (
	"context"
	"errors"
	"time"
)

// errNothing ends a rewrite that has nothing to do.
var errNothing = errors.New("keyring: nothing to do")

// Rotate gives every organisation whose key is older than [Epoch] a new one, wraps its live keys
// under that, and destroys the old one with all it ever wrapped that is not live; with every, all
// organisations. Keys that have expired go too. It returns how many organisations it rotated. It
// takes about two microseconds a key, and runs once a day.
func (r *Ring) Rotate(ctx context.Context, now time.Time, every bool) (rotated int, err error) {
	err = r.rewrite(ctx, func(anew *rewriting) error {
		expired := false
		anew.now = now.UnixMicro()
		for k := range r.state.keys.all() {
			expired = expired || anew.expired(&k)
			if k.name.Kind != organisation || !every && now.Sub(time.UnixMicro(k.at)) < Epoch {
				continue
			}
			if err := r.turn(anew, k.name.Org, now); err != nil {
				return err
			}
		}
		rotated = len(anew.turns)
		if rotated == 0 && !expired {
			return errNothing
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		return 0, nil
	}
	return rotated, err
}

// turn is an organisation whose key is replaced.
type turn struct {
	old, next *orgKey
	rec       record // of the next one
}

// turn has a rewriting replace the key of an organisation by one that its codec wraps.
func (r *Ring) turn(anew *rewriting, org string, now time.Time) error {
	old, err := r.orgKey(org)
	if err != nil {
		return err
	}
	rec, next, err := anew.codec.newOrg(org, now)
	if err != nil {
		return err
	}
	anew.turns[org] = turn{old, next, rec}
	return nil
}

// apply returns what stands in the place of a key of the organisation.
func (t turn) apply(k record) (record, error) {
	if k.name.Kind == organisation {
		return t.rec, nil
	}
	secret, err := t.old.aead.Open(nil, k.wrapped[:nonceSize], k.wrapped[nonceSize:], k.bound())
	if err != nil {
		return record{}, damaged(errors.New("keyring: a key does not open under its organisation key"))
	}
	k.above = t.rec.id
	k.seal(t.next.aead, secret)
	clear(secret)
	return k, nil
}
