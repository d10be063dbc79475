package identification

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Letter is a letter about a decision. The short version says only that help is due and until when.
type Letter struct {
	ID        string
	Event     string
	Short     bool
	Issued    profile.Date
	Until     profile.Date // "" when it does not lapse
	Withdrawn profile.Date // "" while it is genuine
	Issuer    private.Text // how the issuer is named on it; a neutral name
	Bearer    private.Text // whose letter it is, as printed; may be empty
	Code      private.Text // what a third party checks
}

type letterFacts struct {
	Procedure, Event         string
	Short                    int64
	Code                     string
	Issued, Until, Withdrawn profile.Date
}

type letterWords struct {
	Issuer private.Text `json:"issuer,omitzero"`
	Bearer private.Text `json:"bearer,omitzero"`
	Code   private.Text `json:"code,omitzero"`
}

var letters = record.Table[letterFacts]{
	Name:   "protection_identification_letter",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}},
	Clear:  []string{"procedure_id", "event_id", "short", "code", "issued_on", "until_day", "withdrawn_on"},
	Fields: func(f *letterFacts) []any {
		return []any{&f.Procedure, &f.Event, &f.Short, &f.Code, &f.Issued, &f.Until, &f.Withdrawn}
	},
}

// codeLetters are those of a letter's code: 32, none that is read as another.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// codeSize is the number of characters of a code, five bits each: 140 bits.
const codeSize = 28

// newCode draws a code.
func newCode() string {
	var raw [codeSize]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the program instead
	for i, b := range raw {
		raw[i] = codeLetters[b%32]
	}
	return string(raw[:])
}

// ShownCode writes a code in groups of four, as it is printed.
func ShownCode(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i += 4 {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(code[i:min(i+4, len(code))])
	}
	return b.String()
}

// hashOf is how a code is stored: it is random, so a plain hash cannot be searched back.
func hashOf(text string) string {
	text = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\u2010' || r == '\u2011' {
			return -1
		}
		return r
	}, text[:min(len(text), 200)]))
	sum := sha256.Sum256([]byte("fourfold/letter/v1 " + text))
	return hex.EncodeToString(sum[:])
}

// Issue writes a letter about a decision that was taken. Until may be "".
func (s *Identifications) Issue(ctx context.Context, actor auth.Actor, id casefile.ID, l Letter, key record.SubmissionKey) (found string, err error) {
	f := fault.New(fault.Invalid, "The letter was not written.")
	if n := len(strings.TrimSpace(l.Issuer.Reveal("measure it"))); n == 0 || n > maxLine {
		f = f.WithField("issuer", "Write a neutral name of the issuer, at most %d characters.", maxLine)
	}
	if len(l.Bearer.Reveal("measure it")) > maxLine {
		f = f.WithField("bearer", "Use at most %d characters.", maxLine)
	}
	if _, ok := profile.DaysLeft(l.Until, l.Until); l.Until != "" && !ok {
		f = f.WithField("until", "Write the day as 2024-07-23, or leave it out.")
	}
	if len(f.Fields) > 0 {
		return "", f
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		found, _, err = record.Once(ctx, tx, actor, key, func() (string, error) { return s.issue(ctx, tx, actor, id, l) })
		return err
	})
	return found, err
}

