package consent

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// ExpiresSoon is how long before its end a consent is shown as running out, and asks for a talk.
const ExpiresSoon = 14 * 24 * time.Hour

// View is the agreement with one person: what was said to whom, what holds, what has left, and on what else.
type View struct {
	Now     time.Time
	Rule    Rule
	Lines   []Line // the newest first
	Bases   []BasisLine
	Left    []LeftLine
	Recalls []Recall // asked and not answered, or answered
}

// Line is a sheet with what is sealed in it.
type Line struct {
	Consent
	Sealed
	Version    int64
	Supersedes ID
	By         auth.AccountID
	At         time.Time
	State      State // where it stands now
	Terms      []TermLine
	Soon       bool // it runs out soon
	Taken      private.Text
}

// TermLine is what one recipient may have now.
type TermLine struct {
	Term
	Name private.Text
	// Holds says that something may go there now; Why is what stands against it otherwise.
	Holds bool
	Why   []Reason
}

// BasisLine is a legal basis with what is sealed in it.
type BasisLine struct {
	Basis
	Why
	Opinion private.Text
	Row     int64 // version of the row, for changes
	// WaitsFor says that a second person has to look; Mine that the reader began it.
	WaitsFor, Mine bool
	Done           time.Time
}

// LeftLine is something that has left.
type LeftLine struct {
	ID                 DisclosureID
	Recipient, Purpose string
	Classes            []string
	Authority          Authority
	Agreement, Share   string
	At, Received       time.Time
	Recall             RecallState
	RecallWhy          string
	Words, Name        private.Text
	By                 auth.AccountID
}

// View opens the agreement with the person of a case.
func (r *Consents) View(ctx context.Context, actor auth.Actor, of string) (v View, err error) {
	var (
		rows []record.Row[sheet]
		base []record.Row[ground]
		out  []record.Row[left]
		know facts
		k    record.Key
	)
	err = r.db.Read(ctx, func(tx *db.Tx) (err error) {
		if k, err = r.look(ctx, tx, actor, of); err != nil {
			return err
		}
		if know, err = r.load(ctx, tx, actor.Org, k.Person); err != nil {
			return err
		}
		const ofPerson = "WHERE org_id = $1 AND person_id = $2 ORDER BY changed_at DESC, id"
		if rows, err = sheets.Find(ctx, tx, ofPerson, string(actor.Org), string(k.Person)); err != nil {
			return err
		}
		if base, err = grounds.Find(ctx, tx, ofPerson, string(actor.Org), string(k.Person)); err != nil {
			return err
		}
		if out, err = disclosures.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 ORDER BY left_at DESC, id", string(actor.Org), string(k.Person)); err != nil {
			return err
		}
		v = View{Now: tx.Now(), Rule: know.rule}
		v.Recalls, err = r.recallsOf(ctx, tx, actor.Org, k.Person)
		return err
	})
	if err != nil {
		return View{}, err
	}
	if err := v.open(ctx, r.vault, actor, of, rows, base, out); err != nil {
		return View{}, err
	}
	for i, row := range rows {
		v.Lines[i].fill(row, know, v.Now)
	}
	slices.SortStableFunc(v.Lines, func(a, b Line) int { return cmp.Compare(rank(a), rank(b)) })
	return v, nil
}

// open opens what is sealed in the rows, all at once.
func (v *View) open(ctx context.Context, vlt *vault.Vault, actor auth.Actor, of string, rows []record.Row[sheet], base []record.Row[ground], out []record.Row[left]) error {
	var g record.Reading
	v.Lines, v.Bases, v.Left = make([]Line, len(rows)), make([]BasisLine, len(base)), make([]LeftLine, len(out))
	words, views, hows := make([]taken, len(rows)), make([]opinion, len(base)), make([]how, len(out))
	for i, row := range rows {
		row.Want(&g, vault.Sensitive, &v.Lines[i].Sealed)
		row.Want(&g, vault.Personal, &words[i])
	}
	for i, row := range base {
		row.Want(&g, vault.Sensitive, &v.Bases[i].Why)
		row.Want(&g, vault.Personal, &views[i])
	}
	for i, row := range out {
		row.Want(&g, vault.Sensitive, &hows[i])
	}
	if err := g.Open(ctx, vlt, actor, vault.Why{Purpose: "support", Scope: of}); err != nil {
		return err
	}
	for i := range rows {
		v.Lines[i].Taken = words[i].Words
	}
	for i, row := range base {
		b := &v.Bases[i]
		b.Basis, b.Row, b.Opinion, b.Done = basisOf(row), row.Version, views[i].Words, instant(row.Clear.DoneAt)
		b.Mine, b.WaitsFor = b.isOf(actor.Account), b.Waits()
	}
	for i, row := range out {
		v.Left[i] = leftLine(row, hows[i], v.Recalls)
	}
	return nil
}

// rank puts what holds first, then what was refused, then what is over.
func rank(l Line) int {
	switch l.State {
	case Given:
		return 0
	case Refused:
		return 1
	case Draft:
		return 2
	default:
		return 3
	}
}

