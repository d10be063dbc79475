package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// parameterLimit is below what both engines take in one statement: SQLite 32,766, PostgreSQL
	// 65,535. Beyond a few hundred a longer statement is not faster.
	parameterLimit = 2000
	// copyLimit bounds the values collected for one COPY.
	copyLimit = 20_000
	// sizeLimit bounds the bytes of texts and blobs in a batch; one row may exceed it.
	sizeLimit = 1 << 20
)

// InsertRows inserts rows of values for cols into table and returns how many rows were inserted.
// suffix is appended to the statement, for example "ON CONFLICT DO NOTHING". Memory is bounded
// whatever the number of rows: they are sent in batches, by COPY on PostgreSQL when there is no
// suffix, otherwise with one prepared statement.
//
// The sequence may use tx, and may overwrite a row after the next one is asked for. Its first error
// ends the insert and is returned as it is.
func (tx *Tx) InsertRows(ctx context.Context, table string, cols []string, suffix string, rows iter.Seq2[[]any, error]) (int64, error) {
	for _, name := range append([]string{table}, cols...) {
		if !identifier.MatchString(name) {
			return 0, fmt.Errorf("db: %q is not the name of a table or column", name)
		}
	}
	if len(cols) == 0 || len(cols) > parameterLimit {
		return 0, fmt.Errorf("db: insert into %s with %d columns", table, len(cols))
	}
	tx.changed = true
	in := inserter{tx: tx, table: table, cols: cols, suffix: suffix, batch: parameterLimit / len(cols)}
	if in.copies() {
		in.batch = copyLimit / len(cols)
	}
	defer in.close()
	for row, err := range rows {
		if err != nil {
			return in.inserted, err
		}
		if len(row) != len(cols) {
			return in.inserted, fmt.Errorf("db: a row of %d values for %d columns of %s", len(row), len(cols), table)
		}
		in.add(row)
		if len(in.args) < in.batch*len(cols) && in.size < sizeLimit {
			continue
		}
		if err := in.send(ctx); err != nil {
			return in.inserted, tx.fail(ctx, err)
		}
		if tx.shares && in.inserted > largeRows {
			return in.inserted, tx.fail(ctx, errLarge)
		}
	}
	return in.inserted, tx.fail(ctx, in.send(ctx))
}

// inserter collects the values of a batch and sends it.
type inserter struct {
	tx       *Tx
	table    string
	cols     []string
	suffix   string
	batch    int       // rows in a full batch
	args     []any     // values of the rows collected, one row after another
	size     int       // bytes of texts and blobs among them
	full     *sql.Stmt // the statement of a full batch, once there was one
	inserted int64
}

func (in *inserter) copies() bool { return in.tx.engine == Postgres && in.suffix == "" }

func (in *inserter) add(row []any) {
	in.args = append(in.args, row...)
	for _, v := range row {
		switch v := v.(type) {
		case string:
			in.size += len(v)
		case []byte:
			in.size += len(v)
		}
	}
}

// send sends the rows collected and forgets them.
func (in *inserter) send(ctx context.Context) (err error) {
	var n int64
	rows := len(in.args) / len(in.cols)
	switch {
	case rows == 0:
		return nil
	case in.copies():
		n, err = in.copy(ctx, rows)
	case rows == in.batch:
		n, err = in.execFull(ctx)
	default:
		n, err = affected(in.tx.tx.ExecContext(ctx, in.text(rows), in.args...))
	}
	in.inserted += n
	clear(in.args) // a long text must not live until it is overwritten
	in.args, in.size = in.args[:0], 0
	return err
}

func (in *inserter) execFull(ctx context.Context) (int64, error) {
	if in.full == nil {
		stmt, err := in.tx.tx.PrepareContext(ctx, in.text(in.batch))
		if err != nil {
			return 0, err
		}
		in.full = stmt
	}
	return affected(in.full.ExecContext(ctx, in.args...))
}

// copy sends rows by COPY, on the connection beneath the transaction. One COPY takes one batch, not
// the whole sequence, because the connection can do nothing else meanwhile.
func (in *inserter) copy(ctx context.Context, rows int) (n int64, err error) {
	source := pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
		return in.args[i*len(in.cols) : (i+1)*len(in.cols)], nil
	})
	err = in.tx.conn.Raw(func(driverConn any) error {
		n, err = driverConn.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{in.table}, in.cols, source)
		return err
	})
	return n, err
}

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (in *inserter) close() {
	if in.full != nil {
		_ = in.full.Close() // what went wrong with it, Exec has said
	}
}

// text returns the statement for n rows.
func (in *inserter) text(n int) string {
	verb, mark := "INSERT INTO ", "$"
	if in.tx.engine == SQLite {
		// OR FAIL spares the journal from which SQLite would undo a part of the statement, a third
		// of the time of a long insert. The transaction is rolled back anyway, see Tx.fail.
		verb, mark = "INSERT OR FAIL INTO ", "?"
	}
	var b strings.Builder
	b.WriteString(verb + in.table + " (" + strings.Join(in.cols, ", ") + ") VALUES ")
	for i := range n * len(in.cols) {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%len(in.cols) == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		b.WriteString(mark + strconv.Itoa(i+1))
	}
	b.WriteString(") " + in.suffix)
	return b.String()
}
