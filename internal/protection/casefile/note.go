package casefile

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// NoteKind keeps apart what was said, what was seen, what somebody thinks, and what the law protects.
type NoteKind string

// The kinds of note.
const (
	Verbatim    NoteKind = "verbatim"    // the person's own words
	Observation NoteKind = "observation" // what the writer saw or heard
	Opinion     NoteKind = "opinion"     // what the writer makes of it
	Privileged  NoteKind = "privileged"  // from counselling: for its author and counsellors of the case
)

// NoteKinds returns all kinds, in the order of the constants.
func NoteKinds() []NoteKind { return []NoteKind{Verbatim, Observation, Opinion, Privileged} }

// Sight says who may read a note that is not privileged.
type Sight string

// The sights, from the widest.
const (
	ForCase Sight = "case" // whoever may read the case
	ForTeam Sight = "team" // the author, and members of a team that works on the case
	ForSelf Sight = "own"  // the author
)

// Sights returns all sights, from the widest.
func Sights() []Sight { return []Sight{ForCase, ForTeam, ForSelf} }

// Note is a note, unopened.
type Note struct {
	record.Row[NoteFacts]
}

// NoteFacts are what stands in clear of a note.
type NoteFacts struct {
	Kind      NoteKind
	Sight     Sight
	Author    auth.AccountID
	WrittenAt int64
}

var notes = record.Table[NoteFacts]{
	Name:   "protection_note",
	Sealed: []record.Column{{Name: "narrative", Class: vault.Narrative}},
	Clear:  []string{"kind", "sight", "author", "written_at"},
	Fields: func(f *NoteFacts) []any { return []any{&f.Kind, &f.Sight, &f.Author, &f.WrittenAt} },
}

// Reader is what counts of somebody who wants to read notes of a case.
type Reader struct {
	Account auth.AccountID
	InTeam  bool // a member of a team that works on the case
	Counsel bool // somebody who may read what was said in counselling
}

// Readable reports whether a reader who may read the case may read a note of it. No role, and no
// emergency, opens what is privileged.
func (f NoteFacts) Readable(r Reader) bool {
	switch {
	case f.Author == r.Account && r.Account != "":
		return true
	case f.Kind == Privileged:
		return r.Counsel
	case !slices.Contains(NoteKinds(), f.Kind):
		return false
	}
	return f.Sight == ForCase || f.Sight == ForTeam && r.InTeam
}

// Draught is what somebody writes.
type Draught struct {
	Kind     NoteKind
	Sight    Sight
	Text     private.Text
	Language string // code; "" for that of the page
	Key      record.SubmissionKey
}

// tooLong is the answer to a text that no column takes.
func tooLong(n int) error {
	return fault.New(fault.TooLarge, "The text is too long: %d bytes, at most %d.", n, vault.MaxText/2).
		WithHint("Write it in several notes, or add it as an attachment. Nothing was lost: go back to the form.")
}

func (d Draught) check() error {
	f := fault.New(fault.Invalid, "The note was not kept.")
	if !slices.Contains(NoteKinds(), d.Kind) {
		f = f.WithField("kind", "Say what kind of note it is.")
	}
	if !slices.Contains(Sights(), d.Sight) {
		f = f.WithField("sight", "Say who may read it.")
	}
	text := d.Text.Reveal("measure it")
	if text == "" {
		f = f.WithField("text", "Write something, or go back.")
	}
	if len(text) > vault.MaxText/2 {
		return tooLong(len(text))
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Write keeps a note, and drops the draft that it was. The ledger says that there is a note, never of which kind: who
// oversees it is not to learn where somebody was in counselling.
func (s *Cases) Write(ctx context.Context, actor auth.Actor, id ID, d Draught) (note string, err error) {
	if err := d.check(); err != nil {
		return "", err
	}
	return s.once(ctx, actor, id, d.Key, func(tx *db.Tx, c Case) (string, error) {
		row := record.Row[NoteFacts]{Key: c.Child(), Clear: NoteFacts{Kind: d.Kind, Sight: d.Sight, Author: actor.Account, WrittenAt: tx.NowMicros()}}
		row, err := notes.Insert(ctx, tx, s.vault, act(actor, "note.write", nil), row,
			record.Doc{Class: vault.Narrative, Value: Story{Text: d.Text, Language: d.Language}})
		if err != nil {
			return "", err
		}
		return row.ID, s.dropDraft(ctx, tx, actor, id, NoteForm)
	})
}

// NoteForm is the form of a new note, for its draft.
const NoteForm = "note"

// Rewrite changes a note of the actor's. What it said before is kept. If it was changed meanwhile the
// error is [fault.Stale].
func (s *Cases) Rewrite(ctx context.Context, actor auth.Actor, id ID, note string, version int64, d Draught) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		row, err := notes.Get(ctx, tx, actor.Org, note)
		if err != nil {
			return err
		}
		if row.Case != c.Row.ID || row.Clear.Author != actor.Account {
			return missing()
		}
		row.Clear.Kind, row.Clear.Sight, row.Version = d.Kind, d.Sight, version
		_, err = notes.Update(ctx, tx, s.vault, act(actor, "note.rewrite", nil), row,
			record.Doc{Class: vault.Narrative, Value: Story{Text: d.Text, Language: d.Language}})
		return err
	})
}

