package space

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// forWork is for what those who work on a case open what the person wrote to them.
const forWork vault.Purpose = "support"

// Asked returns what the person of a case wrote to those who work on it, and the dates agreed with them.
// Feedback is not among it.
func (s *Spaces) Asked(ctx context.Context, actor auth.Actor, of casefile.ID) ([]Item, error) {
	return s.items(ctx, actor, of, auth.WorkCases, forWork, []Kind{Date, Correct, Object, Question, Copy, Call})
}

// NewDate is when somebody is expected. It has no place: that is told by mouth.
type NewDate struct {
	At   time.Time
	With private.Text // by which name the person knows them
	Key  record.SubmissionKey
}

// Agree keeps a date for the page of the person.
func (s *Spaces) Agree(ctx context.Context, actor auth.Actor, of casefile.ID, n NewDate) error {
	f := fault.New(fault.Invalid, "The date was not kept.")
	if n.At.IsZero() {
		f = f.WithField("at", "Give a day and a time.")
	}
	if tooLong(n.With, maxTyped) {
		f = f.WithField("with", "Use at most %d characters.", maxTyped)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, n.Key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
			if err != nil {
				return "", err
			}
			row := record.Row[facts]{Key: c.Child(), Clear: facts{Kind: Date, State: Open, At: n.At.UnixMicro()}}
			row, err = own.Insert(ctx, tx, s.vault, act(actor, "own.date"), row, record.Doc{Class: vault.Personal, Value: words{With: n.With}})
			return row.ID, err
		})
		return err
	})
}

// Answer answers what the person wrote, or with no words says of a date that it is off. Whoever saw an
// older state is told so.
func (s *Spaces) Answer(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64, said private.Text) error {
	if tooLong(said, maxAnswer) {
		return fault.New(fault.Invalid, "The answer was not kept.").WithField("answer", "Use at most %d characters.", maxAnswer)
	}
	row, was, err := s.read(ctx, actor, of, id)
	if err != nil {
		return err
	}
	if row.Clear.Kind != Date && said.IsZero() {
		return fault.New(fault.Invalid, "The answer was not kept.").WithField("answer", "Write something, or go back.")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
		if err != nil {
			return err
		}
		next, doc := row, was
		next.Version, next.Clear.State, doc.Answer = version, Answered, said
		if row.Clear.Kind == Date {
			next.Clear.State = Over
		}
		if _, err := own.Update(ctx, tx, s.vault, act(actor, "own.answer"), next, record.Doc{Class: vault.Personal, Value: doc}); err != nil {
			return err
		}
		return s.rooms.Cases.EndTaskIn(ctx, tx, actor, c, "own/"+id, casefile.Done)
	})
}

// read opens one thing for whoever works on the case. Feedback does not exist for them.
func (s *Spaces) read(ctx context.Context, actor auth.Actor, of casefile.ID, id string) (row record.Row[facts], w words, err error) {
	var c casefile.Case
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if c, err = casefile.Load(ctx, tx, actor, of, auth.WorkCases); err != nil {
			return err
		}
		row, err = own.Get(ctx, tx, actor.Org, id)
		if err == nil && (row.Case != string(of) || row.Clear.Kind == Feedback) {
			err = missing()
		}
		return err
	})
	if err != nil {
		return row, w, err
	}
	var g record.Reading
	row.Want(&g, vault.Personal, &w)
	return row, w, g.Open(ctx, s.vault, actor, c.Why(forWork))
}

// HandOver returns what the page of the person says of them, for a copy that somebody gives them at a
// meeting, and enters that it left. Others are not in it; see [Info].
func (s *Spaces) HandOver(ctx context.Context, actor auth.Actor, of casefile.ID) (Info, error) {
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		_, err := casefile.Load(ctx, tx, actor, of, auth.WorkCases)
		return err
	}); err != nil {
		return Info{}, err
	}
	info, err := s.info(ctx, actor, of, "copy-for-the-person")
	if err != nil {
		return Info{}, err
	}
	return info, s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Load(ctx, tx, actor, of, auth.WorkCases)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, actor, c, "own.copy", audit.Export)
	})
}

func membersOf(ctx context.Context, tx *db.Tx, org auth.OrgID, team auth.TeamID) ([]auth.AccountID, error) {
	rows, err := tx.Query(ctx, "SELECT account_id FROM team_member WHERE org_id = $1 AND team_id = $2", string(org), string(team))
	return db.Collect(rows, err, func(r *sql.Rows) (a auth.AccountID, err error) { return a, r.Scan(&a) })
}
