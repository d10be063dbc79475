package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// What SQLite is told about every table: it has a million rows of two organisations, a column of few codes splits what is
// left by eight, and any other nearly says which row is meant.
const (
	shapeRows = 1_000_000
	shapeOrgs = 2
	shapeCode = 8
	shapeElse = 40_000
)

// codeColumns have few values each, however many rows a table has.
var codeColumns = map[string]bool{
	"state": true, "standing": true, "kind": true, "stage": true, "status": true, "step": true, "direction": true, "sending": true,
	"receiving": true, "part": true, "section": true, "topic": true, "source": true, "form": true, "ground": true, "answer": true,
	"ended": true, "holder_kind": true, "witnessed": true, "level": true, "generation": true, "place": true, "shape": true,
	"class": true, "set_id": true, "queue": true, "priority": true, "code": true, "area": true, "language": true,
}

// index is what the schema says about an index: its columns in their order.
type index struct {
	table, name string
	unique      bool
	columns     []string
}

// tellShape writes down for SQLite's planner how tables of this program are shaped when they are large. Without that it
// takes a column that is compared, org_id too, for one that leaves ten rows: it goes through every row of an organisation
// to save a sort, which no test of a few rows shows. Measuring the tables instead (ANALYZE) would make a plan depend on
// the day it was measured. What it reads is described at https://www.sqlite.org/fileformat2.html#stat1tab.
func tellShape(ctx context.Context, pool *sql.DB) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	all, err := indexes(ctx, tx)
	if err != nil {
		return err
	}
	// Of a table that does not exist ANALYZE makes nothing but its own table.
	for _, q := range []string{"ANALYZE " + versionTable, "DELETE FROM sqlite_stat1"} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	for _, i := range all {
		if _, err := tx.ExecContext(ctx, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)", i.table, i.name, i.stat()); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// indexes reads the indexes of all tables of organisations.
func indexes(ctx context.Context, tx *sql.Tx) ([]index, error) {
	// The key of a table without row numbers is the table itself, and has its name.
	rows, err := tx.QueryContext(ctx, `SELECT t.name, CASE WHEN t.wr = 1 AND l.origin = 'pk' THEN t.name ELSE l.name END, l."unique",
			(SELECT group_concat(i.name) FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i)
		FROM pragma_table_list t, pragma_index_list(t.name) l
		WHERE t.schema = 'main' AND t.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'org_id')
		ORDER BY 1, 2`)
	return Collect(rows, err, func(r *sql.Rows) (i index, err error) {
		var columns string
		err = r.Scan(&i.table, &i.name, &i.unique, &columns)
		i.columns = strings.Split(columns, ",")
		return i, err
	})
}

// stat is how many rows there are, and how many are left when the first column is known, the first two, and so on.
func (i index) stat() string {
	left := shapeRows
	var text strings.Builder
	text.WriteString(fmt.Sprint(left))
	for n, c := range i.columns {
		switch {
		case i.unique && n == len(i.columns)-1:
			left = 1
		case c == "org_id":
			left /= shapeOrgs
		case codeColumns[c]:
			left /= shapeCode
		default:
			left /= shapeElse
		}
		left = max(left, 1)
		text.WriteString(fmt.Sprint(" ", left))
	}
	return text.String()
}
