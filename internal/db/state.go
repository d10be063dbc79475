package db

import (
	"context"
	"database/sql"
)

// Schema returns the number of the newest migration that the database has, from 1.
func (d *DB) Schema(ctx context.Context) (int64, error) {
	var version sql.Null[int64]
	err := d.reader.QueryRowContext(ctx, "SELECT max(version) FROM "+versionTable).Scan(&version)
	return version.V, translate(ctx, err)
}

// Size returns how many bytes the database takes on its disk: on SQLite the file without its log, on
// PostgreSQL the tables of the schema with their indexes. It reads no rows.
func (d *DB) Size(ctx context.Context) (bytes int64, err error) {
	q := "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
	if d.engine == Postgres {
		q = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_catalog.pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm')`
	}
	err = d.reader.QueryRowContext(ctx, q).Scan(&bytes)
	return bytes, translate(ctx, err)
}
