package identification

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Help is an entitlement of a person: who pays, from when until when, and when the person moves on. It
// reads identification and blocks nothing.
type Help struct {
	ID        string
	Version   int64
	Procedure string // that it follows from, or ""
	Rule      string // of the profile, or ""
	From, To  profile.Date
	MoveOn    profile.Date
	Funder    private.Text
	Remark    private.Text
}

// warnDays is how long before its end somebody is warned.
const warnDays = 30

type helpFacts struct {
	Procedure, Rule, Profile string
	From, To, MoveOn         profile.Date
	Warned                   profile.Date
}

type helpWords struct {
	Funder private.Text `json:"funder,omitzero"`
	Remark private.Text `json:"remark,omitzero"`
}

var entitlements = record.Table[helpFacts]{
	Name:   "protection_identification_entitlement",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}},
	Clear:  []string{"procedure_id", "rule", "profile", "from_day", "to_day", "move_on", "warned"},
	Fields: func(f *helpFacts) []any {
		return []any{&f.Procedure, &f.Rule, &f.Profile, &f.From, &f.To, &f.MoveOn, &f.Warned}
	},
}

// Suggestion is help that the profile says is due from a step on, with the days that follow from it. A
// person decides what is entered.
type Suggestion struct {
	Procedure, Rule string
	Name            string // English msgid
	From, To        profile.Date
	Why             Doubt
	Fact            profile.Fact
}

// Suggestions lists what the profile says is due after a step.
func Suggestions(r Rules, procedureID, step string, on profile.Date) []Suggestion {
	var out []Suggestion
	for _, e := range r.Version.Entitlements {
		if !slices.Contains(e.Starts, step) {
			continue
		}
		t := r.start(profile.Clock{ID: e.ID, Topic: e.Topic}, Step{On: on})
		f, _ := r.Version.Fact(e.Topic)
		out = append(out, Suggestion{Procedure: procedureID, Rule: e.ID, Name: e.Name, From: on, To: t.Due.Day, Why: t.Why, Fact: f})
	}
	return out
}

func (h *Help) check() error {
	f := fault.New(fault.Invalid, "The help was not recorded.")
	day := func(field string, d profile.Date, needed bool) {
		if _, ok := profile.DaysLeft(d, d); !ok && (needed || d != "") {
			f = f.WithField(field, "Write the day as 2024-07-23, or leave it out.")
		}
	}
	day("from", h.From, true)
	day("to", h.To, false)
	day("move-on", h.MoveOn, false)
	if len(f.Fields) == 0 && h.To != "" && h.To < h.From {
		f = f.WithField("to", "It ends before it begins.")
	}
	if len(h.Funder.Reveal("measure it")) > maxLine || len(h.Remark.Reveal("measure it")) > maxLine {
		f = f.WithField("funder", "Use at most %d characters.", maxLine)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Entitle records help, or changes it when h has an identifier; then it must have the version that was
// seen. It returns the identifier.
func (s *Identifications) Entitle(ctx context.Context, actor auth.Actor, id casefile.ID, h Help, key record.SubmissionKey) (found string, err error) {
	if err := h.check(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		found, _, err = record.Once(ctx, tx, actor, key, func() (string, error) { return s.entitle(ctx, tx, actor, id, h) })
		return err
	})
	return found, err
}

func (s *Identifications) entitle(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, h Help) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
	if err != nil {
		return "", err
	}
	doc := record.Doc{Class: vault.Personal, Value: helpWords{h.Funder, h.Remark}}
	act := record.Act{Actor: actor, Name: "entitlement.set"}
	if h.ID != "" {
		row, err := entitlements.Get(ctx, tx, actor.Org, h.ID)
		if err == nil && row.Case != string(id) {
			err = missing()
		}
		if err != nil {
			return "", err
		}
		row.Version = h.Version
		row.Clear.From, row.Clear.To, row.Clear.MoveOn = h.From, h.To, h.MoveOn
		if _, err = entitlements.Update(ctx, tx, s.vault, act, row, doc); err != nil {
			return "", err
		}
		return h.ID, s.warn(ctx, tx, actor, c, h.ID, h.To)
	}
	row := record.Row[helpFacts]{Key: c.Child(), Clear: helpFacts{Rule: h.Rule, From: h.From, To: h.To, MoveOn: h.MoveOn}}
	if h.Procedure != "" {
		_, p, err := locked(ctx, tx, actor, id, auth.WorkCases, h.Procedure)
		if err != nil {
			return "", err
		}
		row.Clear.Procedure, row.Clear.Profile = p.ID, p.Profile
	}
	if row, err = entitlements.Insert(ctx, tx, s.vault, act, row, doc); err != nil {
		return "", err
	}
	return row.ID, s.warn(ctx, tx, actor, c, row.ID, h.To)
}

// warn makes the task of help that ends: thirty days before, or today when it ends sooner.
func (s *Identifications) warn(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, id string, to profile.Date) error {
	mark := "entitlement/" + id
	if to == "" {
		return s.cases.EndTaskIn(ctx, tx, actor, c, mark, casefile.Dropped)
	}
	on, _, err := today(ctx, tx, actor.Org)
	if err != nil {
		return err
	}
	_, err = s.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{Kind: TaskMoney, Mark: mark, DueOn: string(max(on, to.Plus(-warnDays)))})
	return err
}

func helpOf(row record.Row[helpFacts], w helpWords) Help {
	c := row.Clear
	return Help{
		ID: row.ID, Version: row.Version, Procedure: c.Procedure, Rule: c.Rule, From: c.From, To: c.To, MoveOn: c.MoveOn,
		Funder: w.Funder, Remark: w.Remark,
	}
}
