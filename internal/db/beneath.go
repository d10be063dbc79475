package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// What stands here is for package job alone: the queue of jobs is other people's code, which works on
// connections of its own and takes part in our transactions through the driver's.

// Beneath is a transaction as the engine's driver knows it. One of the two is set.
type Beneath struct {
	SQLite   *sql.Tx
	Postgres *pgx.Conn // inside the transaction
}

// Beneath runs fn on the transaction beneath tx, which fn neither ends nor keeps. An error of fn is an
// error of a statement: tx can only be rolled back.
func (tx *Tx) Beneath(ctx context.Context, fn func(Beneath) error) error {
	if tx.engine == SQLite {
		return tx.fail(ctx, fn(Beneath{SQLite: tx.tx}))
	}
	return tx.fail(ctx, tx.conn.Raw(func(driverConn any) error {
		return fn(Beneath{Postgres: driverConn.(*stdlib.Conn).Conn()})
	}))
}

// Beside opens connections to the same database beside the transactions of d: on SQLite a pool of one
// that writes, on PostgreSQL a pool of at most n. One of the two is set; the caller closes it.
func (d *DB) Beside(ctx context.Context, n int32) (*sql.DB, *pgxpool.Pool, error) {
	if d.engine == SQLite {
		pool, err := d.file.pool(asWriter, 1)
		return pool, nil, err
	}
	conf, err := pgxpool.ParseConfig(d.url)
	if err != nil {
		return nil, nil, err // Open has parsed it before
	}
	conf.MaxConns = n
	conf.ConnConfig.RuntimeParams["application_name"] = "fourfold jobs"
	conf.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		knowTypes(c.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	return nil, pool, translate(ctx, err)
}
