package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// parameterLimit is below what both engines take in one statement: SQLite 32,766, PostgreSQL
// 65,535. Beyond a few hundred a longer statement is not faster.
const parameterLimit = 2000

// InsertRows inserts rows of values for cols into table and returns how many rows were inserted.
// suffix is appended to the statement, for example "ON CONFLICT DO NOTHING". Rows are sent in
// batches with one prepared statement, so memory is bounded whatever their number; a row may be
// overwritten by the sequence after the next one is asked for. The first error of the sequence
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
	defer in.close()
	for row, err := range rows {
		if err != nil {
			return in.inserted, err
		}
		if len(row) != len(cols) {
			return in.inserted, fmt.Errorf("db: a row of %d values for %d columns of %s", len(row), len(cols), table)
		}
		if err := in.add(ctx, row); err != nil {
			return in.inserted, translate(ctx, err)
		}
	}
	if err := in.flush(ctx); err != nil {
		return in.inserted, translate(ctx, err)
	}
	return in.inserted, nil
}

type inserter struct {
	tx       *Tx
	table    string
	cols     []string
	suffix   string
	batch    int // rows a full statement takes
	args     []any
	stmt     *sql.Stmt // a full statement, prepared when the first batch is full
	inserted int64
}

func (in *inserter) add(ctx context.Context, row []any) error {
	in.args = append(in.args, row...)
	if len(in.args) < in.batch*len(in.cols) {
		return nil
	}
	if in.stmt == nil {
		stmt, err := in.tx.tx.PrepareContext(ctx, in.text(in.batch))
		if err != nil {
			return err
		}
		in.stmt = stmt
	}
	return in.count(in.stmt.ExecContext(ctx, in.args...))
}

// flush sends what does not fill a batch.
func (in *inserter) flush(ctx context.Context) error {
	if len(in.args) == 0 {
		return nil
	}
	return in.count(in.tx.tx.ExecContext(ctx, in.text(len(in.args)/len(in.cols)), in.args...))
}

func (in *inserter) count(res sql.Result, err error) error {
	clear(in.args)
	in.args = in.args[:0]
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	in.inserted += n
	return err
}

func (in *inserter) close() {
	if in.stmt != nil {
		_ = in.stmt.Close() // the transaction is about to end either way
	}
}

// text returns the statement for n rows.
func (in *inserter) text(n int) string {
	mark := "$"
	if in.tx.engine == SQLite {
		mark = "?"
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + in.table + " (" + strings.Join(in.cols, ", ") + ") VALUES ")
	p := 0
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		for j := range in.cols {
			b.WriteByte("(,"[min(j, 1)])
			p++
			b.WriteString(mark)
			b.WriteString(strconv.Itoa(p))
		}
		b.WriteByte(')')
	}
	if in.suffix != "" {
		b.WriteByte(' ')
		b.WriteString(in.suffix)
	}
	return b.String()
}
