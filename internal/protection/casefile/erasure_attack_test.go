package casefile_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// plantedText is what somebody looks for afterwards.
const plantedText = "Zzyzx Quillfeather"

// fill writes the planted text into everything that a case keeps.
func (d *desk) fill(worker auth.Actor, c casefile.Case) {
	d.t.Helper()
	ctx, text := d.t.Context(), private.New(plantedText)
	for version := range int64(2) { // twice: the first stays in the history
		d.must(d.Change(ctx, worker, c.ID(), casefile.Edit{Version: version + 1, Name: &text, Story: &casefile.Story{Text: text}}))
	}
	note, err := d.Write(ctx, worker, c.ID(), casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: text})
	d.must(err)
	d.must(d.Rewrite(ctx, worker, c.ID(), note, 1, casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: text}))
	_, err = d.AddTask(ctx, worker, c.ID(), casefile.NewTask{Kind: "do", Text: text})
	d.must(err)
	d.must(d.KeepDraft(ctx, worker, c.ID(), casefile.Draft{Form: "note", Fields: map[string]private.Text{"text": text}}))
	file, _, err := d.Attach(ctx, worker, c.ID(), text, int64(len(plantedText)))
	d.must(err)
	_, err = d.Send(ctx, worker, c.ID(), file, 0, strings.NewReader(plantedText))
	d.must(err)
	_, err = d.Keep(ctx, worker, c.ID(), file)
	d.must(err)
}

// TestErasingACaseLeavesNothing fills a case, keeps a copy of every row about its person, erases the
// person, and looks: no row is left but that there was a case; nothing that was copied opens; the planted
// text is nowhere; the neighbour has everything; and the check of the vault finds nothing.
func TestErasingACaseLeavesNothing(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker := d.staff("worker", auth.SupportWorker)
	d.staff("second", auth.ProtectionOfficer)
	gone, stays := d.open(worker, plantedText), d.open(worker, plantedText)
	d.fill(worker, gone)
	d.fill(worker, stays)
	d.must(d.Link(ctx, worker, stays.ID(), gone.ID(), casefile.CoVictim))
	if n := d.rowsAbout(gone); n < 8 {
		t.Fatalf("%d rows about the person: this test could not fail", n)
	}
	notes, err := d.Notes(ctx, worker, gone.ID())
	d.must(err)
	if _, _, err := d.ReadNotes(ctx, worker, gone, "support", notes[0].ID); err != nil {
		t.Fatal(err)
	}
	vaulttest.Erase(t, d.vault, string(org), string(gone.Person))
	if n := d.rowsAbout(gone); n != 1 {
		t.Errorf("%d rows about the person, want the one that says there was a case", n)
	}
	if got := d.sees(worker, gone); got != "" {
		t.Errorf("the erased case shows: %s", got)
	}
	var owner, reason string
	var personal, narrative sql.Null[[]byte]
	d.must(d.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT owner, reason, personal, narrative FROM protection_case WHERE id = $1", string(gone.ID())).Scan(&owner, &reason, &personal, &narrative)
	}))
	if owner+reason != "" || personal.Valid || narrative.Valid {
		t.Errorf("the case keeps owner %q, reason %q, sealed %v %v", owner, reason, personal.Valid, narrative.Valid)
	}
	// Whoever kept the rows cannot open them: the key is gone.
	if _, err := d.Words(ctx, worker, gone, "support"); err == nil {
		t.Error("a row that was kept opens")
	}
	if _, err := d.Words(ctx, worker, stays, "support"); err != nil {
		t.Errorf("the neighbour lost something: %v", err)
	}
	if links, err := d.Links(ctx, worker, stays.ID()); err != nil || len(links) != 0 {
		t.Errorf("the neighbour keeps a link: %v %v", links, err)
	}
	c, err := d.vault.Check(ctx)
	if err != nil || len(c.Findings) != 0 {
		t.Errorf("the check finds %+v, %v", c.Findings, err)
	}
	d.nowhereInClear()
}

// rowsAbout counts the rows of the room that name a person.
func (d *desk) rowsAbout(c casefile.Case) (total int) {
	d.t.Helper()
	d.must(d.db.Read(d.t.Context(), func(tx *db.Tx) error {
		total = 0
		for _, table := range []string{"protection_case", "protection_link", "protection_task", "protection_note", "protection_draft", "protection_history", "attachment"} {
			var n int
			if err := tx.QueryRow(d.t.Context(), "SELECT count(*) FROM "+table+" WHERE person_id = $1", string(c.Person)).Scan(&n); err != nil {
				return err
			}
			total += n
		}
		var n int
		err := tx.QueryRow(d.t.Context(), "SELECT count(*) FROM protection_link WHERE other_person = $1", string(c.Person)).Scan(&n)
		total += n
		return err
	}))
	return total
}

// nowhereInClear looks at every column of every table of the room, and of the record.
func (d *desk) nowhereInClear() {
	d.t.Helper()
	d.must(d.db.Snapshot(d.t.Context(), func(s *db.Snapshot) error {
		tables, err := s.Tables(d.t.Context(), func(name string) bool { return strings.HasPrefix(name, "river_") })
		if err != nil {
			return err
		}
		looked := 0
		for _, table := range tables {
			_, err := s.Rows(d.t.Context(), table, func(row []byte) error {
				looked++
				if bytes.Contains(row, []byte(plantedText)) {
					d.t.Errorf("a row of %s holds the text", table.Name)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if looked < 20 {
			d.t.Errorf("only %d rows were looked at", looked)
		}
		return nil
	}))
}
