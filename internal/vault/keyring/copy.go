package keyring

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Copy writes a copy of the ring, without transient keys, to a file, and overwrites the bytes of the
// copy that was there: each place holds one copy, the newest. It goes to another disk than the ring,
// every day, and never into a backup of data.
func (r *Ring) Copy(ctx context.Context, now time.Time, to File) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.codec == nil {
		return closed()
	}
	if err := r.refresh(ctx); err != nil {
		return err
	}
	anew := r.anew()
	anew.madeAt, anew.lasting = now, true
	return to.Alone(ctx, func(w Writer) error { return w.Replace(ctx, anew.write) })
}

// Restored says what [Restore] brought back.
type Restored struct {
	// MadeAt is when the copy was made. Keys that were made later are lost, and with them what they
	// sealed.
	MadeAt time.Time
	Keys   int
	Graves int
}

// Restore founds a ring on an empty medium from the newest of the copies that can be read, at most
// 30 days old. What any of them says was destroyed stays destroyed. A medium that holds a ring is
// refused; an old ring may be given among the copies. The errors are faults.
func Restore(ctx context.Context, m Medium, node nodekey.Key, now time.Time, copies ...Reader) (Restored, error) {
	c, err := newCodec(node)
	if err != nil {
		return Restored{}, err
	}
	defer c.forget()
	newest, err := c.newest(ctx, copies)
	if err != nil {
		return Restored{}, err
	}
	defer newest.keys.release()
	made := newest.made()
	anew := rewriting{state: &newest, codec: c, graves: newest.graves, lasting: true}
	keys := anew.keys()
	if keys > 0 && now.Sub(made) > Epoch {
		return Restored{}, fault.New(fault.Invalid, "The newest copy of the keyring is older than 30 days.").
			WithHint("It may hold keys of people who were promised that they are gone. Find a newer copy.")
	}
	err = m.Alone(ctx, func(w Writer) error {
		if _, mark, err := w.Load(ctx, Mark{}); err != nil || mark.Generation != 0 {
			return errors.Join(err, fault.New(fault.Conflict, "There is a keyring already.").
				WithHint("Move it away, and give it among the copies: what it says was destroyed stays destroyed."))
		}
		return w.Replace(ctx, anew.write)
	})
	return Restored{MadeAt: made, Keys: keys, Graves: len(newest.graves)}, err
}

// newest reads all copies and returns the newest, with the graves of all.
func (c *codec) newest(ctx context.Context, copies []Reader) (state, error) {
	var best *state
	var graves []Grave
	var failed error
	for _, from := range copies {
		one := Ring{codec: c, state: newState()}
		if err := one.sync(ctx, from); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		s := one.state
		if s.mark.Generation == 0 {
			continue
		}
		for _, g := range s.graves {
			graves = append(graves, g)
		}
		switch {
		case best == nil:
			best = &s
		case s.made().After(best.made()):
			best.keys.release()
			best = &s
		default:
			s.keys.release()
		}
	}
	if best == nil {
		if _, ok := fault.As(failed); ok {
			return state{}, failed
		}
		return state{}, fault.New(fault.NotFound, "No copy of the keyring was found.").
			WithHint("Name the files or folders where copies of the keyring are kept.")
	}
	slices.SortFunc(graves, compareGraves)
	for _, g := range graves {
		best.graves[g.Name] = g
	}
	return *best, nil
}

// made returns when a copy was made, or of a ring itself when it last changed.
func (s *state) made() time.Time {
	at := s.madeAt
	if at == 0 {
		for r := range s.keys.all() {
			at = max(at, r.at)
		}
		for _, g := range s.graves {
			at = max(at, g.At.UnixMicro())
		}
	}
	return time.UnixMicro(at).UTC()
}

// MadeAt returns when a copy was made, as it says itself, without its key and unproven; zero when there
// is none or when it is no copy but a ring.
func MadeAt(ctx context.Context, from Reader) (time.Time, error) {
	data, mark, err := from.Load(ctx, Mark{})
	if err != nil || mark.Generation == 0 {
		return time.Time{}, err
	}
	if _, ok := generationOf(data); !ok {
		return time.Time{}, damaged(errors.New("keyring: not a copy"))
	}
	at := int64(binary.BigEndian.Uint64(data[56:]))
	if at == 0 {
		return time.Time{}, nil
	}
	return time.UnixMicro(at).UTC(), nil
}
