package audit

import (
	"database/sql"

	"github.com/fourfold/fourfold/internal/db"
)

// waiting recomputes the commitments of the entries that are not in the log yet and stand in clear.
func (v *verifier) waiting() error {
	rows, err := v.tx.Query(v.ctx, `
		SELECT p.first_id, p.entries, p.at, p.ordinal, `+entryFields+`
		FROM audit_pending p
		LEFT JOIN audit_entry e ON e.org_id = p.org_id AND e.id >= p.first_id AND e.id <= p.last_id
		LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id
		WHERE p.org_id = $1 ORDER BY p.at, p.ordinal, p.first_id, e.ordinal`, v.report.Org)
	missing := map[string]int64{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var first string
		var entries, at, ordinal int64
		var n nullEntry
		if err := r.Scan(append([]any{&first, &entries, &at, &ordinal}, n.fields()...)...); err != nil {
			return struct{}{}, err
		}
		if _, seen := missing[first]; !seen {
			missing[first] = entries
		}
		if n.id.Valid {
			missing[first]--
			s := n.stored()
			if s.id == first && (s.at != at || s.ordinal != ordinal) {
				missing[first]++ // it waits at another place than it was put
			}
			v.waits(s)
		}
		return struct{}{}, nil
	})
	for first, n := range missing {
		if n != 0 {
			v.found.add(Finding{Index: -1, Entry: first, Where: "an entry that waits", What: "missing"})
		}
	}
	return err
}

func (v *verifier) waits(s *storedEntry) {
	v.report.Waiting++
	if s.kind == "" && s.salt == nil {
		return
	}
	if _, what := s.opens(v.report.Org); what != "" {
		v.found.add(Finding{Index: -1, Entry: s.id, Where: "entry", What: what})
	}
}
