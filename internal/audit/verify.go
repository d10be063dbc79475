package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Against is what a ledger is compared with besides itself.
type Against struct {
	// Opener opens the entries about persons. Nil, or a locked vault, means that of those only the
	// structure is checked, and the report says how many.
	Opener Opener
	// Signer gives the organisation's own key, with which the key in the database must agree. Nil
	// means that the database is believed.
	Signer Signer
	// Key is a public key of the log that was kept outside; empty means none.
	Key string
	// Kept are signed checkpoints of the log that were kept outside, by a witness for example.
	Kept [][]byte
	// Rest is how long the verification may rest in all. It rests after each page, three times as long as the
	// page took: of a node with two processors it then leaves to people what they need.
	Rest time.Duration
}

// Verify recomputes the ledger of an organisation from what is stored: every leaf from salt and entry,
// every tile from the leaves, and every checkpoint from the tiles. It reads one snapshot and writes
// nothing. An error means that it could not be done; what is wrong with the ledger is in the report.
func Verify(ctx context.Context, d *db.DB, org string, a Against) (Report, error) {
	r := Report{Org: org}
	var key string
	var now time.Time
	err := d.Read(ctx, func(tx *db.Tx) error {
		now = tx.Now()
		l, _, err := currentLog(ctx, tx, org)
		key = l.origin
		return err
	})
	if err != nil {
		return r, err
	}
	if a.Signer != nil && key != "" {
		signer, err := a.Signer.LogSigner(ctx, org, key, now)
		switch {
		case fault.KindOf(err) == fault.Unavailable:
		case err != nil:
			return r, err
		default:
			if a.Key, err = ledger.VerifierOf(signer); err != nil {
				return r, err
			}
		}
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		r = Report{Org: org}
		v := verifier{ctx: ctx, tx: tx, against: a, report: &r, erased: map[string]map[int64]bool{}, pause: &breather{left: a.Rest}}
		return v.run()
	})
	return r, err
}

// verifier verifies within one snapshot.
type verifier struct {
	ctx     context.Context
	tx      *db.Tx
	against Against
	report  *Report
	found   findings
	// absent are the leaves that nothing opens; erased are those, by origin of the log, that erasures list.
	absent []Finding
	erased map[string]map[int64]bool
	log    log
	of     *LogReport
	pause  *breather
}

func (v *verifier) run() error {
	all, err := logs(v.ctx, v.tx, v.report.Org)
	if err != nil {
		return err
	}
	v.report.Logs = make([]LogReport, len(all))
	for i, l := range all {
		if l.number != int64(i)+1 {
			v.found.add(Finding{Log: int64(i) + 1, Index: -1, Where: "the log", What: "missing"})
		}
		v.log, v.of = l, &v.report.Logs[i]
		*v.of = LogReport{Number: l.number, Origin: l.origin, Verifier: l.verifier, Size: l.size, Signed: l.signed, Checkpoints: l.checkpoints}
		if err := v.verifyLog(i == len(all)-1); err != nil {
			return err
		}
	}
	v.judgeAbsent()
	if err := v.orphans(int64(len(all))); err != nil {
		return err
	}
	if err := v.outside(); err != nil {
		return err
	}
	v.report.First = v.found.first()
	return nil
}

// orphans looks for what belongs to a log beyond the last that there is.
func (v *verifier) orphans(logs int64) error {
	for _, table := range []string{"audit_leaf", "audit_tile", "audit_checkpoint"} {
		var n sql.Null[int64]
		err := v.tx.QueryRow(v.ctx, "SELECT max(log) FROM "+table+" WHERE org_id = $1", v.report.Org).Scan(&n)
		if err != nil {
			return err
		}
		if n.Valid && n.V > logs {
			v.found.add(Finding{Log: n.V, Index: -1, Where: "the log", What: "missing"})
		}
	}
	return nil
}

// judgeAbsent accepts what an erasure lists.
func (v *verifier) judgeAbsent() {
	for _, f := range v.absent {
		of := &v.report.Logs[f.Log-1]
		if v.erased[of.Origin][f.Index] {
			of.Erased++
			continue
		}
		v.found.add(f)
	}
}

