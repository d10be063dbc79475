package space

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Kind is what something is that stands between a person and those who help.
type Kind string

// The kinds. Those after Date are written by the person.
const (
	Date     Kind = "date"     // when they are expected
	Correct  Kind = "correct"  // something in the file is wrong
	Object   Kind = "object"   // they do not want it to be kept or used
	Question Kind = "question" // who looked, and why
	Copy     Kind = "copy"     // they want a copy of what the file says
	Call     Kind = "call"     // they want to be called, in the way that was agreed
	Feedback Kind = "feedback" // for those who oversee the service, and nobody else
)

// Kinds returns what a person can write, in the order of the constants.
func Kinds() []Kind { return []Kind{Correct, Object, Question, Copy, Call, Feedback} }

// State is where something stands.
type State string

// The states.
const (
	Open     State = "open"
	Answered State = "answered"
	Over     State = "over"
)

// Named stands in About of feedback whose writer wants those who read it to know who they are.
const Named = "named"

// facts are what stands in clear.
type facts struct {
	Kind  Kind
	State State
	About string
	At    int64
	Apart string
}

var own = &record.Table[facts]{
	Name:   "protection_own",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}, {Name: "overseen", Class: vault.Overseen}},
	Clear:  []string{"kind", "state", "about", "at", "apart"},
	Fields: func(f *facts) []any { return []any{&f.Kind, &f.State, &f.About, &f.At, &f.Apart} },
}

// words are what is sealed.
type words struct {
	Text   private.Text `json:"text,omitzero"`
	With   private.Text `json:"with,omitzero"` // of a date
	Answer private.Text `json:"answer,omitzero"`
}

// class is of which class the words of a kind are.
func (k Kind) class() vault.Class {
	if k == Feedback {
		return vault.Overseen
	}
	return vault.Personal
}

// Item is something between a person and those who help, opened.
type Item struct {
	ID      string
	Version int64
	Kind    Kind
	State   State
	About   string
	At      time.Time // when it was written; of a date, when it is
	Number  string    // of the case, of feedback whose writer wants it to be known
	Text    private.Text
	With    private.Text
	Answer  private.Text
}

func itemOf(r record.Row[facts]) Item {
	return Item{
		ID: r.ID, Version: r.Version, Kind: r.Clear.Kind, State: r.Clear.State, About: r.Clear.About, At: time.UnixMicro(r.Clear.At).UTC(),
	}
}

func (i *Item) fill(w words) { i.Text, i.With, i.Answer = w.Text, w.With, w.Answer }

// maxText bounds words of the person in bytes, maxAnswer those of an answer.
const maxText, maxAnswer = 8000, 4000

func tooLong(w private.Text, most int) bool { return len(w.Reveal("measure it")) > most }

// Say is what a person writes.
type Say struct {
	Kind  Kind
	About string // a code: the part of the file, or [Named]; "" for nothing of the kind
	Text  private.Text
	Key   record.SubmissionKey
}

