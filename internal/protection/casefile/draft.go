package casefile

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Draft is what an account has begun to write into a form of a case. It is sealed under the key of the
// person, it is the writer's alone, and it is there again after a browser was closed.
type Draft struct {
	Form string
	// Seen is the version of what the form changes, as the writer saw it; 0 for something new.
	Seen   int64
	Fields map[string]private.Text
}

type draftFacts struct {
	Account auth.AccountID
	Form    string
	Seen    int64
}

var drafts = record.Table[draftFacts]{
	Name:    "protection_draft",
	Sealed:  []record.Column{{Name: "narrative", Class: vault.Narrative}},
	Clear:   []string{"account_id", "form", "seen"},
	Fields:  func(f *draftFacts) []any { return []any{&f.Account, &f.Form, &f.Seen} },
	Forgets: true,
}

// KeepDraft keeps what was written so far, in place of what was kept before.
func (s *Cases) KeepDraft(ctx context.Context, actor auth.Actor, id ID, d Draft) error {
	size := 0
	for name, text := range d.Fields {
		size += len(name) + len(text.Reveal("measure it"))
	}
	if size > vault.MaxText/2 {
		return tooLong(size)
	}
	if !kindForm.MatchString(d.Form) {
		return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		doc := record.Doc{Class: vault.Narrative, Value: d.Fields}
		have, err := draftOf(ctx, tx, actor, id, d.Form)
		if err != nil {
			return err
		}
		if len(have) > 0 {
			have[0].Clear.Seen = d.Seen
			_, err = drafts.Update(ctx, tx, s.vault, act(actor, "draft.keep", map[string]string{"form": d.Form}), have[0], doc)
			return err
		}
		row := record.Row[draftFacts]{Key: c.Child(), Clear: draftFacts{Account: actor.Account, Form: d.Form, Seen: d.Seen}}
		_, err = drafts.Insert(ctx, tx, s.vault, act(actor, "draft.keep", map[string]string{"form": d.Form}), row, doc)
		return err
	})
}

func draftOf(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, form string) ([]record.Row[draftFacts], error) {
	return drafts.Find(ctx, tx, "WHERE org_id = $1 AND account_id = $2 AND case_id = $3 AND form = $4",
		string(actor.Org), string(actor.Account), string(id), form)
}

// Draft opens the actor's draft of a form; one without fields when there is none.
func (s *Cases) Draft(ctx context.Context, actor auth.Actor, c Case, form string) (d Draft, err error) {
	d.Form = form
	var g record.Reading
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := Load(ctx, tx, actor, c.ID(), auth.WorkCases); err != nil {
			return err
		}
		have, err := draftOf(ctx, tx, actor, c.ID(), form)
		g = record.Reading{}
		for _, row := range have {
			d.Seen = row.Clear.Seen
			row.Want(&g, vault.Narrative, &d.Fields)
		}
		return err
	})
	if err != nil {
		return d, err
	}
	return d, g.Open(ctx, s.vault, actor, c.Why("draft"))
}

// DropDraft gives up a draft. That there is none is no error.
func (s *Cases) DropDraft(ctx context.Context, actor auth.Actor, id ID, form string) error {
	none := false
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := Load(ctx, tx, actor, id, auth.WorkCases); err != nil {
			return err
		}
		have, err := draftOf(ctx, tx, actor, id, form)
		none = len(have) == 0
		return err
	})
	if err != nil || none {
		return err
	}
	return s.change(ctx, actor, id, func(tx *db.Tx, _ Case) error { return s.dropDraft(ctx, tx, actor, id, form) })
}

// DropDraftIn is DropDraft in the transaction that keeps what the draft was for.
func (s *Cases) DropDraftIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c Case, form string) error {
	return s.dropDraft(ctx, tx, actor, c.ID(), form)
}

func (s *Cases) dropDraft(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, form string) error {
	have, err := draftOf(ctx, tx, actor, id, form)
	if err != nil || len(have) == 0 {
		return err
	}
	return drafts.Remove(ctx, tx, s.vault, act(actor, "draft.drop", map[string]string{"form": form}), have[0])
}

// draftsOf returns what an actor has begun and not sent.
func draftsOf(ctx context.Context, tx *db.Tx, actor auth.Actor, kept map[string]bool) (all []DraftOf, err error) {
	found, err := drafts.Find(ctx, tx, "WHERE org_id = $1 AND account_id = $2 ORDER BY changed_at DESC, id LIMIT 20", string(actor.Org), string(actor.Account))
	if err != nil {
		return nil, err
	}
	ids := make([]ID, len(found))
	for i, d := range found {
		ids[i] = ID(d.Case)
	}
	cases, err := byID(ctx, tx, actor, ids)
	for _, d := range found {
		if c, ok := cases[ID(d.Case)]; ok && !kept[d.Case] {
			all = append(all, DraftOf{d.Clear.Form, c})
		}
	}
	return all, err
}
