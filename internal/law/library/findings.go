package library

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/law/work"
)

// Draft keeps what one reader found; the reader is the actor. Hashes of the cited provisions are taken from the texts kept
// here: a pinpoint of a version that is not here keeps the hash it came with.
func (l *Library) Draft(ctx context.Context, actor auth.Actor, f finding.Finding) (string, error) {
	if !actor.May(auth.KeepLaw) {
		return "", notFound()
	}
	if f.ID == "" {
		f.ID = db.NewID()
	}
	f.Stage, f.Coder, f.Second, f.Adjudicator, f.Signer, f.Version, f.Changed = finding.Draft, string(actor.Account), nil, "", "", 1, nil
	if err := f.Check(); err != nil {
		return "", err
	}
	err := l.db.Write(ctx, func(tx *db.Tx) error {
		if err := hashes(ctx, tx, actor.Org, f.Pinpoints); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO law_finding (org_id, id, version) VALUES ($1, $2, 1)", string(actor.Org), f.ID); err != nil {
			return err
		}
		return keep(ctx, tx, actor, f, "draft")
	})
	return f.ID, err
}

// hashes fills in what the cited provisions read.
func hashes(ctx context.Context, tx *db.Tx, org auth.OrgID, list []finding.Pinpoint) error {
	for i, p := range list {
		parts, err := provisions(ctx, tx, org, p.Expression, "wid = $3", p.WID)
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			list[i].Hash = parts[0].Hash
		}
	}
	return nil
}

// Code is the second reading, by the actor, who has not seen the first.
func (l *Library) Code(ctx context.Context, actor auth.Actor, id string, version int64, r finding.Reading) error {
	r.Coder = string(actor.Account)
	return l.step(ctx, actor, id, version, "code", func(_ *db.Tx, f finding.Finding) (finding.Finding, error) { return f.Code(r) })
}

// Adjudicate decides between two readings; the actor is neither reader.
func (l *Library) Adjudicate(ctx context.Context, actor auth.Actor, id string, version int64, r finding.Reading) error {
	r.Coder = string(actor.Account)
	return l.step(ctx, actor, id, version, "adjudicate", func(_ *db.Tx, f finding.Finding) (finding.Finding, error) { return f.Adjudicate(r) })
}

// Reread begins anew after a cited text has changed.
func (l *Library) Reread(ctx context.Context, actor auth.Actor, id string, version int64, r finding.Reading, at []finding.Pinpoint) error {
	r.Coder = string(actor.Account)
	return l.step(ctx, actor, id, version, "reread", func(tx *db.Tx, f finding.Finding) (finding.Finding, error) {
		at := slices.Clone(at)
		if err := hashes(ctx, tx, actor.Org, at); err != nil {
			return f, err
		}
		return f.Reread(r, at)
	})
}

// Sign publishes a finding on which two readers agree or a third has decided. The cited texts must be what was read.
func (l *Library) Sign(ctx context.Context, actor auth.Actor, id string, version int64) error {
	return l.step(ctx, actor, id, version, "sign", func(tx *db.Tx, f finding.Finding) (finding.Finding, error) {
		hash, err := reading(ctx, tx, actor.Org, f)
		if err != nil {
			return f, err
		}
		return f.Sign(string(actor.Account), hash)
	})
}

// Withdraw takes a finding back.
func (l *Library) Withdraw(ctx context.Context, actor auth.Actor, id string, version int64) error {
	return l.step(ctx, actor, id, version, "withdraw", func(_ *db.Tx, f finding.Finding) (finding.Finding, error) { return f.Withdraw() })
}

// step takes one step of a finding that the actor saw in a version.
func (l *Library) step(ctx context.Context, actor auth.Actor, id string, version int64, name string, take func(*db.Tx, finding.Finding) (finding.Finding, error)) error {
	if !actor.May(auth.KeepLaw) {
		return notFound()
	}
	return l.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Bump(ctx, "law_finding", string(actor.Org), id, version); err != nil {
			return err
		}
		list, err := newest(ctx, tx, actor.Org, "s.finding_id = $2", id)
		if err != nil {
			return err
		}
		if len(list) != 1 {
			return notFound()
		}
		f, err := take(tx, list[0])
		if err != nil {
			return err
		}
		f.Version = version + 1
		return keep(ctx, tx, actor, f, name)
	})
}

