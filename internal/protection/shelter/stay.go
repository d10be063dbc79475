package shelter

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// toPlace is why a need is opened.
const toPlace vault.Purpose = "find-place"

// kept is what is sealed of a placement.
type kept struct {
	Need    Need      `json:"need,omitzero"`
	Missing []Episode `json:"missing,omitempty"`
}

// arrival is where to meet whoever brings the person in.
type arrival struct {
	Meet private.Text `json:"meet,omitzero"`
}

// Stay is a placement as those see it who work on the case.
type Stay struct {
	ID      string
	Version int64
	State   State
	Reason  string
	Place   string
	Code    string // of the place
	Area    string
	Party   int
	Size    int
	Answer  string // yes when the place has said so
	Asked   int64
	Since   int64
	Need    Need
	Missing []Episode
	Meet    private.Text // where to meet whoever brings the person in; never the address
}

// Of returns the placements of a case, the newest first, with what is sealed of them opened.
func (s *Shelters) Of(ctx context.Context, actor auth.Actor, of casefile.ID) (c casefile.Case, all []Stay, err error) {
	var rows []record.Row[stayFacts]
	var where map[string]placeFacts
	var child bool
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, of, auth.ReadCases); err != nil {
			return err
		}
		if child, err = person.MayBeChild(ctx, tx, actor.Org, c.Person); err != nil {
			return err
		}
		rows, where, err = staysOf(ctx, tx, actor.Org, of)
		return err
	})
	if err != nil {
		return c, nil, err
	}
	var g record.Reading
	docs, meets := make([]kept, len(rows)), make([]arrival, len(rows))
	for i, r := range rows {
		r.Want(&g, vault.Sensitive, &docs[i])
		r.Want(&g, vault.ProtectedLocation, &meets[i])
	}
	if err := g.Open(ctx, s.vault, actor, c.Why(toPlace)); err != nil {
		return c, nil, err
	}
	for i, r := range rows {
		f := r.Clear
		docs[i].Need.Ages = docs[i].Need.Ages.of(child)
		all = append(all, Stay{
			ID: r.ID, Version: r.Version, State: f.State, Reason: f.Reason, Place: f.Place, Code: where[f.Place].Code, Area: where[f.Place].Area,
			Party: int(f.Party), Size: int(f.Size), Answer: f.Answer, Asked: f.Asked, Since: f.Since,
			Need: docs[i].Need, Missing: docs[i].Missing, Meet: meets[i].Meet,
		})
	}
	return c, all, nil
}

func staysOf(ctx context.Context, tx *db.Tx, org auth.OrgID, of casefile.ID) ([]record.Row[stayFacts], map[string]placeFacts, error) {
	rows, err := placements.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY asked_at DESC, id LIMIT 100", string(org), string(of))
	where := map[string]placeFacts{}
	for _, r := range rows {
		if _, seen := where[r.Clear.Place]; seen || r.Clear.Place == "" || err != nil {
			continue
		}
		p, e := places.Get(ctx, tx, org, r.Clear.Place)
		if e != nil && fault.KindOf(e) != fault.NotFound { // a place that was erased is not known any more
			err = e
		}
		where[r.Clear.Place] = p.Clear
	}
	return rows, where, err
}

// Ask asks for a place for the person of a case. There is one open question at a time; somebody who stays
// somewhere may ask for another place.
func (s *Shelters) Ask(ctx context.Context, actor auth.Actor, of casefile.ID, key record.SubmissionKey, n Need) (id string, err error) {
	if err := n.check(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Load(ctx, tx, actor, of, auth.WorkCases); err != nil {
			return err
		}
		id, _, err = record.Once(ctx, tx, actor, key, func() (string, error) { return s.ask(ctx, tx, actor, of, n) })
		return err
	})
	return id, err
}

func (s *Shelters) ask(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, n Need) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return "", err
	}
	open, err := placements.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND state IN ('requested', 'offered', 'accepted')", string(actor.Org), string(of))
	if err == nil && len(open) > 0 {
		err = fault.New(fault.Conflict, "A place is asked for already.").WithHint("Change what is needed there, or take the question back.")
	}
	if err != nil {
		return "", err
	}
	row := record.Row[stayFacts]{Key: c.Child(), Clear: stayFacts{State: Requested, Party: int64(n.Party()), Asked: tx.NowMicros(), Since: tx.NowMicros()}}
	row, err = placements.Insert(ctx, tx, s.vault, act(actor, "placement.ask", nil), row, sealed(kept{Need: n}))
	return row.ID, err
}

