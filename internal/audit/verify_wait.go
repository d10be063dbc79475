package audit

import (
	"database/sql"

	"github.com/fourfold/fourfold/internal/db"
)

// group is what was appended by one call and waits, as its row and the rows of its entries have it.
type group struct {
	first, last          string
	entries, at, ordinal int64
	found                []*storedEntry
}

// waiting recomputes the commitments of the entries that are not in the log yet.
func (v *verifier) waiting() error {
	rows, err := v.tx.Query(v.ctx, `
		SELECT p.first_id, p.last_id, p.entries, p.at, p.ordinal, `+entryFields+`
		FROM audit_pending p
		LEFT JOIN audit_entry e ON e.org_id = p.org_id AND e.id >= p.first_id AND e.id <= p.last_id
		LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id
		WHERE p.org_id = $1 ORDER BY p.at, p.ordinal, p.first_id, e.ordinal`, v.report.Org)
	var groups []*group
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var g group
		var n nullEntry
		if err := r.Scan(append([]any{&g.first, &g.last, &g.entries, &g.at, &g.ordinal}, n.fields()...)...); err != nil {
			return struct{}{}, err
		}
		if len(groups) == 0 || groups[len(groups)-1].first != g.first {
			groups = append(groups, &g)
		}
		if n.id.Valid {
			last := groups[len(groups)-1]
			last.found = append(last.found, n.stored())
		}
		return struct{}{}, nil
	})
	if err != nil {
		return err
	}
	v.log, v.of = log{org: v.report.Org}, &LogReport{}
	for _, g := range groups {
		if err := v.waits(g); err != nil {
			return err
		}
	}
	return nil
}

// waits looks at the entries of one call.
func (v *verifier) waits(g *group) error {
	n := len(g.found)
	v.report.Waiting += int64(n)
	if int64(n) != g.entries || n == 0 || g.found[0].id != g.first || g.found[n-1].id != g.last ||
		g.found[0].at != g.at || g.found[0].ordinal != g.ordinal {
		v.entry(-1, g.first, "an entry that waits", "missing")
		return nil
	}
	var shut []*storedLeaf
	for _, s := range g.found {
		f := &storedLeaf{index: -1, entryID: s.id, commitment: s.commitment, entry: s}
		switch {
		case s.kind != "" || s.salt != nil:
			v.clear(f)
		case s.actor+s.subject+s.detail != "" || s.sealed == nil:
			v.entry(-1, s.id, "entry", "altered: its sealed text is missing, or it stands in clear")
		default:
			shut = append(shut, f)
		}
	}
	return v.open(shut)
}
