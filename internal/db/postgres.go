package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/fourfold/fourfold/internal/fault"
)

func openPostgres(ctx context.Context, c Config, set migrationSet) (*DB, error) {
	conf, err := pgx.ParseConfig(c.URL)
	if err != nil {
		// The error of the parser quotes the URL, and that may hold a password.
		return nil, fault.New(fault.Invalid, "The address of the PostgreSQL database is not valid.").
			WithHint("Write it as postgres://user@host:5432/name.")
	}
	switch conf.DefaultQueryExecMode {
	case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol:
		// They guess the types of all parameters from pgx's own table, and the others ask the server.
		return nil, fault.New(fault.Invalid, "The address of the PostgreSQL database is not valid.").
			WithHint("Leave default_query_exec_mode out of it, or set it to describe_exec.")
	}
	if _, set := conf.RuntimeParams["application_name"]; !set {
		conf.RuntimeParams["application_name"] = "fourfold"
	}
	pool := stdlib.OpenDB(*conf, stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
		knowTypes(c.TypeMap())
		return nil
	}))
	n := max(2, readers(c.MaxReaders, 16)) // a migration runs beside the connection that holds its lock
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := migratePostgres(ctx, c, pool, set); err != nil {
		return nil, errors.Join(translate(ctx, err), pool.Close())
	}
	return &DB{
		engine: Postgres, writer: pool, reader: pool, url: c.URL, again: make(chan struct{}, 1),
		clock: c.Clock, log: c.Logger, requireAudit: c.RequireAudit,
	}, nil
}

// knowTypes tells a connection how to send values to parameters whose type it does not know: that of
// a blob column is a domain, those of the queue are enumerations. A release is built without pgx's
// own table of 1.4 MB (tools/release).
func knowTypes(m *pgtype.Map) {
	for name, values := range map[string][]any{
		"bool": {false}, "int2": {int16(0)}, "int4": {int32(0)}, "int8": {int64(0), 0}, "float8": {0.0},
		"text": {""}, "bytea": {[]byte(nil)}, "timestamptz": {time.Time{}},
		"_bool": {[]bool(nil)}, "_int2": {[]int16(nil)}, "_int4": {[]int32(nil)}, "_int8": {[]int64(nil), []int(nil)},
		"_float8": {[]float64(nil)}, "_text": {[]string(nil)}, "_bytea": {[][]byte(nil)}, "_timestamptz": {[]time.Time(nil)},
	} {
		for _, v := range values {
			m.RegisterDefaultPgType(v, name)
		}
	}
}

// migratePostgres brings the schema up to date under an advisory lock, which the server frees when
// the connection ends, however it ends.
func migratePostgres(ctx context.Context, c Config, pool *sql.DB, set migrationSet) error {
	m, err := newMigrator(Postgres, pool, set, c)
	if err != nil {
		return err
	}
	if current, err := m.current(ctx); err != nil || current {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	// One lock for each schema, so that nodes that share a server do not wait for each other.
	const key = "hashtextextended('fourfold migration ' || current_schema(), 0)"
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+key+")"); err != nil {
		return err
	}
	err = m.up(ctx)
	// Without the cancellation: the connection goes back to the pool and must not keep the lock.
	_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+key+")")
	return errors.Join(err, unlockErr)
}
