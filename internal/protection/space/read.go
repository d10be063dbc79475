package space

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
)

// Info is what the file says of a person that can be shown to them on a screen that others may see: nothing
// of anybody else, no place, no facility, and nobody's judgement. The rest they read together with somebody.
type Info struct {
	Known    person.File // of the sections of [Shown] only
	Needs    []support.Need
	Goals    []support.Goal
	Services []support.Service // their code and state only
}

// Shown returns the sections of the file that are shown. Family is others', a place is never shown.
func Shown() []person.Section {
	return []person.Section{
		person.OfNames, person.OfBirth, person.OfAbout, person.OfLanguages, person.OfCitizenship, person.OfContact, person.OfDocuments,
	}
}

// Info opens what the file says, for the page of the person.
func (s *Spaces) Info(ctx context.Context, v Visit) (Info, error) {
	actor, err := v.may()
	if err != nil {
		return Info{}, err
	}
	return s.info(ctx, actor, v.of, Purpose)
}

func (s *Spaces) info(ctx context.Context, actor auth.Actor, of casefile.ID, p vault.Purpose) (i Info, err error) {
	if i.Known, err = s.rooms.People.OpenSome(ctx, actor, of, p, Shown()...); err != nil {
		return Info{}, err
	}
	others(&i.Known)
	view, err := s.rooms.Support.View(ctx, actor, of, support.OfNeed, support.OfGoal, support.OfService)
	if err != nil {
		return Info{}, err
	}
	for _, n := range view.Needs {
		i.Needs = append(i.Needs, n.Is)
	}
	for _, g := range view.Goals {
		i.Goals = append(i.Goals, g.Is)
	}
	for _, x := range view.Services {
		// Who delivers it is somebody else, and where somebody may be found.
		i.Services = append(i.Services, support.Service{Service: x.Is.Service, State: x.Is.State})
	}
	return i, nil
}

// others takes out of a file what is of somebody else: a way to reach the person that is another's, who said
// when they were born. Where they can be met is a place.
func others(f *person.File) {
	list := slices.Clone(f.Contact.List.Value)
	for i, c := range list {
		if c.Channel == person.Through || c.Channel == person.InHand {
			list[i] = person.Contact{Channel: c.Channel}
		}
		list[i].CodeWord = "" // whoever looks over a shoulder would know it
	}
	f.Contact.List.Value = list
	births := slices.Clone(f.Birth.Value.List)
	for i := range births {
		births[i].Source, births[i].By = "", ""
	}
	f.Birth.Value.List = births
	f.Languages.Need.Value.NotFrom = nil
	f.Family, f.Place, f.Guardians, f.Assessments, f.Determinations = person.Family{}, person.Shelter{}, nil, nil, nil
}

// Look is somebody who saw what is known of the person, on one day.
type Look struct {
	At      time.Time // the latest
	Times   int
	Kind    audit.Kind
	Own     bool        // it was the person, or somebody with their slip
	Roles   []auth.Role // of whoever it was; a name is never shown. None when they are not here any more
	Purpose string      // a code
	Entry   string      // for a question about it
}

// looked are the kinds of entries that tell of somebody who saw something. What was told to others is in
// [Spaces.Choices].
var looked = []audit.Kind{audit.Opening, audit.Search, audit.Print, audit.Export, audit.BreakGlass, audit.Login}

// maxLooks bounds the list.
const maxLooks = 200

// Seen returns who has seen what is known of the person, the newest first, those of one day, role and
// purpose together. What was deferred is left out, and nothing shows that something is.
func (s *Spaces) Seen(ctx context.Context, v Visit) (looks []Look, err error) {
	actor, err := v.may()
	if err != nil {
		return nil, err
	}
	var later map[string]string
	var c casefile.Case
	roles := map[string][]auth.Role{}
	// Whoever shows the list says so once, and before.
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if c, err = casefile.Load(ctx, tx, actor, v.of, auth.ReadCases); err != nil {
			return err
		}
		if later, err = auth.Deferred(ctx, tx, actor.Org); err != nil {
			return err
		}
		return s.note(ctx, tx, actor, c, "own.seen", audit.Decision)
	})
	if err != nil {
		return nil, err
	}
	entries, err := audit.About(ctx, s.db, s.vault, string(actor.Org), string(c.Person))
	if err != nil {
		return nil, err
	}
	accounts, err := s.rooms.Accounts.List(ctx, actor.Org)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		roles[string(a.ID)] = a.Roles
	}
	return lookedAt(entries, later, roles, v.Zone()), nil
}

// lookedAt makes the list from entries, the newest first.
func lookedAt(entries []audit.Entry, later map[string]string, roles map[string][]auth.Role, zone string) (looks []Look) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	type key struct {
		day, actor, purpose string
		kind                audit.Kind
	}
	at := map[key]int{}
	for _, e := range entries {
		_, deferred := later[e.ID]
		self := e.Actor == string(auth.PersonAccount)
		if deferred || e.Shut || !slices.Contains(looked, e.Kind) || self != (e.Kind == audit.Login) {
			continue
		}
		k := key{e.At.In(place).Format(time.DateOnly), e.Actor, e.Detail["purpose"], e.Kind}
		if i, ok := at[k]; ok {
			looks[i].Times++
			continue
		}
		if len(looks) == maxLooks {
			continue
		}
		at[k] = len(looks)
		looks = append(looks, Look{At: e.At, Times: 1, Kind: e.Kind, Own: self, Roles: roles[e.Actor], Purpose: k.purpose, Entry: e.ID})
	}
	return looks
}

// Choices is what the person agreed to, and what others were told.
type Choices struct {
	Now   time.Time
	Lines []consent.Line
	Told  []consent.LeftLine
}

// Choices opens what the person agreed to. What was told without them, and must not be spoken of or is to
// be told in person, is left out.
func (s *Spaces) Choices(ctx context.Context, v Visit) (Choices, error) {
	actor, err := v.may()
	if err != nil {
		return Choices{}, err
	}
	view, err := s.rooms.Consents.View(ctx, actor, string(v.of))
	if err != nil {
		return Choices{}, err
	}
	c := Choices{Now: view.Now}
	for _, l := range view.Lines {
		if l.State != consent.Draft && l.State != consent.Superseded {
			c.Lines = append(c.Lines, l)
		}
	}
	for _, l := range view.Left {
		if l.Authority.LegalBasis == "" || tellable(view.Bases, l.Authority.LegalBasis) {
			c.Told = append(c.Told, l)
		}
	}
	return c, nil
}

// tellable reports whether the person knows of a legal basis already. Unknown is a no.
func tellable(all []consent.BasisLine, id consent.BasisID) bool {
	for _, b := range all {
		if b.ID == id {
			return b.Told == consent.ToldFirst && (b.Ground != consent.Demand || b.MayTell == consent.Yes)
		}
	}
	return false
}

// TakeBack takes back what the person agreed to, at once: all of it, or for one recipient.
func (s *Spaces) TakeBack(ctx context.Context, v Visit, id consent.ID, recipient string) error {
	actor, err := v.may()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Load(ctx, tx, actor, v.of, auth.ReadCases)
		if err != nil {
			return err
		}
		k := record.Key{Org: c.Org, Case: c.Row.ID, Person: c.Person}
		_, err = s.rooms.Consents.WithdrawIn(ctx, tx, actor, k, consent.Withdrawal{Consent: id, Recipient: recipient})
		return err
	})
}
