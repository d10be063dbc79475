package staff

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Word is a code of the forms with its English label, the key of its translations.
type Word struct{ Code, Label string }

func known(words []Word, code string) bool {
	return slices.ContainsFunc(words, func(w Word) bool { return w.Code == code })
}

// Against are those whom a threat is against.
func Against() []Word {
	return []Word{
		{"worker", i18n.Mark("somebody who works here")},
		{"house", i18n.Mark("the house or everybody in it")},
		{"family", i18n.Mark("the family of somebody who works here")},
		{"interpreter", i18n.Mark("an interpreter")},
		{"person", i18n.Mark("the person whom we help")},
	}
}

// ThreatKinds are the ways in which somebody is threatened.
func ThreatKinds() []Word {
	return []Word{
		{"words", i18n.Mark("words, face to face")},
		{"call", i18n.Mark("a call or a message")},
		{"followed", i18n.Mark("followed or watched")},
		{"damage", i18n.Mark("damage to things")},
		{"violence", i18n.Mark("violence")},
		{"online", i18n.Mark("in public, online")},
		{"legal", i18n.Mark("a lawsuit or a complaint to frighten")},
	}
}

// ThreatStates are the states of a report.
func ThreatStates() []Word {
	return []Word{{"open", i18n.Mark("nobody has acted yet")}, {"acted", i18n.Mark("something was done")}, {"closed", i18n.Mark("closed")}}
}

// Threat is a report that those who help were threatened.
type Threat struct {
	Against, Kind, State string
	On                   string // civil date
	Words                private.Text
	Key                  record.SubmissionKey `json:"-"`
}

type threatFacts struct{ Against, Kind, State, Happened string }

var threats = record.Table[threatFacts]{
	Name:   "protection_threat",
	Sealed: []record.Column{{Name: "narrative", Class: vault.Narrative}},
	Clear:  []string{"against", "kind", "state", "happened"},
	Fields: func(f *threatFacts) []any { return []any{&f.Against, &f.Kind, &f.State, &f.Happened} },
}

type threatWords struct {
	Words private.Text `json:"words,omitzero"`
}

// Report notes a threat, and makes a task for today: to look at the dangers and at who must be told.
func (s *Staffs) Report(ctx context.Context, actor auth.Actor, id casefile.ID, t Threat) (threat string, err error) {
	if err := t.check(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		threat, _, err = record.Once(ctx, tx, actor, t.Key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
			if err != nil {
				return "", err
			}
			row := record.Row[threatFacts]{Key: c.Child(), Clear: threatFacts{t.Against, t.Kind, "open", t.On}}
			row, err = threats.Insert(ctx, tx, s.vault, act(actor, "threat.report"), row, record.Doc{Class: vault.Narrative, Value: threatWords{t.Words}})
			if err != nil {
				return "", err
			}
			_, err = s.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{Kind: "staff.threat", Mark: "threat/" + row.ID, DueOn: t.On})
			return row.ID, err
		})
		return err
	})
	return threat, err
}

func (t Threat) check() error {
	f := fault.New(fault.Invalid, "The threat was not noted.")
	if !known(Against(), t.Against) {
		f = f.WithField("against", "Choose whom it is against.")
	}
	if !known(ThreatKinds(), t.Kind) {
		f = f.WithField("kind", "Choose how.")
	}
	if !isDay(t.On) {
		f = f.WithField("on", "Write the date as 2026-12-31.")
	}
	if len(t.Words.Reveal("measure it")) > 5*maxText {
		f = f.WithField("words", "Use at most %d characters.", 5*maxText)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Settle notes what was done about a threat.
func (s *Staffs) Settle(ctx context.Context, actor auth.Actor, id casefile.ID, threat string, version int64, state string) error {
	if !known(ThreatStates(), state) {
		return fault.New(fault.Invalid, "The threat was not noted.").WithField("state", "Choose where it is now.")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
		if err != nil {
			return err
		}
		row, err := threats.Get(ctx, tx, actor.Org, threat)
		if err == nil && row.Case != string(id) {
			err = missing()
		}
		if err != nil {
			return err
		}
		row.Clear.State, row.Version = state, version
		if _, err = threats.Update(ctx, tx, s.vault, act(actor, "threat.settle"), row); err != nil || state == "open" {
			return err
		}
		return s.cases.EndTaskIn(ctx, tx, actor, c, "threat/"+threat, casefile.Done)
	})
}

// KeptThreat is a report as it is kept.
type KeptThreat struct {
	ID      string
	Version int64
	By      auth.AccountID
	Threat
}

// Threats opens the reports of a case, the newest first.
func (s *Staffs) Threats(ctx context.Context, actor auth.Actor, id casefile.ID) (all []KeptThreat, err error) {
	var (
		g    record.Reading
		docs []*threatWords
		c    casefile.Case
	)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, docs, g = nil, nil, record.Reading{}
		if c, err = casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		rows, err := threats.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY happened DESC, id LIMIT 100", string(actor.Org), string(id))
		for _, row := range rows {
			f, doc := row.Clear, &threatWords{}
			row.Want(&g, vault.Narrative, doc)
			docs = append(docs, doc)
			all = append(all, KeptThreat{row.ID, row.Version, row.ChangedBy, Threat{Against: f.Against, Kind: f.Kind, State: f.State, On: f.Happened}})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := g.Open(ctx, s.vault, actor, c.Why("staff-safety")); err != nil {
		return nil, err
	}
	for i, d := range docs {
		all[i].Words = d.Words
	}
	return all, nil
}
