package blob_test

import (
	"bytes"
	"testing"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/private"
)

// Whoever begins to send the same file again goes on with it: the same person, name and length, and
// nobody else.
func TestTheSameFileGoesOn(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		const size = 2<<20 + 9
		f := blob.File{Person: "person-1", Record: "r", Name: private.New("letter.pdf"), Size: size}
		id, err := h.Begin(ctx, h.worker, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Append(ctx, h.worker, id, 0, bytes.NewReader(content(1<<20+5))); err != nil {
			t.Fatal(err)
		}
		if got, safe, err := h.Resume(ctx, h.worker, f); err != nil || got != id || safe != 1<<20 {
			t.Errorf("the same file: %v at %d, %v", got == id, safe, err)
		}
		if all, err := h.Coming(ctx, h.worker, "r"); err != nil || len(all) != 1 || all[0].ID != id || all[0].Safe != 1<<20 {
			t.Errorf("on its way: %+v, %v", all, err)
		}
		name, length, record := f, f, f
		name.Name, length.Size, record.Record = private.New("other.pdf"), size+1, "s"
		for what, other := range map[string]blob.File{"another name": name, "another length": length, "another record": record} {
			if got, _, err := h.Resume(ctx, h.worker, other); err != nil || got != "" {
				t.Errorf("%s: %q %v", what, got, err)
			}
		}
		if got, _, err := h.Resume(ctx, h.second, f); err != nil || got != "" {
			t.Errorf("somebody else: %q %v", got, err)
		}
	})
}
