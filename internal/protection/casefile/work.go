package casefile

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// Work is what needs somebody now: it opens nothing, and names nobody.
type Work struct {
	// Tasks are what the actor and the actor's teams have to do, by date, with their cases.
	Tasks []TaskOf
	// More says that there are further tasks.
	More bool
	// New are the cases that came to the actor since the visit before this one, the newest first.
	New []Case
	// Drafts are what the actor has begun to write and not sent.
	Drafts []DraftOf
}

// TaskOf is a task with its case.
type TaskOf struct {
	Task
	Of Case
}

// DraftOf is a draft with its case.
type DraftOf struct {
	Form string
	Of   Case
}

// workSize is how many tasks the list of work shows.
const workSize = 50

// Work returns what needs the actor, and notes the visit.
func (s *Cases) Work(ctx context.Context, actor auth.Actor) (w Work, err error) {
	if !actor.May(auth.ReadCases) {
		return w, missing()
	}
	since, err := s.visit(ctx, actor)
	if err != nil {
		return w, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		w, err = work(ctx, tx, actor, since)
		return err
	})
	return w, err
}

func work(ctx context.Context, tx *db.Tx, actor auth.Actor, since int64) (w Work, err error) {
	kept, err := auth.KeptScopes(ctx, tx, actor)
	if err != nil {
		return w, err
	}
	if w.Tasks, w.More, err = tasksOf(ctx, tx, actor, kept); err != nil {
		return w, err
	}
	if w.New, err = newSince(ctx, tx, actor, since, kept); err != nil {
		return w, err
	}
	w.Drafts, err = draftsOf(ctx, tx, actor, kept)
	return w, err
}

// tasksOf reads the tasks that an actor and the actor's teams hold: for each a range of one index.
func tasksOf(ctx context.Context, tx *db.Tx, actor auth.Actor, kept map[string]bool) (all []TaskOf, more bool, err error) {
	holders, err := holdersOf(ctx, tx, actor)
	if err != nil {
		return nil, false, err
	}
	var found []Task
	for _, h := range holders {
		rows, err := tasks.Find(ctx, tx, "WHERE org_id = $1 AND holder = $2 AND state = 'open' ORDER BY due_on, id LIMIT $3",
			string(actor.Org), h, workSize+1+len(kept))
		if err != nil {
			return nil, false, err
		}
		for _, r := range rows {
			if !kept[r.Case] {
				found = append(found, Task{r})
			}
		}
	}
	byDate(found)
	if more = len(found) > workSize; more {
		found = found[:workSize]
	}
	ids := make([]ID, len(found))
	for i, t := range found {
		ids[i] = ID(t.Case)
	}
	cases, err := byID(ctx, tx, actor, ids)
	for _, t := range found {
		if c, ok := cases[ID(t.Case)]; ok {
			all = append(all, TaskOf{t, c})
		}
	}
	return all, more, err
}

func holdersOf(ctx context.Context, tx *db.Tx, actor auth.Actor) ([]string, error) {
	holders := []string{"account/" + string(actor.Account)}
	teams, err := auth.OwnTeams(ctx, tx, actor)
	for _, t := range teams {
		holders = append(holders, "team/"+string(t))
	}
	return holders, err
}

// byID reads cases among those that the actor may open: that a task or a draft is the actor's does not say that the
// case still is.
func byID(ctx context.Context, tx *db.Tx, actor auth.Actor, ids []ID) (map[ID]Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	scopes := make([]string, len(ids))
	for i, id := range ids {
		scopes[i] = string(id)
	}
	may, err := auth.MayOpenAny(ctx, tx, actor, scopes)
	if err != nil {
		return nil, err
	}
	marks, args := auth.In(2, ids)
	rows, err := listing.Find(ctx, tx, "WHERE org_id = $1 AND id IN ("+marks+")", append([]any{string(actor.Org)}, args...)...)
	cases := make(map[ID]Case, len(rows))
	for _, r := range rows {
		if may[r.ID] && Visible(r.Clear.State, actor) {
			cases[ID(r.ID)] = Case{r}
		}
	}
	return cases, err
}

// newSince returns the cases that somebody gave to the actor, or to a team of the actor's, after an
// instant.
func newSince(ctx context.Context, tx *db.Tx, actor auth.Actor, since int64, kept map[string]bool) (all []Case, err error) {
	holders, err := holdersOf(ctx, tx, actor)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, h := range holders {
		kind, holder, _ := strings.Cut(h, "/")
		rows, err := tx.Query(ctx, `SELECT scope FROM assignment WHERE org_id = $1 AND holder_kind = $2 AND holder_id = $3 AND assigned_at > $4
			AND assigned_by <> $5 ORDER BY assigned_at DESC LIMIT 50`, string(actor.Org), kind, holder, since, string(actor.Account))
		some, err := db.Collect(rows, err, func(r *sql.Rows) (id ID, err error) { return id, r.Scan(&id) })
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	cases, err := byID(ctx, tx, actor, ids)
	for _, c := range cases {
		if !kept[c.Row.ID] && c.Clear.Standing == Open {
			all = append(all, c)
		}
	}
	newestFirst(all)
	return all, err
}

// visit notes that the actor looks at their work, and returns when they did so the time before. Looking
// again within an hour counts as the same visit, so that what is new stays to be seen.
func (s *Cases) visit(ctx context.Context, actor auth.Actor) (since int64, err error) {
	const hour = 3_600_000_000
	var before, at, now int64
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		now = tx.NowMicros()
		err := tx.QueryRow(ctx, "SELECT before_at, at FROM protection_visit WHERE org_id = $1 AND account_id = $2",
			string(actor.Org), string(actor.Account)).Scan(&before, &at)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	if err != nil || now-at < hour {
		return before, err
	}
	err = s.db.WriteUnaudited(ctx, "when somebody looked at their own work", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO protection_visit (org_id, account_id, before_at, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id, account_id) DO UPDATE SET before_at = $3, at = $4`,
			string(actor.Org), string(actor.Account), at, now)
		return err
	})
	return at, err
}
