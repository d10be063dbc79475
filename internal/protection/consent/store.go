package consent

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Consents is the room. It is safe for concurrent use; its fields are set before that.
type Consents struct {
	db    *db.DB
	vault *vault.Vault
	looks Looks
	cases *casefile.Cases
	// stops are what else ends, in the same transaction, when a share loses its ground.
	stops []StopFunc
	// answers are what an answer to a recall does with what was received, in the same transaction.
	answers []AnswerFunc
}

// On returns the room on a database, its vault, and what is known of people. What the vault erases goes here too.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases, l Looks) *Consents {
	sheets.Guard(v)
	grounds.Guard(v)
	disclosures.Guard(v)
	v.OnKeep(vault.Procedure{Code: "duty", Goes: owes})
	return &Consents{db: d, vault: v, cases: cases, looks: l}
}

// owes reports whether a report that the law orders, or an answer to a demand, is still to be made.
func owes(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM protection_basis WHERE org_id = $1 AND person_id = $2
		AND ground IN ('duty', 'demand') AND step IN ('open', 'live')`, string(org), string(person)).Scan(&n)
	return n > 0, err
}

// facts is all that decides about a person, read in one transaction.
type facts struct {
	all   []Consent
	bases []Basis
	rule  Rule
}

// load reads what decides about a person. An error is a no: whoever gets one decides nothing.
func (r *Consents) load(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (k facts, err error) {
	rows, err := sheets.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 ORDER BY decided_at DESC, id", string(org), string(person))
	if err != nil {
		return facts{}, err
	}
	byID, err := terms(ctx, tx, org, person)
	if err != nil {
		return facts{}, err
	}
	adult, err := r.looks.adult(ctx, tx, org, person)
	if err != nil {
		return facts{}, err
	}
	for _, row := range rows {
		c := consentOf(row)
		c.Recipients = byID[c.ID]
		c.Adult = adult
		if err := r.looks.look(ctx, tx, org, &c, row.Clear.InterpreterFit); err != nil {
			return facts{}, err
		}
		k.all = append(k.all, c)
	}
	found, err := grounds.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 ORDER BY id", string(org), string(person))
	if err != nil {
		return facts{}, err
	}
	for _, row := range found {
		k.bases = append(k.bases, basisOf(row))
	}
	if k.rule, err = ruleOf(ctx, tx, org); err != nil {
		return facts{}, err
	}
	return k, nil
}

// ruleOf returns what an organisation asks of a consent.
func ruleOf(ctx context.Context, tx *db.Tx, org auth.OrgID) (Rule, error) {
	var covered bool
	err := tx.QueryRow(ctx, "SELECT covered FROM protection_release WHERE org_id = $1 AND id = 'rule'", string(org)).Scan(&covered)
	if errors.Is(err, sql.ErrNoRows) {
		return CommonRule(), nil
	}
	if err != nil {
		return Rule{}, err
	}
	if covered {
		return CoveredRule(), nil
	}
	return CommonRule(), nil
}

// Decide says, in tx, whether what a person of an organisation has agreed to permits a request now. The rule of
// the request is the organisation's, whatever the caller put there.
func (r *Consents) Decide(ctx context.Context, tx *db.Tx, org auth.OrgID, q Request) (Decision, error) {
	k, err := r.load(ctx, tx, org, q.Person)
	if err != nil {
		return Decision{}, err
	}
	q.Rule = k.rule
	return Permits(k.all, q, tx.Now()), nil
}

// Grounds returns, in tx, the authorities that hold about a person now, as an agreement asks for them. speaks says that there
// is a sheet of the person, whatever it says: then no consent written elsewhere counts. It asks the same questions whether
// there is such a person or not.
func (r *Consents) Grounds(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (list []accord.Authority, speaks bool, err error) {
	k, err := r.load(ctx, tx, org, person)
	if err != nil {
		return nil, false, err
	}
	return GroundsOf(k.all, k.bases, k.rule, tx.Now()), len(k.all) > 0, nil
}

// key is where something about a case belongs.
func key(org auth.OrgID, of string, person vault.PersonID) record.Key {
	return record.Key{Org: org, Case: of, Person: person}
}
