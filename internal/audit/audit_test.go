package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

var errTest = errors.New("an error of the test")

func list(t *testing.T, d *db.DB, org string, limit int) (entries []audit.Entry) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		entries, err = audit.List(t.Context(), tx, org, limit)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestAppend(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	d := dbtest.OpenAt(t, func() time.Time { return now })
	first := audit.Entry{Org: "o", Actor: "a", Kind: audit.Decision, Subject: "s", Detail: map[string]string{"b": "2", "a": "é\"\\"}}
	second := audit.Entry{Org: "o", Actor: "cli", Kind: audit.Configuration, Subject: "t"}
	other := audit.Entry{Org: "p", Actor: "a", Kind: audit.Login, Subject: "u"}
	later := audit.Entry{Org: "o", Actor: "a", Kind: audit.Export, Subject: "v"}
	for _, together := range [][]audit.Entry{{first, second, other}, {later}} {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, e := range together {
				if err := audit.Append(t.Context(), tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Microsecond)
	}
	start := now.Add(-2 * time.Microsecond)
	first.At, second.At, later.At = start, start, start.Add(time.Microsecond)
	ignore := []cmp.Option{cmpopts.IgnoreFields(audit.Entry{}, "ID", "Ordinal"), cmpopts.EquateEmpty()}
	got := list(t, d, "o", 10)
	if diff := cmp.Diff([]audit.Entry{later, second, first}, got, ignore...); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if got[0].ID == "" || got[0].ID == got[1].ID {
		t.Errorf("identifiers %q and %q", got[0].ID, got[1].ID)
	}
	if got := list(t, d, "o", 1); len(got) != 1 || got[0].Subject != "v" {
		t.Errorf("the newest is %v", got)
	}
	if got := list(t, d, "nobody", 10); len(got) != 0 {
		t.Errorf("entries of another organisation: %v", got)
	}
}

func TestAppendRefuses(t *testing.T) {
	d := dbtest.Open(t)
	good := audit.Entry{Org: "o", Actor: "a", Kind: audit.Decision, Subject: "s"}
	tests := []struct {
		name   string
		change func(*audit.Entry)
	}{
		{"no organisation", func(e *audit.Entry) { e.Org = "" }},
		{"no actor", func(e *audit.Entry) { e.Actor = "" }},
		{"no subject", func(e *audit.Entry) { e.Subject = "" }},
		{"no kind", func(e *audit.Entry) { e.Kind = "" }},
		{"unknown kind", func(e *audit.Entry) { e.Kind = "other" }},
		{"about a person, not sealed", func(e *audit.Entry) { e.Person = "p" }},
		{"an erasure without approvers", func(e *audit.Entry) { e.Kind = audit.Erasure }},
		{"not UTF-8", func(e *audit.Entry) { e.Subject = "\xff" }},
		{"too much detail", func(e *audit.Entry) { e.Detail = map[string]string{"x": strings.Repeat("x", 9000)} }},
	}
	for _, tt := range tests {
		e := good
		tt.change(&e)
		err := d.Write(t.Context(), func(tx *db.Tx) error { return audit.Append(t.Context(), tx, e) })
		if err == nil {
			t.Errorf("%s was accepted", tt.name)
		}
	}
	if got := list(t, d, "o", 10); len(got) != 0 {
		t.Errorf("refused entries are stored: %v", got)
	}
}

// TestKinds walks all kinds: each is accepted and comes back as it is.
func TestKinds(t *testing.T) {
	d := dbtest.Open(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, k := range audit.Kinds() {
			if k == audit.Erasure {
				err := audit.AppendErasure(t.Context(), tx, audit.Erased{Org: "o", Actor: "a", Erasure: "s", Approvers: [2]string{"a", "b"}})
				if err != nil {
					return err
				}
				continue
			}
			if err := audit.Append(t.Context(), tx, audit.Entry{Org: "o", Actor: "a", Kind: k, Subject: "s"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := list(t, d, "o", 100)
	if len(got) != 13 || len(audit.Kinds()) != 13 {
		t.Fatalf("%d of %d kinds are stored, want 13", len(got), len(audit.Kinds()))
	}
	for i, k := range audit.Kinds() {
		if e := got[len(got)-1-i]; e.Kind != k {
			t.Errorf("entry %d is of kind %q, want %q", i, e.Kind, k)
		}
	}
}

// TestAtomic expects neither the change without the entry nor the entry without the change.
func TestAtomic(t *testing.T) {
	d := dbtest.Open(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return errors.Join(audit.Append(t.Context(), tx, audit.Entry{Org: "o", Actor: "a", Kind: audit.Login, Subject: "s"}), errTest)
	})
	if !errors.Is(err, errTest) || len(list(t, d, "o", 10)) != 0 {
		t.Errorf("error %v; the entry of a rolled back change stays", err)
	}
}

// TestOnlyGrows tries every statement that would change or remove an entry.
func TestOnlyGrows(t *testing.T) {
	d := dbtest.Open(t)
	entry := audit.Entry{Org: "o", Actor: "a", Kind: audit.Login, Subject: "s"}
	err := d.Write(t.Context(), func(tx *db.Tx) error { return audit.Append(t.Context(), tx, entry) })
	if err != nil {
		t.Fatal(err)
	}
	before := list(t, d, "o", 10)
	const columns = "(org_id, id, at, ordinal, actor, kind, subject, detail)"
	statements := []string{
		"UPDATE audit_entry SET subject = 'x'",
		"UPDATE audit_entry SET at = at",
		"DELETE FROM audit_entry",
		"DELETE FROM audit_entry WHERE org_id = 'o'",
		"INSERT INTO audit_entry " + columns + " SELECT org_id, id, 0, 0, 'x', kind, subject, detail FROM audit_entry WHERE true" +
			" ON CONFLICT (org_id, id) DO UPDATE SET subject = 'x'",
	}
	if d.Engine() == db.Postgres {
		statements = append(statements, "TRUNCATE audit_entry")
	} else {
		statements = append(statements, "REPLACE INTO audit_entry "+columns+" SELECT org_id, id, 0, 0, 'x', kind, subject, detail FROM audit_entry")
	}
	for _, q := range statements {
		err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			_, err := tx.Exec(context.WithoutCancel(t.Context()), q)
			return err
		})
		if err == nil {
			t.Errorf("%s was accepted", q)
		}
		if diff := cmp.Diff(before, list(t, d, "o", 10)); diff != "" {
			t.Fatalf("%s changed the record:\n%s", q, diff)
		}
	}
}
