package casefile

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// OpenAll opens many cases of persons who are new, in tx, as [Cases.Open] does each: for a file that is taken
// in. None of them follows another, and all have the same retention. The rows of the cases go into the batch, which the
// caller writes; the vault knows the persons when OpenAll returns.
func (s *Cases) OpenAll(ctx context.Context, tx *db.Tx, actor auth.Actor, b *record.Batch, all []Begin) ([]Case, error) {
	if !actor.May(auth.WorkCases) || !actor.May(auth.EnrolRecords) {
		return nil, missing()
	}
	cases := make([]Case, len(all))
	scopes, persons := make([]string, len(all)), make([]vault.PersonID, len(all))
	scope, person := db.NewIDs(), db.NewIDs()
	for i := range all {
		if err := all[i].check(); err != nil {
			return nil, err
		}
		scopes[i], persons[i] = scope(), vault.PersonID(person())
	}
	if len(all) == 0 {
		return cases, nil
	}
	if err := s.vault.EnrolAll(ctx, tx, actor, all[0].Retention, persons...); err != nil {
		return nil, err
	}
	numbers, err := newNumbers(ctx, tx, actor.Org, len(all))
	if err != nil {
		return nil, err
	}
	for i, one := range all {
		row := record.Row[Facts]{Key: record.Key{ID: scopes[i], Case: scopes[i], Person: persons[i]}, Clear: Facts{
			Number: numbers[i], Owner: actor.Account, OpenedAt: tx.NowMicros(), OpenedBy: actor.Account,
			Reason: one.Reason, Origin: one.Origin, State: Active, Standing: Open,
		}}
		var docs []record.Doc
		if !one.Name.IsZero() {
			docs = append(docs, record.Doc{Class: vault.Personal, Value: Words{Name: one.Name}})
		}
		key, err := table.Add(b, act(actor, "case.open", map[string]string{"reason": one.Reason}), row, docs...)
		if err != nil {
			return nil, err
		}
		row.Key = key
		cases[i] = Case{row}
	}
	return cases, s.begin(ctx, tx, actor, scopes, persons)
}

// begin binds and assigns new cases, and puts them on the actor's list.
func (s *Cases) begin(ctx context.Context, tx *db.Tx, actor auth.Actor, scopes []string, persons []vault.PersonID) error {
	if err := s.vault.BindAll(ctx, tx, actor.Org, scopes, persons); err != nil {
		return err
	}
	if err := s.accounts.AssignNew(ctx, tx, actor, scopes); err != nil {
		return err
	}
	cols := []string{"org_id", "holder", "standing", "opened_at", "case_id"}
	_, err := tx.InsertRows(ctx, "protection_case_list", cols, "", func(yield func([]any, error) bool) {
		for _, scope := range scopes {
			if !yield([]any{string(actor.Org), "account/" + string(actor.Account), string(Open), tx.NowMicros(), scope}, nil) {
				return
			}
		}
	})
	return err
}
