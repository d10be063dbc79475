package db_test

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

func TestSchemaAndSize(t *testing.T) {
	d := dbtest.Open(t)
	schema, err := d.Schema(t.Context())
	if err != nil || schema < 4 {
		t.Errorf("schema %d (%v), want at least the fourth migration", schema, err)
	}
	before, err := d.Size(t.Context())
	if err != nil || before < 10_000 || before > 100_000_000 {
		t.Errorf("an empty database takes %d bytes (%v)", before, err)
	}
	err = d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		for range 50 {
			// Not compressible, so that no engine can make it small.
			name := strings.Repeat(db.NewID()+db.NewID(), 400)
			_, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $2, 'UTC', 0)", db.NewID(), name)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := d.Size(t.Context()); err != nil || after <= before {
		t.Errorf("%d bytes before, %d after a megabyte came in (%v)", before, after, err)
	}
}
