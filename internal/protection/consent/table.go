package consent

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// sheet is the clear columns of a consent: codes only.
type sheet struct {
	Kind                                                        Kind
	State                                                       State
	DecidedAt, UntilAt, EndedAt                                 int64
	Classes, Purposes, Explained, Information, Own, Understood  string
	DecidedBy, Assent, Guardian, Interpreter, Exploiter, Method string
	Supersedes                                                  ID
	InterpreterFit                                              bool
}

// Sealed is what of a consent is sealed.
type Sealed struct {
	Language string                  `json:"language,omitempty"` // in which it was explained
	Present  []Present               `json:"present,omitempty"`
	Words    private.Text            `json:"words,omitzero"`  // what the person said, in their own words
	Names    map[string]private.Text `json:"names,omitempty"` // of recipients, by code
	Evidence string                  `json:"evidence,omitempty"`
}

// Present is somebody who was there.
type Present struct {
	As  string       `json:"as"` // one of [Roles]
	Who private.Text `json:"who,omitzero"`
}

// taken is what the person said when taking it back.
type taken struct {
	Words private.Text `json:"words,omitzero"`
}

var sheets = record.Table[sheet]{
	Name:   "protection_consent",
	Sealed: []record.Column{{Name: "told", Class: vault.Sensitive}, {Name: "taken", Class: vault.Personal}},
	Clear: []string{
		"kind", "state", "decided_at", "until_at", "ended_at", "classes", "purposes", "explained", "information", "own_language",
		"understood", "decided_by", "assent", "guardian", "interpreter", "exploiter", "method", "supersedes",
		"interpreter_fit",
	},
	Fields: func(s *sheet) []any {
		return []any{
			&s.Kind, &s.State, &s.DecidedAt, &s.UntilAt, &s.EndedAt, &s.Classes, &s.Purposes, &s.Explained, &s.Information, &s.Own,
			&s.Understood, &s.DecidedBy, &s.Assent, &s.Guardian, &s.Interpreter, &s.Exploiter, &s.Method, &s.Supersedes,
			&s.InterpreterFit,
		}
	},
	Erase: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		for _, q := range []string{
			"DELETE FROM protection_consent_term WHERE org_id = $1 AND person_id = $2",
			"DELETE FROM protection_consent WHERE org_id = $1 AND person_id = $2",
			"DELETE FROM protection_recall WHERE org_id = $1 AND person_id = $2",
		} {
			if _, err := tx.Exec(ctx, q, string(org), string(person)); err != nil {
				return err
			}
		}
		return nil
	},
}

// ground is the clear columns of a legal basis.
type ground struct {
	Ground                      Ground
	Step                        Step
	Recipient, Classes, Purpose string
	BegunAt, UntilAt, DoneAt    int64
	By, Second                  auth.AccountID
	Told                        Told
	Rule, Version               string
	DueAt                       int64
	WeighedBy                   auth.AccountID
	Authentic                   Answer
	Privileged                  string
	ObjectUntil                 int64
	Objection                   Objection
	MayTell                     Answer
	Hold, Seen, SecondSeen      string
}

// Why is what of a legal basis is sealed.
type Why struct {
	Words     private.Text `json:"words,omitzero"`     // why it is done
	Reference private.Text `json:"reference,omitzero"` // file number of an order
	From      private.Text `json:"from,omitzero"`      // who orders it, or to whom by name
	Plan      private.Text `json:"plan,omitzero"`      // when and how the person is told
}

// opinion is what the second person wrote.
type opinion struct {
	Words private.Text `json:"words,omitzero"`
}

var grounds = record.Table[ground]{
	Name:   "protection_basis",
	Sealed: []record.Column{{Name: "reason", Class: vault.Sensitive}, {Name: "review", Class: vault.Personal}},
	Clear: []string{
		"ground", "step", "recipient", "classes", "purpose", "begun_at", "until_at", "done_at", "noted_by", "second", "told", "rule",
		"rule_version", "due_at", "weighed_by", "authentic", "privileged", "object_until", "objection", "may_tell", "hold_id", "seen", "second_seen",
	},
	Fields: func(g *ground) []any {
		return []any{
			&g.Ground, &g.Step, &g.Recipient, &g.Classes, &g.Purpose, &g.BegunAt, &g.UntilAt, &g.DoneAt, &g.By, &g.Second, &g.Told, &g.Rule,
			&g.Version, &g.DueAt, &g.WeighedBy, &g.Authentic, &g.Privileged, &g.ObjectUntil, &g.Objection, &g.MayTell, &g.Hold, &g.Seen, &g.SecondSeen,
		}
	},
}

