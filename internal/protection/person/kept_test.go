package person

import (
	"context"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// TestAChildsFileIsKept: the file of somebody who is a child by what is known is kept until the person can decide as an
// adult, and nobody has it erased before; who turns out to be an adult, and who is of no known age, is not bound by it.
func TestAChildsFileIsKept(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := d.personOf(worker, of)
	class := func() (is vault.RetentionClass, from string) {
		d.read(func(ctx context.Context, tx *db.Tx) (err error) {
			is, from, err = vault.ClassIn(ctx, tx, orgA, person)
			return err
		})
		return is, from
	}
	for _, step := range []struct {
		name   string
		births []Birth
		class  vault.RetentionClass
		from   string
		erased bool
	}{
		{"nothing known", nil, asAdult, "", true},
		{"a child", []Birth{birthOf("2009-05-17", "2009-05-17")}, asChild, "2027-06-01", false},
		{"a later year too", []Birth{birthOf("2009-05-17", "2009-05-17"), birthOf("2010-01-01", "2010-12-31")}, asChild, "2029-01-01", false},
		{"an adult", []Birth{birthOf("1990-01-01", "1990-12-31")}, asAdult, "", true},
		{"a child after all", []Birth{birthOf("2009-05-17", "2009-05-17")}, asChild, "2027-06-01", false},
	} {
		if step.births != nil {
			d.born(worker, of, step.births...)
		}
		if is, from := class(); is != step.class || from != step.from {
			t.Errorf("%s: kept as %s from %q, want %s from %q", step.name, is, from, step.class, step.from)
		}
		id, err := d.vault.ProposeErasure(t.Context(), worker, person, "request")
		if step.erased != (err == nil) || err != nil && fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: proposing to erase: %v", step.name, err)
		}
		if err == nil {
			d.must(d.vault.WithdrawErasure(t.Context(), worker, id))
		}
	}
	// While its time runs the file is looked at as often as an open one, and a case that ends does not begin it anew.
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := d.vault.Ended(ctx, tx, worker, person, "2026-11-23")
		return err
	})
	k, err := d.vault.Keeping(t.Context(), worker, person)
	d.must(err)
	if k.Class != asChild || k.From != "2027-06-01" || k.Due != "2028-06-01" || k.ReviewOn != "2027-05-23" {
		t.Errorf("after a case has ended the file is kept as %s from %s to %s and looked at on %s", k.Class, k.From, k.Due, k.ReviewOn)
	}
}

// TestAClosedFileOfAnAdultCounts: who turns out to be an adult after the case was closed has a file whose time has begun, as that
// of any other adult; who turns out to be a child has one that counts from a day of its own.
func TestAClosedFileOfAnAdultCounts(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	c, err := d.cases.Get(t.Context(), worker, of)
	d.must(err)
	d.must(d.cases.Close(t.Context(), worker, of, c.Version, "goals-met"))
	kept := func(step string, class vault.RetentionClass, from string) {
		t.Helper()
		k, err := d.vault.Keeping(t.Context(), worker, c.Person)
		d.must(err)
		if k.Class != class || k.From != from {
			t.Errorf("%s: kept as %s from %q, want %s from %q", step, k.Class, k.From, class, from)
		}
	}
	k, err := d.vault.Keeping(t.Context(), worker, c.Person)
	d.must(err)
	closed := k.From
	if closed == "" {
		t.Fatal("closing began nothing: this test could not fail")
	}
	d.born(worker, of, birthOf("2009-05-17", "2009-05-17"))
	kept("a child", asChild, "2027-06-01")
	d.born(worker, of, birthOf("1990-01-01", "1990-12-31"))
	kept("an adult", asAdult, closed)
}
