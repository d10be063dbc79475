package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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
	if _, set := conf.RuntimeParams["application_name"]; !set {
		conf.RuntimeParams["application_name"] = "fourfold"
	}
	pool := stdlib.OpenDB(*conf)
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