// left is the clear columns of a disclosure.
type left struct {
	Recipient, Classes, Purpose, Hash string
	Consent                           ID
	Basis                             BasisID
	Agreement, Share                  string
	LeftAt                            int64
	Receipt                           string
	ReceiptAt                         int64
	Recall                            RecallState
}

// how is what of a disclosure is sealed.
type how struct {
	Words private.Text `json:"words,omitzero"` // what was said, or handed over
	Name  private.Text `json:"name,omitzero"`  // to whom
}

var disclosures = record.Table[left]{
	Name:   "protection_disclosure",
	Sealed: []record.Column{{Name: "how", Class: vault.Sensitive}},
	Clear: []string{
		"recipient", "classes", "purpose", "content_hash", "consent_id", "basis_id", "agreement_id", "share", "left_at", "receipt", "receipt_at", "recall",
	},
	Fields: func(l *left) []any {
		return []any{
			&l.Recipient, &l.Classes, &l.Purpose, &l.Hash, &l.Consent, &l.Basis, &l.Agreement, &l.Share, &l.LeftAt, &l.Receipt, &l.ReceiptAt, &l.Recall,
		}
	},
}

// instant and micros turn a column into a time and back; 0 is no time.
func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// consentOf is a row as the rule sees it, without its recipients.
func consentOf(r record.Row[sheet]) Consent {
	s := r.Clear
	c := Consent{
		ID: ID(r.ID), Person: r.Person, Kind: s.Kind, State: s.State, Classes: strings.Fields(s.Classes), Purposes: strings.Fields(s.Purposes),
		Decided: instant(s.DecidedAt), Until: instant(s.UntilAt), Ended: instant(s.EndedAt),
		Giving: Giving{
			Information: s.Information, OwnLanguage: Answer(s.Own), Understood: Answer(s.Understood), By: Decider(s.DecidedBy), Assent: Assent(s.Assent),
			Guardian: s.Guardian, Interpreter: s.Interpreter, Exploiter: Answer(s.Exploiter), Method: Method(s.Method),
		},
	}
	for e := range strings.FieldsSeq(s.Explained) {
		c.Explained = append(c.Explained, Element(e))
	}
	return c
}

// basisOf is a row as the rule sees it.
func basisOf(r record.Row[ground]) Basis {
	g := r.Clear
	return Basis{
		ID: BasisID(r.ID), Person: r.Person, Ground: g.Ground, Step: g.Step, Recipient: g.Recipient, Classes: strings.Fields(g.Classes),
		Purpose: g.Purpose, Begun: instant(g.BegunAt), Until: instant(g.UntilAt), By: g.By, Second: g.Second, Told: g.Told,
		Rule: g.Rule, Version: g.Version, Due: instant(g.DueAt), WeighedBy: g.WeighedBy, Authentic: g.Authentic, Privileged: strings.Fields(g.Privileged),
		ObjectUntil: instant(g.ObjectUntil), Objection: g.Objection, MayTell: g.MayTell, Hold: g.Hold,
	}
}

// terms reads the recipients of consents; of one person, or of one consent.
func terms(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (map[ID][]Term, error) {
	all := map[ID][]Term{}
	rows, err := tx.Query(ctx, `SELECT consent_id, recipient, recall, why, feeds, ended_at FROM protection_consent_term
		WHERE org_id = $1 AND person_id = $2 ORDER BY consent_id, ordinal`, string(org), string(person))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var (
			id    ID
			t     Term
			ended int64
		)
		err = r.Scan(&id, &t.To, &t.Recall, &t.Why, &t.Feeds, &ended)
		t.Ended = instant(ended)
		all[id] = append(all[id], t)
		return none, err
	})
	return all, err
}

// codes joins codes for a column.
func codes[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = string(c)
	}
	return strings.Join(words, " ")
}