func (n Say) check() error {
	f := fault.New(fault.Invalid, "This was not sent.")
	if !slices.Contains(Kinds(), n.Kind) || len(n.About) > 64 || !plainCode(n.About) {
		return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	if tooLong(n.Text, maxText) {
		f = f.WithField("text", "Use at most %d characters.", maxText)
	}
	if n.Text.IsZero() && n.Kind != Copy && n.Kind != Call {
		f = f.WithField("text", "Write something, or go back.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func plainCode(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// Say keeps what a person writes. Those who work on the case get a task, or for feedback those who oversee
// the service a notice. The ledger says that something was written, and not of which kind.
func (s *Spaces) Say(ctx context.Context, v Visit, n Say) error {
	actor, err := v.may()
	if err != nil {
		return err
	}
	if err := n.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, n.Key, func() (string, error) {
			c, err := casefile.Load(ctx, tx, actor, v.of, auth.ReadCases)
			if err != nil {
				return "", err
			}
			row := record.Row[facts]{Key: c.Child(), Clear: facts{Kind: n.Kind, State: Open, About: n.About, At: tx.NowMicros()}}
			if n.Kind == Feedback {
				near, err := s.near(ctx, tx, c)
				if err != nil {
					return "", err
				}
				row.Clear.Apart = strings.Join(near, " ")
			}
			row, err = own.Insert(ctx, tx, s.vault, act(actor, "own.write"), row, record.Doc{Class: n.Kind.class(), Value: words{Text: n.Text}})
			if err != nil {
				return "", err
			}
			return row.ID, s.pass(ctx, tx, c, row)
		})
		return err
	})
}

func act(actor auth.Actor, name string) record.Act { return record.Act{Actor: actor, Name: name} }

// pass tells those whom it is for.
func (s *Spaces) pass(ctx context.Context, tx *db.Tx, c casefile.Case, row record.Row[facts]) error {
	kind := TaskAsks
	switch row.Clear.Kind {
	case Feedback:
		return s.tellOverseers(ctx, tx, c, row)
	case Copy:
		kind = TaskCopy
	case Call:
		kind = TaskCall
	case Date, Correct, Object, Question:
	}
	return s.tell(ctx, tx, c, casefile.NewTask{Kind: kind, Mark: "own/" + row.ID})
}

// near returns the accounts that work on a case now: its owner, and whoever it is assigned to, one by one
// or in a team. What is said of them is not for them, also when they have left the case.
func (s *Spaces) near(ctx context.Context, tx *db.Tx, c casefile.Case) ([]string, error) {
	var all []string
	add := func(a auth.AccountID) {
		if a != "" && !slices.Contains(all, string(a)) {
			all = append(all, string(a))
		}
	}
	add(c.Clear.Owner)
	holders, err := auth.HoldersOf(ctx, tx, c.Org, c.Row.ID)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		add(h.Account)
		if h.Team == "" {
			continue
		}
		members, err := membersOf(ctx, tx, c.Org, h.Team)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			add(m)
		}
	}
	return all, nil
}

// tellOverseers leaves a notice for everybody who may read it. It names nobody.
func (s *Spaces) tellOverseers(ctx context.Context, tx *db.Tx, c casefile.Case, row record.Row[facts]) error {
	holders, err := auth.Holders(ctx, tx, c.Org, auth.HearPeople)
	if err != nil {
		return err
	}
	apart := strings.Fields(row.Clear.Apart)
	for _, h := range holders {
		if slices.Contains(apart, string(h)) {
			continue
		}
		if err := notify.Post(ctx, tx, notify.Notice{Org: string(c.Org), To: string(h), Kind: notify.FeedbackNew, About: row.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Items returns what a person wrote, or the dates that were agreed with them, the newest first, with the
// answers. They are opened for the page of the person. Whoever makes a slip sees its number, and often the word: so the
// words of feedback are never shown again, and with a slip that was made afterwards not even that there was any.
func (s *Spaces) Items(ctx context.Context, v Visit, kinds ...Kind) ([]Item, error) {
	actor, err := v.may()
	if err != nil {
		return nil, err
	}
	all, err := s.items(ctx, actor, v.of, auth.ReadCases, Purpose, kinds)
	all = slices.DeleteFunc(all, func(i Item) bool { return i.Kind == Feedback && i.At.Before(v.since) })
	for i := range all {
		if all[i].Kind == Feedback {
			all[i].Text = private.Text{}
		}
	}
	return all, err
}

func (s *Spaces) items(ctx context.Context, actor auth.Actor, of casefile.ID, perm auth.Permission, p vault.Purpose, kinds []Kind) ([]Item, error) {
	var (
		rows []record.Row[facts]
		c    casefile.Case
	)
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if c, err = casefile.Load(ctx, tx, actor, of, perm); err != nil {
			return err
		}
		marks, args := auth.In(3, kinds)
		rows, err = own.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND state <> 'over' AND kind IN ("+marks+") ORDER BY at DESC, id LIMIT 200",
			append([]any{string(actor.Org), string(of)}, args...)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	var g record.Reading
	all, docs := make([]Item, len(rows)), make([]words, len(rows))
	for i, r := range rows {
		all[i] = itemOf(r)
		r.Want(&g, r.Clear.Kind.class(), &docs[i])
	}
	if err := g.Open(ctx, s.vault, actor, c.Why(p)); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].fill(docs[i])
	}
	return all, nil
}