func (l *Line) fill(row record.Row[sheet], know facts, now time.Time) {
	i := slices.IndexFunc(know.all, func(c Consent) bool { return c.ID == ID(row.ID) })
	if i < 0 {
		return
	}
	l.Consent = know.all[i]
	l.Version, l.Supersedes, l.By, l.At = row.Version, row.Clear.Supersedes, row.ChangedBy, row.ChangedAt
	l.State = l.StateAt(now)
	l.Soon = l.State == Given && l.Until.Sub(now) <= ExpiresSoon
	for _, t := range l.Recipients {
		line := TermLine{Term: t, Name: l.Names[t.To]}
		line.Holds, line.Why = know.holds(l.Consent, t, now)
		l.Terms = append(l.Terms, line)
	}
}

// holds reports whether a sheet lets something go to one of its recipients now, and if not, the fewest reasons why.
func (know facts) holds(c Consent, t Term, now time.Time) (ok bool, why []Reason) {
	for _, class := range c.Classes {
		for _, purpose := range c.Purposes {
			q := Request{Person: c.Person, Kind: c.Kind, Recipient: t.To, Class: class, Purpose: purpose, Rule: know.rule}
			_, reasons := judge(know.all, c, q, now)
			if len(reasons) == 0 {
				return true, nil
			}
			if why == nil || len(reasons) < len(why) {
				why = reasons
			}
		}
	}
	return false, why
}

func leftLine(row record.Row[left], h how, recalls []Recall) LeftLine {
	c := row.Clear
	l := LeftLine{
		ID: DisclosureID(row.ID), Recipient: c.Recipient, Purpose: c.Purpose, Classes: strings.Fields(c.Classes), Authority: Authority{c.Consent, c.Basis},
		Agreement: c.Agreement, Share: c.Share, At: instant(c.LeftAt), Received: instant(c.ReceiptAt), Recall: c.Recall, Words: h.Words, Name: h.Name,
		By: row.ChangedBy,
	}
	for _, one := range recalls {
		if one.Disclosure == l.ID {
			l.RecallWhy = one.Why
		}
	}
	return l
}

func (r *Consents) recallsOf(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) ([]Recall, error) {
	rows, err := tx.Query(ctx, recallColumns+"WHERE org_id = $1 AND person_id = $2 AND direction = 'out' ORDER BY made_at DESC, id", string(org), string(person))
	return db.Collect(rows, err, scanRecall)
}

// Summary is the agreement with a person in a few numbers, from codes alone: nothing is opened for it.
type Summary struct {
	Holds   int       // sheets of which something holds now
	Refused int       // noes
	Soon    int       // sheets that run out soon
	Unsound int       // yeses that are none, because of how they were given
	Review  int       // steps without consent that wait for a second person
	Duties  int       // duties that are not done
	Demands int       // demands that are not answered
	Next    time.Time // when the next sheet runs out; zero when none does
	To      []string  // codes of recipients of whom something holds, each once
	No      []string  // codes of recipients to whom the person said no, each once
	Other   int       // refusals that name no recipient
}

// Summary returns, in tx, the agreement with a person in a few numbers. The caller has judged who asks.
func (r *Consents) Summary(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (s Summary, err error) {
	know, err := r.load(ctx, tx, org, person)
	if err != nil {
		return Summary{}, err
	}
	now := tx.Now()
	for _, c := range know.all {
		s.count(know, c, now)
	}
	for _, b := range know.bases {
		if b.Waits() {
			s.Review++
		}
		switch {
		case b.Ground == Duty && b.Step == Open:
			s.Duties++
		case b.Ground == Demand && b.Step == Open:
			s.Demands++
		}
	}
	return s, nil
}

func (s *Summary) count(know facts, c Consent, now time.Time) {
	if c.State == Refused {
		s.Refused++
		if len(c.Recipients) == 0 {
			s.Other++
		}
		for _, t := range c.Recipients {
			if !slices.Contains(s.No, t.To) {
				s.No = append(s.No, t.To)
			}
		}
	}
	if c.StateAt(now) != Given {
		return
	}
	any := false
	for _, t := range c.Recipients {
		ok, _ := know.holds(c, t, now)
		any = any || ok
		if ok && !slices.Contains(s.To, t.To) {
			s.To = append(s.To, t.To)
		}
	}
	switch {
	case any:
		s.Holds++
	case len(c.flaws()) > 0:
		s.Unsound++
	}
	if !any {
		return
	}
	if c.Until.Sub(now) <= ExpiresSoon {
		s.Soon++
	}
	if s.Next.IsZero() || c.Until.Before(s.Next) {
		s.Next = c.Until
	}
}

// Summarise is Summary for whoever may read the case.
func (r *Consents) Summarise(ctx context.Context, actor auth.Actor, of string) (s Summary, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		k, err := r.look(ctx, tx, actor, of)
		if err != nil {
			return err
		}
		s, err = r.Summary(ctx, tx, actor.Org, k.Person)
		return err
	})
	return s, err
}
