package auth

import (
	"context"
	"database/sql"
	"maps"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// TeamID identifies a team within an organisation.
type TeamID string

// Team is some accounts of an organisation that work on cases together.
type Team struct {
	ID      TeamID
	Name    string
	Members []AccountID // sorted
	Created time.Time
}

// FormTeam forms a team. It takes [ManageTeams].
func (s Accounts) FormTeam(ctx context.Context, actor Actor, name string) (TeamID, error) {
	if !actor.May(ManageTeams) {
		return "", missing()
	}
	name = strings.TrimSpace(name)
	if name == "" || !Printable(name) {
		return "", fault.New(fault.Invalid, "The team cannot be formed.").
			WithField("name", "A name is needed, of at most %d characters, all of which can be printed.", MaxText)
	}
	id := TeamID(db.NewID())
	return id, s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO team (org_id, id, version, name, created_at) VALUES ($1, $2, 1, $3, $4)",
			string(actor.Org), string(id), name, tx.NowMicros())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(actor, audit.Configuration, string(id), "team.form"))
	})
}

// CloseTeam closes a team: it and its assignments open nothing any more. It takes [ManageTeams].
func (s Accounts) CloseTeam(ctx context.Context, actor Actor, id TeamID) error {
	return s.inTeam(ctx, actor, id, "team.close", nil, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE team SET closed_at = $1 WHERE org_id = $2 AND id = $3", tx.NowMicros(), string(actor.Org), string(id))
		return err
	})
}

// Join puts an account into a team, and tells those who are in it. It takes [ManageTeams]. Nobody puts themselves into a team
// that others are in or that has work: what it may open, where a protected place is among it, takes a second person.
func (s Accounts) Join(ctx context.Context, actor Actor, id TeamID, account AccountID) error {
	detail := map[string]string{"account": string(account)}
	return s.inTeam(ctx, actor, id, "team.join", detail, func(ctx context.Context, tx *db.Tx) error {
		if err := touch(ctx, tx, actor.Org, account); err != nil {
			return err
		}
		if err := dropMember(ctx, tx, actor.Org, id, account); err != nil {
			return err
		}
		members, work, err := inside(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		if account == actor.Account && (len(members) > 0 || work) {
			return fault.New(fault.Invalid, "Nobody joins a team by their own hand.").
				WithField("account", "Ask somebody else who forms teams. Those who are in it are told.")
		}
		for _, m := range members {
			if m == actor.Account {
				continue
			}
			if err := tell(ctx, tx, actor.Org, m, notify.TeamJoined, string(id)); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "INSERT INTO team_member (org_id, team_id, account_id, since) VALUES ($1, $2, $3, $4)",
			string(actor.Org), string(id), string(account), tx.NowMicros())
		return err
	})
}

// inside returns who is in a team, and whether anything is assigned to it.
func inside(ctx context.Context, tx *db.Tx, org OrgID, id TeamID) (members []AccountID, work bool, err error) {
	rows, err := tx.Query(ctx, "SELECT account_id FROM team_member WHERE org_id = $1 AND team_id = $2 ORDER BY account_id", string(org), string(id))
	members, err = db.Collect(rows, err, func(r *sql.Rows) (a AccountID, err error) { return a, r.Scan(&a) })
	if err != nil {
		return nil, false, err
	}
	var n int
	err = tx.QueryRow(ctx, "SELECT count(*) FROM assignment WHERE org_id = $1 AND holder_kind = 'team' AND holder_id = $2", string(org), string(id)).Scan(&n)
	return members, n > 0, err
}

// Part takes an account out of a team. It takes [ManageTeams].
func (s Accounts) Part(ctx context.Context, actor Actor, id TeamID, account AccountID) error {
	detail := map[string]string{"account": string(account)}
	return s.inTeam(ctx, actor, id, "team.part", detail, func(ctx context.Context, tx *db.Tx) error {
		return dropMember(ctx, tx, actor.Org, id, account)
	})
}

func dropMember(ctx context.Context, tx *db.Tx, org OrgID, id TeamID, account AccountID) error {
	_, err := tx.Exec(ctx, "DELETE FROM team_member WHERE org_id = $1 AND team_id = $2 AND account_id = $3",
		string(org), string(id), string(account))
	return err
}

// inTeam changes an open team, with its entry.
func (s Accounts) inTeam(ctx context.Context, actor Actor, id TeamID, act string, detail map[string]string, change func(context.Context, *db.Tx) error) error {
	if !actor.May(ManageTeams) {
		return missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE team SET version = version + 1 WHERE org_id = $1 AND id = $2 AND closed_at IS NULL",
			string(actor.Org), string(id))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		if err := change(ctx, tx); err != nil {
			return err
		}
		e := entry(actor, audit.Role, string(id), act)
		maps.Copy(e.Detail, detail)
		return audit.Append(ctx, tx, e)
	})
}

