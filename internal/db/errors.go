package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"github.com/fourfold/fourfold/internal/fault"
)

type class uint8

const (
	other class = iota
	unique
	foreignKey
	constraint // not null, check
	busy
	serialization
	full
	readOnly
	unreachable
	unreadable // text that PostgreSQL does not keep: NUL, or bytes that are no UTF-8
)

// engineError is an engine's error without anything that may hold a value of a row. The driver's
// own error is not kept: PostgreSQL's carries whole rows in Detail and Where.
type engineError struct {
	class  class
	code   string
	detail string // names and SQL only
}

func (e *engineError) Error() string {
	if e.detail == "" {
		return "database error " + e.code
	}
	return "database error " + e.code + ": " + e.detail
}

// IsUnique reports whether err is the violation of a primary key or unique index.
func IsUnique(err error) bool { return classOf(err) == unique }

// IsForeignKey reports whether err is the violation of a foreign key.
func IsForeignKey(err error) bool { return classOf(err) == foreignKey }

// IsBusy reports whether err says that another process holds the database or a lock for too long.
func IsBusy(err error) bool { return classOf(err) == busy }

// IsSerialization reports whether err is a conflict between concurrent transactions, or a
// deadlock, after which the whole transaction may be tried again. Write has done so already.
func IsSerialization(err error) bool { return classOf(err) == serialization }

func classOf(err error) class {
	if e, _ := reduce(err); e != nil {
		return e.class
	}
	return other
}

// reduce finds the engine's error in err's chain and returns it without values, together with the
// driver's own error. The latter is nil when err was reduced before; both are nil for an error of
// no engine.
func reduce(err error) (*engineError, error) {
	if e, ok := errors.AsType[*engineError](err); ok {
		return e, nil
	}
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return &engineError{class: unreachable, code: "connect", detail: e.Error()}, e
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return reducePostgres(e), e
	}
	// SQLite's messages name tables, columns and indexes, never values.
	if e, ok := errors.AsType[*sqlite3.Error](err); ok {
		return reduceSQLite(e.ExtendedCode(), e), e
	}
	if e, ok := errors.AsType[sqlite3.ExtendedErrorCode](err); ok {
		return reduceSQLite(e, e), e
	}
	if e, ok := errors.AsType[sqlite3.ErrorCode](err); ok {
		return reduceSQLite(e.ExtendedCode(), e), e
	}
	return nil, nil
}

func reduceSQLite(code sqlite3.ExtendedErrorCode, err error) *engineError {
	return &engineError{class: sqliteClass(code), code: strconv.Itoa(int(code)), detail: err.Error()}
}

func reducePostgres(e *pgconn.PgError) *engineError {
	r := &engineError{code: e.Code, detail: e.ConstraintName}
	switch {
	case e.Code == "23505":
		r.class = unique
	case e.Code == "23503":
		r.class = foreignKey
	case strings.HasPrefix(e.Code, "23"):
		r.class = constraint
		r.detail = strings.Trim(e.TableName+"."+e.ColumnName+" "+e.ConstraintName, ". ")
	case e.Code == "40001" || e.Code == "40P01":
		r.class = serialization
	case e.Code == "55P03" || e.Code == "57014" || e.Code == "53300":
		r.class = busy
	case strings.HasPrefix(e.Code, "53"):
		r.class = full
	case e.Code == "25006":
		r.class = readOnly
	case e.Code == "22021":
		r.class = unreadable
	case quotesNoValues(e.Code):
		r.detail = e.Message
	}
	return r
}

// quotesNoValues reports whether the message of an error of this code quotes names and the statement
// only, in which values are placeholders: unsupported (0A), rights (28), no such database (3D) or
// schema (3F), syntax and names (42), and what a trigger of ours raises (P0).
func quotesNoValues(code string) bool {
	return len(code) == 5 && slices.Contains([]string{"0A", "28", "3D", "3F", "42", "P0"}, code[:2])
}

func sqliteClass(code sqlite3.ExtendedErrorCode) class {
	switch code {
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY, sqlite3.CONSTRAINT_ROWID:
		return unique
	case sqlite3.CONSTRAINT_FOREIGNKEY:
		return foreignKey
	}
	switch code.Code() {
	case sqlite3.CONSTRAINT:
		return constraint
	case sqlite3.BUSY, sqlite3.LOCKED:
		return busy
	case sqlite3.FULL:
		return full
	case sqlite3.READONLY:
		return readOnly
	}
	return other
}

// translate turns an error of the engine into a fault or, for one that no person can mend, into
// an internal error. Errors of the caller, sql.ErrNoRows among them, pass unchanged. When the
// context has ended, its cause is the error: what the engine says then is noise.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	e, raw := reduce(err)
	if e == nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if raw != nil {
		err = replace(err, raw, e)
	}
	switch e.class {
	case unique:
		return fault.New(fault.Conflict, "This is already recorded.").Wrap(err)
	case foreignKey:
		return fault.New(fault.Conflict, "This refers to something that is not recorded, or something else refers to it.").Wrap(err)
	case busy, serialization:
		return fault.New(fault.Unavailable, "The database is busy.").
			WithHint("Try again in a moment.").Wrap(err)
	case full:
		return fault.New(fault.Unavailable, "The database has no room or memory left.").
			WithHint("Free space on the disk of the database, then try again.").Wrap(err)
	case unreachable:
		return fault.New(fault.Unavailable, "The PostgreSQL database cannot be reached.").
			WithHint("Check that the server runs and that address, user and password in --db are right.").Wrap(err)
	case unreadable:
		// Whoever sends such bytes is told so; it is no failure of the node.
		return fault.New(fault.Invalid, "The text holds characters that cannot be kept.").
			WithHint("Type it again instead of copying it.").Wrap(err)
	case readOnly:
		return fault.New(fault.Unavailable, "The database cannot be written to.").
			WithHint("Check that its file and folder belong to the user who runs the program.").Wrap(err)
	}
	return err
}

// replace puts e in the place of raw in err, and keeps what callers wrote in front of it.
func replace(err, raw error, e *engineError) error {
	before, ok := strings.CutSuffix(err.Error(), raw.Error())
	if !ok || before == "" {
		return e
	}
	return fmt.Errorf("%s%w", before, e)
}
