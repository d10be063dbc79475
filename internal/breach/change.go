package breach

import (
	"context"
	"database/sql"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// The queries that find whom a breach touches, as the register keeps them.
const (
	byAccount = "opened-by-account"
	byAll     = "everybody"
)

// page is how many ledger entries are opened at once.
const page = 1000

// AddOpenedBy adds everybody whose file an account opened, or had disclosed, from an instant until
// just before another, and returns how many were new. It reads each entry of that time: about a second
// for a million. An account that never was is no error: the answer is nobody.
func (r *Register) AddOpenedBy(ctx context.Context, actor auth.Actor, id ID, account auth.AccountID, from, until time.Time) (int, error) {
	if err := may(actor); err != nil {
		return 0, err
	}
	if account == "" || !from.Before(until) {
		return 0, fault.New(fault.Invalid, "Nobody was looked for.").
			WithField("from", "Say who, and from when until when.")
	}
	found := map[vault.PersonID]bool{}
	after := audit.Entry{At: from.Add(-time.Microsecond), Ordinal: math.MaxInt64, ID: "~"}
	for {
		var entries []audit.Entry
		err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
			entries, err = audit.AboutPersons(ctx, tx, string(actor.Org), after, page)
			return err
		})
		if err != nil {
			return 0, err
		}
		if err := audit.Reveal(ctx, r.Vault, entries); err != nil {
			return 0, err
		}
		for _, e := range entries {
			if e.Actor == string(account) && e.At.Before(until) {
				found[vault.PersonID(e.Person)] = true
			}
		}
		if len(entries) < page || !entries[len(entries)-1].At.Before(until) {
			break
		}
		after = entries[len(entries)-1]
	}
	persons := make([]vault.PersonID, 0, len(found))
	for p := range found {
		persons = append(persons, p)
	}
	slices.Sort(persons)
	return r.add(ctx, actor, id, byAccount, slices.Values(persons), map[string]string{
		"account": string(account), "from": from.UTC().Format(time.RFC3339), "until": until.UTC().Format(time.RFC3339),
	})
}

// AddEverybody adds everybody whose file the organisation holds: the answer when all was copied.
func (r *Register) AddEverybody(ctx context.Context, actor auth.Actor, id ID) (int, error) {
	if err := may(actor); err != nil {
		return 0, err
	}
	var persons []vault.PersonID
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err := tx.Query(ctx, "SELECT id FROM vault_person WHERE org_id = $1 AND erased_at IS NULL ORDER BY id", string(actor.Org))
		persons, err = db.Collect(rows, err, func(rows *sql.Rows) (p vault.PersonID, err error) { return p, rows.Scan(&p) })
		return err
	})
	if err != nil {
		return 0, err
	}
	return r.add(ctx, actor, id, byAll, slices.Values(persons), nil)
}