func sealed(k kept) record.Doc { return record.Doc{Class: vault.Sensitive, Value: k} }

// desk is a placement that was opened, in the version that the writer saw.
type desk struct {
	row record.Row[stayFacts]
	doc kept
}

// open reads and opens a placement; a change follows in a transaction of its own, see [Shelters.with].
func (s *Shelters) open(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64) (d desk, err error) {
	var c casefile.Case
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, of, auth.WorkCases); err != nil {
			return err
		}
		d.row, err = stayRow(ctx, tx, actor, of, id, version)
		return err
	})
	if err != nil {
		return d, err
	}
	var g record.Reading
	d.row.Want(&g, vault.Sensitive, &d.doc)
	return d, g.Open(ctx, s.vault, actor, c.Why(toPlace))
}

// stayRow returns a placement of a case in the version that the writer saw.
func stayRow(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, id string, version int64) (record.Row[stayFacts], error) {
	row, err := placements.Get(ctx, tx, actor.Org, id)
	if err == nil && row.Case != string(of) {
		err = missing()
	}
	if err == nil && row.Version != version {
		err = stale()
	}
	return row, err
}

// with runs fn on a locked case with the placement that was opened.
func (s *Shelters) with(ctx context.Context, actor auth.Actor, of casefile.ID, d desk, fn func(tx *db.Tx, c casefile.Case, row record.Row[stayFacts], doc kept) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
		if err != nil {
			return err
		}
		row, err := stayRow(ctx, tx, actor, of, d.row.ID, d.row.Version)
		if err != nil {
			return err
		}
		return fn(tx, c, row, d.doc.clone())
	})
}

func (k kept) clone() kept {
	k.Need.Refused = slices.Clone(k.Need.Refused)
	k.Missing = slices.Clone(k.Missing)
	for i := range k.Missing {
		k.Missing[i].Steps = slices.Clone(k.Missing[i].Steps)
	}
	return k
}

// KeepNeed changes what is needed, while no room is held. What the person refused stays refused.
func (s *Shelters) KeepNeed(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64, n Need) error {
	if err := n.check(); err != nil {
		return err
	}
	d, err := s.open(ctx, actor, of, id, version)
	if err != nil {
		return err
	}
	return s.with(ctx, actor, of, d, func(tx *db.Tx, _ casefile.Case, row record.Row[stayFacts], doc kept) error {
		if row.Clear.State != Requested {
			return fault.New(fault.Conflict, "This cannot follow what was there before.").WithHint("Give the room back first.")
		}
		n := n
		n.Refused = doc.Need.Refused
		doc.Need, row.Clear.Party = n, int64(n.Party())
		_, err := placements.Update(ctx, tx, s.vault, act(actor, "placement.need", nil), row, sealed(doc))
		return err
	})
}

// Offer holds a room of a place for somebody. Of two who want the last one, one gets it, and the other
// hears that it is gone. What must be asked first does not stand in the way: the place answers.
func (s *Shelters) Offer(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64, place string) error {
	d, err := s.open(ctx, actor, of, id, version)
	if err != nil {
		return err
	}
	return s.with(ctx, actor, of, d, func(tx *db.Tx, _ casefile.Case, row record.Row[stayFacts], doc kept) error {
		if err := Next(row.Clear.State, Offered, ""); err != nil {
			return err
		}
		child, err := person.MayBeChild(ctx, tx, actor.Org, row.Person)
		if err != nil {
			return err
		}
		doc.Need.Ages = doc.Need.Ages.of(child)
		size, err := hold(ctx, tx, actor.Org, place, doc.Need)
		if err != nil {
			return err
		}
		f := &row.Clear
		f.State, f.Reason, f.Place, f.Size, f.Answer, f.Since = Offered, "", place, int64(size), "", tx.NowMicros()
		_, err = placements.Update(ctx, tx, s.vault, act(actor, "placement.offer", map[string]string{"place": place}), row)
		return err
	})
}

