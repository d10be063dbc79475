package blind

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

const org auth.OrgID = "ORGINVENTEDORGINVENTEDORGI"

// worker returns one of many people who may search.
func worker(i int) auth.Actor {
	return auth.Actor{Org: org, Account: auth.AccountID(fmt.Sprintf("WORKER%020d", i)), Roles: []auth.Role{auth.SupportWorker}, Via: auth.ViaSession}
}

// town is an index of invented people. It is built in one go; the notes of its people are noise of the
// right length, for a search does not read them.
type town struct {
	*Index
	all    [scripts]*tongue
	people []human
	// perPerson is how many bytes the index takes, its notes included, for each person.
	perPerson float64
}

func personID(i int) vault.PersonID { return vault.PersonID(fmt.Sprintf("PERSON%020d", i)) }

// invent draws n people from a seed.
func invent(n int, seed uint64) (all [scripts]*tongue, people []human) {
	all = nation(n)
	r := mrand.New(mrand.NewPCG(seed, 1))
	people = make([]human, n)
	for i := range people {
		people[i] = person(&all, r, i)
	}
	return all, people
}

// slotOf is the slot of the i-th person: a different one for each, in no order.
func slotOf(i int) uint32 { return uint32(i)*2654435761 + 12345 }

func (h human) forms(tb testing.TB) forms {
	tb.Helper()
	f, err := formsOf(Terms{Names: []private.Text{private.New(h.text())}, BirthFrom: h.birth})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// settle makes the organisation and the rows of people, and builds the index.
func settle(tb testing.TB, d *db.DB, v *vault.Vault, n int, seed uint64) *town {
	tb.Helper()
	t := &town{Index: On(d, v)}
	t.all, t.people = invent(n, seed)
	found(tb, d)
	t.enrol(tb)
	before := t.bytes(tb)
	t.register(tb)
	s, err := t.begin(tb.Context(), org)
	if err != nil {
		tb.Fatal(err)
	}
	in := make([]posting, n)
	for i, h := range t.people {
		in[i] = posting{forms: h.forms(tb), slot: slotOf(i)}
	}
	if err := t.build(tb.Context(), org, s, n, given(in), nil); err != nil {
		tb.Fatal(err)
	}
	t.perPerson = float64(t.bytes(tb)-before) / float64(n)
	return t
}

// given is the source of given postings.
func given(in []posting) source {
	return func(_ context.Context, _ uint64, yield func(posting) error) error {
		for _, p := range in {
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}
}

// bytes returns the size of the database in use: of all rows, their indexes and what is half full.
func (t *town) bytes(tb testing.TB) (n int64) {
	tb.Helper()
	size := "SELECT (SELECT page_count FROM pragma_page_count) * 4096 - (SELECT freelist_count FROM pragma_freelist_count) * 4096"
	if t.DB.Engine() == db.Postgres {
		size = "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
	}
	err := t.DB.Read(tb.Context(), func(tx *db.Tx) error { return tx.QueryRow(tb.Context(), size).Scan(&n) })
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// found makes the organisation.
func found(tb testing.TB, d *db.DB) {
	tb.Helper()
	write(tb, d, func(tx *db.Tx) error {
		_, err := tx.Exec(tb.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'Invented', 'UTC', 0)", string(org))
		if err != nil {
			return err
		}
		return staff(tb.Context(), tx, org, chief.Account)
	})
}

// staff assigns somebody to the case for which the tests search, so that it counts as one.
func staff(ctx context.Context, tx *db.Tx, org auth.OrgID, who auth.AccountID) error {
	_, err := tx.Exec(ctx, `INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at)
		VALUES ($1, $2, 'account', $3, $3, 0)`, string(org), forCase.Scope, string(who))
	return err
}

func write(tb testing.TB, d *db.DB, fn func(*db.Tx) error) {
	tb.Helper()
	if err := d.WriteUnaudited(tb.Context(), "prepare a test", fn); err != nil {
		tb.Fatal(err)
	}
}

// enrol makes the rows by which the vault knows people.
func (t *town) enrol(tb testing.TB) {
	tb.Helper()
	t.insert(tb, "vault_person", []string{"org_id", "id", "version", "key_id", "retention", "created_at"}, func(i int) []any {
		return []any{string(org), string(personID(i)), 1, "", "adult-client", 0}
	})
}

// register makes the rows of the index for people.
func (t *town) register(tb testing.TB) {
	tb.Helper()
	t.insert(tb, "vault_indexed", []string{"org_id", "person_id", "version", "slot", "terms"}, func(i int) []any {
		noise := make([]byte, 237)
		_, _ = rand.Read(noise)
		return []any{string(org), string(personID(i)), 1, int64(slotOf(i)), noise}
	})
}

// insert makes a row for everybody, a part of them in each transaction.
func (t *town) insert(tb testing.TB, table string, cols []string, row func(i int) []any) {
	tb.Helper()
	const step = 100_000
	for from := 0; from < len(t.people); from += step {
		write(tb, t.DB, func(tx *db.Tx) error {
			_, err := tx.InsertRows(tb.Context(), table, cols, "", func(yield func([]any, error) bool) {
				for i := from; i < min(from+step, len(t.people)); i++ {
					if !yield(row(i), nil) {
						return
					}
				}
			})
			return err
		})
	}
}
