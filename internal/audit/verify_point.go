package audit

import (
	"cmp"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
)

// judge compares the checkpoints of a log with the recomputed tree as it grows.
type judge struct {
	v      *verifier
	points []point
	next   int
	good   int64 // up to where a checkpoint fits
}

// point is a checkpoint to compare.
type point struct {
	where string
	ledger.Checkpoint
}

// newJudge reads the checkpoints of a log. A damaged one is reported at once.
func newJudge(v *verifier, stored []checkpoint, current bool) (*judge, error) {
	j := &judge{v: v}
	l := &v.log
	if l.verifier == "" {
		if len(stored) > 0 || l.signed > 0 || l.checkpoints > 0 {
			v.other("the public key of the log", "missing")
		}
		return j, nil
	}
	if current && v.against.Key != "" && v.against.Key != l.verifier {
		v.other("the public key of the log", "altered: it is not the key of the organisation")
	}
	key, err := note.NewVerifier(l.verifier)
	if err != nil {
		v.other("the public key of the log", "altered: it is not a key")
		return j, nil
	}
	known, err := Witnesses(v.ctx, v.tx, l.org)
	if err != nil {
		return nil, err
	}
	number, size := int64(0), int64(0)
	for _, s := range stored {
		for number++; number < s.number; number++ {
			v.other(fmt.Sprintf("checkpoint %d", number), "missing")
		}
		c, what := l.reads(&s, key, known)
		if what == "" && (c.Size < size || c.Size > l.size) {
			what = "altered: its size is not between those around it"
		}
		if what != "" {
			v.other(fmt.Sprintf("checkpoint %d", s.number), what)
			continue
		}
		size = c.Size
		j.points = append(j.points, point{fmt.Sprintf("checkpoint %d", s.number), c})
		v.witnessed(&s, known)
	}
	switch {
	case number < l.checkpoints:
		v.other(fmt.Sprintf("checkpoint %d", number+1), "missing")
	case number > l.checkpoints || size != l.signed:
		v.other("the number of checkpoints or the size of the last", "altered")
	}
	j.kept(key, current)
	return j, nil
}

// reads opens a stored checkpoint and says what is wrong with it.
func (l *log) reads(s *checkpoint, key note.Verifier, known []*ledger.CosignatureVerifier) (c ledger.Checkpoint, what string) {
	c, err := ledger.OpenCheckpoint([]byte(s.note), l.origin, key)
	if err != nil {
		return c, "altered: it does not bear the signature of the log"
	}
	restored := ""
	signedAt := int64(-1)
	for _, line := range c.Extensions {
		if digits, found := strings.CutPrefix(line, timePrefix); found {
			signedAt, _ = strconv.ParseInt(digits, 10, 64)
		} else {
			restored = line
		}
	}
	by, err := ledger.Witnesses([]byte(s.note), known...)
	switch {
	case err != nil || int64(len(by)) != s.witnessed || !plain(s.note, 1+len(by)):
		return c, "altered: its witnesses are not those that signed"
	case c.Size != s.size || signedAt != s.at.Unix() || s.at.Nanosecond() != 0:
		return c, "altered: its row has another size or time than was signed"
	case s.number == 1 && restored != l.restored || s.number > 1 && restored != "":
		return c, "altered: it names another predecessor"
	}
	return c, ""
}

// plain reports whether a note has n signatures, each written in the one way.
func plain(text string, n int) bool {
	_, lines, _ := strings.Cut(text, "\n\n")
	for line := range strings.Lines(lines) {
		encoded := strings.TrimSuffix(line[strings.LastIndexByte(line, ' ')+1:], "\n")
		if _, err := base64.StdEncoding.Strict().DecodeString(encoded); err != nil {
			return false
		}
		n--
	}
	return n == 0
}

// witnessed notes up to where witnesses have signed.
func (v *verifier) witnessed(s *checkpoint, known []*ledger.CosignatureVerifier) {
	by, err := ledger.Witnesses([]byte(s.note), known...)
	if err == nil && len(by) > 0 && s.size >= v.of.Witnessed {
		v.of.Witnessed, v.of.Witnesses = s.size, by
	}
}

