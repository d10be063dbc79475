package consent

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/vault"
)

// Looks says what is known, in tx and without opening anything, of the person and of those who helped. What is nil is not
// known, which is a no.
type Looks struct {
	// Adult reports whether the person is known to be an adult.
	Adult func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (bool, error)
	// Guardian says whether a guardian may decide about something of a kind now.
	Guardian func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID, id string, k Kind) (Standing, error)
	// Fits reports whether an interpreter may work for the person now; Conflicts whether there is a conflict, also with
	// one who has left.
	Fits, Conflicts func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID, id string) (bool, error)
}

// LooksOf asks the store of people.
func LooksOf(p *person.People) Looks {
	return Looks{
		Adult: func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (bool, error) {
			child, err := person.Safeguarded(ctx, tx, org, of)
			return !child && err == nil, err
		},
		Guardian: func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID, id string, k Kind) (Standing, error) {
			fits, err := person.GuardianFits(ctx, tx, org, of, id, matterOf(k))
			if err != nil || !fits {
				return Unchecked, err
			}
			return Clear, nil
		},
		Fits:      p.InterpreterFits,
		Conflicts: person.InterpreterConflicts,
	}
}

// matterOf is what a guardian decides with a consent of a kind.
func matterOf(k Kind) person.Matter {
	switch k {
	case Service:
		return person.Everyday
	case Identification, PoliceContact:
		return person.LegalStep
	default:
		return person.DataUse
	}
}

// look fills in how those who helped with a consent stand now.
func (l Looks) look(ctx context.Context, tx *db.Tx, org auth.OrgID, c *Consent, fitThen bool) (err error) {
	c.GuardianNow, c.InterpreterNow = Unchecked, Unchecked
	if c.Guardian != "" && l.Guardian != nil {
		if c.GuardianNow, err = l.Guardian(ctx, tx, org, c.Person, c.Guardian, c.Kind); err != nil {
			return err
		}
	}
	if c.Interpreter == "" || l.Conflicts == nil || l.Fits == nil {
		return nil
	}
	conflict, err := l.Conflicts(ctx, tx, org, c.Person, c.Interpreter)
	if err != nil {
		return err
	}
	if conflict {
		c.InterpreterNow = Conflicted
		return nil
	}
	if !fitThen {
		if fitThen, err = l.Fits(ctx, tx, org, c.Person, c.Interpreter); err != nil {
			return err
		}
	}
	if fitThen {
		c.InterpreterNow = Clear
	}
	return nil
}

// adult says whether the person is known to be an adult now.
func (l Looks) adult(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (Answer, error) {
	if l.Adult == nil {
		return NotKnown, nil
	}
	is, err := l.Adult(ctx, tx, org, of)
	if err != nil || !is {
		return NotKnown, err
	}
	return Yes, nil
}
