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
	err = r.rewrite(ctx, func(s *state) error {
		rotated = 0
		expired := s.expire(now)
		for _, i := range s.live {
			rec := s.records[i]
			if rec.name.Kind != organisation || !every && now.Sub(time.UnixMicro(rec.at)) < Epoch {
				continue
			}
			if err := r.rewrap(r.codec, s, rec.name.Org, now); err != nil {
				return err
			}
			rotated++
		}
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

// expire removes the transient keys whose time is over. They leave no grave: nothing brings them
// back, for no copy holds them.
func (s *state) expire(now time.Time) (any bool) {
	for n, i := range s.live {
		if rec := s.records[i]; n.Kind == Transient && rec.expires != 0 && rec.expires <= now.UnixMicro() {
			s.records[i] = record{}
			delete(s.live, n)
			any = true
		}
	}
	return any
}

// rewrap replaces the key of an organisation in s by one that c wraps.
func (r *Ring) rewrap(c *codec, s *state, org string, now time.Time) error {
	old, err := r.orgKey(org)
	if err != nil {
		return err
	}
	rec, next, err := c.newOrg(org, now)
	if err != nil {
		return err
	}
	s.records[s.live[orgName(org)]] = rec
	for n, i := range s.live {
		if n.Org != org || n.Kind == organisation {
			continue
		}
		k := &s.records[i]
		secret, err := old.aead.Open(nil, k.wrapped[:nonceSize], k.wrapped[nonceSize:], k.bound())
		if err != nil {
			return damaged(errors.New("keyring: a key does not open under its organisation key"))
		}
		k.above = rec.id
		k.seal(next.aead, secret)
		clear(secret)
	}
	return nil
}
