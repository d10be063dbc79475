package job

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/fourfold/fourfold/internal/db"
)

// inserter does in our transactions what River can do there: on either engine.
type inserter interface {
	insert(ctx context.Context, tx *db.Tx, p payload, o *river.InsertOpts) error
	list(ctx context.Context, tx *db.Tx, p *river.JobListParams) ([]*rivertype.JobRow, error)
	retry(ctx context.Context, tx *db.Tx, id int64) error
}

// client is a River client that has no connection of its own: it only takes part in transactions.
type client[T any] struct {
	river *river.Client[T]
	tx    func(db.Beneath) T
}

func newInserter(d *db.DB) inserter {
	if d.Engine() == db.SQLite {
		c, err := river.NewClient(riversqlite.New(nil), &river.Config{})
		return client[*sql.Tx]{must(c, err), func(b db.Beneath) *sql.Tx { return b.SQLite }}
	}
	c, err := river.NewClient(riverpgxv5.New(nil), &river.Config{})
	return client[pgx.Tx]{must(c, err), func(b db.Beneath) pgx.Tx { return within{b.Postgres} }}
}

// must returns v: the configurations above are constant and valid.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (c client[T]) insert(ctx context.Context, tx *db.Tx, p payload, o *river.InsertOpts) error {
	return tx.Beneath(ctx, func(b db.Beneath) error {
		_, err := c.river.InsertTx(ctx, c.tx(b), p, o)
		return err
	})
}

func (c client[T]) list(ctx context.Context, tx *db.Tx, p *river.JobListParams) (rows []*rivertype.JobRow, err error) {
	err = tx.Beneath(ctx, func(b db.Beneath) error {
		found, err := c.river.JobListTx(ctx, c.tx(b), p)
		if err == nil {
			rows = found.Jobs
		}
		return err
	})
	return rows, err
}

func (c client[T]) retry(ctx context.Context, tx *db.Tx, id int64) error {
	return tx.Beneath(ctx, func(b db.Beneath) error {
		_, err := c.river.JobRetryTx(ctx, c.tx(b), id)
		return err
	})
}

// within is a transaction on a connection that is in one already. Who began it ends it.
type within struct{ querier }

// querier is what a transaction does with its connection.
type querier interface {
	CopyFrom(ctx context.Context, table pgx.Identifier, cols []string, rows pgx.CopyFromSource) (int64, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	Prepare(ctx context.Context, name, q string) (*pgconn.StatementDescription, error)
	Exec(ctx context.Context, q string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, q string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, q string, args ...any) pgx.Row
}

var _ pgx.Tx = within{}

var errNotYours = errors.New("job: the transaction belongs to its caller")

// Begin is refused, as are Commit and Rollback.
func (within) Begin(context.Context) (pgx.Tx, error) { return nil, errNotYours }

// Commit is refused.
func (within) Commit(context.Context) error { return errNotYours }

// Rollback is refused.
func (within) Rollback(context.Context) error { return errNotYours }

// Conn returns the connection.
func (w within) Conn() *pgx.Conn { return w.querier.(*pgx.Conn) }

// LargeObjects returns none: the queue has no use for them.
func (within) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// worker is a River client that works jobs on connections of its own.
type worker interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
}

// openWorker opens connections beside those of d and returns the client on them.
func openWorker(ctx context.Context, d *db.DB, c *river.Config) (w worker, closing func() error, err error) {
	lite, pg, err := d.Beside(ctx, workers+2)
	if err != nil {
		return nil, nil, err
	}
	if lite != nil {
		c.PollOnly = true // one file has no listeners: they would ask it many times a second
		w, err = river.NewClient(riversqlite.New(lite), c)
		closing = lite.Close
	} else {
		w, err = river.NewClient(riverpgxv5.New(pg), c)
		closing = func() error { pg.Close(); return nil }
	}
	if err != nil {
		return nil, nil, errors.Join(err, closing())
	}
	return w, closing, nil
}
