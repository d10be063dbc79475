package keyring

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// TestDamage gives a ring every injury and wants a clear word, no key, and the file left as it was.
func TestDamage(t *testing.T) {
	node := nodekey.New()
	source := folder(t)
	r := open(t, source, node)
	create(t, r, person(1), person(2), person(3))
	if err := r.Destroy(t.Context(), start, person(3)); err != nil {
		t.Fatal(err)
	}
	create(t, r, person(4))
	good, err := os.ReadFile(source.Path)
	if err != nil {
		t.Fatal(err)
	}
	record := func(i int) []byte { return good[i*recordSize : (i+1)*recordSize] }
	n := len(good) / recordSize
	for _, c := range []struct {
		name string
		text []byte
		says string
	}{
		{"text", []byte("not a keyring"), "something else"},
		{"empty", []byte{}, "something else"},
		{"noise", bytes.Repeat([]byte{0xa5}, 1024), "something else"},
		{"cut off", good[:2*recordSize], "damaged"},
		{"two records exchanged", slices.Concat(good[:2*recordSize], record(3), record(2), good[4*recordSize:]), "damaged"},
		{"a record left out", slices.Concat(good[:recordSize], good[2*recordSize:]), "damaged"},
		{"a long hole", slices.Concat(good, make([]byte, maxLoad), record(n-1)), "damaged"},
		{"a record twice", slices.Concat(good, record(n-1)), "damaged"},
	} {
		m := folder(t)
		write(t, m, c.text)
		_, err := Open(t.Context(), m, node)
		if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || !strings.Contains(e.Msg, c.says) || e.Hint == "" {
			t.Errorf("%s: %v", c.name, err)
		}
		if left, _ := os.ReadFile(m.Path); !bytes.Equal(left, c.text) {
			t.Errorf("%s: the file was changed", c.name)
		}
	}
	if _, err := Open(t.Context(), source, nodekey.New()); err == nil || !strings.Contains(err.Error(), "another node key") {
		t.Errorf("foreign node key: %v", err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		bent := bytes.Clone(good)
		i := rapid.IntRange(0, len(bent)-1).Draw(rt, "byte")
		bent[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		c, _ := newCodec(node)
		s := newState()
		if err := c.begin(&s, bent, Mark{Generation: r.state.mark.Generation, Size: int64(len(bent))}); err == nil {
			rt.Fatalf("a flipped bit in byte %d was not found", i)
		}
	})
}

func write(t testing.TB, m File, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.Path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.Path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCrashes puts a ring into every state that a crash can leave and goes on.
func TestCrashes(t *testing.T) {
	node := nodekey.New()
	source := folder(t)
	r := open(t, source, node)
	create(t, r, person(1))
	before, _ := os.ReadFile(source.Path)
	create(t, r, person(2))
	after, _ := os.ReadFile(source.Path)
	for _, c := range []struct {
		name           string
		ring, new, old []byte
		link           bool
		keys           int
	}{
		{name: "half a record", ring: after[:len(after)-100], keys: 1},
		{name: "room without content", ring: slices.Concat(before, make([]byte, 2*recordSize)), keys: 1},
		{name: "half a new ring", ring: before, new: after[:300], keys: 1},
		{name: "before the exchange", ring: before, new: after, link: true, keys: 1},
		{name: "after the exchange", ring: after, old: before, keys: 2},
		{name: "old one half wiped", ring: after, old: make([]byte, 100), keys: 2},
	} {
		m := folder(t)
		write(t, m, c.ring)
		if c.new != nil {
			_ = os.WriteFile(m.Path+".new", c.new, 0o600)
		}
		if c.old != nil {
			_ = os.WriteFile(m.Path+".old", c.old, 0o600)
		}
		if c.link {
			_ = os.Link(m.Path, m.Path+".old")
		}
		again := open(t, m, node)
		for i := 1; i <= 2; i++ {
			if got := secret(t, again, person(i)) != nil; got != (i <= c.keys) {
				t.Errorf("%s: key %d there: %v", c.name, i, got)
			}
		}
		create(t, again, person(3), person(4))
		if secret(t, open(t, m, node), person(4)) == nil {
			t.Errorf("%s: cannot go on", c.name)
		}
		if left, _ := filepath.Glob(m.Path + ".[no]*"); len(left) > 0 {
			t.Errorf("%s: left %v", c.name, left)
		}
	}
}

func TestRingDisappears(t *testing.T) {
	m := folder(t)
	r := open(t, m, nodekey.New())
	create(t, r, person(1))
	if err := os.Remove(m.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Create(t.Context(), start, time.Time{}, person(2)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("founded a new ring in place of the lost one: %v", err)
	}
}

func FuzzRing(f *testing.F) {
	node := nodekey.New()
	c, err := newCodec(node)
	if err != nil {
		f.Fatal(err)
	}
	m := folder(f)
	r, err := Open(context.Background(), m, node)
	if err != nil {
		f.Fatal(err)
	}
	create(f, r, person(1))
	good, _ := os.ReadFile(m.Path)
	f.Add(good[recordSize:])
	f.Add(bytes.Repeat([]byte{1}, recordSize))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Records with a right code, so that the fuzzer reaches what lies behind it.
		s, before := newState(), []byte(nil)
		var ring []byte
		for part := range slices.Chunk(data, recordSize-codeSize) {
			if len(part) < recordSize-codeSize {
				break
			}
			ring = append(ring, part...)
			ring = sum(c.newMAC(), before, part, ring)
			before = ring[len(ring)-codeSize:]
		}
		_ = c.read(&s, ring)
		for k := range s.keys.all() {
			if got, ok := s.keys.find(k.name); !ok || got != k {
				t.Fatal("a key under another name")
			}
		}
		s = newState()
		_ = c.begin(&s, data, Mark{Size: int64(len(data))})
	})
}

// hollow is a table whose rows a rewrite has just taken from under an older snapshot: the size is still
// read, the bytes are not.
type hollow struct {
	Medium
	next bool // at the next look
}

func (h *hollow) Load(ctx context.Context, mark Mark) ([]byte, Mark, error) {
	data, now, err := h.Medium.Load(ctx, mark)
	if h.next && len(data) > 0 {
		h.next = false
		return nil, now, err
	}
	return data, now, err
}

// A ring that is read while another process rewrites it is read again when nobody writes.
func TestReadWhileRewritten(t *testing.T) {
	both(t, func(t *testing.T, m Medium) {
		node := nodekey.New()
		other := open(t, m, node)
		create(t, other, person(1), person(2))
		h := &hollow{Medium: m}
		r := open(t, h, node)
		if err := other.Destroy(t.Context(), start, person(2)); err != nil {
			t.Fatal(err)
		}
		h.next = true
		if len(secret(t, r, person(1))) == 0 || h.next {
			t.Error("no key, or the test met no rewrite")
		}
	})
}

// A ring is read some megabytes at a time. One of more than that is whole for a second process, in a copy
// and after a rewrite.
func TestRingOfManyParts(t *testing.T) {
	const many = maxLoad/recordSize + 300
	names := make([]Name, many)
	for i := range names {
		names[i] = person(i)
	}
	both(t, func(t *testing.T, m Medium) {
		node := nodekey.New()
		r := open(t, m, node)
		create(t, r, names...)
		for _, change := range []func() error{
			func() error { return nil },
			func() error { return r.Destroy(t.Context(), start, person(5)) },
			func() error { _, err := r.Rotate(t.Context(), start, true); return err },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			again := open(t, m, node)
			for _, i := range []int{0, 6, many / 2, many - 1} {
				if one := secret(t, again, person(i)); one == nil || !bytes.Equal(one, secret(t, r, person(i))) {
					t.Fatalf("key %d is not the same", i)
				}
			}
		}
		to, fresh := folder(t), folder(t)
		if err := r.Copy(t.Context(), start, to); err != nil {
			t.Fatal(err)
		}
		done, err := Restore(t.Context(), fresh, node, start, to)
		if err != nil || done.Keys != many || done.Graves != 1 { // the key of the organisation, less the destroyed one
			t.Fatalf("restored %+v %v", done, err)
		}
	})
}