// hold locks a place and says which size of room is held.
func hold(ctx context.Context, tx *db.Tx, org auth.OrgID, place string, n Need) (size int, err error) {
	if err := lockPlace(ctx, tx, org, place); err != nil {
		return 0, err
	}
	row, err := places.Get(ctx, tx, org, place)
	if err != nil {
		return 0, err
	}
	held, err := taken(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	o, err := offerOf(row, held[place])
	if err != nil {
		return 0, err
	}
	areas, err := graph(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	v := Judge(n, o, areas)
	if slices.Equal(v.Against, []string{"full"}) {
		return 0, fault.New(fault.Conflict, "The last room there was taken a moment ago. What you wrote is kept.").
			WithHint("Look again: the search shows what is free now.")
	}
	if len(v.Against) > 0 {
		return 0, fault.New(fault.Conflict, "The place cannot take the person.").WithHint("Look at the reasons, or change what is needed.")
	}
	return o.Units[o.fits(n.Party())].Size, nil
}

// lockPlace makes whoever takes or frees a room of the same place wait.
func lockPlace(ctx context.Context, tx *db.Tx, org auth.OrgID, place string) error {
	_, err := tx.Exec(ctx, "UPDATE protection_place SET turn = turn + 1 WHERE org_id = $1 AND id = $2", string(org), place)
	return err
}

// Step moves a placement on, other than by holding a room. Where somebody goes in, the place where they
// stayed before is left; where a move, a departure or a loss changes the danger, a new look is asked for.
func (s *Shelters) Step(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64, to State, reason string) error {
	if to == Offered || to == Moved {
		return fault.New(fault.Invalid, "Nothing was changed.").WithField("state", "Choose what it is now.")
	}
	d, err := s.open(ctx, actor, of, id, version)
	if err != nil {
		return err
	}
	if err := Next(d.row.Clear.State, to, reason); err != nil {
		return err
	}
	return s.with(ctx, actor, of, d, func(tx *db.Tx, c casefile.Case, row record.Row[stayFacts], doc kept) error {
		return s.step(ctx, tx, actor, c, row, doc, to, reason)
	})
}

func (s *Shelters) step(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, row record.Row[stayFacts], doc kept, to State, reason string) error {
	from, f := row.Clear.State, &row.Clear
	if to == Accepted && f.Answer != "yes" {
		return fault.New(fault.Conflict, "The place has not answered yet.").WithHint("Ask the team of the place.")
	}
	if reason == "person-said-no" {
		doc.Need.Refused = append(doc.Need.Refused, f.Place)
	}
	if from == Gone {
		if err := s.closeEpisode(ctx, tx, actor, c, row, &doc, reason); err != nil {
			return err
		}
	}
	f.State, f.Reason, f.Since = to, reason, tx.NowMicros()
	if to == Requested || to == Withdrawn {
		f.Place, f.Size, f.Answer = "", 0, ""
	}
	if to == Gone {
		if err := s.beginEpisode(ctx, tx, actor, c, row, &doc); err != nil {
			return err
		}
	}
	if to == In && from == Accepted {
		if err := s.leaveOthers(ctx, tx, actor, row); err != nil {
			return err
		}
	}
	detail := map[string]string{"from": string(from), "to": string(to), "reason": reason}
	docs := []record.Doc{sealed(doc)}
	if to != Accepted && (from == Offered || from == Accepted) {
		docs = append(docs, noMeeting)
	}
	if _, err := placements.Update(ctx, tx, s.vault, act(actor, "placement.step", detail), row, docs...); err != nil {
		return err
	}
	if t := triggerOf(from, to, reason); t != "" && s.looks != nil {
		return s.looks.TriggerIn(ctx, tx, actor, c, t)
	}
	return nil
}

// noMeeting takes away where to meet: it goes with the room, and nobody is sent there for another.
var noMeeting = record.Doc{Class: vault.ProtectedLocation}

// triggerOf is what a step means for the danger.
func triggerOf(from, to State, reason string) string {
	switch {
	case to == Gone:
		return "missing"
	case reason == "found-in-danger":
		return "contact"
	case to == In && from == Accepted, to == Left && reason != "died":
		return "move"
	}
	return ""
}

// leaveOthers says that the person moved from where they stayed.
func (s *Shelters) leaveOthers(ctx context.Context, tx *db.Tx, actor auth.Actor, now record.Row[stayFacts]) error {
	before, err := placements.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND state = 'in' AND id <> $3", string(actor.Org), now.Case, now.ID)
	for _, row := range before {
		row.Clear.State, row.Clear.Since = Moved, tx.NowMicros()
		if _, err = placements.Update(ctx, tx, s.vault, act(actor, "placement.step", map[string]string{"from": "in", "to": "moved"}), row); err != nil {
			return err
		}
	}
	return err
}
