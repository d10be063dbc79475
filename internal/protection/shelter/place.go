package shelter

import (
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// toReach is why an address is opened.
const toReach vault.Purpose = "reach-place"

// Location is what only the team of a place knows.
type Location struct {
	Name    private.Text `json:"name,omitzero"`
	Address private.Text `json:"address,omitzero"`
	Phone   private.Text `json:"phone,omitzero"`
	Way     private.Text `json:"way,omitzero"` // how to get there, and what to take care of
}

// Setup is what a team says of its place.
type Setup struct {
	Area  string
	Open  bool
	Rules Rules
	Units []Unit
}

func (s Setup) check() error {
	f := fault.New(fault.Invalid, "The place was not kept.")
	if !IsArea(s.Area) {
		f = f.WithField("area", "Write a country or one of its parts, as GB or GB-ENG. Nothing smaller is an area.")
	}
	sizes := map[int]bool{}
	for _, u := range s.Units {
		if u.Size < 1 || u.Size > 20 || u.Total < 0 || u.Total > 500 || sizes[u.Size] {
			f = f.WithField("units", "Say for each size of room once how many there are: sizes from 1 to 20, at most 500 rooms.")
		}
		sizes[u.Size] = true
	}
	if len(f.Fields) > 0 {
		return f
	}
	return s.Rules.check()
}

func (r Rules) check() error {
	for _, l := range []struct {
		field string
		words []Word
		codes []string
	}{
		{"genders", Genders(), r.Genders},
		{"access", AccessNeeds(), r.Access},
		{"features", Features(), r.Features},
		{"status", StatusRules(), r.Status},
		{"from", Askers(), r.From},
		{"intake", IntakeHours(), r.Intake},
	} {
		if !allKnown(l.words, l.codes) {
			return fault.New(fault.Invalid, "The place was not kept.").WithField(l.field, "Choose from the list.")
		}
	}
	f := fault.New(fault.Invalid, "The place was not kept.")
	if r.Substance != "" && !known(SubstanceRules(), r.Substance) {
		f = f.WithField("substance", "Choose from the list.")
	}
	if !ageOK(r.AgeFrom) || !ageOK(r.AgeTo) || r.AgeTo > 0 && r.AgeTo < r.AgeFrom || !ageOK(r.ChildTo) || !ageOK(r.BoyTo) {
		f = f.WithField("age_from", "Write ages in years, the lower one first.")
	}
	if !languagesOK(r.Languages) {
		f = f.WithField("languages", "Write codes of languages, such as en or ar, with spaces between.")
	}
	if r.AnswersIn < 0 || r.AnswersIn > 24*30 {
		f = f.WithField("answers_in", "Write a number of hours, or leave it out.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func ageOK(n int) bool { return n >= 0 && n <= oldest }

// languagesOK reports whether all are codes as ISO 639 writes them.
func languagesOK(codes []string) bool {
	return len(codes) <= 50 && !slices.ContainsFunc(codes, func(c string) bool {
		return len(c) < 2 || len(c) > 3 || strings.ContainsFunc(c, func(r rune) bool { return r < 'a' || r > 'z' })
	})
}

// ours reports whether the actor is in a team. Neither a role nor emergency access stands in for it.
func ours(ctx context.Context, tx *db.Tx, actor auth.Actor, team auth.TeamID) (bool, error) {
	teams, err := auth.OwnTeams(ctx, tx, actor)
	return slices.Contains(teams, team), err
}

// ownPlace returns a place to the team that runs it; to everybody else it does not exist.
func ownPlace(ctx context.Context, tx *db.Tx, actor auth.Actor, id string) (record.Row[placeFacts], error) {
	row, err := places.Get(ctx, tx, actor.Org, id)
	if err != nil {
		return row, err
	}
	if err := auth.MayReach(ctx, tx, actor, auth.WorkCases, id); err != nil {
		return row, err
	}
	in, err := ours(ctx, tx, actor, row.Clear.Team)
	if err == nil && !in {
		err = missing()
	}
	return row, err
}

// NewPlace adds a place that a team runs. Who adds it says in which area it is; the team writes where. It
// takes [auth.ManageTeams] and [auth.EnrolRecords].
func (s *Shelters) NewPlace(ctx context.Context, actor auth.Actor, key record.SubmissionKey, team auth.TeamID, area string) (id string, err error) {
	if !actor.May(auth.ManageTeams) || !actor.May(auth.EnrolRecords) {
		return "", missing()
	}
	if err := (Setup{Area: area}).check(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		id, _, err = record.Once(ctx, tx, actor, key, func() (string, error) { return s.newPlace(ctx, tx, actor, team, area) })
		return err
	})
	return id, err
}

func (s *Shelters) newPlace(ctx context.Context, tx *db.Tx, actor auth.Actor, team auth.TeamID, area string) (string, error) {
	id := db.NewID()
	if err := s.vault.Enrol(ctx, tx, actor, vault.PersonID(id), "protected-place"); err != nil {
		return "", err
	}
	row := record.Row[placeFacts]{Key: record.Key{ID: id, Case: id, Person: vault.PersonID(id)}, Clear: placeFacts{
		Code: newCode(), Team: team, Area: area, Rules: toJSON(Rules{}), Units: "[]",
	}}
	if _, err := places.Insert(ctx, tx, s.vault, act(actor, "place.add", map[string]string{"team": string(team)}), row); err != nil {
		return "", err
	}
	if err := s.vault.Bind(ctx, tx, actor.Org, id, vault.PersonID(id)); err != nil {
		return "", err
	}
	err := s.accounts.AssignIn(ctx, tx, actor, id, auth.Holder{Team: team})
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Invalid, "The place was not kept.").WithField("team", "Choose a team.")
	}
	return id, err
}

// KeepPlace says whom a place takes and which rooms it has, as of today. Its team does.
func (s *Shelters) KeepPlace(ctx context.Context, actor auth.Actor, id string, version int64, with Setup) error {
	if err := with.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		row, err := ownPlace(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if row.Version != version {
			return stale()
		}
		units := make([]Unit, 0, len(with.Units))
		for _, u := range with.Units {
			units = append(units, Unit{Size: u.Size, Total: u.Total})
		}
		if row.Clear.VerifiedOn, err = today(ctx, tx, actor.Org); err != nil {
			return err
		}
		row.Clear.Area, row.Clear.Open, row.Clear.Rules, row.Clear.Units = with.Area, with.Open, toJSON(with.Rules), toJSON(units)
		_, err = places.Update(ctx, tx, s.vault, act(actor, "place.keep", nil), row)
		return err
	})
}

