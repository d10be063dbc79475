// Package breach is the register of what went wrong with people's data: when it was found, until when
// the regulator must be told, whom it touches, and who of them can be told without harm.
//
// Whom it touches is found by a query over the ledger, not by memory: whose file an account opened in a
// time, or everybody. A letter about a breach can itself reveal who is helped, so nobody counts as
// somebody who can be told before a person has said so.
//
// Trust: the register holds identifiers, codes and times; the note is sealed under a key of the
// organisation. Only the protection officer keeps it. It cannot find what left no trace, such as a
// database that was copied by whoever runs the machine: for that the answer is everybody.
package breach

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/vault"
)

// ID identifies a breach within its organisation.
type ID string

// Kinds returns the codes of what can have happened.
func Kinds() []string {
	return []string{
		"lost-device", "wrong-receiver", "opened-without-need", "stolen-sign-in", "copied-database", "altered", "lost", "other",
	}
}

// Told is what has become of telling a person.
type Told string

// The answers. Unknown is where everybody begins, and it does not mean yes.
const (
	Unknown Told = "unknown" // nobody has looked yet whether telling is safe
	Safe    Told = "safe"    // can be told
	NotNow  Told = "not-now" // telling now would harm; to be looked at again
	Unsafe  Told = "unsafe"  // there is no safe way
	Done    Told = "told"
)

// Answers returns all answers, in the order of the constants.
func Answers() []Told { return []Told{Unknown, Safe, NotNow, Unsafe, Done} }

// Register keeps the breaches of a node's organisations. It is safe for concurrent use.
type Register struct {
	DB      *db.DB
	Vault   *vault.Vault
	Secrets vault.Secrets
	Law     *profile.Book
}

// Report is what somebody says when they open a breach.
type Report struct {
	Kind         string
	Found        time.Time // when somebody here first knew
	Jurisdiction string    // whose rule applies, a code of the profiles; "" when nobody knows
	Note         private.Text
}

// Breach is an entry of the register.
type Breach struct {
	ID           ID
	Kind         string
	Jurisdiction string
	Rule         string // identifier of the fact that set the clock; "" when no rule is known
	Found        time.Time
	Deadline     time.Time // to tell the regulator; zero when no rule is known
	Note         private.Text
	OpenedBy     auth.AccountID
	Reported     time.Time // zero: the regulator was not told yet
	ReportedBy   auth.AccountID
	Reference    string
	Closed       time.Time
	Counts       map[Told]int // persons by answer
	version      int64
}

// Affected is a person whom a breach touches.
type Affected struct {
	Person   vault.PersonID
	FoundBy  string
	Told     Told
	JudgedBy auth.AccountID
	JudgedAt time.Time
}

const (
	maxNote = 4000
	place   = "breach/"
	topic   = "breach.notification"
)

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

func may(actor auth.Actor) error {
	if !actor.May(auth.ManageBreaches) {
		return missing()
	}
	return nil
}

// Open enters a breach and starts the regulator's clock by the rule that was in force when it was
// found. The keepers of the register are told at once.
func (r *Register) Open(ctx context.Context, actor auth.Actor, in Report) (ID, error) {
	if err := may(actor); err != nil {
		return "", err
	}
	id := ID(db.NewID())
	note := []byte{}
	if text := in.Note.Reveal("seal a note"); text != "" {
		if len(text) > maxNote {
			return "", fault.New(fault.Invalid, "The breach was not entered.").
				WithField("note", "Use at most %d characters.", maxNote)
		}
		var err error
		if note, err = r.Secrets.Seal(ctx, actor.Org, place+string(id), []byte(text)); err != nil {
			return "", err
		}
	}
	return id, r.DB.Write(ctx, func(tx *db.Tx) error {
		if err := check(in, tx.Now()); err != nil {
			return err
		}
		rule, deadline := r.clock(in)
		_, err := tx.Exec(ctx, `
			INSERT INTO breach (org_id, id, version, kind, jurisdiction, rule, found_at, deadline_at, note, opened_by, opened_at, reported_by, reference)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, '', '')`,
			string(actor.Org), string(id), in.Kind, in.Jurisdiction, rule, in.Found.UnixMicro(), deadline, note,
			string(actor.Account), tx.NowMicros())
		if err != nil {
			return err
		}
		if err := tell(ctx, tx, actor.Org, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, act(actor, id, "breach.open", map[string]string{"kind": in.Kind, "rule": rule}))
	})
}

