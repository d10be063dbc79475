package referral

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// facts are the clear columns of a side's row: codes, identifiers and times.
type facts struct {
	Direction                             string
	Kind                                  Kind
	Partner                               auth.OrgID
	Agreement, Purpose                    string
	Needs, Urgency, Fields, Roles         string
	Sending                               Sending
	Receiving                             Receiving
	Reason                                string
	Back                                  Back
	Maker                                 auth.AccountID
	Files, Days                           int64
	UntilAt, SentAt, AnsweredAt, Released int64
}

// Back is what became of asking back a copy that had arrived.
type Back string

// The states of a copy. Only with NotAsked, Partly and Kept may it be shown.
const (
	NotAsked  Back = ""
	AskedBack Back = "asked"
	Destroyed Back = "destroyed"
	Partly    Back = "partly" // part of it stays there on a ground of law
	Kept      Back = "kept"
)

// The directions.
const (
	out = "out"
	in  = "in"
)

type row = record.Row[facts]

var table = &record.Table[facts]{
	Name:   "protection_referral",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}, {Name: "sensitive", Class: vault.Sensitive}},
	Clear: []string{
		"direction", "kind", "partner", "agreement", "purpose", "needs", "urgency", "fields", "roles", "sending", "receiving", "reason", "back",
		"maker", "files", "days", "until_at", "sent_at", "answered_at", "released_at",
	},
	Fields: func(f *facts) []any {
		return []any{
			&f.Direction, &f.Kind, &f.Partner, &f.Agreement, &f.Purpose, &f.Needs, &f.Urgency, &f.Fields, &f.Roles, &f.Sending, &f.Receiving,
			&f.Reason, &f.Back, &f.Maker, &f.Files, &f.Days, &f.UntilAt, &f.SentAt, &f.AnsweredAt, &f.Released,
		}
	},
	// What stands in a row goes on by acts, each with an entry; a draft that was changed needs no past.
	Forgets: true,
	Erase:   forget,
}

// forget removes the rows of a person. The other side of what is under way learns that it is recalled; of what it has, that it
// is asked back, unless it has taken the case over.
func forget(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	const ofPerson = "WHERE org_id = $1 AND person_id = $2"
	rows, err := tx.Query(ctx, "SELECT id, partner FROM protection_referral "+ofPerson+` AND direction = 'out'
		AND (sending IN ('sent', 'released') OR sending = 'closed' AND kind = 'referral' AND released_at > 0)`, string(org), string(person))
	all, err := db.Collect(rows, err, func(r *sql.Rows) (one [2]string, err error) { return one, r.Scan(&one[0], &one[1]) })
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := tellErased(ctx, tx, org, auth.OrgID(one[1]), one[0]); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "DELETE FROM protection_referral "+ofPerson, string(org), string(person))
	return err
}

// tellErased tells the other side of one referral that the person is erased where it came from.
func tellErased(ctx context.Context, tx *db.Tx, org, partner auth.OrgID, id string) error {
	n, err := tx.Exec(ctx, `UPDATE protection_referral SET sending = 'recalled', reason = 'erased', version = version + 1
		WHERE org_id = $1 AND id = $2 AND sending IN ('sent', 'released')`, string(partner), id)
	if err == nil && n > 0 {
		err = audit.Append(ctx, tx, audit.Entry{
			Org: string(partner), Actor: string(partnerAccount), Kind: audit.Recall, Subject: id,
			Detail: map[string]string{"act": "referral.hear", "sending": string(Recalled), "reason": "erased"},
		})
	}
	if err != nil {
		return err
	}
	n, err = tx.Exec(ctx, `UPDATE protection_referral SET back = 'asked', version = version + 1
		WHERE org_id = $1 AND id = $2 AND direction = 'in' AND released_at > 0 AND back = ''`, string(partner), id)
	if err != nil || n == 0 {
		return err
	}
	return consent.AskBackIn(ctx, tx, org, partner, id)
}

// Blind is what the receiving side sees before it accepts. It has no name, no place and no story, and no room for one.
type Blind struct {
	Age       string   `json:"age,omitempty"`       // one of [AgeGroups]; "" is not known
	Languages []string `json:"languages,omitempty"` // codes
	Interpret bool     `json:"interpret,omitempty"` // an interpreter is needed
	Adults    int      `json:"adults,omitempty"`    // who come along
	Children  int      `json:"children,omitempty"`
	Access    []string `json:"access,omitempty"`
	Safety    []string `json:"safety,omitempty"`
}

