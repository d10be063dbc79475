package blob_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

var why = vault.Why{Purpose: "support", Scope: "case-1"}

// house is a node with attachments, two organisations and a person in each.
type house struct {
	*blob.Blobs
	t      testing.TB
	now    time.Time
	store  blob.Store
	worker auth.Actor
	second auth.Actor
	other  auth.Actor // of another organisation
}

// stores are the two places where chunks may lie.
var stores = map[string]func(t testing.TB, d *db.DB) blob.Store{
	"folder": func(t testing.TB, _ *db.DB) blob.Store {
		f, err := blob.OpenFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	},
	"table": func(_ testing.TB, d *db.DB) blob.Store { return blob.Table{DB: d} },
}

func everyStore(t *testing.T, test func(t *testing.T, h *house)) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { test(t, newHouse(t, open)) })
	}
}

func newHouse(t testing.TB, open func(testing.TB, *db.DB) blob.Store) *house {
	t.Helper()
	h := &house{t: t, now: time.Now()}
	d := dbtest.OpenAt(t, func() time.Time { return h.now })
	h.store = open(t, d)
	h.Blobs = &blob.Blobs{DB: d, Vault: vaulttest.Open(t, d), Store: h.store}
	h.Vault.OnErase(h.Eraser())
	accounts := &auth.Accounts{DB: d}
	actors := make([]auth.Actor, 0, 3)
	for _, name := range []string{"A (invented)", "B (invented)"} {
		org, err := accounts.CreateOrg(t.Context(), name, "UTC")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			account, err := accounts.CreateAccount(t.Context(), auth.CLI(org), "Worker (invented)", auth.SupportWorker, auth.Supervisor)
			if err != nil {
				t.Fatal(err)
			}
			actor, err := accounts.Actor(t.Context(), account)
			if err != nil {
				t.Fatal(err)
			}
			actors = append(actors, actor)
		}
	}
	h.worker, h.second, h.other = actors[0], actors[1], actors[2]
	h.enrol(h.worker, "person-1")
	h.enrol(h.worker, "person-2")
	h.enrol(h.other, "person-1")
	return h
}

