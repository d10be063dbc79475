package casefile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Pages of any size show every case once, the newest first, and leave out without a gap those that the
// reader is kept from.
func TestPagesShowEveryCaseOnce(t *testing.T) {
	d := newDesk(t)
	chief, worker := d.staff("chief", auth.Supervisor), d.staff("worker", auth.SupportWorker)
	var all []casefile.ID
	for i := range 23 {
		if i%3 != 0 { // some at the same instant
			d.now = d.now.Add(time.Minute)
		}
		c := d.open(worker, "")
		if i%5 == 0 {
			d.exclude(c, chief)
			d.exclude(c, worker)
			continue
		}
		all = append(all, c.ID())
	}
	for name, w := range map[casefile.Whose]auth.Actor{casefile.Every: chief, casefile.Mine: worker} {
		for _, size := range []int{1, 2, 3, 7, 18, 200} {
			var found []casefile.ID
			last := int64(1 << 62)
			f := casefile.Filter{Whose: name, Limit: size}
			for range 30 {
				p, err := d.List(t.Context(), w, f)
				d.must(err)
				if len(p.Cases) < size && !p.Next.IsZero() {
					t.Errorf("%s by %d: a page of %d with another after it", name, size, len(p.Cases))
				}
				for _, c := range p.Cases {
					if c.Clear.OpenedAt > last {
						t.Errorf("%s by %d: out of order", name, size)
					}
					last = c.Clear.OpenedAt
					found = append(found, c.ID())
				}
				if p.Next.IsZero() {
					break
				}
				f.Before = casefile.ParsePosition(p.Next.String())
			}
			slices.Sort(found)
			want := slices.Sorted(slices.Values(all))
			if !slices.Equal(found, want) {
				t.Errorf("%s by %d: %d cases, want %d", name, size, len(found), len(want))
			}
		}
	}
}

// Lists follow who is assigned, whichever page said so, and whether the case is open.
func TestListsFollow(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	chief, worker := d.staff("chief", auth.Supervisor), d.staff("worker", auth.SupportWorker)
	other, mate := d.staff("other", auth.SupportWorker), d.staff("mate", auth.SupportWorker)
	c := d.open(worker, "Wren")
	team, err := d.accounts.FormTeam(ctx, chief, "Invented Team")
	d.must(err)
	d.must(d.accounts.Join(ctx, chief, team, mate.Account))
	want := func(step string, sees map[string]string) {
		t.Helper()
		for _, a := range []auth.Actor{chief, worker, other, mate} {
			if got := d.sees(a, c); got != sees[string(a.Account)] {
				t.Errorf("%s: %s sees %q, want %q", step, a.Account, got, sees[string(a.Account)])
			}
		}
	}
	want("opened", map[string]string{"chief": "get all", "worker": "get mine"})
	d.must(d.HandOver(ctx, worker, c.ID(), auth.Holder{Account: other.Account}, true))
	want("handed over, and stays", map[string]string{"chief": "get all", "worker": "get mine", "other": "get mine"})
	d.must(d.HandOver(ctx, other, c.ID(), auth.Holder{Team: team}, false))
	want("given to a team", map[string]string{"chief": "get all", "worker": "get mine", "mate": "get team"})
	d.must(d.accounts.Unassign(ctx, chief, string(c.ID()), auth.Holder{Account: worker.Account}))
	d.must(d.accounts.Unassign(ctx, chief, string(c.ID()), auth.Holder{Team: team}))
	want("nobody’s", map[string]string{"chief": "get nobody all", "worker": "get nobody", "other": "get nobody", "mate": "get nobody"})
	d.must(d.accounts.Assign(ctx, chief, string(c.ID()), auth.Holder{Account: worker.Account}))
	now, err := d.Get(ctx, worker, c.ID())
	d.must(err)
	d.must(d.Close(ctx, worker, c.ID(), now.Version, "moved"))
	c.Clear.Standing = casefile.Closed
	want("closed", map[string]string{"chief": "get all", "worker": "get mine"})
	d.kind("closed unseen", d.Close(ctx, worker, c.ID(), now.Version, "moved"), fault.Conflict)
	d.kind("reopened from an old page", d.Reopen(ctx, worker, c.ID(), now.Version, "new-signs"), fault.Stale)
	d.must(d.Reopen(ctx, worker, c.ID(), now.Version+1, "new-signs"))
	c.Clear.Standing = casefile.Open
	want("open again", map[string]string{"chief": "get all", "worker": "get mine"})
}

// A case goes to nobody who could not work on it, also not to a team that was closed or never was; that somebody is kept from
// it does not show.
func TestHandOverRefuses(t *testing.T) {
	d := newDesk(t)
	worker, liaison, kept := d.staff("worker", auth.SupportWorker), d.staff("liaison", auth.Liaison), d.staff("kept", auth.SupportWorker)
	c := d.open(worker, "Wren")
	d.exclude(c, kept)
	var said []string
	chief := d.staff("chief", auth.Supervisor)
	closed, err := d.accounts.FormTeam(t.Context(), chief, "Closed (invented)")
	d.must(err)
	d.must(d.accounts.CloseTeam(t.Context(), chief, closed))
	for _, to := range []auth.Holder{{Account: liaison.Account}, {Account: kept.Account}, {Account: "nobody"}, {Team: "nobody"}, {Team: closed}} {
		for _, err := range []error{
			d.HandOver(t.Context(), worker, c.ID(), to, false), d.AddWorker(t.Context(), worker, c.ID(), to),
			errOf(d.AddTask(t.Context(), worker, c.ID(), casefile.NewTask{Kind: "call-back", Holder: to})),
		} {
			e, _ := fault.As(err)
			said = append(said, fmt.Sprintf("%s %s %v", fault.KindOf(err), err, e.Fields))
		}
	}
	slices.Sort(said)
	if said = slices.Compact(said); len(said) != 1 || !strings.Contains(said[0], "invalid") {
		t.Errorf("the refusals differ: %q", said)
	}
	d.kind("the owner is taken off", d.RemoveWorker(t.Context(), worker, c.ID(), auth.Holder{Account: worker.Account}), fault.Conflict)
}

// One wrong character, or two neighbours swapped, is no number.
func TestNumber(t *testing.T) {
	d := newDesk(t)
	c := d.open(d.staff("worker", auth.SupportWorker), "")
	number := []byte(c.Clear.Number)
	rapid.Check(t, func(r *rapid.T) {
		i := rapid.SampledFrom([]int{0, 1, 2, 4, 5, 6, 8, 9, 10}).Draw(r, "place")
		wrong := slices.Clone(number)
		wrong[i] = rapid.SampledFrom([]byte("23456789ABCDEFGHJKMNPQRSTVWXYZ")).Draw(r, "character")
		got, ok := casefile.ParseNumber(string(wrong))
		if same := string(wrong) == string(number); ok != same || ok && got != string(number) {
			r.Fatalf("%s for %s: %v", wrong, number, ok)
		}
	})
	for _, text := range []string{"", "abc", "ABC-DEF-GHI-", "ABC DEF G0I", "ABC/DEF/GHJ"} {
		if _, ok := casefile.ParseNumber(text); ok {
			t.Errorf("%q is a number", text)
		}
	}
}

func errOf(_ any, err error) error { return err }
