package vault

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Ground is why a file must not be erased yet.
type Ground string

// The grounds of a hold.
const (
	CriminalProceedings Ground = "criminal-proceedings"
	CivilClaim          Ground = "civil-claim"
	CourtOrder          Ground = "court-order"
	Complaint           Ground = "complaint"
)

// Grounds returns all grounds, in the order of the constants.
func Grounds() []Ground { return []Ground{CriminalProceedings, CivilClaim, CourtOrder, Complaint} }

// Hold keeps a person's file from being erased. It never ends by itself: on its review date somebody
// lifts it or places a new one.
type Hold struct {
	ID     string
	Person PersonID
	Ground Ground
	// Reference is the file number of the order or claim, at most 64 letters, digits, spaces and . / - _
	Reference string
	ReviewOn  string // civil date
	PlacedBy  auth.AccountID
	PlacedAt  time.Time
}

var referenceForm = regexp.MustCompile(`^[\pL\pN][\pL\pN ./_-]{0,63}$`)

// maxHold is how far away the review of a hold may be, in months.
const maxHold = 12

// PlaceHold keeps a person from being erased until the hold is lifted. h needs Person, Ground,
// Reference and ReviewOn, a date after today and within a year.
func (v *Vault) PlaceHold(ctx context.Context, actor auth.Actor, h Hold) (id string, err error) {
	if err := may(actor, auth.HoldRecords); err != nil {
		return "", err
	}
	if !slices.Contains(Grounds(), h.Ground) {
		return "", fault.New(fault.Invalid, "A legal hold needs a ground.").WithField("ground", "Choose a ground.")
	}
	if !referenceForm.MatchString(h.Reference) {
		return "", fault.New(fault.Invalid, "A legal hold needs the number of the order or claim.").
			WithField("reference", "Write the file number, without names.")
	}
	id = db.NewID()
	err = v.db.Write(ctx, func(tx *db.Tx) error {
		if err := checkReview(h.ReviewOn, civil(tx.Now())); err != nil {
			return err
		}
		if err := v.touch(ctx, tx, actor.Org, h.Person); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO vault_hold (org_id, id, person_id, ground, reference, placed_by, placed_at, review_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, string(actor.Org), id, string(h.Person), string(h.Ground),
			h.Reference, string(actor.Account), tx.NowMicros(), h.ReviewOn)
		if err != nil {
			return err
		}
		return v.Record(ctx, tx, about(actor, audit.Decision, h.Person, map[string]string{
			"act": "hold", "hold": id, "ground": string(h.Ground), "review": h.ReviewOn,
		}))
	})
	return id, err
}

func checkReview(on, today string) error {
	latest, err := months(today, maxHold)
	if err != nil {
		return err
	}
	if _, err := months(on, 0); err != nil || on <= today || on > latest {
		return fault.New(fault.Invalid, "A legal hold needs a review date within a year.").
			WithField("review", "Choose a date from tomorrow to %s.", latest)
	}
	return nil
}

// touch raises the version of a living person, so that a hold and an erasure that meet do not both
// succeed.
func (v *Vault) touch(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) error {
	n, err := tx.Exec(ctx, "UPDATE vault_person SET version = version + 1 WHERE org_id = $1 AND id = $2 AND erased_at IS NULL",
		string(org), string(person))
	if err == nil && n == 0 {
		return notFound()
	}
	return err
}

// LiftHold ends a hold.
func (v *Vault) LiftHold(ctx context.Context, actor auth.Actor, id string) error {
	if err := may(actor, auth.HoldRecords); err != nil {
		return err
	}
	return v.db.Write(ctx, func(tx *db.Tx) error {
		var person string
		err := tx.QueryRow(ctx, "SELECT person_id FROM vault_hold WHERE org_id = $1 AND id = $2 AND lifted_at IS NULL",
			string(actor.Org), id).Scan(&person)
		if err != nil {
			return absent(err)
		}
		if err := notKept(ctx, tx, actor, PersonID(person)); err != nil {
			return err
		}
		if err := v.touch(ctx, tx, actor.Org, PersonID(person)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE vault_hold SET lifted_by = $1, lifted_at = $2 WHERE org_id = $3 AND id = $4",
			string(actor.Account), tx.NowMicros(), string(actor.Org), id)
		if err != nil {
			return err
		}
		return v.Record(ctx, tx, about(actor, audit.Decision, PersonID(person), map[string]string{"act": "lift", "hold": id}))
	})
}

// Holds returns the holds in force on a person, or on everybody of the organisation when person is
// empty, by review date.
func (v *Vault) Holds(ctx context.Context, actor auth.Actor, person PersonID) (all []Hold, err error) {
	if err := may(actor, auth.HoldRecords, auth.ProposeErasure); err != nil {
		return nil, err
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		all, err = holds(ctx, tx, actor.Org, person)
		return err
	})
	return all, err
}

func holds(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) ([]Hold, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, person_id, ground, reference, review_on, placed_by, placed_at
		FROM vault_hold WHERE org_id = $1 AND ($2 = '' OR person_id = $2) AND lifted_at IS NULL
		ORDER BY review_on, id`, string(org), string(person))
	return db.Collect(rows, err, func(r *sql.Rows) (h Hold, err error) {
		var at int64
		err = r.Scan(&h.ID, &h.Person, &h.Ground, &h.Reference, &h.ReviewOn, &h.PlacedBy, &at)
		h.PlacedAt = time.UnixMicro(at).UTC()
		return h, err
	})
}
