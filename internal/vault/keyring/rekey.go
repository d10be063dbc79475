package keyring

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Rekey puts the ring under another node key. Every organisation gets a new key too: whoever has the
// old node key and an old copy of the ring has the old organisation keys, and must not open with them
// what the ring holds from now on. prepare runs while no other process can change the ring, before it
// is written: it makes the new node key durable. It may run twice.
//
// After an error the ring stands under the old key or, when only the overwriting of old bytes failed,
// under the new one: [Owner] tells.
func (r *Ring) Rekey(ctx context.Context, now time.Time, to nodekey.Key, prepare func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return closed()
	}
	if to.ID() == r.node {
		return errors.New("keyring: a new node key that is the old one")
	}
	codec, err := newCodec(to)
	if err != nil {
		return err
	}
	err = r.medium.Alone(ctx, func(w Writer) error {
		if err := r.sync(ctx, w); err != nil {
			return err
		}
		anew := r.anew()
		anew.codec = codec
		for k := range r.state.keys.all() {
			if k.name.Kind != organisation {
				continue
			}
			if err := r.turn(anew, k.name.Org, now); err != nil {
				return err
			}
		}
		if err := prepare(); err != nil {
			return err
		}
		return w.Replace(ctx, anew.write)
	})
	if err != nil {
		codec.forget()
		return err
	}
	r.codec.forget()
	r.codec, r.node = codec, to.ID()
	clear(r.orgs)
	return r.refresh(ctx)
}

// Owner calls fn with the identifier of the node key under which the ring of a medium stands, or with
// founded false when there is no ring yet, while no other process can change it. The identifier is
// read without the key, so it may have been altered: it is good for choosing among keys.
func Owner(ctx context.Context, m Medium, fn func(id nodekey.ID, founded bool) error) error {
	return m.Alone(ctx, func(w Writer) error {
		data, mark, err := w.Load(ctx, Mark{})
		if err != nil {
			return err
		}
		if mark.Generation == 0 {
			return fn(nodekey.ID{}, false)
		}
		if len(data) < recordSize || !bytes.HasPrefix(data, []byte(title)) {
			return fault.New(fault.Invalid, "The file of the keyring holds something else.").
				WithHint("Name the keyring of this node, or restore its newest copy.")
		}
		return fn(nodekey.ID(data[32:48]), true)
	})
}
