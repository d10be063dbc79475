package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Whose says which cases a list shows.
type Whose string

// The lists.
const (
	Mine    Whose = "mine"   // to which the actor is assigned
	Team    Whose = "team"   // to which a team of the actor's is assigned
	Nobodys Whose = "nobody" // to which nobody is assigned
	Every   Whose = "all"    // of the organisation
	Held    Whose = "held"   // whose record is not active
)

// Filter chooses cases.
type Filter struct {
	Whose    Whose
	Standing Standing // "" means open
	State    State    // for Held: one of [States] but active
	// Before is where the page before this one ended; zero is the newest. See [Page.Next].
	Before Position
	// Limit is at most 200; 0 means 50.
	Limit int
}

// Position is a place in a list: the newest case is first.
type Position struct {
	OpenedAt int64
	ID       ID
}

// IsZero reports whether the position is the beginning.
func (p Position) IsZero() bool { return p == Position{} }

// String returns the position for an address. It says nothing about a person.
func (p Position) String() string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d-%s", p.OpenedAt, p.ID)
}

// ParsePosition reads what String wrote; anything else is the beginning.
func ParsePosition(text string) (p Position) {
	at, id, _ := strings.Cut(text, "-")
	if _, err := fmt.Sscanf(at, "%d", &p.OpenedAt); err != nil || id == "" {
		return Position{}
	}
	p.ID = ID(id)
	return p
}

// Page is one page of a list.
type Page struct {
	Cases []Case
	// Next is where the next page begins; zero is the end.
	Next Position
}

const (
	pageSize = 50
	maxPage  = 200
)

// Lists returns the lists that an actor has, by the matrix.
func Lists(actor auth.Actor) []Whose {
	reach := actor.Reach(auth.ReadCases)
	switch {
	case reach[auth.OwnOrganisation]:
		return []Whose{Mine, Team, Nobodys, Every, Held}
	case reach[auth.OwnTeam]:
		return []Whose{Mine, Team, Nobodys}
	case reach[auth.OwnCases]:
		return []Whose{Mine, Team}
	}
	return nil
}

// List returns a page of the cases that an actor may read, the newest first. A case from whose person the
// actor is kept is left out, without a gap.
func (s *Cases) List(ctx context.Context, actor auth.Actor, f Filter) (p Page, err error) {
	if f.Limit < 1 || f.Limit > maxPage {
		f.Limit = pageSize
	}
	if f.Standing != Closed {
		f.Standing = Open
	}
	if f.State == "" || f.State == Active {
		f.State = Restricted
	}
	allowed := false
	for _, w := range Lists(actor) {
		allowed = allowed || w == f.Whose
	}
	if !allowed {
		return p, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p, err = list(ctx, tx, actor, f)
		return err
	})
	return p, err
}

func list(ctx context.Context, tx *db.Tx, actor auth.Actor, f Filter) (p Page, err error) {
	kept, err := auth.KeptScopes(ctx, tx, actor)
	if err != nil {
		return p, err
	}
	from := f.Before
	for {
		want := f.Limit + 1 - len(p.Cases)
		found, err := listed(ctx, tx, actor, f, from, want)
		if err != nil {
			return Page{}, err
		}
		for _, row := range found {
			c := Case{row}
			from = Position{c.Clear.OpenedAt, c.ID()}
			if kept[c.Row.ID] || !Visible(c.Clear.State, actor) {
				continue
			}
			p.Cases = append(p.Cases, c)
		}
		if len(found) < want || len(p.Cases) > f.Limit {
			break
		}
	}
	if len(p.Cases) > f.Limit {
		p.Cases = p.Cases[:f.Limit]
		last := p.Cases[f.Limit-1]
		p.Next = Position{last.Clear.OpenedAt, last.ID()}
	}
	return p, nil
}

// before is the condition that comes after a position, for the columns of a table.
const before = "(%[1]s.opened_at < $%[2]d OR %[1]s.opened_at = $%[2]d AND %[1]s.%[3]s < $%[4]d)"

