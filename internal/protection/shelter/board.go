package shelter

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// maxBoard bounds how many people are arranged at once.
const maxBoard = 400

// Line is somebody who waits, and what is proposed for them.
type Line struct {
	Case     casefile.Case
	ID       string // of the placement
	Version  int64
	Days     int
	Party    int
	Proposal Proposal
	Code     string // of the proposed place
	Area     string
}

// Board shares what is free among everybody who waits and whom the actor may reach. It opens what they
// need, within the case of each, and so leaves an entry in the ledger of each. It holds nothing: a
// proposal becomes a room with [Shelters.Offer].
func (s *Shelters) Board(ctx context.Context, actor auth.Actor) (lines []Line, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	var (
		rows  []record.Row[stayFacts]
		facts []record.Row[placeFacts]
		offer []Offer
		areas Areas
		child []bool
		now   int64
	)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		now = tx.NowMicros()
		if rows, lines, err = waiting(ctx, tx, actor); err != nil {
			return err
		}
		if child, err = mayBeChildren(ctx, tx, rows); err != nil {
			return err
		}
		if facts, offer, err = offers(ctx, tx, actor.Org); err != nil {
			return err
		}
		areas, err = graph(ctx, tx, actor.Org)
		return err
	})
	if err != nil {
		return nil, err
	}
	docs := make([]kept, len(rows))
	var g record.Reading
	for i, r := range rows {
		r.Want(&g, vault.Sensitive, &docs[i])
	}
	if err := g.Open(ctx, s.vault, actor, vault.Why{Purpose: toPlace, Each: true}); err != nil {
		return nil, err
	}
	all := make([]Waiting, len(rows))
	for i, r := range rows {
		const day = 24 * 3600 * 1_000_000
		lines[i].Days = int((now - r.Clear.Asked) / day)
		docs[i].Need.Ages = docs[i].Need.Ages.of(child[i])
		all[i] = Waiting{ID: r.ID, Need: docs[i].Need, Priority: lines[i].Case.Clear.Priority, Days: lines[i].Days}
	}
	return arrange(lines, Propose(all, offer, areas), facts), nil
}

// mayBeChildren says of each placement whether the file of its person says that they are a child, or may be.
func mayBeChildren(ctx context.Context, tx *db.Tx, rows []record.Row[stayFacts]) ([]bool, error) {
	all := make([]bool, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = person.MayBeChild(ctx, tx, r.Org, r.Person); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// waiting returns the placements that are asked for, of cases which the actor may reach.
func waiting(ctx context.Context, tx *db.Tx, actor auth.Actor) (rows []record.Row[stayFacts], lines []Line, err error) {
	found, err := placements.Find(ctx, tx, "WHERE org_id = $1 AND state = 'requested' ORDER BY asked_at, id", string(actor.Org))
	if err != nil {
		return nil, nil, err
	}
	for _, r := range found {
		c, err := casefile.Load(ctx, tx, actor, casefile.ID(r.Case), auth.WorkCases)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if len(rows) == maxBoard {
			break
		}
		rows = append(rows, r)
		lines = append(lines, Line{Case: c, ID: r.ID, Version: r.Version, Party: int(r.Clear.Party)})
	}
	return rows, lines, nil
}

// arrange puts proposals beside who waits, in the order of the proposals.
func arrange(lines []Line, of []Proposal, facts []record.Row[placeFacts]) []Line {
	out := make([]Line, 0, len(lines))
	for _, p := range of {
		l := lines[slices.IndexFunc(lines, func(l Line) bool { return l.ID == p.ID })]
		l.Proposal = p
		if i := slices.IndexFunc(facts, func(r record.Row[placeFacts]) bool { return r.ID == p.Place }); i >= 0 {
			l.Code, l.Area = facts[i].Clear.Code, facts[i].Clear.Area
		}
		out = append(out, l)
	}
	return out
}
