package vault

import (
	"context"
	"errors"
	"iter"
	"maps"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// EnrolAll is [Vault.Enrol] for many persons who are new, in a few statements and one write of the
// keyring.
func (v *Vault) EnrolAll(ctx context.Context, tx *db.Tx, actor auth.Actor, class RetentionClass, persons ...PersonID) error {
	if err := may(actor, auth.EnrolRecords); err != nil {
		return err
	}
	ring, err := v.opened()
	if err != nil {
		return err
	}
	review, err := v.schedule.reviewOpen(class, civil(tx.Now()))
	if err != nil {
		return err
	}
	names := make([]keyring.Name, len(persons))
	for i, p := range persons {
		if p == "" {
			return errors.New("vault: a person without an identifier")
		}
		names[i] = owner{actor.Org, p}.name()
	}
	ids, err := ring.Create(ctx, tx.Now(), time.Time{}, names...)
	if err != nil {
		return err
	}
	_, err = tx.InsertRows(ctx, "vault_person", []string{"org_id", "id", "version", "key_id", "retention", "review_on", "created_at"}, "",
		rowsOf(persons, func(i int, p PersonID) []any {
			return []any{string(actor.Org), string(p), 1, ids[i].String(), string(class), review, tx.NowMicros()}
		}))
	return err
}

// BindAll is [Vault.Bind] for many scopes that are new, each about the person in the same place of the list.
func (v *Vault) BindAll(ctx context.Context, tx *db.Tx, org auth.OrgID, scopes []string, persons []PersonID) error {
	owners := make([]owner, len(persons))
	names := make([]string, len(persons))
	for i, p := range persons {
		owners[i], names[i] = owner{org, p}, string(p)
	}
	if err := living(ctx, tx, owners); err != nil {
		return err
	}
	return auth.BindAll(ctx, tx, org, scopes, names)
}

// Fresh is a new record: what is sealed of it, and the entry that tells of it. Nothing sealed is an entry
// alone.
type Fresh struct {
	Entry  audit.Entry
	Values []Value
}

// Begin is [Vault.Change] for many new records at once, of any persons of one organisation: one question
// for the keys, and the entries together. It returns the sealed values of each record.
func (v *Vault) Begin(ctx context.Context, tx *db.Tx, records []Fresh) ([][]Sealed, error) {
	var values []Value
	entries := make([]audit.Entry, len(records))
	for _, r := range records {
		for _, val := range r.Values {
			p, first := val.Place, r.Values[0].Place
			if p.Version != 1 || p.Org != first.Org || p.Person != first.Person || p.Record != first.Record ||
				r.Entry.Org != string(p.Org) || r.Entry.Person != string(p.Person) {
				return nil, errors.New("vault: a new record of several persons or records, or one that is not new")
			}
		}
		values = append(values, r.Values...)
	}
	sealed, err := v.Seal(ctx, tx, values...)
	if err != nil {
		return nil, err
	}
	all := make([][]Sealed, len(records))
	for i, r := range records {
		n := len(r.Values)
		all[i], sealed = sealed[:n:n], sealed[n:]
		entries[i] = r.Entry
		if n == 0 {
			continue
		}
		items := make([]Item, n)
		for j, s := range all[i] {
			items[j] = Item{Place: r.Values[j].Place, Sealed: s}
		}
		entries[i].Detail = withSealed(r.Entry.Detail, r.Values[0].Place, fingerprintOf(items))
	}
	return all, v.Record(ctx, tx, entries...)
}

// withSealed is the detail of an entry that commits to what a record holds sealed.
func withSealed(of map[string]string, p Place, fingerprint string) map[string]string {
	detail := make(map[string]string, len(of)+3)
	maps.Copy(detail, of)
	detail[detailRecord], detail[detailVersion], detail[detailSealed] = p.Record, strconv.FormatInt(p.Version, 10), fingerprint
	return detail
}

// SealTermsOf is [Vault.SealTerms] for many persons who are indexed for the first time.
func (v *Vault) SealTermsOf(ctx context.Context, tx *db.Tx, org auth.OrgID, persons []PersonID, contents [][]byte) ([]Sealed, error) {
	values := make([]Value, len(persons))
	for i, p := range persons {
		values[i] = Value{Place: termsPlace(org, p, 1), Text: private.New(string(contents[i]))}
		if err := values[i].Place.check(); err != nil {
			return nil, err
		}
	}
	return v.seal(ctx, tx, values)
}

// rowsOf is the rows of a list, for an insert.
func rowsOf[T any](list []T, row func(int, T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i, one := range list {
			if !yield(row(i, one), nil) {
				return
			}
		}
	}
}