// maxLocation bounds each part of a location in bytes.
const maxLocation = 2000

// KeepLocation writes where a place is. Its team does.
func (s *Shelters) KeepLocation(ctx context.Context, actor auth.Actor, id string, version int64, where Location) error {
	for _, t := range []private.Text{where.Name, where.Address, where.Phone, where.Way} {
		if len(t.Reveal("measure it")) > maxLocation {
			return fault.New(fault.Invalid, "The place was not kept.").WithField("address", "Use at most %d characters.", maxLocation)
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		row, err := ownPlace(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if row.Version != version {
			return stale()
		}
		_, err = places.Update(ctx, tx, s.vault, act(actor, "place.locate", nil), row, record.Doc{Class: vault.ProtectedLocation, Value: where})
		return err
	})
}

// Address opens where a place is, for the team that runs it, with an entry in the ledger before. Nothing
// else in this package opens it, and nothing keeps what it returns.
func (s *Shelters) Address(ctx context.Context, actor auth.Actor, id string) (where Location, err error) {
	var row record.Row[placeFacts]
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		row, err = ownPlace(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return Location{}, err
	}
	var g record.Reading
	row.Want(&g, vault.ProtectedLocation, &where)
	return where, g.Open(ctx, s.vault, actor, vault.Why{Purpose: toReach, Scope: id})
}

// Own is a place as its team sees it. It has no address: see [Shelters.Address].
type Own struct {
	ID, Code   string
	Version    int64
	Team       auth.TeamID
	VerifiedOn string
	Offer      Offer
	Located    bool // somebody has written where it is
	Stays      []Guest
}

// Guest is a room that is asked for or taken, as the team of the place sees it: without a name, and with
// the case only for whoever may see the case.
type Guest struct {
	ID      string
	Version int64
	State   State
	Party   int
	Size    int
	Since   int64
	Answer  string
	Case    casefile.ID
	Number  string
}

// Mine returns the places of the actor's teams.
func (s *Shelters) Mine(ctx context.Context, actor auth.Actor) (all []Own, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all = nil
		teams, err := auth.OwnTeams(ctx, tx, actor)
		if err != nil || len(teams) == 0 {
			return err
		}
		rows, found, err := offers(ctx, tx, actor.Org)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if !slices.Contains(teams, r.Clear.Team) || auth.MayReach(ctx, tx, actor, auth.WorkCases, r.ID) != nil {
				continue
			}
			own := Own{
				ID: r.ID, Code: r.Clear.Code, Version: r.Version, Team: r.Clear.Team, VerifiedOn: r.Clear.VerifiedOn,
				Offer: found[i], Located: r.Has(vault.ProtectedLocation),
			}
			if own.Stays, err = guests(ctx, tx, actor, r.ID); err != nil {
				return err
			}
			all = append(all, own)
		}
		return nil
	})
	return all, err
}

func guests(ctx context.Context, tx *db.Tx, actor auth.Actor, place string) (all []Guest, err error) {
	rows, err := placements.Find(ctx, tx, "WHERE org_id = $1 AND place = $2 AND state IN "+holding+" ORDER BY since, id", string(actor.Org), place)
	for _, r := range rows {
		g := Guest{
			ID: r.ID, Version: r.Version, State: r.Clear.State, Party: int(r.Clear.Party), Size: int(r.Clear.Size), Since: r.Clear.Since, Answer: r.Clear.Answer,
		}
		c, err := casefile.Load(ctx, tx, actor, casefile.ID(r.Case), auth.ReadCases)
		switch {
		case err == nil:
			g.Case, g.Number = c.ID(), c.Clear.Number
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
		all = append(all, g)
	}
	return all, err
}
