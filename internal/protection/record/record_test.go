package record_test

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// need is what somebody needs, as a room might keep it.
type need struct {
	Domain string
	DueOn  sql.Null[string]
	Urgent bool
	Times  int64
}

type needWords struct {
	Words private.Text          `json:"words,omitzero"`
	Since record.Answer[string] `json:"since,omitzero"`
}

var needs = record.Table[need]{
	Name:   "test_need",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}, {Name: "narrative", Class: vault.Narrative}},
	Clear:  []string{"domain", "due_on", "urgent", "times"},
	Fields: func(n *need) []any { return []any{&n.Domain, &n.DueOn, &n.Urgent, &n.Times} },
}

const org = auth.OrgID("org-a")

var worker = auth.Actor{Org: org, Account: "worker", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}

// desk is a table with a vault and one person.
type desk struct {
	t     testing.TB
	db    *db.DB
	vault *vault.Vault
	now   time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	d.db = dbtest.OpenAt(t, func() time.Time { return d.now })
	d.vault = vaulttest.Open(t, d.db)
	record.GuardHistory(d.vault)
	needs.Guard(d.vault)
	err := d.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		blob := "blob"
		if d.db.Engine() == db.Postgres {
			blob = "bytea"
		}
		for _, q := range []string{
			"INSERT INTO org (id, name, zone, created_at) VALUES ('org-a', 'invented', 'UTC', 0)",
			"CREATE TABLE test_need (org_id text NOT NULL, id text NOT NULL, case_id text NOT NULL, person_id text NOT NULL, version bigint NOT NULL, " +
				"changed_by text NOT NULL, changed_at bigint NOT NULL, domain text NOT NULL, due_on text, urgent boolean NOT NULL, times bigint NOT NULL, " +
				"personal " + blob + ", narrative " + blob + ", PRIMARY KEY (org_id, id))",
		} {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return err
			}
		}
		return vaulttest.Enrol(t, tx, d.vault, string(org), "p1", "p2")
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) write(fn func(tx *db.Tx) error) {
	d.t.Helper()
	if err := d.db.Write(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

func act(name string) record.Act { return record.Act{Actor: worker, Name: name} }

func (d *desk) insert(words string, clear need) (row record.Row[need]) {
	d.t.Helper()
	d.write(func(tx *db.Tx) (err error) {
		r := record.Row[need]{Key: record.Key{Case: "case-1", Person: "p1"}, Clear: clear}
		row, err = needs.Insert(d.t.Context(), tx, d.vault, act("need.add"), r,
			record.Doc{Class: vault.Personal, Value: needWords{Words: private.New(words), Since: record.NotSaid[string](record.Source{From: "person"})}})
		return err
	})
	return row
}

func (d *desk) get(id string) (row record.Row[need], past []record.Past[need]) {
	d.t.Helper()
	err := d.db.Read(d.t.Context(), func(tx *db.Tx) (err error) {
		if row, err = needs.Get(d.t.Context(), tx, org, id); err != nil {
			return err
		}
		past, err = needs.History(d.t.Context(), tx, row)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return row, past
}

func (d *desk) words(rows ...record.Row[need]) []string {
	d.t.Helper()
	var g record.Reading
	docs := make([]needWords, len(rows))
	for i, r := range rows {
		r.Want(&g, vault.Personal, &docs[i])
	}
	if err := g.Open(d.t.Context(), d.vault, worker, vault.Why{Purpose: "support", Scope: "case-1"}); err != nil {
		d.t.Fatal(err)
	}
	all := make([]string, len(docs))
	for i, doc := range docs {
		all[i] = doc.Words.Reveal("test") + "/" + string(doc.Since.State) + "/" + doc.Since.Source.From
	}
	return all
}

func (d *desk) findings() string {
	d.t.Helper()
	c, err := d.vault.Check(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	var all []string
	for _, f := range c.Findings {
		all = append(all, f.Room+" "+f.What)
	}
	return strings.Join(all, ", ")
}

func TestRowComesBack(t *testing.T) {
	d := newDesk(t)
	clear := need{Domain: "health", DueOn: sql.Null[string]{V: "2026-04-01", Valid: true}, Urgent: true, Times: 1 << 60}
	made := d.insert("a doctor", clear)
	d.now = d.now.Add(time.Hour)
	var changed record.Row[need]
	d.write(func(tx *db.Tx) (err error) {
		r := made
		r.Clear = need{Domain: "work"}
		changed, err = needs.Update(t.Context(), tx, d.vault, act("need.change"), r,
			record.Doc{Class: vault.Narrative, Value: map[string]string{"text": "what happened"}})
		return err
	})
	d.write(func(tx *db.Tx) (err error) {
		changed, err = needs.Update(t.Context(), tx, d.vault, act("need.change"), changed,
			record.Doc{Class: vault.Personal, Value: needWords{Words: private.New("a job")}}, record.Doc{Class: vault.Narrative})
		return err
	})
	row, past := d.get(made.ID)
	if diff := cmp.Diff(changed, row, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what Update returned is not what is stored:\n%s", diff)
	}
	if row.Version != 3 || row.Clear != (need{Domain: "work"}) || row.Has(vault.Narrative) || !row.Has(vault.Personal) {
		t.Errorf("row %+v", row)
	}
	if len(past) != 2 || past[0].Version != 2 || past[1].Version != 1 || past[1].Clear != clear || past[0].Clear.Domain != "work" || !past[0].Has(vault.Narrative) {
		t.Fatalf("history %+v", past)
	}
	if !past[1].Until.Equal(d.now) || past[1].ChangedBy != "worker" {
		t.Errorf("the first version ended %v by %s", past[1].Until, past[1].ChangedBy)
	}
	got := d.words(row, past[0].Row, past[1].Row)
	if diff := cmp.Diff([]string{"a job//", "a doctor/refused/person", "a doctor/refused/person"}, got); diff != "" {
		t.Errorf("words:\n%s", diff)
	}
	if f := d.findings(); f != "" {
		t.Errorf("the check finds %s", f)
	}
}

// Of two who saw the same version one is told; what the other wrote stands, and the refused change
// leaves nothing behind.
func TestStaleLosesNothing(t *testing.T) {
	d := newDesk(t)
	made := d.insert("a doctor", need{Domain: "health"})
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			errs[i] = d.db.Write(t.Context(), func(tx *db.Tx) error {
				_, err := needs.Update(t.Context(), tx, d.vault, act("need.change"), made,
					record.Doc{Class: vault.Personal, Value: needWords{Words: private.New(fmt.Sprint(i))}})
				return err
			})
		})
	}
	all.Wait()
	won := -1
	for i, err := range errs {
		switch {
		case err == nil && won < 0:
			won = i
		case fault.KindOf(err) != fault.Stale:
			t.Errorf("writer %d: %v", i, err)
		}
	}
	row, past := d.get(made.ID)
	if row.Version != 2 || len(past) != 1 {
		t.Errorf("version %d with %d before it", row.Version, len(past))
	}
	if got := d.words(row, past[0].Row); got[0] != fmt.Sprintf("%d//", won) || !strings.HasPrefix(got[1], "a doctor/") {
		t.Errorf("words %v, and writer %d won", got, won)
	}
}

func TestPutBackShows(t *testing.T) {
	d := newDesk(t)
	made := d.insert("a doctor", need{})
	old, _ := d.get(made.ID)
	d.write(func(tx *db.Tx) error {
		_, err := needs.Update(t.Context(), tx, d.vault, act("need.change"), made, record.Doc{Class: vault.Personal, Value: needWords{}})
		return err
	})
	err := d.db.WriteUnaudited(t.Context(), "an attacker", func(tx *db.Tx) error {
		var content []byte
		err := tx.QueryRow(t.Context(), "SELECT content FROM protection_history WHERE field = 'personal'").Scan(&content)
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), "UPDATE test_need SET personal = $1, version = 1 WHERE id = $2", content, made.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := d.findings(); f != "test_need put back" {
		t.Errorf("the check finds %q", f)
	}
	if got := d.words(old); !strings.HasPrefix(got[0], "a doctor") {
		t.Errorf("what was put back reads %q", got)
	}
}

func TestEverythingGoesWithThePerson(t *testing.T) {
	d := newDesk(t)
	made := d.insert("Zzyzx", need{Domain: "health"})
	d.write(func(tx *db.Tx) error {
		_, err := needs.Update(t.Context(), tx, d.vault, act("need.change"), made, record.Doc{Class: vault.Personal, Value: needWords{Words: private.New("Quill")}})
		return err
	})
	// Who sent the form goes too, and of another person's form it stays.
	d.write(func(tx *db.Tx) error {
		for _, result := range []string{made.ID, "another"} {
			if _, _, err := record.Once(t.Context(), tx, worker, record.NewSubmissionKey(), func() (string, error) { return result, nil }); err != nil {
				return err
			}
		}
		return record.Note(t.Context(), tx, d.vault, act("need.note"), made.Key, "test_need")
	})
	vaulttest.Erase(t, d.vault, string(org), "p1")
	var forms string
	err := d.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT COALESCE(MIN(result) || MAX(result), '') FROM protection_submission").Scan(&forms)
	})
	if err != nil || forms != "anotheranother" {
		t.Errorf("the forms %q are kept, %v", forms, err)
	}
	err = d.db.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"test_need", "protection_history"} {
			var n int
			if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s has %d rows, %v", table, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := d.findings(); f != "" {
		t.Errorf("the check finds %s", f)
	}
}

