package casefile_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// standing is what the tables say of one case and one account.
type standing struct {
	role          auth.Role
	state         casefile.State
	mine, byTeam  bool // assigned
	others        bool // somebody else is
	out, outOther bool // kept from the case, or from another case of the same person
}

// reads is the rule once more, written from the documentation.
func (s standing) reads() bool {
	if s.out || s.outOther || s.state == casefile.Erased {
		return false
	}
	if (s.state == casefile.Sealed || s.state == casefile.Pseudonym) && s.role != auth.Supervisor {
		return false
	}
	switch s.role {
	case auth.Supervisor:
		return true
	case auth.SupportWorker:
		return s.mine || !s.others
	case auth.Officer, auth.Authority:
		return s.mine
	}
	return false
}

// TestWhoMayReachACase draws states of the tables and compares what Load, Lock and every list answer with
// the rule as this test has it.
func TestWhoMayReachACase(t *testing.T) {
	d := newDesk(t)
	chief, asked := d.staff("chief", auth.Supervisor), d.staff("asked", auth.Supervisor)
	first := d.open(chief, "Wren")
	id, err := d.Cases.Open(t.Context(), chief, casefile.Begin{Reason: "returned", Follows: first.ID()})
	d.must(err)
	team, err := d.accounts.FormTeam(t.Context(), chief, "Invented Team")
	d.must(err)
	d.must(d.accounts.Join(t.Context(), chief, team, asked.Account))
	rapid.Check(t, func(r *rapid.T) {
		s := standing{
			role: rapid.SampledFrom(auth.Roles()).Draw(r, "role"), state: rapid.SampledFrom(casefile.States()).Draw(r, "state"),
			mine: rapid.Bool().Draw(r, "mine"), byTeam: rapid.Bool().Draw(r, "by team"), others: rapid.Bool().Draw(r, "others"),
			out: rapid.IntRange(0, 3).Draw(r, "out") == 0, outOther: rapid.IntRange(0, 3).Draw(r, "out of another") == 0,
		}
		d.put(s, id, first.ID(), chief, asked, team)
		who := asked
		who.Roles = []auth.Role{s.role}
		_, err := d.Get(t.Context(), who, id)
		if s.reads() != (err == nil) || err != nil && err.Error() != "This does not exist." {
			r.Fatalf("%+v: read %v", s, err)
		}
		err = d.db.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := casefile.Lock(t.Context(), tx, who, id, auth.WorkCases); err != nil {
				return err
			}
			return errRollBack
		})
		switch kind := fault.KindOf(err); {
		case !s.reads() && kind != fault.NotFound, s.reads() && s.state == casefile.Active && err != errRollBack, s.reads() && s.state != casefile.Active && kind != fault.Conflict:
			r.Fatalf("%+v: lock %v", s, err)
		}
		for _, w := range casefile.Lists(who) {
			p, err := d.List(t.Context(), who, casefile.Filter{Whose: w, State: s.state})
			d.must(err)
			found := slices.ContainsFunc(p.Cases, func(c casefile.Case) bool { return c.ID() == id })
			if found && !s.reads() {
				r.Fatalf("%+v: the list %s shows it", s, w)
			}
			if w == casefile.Every && found != s.reads() {
				r.Fatalf("%+v: the list of all shows it: %v", s, found)
			}
		}
	})
}

// errRollBack undoes a change that a test only tries.
var errRollBack = fault.New(fault.Withheld, "rolled back")

// put writes what was drawn.
func (d *desk) put(s standing, id, other casefile.ID, chief, asked auth.Actor, team auth.TeamID) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{"DELETE FROM exclusion WHERE org_id = $1", "DELETE FROM assignment WHERE org_id = $1", "DELETE FROM protection_case_list WHERE org_id = $1"} {
			if _, err := tx.Exec(ctx, q, string(org)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE protection_case SET state = $1 WHERE org_id = $2 AND id = $3", string(s.state), string(org), string(id))
		if err != nil {
			return err
		}
		mine := auth.Holder{Account: asked.Account}
		if s.byTeam {
			mine = auth.Holder{Team: team}
		}
		for h, is := range map[auth.Holder]bool{mine: s.mine, {Account: chief.Account}: s.others} {
			if !is {
				continue
			}
			if err := d.accounts.AssignIn(ctx, tx, chief, string(id), h); err != nil {
				return err
			}
		}
		return nil
	})
	if s.out {
		d.exclude(d.known(id), asked)
	}
	if s.outOther {
		d.exclude(d.known(other), asked)
	}
}

// known is a case by its identifier, whoever may see it.
func (d *desk) known(id casefile.ID) (c casefile.Case) {
	c.Row.ID = string(id)
	return c
}

// Load asks for nothing of another organisation.
func TestOtherOrganisation(t *testing.T) {
	d := newDesk(t)
	chief := d.staff("chief", auth.Supervisor)
	c := d.open(chief, "Wren")
	stranger := auth.Actor{Org: "org-b", Account: "stranger", Roles: auth.Roles(), Via: auth.ViaSession}
	if got := d.sees(stranger, c); got != "" {
		t.Errorf("a stranger sees %q", got)
	}
	_, err := d.Find(t.Context(), stranger, c.Clear.Number)
	d.kind("a number of another organisation", err, fault.NotFound)
}