// verifyLog recomputes one log.
func (v *verifier) verifyLog(current bool) error {
	points, err := checkpoints(v.ctx, v.tx, &v.log, "ORDER BY number")
	if err != nil {
		return err
	}
	judge, err := newJudge(v, points, current)
	if err != nil {
		return err
	}
	climb := &climber{tile: v.compareTile}
	next := int64(0)
	for next < v.log.size {
		v.pause.work()
		leaves, err := v.page(next)
		if err != nil {
			return err
		}
		if err := v.verifyPage(leaves, next); err != nil {
			return err
		}
		for range pageSize {
			if next == v.log.size {
				break
			}
			h := ledger.Hash{}
			if f := find(leaves, next); f != nil {
				h = ledger.LeafHash(f.commitment)
			}
			if err := climb.add(h); err != nil {
				return err
			}
			next++
			judge.at(next, climb)
		}
		if err := v.pause.rest(v.ctx); err != nil {
			return err
		}
	}
	if err := climb.finish(); err != nil {
		return err
	}
	judge.finish()
	if climb.root() != v.log.root {
		v.other("the stored root of the log", "altered: it is not that of its leaves")
	}
	return v.strays()
}

func (v *verifier) other(where, what string) {
	v.found.add(Finding{Log: v.log.number, Index: -1, Where: where, What: what})
}

// compareTile compares a tile of the recomputed tree with the stored one.
func (v *verifier) compareTile(t tlog.Tile, hashes []ledger.Hash) error {
	var data []byte
	err := v.tx.QueryRow(v.ctx, "SELECT hashes FROM audit_tile WHERE org_id = $1 AND log = $2 AND level = $3 AND n = $4",
		v.log.org, v.log.number, t.L, t.N).Scan(&data)
	path := ledger.TilePath(t)
	first := (t.N * tileWidth) << (uint(t.L) * tileHeight)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		v.tile(path, t.L, first, "missing")
		return nil
	case err != nil:
		return err
	}
	want := make([]byte, 0, len(data))
	for i, h := range hashes {
		if len(data) < (i+1)*tlog.HashSize || ledger.Hash(data[i*tlog.HashSize:(i+1)*tlog.HashSize]) != h {
			v.tile(path, t.L, first+int64(i)<<(uint(t.L)*tileHeight), "altered: it does not fit the entries")
			return nil
		}
		want = append(want, h[:]...)
	}
	if !bytes.Equal(want, data) {
		v.tile(path, t.L, first+int64(t.W), "altered: it holds more than the log has entries")
	}
	return nil
}

// tile reports a tile: of the lowest level it names the entry.
func (v *verifier) tile(path string, level int, index int64, what string) {
	if level > 0 {
		index = -1
	}
	v.found.add(Finding{Log: v.log.number, Index: index, Where: path, What: what})
}

// strays looks for leaves and tiles beyond the log.
func (v *verifier) strays() error {
	var index sql.Null[int64]
	err := v.tx.QueryRow(v.ctx, "SELECT min(idx) FROM audit_leaf WHERE org_id = $1 AND log = $2 AND idx >= $3",
		v.log.org, v.log.number, v.log.size).Scan(&index)
	if err != nil {
		return err
	}
	if index.Valid {
		v.found.add(Finding{Log: v.log.number, Index: index.V, Where: "the size of the log", What: "altered: there are more leaves"})
	}
	rows, err := v.tx.Query(v.ctx, "SELECT level, n FROM audit_tile WHERE org_id = $1 AND log = $2", v.log.org, v.log.number)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		t := tlog.Tile{H: tileHeight, W: tileWidth}
		if err := r.Scan(&t.L, &t.N); err != nil {
			return struct{}{}, err
		}
		if t.L < 0 || t.L > 7 || t.N < 0 || (v.log.size-1)>>(uint(t.L)*tileHeight) < t.N*tileWidth {
			v.other("tile of level and number beyond the log", "altered")
		}
		return struct{}{}, nil
	})
	return err
}