// kept adds the checkpoints that were kept outside.
func (j *judge) kept(key note.Verifier, current bool) {
	for _, signed := range j.v.against.Kept {
		origin, _, _ := strings.Cut(string(signed), "\n")
		if origin != j.v.log.origin {
			if current && !slices.ContainsFunc(j.v.report.Logs, func(r LogReport) bool { return r.Origin == origin }) {
				j.v.other(fmt.Sprintf("the log %q of a checkpoint that was kept outside", origin), "missing")
			}
			continue
		}
		c, err := ledger.OpenCheckpoint(signed, origin, key)
		if err != nil {
			j.v.other("a checkpoint that was kept outside", "not signed with the key of this log")
			continue
		}
		if c.Size > j.v.log.size {
			j.v.found.add(Finding{Log: j.v.log.number, Index: j.v.log.size, Where: "entry", What: fmt.Sprintf("missing: a checkpoint that was kept outside has %d entries", c.Size)})
			continue
		}
		j.points = append(j.points, point{"a checkpoint that was kept outside", c})
	}
	order.By(j.points, func(a, b point) int { return cmp.Compare(a.Size, b.Size) })
}

// at compares the checkpoints of a size with the tree of that size.
func (j *judge) at(size int64, c *climber) {
	for ; j.next < len(j.points) && j.points[j.next].Size == size; j.next++ {
		p := j.points[j.next]
		if p.Root == c.root() {
			j.good = size
			continue
		}
		j.v.other("an entry", fmt.Sprintf("altered: %s contradicts the entries numbered %d to %d", p.where, j.good, size-1))
	}
}

// finish reports checkpoints to which the log did not come.
func (j *judge) finish() {
	for ; j.next < len(j.points); j.next++ {
		if p := j.points[j.next]; p.Size > 0 {
			j.v.other(p.where, "altered: the log has fewer entries")
		}
	}
}

// readable returns the entry of a row that stands in clear.
func (s *storedEntry) readable(org string) (Entry, error) {
	return decode(org, s.id, s.at, s.ordinal, s.actor, s.kind, s.subject, s.detail)
}

// outside looks at entries that are not in a log: those that wait, and those that should be there.
func (v *verifier) outside() error {
	wait, err := v.waiting()
	if err != nil {
		return err
	}
	org := v.report.Org
	rows, err := v.tx.Query(v.ctx, `
		SELECT e.id FROM audit_entry e LEFT JOIN audit_leaf l ON l.org_id = e.org_id AND l.entry_id = e.id
		WHERE e.org_id = $1 AND e.commitment IS NOT NULL AND l.entry_id IS NULL`, org)
	unplaced, err := db.Collect(rows, err, text)
	if err != nil {
		return err
	}
	for _, id := range unplaced {
		if !wait[id] {
			v.found.add(Finding{Index: -1, Entry: id, Where: "entry", What: "missing in the log, and it does not wait"})
		}
	}
	err = v.tx.QueryRow(v.ctx, "SELECT count(*) FROM audit_entry WHERE org_id = $1 AND commitment IS NULL", org).Scan(&v.report.Unlogged)
	if err != nil {
		return err
	}
	for _, look := range []struct{ where, what, query string }{
		{"entry", "in the log twice", `
			SELECT min(l.entry_id) FROM audit_leaf l WHERE l.org_id = $1 AND l.entry_id <> ''
			AND EXISTS (SELECT 1 FROM audit_leaf m WHERE m.org_id = l.org_id AND m.entry_id = l.entry_id AND (m.log <> l.log OR m.idx <> l.idx))`},
		{"entry", "missing, and its sealed text is there", `
			SELECT min(s.entry_id) FROM audit_sealed s WHERE s.org_id = $1
			AND NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.org_id = s.org_id AND e.id = s.entry_id)`},
	} {
		var id sql.Null[string]
		if err := v.tx.QueryRow(v.ctx, look.query, org).Scan(&id); err != nil {
			return err
		}
		if id.Valid {
			v.found.add(Finding{Index: -1, Entry: id.V, Where: look.where, What: look.what})
		}
	}
	return nil
}
