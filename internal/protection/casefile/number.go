package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// newNumbers draws numbers that no case of the organisation has. There are 656 thousand million of them: of a million
// cases two have the same by chance, and a file with that record could never be taken in.
func newNumbers(ctx context.Context, tx *db.Tx, org auth.OrgID, n int) ([]string, error) {
	return drawNumbers(ctx, tx, org, n, newNumber)
}

// drawn is how many numbers one question asks for.
const drawn = 200

func drawNumbers(ctx context.Context, tx *db.Tx, org auth.OrgID, n int, draw func() string) ([]string, error) {
	all, here := make([]string, 0, n), make(map[string]bool, n)
	for len(all) < n {
		var some []string
		for len(some) < min(drawn, n-len(all)) {
			if number := draw(); !here[number] {
				here[number] = true
				some = append(some, number)
			}
		}
		taken, err := takenNumbers(ctx, tx, org, some)
		if err != nil {
			return nil, err
		}
		for _, number := range some {
			if !taken[number] {
				all = append(all, number)
			}
		}
	}
	return all, nil
}

// takenNumbers returns which of some numbers cases of the organisation have. The join that may not be turned round makes
// every engine look each number up: for a list of numbers SQLite would rather read all cases of the organisation.
func takenNumbers(ctx context.Context, tx *db.Tx, org auth.OrgID, some []string) (map[string]bool, error) {
	marks, args := make([]string, len(some)), []any{string(org)}
	for i, number := range some {
		marks[i] = fmt.Sprintf("($%d)", i+2)
		args = append(args, number)
	}
	rows, err := tx.Query(ctx, `WITH drawn (number) AS (VALUES `+strings.Join(marks, ", ")+`)
		SELECT c.number FROM drawn CROSS JOIN protection_case c WHERE c.org_id = $1 AND c.number = drawn.number`, args...)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (number string, err error) { return number, r.Scan(&number) })
	taken := make(map[string]bool, len(found))
	for _, number := range found {
		taken[number] = true
	}
	return taken, err
}