// Notes returns the notes of a case that the actor may read, the newest first, unopened. Of the others
// nothing shows.
func (s *Cases) Notes(ctx context.Context, actor auth.Actor, id ID) (all []Note, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = readable(ctx, tx, actor, id)
		return err
	})
	return all, err
}

// maxNotes bounds a list of notes.
const maxNotes = 500

func readable(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID) (all []Note, err error) {
	if _, err := Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
		return nil, err
	}
	r, err := readerOf(ctx, tx, actor, id)
	if err != nil {
		return nil, err
	}
	found, err := notes.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY written_at DESC, id DESC LIMIT $3", string(actor.Org), string(id), maxNotes)
	for _, row := range found {
		if row.Clear.Readable(r) {
			all = append(all, Note{row})
		}
	}
	return all, err
}

func readerOf(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID) (r Reader, err error) {
	r.Account = actor.Account
	teams, err := auth.OwnTeams(ctx, tx, actor)
	if err != nil {
		return r, err
	}
	holders, err := auth.HoldersOf(ctx, tx, actor.Org, string(id))
	if err != nil {
		return r, err
	}
	for _, h := range holders {
		r.InTeam = r.InTeam || h.Team != "" && slices.Contains(teams, h.Team)
	}
	var one int
	err = tx.QueryRow(ctx, "SELECT 1 FROM protection_counsel WHERE org_id = $1 AND case_id = $2 AND account_id = $3",
		string(actor.Org), string(id), string(actor.Account)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	r.Counsel = err == nil
	return r, err
}

// ReadNotes opens notes of a case, in the order of their list; those that the actor may not read, or that
// are of another case, make the answer that of what does not exist.
func (s *Cases) ReadNotes(ctx context.Context, actor auth.Actor, c Case, p vault.Purpose, ids ...string) (found []Note, texts []Story, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := readable(ctx, tx, actor, c.ID())
		found = nil
		for _, n := range all {
			if slices.Contains(ids, n.ID) {
				found = append(found, n)
			}
		}
		return err
	})
	if err == nil && len(found) != len(ids) {
		err = missing()
	}
	if err != nil {
		return nil, nil, err
	}
	var g record.Reading
	texts = make([]Story, len(found))
	for i, n := range found {
		n.Want(&g, vault.Narrative, &texts[i])
	}
	return found, texts, g.Open(ctx, s.vault, actor, c.Why(p))
}

// SetCounsel says whether an account that works on a case may read what was said in counselling. It takes
// [auth.ManageTeams], and nobody lets themselves in.
func (s *Cases) SetCounsel(ctx context.Context, actor auth.Actor, id ID, account auth.AccountID, may bool) error {
	if !actor.May(auth.ManageTeams) || may && account == actor.Account {
		return missing()
	}
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		name := "counsel.end"
		if err := uncounsel(ctx, tx, actor.Org, id, account); err != nil {
			return err
		}
		if may {
			name = "counsel.let"
			holders, err := auth.HoldersOf(ctx, tx, actor.Org, string(id))
			if err != nil {
				return err
			}
			if !slices.Contains(holders, auth.Holder{Account: account}) {
				return fault.New(fault.Invalid, "The account does not work on the case.").WithField("account", "Choose somebody who is assigned.")
			}
			_, err = tx.Exec(ctx, "INSERT INTO protection_counsel (org_id, case_id, account_id, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5)",
				string(actor.Org), string(id), string(account), string(actor.Account), tx.NowMicros())
			if err != nil {
				return err
			}
		}
		return record.Note(ctx, tx, s.vault, act(actor, name, map[string]string{"account": string(account)}), c.Key, table.Name)
	})
}

// Counsellors returns the accounts that may read what was said in counselling.
func (s *Cases) Counsellors(ctx context.Context, actor auth.Actor, id ID) (all []auth.AccountID, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT account_id FROM protection_counsel WHERE org_id = $1 AND case_id = $2 ORDER BY account_id", string(actor.Org), string(id))
		all, err = db.Collect(rows, err, func(r *sql.Rows) (a auth.AccountID, err error) { return a, r.Scan(&a) })
		return err
	})
	return all, err
}

// Written returns when the note was first kept.
func (n Note) Written() time.Time { return time.UnixMicro(n.Clear.WrittenAt).UTC() }

// HasNote reports whether a case has a note that the actor may read.
func (s *Cases) HasNote(ctx context.Context, actor auth.Actor, id ID, note string) (bool, error) {
	all, err := s.Notes(ctx, actor, id)
	return slices.ContainsFunc(all, func(n Note) bool { return n.ID == note }), err
}
