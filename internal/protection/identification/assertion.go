package identification

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Word is a code with its English text, which is the key of its translation.
type Word struct{ Code, Text string }

// Says lists what a body can say about a person.
func Says() []Word {
	return []Word{
		{"presumed", i18n.Mark("presumes that the person was exploited")},
		{"identified", i18n.Mark("identified the person as a victim")},
		{"not-identified", i18n.Mark("did not identify the person as a victim")},
		{"no-view", i18n.Mark("looked and takes no view")},
	}
}

// Bodies lists the kinds of bodies that say something.
func Bodies() []Word {
	return []Word{
		{"support", i18n.Mark("a support organisation")},
		{"police", i18n.Mark("the police")},
		{"court", i18n.Mark("a court or prosecutor")},
		{"authority", i18n.Mark("the authority that decides on identification")},
		{"immigration", i18n.Mark("an immigration authority")},
		{"labour", i18n.Mark("a labour inspectorate")},
		{"health", i18n.Mark("a health service")},
		{"other", i18n.Mark("another body")},
	}
}

func known(code string, words []Word) bool {
	return slices.ContainsFunc(words, func(w Word) bool { return w.Code == code })
}

// Assertion is what a body says about a person beside any procedure. It moves no stage; many may stand
// side by side and contradict each other.
type Assertion struct {
	ID       string
	Says     string // one of [Says]
	Body     string // one of [Bodies]
	Day      profile.Date
	Document string // SHA-256 in hex, or ""
	Name     private.Text
	Standard private.Text // of proof, in the words of the body
	Basis    private.Text
	Words    private.Text
	By       auth.AccountID // who wrote it down
}

type assertionFacts struct {
	Says, Body string
	Day        profile.Date
	Document   string
}

type assertionWords struct {
	Name     private.Text `json:"name,omitzero"`
	Standard private.Text `json:"standard,omitzero"`
	Basis    private.Text `json:"basis,omitzero"`
	Words    private.Text `json:"words,omitzero"`
}

var assertions = record.Table[assertionFacts]{
	Name:   "protection_identification_assertion",
	Sealed: []record.Column{{Name: "narrative", Class: vault.Narrative}},
	Clear:  []string{"says", "body", "day", "document"},
	Fields: func(f *assertionFacts) []any { return []any{&f.Says, &f.Body, &f.Day, &f.Document} },
}

// Assert records what a body says. It returns the identifier.
func (s *Identifications) Assert(ctx context.Context, actor auth.Actor, id casefile.ID, a Assertion, key record.SubmissionKey) (found string, err error) {
	f := fault.New(fault.Invalid, "The statement was not recorded.")
	if !known(a.Says, Says()) {
		f = f.WithField("says", "Choose what the body says.")
	}
	if !known(a.Body, Bodies()) {
		f = f.WithField("body", "Choose who says it.")
	}
	if _, ok := profile.DaysLeft(a.Day, a.Day); !ok {
		f = f.WithField("on", "Enter the day on which it happened.")
	}
	if a.Document != "" && !hashForm.MatchString(a.Document) {
		f = f.WithField("document", "Write the SHA-256 of the document: 64 characters from 0 to 9 and a to f.")
	}
	for field, text := range map[string]private.Text{"name": a.Name, "standard": a.Standard, "basis": a.Basis} {
		if len(text.Reveal("measure it")) > maxLine {
			f = f.WithField(field, "Use at most %d characters.", maxLine)
		}
	}
	if len(a.Words.Reveal("measure it")) > maxReasons {
		f = f.WithField("words", "Use at most %d characters.", maxReasons)
	}
	if len(f.Fields) > 0 {
		return "", f
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		found, _, err = record.Once(ctx, tx, actor, key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
			if err != nil {
				return "", err
			}
			row := record.Row[assertionFacts]{Key: c.Child(), Clear: assertionFacts{a.Says, a.Body, a.Day, a.Document}}
			entry := record.Act{Actor: actor, Name: "identification.assert", Detail: map[string]string{"says": a.Says, "body": a.Body}}
			row, err = assertions.Insert(ctx, tx, s.vault, entry, row,
				record.Doc{Class: vault.Narrative, Value: assertionWords{a.Name, a.Standard, a.Basis, a.Words}})
			return row.ID, err
		})
		return err
	})
	return found, err
}
