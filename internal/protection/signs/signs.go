// Package signs keeps what somebody saw of a person's situation, as answers to a published instrument,
// and lays it out: dimension by dimension, and against the elements of an offence. The method is package
// analysis/screening; it gives no verdict and no score, and neither does this package.
//
// Answers may come in any order and over several days; nothing is required. An answer that is left out
// changes nothing, and a refusal is kept so that nobody asks again.
//
// Trust: which instrument was used and how much of it is answered stand in clear; the answers are sealed
// under the person's key. No state of help reads any of it.
package signs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Signs is the room. It is safe for concurrent use.
type Signs struct {
	db    *db.DB
	vault *vault.Vault
}

// On returns the room on a database and its vault. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault) *Signs {
	sheets.Guard(v)
	return &Signs{db: d, vault: v}
}

// Head is what stands in clear of a sheet.
type Head struct {
	ID         string
	Version    int64 // to be given back with a change
	Instrument string
	Edition    string // of the instrument when the sheet was begun
	Begun      string // civil day
	Done       string // civil day, or "" while it can be gone on with
	Answered   int
	By         auth.AccountID // who changed it last
}

// Content is what is sealed of a sheet.
type Content struct {
	Answers []screening.Answer `json:"answers,omitempty"`
	// Setting says where and how it was asked; Note is whatever else somebody wants to keep.
	Setting private.Text `json:"setting,omitzero"`
	Note    private.Text `json:"note,omitzero"`
	// Act is what is known of the time of the act: the age then, the day, which purposes are in question.
	Age             screening.Standing `json:"age,omitempty"`
	ReasonsForChild bool               `json:"reasons_for_child,omitempty"`
	Day             string             `json:"day,omitempty"`
	Purposes        []string           `json:"purposes,omitempty"`
}

// Sheet is one filling of an instrument.
type Sheet struct {
	Head
	Content
}

type sheetFacts struct {
	Instrument, Edition, Begun string
	Answered                   int64
	Done                       string
}

var sheets = record.Table[sheetFacts]{
	Name:   "protection_screening",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}},
	Clear:  []string{"instrument", "edition", "begun_on", "answered", "done_on"},
	Fields: func(f *sheetFacts) []any {
		return []any{&f.Instrument, &f.Edition, &f.Begun, &f.Answered, &f.Done}
	},
}

func headOf(r record.Row[sheetFacts]) Head {
	c := r.Clear
	return Head{
		ID: r.ID, Version: r.Version, Instrument: c.Instrument, Edition: c.Edition, Begun: c.Begun, Done: c.Done, Answered: int(c.Answered), By: r.ChangedBy,
	}
}

// Begin opens a sheet of an instrument and returns its identifier. Day is the civil day of the office.
func (s *Signs) Begin(ctx context.Context, actor auth.Actor, id casefile.ID, instrument, day string, key record.SubmissionKey) (found string, err error) {
	in, ok := screening.Find(instrument)
	if !ok {
		return "", fault.New(fault.Invalid, "There is no such list of signs.").WithField("instrument", "Choose a list.")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		found, _, err = record.Once(ctx, tx, actor, key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
			if err != nil {
				return "", err
			}
			row := record.Row[sheetFacts]{Key: c.Child(), Clear: sheetFacts{Instrument: instrument, Edition: in.Sheet().Version, Begun: day}}
			row, err = sheets.Insert(ctx, tx, s.vault, act(actor, "signs.begin", instrument), row)
			return row.ID, err
		})
		return err
	})
	return found, err
}

func act(actor auth.Actor, name, instrument string) record.Act {
	return record.Act{Actor: actor, Name: name, Detail: map[string]string{"instrument": instrument}}
}

// Limits of a sheet.
const (
	maxSetting = 400
	maxNote    = 20_000
)

func (c *Content) check() error {
	f := fault.New(fault.Invalid, "The answers were not saved.")
	if len(c.Setting.Reveal("measure it")) > maxSetting {
		f = f.WithField("setting", "Use at most %d characters.", maxSetting)
	}
	if len(c.Note.Reveal("measure it")) > maxNote {
		f = f.WithField("note", "Use at most %d characters.", maxNote)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Save keeps what a sheet has now; done says that nothing more is expected, which can be taken back. The
// sheet must have the version that was seen. A sheet that was begun with an older edition of its
// instrument keeps that edition's answers which the instrument still has.
func (s *Signs) Save(ctx context.Context, actor auth.Actor, id casefile.ID, sheet Sheet, day string, key record.SubmissionKey) error {
	in, ok := screening.Find(sheet.Instrument)
	if !ok {
		return fault.New(fault.Invalid, "There is no such list of signs.")
	}
	if err := sheet.check(); err != nil {
		return err
	}
	if _, err := screening.Evaluate(in, sheet.Answers); err != nil {
		return fault.New(fault.Invalid, "The answers were not saved.").WithHint("Load the page again.").Wrap(err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, key, func() (string, error) {
			if _, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases); err != nil {
				return "", err
			}
			row, err := sheets.Get(ctx, tx, actor.Org, sheet.ID)
			if err == nil && (row.Case != string(id) || row.Clear.Instrument != sheet.Instrument) {
				err = missing()
			}
			if err != nil {
				return "", err
			}
			row.Version, row.Clear.Done = sheet.Version, day
			row.Clear.Answered = int64(len(slices.DeleteFunc(slices.Clone(sheet.Answers), func(a screening.Answer) bool { return a.Value == screening.NotAsked })))
			row.Clear.Edition = in.Sheet().Version
			row, err = sheets.Update(ctx, tx, s.vault, act(actor, "signs.save", sheet.Instrument), row, record.Doc{Class: vault.Sensitive, Value: sheet.Content})
			return row.ID, err
		})
		return err
	})
}

