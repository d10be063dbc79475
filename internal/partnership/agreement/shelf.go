package agreement

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// RecordID is the reference under which a partner asks for a record. It is random: who does not have it from the
// holder, or from the person, cannot ask.
type RecordID string

// Record is what an organisation puts on the shelf for partners: marks in clear, and fields that are sealed under
// the key of the person.
type Record struct {
	Person vault.PersonID
	accord.Row
	Fields map[string]private.Text
}

// Shelve puts a record on the shelf. The person must be enrolled in the vault. Nothing leaves by that: it takes an
// agreement, and an authority.
func (r *Agreements) Shelve(ctx context.Context, actor auth.Actor, rec Record) (id RecordID, err error) {
	if !actor.May(auth.OpenRecords) {
		return "", notFound()
	}
	if tlp, handling, source := accord.Ranks(rec.Row); tlp*handling*source == 0 || rec.Information < 1 || rec.Information > 4 {
		return "", fault.New(fault.Invalid, "The record is not marked and graded, so no partner could have it.").
			WithHint("Give it a TLP marking, a handling code and a grading.")
	}
	id = RecordID(db.NewID())
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		var values []vault.Value
		names := make([]string, 0, len(rec.Fields))
		for name := range rec.Fields {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			values = append(values, vault.Value{Place: place(actor.Org, rec.Person, id, name, 1), Text: rec.Fields[name]})
		}
		_, err := tx.Exec(ctx, `INSERT INTO partnership_record
			(org_id, id, version, person_id, subject, class, tlp, handling, source, information, withheld)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)`,
			string(actor.Org), string(id), string(rec.Person), rec.Subject, rec.Class, rec.TLP, rec.Handling, rec.Source, rec.Information, false)
		if err != nil {
			return err
		}
		e := entry(actor.Org, string(actor.Account), audit.Decision, string(id), map[string]string{"act": "shelve", "class": rec.Class})
		if len(values) == 0 {
			return r.record(ctx, tx, rec.Person, e)
		}
		sealed, err := r.vault.Change(ctx, tx, e, nil, values...)
		if err != nil {
			return err
		}
		for i, name := range names {
			_, err := tx.Exec(ctx, "INSERT INTO partnership_record_field (org_id, record_id, field, version, sealed) VALUES ($1, $2, $3, 1, $4)",
				string(actor.Org), string(id), name, []byte(sealed[i]))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// place is where a field of a shelved record belongs.
func place(org auth.OrgID, person vault.PersonID, id RecordID, field string, version int64) vault.Place {
	return vault.Place{Org: org, Person: person, Record: "shelf/" + string(id), Field: field, Class: vault.Sensitive, Version: version}
}

func entry(org auth.OrgID, who string, k audit.Kind, subject string, detail map[string]string) audit.Entry {
	return audit.Entry{Org: string(org), Actor: who, Kind: k, Subject: subject, Detail: detail}
}

// Withhold keeps a record back from every partner, or no longer, whatever an agreement says.
func (r *Agreements) Withhold(ctx context.Context, actor auth.Actor, id RecordID, withheld bool) error {
	if !actor.May(auth.OpenRecords) {
		return notFound()
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		var person vault.PersonID
		err := tx.QueryRow(ctx, "SELECT person_id FROM partnership_record WHERE org_id = $1 AND id = $2", string(actor.Org), string(id)).Scan(&person)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE partnership_record SET withheld = $1, version = version + 1 WHERE org_id = $2 AND id = $3",
			withheld, string(actor.Org), string(id))
		if err != nil {
			return err
		}
		act := "withhold"
		if !withheld {
			act = "release"
		}
		return r.record(ctx, tx, person, entry(actor.Org, string(actor.Account), audit.Decision, string(id), map[string]string{"act": act}))
	})
}

// AuthorityID identifies an authority.
type AuthorityID string

// Authorise keeps the ground on which data about a person may go to a partner: what kind, for which purpose and
// class, from when until when. To is the other organisation.
func (r *Agreements) Authorise(ctx context.Context, actor auth.Actor, person vault.PersonID, to auth.OrgID, a accord.Authority) (id AuthorityID, err error) {
	if !actor.May(auth.OpenRecords) {
		return "", notFound()
	}
	if !slices.Contains(accord.Authorities(), a.Kind) || a.From <= 0 || a.Until <= a.From || a.Purpose == "" || a.Class == "" || to == "" {
		return "", fault.New(fault.Invalid, "An authority names its kind, the partner, one purpose, one class of record, and when it begins and ends.")
	}
	id = AuthorityID(db.NewID())
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO partnership_authority (org_id, id, person_id, kind, to_party, purpose, class, from_at, until_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			string(actor.Org), string(id), string(person), a.Kind, party(to), a.Purpose, a.Class, a.From, a.Until)
		if err != nil {
			return err
		}
		return r.record(ctx, tx, person, entry(actor.Org, string(actor.Account), audit.Decision, string(id), map[string]string{
			"act": "authorise", "kind": a.Kind, "to": party(to), "purpose": a.Purpose, "class": a.Class,
		}))
	})
	return id, err
}