// maxAlong bounds who comes along.
const maxAlong = 30

func (b Blind) check(f *fault.Error) *fault.Error {
	if b.Age != "" && index(AgeGroups(), b.Age) < 0 {
		f = f.WithField("age", "Choose from the list.")
	}
	if len(b.Languages) > 8 || slices.ContainsFunc(b.Languages, func(l string) bool { return !languageForm.MatchString(l) }) {
		f = f.WithField("languages", "Give each language by its code, such as ar, kmr or zh-Hant.")
	}
	if b.Adults < 0 || b.Children < 0 || b.Adults > maxAlong || b.Children > maxAlong {
		f = f.WithField("along", "Give a number from 0 to %d.", maxAlong)
	}
	if !allKnown(AccessNeeds(), b.Access) {
		f = f.WithField("access", "Choose from the list.")
	}
	if !allKnown(SafetyNeeds(), b.Safety) {
		f = f.WithField("safety", "Choose from the list.")
	}
	return f
}

// only is what of a blind need may be seen, by field.
func (b Blind) only(fields []string) (seen Blind) {
	for _, f := range fields {
		switch f {
		case "referral.age-group":
			seen.Age = b.Age
		case "referral.language":
			seen.Languages, seen.Interpret = b.Languages, b.Interpret
		case "referral.dependants":
			seen.Adults, seen.Children = b.Adults, b.Children
		case "referral.access":
			seen.Access = b.Access
		case "referral.safety":
			seen.Safety = b.Safety
		}
	}
	return seen
}

// young leaves the age out where it is that of an adult and the file says by now that the person is or may be a child.
func (b Blind) young(child bool) Blind {
	if child && slices.Contains(grown, b.Age) {
		b.Age = ""
	}
	return b
}

// Later is what leaves after acceptance: text by field, one of [LaterFields].
type Later map[string]private.Text

// Referral is a side's row as its people see it.
type Referral struct {
	ID, Case           string
	Version            int64
	End                End
	Partner            auth.OrgID
	Agreement, Purpose string
	Needs              []string
	Urgency            string
	Fields             []string // may leave, or has left
	Reason             string
	Back               Back
	Files, Days        int
	Changed            time.Time
	Sent, Released     time.Time // zero when not
	State              State
	Maker              auth.AccountID
}

func referralOf(r row, now time.Time) Referral {
	c, e := r.Clear, endOf(r)
	return Referral{
		ID: r.ID, Case: r.Case, Version: r.Version, End: e, Partner: c.Partner, Agreement: c.Agreement, Purpose: c.Purpose, Needs: strings.Fields(c.Needs),
		Urgency: c.Urgency, Fields: strings.Fields(c.Fields), Reason: c.Reason, Back: c.Back, Files: int(c.Files), Days: int(c.Days),
		Changed: r.ChangedAt, Sent: instant(c.SentAt), Released: instant(c.Released), State: e.state(now), Maker: c.Maker,
	}
}

// endOf is a row as the rule sees it.
func endOf(r row) End {
	c := r.Clear
	e := End{Kind: c.Kind, Out: c.Direction == out, S: c.Sending, R: c.Receiving, Until: instant(c.UntilAt)}
	over := c.Sending == Closed && c.Receiving == Started
	if e.Out {
		e.Owner = c.Kind == Transfer && !over
		return e
	}
	e.Holds = c.Released != 0
	e.Owner = c.Kind == Transfer && over && e.Holds
	return e
}

// put writes what the rule said into a row.
func (e End) put(r *row) { r.Clear.Sending, r.Clear.Receiving = e.S, e.R }

// State is where a referral stands, in one word.
type State string

// States are the words, with their English labels.
func States() []Word { return stateWords }

// state says where a referral stands for the reader.
func (e End) state(now time.Time) State {
	switch {
	case e.S == Recalled || e.S == Closed && (e.Kind == Help || e.R != Started):
		return State(e.S)
	case e.S == Closed:
		return "taken-over"
	case e.Expired(now):
		return "expired"
	case e.R.over(), e.R == Started:
		return State(e.R)
	case e.S == Released:
		return "released"
	case e.R == Accepted:
		return State(Accepted)
	}
	return State(e.S)
}

func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
