package keyring

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"
)

// rewriting says how a ring is written anew: one key after another goes from the shelf to the medium, and
// the state of the ring is not touched. Were it changed first, a full disk would leave it wrong.
type rewriting struct {
	state   *state
	codec   *codec         // under whose node key
	graves  map[Name]Grave // of all times; a key with a grave is not written
	lasting bool           // no transient keys
	now     int64          // keys that have expired by then are not written
	madeAt  time.Time      // of a copy
	turns   map[string]turn
}

// anew is a rewriting that changes nothing.
func (r *Ring) anew() *rewriting {
	return &rewriting{state: &r.state, codec: r.codec, graves: maps.Clone(r.state.graves), turns: map[string]turn{}}
}

// bury leaves a key out and its grave behind; the first grave stays.
func (w *rewriting) bury(n Name, now time.Time) {
	if _, ok := w.graves[n]; ok {
		return
	}
	k, _ := w.state.keys.find(n)
	w.graves[n] = Grave{Name: n, ID: k.id, At: now.UTC()}
}

// expired reports whether the time of a transient key is over. It leaves no grave: nothing brings it
// back, for no copy holds it.
func (w *rewriting) expired(k *record) bool {
	return k.name.Kind == Transient && k.expires != 0 && k.expires <= w.now
}

func (w *rewriting) keeps(k *record) bool {
	_, gone := w.graves[k.name]
	return !gone && !w.expired(k) && (!w.lasting || k.name.Kind != Transient)
}

// keys returns how many keys are written.
func (w *rewriting) keys() (n int) {
	for k := range w.state.keys.all() {
		if w.keeps(&k) {
			n++
		}
	}
	return n
}

// write writes the ring: the graves, oldest first, then the keys in the order in which they came.
func (w *rewriting) write(to io.Writer) error {
	buffer := w.codec.head(len(w.graves)+w.keys(), w.madeAt)
	chain := w.codec.chain(buffer[recordSize-codeSize:])
	put := func(r record) error {
		if buffer = chain.add(&r, buffer); len(buffer) < pageSize {
			return nil
		}
		_, err := to.Write(buffer)
		buffer = buffer[:0]
		return err
	}
	for _, g := range slices.SortedFunc(maps.Values(w.graves), compareGraves) {
		if err := put(record{what: isGrave, name: g.Name, at: g.At.UnixMicro(), id: g.ID}); err != nil {
			return err
		}
	}
	for k := range w.state.keys.all() {
		if !w.keeps(&k) {
			continue
		}
		if t, ok := w.turns[k.name.Org]; ok {
			var err error
			if k, err = t.apply(k); err != nil {
				return err
			}
		}
		if err := put(k); err != nil {
			return err
		}
	}
	_, err := to.Write(buffer)
	return err
}

// rewrite writes the ring anew as plan says. A plan may be made twice.
func (r *Ring) rewrite(ctx context.Context, plan func(*rewriting) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return closed()
	}
	err := r.medium.Alone(ctx, func(w Writer) error {
		if err := r.sync(ctx, w); err != nil {
			return err
		}
		anew := r.anew()
		if err := plan(anew); err != nil {
			return err
		}
		return w.Replace(ctx, anew.write)
	})
	if err != nil {
		return err
	}
	clear(r.orgs)
	return r.refresh(ctx)
}

// Destroy removes the keys of names from the ring, overwrites the old bytes, and leaves a grave for
// each. A name without a key gets its grave too: the key may come back with an older copy. When it
// returns nil no byte of the keys is on the medium. It writes the whole ring: 256 bytes a key.
func (r *Ring) Destroy(ctx context.Context, now time.Time, names ...Name) error {
	return r.rewrite(ctx, func(anew *rewriting) error {
		for _, n := range names {
			if err := n.check(); err != nil {
				return err
			}
			anew.bury(n, now)
		}
		return nil
	})
}
