package db

import (
	"context"
	"database/sql"
	"errors"
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
	if e := reduce(err); e != nil {
		return e.class
	}
	return other
}

// reduce finds the engine's error in err's chain, or returns nil.
func reduce(err error) *engineError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*engineError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return reducePostgres(e)
	}
	if e, ok := errors.AsType[*sqlite3.Error](err); ok {
		return reduceSQLite(e)
	}
	if e, ok := errors.AsType[sqlite3.ExtendedErrorCode](err); ok {
		return &engineError{class: sqliteClass(e), code: strconv.Itoa(int(e)), detail: e.Error()}
	}
	if e, ok := errors.AsType[sqlite3.ErrorCode](err); ok {
		return &engineError{class: sqliteClass(e.ExtendedCode()), code: strconv.Itoa(int(e)), detail: e.Error()}
	}
	return nil
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
	case strings.HasPrefix(e.Code, "42"), strings.HasPrefix(e.Code, "28"), strings.HasPrefix(e.Code, "3D"),
		strings.HasPrefix(e.Code, "P0"):
		// Syntax, names and rights: the message quotes the statement, in which values are
		// placeholders. Messages of other classes quote values.
		r.detail = e.Message
	}
	return r
}

func reduceSQLite(e *sqlite3.Error) *engineError {
	// SQLite's messages name tables, columns and indexes, never values.
	return &engineError{
		class:  sqliteClass(e.ExtendedCode()),
		code:   strconv.Itoa(int(e.ExtendedCode())),
		detail: e.Error(),
	}
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
	e := reduce(err)
	if e == nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if e == nil {
		return err
	}
	switch e.class {
	case unique:
		return fault.New(fault.Conflict, "This is already recorded.").Wrap(e)
	case foreignKey:
		return fault.New(fault.Conflict, "This refers to something that is not recorded, or something else refers to it.").Wrap(e)
	case busy, serialization:
		return fault.New(fault.Unavailable, "The database is busy.").WithHint("Try again in a moment.").Wrap(e)
	case full:
		return fault.New(fault.Unavailable, "The database has no room or memory left.").WithHint("Free space on the disk of the database, then try again.").Wrap(e)
	case readOnly:
		return fault.New(fault.Unavailable, "The database cannot be written to.").WithHint("Check that its file and folder belong to the user who runs the program.").Wrap(e)
	}
	return e
}
