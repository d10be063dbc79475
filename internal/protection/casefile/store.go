package casefile

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Cases is the store of cases of a node. It is safe for concurrent use.
type Cases struct {
	db       *db.DB
	vault    *vault.Vault
	accounts *auth.Accounts
	blobs    *blob.Blobs
}

// On returns the cases of a node. It makes the vault check and erase them, and follows who is assigned.
func On(d *db.DB, v *vault.Vault, accounts *auth.Accounts, blobs *blob.Blobs) *Cases {
	c := &Cases{db: d, vault: v, accounts: accounts, blobs: blobs}
	record.GuardHistory(v)
	table.Guard(v)
	links.Guard(v)
	tasks.Guard(v)
	notes.Guard(v)
	drafts.Guard(v)
	accounts.OnAssign(follow)
	return c
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// Load returns a case of the actor's organisation to whoever may do what perm allows with it; to everybody
// else it does not exist. perm is [auth.ReadCases], [auth.WorkCases] or another permission whose scope
// in the matrix counts cases. A record that is restricted, sealed or pseudonymised shows as the rule of
// [Visible] says.
func Load(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, perm auth.Permission) (Case, error) {
	if err := auth.MayReach(ctx, tx, actor, perm, string(id)); err != nil {
		return Case{}, err
	}
	row, err := table.Get(ctx, tx, actor.Org, string(id))
	if err != nil {
		return Case{}, err
	}
	c := Case{row}
	if !Visible(c.Clear.State, actor) {
		return Case{}, missing()
	}
	return c, nil
}

// Option changes what [Lock] asks.
type Option int

// AnyState lets an act through whatever the state of the record is. It is for what must never wait: a
// consent that is withdrawn, a duty, a danger to life.
const AnyState Option = 1

// Lock is Load for a change: of two that change something of the same case one waits for the other. A
// record that is not active is refused with [fault.Conflict], unless any state will do.
func Lock(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, perm auth.Permission, options ...Option) (Case, error) {
	c, err := Load(ctx, tx, actor, id, perm)
	if err != nil {
		return Case{}, err
	}
	if !slices.Contains(options, AnyState) {
		if err := changeable(c.Clear.State); err != nil {
			return Case{}, err
		}
	}
	_, err = tx.Exec(ctx, "UPDATE protection_case SET turn = turn + 1 WHERE org_id = $1 AND id = $2", string(actor.Org), string(id))
	return c, err
}

// Visible reports whether the state of a record lets an actor see it. Whoever may reach the case sees it
// while it is active or restricted. What is sealed under a legal hold, or pseudonymised, is for those
// who answer for the service.
func Visible(s State, actor auth.Actor) bool {
	switch s {
	case Active, Restricted:
		return true
	case Sealed, Pseudonym:
		return actor.May(auth.ManageTeams)
	}
	return false
}

// changeable refuses a change of a record that is not active, and says why.
func changeable(s State) error {
	switch s {
	case Active:
		return nil
	case Restricted:
		return fault.New(fault.Conflict, "The record is restricted: it is kept and not used.").
			WithHint("Settle what the person contests, then lift the restriction.")
	}
	return fault.New(fault.Conflict, "The record is closed to changes.").WithHint("Ask who answers for the service.")
}

// Find returns the case that a number names, among those that the actor may read.
func (s *Cases) Find(ctx context.Context, actor auth.Actor, text string) (c Case, err error) {
	number, ok := ParseNumber(text)
	if !ok {
		return c, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := table.Find(ctx, tx, "WHERE org_id = $1 AND number = $2", string(actor.Org), number)
		if err == nil && len(found) == 0 {
			err = missing()
		}
		if err != nil {
			return err
		}
		c, err = Load(ctx, tx, actor, ID(found[0].ID), auth.ReadCases)
		return err
	})
	return c, err
}

// Get returns a case to whoever may read it.
func (s *Cases) Get(ctx context.Context, actor auth.Actor, id ID) (c Case, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = Load(ctx, tx, actor, id, auth.ReadCases)
		return err
	})
	return c, err
}

// change runs fn on a locked case in one transaction.
func (s *Cases) change(ctx context.Context, actor auth.Actor, id ID, fn func(tx *db.Tx, c Case) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := Lock(ctx, tx, actor, id, auth.WorkCases)
		if err != nil {
			return err
		}
		return fn(tx, c)
	})
}

// once is change for a form that may be sent twice: the second time it answers as the first time.
func (s *Cases) once(ctx context.Context, actor auth.Actor, id ID, key record.SubmissionKey, fn func(tx *db.Tx, c Case) (string, error)) (result string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		result, _, err = record.Once(ctx, tx, actor, key, func() (string, error) {
			c, err := Lock(ctx, tx, actor, id, auth.WorkCases)
			if err != nil {
				return "", err
			}
			return fn(tx, c)
		})
		return err
	})
	return result, err
}

// act is an act upon a case.
func act(actor auth.Actor, name string, detail map[string]string) record.Act {
	return record.Act{Actor: actor, Name: name, Detail: detail}
}

// forget is what an erasure leaves of a person's cases: that there was one, since when, and nothing else.
func forget(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	for _, q := range []string{
		`UPDATE protection_case SET version = version + 1, owner = '', team = '', reason = '', origin = '', priority = '', sensitivity = NULL,
			profile = '', profile_version = '', state = 'erased', standing = 'closed', close_reason = '', personal = NULL, narrative = NULL
			WHERE org_id = $1 AND person_id = $2`,
		`DELETE FROM protection_case_list WHERE org_id = $1 AND case_id IN
			(SELECT id FROM protection_case WHERE org_id = $1 AND person_id = $2)`,
		`DELETE FROM protection_counsel WHERE org_id = $1 AND case_id IN
			(SELECT id FROM protection_case WHERE org_id = $1 AND person_id = $2)`,
	} {
		if _, err := tx.Exec(ctx, q, string(org), string(person)); err != nil {
			return err
		}
	}
	return nil
}