func missing() error { return fault.New(fault.NotFound, "This does not exist.") }

// List returns the sheets of a case, the newest first, without opening anything.
func (s *Signs) List(ctx context.Context, actor auth.Actor, id casefile.ID) (c casefile.Case, all []Head, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		rows, err := sheets.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY begun_on DESC, id", string(actor.Org), string(id))
		all = nil
		for _, r := range rows {
			all = append(all, headOf(r))
		}
		return err
	})
	return c, all, err
}

// purpose is why sheets are opened.
const purpose vault.Purpose = "identification"

// Read opens one sheet.
func (s *Signs) Read(ctx context.Context, actor auth.Actor, id casefile.ID, sheet string) (c casefile.Case, out Sheet, err error) {
	var row record.Row[sheetFacts]
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		if row, err = sheets.Get(ctx, tx, actor.Org, sheet); err == nil && row.Case != string(id) {
			err = missing()
		}
		return err
	})
	if err != nil {
		return c, out, err
	}
	out.Head = headOf(row)
	var g record.Reading
	row.Want(&g, vault.Sensitive, &out.Content)
	return c, out, g.Open(ctx, s.vault, actor, vault.Why{Purpose: purpose, Scope: string(id)})
}

// Laid is a sheet laid out. It is not a finding.
type Laid struct {
	Profile  *screening.Profile
	Elements *screening.ElementsResult
	Rule     screening.ElementSheet
	// Elsewhere says that the rule is not of the jurisdiction asked for: that one is not known here.
	Elsewhere bool
}

// international is the rule that is used where no other is known.
const international = "international"

// Lay lays a sheet out against its instrument and the elements of a jurisdiction on a day. What the sheet
// says of the day of the act goes before.
func Lay(sheet Sheet, jurisdiction, today string) (Laid, error) {
	in, ok := screening.Find(sheet.Instrument)
	if !ok {
		return Laid{}, fault.New(fault.NotFound, "This does not exist.")
	}
	var out Laid
	var err error
	if out.Profile, err = screening.Evaluate(in, sheet.Answers); err != nil {
		return Laid{}, fmt.Errorf("signs: lay a sheet out: %w", err)
	}
	day := sheet.Day
	if day == "" {
		day = today
	}
	rule, found := ruleOf(jurisdiction, day)
	if !found {
		rule, out.Elsewhere = latest(international, day), true
	}
	out.Rule = rule.Sheet()
	out.Elements, err = screening.Elements(rule, screening.Facts{
		Age: sheet.Age, ReasonsForChild: sheet.ReasonsForChild, Day: sheet.Day, Purposes: sheet.Purposes, Signs: in.Signs(out.Profile),
	})
	if err != nil {
		return Laid{}, fmt.Errorf("signs: lay the elements out: %w", err)
	}
	return out, nil
}

// ruleOf returns the rule of a jurisdiction that holds on a day.
func ruleOf(jurisdiction, day string) (*screening.ElementRule, bool) {
	for _, r := range screening.Rules() {
		if r.Jurisdiction() == jurisdiction && r.HoldsOn(day) {
			return r, true
		}
	}
	return nil, false
}

// latest returns the rule of a jurisdiction for a day, or its last one.
func latest(jurisdiction, day string) (last *screening.ElementRule) {
	if r, ok := ruleOf(jurisdiction, day); ok {
		return r
	}
	for _, r := range screening.Rules() {
		if r.Jurisdiction() == jurisdiction {
			last = r
		}
	}
	return last
}

// Jurisdictions lists those whose rule is known.
func Jurisdictions() []string {
	var out []string
	for _, r := range screening.Rules() {
		if !strings.HasPrefix(r.Jurisdiction(), international) && !slices.Contains(out, r.Jurisdiction()) {
			out = append(out, r.Jurisdiction())
		}
	}
	return out
}
