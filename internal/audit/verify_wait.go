package audit

import (
	"database/sql"
	"slices"

	"github.com/fourfold/fourfold/internal/db"
)

// waiting recomputes the commitments of the entries that are not in the log yet, and returns their
// identifiers.
func (v *verifier) waiting() (map[string]bool, error) {
	batches, err := waiting(v.ctx, v.tx, v.report.Org, 1<<30)
	if err != nil {
		return nil, err
	}
	v.log, v.of = log{org: v.report.Org}, &LogReport{}
	known := map[string]bool{}
	for some := range slices.Chunk(batches, maxAsked) {
		var ids []string
		for _, b := range some {
			of, whole := b.ids()
			if !whole {
				v.entry(-1, b.first, "an entry that waits", "missing")
			}
			ids = append(ids, of...)
		}
		found, err := v.stored(ids)
		if err != nil {
			return nil, err
		}
		if err := v.wait(some, found); err != nil {
			return nil, err
		}
		for _, id := range ids {
			known[id] = true
		}
	}
	return known, nil
}

// stored reads entries by their identifiers.
func (v *verifier) stored(ids []string) (map[string]*storedEntry, error) {
	found := make(map[string]*storedEntry, len(ids))
	for some := range slices.Chunk(ids, maxAsked) {
		marks, args := marked(v.report.Org, some)
		rows, err := v.tx.Query(v.ctx, `
			SELECT `+entryFields+` FROM audit_entry e
			LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id
			WHERE e.org_id = $1 AND e.id IN (`+marks+`)`, args...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
			var n nullEntry
			err := r.Scan(n.fields()...)
			found[n.id.V] = n.stored()
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// wait looks at the entries of batches.
func (v *verifier) wait(batches []batch, found map[string]*storedEntry) error {
	var shut []*storedLeaf
	for _, b := range batches {
		ids, _ := b.ids()
		for i, id := range ids {
			s := found[id]
			if s == nil || i == 0 && (s.at != b.at || s.ordinal != b.ordinal) {
				v.entry(-1, id, "an entry that waits", "missing")
				continue
			}
			v.report.Waiting++
			f := &storedLeaf{index: -1, entryID: id, commitment: s.commitment, entry: s}
			switch {
			case s.kind != "" || s.salt != nil:
				v.clear(f)
			case s.actor+s.subject+s.detail != "" || s.sealed == nil:
				v.entry(-1, id, "entry", "altered: its sealed text is missing, or it stands in clear")
			default:
				shut = append(shut, f)
			}
		}
	}
	return v.open(shut)
}
