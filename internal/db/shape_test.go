package db_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// aside are the tables that nobody asks by case: they are asked by person, who has few cases, or have the case as their key.
var aside = map[string]bool{
	"protection_person": true, "protection_age_assessment": true, "protection_interpreter_tie": true, "protection_interpreter_session": true,
	"protection_case": true, "protection_guardian": true, "protection_best_interests": true, "protection_duplicate": true, "protection_recall": true, "protection_place": true,
}

// TestPlansForManyRows holds that SQLite finds the rows of a person and of a case by these, in every table that has them,
// also where another column is compared or sorted by: it must not go through an organisation, nor through its open cases.
func TestPlansForManyRows(t *testing.T) {
	d := dbtest.Open(t)
	if d.Engine() != db.SQLite {
		return // PostgreSQL measures its tables
	}
	type column struct{ table, name string }
	var all []column
	has := map[column]bool{}
	asked := 0
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (c column, err error) { return c, r.Scan(&c.table, &c.name) })
		for _, c := range all {
			has[c] = true
		}
		for _, c := range all {
			if !slices.Contains([]string{"case_id", "person_id", "other_person", "other_id"}, c.name) || !has[column{c.table, "org_id"}] || c.name == "case_id" && aside[c.table] {
				continue
			}
			queries := []string{"SELECT * FROM " + c.table + " WHERE org_id = $1 AND " + c.name + " = $2"}
			for _, other := range []string{"state", "standing", "kind", "direction"} {
				if has[column{c.table, other}] {
					queries = append(queries, queries[0]+" AND "+other+" = 'a'")
				}
			}
			if has[column{c.table, "id"}] {
				queries = append(queries, queries[0]+" ORDER BY id")
			}
			for _, q := range queries {
				plan, err := explained(t, tx, q, "o", "p")
				if err != nil {
					return err
				}
				asked++
				if !strings.Contains(plan, c.name+"=?") {
					t.Errorf("%s\n\tgoes another way: %s", q, plan)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked < 100 {
		t.Errorf("only %d statements were looked at", asked)
	}
}

func explained(t *testing.T, tx *db.Tx, q string, args ...any) (string, error) {
	t.Helper()
	rows, err := tx.Query(t.Context(), "EXPLAIN QUERY PLAN "+q, args...)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
		var id, parent, unused int
		return step, r.Scan(&id, &parent, &unused, &step)
	})
	return strings.Join(steps, "; "), err
}
