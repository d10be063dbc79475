package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/fault"
)

// A chunk that was turned over, exchanged, dropped or taken from another file is found before any of
// it is shown.
func TestDamageIsFound(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx, want := t.Context(), content(2<<20+500)
		a := h.keep(h.worker, "person-1", "a", want)
		name := h.only()
		b := h.keep(h.worker, "person-2", "b", want)
		var other blob.Name
		for _, n := range h.all() {
			if n != name {
				other = n
			}
		}
		chunks := make([][]byte, 3)
		for i := range chunks {
			var err error
			if chunks[i], err = h.store.Get(ctx, name, int64(i), nil); err != nil {
				t.Fatal(err)
			}
		}
		foreign, err := h.store.Get(ctx, other, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		flip := func(i, at int) []byte {
			c := bytes.Clone(chunks[i])
			c[(at+len(c))%len(c)] ^= 1
			return c
		}
		for what, put := range map[string]map[int64][]byte{
			"nonce":    {0: flip(0, 0)},
			"content":  {1: flip(1, 5000)},
			"tag":      {2: flip(2, -1)},
			"exchange": {0: chunks[1], 1: chunks[0]},
			"foreign":  {1: foreign},
			"short":    {2: chunks[2][:len(chunks[2])-1]},
			"end":      {2: chunks[1]},
			"empty":    {2: {}},
		} {
			for n, c := range put {
				if err := h.store.Put(ctx, name, n, c); err != nil {
					t.Fatal(err)
				}
			}
			got, _, err := h.read(h.worker, a.ID)
			if fault.KindOf(err) != fault.Conflict || !bytes.HasPrefix(want, got) {
				t.Errorf("%s: %v after %d bytes", what, err, len(got))
			}
			for i, c := range chunks {
				if err := h.store.Put(ctx, name, int64(i), c); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := h.store.Remove(ctx, name); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.read(h.worker, a.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the file is gone: %v", err)
		}
		if got, _, err := h.read(h.worker, b.ID); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the neighbour: %v", err)
		}
	})
}

func (h *house) all() (all []blob.Name) {
	h.t.Helper()
	err := h.store.Each(h.t.Context(), func(n blob.Name, _ time.Time) error {
		all = append(all, n)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) only() blob.Name {
	h.t.Helper()
	all := h.all()
	if len(all) != 1 {
		h.t.Fatalf("%d files", len(all))
	}
	return all[0]
}

// Erasing a person takes their files and nobody else's, those on their way too.
func TestErasure(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		a := h.keep(h.worker, "person-1", "a", content(100))
		b := h.keep(h.worker, "person-2", "b", content(100))
		c := h.keep(h.other, "person-1", "c", content(100)) // the same identifier elsewhere is another person
		late, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: "r", Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		proposal, err := h.Vault.ProposeErasure(ctx, h.worker, "person-1", "request")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Vault.Erase(ctx, h.second, proposal); err != nil {
			t.Fatal(err)
		}
		if n := len(h.names()); n != 2 {
			t.Errorf("%d files are left, want 2", n)
		}
		if _, _, err := h.read(h.worker, a.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the erased: %v", err)
		}
		if _, err := h.Append(ctx, h.worker, late, 0, bytes.NewReader(content(100))); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a file for the erased still arrives: %v", err)
		}
		for actor, id := range map[*auth.Actor]blob.ID{&h.second: b.ID, &h.other: c.ID} {
			if _, _, err := h.read(*actor, id); err != nil {
				t.Errorf("a neighbour: %v", err)
			}
		}
	})
}

// What never arrived goes, and so do chunks that no row names; work in progress stays.
func TestSweep(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		kept := h.keep(h.worker, "person-1", "a", content(100))
		late, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: "r", Size: 2 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Append(ctx, h.worker, late, 0, bytes.NewReader(content(1<<20))); err != nil {
			t.Fatal(err)
		}
		// As after a power cut between the chunks and the row.
		if err := h.store.Put(ctx, blob.Name{Org: string(h.worker.Org), ID: "orphan"}, 0, []byte("noise")); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{time.Minute, 3}, {2 * time.Hour, 2}, {49 * time.Hour, 1}} {
			if err := h.Sweep(ctx, h.now.Add(step.after)); err != nil || len(h.names()) != step.want {
				t.Errorf("after %v: %d files, want %d: %v", step.after, len(h.names()), step.want, err)
			}
		}
		if _, _, err := h.read(h.worker, kept.ID); err != nil {
			t.Error(err)
		}
	})
}

// flaky fails when it is told to, as a disk that is full.
type flaky struct {
	blob.Store
	left int
}

var errFull = errors.New("no space left on device")

func (f *flaky) Put(ctx context.Context, name blob.Name, n int64, sealed []byte) error {
	if f.left--; f.left < 0 {
		return errFull
	}
	return f.Store.Put(ctx, name, n, sealed)
}

// However often storing fails, and wherever, nothing half written is kept and nothing that had arrived
// is lost: the sender goes on.
func TestFailingStore(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx, want := t.Context(), jpegOf(t, 1<<20+1)
		f := &flaky{Store: h.store, left: 1 << 30}
		h.Blobs.Store = f
		for fails := range 6 {
			id, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: fmt.Sprint(fails), Size: int64(len(want))})
			if err != nil {
				t.Fatal(err)
			}
			f.left = fails
			at, err := h.Append(ctx, h.worker, id, 0, bytes.NewReader(want))
			if err == nil {
				_, err = h.Finish(ctx, h.worker, id)
			}
			if chunks := (len(want) + 1<<20 - 1) >> 20; fails < 2*chunks && fault.KindOf(err) != fault.Unavailable {
				t.Fatalf("after %d chunks: %v", fails, err)
			}
			f.left = 1 << 30
			if err == nil {
				continue
			}
			if list, err := h.List(ctx, h.worker, fmt.Sprint(fails)); err != nil || len(list) != 0 {
				t.Fatalf("half of it was kept: %v", err)
			}
			if _, err := h.Append(ctx, h.worker, id, at, bytes.NewReader(want[at:])); err != nil {
				t.Fatal(err)
			}
			if a, err := h.Finish(ctx, h.worker, id); err != nil || a.Metadata != blob.Stripped {
				t.Fatalf("in the end: %+v, %v", a, err)
			}
		}
	})
}

func TestAbsentChunk(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		if _, err := h.store.Get(t.Context(), blob.Name{Org: "o", ID: "none"}, 0, nil); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
}