// Withdraw ends an authority at once: what was consented to no longer is.
func (r *Agreements) Withdraw(ctx context.Context, actor auth.Actor, id AuthorityID) error {
	if !actor.May(auth.OpenRecords) {
		return notFound()
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		var person vault.PersonID
		err := tx.QueryRow(ctx, "SELECT person_id FROM partnership_authority WHERE org_id = $1 AND id = $2 AND ended_at IS NULL",
			string(actor.Org), string(id)).Scan(&person)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE partnership_authority SET ended_at = $1 WHERE org_id = $2 AND id = $3 AND ended_at IS NULL",
			tx.NowMicros(), string(actor.Org), string(id))
		if err != nil {
			return err
		}
		return r.record(ctx, tx, person, entry(actor.Org, string(actor.Account), audit.Decision, string(id), map[string]string{"act": "withdraw"}))
	})
}

// unshelve removes what is on the shelf of a person who is being erased.
func unshelve(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	for _, q := range []string{
		`DELETE FROM partnership_record_field WHERE org_id = $1 AND record_id IN
			(SELECT id FROM partnership_record WHERE org_id = $1 AND person_id = $2)`,
		"DELETE FROM partnership_record WHERE org_id = $1 AND person_id = $2",
		"DELETE FROM partnership_authority WHERE org_id = $1 AND person_id = $2",
	} {
		if _, err := tx.Exec(ctx, q, string(org), string(person)); err != nil {
			return err
		}
	}
	return nil
}

// shelves lists what lies on the shelf of an organisation, for [vault.Vault.Check].
func shelves(ctx context.Context, tx *db.Tx, org auth.OrgID, yield func([]vault.Item) error) error {
	rows, err := tx.Query(ctx, `SELECT f.record_id, r.person_id, f.field, f.version, f.sealed
		FROM partnership_record_field f JOIN partnership_record r ON r.org_id = f.org_id AND r.id = f.record_id
		WHERE f.org_id = $1 ORDER BY f.record_id, f.field`, string(org))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	var record []vault.Item
	for rows.Next() {
		var (
			id      RecordID
			person  vault.PersonID
			field   string
			version int64
			sealed  []byte
		)
		if err := rows.Scan(&id, &person, &field, &version, &sealed); err != nil {
			return err
		}
		item := vault.Item{Place: place(org, person, id, field, version), Sealed: sealed}
		if len(record) > 0 && record[0].Place.Record != item.Place.Record {
			if err := yield(record); err != nil {
				return err
			}
			record = nil
		}
		record = append(record, item)
	}
	if err := rows.Err(); err != nil || len(record) == 0 {
		return err
	}
	return yield(record)
}

// shelved is a record as the holder's rows have it, without opening anything. The zero value is a record that
// does not exist: every fact is unknown, which is a no.
type shelved struct {
	found    bool
	person   vault.PersonID
	row      accord.Row
	withheld bool
	sealed   []sealedField
	grounds  []accord.Authority
}

type sealedField struct {
	name    string
	version int64
	bytes   vault.Sealed
}

// take reads what one organisation holds under a reference. It asks the same questions whether there is something
// or not.
func take(ctx context.Context, tx *db.Tx, holder auth.OrgID, id RecordID) (s shelved, err error) {
	err = tx.QueryRow(ctx, `SELECT person_id, subject, class, tlp, handling, source, information, withheld
		FROM partnership_record WHERE org_id = $1 AND id = $2`, string(holder), string(id)).
		Scan(&s.person, &s.row.Subject, &s.row.Class, &s.row.TLP, &s.row.Handling, &s.row.Source, &s.row.Information, &s.withheld)
	s.found = err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	rows, err := tx.Query(ctx, `SELECT field, version, sealed FROM partnership_record_field
		WHERE org_id = $1 AND record_id = $2 ORDER BY field`, string(holder), string(id))
	s.sealed, err = db.Collect(rows, err, func(r *sql.Rows) (f sealedField, err error) {
		return f, r.Scan(&f.name, &f.version, &f.bytes)
	})
	if err != nil {
		return s, err
	}
	rows, err = tx.Query(ctx, `SELECT kind, to_party, purpose, class, from_at, until_at, ended_at FROM partnership_authority
		WHERE org_id = $1 AND person_id = $2 ORDER BY id`, string(holder), string(s.person))
	s.grounds, err = db.Collect(rows, err, func(r *sql.Rows) (a accord.Authority, err error) {
		var ended sql.Null[int64]
		err = r.Scan(&a.Kind, &a.To, &a.Purpose, &a.Class, &a.From, &a.Until, &ended)
		if ended.Valid {
			a.Until = min(a.Until, ended.V)
		}
		return a, err
	})
	return s, err
}

// record writes an entry about a person, sealed under the key of the person.
func (r *Agreements) record(ctx context.Context, tx *db.Tx, person vault.PersonID, e audit.Entry) error {
	e.Person = string(person)
	return r.vault.Record(ctx, tx, e)
}
