package identification

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Identifications keeps the procedures of a node. It is safe for concurrent use; its fields are set
// before that.
type Identifications struct {
	db    *db.DB
	vault *vault.Vault
	// Law is the procedures that can be chosen.
	Law *profile.Shelf
	// Ages says how old a person is on a day. It opens what is sealed, so it is asked before a
	// transaction. Nil is that nothing is known: then the safeguards of a child hold.
	Ages func(ctx context.Context, actor auth.Actor, c casefile.Case, on profile.Date) (Age, error)
	// Agreement says in a transaction whether a person agreed to formal identification. Nil is that
	// what the form says counts.
	Agreement func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (Agreement, error)
}

// Age is what is known about the age of a person on a day.
type Age struct {
	Adult bool         // surely; anything else keeps the safeguards of a child
	Born  profile.Date // the earliest day on which the person may have been born, or ""
}

// On returns the room on a database and its vault. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, law *profile.Shelf) *Identifications {
	guard(v)
	return &Identifications{db: d, vault: v, Law: law}
}

// age asks how old the person of a case is on a day.
func (s *Identifications) age(ctx context.Context, actor auth.Actor, id casefile.ID, perm auth.Permission, on profile.Date) (a Age, err error) {
	if s.Ages == nil {
		return a, nil
	}
	var c casefile.Case
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = casefile.Load(ctx, tx, actor, id, perm)
		return err
	})
	if err != nil {
		return a, err
	}
	return s.Ages(ctx, actor, c, on)
}

// today returns the civil day of the actor's organisation, and its zone.
func today(ctx context.Context, tx *db.Tx, org auth.OrgID) (profile.Date, *time.Location, error) {
	var name string
	if err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&name); err != nil {
		return "", nil, err
	}
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
	return key.ID, record.Note(ctx, tx, s.vault, a, key, "protection_identification")
}

// locked loads a procedure of a case for a change.
func locked(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, perm auth.Permission, procedureID string) (p procedure, err error) {
	if _, err := casefile.Lock(ctx, tx, actor, id, perm); err != nil {
		return p, err
	}
	found, err := find(ctx, tx, actor.Org, "WHERE org_id = $1 AND id = $2 AND case_id = $3", procedureID, string(id))
	if err != nil {
		return p, err
	}
	if len(found) != 1 {
		return p, missing()
	}
	return found[0], nil
}

func missing() error { return fault.New(fault.NotFound, "This does not exist.") }
