package shelter

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// ProtocolVersion is the version of what is done when somebody cannot be found. An episode names the one
// that it follows.
const ProtocolVersion = "2026-11"

// Task is one step of the protocol: what is done, within how many hours, and for whom.
type Task struct {
	Word
	Hours         int
	Child, Adults bool
	// Source says where the rule comes from; "proposed" is our own, for an expert to look at.
	Source string
}

// Protocol is what is done when somebody cannot be found. Who may be a child is treated as one. For an
// adult the police are told with the person's agreement, under a duty, or when life is in danger: people
// decide that in the part on agreement, and the protocol only asks them to decide in time.
func Protocol() []Task {
	return []Task{
		{Word{"contact", i18n.Mark("try the safe ways to reach the person, as agreed with them")}, 0, true, true, "proposed"},
		{Word{"told-lead", i18n.Mark("tell whoever answers for the service")}, 1, true, true, "proposed"},
		{Word{"report-child", i18n.Mark("report the child as missing to the police and the child protection authority")}, 0, true, false, "recalled: statutory guidance on children missing from care, England, 2014"},
		{Word{"guardian", i18n.Mark("tell the guardian, unless the guardian may be part of the danger")}, 1, true, false, "proposed"},
		{Word{"decide-police", i18n.Mark("decide whether the police are told: with agreement, under a duty, or for danger to life")}, 4, false, true, "proposed"},
		{Word{"danger", i18n.Mark("look at the dangers again")}, 4, true, true, "proposed"},
		{Word{"keep-room", i18n.Mark("decide whether the room is kept")}, 24, true, true, "proposed"},
		{Word{"look-back", i18n.Mark("look back together: what was seen, and what changes")}, 72, true, true, "proposed"},
	}
}

// Episode is one time in which somebody could not be found.
type Episode struct {
	Since    int64  `json:"since"`
	Protocol string `json:"protocol"`
	Steps    []Done `json:"steps"`
	Ended    string `json:"ended,omitempty"` // the reason of the step that ended it
	EndedAt  int64  `json:"ended_at,omitempty"`
	MaybeKid bool   `json:"maybe_child,omitempty"`
}

// Done is a step of an episode.
type Done struct {
	Code  string         `json:"code"`
	DueAt int64          `json:"due_at"`
	At    int64          `json:"at,omitempty"`
	By    auth.AccountID `json:"by,omitempty"`
	Note  private.Text   `json:"note,omitzero"`
}

func missingMark(row string, episode int, step string) string {
	return fmt.Sprintf("shelter/missing/%s/%d/%s", row, episode, step)
}

// beginEpisode starts the protocol: each step is a task of the case with its hour.
func (s *Shelters) beginEpisode(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, row record.Row[stayFacts], doc *kept) error {
	zone, err := today(ctx, tx, actor.Org)
	if err != nil {
		return err
	}
	child, err := person.MayBeChild(ctx, tx, actor.Org, row.Person)
	if err != nil {
		return err
	}
	e := Episode{Since: tx.NowMicros(), Protocol: ProtocolVersion, MaybeKid: doc.Need.Ages.of(child).MaybeChild()}
	for _, t := range Protocol() {
		if e.MaybeKid && !t.Child || !e.MaybeKid && !t.Adults {
			continue
		}
		due := tx.Now().Add(time.Duration(t.Hours) * time.Hour)
		e.Steps = append(e.Steps, Done{Code: t.Code, DueAt: due.UnixMicro()})
		_, err := s.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{
			Kind: "shelter.missing", Mark: missingMark(row.ID, len(doc.Missing), t.Code), Basis: "shelter/missing/" + ProtocolVersion,
			DueOn: dayAfter(zone, t.Hours), DueAt: due, Text: private.New(t.Label),
		})
		if err != nil {
			return err
		}
	}
	doc.Missing = append(doc.Missing, e)
	return nil
}

// dayAfter is the civil day some hours after now, never earlier than the clock of hours says.
func dayAfter(day string, hours int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, hours/24).Format(time.DateOnly)
}

// DoneMissing says that a step of the running episode is done, with a few words.
func (s *Shelters) DoneMissing(ctx context.Context, actor auth.Actor, of casefile.ID, id string, version int64, step string, words private.Text) error {
	if len(words.Reveal("measure it")) > maxMeet {
		return fault.New(fault.Invalid, "Nothing was changed.").WithField("note", "Use at most %d characters.", maxMeet)
	}
	d, err := s.open(ctx, actor, of, id, version)
	if err != nil {
		return err
	}
	return s.with(ctx, actor, of, d, func(tx *db.Tx, c casefile.Case, row record.Row[stayFacts], doc kept) error {
		n := len(doc.Missing) - 1
		if row.Clear.State != Gone || n < 0 {
			return fault.New(fault.Conflict, "This cannot follow what was there before.").WithField("state", "Choose what it is now.")
		}
		at := slices.IndexFunc(doc.Missing[n].Steps, func(x Done) bool { return x.Code == step })
		if at < 0 {
			return missing()
		}
		x := &doc.Missing[n].Steps[at]
		if x.At != 0 {
			return fault.New(fault.Conflict, "This is noted already.")
		}
		x.At, x.By, x.Note = tx.NowMicros(), actor.Account, words
		if _, err := placements.Update(ctx, tx, s.vault, act(actor, "placement.missing", map[string]string{"step": step}), row, sealed(doc)); err != nil {
			return err
		}
		return s.cases.EndTaskIn(ctx, tx, actor, c, missingMark(row.ID, n, step), casefile.Done)
	})
}

// closeEpisode ends the protocol. That everything was done and the person was not found can be said only
// when every step was: nobody stops looking because a form allows it.
func (s *Shelters) closeEpisode(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, row record.Row[stayFacts], doc *kept, reason string) error {
	n := len(doc.Missing) - 1
	if n < 0 {
		return missing()
	}
	e := &doc.Missing[n]
	for _, x := range e.Steps {
		if x.At != 0 {
			continue
		}
		if reason == "not-found" {
			return fault.New(fault.Conflict, "Steps of the protocol are not done yet.").WithHint("Do each step, or say that the person was found or came back.")
		}
		if err := s.cases.EndTaskIn(ctx, tx, actor, c, missingMark(row.ID, n, x.Code), casefile.Dropped); err != nil {
			return err
		}
	}
	e.Ended, e.EndedAt = reason, tx.NowMicros()
	return nil
}