// listed reads at most limit rows after a position. Each list is a range of one index.
func listed(ctx context.Context, tx *db.Tx, actor auth.Actor, f Filter, from Position, limit int) ([]record.Row[Facts], error) {
	if from.IsZero() {
		from = Position{OpenedAt: 1<<63 - 1}
	}
	switch f.Whose {
	case Every:
		return listing.Find(ctx, tx, fmt.Sprintf("WHERE org_id = $1 AND standing = $2 AND opened_at <= $3 AND "+before+
			" ORDER BY opened_at DESC, id DESC LIMIT $5", "protection_case", 3, "id", 4),
			string(actor.Org), string(f.Standing), from.OpenedAt, string(from.ID), limit)
	case Held:
		return listing.Find(ctx, tx, fmt.Sprintf("WHERE org_id = $1 AND state = $2 AND opened_at <= $3 AND "+before+
			" ORDER BY opened_at DESC, id DESC LIMIT $5", "protection_case", 3, "id", 4),
			string(actor.Org), string(f.State), from.OpenedAt, string(from.ID), limit)
	}
	holders := []string{""}
	switch f.Whose {
	case Mine:
		holders = []string{"account/" + string(actor.Account)}
	case Team:
		teams, err := auth.OwnTeams(ctx, tx, actor)
		if err != nil || len(teams) == 0 {
			return nil, err
		}
		holders = holders[:0]
		for _, t := range teams {
			holders = append(holders, "team/"+string(t))
		}
	}
	return ofHolders(ctx, tx, actor.Org, holders, f.Standing, from, limit)
}

// ofHolders reads the lists of some holders as one.
func ofHolders(ctx context.Context, tx *db.Tx, org auth.OrgID, holders []string, standing Standing, from Position, limit int) ([]record.Row[Facts], error) {
	ids, err := nextOf(ctx, tx, org, holders, standing, from, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	marks, args := auth.In(2, ids)
	return listing.Find(ctx, tx, "WHERE org_id = $1 AND id IN ("+marks+") ORDER BY opened_at DESC, id DESC", append([]any{string(org)}, args...)...)
}

// nextOf returns the newest cases of some holders after a position. A case that two of them hold counts
// once.
func nextOf(ctx context.Context, tx *db.Tx, org auth.OrgID, holders []string, standing Standing, from Position, limit int) ([]ID, error) {
	var parts []string
	args := []any{string(org), string(standing), from.OpenedAt, string(from.ID), limit}
	for _, h := range holders {
		args = append(args, h)
		parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT l.opened_at, l.case_id FROM protection_case_list l WHERE l.org_id = $1 AND l.holder = $%d AND l.standing = $2"+
			" AND l.opened_at <= $3 AND "+fmt.Sprintf(before, "l", 3, "case_id", 4)+" ORDER BY l.opened_at DESC, l.case_id DESC LIMIT $5) h%d", len(args), len(args)))
	}
	rows, err := tx.Query(ctx, strings.Join(parts, " UNION ")+" ORDER BY opened_at DESC, case_id DESC LIMIT $5", args...)
	return db.Collect(rows, err, func(r *sql.Rows) (id ID, err error) {
		var at int64
		return id, r.Scan(&at, &id)
	})
}

// follow is what a change of who works on a case does to it: the lists find it where it is now, whoever was taken
// off reads nothing more of what was said in counselling, and what they had to do goes to whoever holds the case.
func follow(ctx context.Context, tx *db.Tx, org auth.OrgID, scope string) error {
	const working = "(SELECT holder_kind || '/' || holder_id FROM assignment WHERE org_id = $1 AND scope = $2)"
	for _, q := range []string{
		"DELETE FROM protection_counsel WHERE org_id = $1 AND case_id = $2 AND 'account/' || account_id NOT IN " + working,
		`UPDATE protection_task SET holder = (SELECT CASE WHEN c.owner <> '' THEN 'account/' || c.owner WHEN c.team <> '' THEN 'team/' || c.team ELSE '' END
			FROM protection_case c WHERE c.org_id = $1 AND c.id = $2)
			WHERE org_id = $1 AND case_id = $2 AND state = 'open' AND holder <> '' AND holder NOT IN ` + working,
	} {
		if _, err := tx.Exec(ctx, q, string(org), scope); err != nil {
			return err
		}
	}
	return relist(ctx, tx, org, scope)
}

// relist writes the rows by which lists find a case, after who works on it or its standing has changed.
// A scope that is no case has none.
func relist(ctx context.Context, tx *db.Tx, org auth.OrgID, scope string) error {
	var standing string
	var at int64
	err := tx.QueryRow(ctx, "SELECT standing, opened_at FROM protection_case WHERE org_id = $1 AND id = $2", string(org), scope).Scan(&standing, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM protection_case_list WHERE org_id = $1 AND case_id = $2", string(org), scope); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO protection_case_list (org_id, holder, standing, opened_at, case_id)
		SELECT org_id, holder_kind || '/' || holder_id, $3, $4, scope FROM assignment WHERE org_id = $1 AND scope = $2`,
		string(org), scope, standing, at)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO protection_case_list (org_id, holder, standing, opened_at, case_id) VALUES ($1, '', $2, $3, $4)",
		string(org), standing, at, scope)
	return err
}
