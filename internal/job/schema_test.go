package job_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// TestSchemaIsRivers compares our migration with what River's own make in an empty schema.
func TestSchemaIsRivers(t *testing.T) {
	if got, want := oursAndRivers(t); !slices.Equal(got, want) {
		t.Errorf("ours\n%s\nRiver's\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// oursAndRivers describes the schema twice: of a migrated database, and after River's tables were
// dropped and made by River.
func oursAndRivers(t *testing.T) (ours, rivers []string) {
	t.Helper()
	d := dbtest.Open(t)
	ours = describe(t, d)
	lite, pg, err := d.Beside(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	tables := []string{"river_job", "river_leader", "river_migration", "river_notification", "river_queue"}
	if lite != nil {
		defer func() { _ = lite.Close() }()
		for _, name := range tables {
			if _, err := lite.ExecContext(t.Context(), "DROP TABLE "+name); err != nil {
				t.Fatal(err)
			}
		}
		m, err := rivermigrate.New(riversqlite.New(lite), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
			t.Fatal(err)
		}
		return ours, describe(t, d)
	}
	defer pg.Close()
	dropPostgres(t, pg, tables)
	m, err := rivermigrate.New(riverpgxv5.New(pg), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
	return ours, describe(t, d)
}

func dropPostgres(t *testing.T, pg *pgxpool.Pool, tables []string) {
	t.Helper()
	for _, q := range []string{
		"DROP TABLE " + strings.Join(tables, ", "),
		"DROP FUNCTION river_job_state_in_bitmask", "DROP TYPE river_job_state",
	} {
		if _, err := pg.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// describe returns one line for each part of River's schema, sorted, and its versions.
func describe(t *testing.T, d *db.DB) []string {
	t.Helper()
	q := "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE tbl_name LIKE 'river%'"
	if d.Engine() == db.Postgres {
		q = `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || udt_name || ' ' || is_nullable || ' ' ||
				replace(coalesce(column_default, ''), current_schema() || '.', '')
			FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'river%'
		UNION ALL SELECT 'index ' || replace(indexdef, current_schema() || '.', '') FROM pg_indexes
			WHERE schemaname = current_schema() AND tablename LIKE 'river%'
		UNION ALL SELECT 'constraint ' || conname || ' ' || contype::text FROM pg_constraint
			WHERE connamespace = current_schema()::regnamespace AND conname LIKE 'river%' AND contype <> 'n'
		UNION ALL SELECT 'function ' || prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'river%'
		UNION ALL SELECT 'type ' || enumlabel FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid
			WHERE typnamespace = current_schema()::regnamespace`
	}
	var lines []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, q := range []string{q, "SELECT line || ' ' || CAST(version AS text) FROM river_migration"} {
			rows, err := tx.Query(t.Context(), q)
			some, err := db.Collect(rows, err, text)
			if err != nil {
				return err
			}
			lines = append(lines, some...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(strings.Join(strings.Fields(line), " "), `"`, "")
	}
	slices.Sort(lines)
	return lines
}

func text(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }
