package db

import "database/sql"

// Stats returns the state of each pool of connections by its name, for metrics: "writer" and
// "reader" on SQLite, "pool" on PostgreSQL, where one pool does both.
func (d *DB) Stats() map[string]func() sql.DBStats {
	if d.reader == d.writer {
		return map[string]func() sql.DBStats{"pool": d.writer.Stats}
	}
	return map[string]func() sql.DBStats{"writer": d.writer.Stats, "reader": d.reader.Stats}
}