// add adds persons who are alive in the vault, keeping the answer of those who are listed already.
func (r *Register) add(ctx context.Context, actor auth.Actor, id ID, query string, persons iter.Seq[vault.PersonID], detail map[string]string) (added int, err error) {
	err = r.DB.Write(ctx, func(tx *db.Tx) error {
		added = 0 // the transaction may run again
		b, err := r.find(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		if err := tx.Bump(ctx, "breach", string(actor.Org), string(id), b.version); err != nil {
			return err
		}
		for p := range persons {
			n, err := tx.Exec(ctx, `
				INSERT INTO breach_person (org_id, breach_id, person_id, found_by, added_at, told, judged_by)
				SELECT org_id, $1, id, $2, $3, $4, '' FROM vault_person WHERE org_id = $5 AND id = $6 AND erased_at IS NULL
				ON CONFLICT DO NOTHING`,
				string(id), query, tx.NowMicros(), string(Unknown), string(actor.Org), string(p))
			if err != nil {
				return err
			}
			added += int(n)
		}
		all := map[string]string{"query": query, "added": strconv.Itoa(added)}
		maps.Copy(all, detail)
		return audit.Append(ctx, tx, act(actor, id, "breach.persons", all))
	})
	return added, err
}

// Judge says whether a person can be told, or was.
func (r *Register) Judge(ctx context.Context, actor auth.Actor, id ID, person vault.PersonID, told Told) error {
	if err := may(actor); err != nil {
		return err
	}
	if !slices.Contains(Answers(), told) {
		return fault.New(fault.Invalid, "Nothing was noted.").WithField("told", "Choose an answer.")
	}
	e := act(actor, id, "breach.judge", map[string]string{"told": string(told)})
	e.Person = string(person)
	return r.change(ctx, actor, id, e, func(tx *db.Tx, _ Breach) error {
		n, err := tx.Exec(ctx, `UPDATE breach_person SET told = $1, judged_by = $2, judged_at = $3
			WHERE org_id = $4 AND breach_id = $5 AND person_id = $6`,
			string(told), string(actor.Account), tx.NowMicros(), string(actor.Org), string(id), string(person))
		if err == nil && n == 0 {
			err = missing()
		}
		return err
	})
}

// Reported notes that the regulator was told, with its reference if there is one. The clock stops.
func (r *Register) Reported(ctx context.Context, actor auth.Actor, id ID, reference string) error {
	if err := may(actor); err != nil {
		return err
	}
	if reference != "" && !referenceForm.MatchString(reference) {
		return fault.New(fault.Invalid, "Nothing was noted.").
			WithField("reference", "Write the file number with letters, digits, spaces and . / - _ only.")
	}
	return r.change(ctx, actor, id, act(actor, id, "breach.reported", map[string]string{"reference": reference}), func(tx *db.Tx, b Breach) error {
		if !b.Reported.IsZero() {
			return fault.New(fault.Conflict, "The regulator was told already.").WithHint("Look at the page again.")
		}
		_, err := tx.Exec(ctx, "UPDATE breach SET reported_at = $1, reported_by = $2, reference = $3 WHERE org_id = $4 AND id = $5",
			tx.NowMicros(), string(actor.Account), reference, string(actor.Org), string(id))
		return err
	})
}

// Close ends the work on a breach. It is refused while somebody who can be told was not, or while
// nobody has looked whether they can.
func (r *Register) Close(ctx context.Context, actor auth.Actor, id ID) error {
	if err := may(actor); err != nil {
		return err
	}
	return r.change(ctx, actor, id, act(actor, id, "breach.close", nil), func(tx *db.Tx, b Breach) error {
		var open int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM breach_person WHERE org_id = $1 AND breach_id = $2 AND told IN ($3, $4, $5)",
			string(actor.Org), string(id), string(Unknown), string(Safe), string(NotNow)).Scan(&open)
		switch {
		case err != nil:
			return err
		case open > 0:
			return fault.New(fault.Conflict, "The work is not done. People who are not told, or at whom nobody has looked: %d.", open).
				WithHint("Go through the list first.")
		case !b.Closed.IsZero():
			return fault.New(fault.Conflict, "This was closed already.").WithHint("Look at the page again.")
		}
		_, err = tx.Exec(ctx, "UPDATE breach SET closed_at = $1 WHERE org_id = $2 AND id = $3", tx.NowMicros(), string(actor.Org), string(id))
		return err
	})
}

// change makes one change of a breach, with its entry.
func (r *Register) change(ctx context.Context, actor auth.Actor, id ID, e audit.Entry, fn func(*db.Tx, Breach) error) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := r.find(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		if err := tx.Bump(ctx, "breach", string(actor.Org), string(id), b.version); err != nil {
			return err
		}
		if err := fn(tx, b); err != nil {
			return err
		}
		return r.Vault.Record(ctx, tx, e)
	})
}

// lastCall is how long before the end of the clock its keepers are told again.
const lastCall = 24 * time.Hour

// Tend tells the keepers of a breach once more, a day before the regulator's clock ends. It returns of
// how many.
func (r *Register) Tend(ctx context.Context, now time.Time) (n int, err error) {
	err = r.DB.WriteUnaudited(ctx, "a reminder changes nothing that somebody decided", func(tx *db.Tx) error {
		n = 0
		rows, err := tx.Query(ctx, `SELECT org_id, id FROM breach
			WHERE reported_at IS NULL AND closed_at IS NULL AND reminded_at IS NULL AND deadline_at <= $1`, now.Add(lastCall).UnixMicro())
		type one struct {
			org auth.OrgID
			id  ID
		}
		due, err := db.Collect(rows, err, func(rows *sql.Rows) (o one, err error) { return o, rows.Scan(&o.org, &o.id) })
		if err != nil {
			return err
		}
		for _, o := range due {
			if err := tell(ctx, tx, o.org, o.id); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "UPDATE breach SET reminded_at = $1 WHERE org_id = $2 AND id = $3", now.UnixMicro(), string(o.org), string(o.id))
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Eraser takes an erased person off every list: see [vault.Vault.OnErase].
func (r *Register) Eraser() vault.Eraser {
	return vault.Eraser{
		Name: "breaches",
		InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
			_, err := tx.Exec(ctx, "DELETE FROM breach_person WHERE org_id = $1 AND person_id = $2", string(org), string(person))
			return err
		},
	}
}
