package keyring

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

var errTest = errors.New("an error of the test")

func owner(t *testing.T, m Medium) (id nodekey.ID) {
	t.Helper()
	err := Owner(t.Context(), m, func(found nodekey.ID, founded bool) error {
		if !founded {
			t.Error("no ring")
		}
		id = found
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRekey(t *testing.T) {
	both(t, func(t *testing.T, m Medium) {
		first, second := nodekey.New(), nodekey.New()
		r := open(t, m, first)
		create(t, r, person(1), Name{Org: "org-b", Kind: Index})
		if err := r.Destroy(t.Context(), start, person(7)); err != nil {
			t.Fatal(err)
		}
		one := bytes.Clone(secret(t, r, person(1)))
		orgKey := held(t, r, orgName("org-a")).id
		if err := r.Rekey(t.Context(), start, second, func() error { return errTest }); !errors.Is(err, errTest) {
			t.Fatalf("the failure to write the new key was swallowed: %v", err)
		}
		if owner(t, m) != first.ID() || !bytes.Equal(secret(t, r, person(1)), one) {
			t.Error("a rekeying that failed changed the ring")
		}
		prepared := 0
		if err := r.Rekey(t.Context(), start, second, func() error { prepared++; return nil }); err != nil || prepared == 0 {
			t.Fatalf("rekey: %d %v", prepared, err)
		}
		if owner(t, m) != second.ID() {
			t.Error("the ring still names the old key")
		}
		if held(t, r, orgName("org-a")).id == orgKey {
			t.Error("an organisation key that the old node key opened is still in use")
		}
		for _, one := range []*Ring{r, open(t, m, second)} {
			if secret(t, one, person(1)) == nil || secret(t, one, Name{Org: "org-b", Kind: Index}) == nil {
				t.Error("a key is lost")
			}
			if _, err := one.Create(t.Context(), start, time.Time{}, person(7)); !errors.Is(err, ErrDestroyed) {
				t.Errorf("the destroyed came back: %v", err)
			}
		}
		if !bytes.Equal(secret(t, r, person(1)), one) {
			t.Error("another key than before")
		}
		if _, err := Open(t.Context(), m, first); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the old node key opens the ring: %v", err)
		}
		create(t, r, person(2))
	})
}

// TestRekeyLeavesNothing looks for what the old node key could open in the file and in its old blocks.
func TestRekeyLeavesNothing(t *testing.T) {
	m, first := folder(t), nodekey.New()
	r := open(t, m, first)
	create(t, r, person(1))
	blocks, err := os.Open(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blocks.Close() }()
	wrapped := held(t, r, orgName("org-a")).wrapped
	if err := r.Rekey(t.Context(), start, nodekey.New(), func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 1<<20)
	n, _ := blocks.ReadAt(old, 0)
	now, _ := os.ReadFile(m.Path)
	if bytes.Contains(old[:n], wrapped[:]) || bytes.Contains(now, wrapped[:]) || n == 0 {
		t.Error("an organisation key under the old node key is still on the disk")
	}
}

// TestTableKeepsNoBytes reads the files of the table from the server after a key was destroyed, while
// an older transaction keeps dead rows from being cleaned up.
func TestTableKeepsNoBytes(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.NeedPostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	r := open(t, Table{DB: d}, nodekey.New())
	create(t, r, person(1), person(2))
	gone := held(t, r, person(1)).wrapped
	before := relation(t, d)
	if !bytes.Contains(before, gone[:]) {
		t.Fatal("the key is not found before it is destroyed: the test could not fail")
	}
	holding, let := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- d.Read(t.Context(), func(tx *db.Tx) error {
			var n int64
			err := tx.QueryRow(t.Context(), "SELECT count(*) FROM org").Scan(&n)
			close(holding)
			<-let
			return err
		})
	}()
	<-holding
	if err := r.Destroy(t.Context(), start, person(1)); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(relation(t, d), gone[:]) {
		t.Error("the pages of the table still hold the destroyed key")
	}
	close(let)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if secret(t, r, person(2)) == nil {
		t.Error("another key is lost")
	}
}

// relation returns every byte of the files of the table and of its long values.
func relation(t *testing.T, d *db.DB) (all []byte) {
	t.Helper()
	err := d.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "CHECKPOINT"); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), `
			SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) ||
			       pg_read_binary_file(pg_relation_filepath(c.reltoastrelid))
			FROM pg_class c WHERE c.oid = 'vault_ring_part'::regclass`).Scan(&all)
	})
	if err != nil {
		t.Fatalf("reading the files of the server needs a superuser: %v", err)
	}
	return all
}
