package casefile

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Event is something that happened in a case, as the ledger has it.
type Event struct {
	At   time.Time
	By   auth.AccountID
	Kind audit.Kind
	// Act is what was done, a code such as "note.write".
	Act string
	// Of and Subject are the table and the row it was done to.
	Of, Subject string
	Detail      map[string]string
}

// Seen is that somebody opened something.
type Seen struct {
	At      time.Time
	By      auth.AccountID
	Purpose string
	// Fields are what was opened, as the columns are called.
	Fields string
}

// maxEvents bounds a timeline; the newest are shown.
const maxEvents = 300

// ownWords is the table of what goes between a person's own page and those who help. Some of it is about these and not for
// them; what is for them stands on a page of its own.
const ownWords = "protection_own"

// Timeline returns what was done in a case, the newest first, without openings. That it was read is in the
// ledger. What was done to a note that the actor may not read is left out.
func (s *Cases) Timeline(ctx context.Context, actor auth.Actor, id ID) ([]Event, error) {
	entries, hidden, err := s.entries(ctx, actor, id, "case.timeline")
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, e := range entries {
		if e.Kind == audit.Opening || e.Detail["case"] != string(id) || hidden(e.Subject, e.Detail["of"]) || e.Detail["act"] == "case.timeline" {
			continue
		}
		if e.Detail["of"] == drafts.Name || e.Detail["of"] == ownWords && e.Detail["act"] != "own.date" {
			continue
		}
		all = append(all, Event{At: e.At, By: auth.AccountID(e.Actor), Kind: e.Kind, Act: e.Detail["act"], Of: e.Detail["of"], Subject: e.Subject, Detail: e.Detail})
		if len(all) == maxEvents {
			break
		}
	}
	return all, nil
}

// WhoHasSeen returns who opened what of the person within the case, the newest first.
func (s *Cases) WhoHasSeen(ctx context.Context, actor auth.Actor, id ID) ([]Seen, error) {
	entries, _, err := s.entries(ctx, actor, id, "case.seen")
	if err != nil {
		return nil, err
	}
	var all []Seen
	for _, e := range entries {
		if e.Kind != audit.Opening || e.Detail["scope"] != string(id) {
			continue
		}
		all = append(all, Seen{At: e.At, By: auth.AccountID(e.Actor), Purpose: e.Detail["purpose"], Fields: e.Detail["fields"]})
		if len(all) == maxEvents {
			break
		}
	}
	return all, nil
}

// entries reads the ledger about the person of a case, and enters that it was read.
func (s *Cases) entries(ctx context.Context, actor auth.Actor, id ID, name string) (all []audit.Entry, hidden func(subject, of string) bool, err error) {
	var c Case
	var shown []Note
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if c, err = Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		if err := auth.MayOpen(ctx, tx, actor, string(id)); err != nil {
			return err
		}
		if shown, err = readable(ctx, tx, actor, id); err != nil {
			return err
		}
		a := act(actor, name, map[string]string{"purpose": "oversight", "scope": string(id)})
		a.Kind = audit.Opening
		return record.Note(ctx, tx, s.vault, a, c.Key, table.Name)
	})
	if err != nil {
		return nil, nil, err
	}
	all, err = audit.About(ctx, s.db, s.vault, string(actor.Org), string(c.Person))
	hidden = func(subject, of string) bool {
		return of == notes.Name && !slices.ContainsFunc(shown, func(n Note) bool { return n.ID == subject })
	}
	return all, hidden, err
}

// ShowsEntry reports whether an actor who may open a case may know of an entry about a row of it: of a note only who reads
// the note, and of what the person has said only who does not work on the case.
func ShowsEntry(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, of, subject string) (bool, error) {
	switch of {
	case notes.Name:
	case ownWords:
		works, err := auth.WorksOn(ctx, tx, actor, string(id))
		return !works, err
	default:
		return true, nil
	}
	shown, err := readable(ctx, tx, actor, id)
	return slices.ContainsFunc(shown, func(n Note) bool { return n.ID == subject }), err
}

// Print enters that a case was put on paper, and returns the number of the copy, which stands on it.
func (s *Cases) Print(ctx context.Context, actor auth.Actor, id ID) (number string, err error) {
	number = newNumber()
	return number, s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := Load(ctx, tx, actor, id, auth.ReadCases)
		if err != nil {
			return err
		}
		a := act(actor, "case.print", map[string]string{"copy": number})
		a.Kind = audit.Print
		return record.Note(ctx, tx, s.vault, a, c.Key, table.Name)
	})
}
