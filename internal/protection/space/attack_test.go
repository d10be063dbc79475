package space_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/space"
)

// Whoever has made the person say the other word gets no further guesses at the first by using it.
func TestTheOtherWordBuysNoGuesses(t *testing.T) {
	h := newHouse(t)
	number := h.slip()
	for i := range 10 {
		if _, err := h.enter(number, "guess"); err == nil {
			t.Fatal("a guess got in")
		}
		if i == 8 {
			v, err := h.enter(number, "olive")
			h.must(err)
			if !v.Harmless {
				t.Fatal("not harmless")
			}
		}
	}
	for _, word := range []string{"lemon", "olive"} {
		_, err := h.enter(number, word)
		h.kind("a word after ten guesses, with the other word between them", err, fault.Denied)
	}
	h.now = h.now.Add(time.Hour)
	if _, err := h.enter(number, "lemon"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	if s, err := h.Slip(t.Context(), h.worker, h.of); err != nil || s.Wrong != 0 {
		t.Errorf("the person came in and %d guesses count, %v", s.Wrong, err)
	}
}

// Whoever guesses so slowly that no hour has many of it is told of too, and again when the first task of it has ended.
func TestSlowGuessingIsTold(t *testing.T) {
	h := newHouse(t)
	number := h.slip()
	slowly := func() {
		for range 3 {
			for range 4 {
				_, _ = h.enter(number, "guess")
			}
			h.now = h.now.Add(time.Hour)
		}
	}
	for day := range 3 {
		slowly()
		if got := h.waiting(); !slices.Equal(got, []string{space.TaskTried}) {
			t.Fatalf("day %d: twelve guesses, and the case was told %v", day, got)
		}
		tasks, err := h.rooms.Cases.Tasks(t.Context(), h.worker, h.of)
		h.must(err)
		for _, one := range tasks {
			if one.Clear.State == casefile.ToDo {
				h.must(h.rooms.Cases.EndTask(t.Context(), h.worker, h.of, one.ID, casefile.Done))
			}
		}
		h.now = h.now.Add(24 * time.Hour)
	}
}

// A way to reach the person that is only where they are names a place: it stands neither on the page nor on the copy.
func TestNoPlaceAmongTheWays(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	from := record.Source{From: "person", AsOf: "2026-06-01", By: h.worker.Account}
	h.must(h.rooms.People.SetContact(ctx, h.worker, h.of, person.Seen{}, person.Contacts{List: record.Is([]person.Contact{
		{Channel: person.InHand, Value: "KANARIE house, blue door", Hours: "KANARIE after nine", Safe: person.Yes},
	}, from)}))
	info, err := h.Info(ctx, h.visit())
	h.must(err)
	handed, err := h.HandOver(ctx, h.worker, h.of)
	h.must(err)
	for what, i := range map[string]space.Info{"the page": info, "the copy": handed} {
		list := i.Known.Contact.List.Value
		if len(list) != 1 || list[0].Channel != person.InHand || strings.Contains(fmt.Sprint(list[0].Value, list[0].Hours, list[0].Say), "KANARIE") {
			t.Errorf("%s: where they are is shown", what)
		}
	}
}

// A worker makes the slip, and can make another: with neither do they read what was said of them.
func TestAWorkerWithASlipReadsNoFeedback(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.visit()
	h.must(h.Say(ctx, v, space.Say{Kind: space.Feedback, Text: private.New("KANARIE shouts at me")}))
	all, err := h.Heard(ctx, h.officer)
	h.must(err)
	h.must(h.Reply(ctx, h.officer, all[0].ID, 1, private.New("KANARIE: we look into it")))
	mine, err := h.Items(ctx, v, space.Kinds()...) // the worker knows the number and the word of this slip too
	h.must(err)
	if len(mine) != 1 || !mine[0].Text.IsZero() || mine[0].Answer.IsZero() {
		t.Errorf("with the same slip: %d pieces; the words show, or the answer does not", len(mine))
	}
	h.now = h.now.Add(time.Minute)
	again, err := h.Items(ctx, h.visit(), space.Kinds()...) // with a slip that the worker made afterwards
	h.must(err)
	if len(again) != 0 {
		t.Errorf("with another slip: %d pieces", len(again))
	}
}

// What was agreed to in an earlier case of the same person stands on the page, and is taken back there, by them or by whoever
// works on the case. Somebody else's is not.
func TestTakesBackWhatAnEarlierCaseHolds(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	agree := func(of casefile.ID) consent.ID {
		id, err := h.rooms.Consents.Give(ctx, h.worker, string(of), consent.Said{
			Kind: consent.Sharing, State: consent.Given, Classes: []string{"contact"}, Purposes: []string{"support"}, Last: "2026-08-31",
			Recipients: []consent.Named{{Term: consent.Term{To: "health", Recall: consent.RecallYes, Feeds: consent.FeedsNo}}},
			Giving: consent.Giving{
				OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
			},
		}, record.NewSubmissionKey())
		h.must(err)
		return id
	}
	first, second, others := agree(h.of), agree(h.of), agree(h.open(h.worker))
	later, err := h.rooms.Cases.Open(ctx, h.worker, casefile.Begin{Reason: "asks-for-help", Follows: h.of})
	h.must(err)
	h.of = later
	v := h.visit()
	h.must(h.TakeBack(ctx, v, first, ""))
	_, err = h.rooms.Consents.Withdraw(ctx, h.worker, string(later), consent.Withdrawal{Consent: second})
	h.must(err)
	h.kind("somebody else's", h.TakeBack(ctx, v, others, ""), fault.NotFound)
	c, err := h.Choices(ctx, v)
	h.must(err)
	if len(c.Lines) != 2 {
		t.Errorf("%d choices", len(c.Lines))
	}
	for _, l := range c.Lines {
		if l.State != consent.Withdrawn {
			t.Errorf("taken back, and %s is %s", l.ID, l.State)
		}
	}
}

// That somebody has said something of the help, and who answered it, does not stand in what happened in the case, nor in what
// the ledger opens to somebody who works on it.
func TestTheCourseOfACaseTellsOfNoFeedback(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	near := h.staff(auth.Supervisor)
	h.must(h.rooms.Accounts.Assign(ctx, h.chief, string(h.of), auth.Holder{Account: near.Account}))
	v := h.visit()
	events := func() int {
		all, err := h.rooms.Cases.Timeline(ctx, h.worker, h.of)
		h.must(err)
		for _, e := range all {
			if e.By == h.officer.Account {
				t.Errorf("%s by whoever oversees", e.Act)
			}
		}
		return len(all)
	}
	before := events()
	h.must(h.Say(ctx, v, space.Say{Kind: space.Feedback, Text: private.New("nobody calls")}))
	all, err := h.Heard(ctx, h.officer)
	h.must(err)
	h.must(h.Reply(ctx, h.officer, all[0].ID, 1, private.New("we look into it")))
	if after := events(); after != before {
		t.Errorf("%d events more", after-before)
	}
	for _, x := range []struct {
		a    auth.Actor
		want bool
	}{{h.worker, false}, {near, false}, {h.officer, true}, {h.chief, true}} {
		h.must(h.db.Read(ctx, func(tx *db.Tx) error {
			if is, err := casefile.ShowsEntry(ctx, tx, x.a, h.of, "protection_own", all[0].ID); is != x.want {
				t.Errorf("the ledger opens it to %s: %v, %v", x.a.Roles, is, err)
			}
			return nil
		}))
	}
}
