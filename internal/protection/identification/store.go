package identification

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Identifications keeps the procedures of a node. It is safe for concurrent use; its fields are set
// before that.
type Identifications struct {
	db    *db.DB
	vault *vault.Vault
	cases *casefile.Cases
	// Law is the procedures that can be chosen.
	Law *profile.Shelf
	// Adult says in a transaction whether a person is surely an adult. It begins as what is known of the
	// person; anything but a yes keeps the safeguards of a child.
	Adult func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (bool, error)
	// Born returns the earliest day on which the person of a case may have been born, or "". It opens
	// what is sealed, so it is asked before a transaction, and only for a procedure with a time that ends
	// with a birthday. Nil is that nothing is known.
	Born func(ctx context.Context, actor auth.Actor, id casefile.ID) (profile.Date, error)
	// Agreement says in a transaction whether a person agreed to formal identification. Nil is that
	// what the form says counts.
	Agreement func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (Agreement, error)
}

// On returns the room on a database and its vault; deadlines become tasks of the cases. What the vault
// checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases, law *profile.Shelf) *Identifications {
	guard(v)
	v.OnKeep(vault.Procedure{Code: "identification", Goes: goes})
	return &Identifications{db: d, vault: v, cases: cases, Law: law, Adult: adult}
}

// goes reports whether somebody has still to decide about a person.
func goes(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM protection_identification WHERE org_id = $1 AND person_id = $2
		AND kind IN ('signs', 'presumed', 'pending', 'protected')`, string(org), string(of)).Scan(&n)
	return n > 0, err
}

// adult says whether what is known of a person says that they are an adult.
func adult(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (bool, error) {
	safeguards, err := person.Safeguarded(ctx, tx, org, of)
	return err == nil && !safeguards, err
}

// errBirth says that a step has to be judged with the birth of the person, which is sealed.
var errBirth = errors.New("identification: the birth is needed")

// needsBirth reports whether a step starts a time that ends with a birthday.
func needsBirth(v profile.Version, step string) bool {
	return slices.ContainsFunc(v.Clocks, func(c profile.Clock) bool { return c.Age > 0 && slices.Contains(c.Starts, step) })
}

// birth is what is known of a birth while a step is judged.
type birth struct {
	asked bool
	day   profile.Date
}

// withBirth runs do, and once more with the birth of the person when do finds that it needs it.
func (s *Identifications) withBirth(ctx context.Context, actor auth.Actor, id casefile.ID, do func(birth) error) error {
	err := do(birth{asked: s.Born == nil})
	if !errors.Is(err, errBirth) {
		return err
	}
	day, err := s.Born(ctx, actor, id)
	if err != nil {
		return err
	}
	return do(birth{true, day})
}

// today returns the civil day of the actor's organisation, and its zone.
func today(ctx context.Context, tx *db.Tx, org auth.OrgID) (profile.Date, *time.Location, error) {
	var name string
	if err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&name); err != nil {
		return "", nil, err
	}
	return civil(tx, name)
}

// civil returns the civil day in a zone.
func civil(tx *db.Tx, name string) (profile.Date, *time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return "", nil, err
	}
	return profile.Date(tx.Now().In(zone).Format(time.DateOnly)), zone, nil
}

// Open begins a procedure of a jurisdiction for the person of a case and returns its identifier. A case
// may have several: one that was transferred goes on in another jurisdiction.
func (s *Identifications) Open(ctx context.Context, actor auth.Actor, id casefile.ID, jurisdiction string, key record.SubmissionKey) (found string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		found, _, err = record.Once(ctx, tx, actor, key, func() (string, error) {
			return s.open(ctx, tx, actor, id, jurisdiction)
		})
		return err
	})
	return found, err
}

func (s *Identifications) open(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, jurisdiction string) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
	if err != nil {
		return "", err
	}
	on, _, err := today(ctx, tx, actor.Org)
	if err != nil {
		return "", err
	}
	v, ok := s.Law.At(jurisdiction, string(on))
	if !ok {
		return "", fault.New(fault.Invalid, "No procedure of that jurisdiction is known for today.").
			WithField("jurisdiction", "Choose a jurisdiction from the list.")
	}
	var open int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM protection_identification
		WHERE org_id = $1 AND case_id = $2 AND jurisdiction = $3 AND kind NOT IN ('positive', 'negative', 'ended')`,
		string(actor.Org), string(id), jurisdiction).Scan(&open)
	if err != nil {
		return "", err
	}
	if open > 0 {
		return "", fault.New(fault.Conflict, "A procedure of this jurisdiction is open already.").WithHint("Go on with that one.")
	}
	start := Begin(v)
	key := c.Child()
	key.ID = db.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO protection_identification (org_id, id, case_id, person_id, version, changed_by, changed_at, jurisdiction, stage, kind,
		suspended, refused, last_day, profile, looked) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, 0, '', '', $10, $10)`,
		string(actor.Org), key.ID, key.Case, string(key.Person), string(actor.Account), tx.NowMicros(), jurisdiction, start.Stage, string(profile.Start), v.ID)
	if err != nil {
		return "", err
	}
	a := record.Act{Actor: actor, Name: "identification.open", Detail: map[string]string{"jurisdiction": jurisdiction, "profile": v.ID}}
	if err := record.Note(ctx, tx, s.vault, a, key, "protection_identification"); err != nil {
		return "", err
	}
	return key.ID, s.cases.UnderIn(ctx, tx, actor, c, jurisdiction, v.ID)
}

// day returns the civil day of an actor's organisation, and its zone.
func day(ctx context.Context, tx *db.Tx, actor auth.Actor) (profile.Date, *time.Location, error) {
	if actor.Zone == "" {
		return today(ctx, tx, actor.Org)
	}
	return civil(tx, actor.Zone)
}

// locked loads a procedure of a case for a change.
func locked(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, perm auth.Permission, procedureID string) (c casefile.Case, p procedure, err error) {
	if c, err = casefile.Lock(ctx, tx, actor, id, perm); err != nil {
		return c, p, err
	}
	found, err := find(ctx, tx, actor.Org, "WHERE org_id = $1 AND id = $2 AND case_id = $3", procedureID, string(id))
	if err != nil {
		return c, p, err
	}
	if len(found) != 1 {
		return c, p, missing()
	}
	return c, found[0], nil
}

func missing() error { return fault.New(fault.NotFound, "This does not exist.") }
