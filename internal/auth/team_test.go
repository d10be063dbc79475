package auth_test

import (
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Whoever forms teams cannot put themselves where others are or work is: what a team may open, where a protected place is
// among it, takes a second person. Those who are in the team are told of everybody who joins.
func TestNobodyJoinsATeamByTheirOwnHand(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	chief := h.as(h.chief)
	second := h.as(h.create(t, "Invented Second", auth.Supervisor))
	team, err := h.FormTeam(ctx, chief, "Refuge (invented)")
	h.must(err)
	h.must(h.Join(ctx, second, team, second.Account)) // an empty team without work has nothing to read
	h.must(h.Part(ctx, second, team, second.Account))
	h.must(h.Assign(ctx, chief, "place-1", auth.Holder{Team: team}))
	wantKind(t, "into an empty team with work", h.Join(ctx, chief, team, h.chief), fault.Invalid)
	h.must(h.Join(ctx, chief, team, h.worker))
	wantKind(t, "into a team where somebody is", h.Join(ctx, chief, team, h.chief), fault.Invalid)
	if n := told(t, h, h.worker); n != 0 {
		t.Errorf("told %d times of what was refused", n)
	}
	h.must(h.Join(ctx, second, team, h.chief))
	teams, err := h.Teams(ctx, chief)
	h.must(err)
	if !slices.Contains(teams[0].Members, h.chief) || told(t, h, h.worker) != 1 {
		t.Errorf("members %v; the team was told %d times", teams[0].Members, told(t, h, h.worker))
	}
}

// told counts how often an account was told that somebody joined.
func told(t *testing.T, h *house, who auth.AccountID) (n int) {
	t.Helper()
	h.must(h.DB.Read(t.Context(), func(tx *db.Tx) error {
		n = 0
		list, err := notify.List(t.Context(), tx, string(h.org), string(who), 100)
		for _, one := range list {
			if one.Kind == notify.TeamJoined {
				n++
			}
		}
		return err
	}))
	return n
}
