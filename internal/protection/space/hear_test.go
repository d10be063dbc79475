package space_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/vault"
)

// Feedback goes to those who oversee. Whoever works on the case has no way to it, whatever their role, also after they
// have left the case; nor does the emergency.
func TestFeedbackIsNotForHerWorker(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	near := h.staff(auth.Supervisor)
	h.must(h.rooms.Accounts.Assign(ctx, h.chief, string(h.of), auth.Holder{Account: near.Account}))
	v := h.visit()
	h.must(h.Say(ctx, v, space.Say{Kind: space.Feedback, Text: private.New("nobody calls me back")}))
	h.must(h.rooms.Accounts.Unassign(ctx, h.chief, string(h.of), auth.Holder{Account: near.Account}))
	for _, a := range []auth.Actor{h.officer, h.chief} {
		all, err := h.Heard(ctx, a)
		h.must(err)
		if len(all) != 1 {
			t.Fatalf("%d pieces for %s", len(all), a.Roles)
		}
		item, err := h.Hear(ctx, a, all[0].ID)
		h.must(err)
		if item.Text.Reveal("test") != "nobody calls me back" || item.Number != "" {
			t.Errorf("%+v", item)
		}
		if n := h.notices(a); n != 1 {
			t.Errorf("%s has %d notices", a.Roles, n)
		}
	}
	all, err := h.Heard(ctx, h.chief)
	h.must(err)
	id := all[0].ID
	for _, a := range []auth.Actor{h.worker, near, h.staff(auth.Administrator), auth.Own(h.org, "UTC", string(h.of))} {
		_, err := h.Hear(ctx, a, id)
		h.kind("read by "+string(a.Account), err, fault.NotFound)
		if list, _ := h.Heard(ctx, a); len(list) > 0 || h.notices(a) > 0 {
			t.Errorf("%s knows of it", a.Roles)
		}
	}
	asked, err := h.Asked(ctx, h.worker, h.of)
	h.must(err)
	if len(asked) > 0 || len(h.waiting()) > 0 {
		t.Error("the worker sees that there is feedback")
	}
	h.kind("answered by the worker", h.Answer(ctx, h.worker, h.of, id, 1, private.New("x")), fault.NotFound)
	h.vaultRefuses(id)

	h.must(h.Reply(ctx, h.officer, id, 1, private.New("we changed that")))
	mine, err := h.Items(ctx, v, space.Feedback)
	h.must(err)
	if len(mine) != 1 || mine[0].Answer.Reveal("test") != "we changed that" || h.notices(h.chief) != 0 {
		t.Errorf("%+v", mine)
	}
	h.kind("a second answer of what was seen before", h.Reply(ctx, h.chief, id, 1, private.New("other")), fault.Stale)
	// A supervisor who takes the case on later has no way to it either.
	h.must(h.rooms.Accounts.Assign(ctx, h.chief, string(h.of), auth.Holder{Account: h.chief.Account}))
	_, err = h.Hear(ctx, h.chief, id)
	h.kind("read by whoever has taken the case on", err, fault.NotFound)
}

func (h *house) notices(a auth.Actor) (n int) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		list, err := notify.List(h.t.Context(), tx, string(a.Org), string(a.Account), 50)
		for _, one := range list {
			if one.Kind == notify.FeedbackNew && !one.Read {
				n++
			}
		}
		return err
	}))
	return n
}

// vaultRefuses opens the sealed words of feedback around this package, as the worker.
func (h *house) vaultRefuses(id string) {
	h.t.Helper()
	var sealed []byte
	var who string
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(h.t.Context(), "SELECT overseen, person_id FROM protection_own WHERE id = $1", id).Scan(&sealed, &who)
	}))
	item := vault.Item{Sealed: sealed[8:], Place: vault.Place{
		Org: h.org, Person: vault.PersonID(who), Record: "protection_own/" + id, Field: "overseen", Class: vault.Overseen, Version: 1,
	}}
	why := vault.Why{Purpose: "support", Scope: string(h.of)}
	_, err := h.vault.Open(h.t.Context(), h.worker, why, item)
	h.kind("opened by the worker", err, fault.NotFound)
	_, err = h.vault.Open(h.t.Context(), h.chief, why, item)
	h.kind("opened as a part of the file", err, fault.NotFound)
	_, err = h.vault.OpenOverseen(h.t.Context(), h.worker, why, item)
	h.kind("opened by the worker as feedback", err, fault.NotFound)
	item.Place.Class = vault.Personal
	_, err = h.vault.Open(h.t.Context(), h.worker, why, item)
	h.kind("opened as another class", err, fault.Conflict)
}
