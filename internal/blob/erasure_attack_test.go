package blob_test

import (
	"bytes"
	"testing"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
)

// Whoever kept the row of a file on its way, in a log or a backup of the database, must not open it with
// the keyring of after the erasure: the file is sealed under a key of its own until it is kept.
func TestErasureReachesFilesOnTheirWay(t *testing.T) {
	everyStore(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		id, err := h.Begin(ctx, h.worker, blob.File{Person: "person-1", Record: "r", Name: private.New("passport.pdf"), Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Append(ctx, h.worker, id, 0, bytes.NewReader(content(100))); err != nil {
			t.Fatal(err)
		}
		sql := func(q string) {
			t.Helper()
			err := h.DB.WriteUnaudited(ctx, "somebody with a copy", func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, q)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		sql("CREATE TABLE copied AS SELECT * FROM attachment")
		proposal, err := h.Vault.ProposeErasure(ctx, h.worker, "person-1", "request")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Vault.Erase(ctx, h.second, proposal); err != nil {
			t.Fatal(err)
		}
		sql("INSERT INTO attachment SELECT * FROM copied")
		if n, err := h.Arrived(ctx, h.worker, id); err == nil {
			t.Errorf("the card of a file of the erased opens, %d bytes", n)
		}
	})
}
