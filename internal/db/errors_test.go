package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

func TestErrorClasses(t *testing.T) {
	d := openItems(t)
	const secret = "Zzyzx-Quillfeather" // invented
	mustWrite(t, d, "INSERT INTO item (org_id, id, version, n, note) VALUES ('o', 'j', 1, 0, '"+secret+"')")
	const insert = "INSERT INTO item (org_id, id, version, n, note) VALUES ($1, $2, 1, $3, $4)"
	tests := []struct {
		name string
		q    string
		args []any
		is   func(error) bool
		kind fault.Kind
	}{
		{"primary key", insert, []any{"o", "j", 0, "x"}, db.IsUnique, fault.Conflict},
		{"unique column", insert, []any{"o", "k", 0, secret}, db.IsUnique, fault.Conflict},
		{"foreign key", "INSERT INTO part (org_id, item_id) VALUES ('o', $1)", []any{secret}, db.IsForeignKey, fault.Conflict},
		{"referred to", "INSERT INTO part (org_id, item_id) VALUES ('o', 'i'); DELETE FROM item WHERE id = 'i'", nil, db.IsForeignKey, fault.Conflict},
		{"check", insert, []any{"o", "l", -1, secret}, nil, fault.Internal},
		{"not null", insert, []any{"o", "l", nil, secret}, nil, fault.Internal},
		{"syntax", "SELEKT 1", nil, nil, fault.Internal},
	}
	classes := map[string]func(error) bool{"unique": db.IsUnique, "foreign key": db.IsForeignKey, "busy": db.IsBusy, "serialization": db.IsSerialization}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
				for q := range strings.SplitSeq(tt.q, "; ") {
					if _, err := tx.Exec(t.Context(), q, tt.args...); err != nil {
						return fmt.Errorf("store item: %w", err)
					}
				}
				return nil
			})
			if err == nil || fault.KindOf(err) != tt.kind {
				t.Fatalf("error %v of kind %v, want %v", err, fault.KindOf(err), tt.kind)
			}
			if tt.is != nil && !tt.is(err) {
				t.Errorf("%s is not of its class", fault.Cause(err))
			}
			for name, is := range classes {
				if tt.is == nil && is(err) {
					t.Errorf("%s counts as %s", fault.Cause(err), name)
				}
			}
			if text := fault.Cause(err) + fmt.Sprintf("%v %+v", err, err); strings.Contains(text, secret) {
				t.Errorf("the error shows a value: %s", text)
			}
		})
	}
}

// TestDriverErrors checks errors that only Scan and Rows.Err give, as they come from the drivers,
// and that the parts of PostgreSQL's errors that hold values are dropped.
func TestDriverErrors(t *testing.T) {
	d := openItems(t)
	const secret = "Zzyzx-Quillfeather" // invented
	pg := func(code string) error {
		return &pgconn.PgError{Code: code, Message: "bad value " + secret, Detail: secret, Where: secret, Hint: secret, ConstraintName: "c"}
	}
	tests := []struct {
		name string
		err  error
		is   func(error) bool
		kind fault.Kind
	}{
		{"PostgreSQL unique", pg("23505"), db.IsUnique, fault.Conflict},
		{"PostgreSQL foreign key", pg("23503"), db.IsForeignKey, fault.Conflict},
		{"PostgreSQL lock", pg("55P03"), db.IsBusy, fault.Unavailable},
		{"PostgreSQL too many connections", pg("53300"), db.IsBusy, fault.Unavailable},
		{"PostgreSQL disk full", pg("53100"), nil, fault.Unavailable},
		{"PostgreSQL bad value", pg("22P02"), nil, fault.Internal},
		{"PostgreSQL text that is no UTF-8", pg("22021"), nil, fault.Invalid},
		{"SQLite busy", sqlite3.BUSY, db.IsBusy, fault.Unavailable},
		{"SQLite snapshot", sqlite3.BUSY_SNAPSHOT, db.IsBusy, fault.Unavailable},
		{"SQLite full", sqlite3.FULL, nil, fault.Unavailable},
		{"SQLite unique", sqlite3.CONSTRAINT_UNIQUE, db.IsUnique, fault.Conflict},
	}
	for _, tt := range tests {
		err := d.Read(t.Context(), func(*db.Tx) error { return tt.err })
		if fault.KindOf(err) != tt.kind || tt.is != nil && !tt.is(err) {
			t.Errorf("%s: %s of kind %v", tt.name, fault.Cause(err), fault.KindOf(err))
		}
		if strings.Contains(fault.Cause(err), secret) {
			t.Errorf("%s shows a value: %s", tt.name, fault.Cause(err))
		}
	}
	if db.IsUnique(nil) || db.IsBusy(errTest) {
		t.Error("an error of no engine has a class")
	}
}

// TestRetry counts attempts: conflicts are tried again on PostgreSQL's word, twenty times, and
// nothing else is.
func TestRetry(t *testing.T) {
	d := openItems(t)
	tests := []struct {
		name string
		err  error
		fail int // attempts that fail
		want int // attempts in all
		kind fault.Kind
	}{
		{"passes", &pgconn.PgError{Code: "40001"}, 2, 3, 0},
		{"deadlock", &pgconn.PgError{Code: "40P01"}, 1, 2, 0},
		{"never passes", &pgconn.PgError{Code: "40001"}, 99, 20, fault.Unavailable},
		{"another error", &pgconn.PgError{Code: "23505"}, 99, 1, fault.Conflict},
	}
	for _, tt := range tests {
		n := 0
		err := d.Write(t.Context(), func(*db.Tx) error {
			n++
			if n <= tt.fail {
				return fmt.Errorf("decide: %w", tt.err)
			}
			return nil
		})
		if n != tt.want || fault.KindOf(err) != tt.kind || (err == nil) != (tt.kind == 0) {
			t.Errorf("%s: %d attempts, then %v", tt.name, n, err)
		}
	}
}
