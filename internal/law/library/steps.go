package library

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/order"
)

func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// newest reads findings as they stand; which is a condition on $2.
func newest(ctx context.Context, tx *db.Tx, org auth.OrgID, which, value string) ([]finding.Finding, error) {
	return steps(ctx, tx, org, "s.gone_at IS NULL AND "+which, value)
}

// steps reads steps of findings with what they cite, by topic and identifier; which is a condition on $2 and after.
func steps(ctx context.Context, tx *db.Tx, org auth.OrgID, which string, values ...any) ([]finding.Finding, error) {
	args := append([]any{string(org)}, values...)
	rows, err := tx.Query(ctx, `SELECT s.finding_id, s.version, s.state, s.topic, s.from_day, s.until_day, s.stage, s.status, s.part, s.reason, s.note, s.coder,
		s.second_status, s.second_part, s.second_reason, s.second_note, s.second_coder, s.source, s.confidence, s.unofficial, s.adjudicator, s.signer,
		s.recorded_at, COALESCE(s.gone_at, 0)
		FROM law_finding_step s WHERE s.org_id = $1 AND `+which, args...)
	list, err := db.Collect(rows, err, scanStep)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	type key struct {
		id      string
		version int64
	}
	at := map[key]*finding.Finding{}
	for i := range list {
		at[key{list[i].ID, list[i].Version}] = &list[i]
	}
	rows, err = tx.Query(ctx, `SELECT p.finding_id, p.version, p.work_id, p.expression_id, p.wid, p.hash, p.changed
		FROM law_pinpoint p JOIN law_finding_step s ON s.org_id = p.org_id AND s.finding_id = p.finding_id AND s.version = p.version
		WHERE s.org_id = $1 AND `+which+" ORDER BY p.ordinal", args...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var k key
		var p finding.Pinpoint
		var changed bool
		if err := r.Scan(&k.id, &k.version, &p.Work, &p.Expression, &p.WID, &p.Hash, &changed); err != nil {
			return none, err
		}
		f := at[k]
		f.Pinpoints = append(f.Pinpoints, p)
		if changed {
			f.Changed = append(f.Changed, p)
		}
		return none, nil
	})
	order.By(list, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	return list, err
}

func scanStep(r *sql.Rows) (f finding.Finding, err error) {
	var second finding.Reading
	var status, secondStatus string
	err = r.Scan(&f.ID, &f.Version, &f.State, &f.Topic, &f.From, &f.Until, &f.Stage, &status, &f.Part, &f.Reason, &f.Note, &f.Coder,
		&secondStatus, &second.Part, &second.Reason, &second.Note, &second.Coder, &f.Source, &f.Confidence, &f.Unofficial, &f.Adjudicator, &f.Signer,
		&f.Recorded, &f.Gone)
	if err != nil {
		return f, err
	}
	if f.Status, err = alignment.ParseStatus(status); err != nil {
		return f, fmt.Errorf("finding %s: %w", f.ID, err)
	}
	if second.Coder != "" {
		if second.Status, err = alignment.ParseStatus(secondStatus); err != nil {
			return f, fmt.Errorf("finding %s: %w", f.ID, err)
		}
		f.Second = &second
	}
	return f, nil
}