func check(in Report, now time.Time) error {
	f := fault.New(fault.Invalid, "The breach was not entered.")
	if !slices.Contains(Kinds(), in.Kind) {
		f = f.WithField("kind", "Choose what happened.")
	}
	if in.Found.IsZero() || in.Found.After(now) || now.Sub(in.Found) > 10*366*24*time.Hour {
		f = f.WithField("found", "Say when it was found: not later than now.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// clock returns the rule for telling the regulator and when the time is over, by the law on the day it
// was found. Hours run on holidays too.
func (r *Register) clock(in Report) (rule string, deadline sql.Null[int64]) {
	fact, state := r.Law.At(in.Jurisdiction, topic, in.Found.UTC().Format(time.DateOnly))
	if state != profile.Holds && state != profile.Unsure || fact.Unit != "hours" {
		return "", deadline
	}
	end := in.Found.Add(time.Duration(fact.Value * float64(time.Hour)))
	return fact.ID, sql.Null[int64]{V: end.UnixMicro(), Valid: true}
}

// Jurisdictions returns those whose profiles say when a regulator must be told.
func (r *Register) Jurisdictions() []string {
	return slices.DeleteFunc(r.Law.Jurisdictions(), func(j string) bool { return !slices.Contains(r.Law.Topics(j), topic) })
}

// tell tells the keepers of the register.
func tell(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID) error {
	keepers, err := auth.Holders(ctx, tx, org, auth.ManageBreaches)
	if err != nil {
		return err
	}
	for _, to := range keepers {
		err := notify.Post(ctx, tx, notify.Notice{Org: string(org), To: string(to), Kind: notify.BreachClock, About: string(id)})
		if err != nil {
			return err
		}
	}
	return nil
}

func act(actor auth.Actor, id ID, what string, detail map[string]string) audit.Entry {
	all := map[string]string{"act": what, "via": string(actor.Via)}
	for k, v := range detail {
		if v != "" {
			all[k] = v
		}
	}
	return audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(id), Detail: all,
	}
}

const columns = `id, version, kind, jurisdiction, rule, found_at, deadline_at, note, opened_by, reported_at, reported_by, reference, closed_at`

func (r *Register) scan(ctx context.Context, org auth.OrgID, rows interface{ Scan(...any) error }) (b Breach, err error) {
	var (
		found                      int64
		deadline, reported, closed sql.Null[int64]
		note                       []byte
	)
	err = rows.Scan(&b.ID, &b.version, &b.Kind, &b.Jurisdiction, &b.Rule, &found, &deadline, &note, &b.OpenedBy, &reported,
		&b.ReportedBy, &b.Reference, &closed)
	if err != nil {
		return b, err
	}
	b.Found, b.Deadline, b.Reported, b.Closed = instant(sql.Null[int64]{V: found, Valid: true}), instant(deadline), instant(reported), instant(closed)
	if len(note) > 0 {
		text, err := r.Secrets.Open(ctx, org, place+string(b.ID), note)
		if err != nil {
			return b, err
		}
		b.Note = private.New(string(text))
	}
	return b, nil
}

func instant(at sql.Null[int64]) time.Time {
	if !at.Valid {
		return time.Time{}
	}
	return time.UnixMicro(at.V).UTC()
}

// List returns the breaches of the actor's organisation: those whose clock runs first, then the newest.
func (r *Register) List(ctx context.Context, actor auth.Actor) (all []Breach, err error) {
	if err := may(actor); err != nil {
		return nil, err
	}
	err = r.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+columns+` FROM breach WHERE org_id = $1
			ORDER BY CASE WHEN reported_at IS NULL AND closed_at IS NULL THEN 0 ELSE 1 END, found_at DESC, id`, string(actor.Org))
		all, err = db.Collect(rows, err, func(rows *sql.Rows) (Breach, error) { return r.scan(ctx, actor.Org, rows) })
		return err
	})
	return all, err
}

// Get returns a breach with how many persons it touches, and whom.
func (r *Register) Get(ctx context.Context, actor auth.Actor, id ID) (b Breach, persons []Affected, err error) {
	if err := may(actor); err != nil {
		return b, nil, err
	}
	err = r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if b, err = r.find(ctx, tx, actor.Org, id); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT person_id, found_by, told, judged_by, judged_at FROM breach_person
			WHERE org_id = $1 AND breach_id = $2 ORDER BY person_id`, string(actor.Org), string(id))
		persons, err = db.Collect(rows, err, func(rows *sql.Rows) (a Affected, err error) {
			var at sql.Null[int64]
			err = rows.Scan(&a.Person, &a.FoundBy, &a.Told, &a.JudgedBy, &at)
			a.JudgedAt = instant(at)
			return a, err
		})
		return err
	})
	b.Counts = map[Told]int{}
	for _, a := range persons {
		b.Counts[a.Told]++
	}
	return b, persons, err
}

func (r *Register) find(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID) (Breach, error) {
	b, err := r.scan(ctx, org, tx.QueryRow(ctx, "SELECT "+columns+" FROM breach WHERE org_id = $1 AND id = $2", string(org), string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = missing()
	}
	return b, err
}

// referenceForm is a file number, so that no name gets into the register.
var referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ./_-]{0,63}$`)