func (s *Identifications) issue(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, l Letter) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, id, auth.DecideIdentity)
	if err != nil {
		return "", err
	}
	event, err := events.Get(ctx, tx, actor.Org, l.Event)
	if err == nil && event.Case != string(id) {
		err = missing()
	}
	if err != nil {
		return "", err
	}
	var jurisdiction string
	err = tx.QueryRow(ctx, "SELECT jurisdiction FROM protection_identification WHERE org_id = $1 AND id = $2", string(actor.Org), event.Clear.Procedure).Scan(&jurisdiction)
	if err != nil {
		return "", err
	}
	v, _ := s.Law.At(jurisdiction, string(event.Clear.Day))
	m, _ := v.Move(event.Clear.Step)
	if event.Clear.State != done || m.Decides == "" || event.Clear.Own != 1 {
		return "", fault.New(fault.Conflict, "A letter is about a decision that this organisation took.")
	}
	on, _, err := today(ctx, tx, actor.Org)
	if err != nil {
		return "", err
	}
	code := newCode()
	row := record.Row[letterFacts]{Key: c.Child(), Clear: letterFacts{
		Procedure: event.Clear.Procedure, Event: event.ID, Short: number(l.Short), Code: hashOf(code), Issued: on, Until: l.Until,
	}}
	a := record.Act{Actor: actor, Name: "identification.letter", Detail: map[string]string{"event": event.ID}}
	row, err = letters.Insert(ctx, tx, s.vault, a, row, record.Doc{Class: vault.Personal, Value: letterWords{l.Issuer, l.Bearer, private.New(code)}})
	return row.ID, err
}

// Withdraw ends a letter: its code is not genuine any more.
func (s *Identifications) Withdraw(ctx context.Context, actor auth.Actor, id casefile.ID, letter string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Lock(ctx, tx, actor, id, auth.DecideIdentity); err != nil {
			return err
		}
		row, err := letters.Get(ctx, tx, actor.Org, letter)
		if err == nil && row.Case != string(id) {
			err = missing()
		}
		if err != nil || row.Clear.Withdrawn != "" {
			return err
		}
		if row.Clear.Withdrawn, _, err = today(ctx, tx, actor.Org); err != nil {
			return err
		}
		_, err = letters.Update(ctx, tx, s.vault, record.Act{Actor: actor, Name: "identification.letter-withdraw"}, row)
		return err
	})
}

// Read opens a letter, to print it.
func (s *Identifications) Read(ctx context.Context, actor auth.Actor, id casefile.ID, letter string) (Letter, Event, error) {
	var row record.Row[letterFacts]
	var event record.Row[eventFacts]
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if _, err := casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		if row, err = letters.Get(ctx, tx, actor.Org, letter); err != nil {
			return err
		}
		if row.Case != string(id) {
			return missing()
		}
		event, err = events.Get(ctx, tx, actor.Org, row.Clear.Event)
		return err
	})
	if err != nil {
		return Letter{}, Event{}, err
	}
	var words letterWords
	var g record.Reading
	row.Want(&g, vault.Personal, &words)
	if err := g.Open(ctx, s.vault, actor, vault.Why{Purpose: purpose, Scope: string(id)}); err != nil {
		return Letter{}, Event{}, err
	}
	l := letterOf(row)
	l.Issuer, l.Bearer, l.Code = words.Issuer, words.Bearer, words.Code
	return l, eventOf(event), nil
}

func letterOf(row record.Row[letterFacts]) Letter {
	c := row.Clear
	return Letter{ID: row.ID, Event: c.Event, Short: c.Short == 1, Issued: c.Issued, Until: c.Until, Withdrawn: c.Withdrawn}
}

// Genuine reports whether a code is that of a letter which was issued here and not withdrawn, and the last day on which it
// held when that is over. It tells nothing else, and asks the same whether there is such a letter or not. Anybody may ask.
func (s *Identifications) Genuine(ctx context.Context, code string) (genuine bool, over profile.Date, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var (
			withdrawn, zone string
			until           profile.Date
		)
		genuine, over = false, ""
		err := tx.QueryRow(ctx, `SELECT l.withdrawn_on, l.until_day, o.zone FROM protection_identification_letter l
			JOIN org o ON o.id = l.org_id WHERE l.code = $1`, hashOf(code)).Scan(&withdrawn, &until, &zone)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		at, err := time.LoadLocation(zone)
		if err != nil {
			return err
		}
		genuine = withdrawn == ""
		if genuine && until != "" && string(until) < tx.Now().In(at).Format(time.DateOnly) {
			over = until
		}
		return nil
	})
	return genuine, over, err
}