// keep writes a step and ends the one before it.
func keep(ctx context.Context, tx *db.Tx, actor auth.Actor, f finding.Finding, step string) error {
	_, err := tx.Exec(ctx, "UPDATE law_finding_step SET gone_at = $3 WHERE org_id = $1 AND finding_id = $2 AND gone_at IS NULL",
		string(actor.Org), f.ID, tx.NowMicros())
	if err != nil {
		return err
	}
	var second finding.Reading
	if f.Second != nil {
		second = *f.Second
	}
	_, err = tx.Exec(ctx, `INSERT INTO law_finding_step (org_id, finding_id, version, state, topic, from_day, until_day, stage, status, part, reason, note, coder,
		second_status, second_part, second_reason, second_note, second_coder, source, confidence, unofficial, adjudicator, signer, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		string(actor.Org), f.ID, f.Version, f.State, f.Topic, string(f.From), string(f.Until), string(f.Stage), f.Status.String(), f.Part, f.Reason, f.Note, f.Coder,
		second.Status.String(), second.Part, second.Reason, second.Note, second.Coder, f.Source, f.Confidence, f.Unofficial, f.Adjudicator, f.Signer, tx.NowMicros())
	if err != nil {
		return err
	}
	for i, p := range f.Pinpoints {
		_, err := tx.Exec(ctx, `INSERT INTO law_pinpoint (org_id, finding_id, version, ordinal, work_id, expression_id, wid, hash, changed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			string(actor.Org), f.ID, f.Version, int64(i+1), p.Work, p.Expression, p.WID, p.Hash, slices.Contains(f.Changed, p))
		if err != nil {
			return err
		}
	}
	return note(ctx, tx, actor, "law-finding:"+f.ID, step, "stage", string(f.Stage), "topic", f.Topic, "state", f.State)
}

// decay sends findings back for review whose cited texts in a work read otherwise by now, and returns how many.
func decay(ctx context.Context, tx *db.Tx, actor auth.Actor, of string) (int, error) {
	list, err := newest(ctx, tx, actor.Org, `s.stage NOT IN ('needs-review', 'withdrawn') AND EXISTS (
		SELECT 1 FROM law_pinpoint p WHERE p.org_id = s.org_id AND p.finding_id = s.finding_id AND p.version = s.version AND p.work_id = $2)`, of)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range list {
		hash, err := reading(ctx, tx, actor.Org, f)
		if err != nil {
			return n, err
		}
		next, fell := f.Decay(hash)
		if !fell {
			continue
		}
		if err := tx.Bump(ctx, "law_finding", string(actor.Org), f.ID, f.Version); err != nil {
			return n, err
		}
		n++
		next.Version = f.Version + 1
		if err := keep(ctx, tx, actor, next, "decay"); err != nil {
			return n, err
		}
	}
	return n, nil
}

// reading returns what the cited provisions read now, or read last in the time for which the finding holds. A provision in
// a work or version that is not kept here, or in a bill, reads as it was cited: nothing is known against it.
func reading(ctx context.Context, tx *db.Tx, org auth.OrgID, f finding.Finding) (func(finding.Pinpoint) string, error) {
	at := now(tx)
	if f.Until != "" && f.Until <= at.On {
		at.On = clock.Of(f.Until.Time().AddDate(0, 0, -1))
	}
	reads := map[finding.Pinpoint]string{}
	for _, p := range f.Pinpoints {
		reads[p] = p.Hash
		var language, form string
		var gone bool
		err := tx.QueryRow(ctx, "SELECT language, form, gone_at IS NOT NULL FROM law_expression WHERE org_id = $1 AND id = $2 AND work_id = $3",
			string(org), p.Expression, p.Work).Scan(&language, &form, &gone)
		if isNone(err) || err == nil && form == string(work.Draft) && !gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		a, err := standIn(ctx, tx, org, p.Work, p.WID, language, at)
		if err != nil {
			return nil, err
		}
		reads[p] = ""
		for _, t := range a.Texts {
			if reads[p] == "" || t.Provision.Hash != p.Hash {
				reads[p] = t.Provision.Hash
			}
		}
	}
	return func(p finding.Pinpoint) string { return reads[p] }, nil
}

// Finding returns one finding as it stands, for who keeps law. The first reading is blank for whoever may still read second.
func (l *Library) Finding(ctx context.Context, actor auth.Actor, id string) (f finding.Finding, err error) {
	if !actor.May(auth.KeepLaw) {
		return f, notFound()
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		list, err := newest(ctx, tx, actor.Org, "s.finding_id = $2", id)
		if err != nil {
			return err
		}
		if len(list) != 1 {
			return notFound()
		}
		f = blind(list[0], actor)
		return nil
	})
	return f, err
}

// blind hides a first reading from those who may give the second.
func blind(f finding.Finding, actor auth.Actor) finding.Finding {
	if f.Stage == finding.Draft && f.Coder != string(actor.Account) {
		f.Reading = finding.Reading{Status: alignment.Unknown, Coder: f.Coder}
		f.Pinpoints, f.Source, f.Confidence = nil, "", ""
	}
	return f
}

// Findings are those about a State that count on a day as known on a day, by topic. Everybody may ask for what is signed;
// the other stages are for who keeps law.
func (l *Library) Findings(ctx context.Context, actor auth.Actor, state string, stages []finding.Stage, at clock.At) (out []finding.Finding, err error) {
	public := !slices.ContainsFunc(stages, func(s finding.Stage) bool { return s != finding.Signed })
	if !actor.May(auth.ReadPolicy) || !public && !actor.May(auth.KeepLaw) {
		return nil, fault.New(fault.NotFound, "This does not exist.")
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		list, err := steps(ctx, tx, actor.Org, "s.state = $2 AND s.recorded_at < $3 AND (s.gone_at IS NULL OR s.gone_at >= $3)", state, at.Before)
		out = finding.Holding(list, state, stages, at)
		for i := range out {
			out[i] = blind(out[i], actor)
		}
		return err
	})
	return out, err
}