func (h *house) enrol(actor auth.Actor, person vault.PersonID) {
	h.t.Helper()
	err := h.DB.WriteUnaudited(h.t.Context(), "a test", func(tx *db.Tx) error {
		return h.Vault.Enrol(h.t.Context(), tx, actor, person, "adult-client")
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// content is n bytes that no recogniser knows.
func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	_, _ = r.Read(b)
	b[0] = 0xF5
	return b
}

func (h *house) keep(actor auth.Actor, person vault.PersonID, name string, b []byte) blob.Attachment {
	h.t.Helper()
	ctx := h.t.Context()
	id, err := h.Begin(ctx, actor, blob.File{Person: person, Record: "record-1", Name: private.New(name), Size: int64(len(b))})
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.Append(ctx, actor, id, 0, bytes.NewReader(b)); err != nil {
		h.t.Fatal(err)
	}
	a, err := h.Finish(ctx, actor, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) read(actor auth.Actor, id blob.ID) ([]byte, blob.Content, error) {
	c, err := h.Open(h.t.Context(), actor, why, id)
	if err != nil {
		return nil, c, err
	}
	b, err := io.ReadAll(c)
	return b, c, err
}

// names lists what lies in the store.
func (h *house) names() []string {
	h.t.Helper()
	var all []string
	err := h.store.Each(h.t.Context(), func(n blob.Name, _ time.Time) error {
		all = append(all, n.Org+"/"+n.ID)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestWhatGoesInComesOut(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		for _, n := range []int{1, 4095, 4096, 4097, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3<<20 + 12345} {
			want := content(n)
			a := h.keep(h.worker, "person-1", "letter.bin", want)
			got, c, err := h.read(h.second, a.ID)
			if err != nil || !bytes.Equal(got, want) || c.Size != int64(n) || n > 1 && a.Metadata != blob.Kept {
				t.Fatalf("%d bytes: %d came back, %v, %+v", n, len(got), err, a)
			}
			if c.Name.Reveal("compare") != "letter.bin" {
				t.Error("the name changed")
			}
			if _, err := c.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if n < 5000 && iotest.TestReader(c, want) != nil { // its error shows the whole content
				t.Errorf("%d bytes: not what a reader promises", n)
			}
		}
		list, err := h.List(t.Context(), h.worker, "record-1")
		if err != nil || len(list) != 8 || list[0].AddedBy != h.worker.Account {
			t.Errorf("%d attachments, %v", len(list), err)
		}
		if len(h.names()) != 8 {
			t.Errorf("%d files for 8 attachments", len(h.names()))
		}
	})
}

// A file arrives in pieces of any length, over lines that break anywhere, and is the same in the end.
func TestArriveInPieces(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	everyStore(t, func(t *testing.T, h *house) {
		rng := rand.New(rand.NewPCG(seed, 0))
		ctx, want := t.Context(), content(5<<20+777)
		id, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: "r", Name: private.New("film"), Size: int64(len(want))})
		if err != nil {
			t.Fatal(err)
		}
		var at int64
		for tries := 0; at < int64(len(want)); tries++ {
			if tries > 300 {
				t.Fatal("it never arrives")
			}
			end := min(at+rng.Int64N(3<<20), int64(len(want)))
			var r io.Reader = bytes.NewReader(want[at:end])
			if rng.IntN(2) == 0 {
				r = io.MultiReader(r, iotest.ErrReader(errors.New("the line broke")))
			}
			got, err := h.Append(ctx, h.worker, id, at, r)
			if got < at || err != nil && fault.KindOf(err) != fault.Unavailable {
				t.Fatalf("from %d to %d: %v", at, got, err)
			}
			if safe, err := h.Arrived(ctx, h.worker, id); err != nil || safe != got {
				t.Fatalf("%d safe, %d said: %v", safe, got, err)
			}
			if _, err := h.Append(ctx, h.worker, id, got+1, bytes.NewReader(nil)); fault.KindOf(err) != fault.Stale {
				t.Fatalf("a hole was taken: %v", err)
			}
			if _, err := h.Finish(ctx, h.worker, id); got < int64(len(want)) && fault.KindOf(err) != fault.Conflict {
				t.Fatalf("kept before it was whole: %v", err)
			} else if got == int64(len(want)) && err != nil {
				t.Fatal(err)
			}
			at = got
		}
		if got, _, err := h.read(h.worker, id); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d of %d bytes: %v", len(got), len(want), err)
		}
		if _, err := h.Finish(ctx, h.worker, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("kept twice: %v", err)
		}
	})
}

func TestRefusals(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.MaxSize = 1000
		file := func(person vault.PersonID, name string, size int64) error {
			_, err := h.Begin(ctx, h.worker, blob.File{Person: person, Record: "r", Name: private.New(name), Size: size})
			return err
		}
		for what, c := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"empty":        {file("person-1", "a", 0), fault.Invalid},
			"too large":    {file("person-1", "a", 1001), fault.TooLarge},
			"nobody":       {file("person-9", "a", 10), fault.NotFound},
			"a long name":  {file("person-1", string(make([]byte, 300)), 10), fault.Invalid},
			"good, to see": {file("person-1", "a", 1000), 0},
		} {
			if c.want == 0 && c.err != nil || c.want != 0 && fault.KindOf(c.err) != c.want {
				t.Errorf("%s: %v", what, c.err)
			}
		}
		id, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: "r", Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Append(ctx, h.worker, id, 0, bytes.NewReader(content(11))); fault.KindOf(err) != fault.Invalid {
			t.Errorf("longer than said: %v", err)
		}
		for _, stranger := range []auth.Actor{h.second, h.other, {}} {
			if _, err := h.Append(ctx, stranger, id, 0, bytes.NewReader(content(10))); fault.KindOf(err) != fault.NotFound {
				t.Errorf("somebody else sends: %v", err)
			}
		}
		kept := h.keep(h.worker, "person-1", "a", content(10))
		if _, _, err := h.read(h.other, kept.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another organisation reads: %v", err)
		}
		if err := h.Remove(ctx, h.other, kept.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another organisation removes: %v", err)
		}
		if err := h.Discard(ctx, h.worker, id); err != nil {
			t.Error(err)
		}
		if err := h.Remove(ctx, h.worker, kept.ID); err != nil || len(h.names()) != 0 {
			t.Errorf("after all is removed: %v, %v", h.names(), err)
		}
	})
}

// A row that was put back, and one that somebody removed by hand, are found by what the ledger says.
func TestRowsAreCommitted(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		h.Vault.OnCheck(h.Rows())
		check := func(want ...string) {
			t.Helper()
			c, err := h.Vault.Check(t.Context())
			if err != nil || len(c.Findings) != len(want) {
				t.Fatalf("%+v, want %v: %v", c, want, err)
			}
			for i, f := range c.Findings {
				if f.What != want[i] {
					t.Errorf("%+v, want %s", f, want[i])
				}
			}
		}
		a := h.keep(h.worker, "person-1", "a", content(100))
		b := h.keep(h.worker, "person-1", "b", content(100))
		check()
		if err := h.Remove(t.Context(), h.worker, b.ID); err != nil {
			t.Fatal(err)
		}
		check()
		err := h.DB.WriteUnaudited(t.Context(), "somebody with the database", func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "DELETE FROM attachment WHERE id = $1", string(a.ID))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		check(vault.Vanished)
	})
}

// sorted keys of a map, for messages in one order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