func TestRemove(t *testing.T) {
	d := newDesk(t)
	made := d.insert("a doctor", need{})
	err := d.db.Write(t.Context(), func(tx *db.Tx) error {
		r := made
		r.Version = 2
		return needs.Remove(t.Context(), tx, d.vault, act("need.remove"), r)
	})
	if fault.KindOf(err) != fault.Stale {
		t.Errorf("removed unseen: %v", err)
	}
	d.write(func(tx *db.Tx) error { return needs.Remove(t.Context(), tx, d.vault, act("need.remove"), made) })
	err = d.db.Read(t.Context(), func(tx *db.Tx) error {
		_, err := needs.Get(t.Context(), tx, org, made.ID)
		return err
	})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("after removal: %v", err)
	}
	if f := d.findings(); f != "" {
		t.Errorf("the check finds %s", f)
	}
}

func TestOnce(t *testing.T) {
	d := newDesk(t)
	key := record.NewSubmissionKey()
	submit := func(actor auth.Actor, key record.SubmissionKey) (id string, again bool, err error) {
		err = d.db.Write(t.Context(), func(tx *db.Tx) error {
			id, again, err = record.Once(t.Context(), tx, actor, key, func() (string, error) {
				r, err := needs.Insert(t.Context(), tx, d.vault, record.Act{Actor: actor, Name: "need.add"}, record.Row[need]{Key: record.Key{Case: "case-1", Person: "p1"}})
				return r.ID, err
			})
			return err
		})
		return id, again, err
	}
	ids := make([]string, 6)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			id, _, err := submit(worker, key)
			if err != nil {
				t.Errorf("submit %d: %v", i, err)
			}
			ids[i] = id
		})
	}
	all.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("six submissions of one form made %v", ids)
		}
	}
	other := worker
	other.Account = "other"
	for name, s := range map[string]struct {
		actor auth.Actor
		key   record.SubmissionKey
	}{"another form": {worker, record.NewSubmissionKey()}, "another account": {other, key}, "no key": {worker, ""}} {
		if id, again, err := submit(s.actor, s.key); err != nil || again || id == ids[0] {
			t.Errorf("%s: %q %v %v", name, id, again, err)
		}
	}
	if _, _, err := submit(worker, "a b"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a damaged key: %v", err)
	}
	d.now = d.now.AddDate(0, 0, 8)
	if _, again, err := submit(worker, record.NewSubmissionKey()); err != nil || again {
		t.Error(err)
	}
	var n int
	err := d.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM protection_submission WHERE account_id = 'worker'").Scan(&n)
	})
	if err != nil || n != 1 {
		t.Errorf("after a week %d answers are kept, %v", n, err)
	}
}

// A form that failed may be sent again with its key.
func TestOnceForgetsFailures(t *testing.T) {
	d := newDesk(t)
	key := record.NewSubmissionKey()
	fails := errors.New("the disk is full")
	for _, want := range []error{fails, nil} {
		err := d.db.Write(t.Context(), func(tx *db.Tx) error {
			_, _, err := record.Once(t.Context(), tx, worker, key, func() (string, error) {
				return "x", errors.Join(want, audit.Append(t.Context(), tx, audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Decision, Subject: "x"}))
			})
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
