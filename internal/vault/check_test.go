package vault

import (
	"context"
	"database/sql"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
)

// notes is a small room: a row of two sealed columns per record.
type notes struct{ *house }

func newNotes(t *testing.T) notes {
	t.Helper()
	n := notes{newHouse(t)}
	n.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TABLE room_note (
			org_id text NOT NULL, id text NOT NULL, version bigint NOT NULL, person_id text NOT NULL,
			name blob NOT NULL, note blob NOT NULL, PRIMARY KEY (org_id, id))`)
		return err
	})
	n.OnCheck(Rows{Name: "notes", Each: n.each})
	return n
}

func (n notes) each(ctx context.Context, tx *db.Tx, o auth.OrgID, yield func([]Item) error) error {
	rows, err := tx.Query(ctx, "SELECT id, version, person_id, name, note FROM room_note WHERE org_id = $1 ORDER BY id", string(o))
	all, err := db.Collect(rows, err, func(r *sql.Rows) ([]Item, error) {
		name, note := Item{}, Item{}
		p := Place{Org: o, Class: Personal}
		err := r.Scan(&p.Record, &p.Version, &p.Person, (*[]byte)(&name.Sealed), (*[]byte)(&note.Sealed))
		name.Place, note.Place = p, p
		name.Place.Field, note.Place.Field = "name", "note"
		return []Item{note, name}, err // in another order than they were sealed
	})
	for _, record := range all {
		if err == nil {
			err = yield(record)
		}
	}
	return err
}

// put writes version of a record as a room does.
func (n notes) put(id string, person PersonID, version int64, text string) {
	n.t.Helper()
	n.write(func(tx *db.Tx) error {
		p := Place{Org: org, Person: person, Record: id, Class: Personal, Version: version}
		name, note := p, p
		name.Field, note.Field = "name", "note"
		e := audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Decision, Detail: map[string]string{"act": "write"}}
		s, err := n.Change(n.t.Context(), tx, e, nil, Value{name, private.New("Zzyzx")}, Value{note, private.New(text)})
		if err != nil {
			return err
		}
		_, err = tx.Exec(n.t.Context(), `INSERT INTO room_note (org_id, id, version, person_id, name, note) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (org_id, id) DO UPDATE SET version = $3, name = $5, note = $6`,
			string(org), id, version, string(person), []byte(s[0]), []byte(s[1]))
		return err
	})
}

func (n notes) exec(q string, args ...any) {
	n.t.Helper()
	n.write(func(tx *db.Tx) error {
		_, err := tx.Exec(n.t.Context(), q, args...)
		return err
	})
}

func (n notes) want(what string, records int, findings ...Finding) {
	n.t.Helper()
	c, err := n.Check(n.t.Context())
	if err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
	if diff := gocmp.Diff(findings, c.Findings); diff != "" || c.Records != records {
		n.t.Errorf("%s: %d records, findings (-want +got):\n%s", what, c.Records, diff)
	}
}

// TestCheckShowsRollback puts a row back together with its version, alters one, removes one and adds
// one, each outside the program, and wants each to be named.
func TestCheckShowsRollback(t *testing.T) {
	n := newNotes(t)
	n.enrol("p1", "p2", "p3")
	n.put("n1", "p1", 1, "old")
	n.put("n2", "p2", 1, "kept")
	n.put("n3", "p3", 1, "x")
	n.want("as written", 3)
	n.exec("CREATE TABLE yesterday AS SELECT * FROM room_note")
	n.put("n1", "p1", 2, "new")
	n.want("after a change", 3)

	n.exec("UPDATE room_note SET version = 1, name = (SELECT name FROM yesterday WHERE id = 'n1'), note = (SELECT note FROM yesterday WHERE id = 'n1') WHERE id = 'n1'")
	n.want("put back", 3, Finding{"notes", org, "p1", "n1", PutBack})
	n.put("n1", "p1", 3, "newer")

	n.exec("CREATE TABLE today AS SELECT * FROM room_note")
	n.exec("UPDATE room_note SET note = (SELECT note FROM today WHERE id = 'n3') WHERE id = 'n2'")
	n.want("altered", 3, Finding{"notes", org, "p2", "n2", Altered})
	n.exec("UPDATE room_note SET note = (SELECT note FROM today WHERE id = 'n2') WHERE id = 'n2'")
	n.want("mended", 3)

	n.exec("DELETE FROM room_note WHERE id = 'n2'")
	n.want("vanished", 2, Finding{"", org, "p2", "n2", Vanished})
	n.write(func(tx *db.Tx) error {
		e := audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Decision, Detail: map[string]string{"act": "remove"}}
		return n.Removed(t.Context(), tx, e, Place{Org: org, Person: "p2", Record: "n2", Version: 2})
	})
	n.want("removed", 2)
	n.exec("INSERT INTO room_note SELECT * FROM today WHERE id = 'n2'")
	n.want("back after its removal", 3, Finding{"notes", org, "p2", "n2", PutBack})
	n.exec("DELETE FROM room_note WHERE id = 'n2'")

	n.exec("INSERT INTO room_note SELECT org_id, 'n9', version, person_id, name, note FROM today WHERE id = 'n3'")
	n.want("unknown", 3, Finding{"notes", org, "p3", "n9", Unknown})
	n.exec("DELETE FROM room_note WHERE id = 'n9'")

	n.erase("p3") // without an eraser its row stays, and nothing readable is said about it
	n.exec("DELETE FROM room_note WHERE id = 'n3'")
	n.want("after an erasure", 1)
}

func TestChangeRefuses(t *testing.T) {
	n := newNotes(t)
	n.enrol("p1", "p2")
	one, other := place("p1", "name"), place("p2", "name")
	e := audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Decision}
	elsewhere := e
	elsewhere.Org = "org-b"
	for name, try := range map[string]func(tx *db.Tx) error{
		"no values": func(tx *db.Tx) error { _, err := n.Change(t.Context(), tx, e, nil); return err },
		"two persons": func(tx *db.Tx) error {
			_, err := n.Change(t.Context(), tx, e, nil, Value{Place: one}, Value{Place: other})
			return err
		},
		"kept of another": func(tx *db.Tx) error {
			_, err := n.Change(t.Context(), tx, e, []Item{{Place: other}}, Value{Place: one})
			return err
		},
		"kept and newer": func(tx *db.Tx) error {
			_, err := n.Change(t.Context(), tx, e, []Item{{Place: one}}, Value{Place: one})
			return err
		},
		"an entry of another organisation": func(tx *db.Tx) error {
			_, err := n.Change(t.Context(), tx, elsewhere, nil, Value{Place: one})
			return err
		},
	} {
		if err := n.db.WriteUnaudited(t.Context(), "a test", try); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