// Teams returns the open teams of the actor's organisation with their members who have not left, by name.
func (s Accounts) Teams(ctx context.Context, actor Actor) (teams []Team, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT t.id, t.name, t.created_at, a.id
			FROM team t LEFT JOIN team_member m ON m.org_id = t.org_id AND m.team_id = t.id
			LEFT JOIN account a ON a.org_id = m.org_id AND a.id = m.account_id AND a.closed_at IS NULL
			WHERE t.org_id = $1 AND t.closed_at IS NULL ORDER BY t.name, t.id, a.id`, string(actor.Org))
		teams = nil
		_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
			var (
				t      Team
				at     int64
				member sql.Null[AccountID]
			)
			err := r.Scan(&t.ID, &t.Name, &at, &member)
			t.Created = instant(at)
			if n := len(teams); n == 0 || teams[n-1].ID != t.ID {
				teams = append(teams, t)
			}
			if last := &teams[len(teams)-1]; member.Valid {
				last.Members = append(last.Members, member.V)
			}
			return struct{}{}, err
		})
		return err
	})
	return teams, err
}

// IsTeam reports whether there is such a team now.
func IsTeam(ctx context.Context, tx *db.Tx, org OrgID, id TeamID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM team WHERE org_id = $1 AND id = $2 AND closed_at IS NULL", string(org), string(id)).Scan(&n)
	return n > 0, err
}

// Holder is who works on a case: exactly one of an account and a team.
type Holder struct {
	Account AccountID
	Team    TeamID
}

func (h Holder) columns() (kind, id string, ok bool) {
	if h.Account != "" {
		return "account", string(h.Account), h.Team == ""
	}
	return "team", string(h.Team), h.Team != ""
}

// Assign says that an account or a team works on a case. It takes [ManageTeams], and the actor must
// not be excluded from the case.
func (s Accounts) Assign(ctx context.Context, actor Actor, scope string, h Holder) error {
	return s.assigning(ctx, actor, scope, func(tx *db.Tx) error { return s.AssignIn(ctx, tx, actor, scope, h) })
}

// Unassign says that an account or a team works on a case no more. It takes [ManageTeams].
func (s Accounts) Unassign(ctx context.Context, actor Actor, scope string, h Holder) error {
	return s.assigning(ctx, actor, scope, func(tx *db.Tx) error { return s.UnassignIn(ctx, tx, actor, scope, h) })
}

func (s Accounts) assigning(ctx context.Context, actor Actor, scope string, change func(*db.Tx) error) error {
	if !actor.May(ManageTeams) {
		return missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := mayKeep(ctx, tx, actor, scope); err != nil {
			return err
		}
		return change(tx)
	})
}

// AssignIn is Assign in a transaction of a room, which has asked whether the actor may. The holder must
// be an account that has not left, or an open team. Somebody who was assigned already stays assigned.
func (s Accounts) AssignIn(ctx context.Context, tx *db.Tx, actor Actor, scope string, h Holder) error {
	kind, id, ok := h.columns()
	if !ok || !scopeForm.MatchString(scope) {
		return fault.New(fault.Invalid, "Nobody was assigned.").WithField("scope", "Name a case by its number, and who works on it.")
	}
	if _, err := dropAssignment(ctx, tx, actor.Org, scope, kind, id); err != nil {
		return err
	}
	q := "SELECT 1 FROM account WHERE org_id = $1 AND id = $2 AND closed_at IS NULL"
	if kind == "team" {
		q = "SELECT 1 FROM team WHERE org_id = $1 AND id = $2 AND closed_at IS NULL"
	}
	var one int
	if err := tx.QueryRow(ctx, q, string(actor.Org), id).Scan(&one); err != nil {
		return absent(err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, string(actor.Org), scope, kind, id, string(actor.Account), tx.NowMicros())
	if err != nil {
		return err
	}
	return s.assigned(ctx, tx, actor, scope, "case.assign", kind, id)
}

// UnassignIn is Unassign in a transaction of a room, which has asked whether the actor may.
func (s Accounts) UnassignIn(ctx context.Context, tx *db.Tx, actor Actor, scope string, h Holder) error {
	kind, id, _ := h.columns()
	n, err := dropAssignment(ctx, tx, actor.Org, scope, kind, id)
	if err == nil && n == 0 {
		err = missing()
	}
	if err != nil {
		return err
	}
	return s.assigned(ctx, tx, actor, scope, "case.unassign", kind, id)
}

// OnAssign adds what a room does, in the transaction, when somebody was assigned to a scope or no longer
// is. Rooms call it while the node is put together.
func (s *Accounts) OnAssign(f func(ctx context.Context, tx *db.Tx, org OrgID, scope string) error) {
	s.assigners = append(s.assigners, f)
}

// assigned enters a change of who works on a case, and tells the rooms.
func (s Accounts) assigned(ctx context.Context, tx *db.Tx, actor Actor, scope, act, kind, id string) error {
	for _, f := range s.assigners {
		if err := f(ctx, tx, actor.Org, scope); err != nil {
			return err
		}
	}
	e := entry(actor, audit.Decision, scope, act)
	e.Detail[kind] = id
	return audit.Append(ctx, tx, e)
}

func dropAssignment(ctx context.Context, tx *db.Tx, org OrgID, scope, kind, id string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM assignment WHERE org_id = $1 AND scope = $2 AND holder_kind = $3 AND holder_id = $4",
		string(org), scope, kind, id)
}

// HoldersOf returns who is assigned to a scope: accounts and teams, in the order of assignment.
func HoldersOf(ctx context.Context, tx *db.Tx, org OrgID, scope string) ([]Holder, error) {
	rows, err := tx.Query(ctx, "SELECT holder_kind, holder_id FROM assignment WHERE org_id = $1 AND scope = $2 ORDER BY assigned_at, holder_kind, holder_id",
		string(org), scope)
	return db.Collect(rows, err, func(r *sql.Rows) (h Holder, err error) {
		var kind, id string
		err = r.Scan(&kind, &id)
		if kind == "team" {
			return Holder{Team: TeamID(id)}, err
		}
		return Holder{Account: AccountID(id)}, err
	})
}
