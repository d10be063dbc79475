package auth_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// state is what decides about opening, as the test keeps it in its own words.
type state struct {
	role     auth.Role
	until    time.Time // of the role
	excluded bool
	mine     bool // assigned, by account or team
	others   bool // somebody else is assigned
	glass    time.Time
}

// open is the rule once more, written from the documentation and not from the program.
func (s state) open(now time.Time) bool {
	switch {
	case s.excluded:
		return false
	case !now.Before(s.until):
		return false
	case now.Before(s.glass) && (s.role == auth.Supervisor || s.role == auth.SupportWorker || s.role == auth.Authority):
		return true
	}
	switch s.role {
	case auth.Supervisor:
		return true
	case auth.SupportWorker:
		return s.mine || !s.others
	case auth.Officer, auth.Investigator, auth.Authority:
		return s.mine
	}
	return false
}

// TestDenyRules draws what is in the tables and compares the answer with the rule as this test has it.
func TestDenyRules(t *testing.T) {
	h := newHouse(t)
	team, err := h.FormTeam(t.Context(), h.as(h.chief), "Invented Team")
	h.must(err)
	h.must(h.Join(t.Context(), h.as(h.chief), team, h.analyst))
	rapid.Check(t, func(r *rapid.T) {
		at := h.now
		moment := func(label string) time.Time {
			return at.Add(time.Duration(rapid.IntRange(-2, 2).Draw(r, label)) * time.Microsecond)
		}
		s := state{
			role: rapid.SampledFrom(auth.Roles()).Draw(r, "role"), until: moment("until"),
			excluded: rapid.Bool().Draw(r, "excluded"), mine: rapid.Bool().Draw(r, "mine"),
			others: rapid.Bool().Draw(r, "others"), glass: moment("glass"),
		}
		byTeam := rapid.Bool().Draw(r, "by team")
		h.put(s, team, byTeam)
		if got, want := h.mayOpen(h.analyst, "case-1"), s.open(at); got != want {
			r.Fatalf("%+v: may open %v, want %v", s, got, want)
		}
		for _, stranger := range []string{"case-2x", "", "case-1 ", "Amina Dell"} {
			if s.role != auth.Supervisor && s.role != auth.SupportWorker && !at.Before(s.glass) && h.mayOpen(h.analyst, stranger) {
				r.Fatalf("%+v: may open %q", s, stranger)
			}
		}
	})
}

// put writes a state into the tables for the analyst's account.
func (h *house) put(s state, team auth.TeamID, byTeam bool) {
	h.t.Helper()
	ctx := h.t.Context()
	mine := auth.Holder{Account: h.analyst}
	if byTeam {
		mine = auth.Holder{Team: team}
	}
	kind, holder := "account", string(mine.Account)
	if byTeam {
		kind, holder = "team", string(mine.Team)
	}
	h.must(h.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error {
		for _, table := range []string{"exclusion", "assignment", "glass"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1", h.org); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM account_role WHERE org_id = $1 AND account_id = $2", h.org, h.analyst); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO account_role (org_id, account_id, role, valid_until) VALUES ($1, $2, $3, $4)",
			h.org, h.analyst, s.role, s.until.UnixMicro())
		if err != nil {
			return err
		}
		assign := "INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at) VALUES ($1, 'case-1', $2, $3, '', 0)"
		if s.mine {
			if _, err := tx.Exec(ctx, assign, h.org, kind, holder); err != nil {
				return err
			}
		}
		if s.others {
			if _, err := tx.Exec(ctx, assign, h.org, "account", h.worker); err != nil {
				return err
			}
		}
		if s.excluded {
			_, err := tx.Exec(ctx, "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, 'case-1', $2, 'other', '', 0)", h.org, h.analyst)
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO glass (org_id, id, version, account_id, reason, scope, broken_at, until_at, finding, reviewed_by)
			VALUES ($1, 'g', 1, $2, 'other', 'case-1', $3, $4, '', '')`, h.org, h.analyst, h.now.Add(-time.Hour).UnixMicro(), s.glass.UnixMicro())
		return err
	}))
}
