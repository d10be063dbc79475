package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/pressly/goose/v3/database"
)

const versionTable = "schema_migration"

// versionStore records applied migrations with name, hash and time, in the transaction of each.
type versionStore struct {
	engine Engine
	known  []applied
	clock  func() time.Time
}

var _ database.Store = versionStore{}

// Tablename returns the name of the table of applied migrations.
func (versionStore) Tablename() string { return versionTable }

// TableExists reports whether the table is there, without an error in the server's log when not.
func (s versionStore) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	q := "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '" + versionTable + "'"
	if s.engine == Postgres {
		q = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = '" + versionTable + "'"
	}
	var n int
	err := db.QueryRowContext(ctx, q).Scan(&n)
	return n > 0, err
}

// CreateVersionTable creates the table, and on PostgreSQL the one type that migrations need to be
// one text for both engines.
func (s versionStore) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	if s.engine == Postgres {
		if _, err := db.ExecContext(ctx, "CREATE DOMAIN blob AS bytea"); err != nil {
			return err
		}
	}
	_, err := db.ExecContext(ctx, "CREATE TABLE "+versionTable+
		" (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at bigint NOT NULL)")
	return err
}

// Insert records a migration.
func (s versionStore) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	a := applied{version: req.Version}
	if i := slices.IndexFunc(s.known, func(k applied) bool { return k.version == req.Version }); i >= 0 {
		a = s.known[i]
	}
	q := "INSERT INTO " + versionTable + " (version, name, sha256, applied_at) VALUES ($1, $2, $3, $4)"
	_, err := db.ExecContext(ctx, s.text(q), a.version, a.name, a.hash, s.clock().UnixMicro())
	return err
}

// Delete is refused: migrations only go forward.
func (versionStore) Delete(context.Context, database.DBTxConn, int64) error {
	return errors.ErrUnsupported
}

// GetMigration returns what is recorded of a version.
func (s versionStore) GetMigration(ctx context.Context, db database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	var micros int64
	err := db.QueryRowContext(ctx, s.text("SELECT applied_at FROM "+versionTable+" WHERE version = $1"), version).Scan(&micros)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, database.ErrVersionNotFound
	}
	return &database.GetMigrationResult{Timestamp: time.UnixMicro(micros), IsApplied: true}, err
}

// GetLatestVersion returns the highest recorded version.
func (versionStore) GetLatestVersion(ctx context.Context, db database.DBTxConn) (int64, error) {
	var version sql.Null[int64]
	err := db.QueryRowContext(ctx, "SELECT max(version) FROM "+versionTable).Scan(&version)
	if err == nil && !version.Valid {
		err = database.ErrVersionNotFound
	}
	return version.V, err
}

// ListMigrations returns the recorded versions, newest first.
func (versionStore) ListMigrations(ctx context.Context, db database.DBTxConn) ([]*database.ListMigrationsResult, error) {
	rows, err := db.QueryContext(ctx, "SELECT version FROM "+versionTable+" ORDER BY version DESC")
	return Collect(rows, err, func(r *sql.Rows) (*database.ListMigrationsResult, error) {
		m := &database.ListMigrationsResult{IsApplied: true}
		return m, r.Scan(&m.Version)
	})
}

func (s versionStore) text(q string) string {
	if s.engine == SQLite {
		return rewrite(q)
	}
	return q
}
