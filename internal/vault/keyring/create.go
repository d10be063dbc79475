package keyring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// Create makes the keys of names that have none and returns the identifiers of all, in order. The
// keys are durable when it returns, before anything is sealed with them. expires is for
// [Transient] keys. A name whose key was destroyed is refused with [ErrDestroyed]: an erased person
// does not come back by accident.
func (r *Ring) Create(ctx context.Context, now, expires time.Time, names ...Name) ([]ID, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		if err := n.check(); err != nil {
			return nil, err
		}
	}
	if r.codec == nil {
		return nil, closed()
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	if ids, err := r.ids(names); !errors.Is(err, ErrAbsent) {
		return ids, err
	}
	err := r.medium.Alone(ctx, func(w Writer) error {
		if err := r.sync(ctx, w); err != nil {
			return err
		}
		grown, err := r.newRecords(now, expires, names)
		if err != nil || len(grown) == 0 {
			return err
		}
		var added []byte
		chain := r.codec.chain(r.state.code)
		for i := range grown {
			added = chain.add(&grown[i], added)
		}
		return w.Append(ctx, r.state.mark, added)
	})
	if err != nil {
		return nil, err
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	return r.ids(names)
}

func (n Name) check() error {
	if n.Org == "" || len(n.Org) > maxName || len(n.Subject) > maxName || n.Kind < Person || n.Kind > Transient {
		return fmt.Errorf("keyring: a key cannot have the name %q %d %q", n.Org, n.Kind, n.Subject)
	}
	return nil
}

// ids returns the identifiers of keys that exist.
func (r *Ring) ids(names []Name) ([]ID, error) {
	ids := make([]ID, 0, len(names))
	var absent error
	for _, n := range names {
		k, ok := r.state.keys.find(n)
		if _, gone := r.state.graves[n]; gone && !ok {
			return nil, fault.New(fault.NotFound, "This does not exist.").Wrap(ErrDestroyed)
		}
		if !ok {
			absent = ErrAbsent
			continue
		}
		ids = append(ids, k.id)
	}
	if absent != nil {
		return nil, absent
	}
	return ids, nil
}

// newRecords returns records for the names without a key, after those of organisations without one.
func (r *Ring) newRecords(now, expires time.Time, names []Name) ([]record, error) {
	var grown []record
	seen := map[Name]bool{}
	for _, n := range names {
		if seen[n] || r.state.keys.has(n) {
			continue
		}
		if _, gone := r.state.graves[n]; gone {
			return nil, fault.New(fault.NotFound, "This does not exist.").Wrap(ErrDestroyed)
		}
		seen[n] = true
		org := r.orgs[n.Org]
		if r.state.keys.has(orgName(n.Org)) {
			var err error
			if org, err = r.orgKey(n.Org); err != nil {
				return nil, err
			}
		} else if !seen[orgName(n.Org)] {
			rec, key, err := r.codec.newOrg(n.Org, now)
			if err != nil {
				return nil, err
			}
			grown, org = append(grown, rec), key
			r.orgs[n.Org] = key
			seen[orgName(n.Org)] = true
		}
		rec := newRecord(n, org.id, now)
		if n.Kind == Transient {
			rec.expires = micros(expires)
		}
		secret := randomBytes(Size)
		rec.seal(org.aead, secret)
		clear(secret)
		grown = append(grown, rec)
	}
	return grown, nil
}
