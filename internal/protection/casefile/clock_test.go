package casefile_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// TestTheClockOfAFile: the time for which a file is kept begins when the last open case of its person is closed, on the day of
// the organisation, and stops when one is opened again or anew. Twice is as once.
func TestTheClockOfAFile(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker := d.staff("worker", auth.SupportWorker)
	worker.Zone = "Pacific/Kiritimati" // there it is tomorrow already
	c := d.open(worker, "Wren")
	kept := func(step, from, due string) {
		t.Helper()
		k, err := d.vault.Keeping(ctx, worker, c.Person)
		d.must(err)
		if k.From != from || k.Due != due {
			t.Errorf("%s: kept from %q until %q, want %q and %q", step, k.From, k.Due, from, due)
		}
	}
	end := func(id casefile.ID) {
		t.Helper()
		now, err := d.Get(ctx, worker, id)
		d.must(err)
		d.must(d.Close(ctx, worker, id, now.Version, "goals-met"))
	}
	again := func(id casefile.ID) {
		t.Helper()
		now, err := d.Get(ctx, worker, id)
		d.must(err)
		d.must(d.Reopen(ctx, worker, id, now.Version, "person-asks"))
	}
	kept("open", "", "")
	end(c.ID())
	kept("closed", "2026-03-02", "2027-03-02")
	d.kind("closed twice", d.Close(ctx, worker, c.ID(), c.Version+1, "goals-met"), fault.Conflict)
	again(c.ID())
	kept("opened again", "", "")
	next, err := d.Open(ctx, worker, casefile.Begin{Reason: "returned", Follows: c.ID()})
	d.must(err)
	end(c.ID())
	kept("another case is open", "", "")
	end(next)
	kept("both closed", "2026-03-02", "2027-03-02")
	d.now = d.now.AddDate(0, 1, 0)
	_, err = d.Open(ctx, worker, casefile.Begin{Reason: "returned", Follows: c.ID()})
	d.must(err)
	kept("the person came back", "", "")
}

// TestAClockOfItsOwn: a rule that counts from a day of its own is not begun, moved or stopped by a case; a day that somebody
// set stays when the case is closed.
func TestAClockOfItsOwn(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker := d.staff("worker", auth.SupportWorker)
	for _, x := range []struct {
		class                          vault.RetentionClass
		set, closed, reopened, closed2 string
	}{
		{"adult-client", "", "2026-03-01", "", "2026-03-01"},
		{"adult-client", "2026-01-10", "2026-01-10", "", "2026-03-01"},
		{"compensation", "", "", "", ""},
		{"compensation", "2026-01-10", "2026-01-10", "2026-01-10", "2026-01-10"},
		{"child-client", "2030-01-01", "2030-01-01", "2030-01-01", "2030-01-01"},
	} {
		c := d.open(worker, "Wren")
		_, err := d.vault.Retain(ctx, worker, c.Person, x.class, x.set)
		d.must(err)
		from := func() string {
			k, err := d.vault.Keeping(ctx, worker, c.Person)
			d.must(err)
			return k.From
		}
		d.must(d.Close(ctx, worker, c.ID(), c.Version, "goals-met"))
		closed := from()
		d.must(d.Reopen(ctx, worker, c.ID(), c.Version+1, "person-asks"))
		reopened := from()
		d.must(d.Close(ctx, worker, c.ID(), c.Version+2, "goals-met"))
		if closed != x.closed || reopened != x.reopened || from() != x.closed2 {
			t.Errorf("%s set to %q: closed %q, opened again %q, closed again %q", x.class, x.set, closed, reopened, from())
		}
	}
}
