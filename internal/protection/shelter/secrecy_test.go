package shelter_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// TestAddressIsForTheTeam asks for an address as everybody else: whatever their role, in an emergency, or
// kept from the place though of the team. Whoever is told has left an entry before.
func TestAddressIsForTheTeam(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	glass := h.staff(auth.SupportWorker)
	officer, admin := h.staff(auth.ProtectionOfficer), h.staff(auth.Administrator)
	alarm, err := h.accounts.ProposeRecipients(ctx, admin, auth.OnGlass, []auth.AccountID{officer.Account, h.chief.Account}, "sample")
	h.must(err)
	h.must(h.accounts.Approve(ctx, officer, alarm))
	of, _ := h.open(grown)
	_, err = h.accounts.Break(ctx, glass, auth.GlassReasons()[0], string(of))
	h.must(err)
	analyst, kept := h.staff(auth.Analyst), h.staff(auth.SupportWorker)
	for _, a := range []auth.Actor{analyst, kept} {
		h.must(h.accounts.Join(ctx, h.chief, h.team, a.Account))
	}
	h.must(h.accounts.Exclude(ctx, h.chief, place, kept.Account, auth.ExclusionReasons()[0]))
	stranger := h.guard
	stranger.Org, err = h.accounts.CreateOrg(ctx, "Another house (invented)", "Europe/London")
	h.must(err)
	for name, a := range map[string]auth.Actor{
		"a worker": h.worker, "who answers for the service": h.chief, "an administrator": admin, "nobody": {},
		"an authority": h.staff(auth.Authority), "an investigator": h.staff(auth.Investigator), "in an emergency": glass,
		"of the team without a role": analyst, "of the team and kept from it": kept, "of another house": stranger,
	} {
		where, err := h.Address(ctx, a, place)
		h.kind(name, err, fault.NotFound)
		if !where.Address.IsZero() {
			t.Errorf("%s is told", name)
		}
		h.kind(name+" writes", h.KeepLocation(ctx, a, place, h.own(place).Version, shelter.Location{}), fault.NotFound)
		h.kind(name+" changes it", h.KeepPlace(ctx, a, place, h.own(place).Version, takesWomen), fault.NotFound)
	}
	before := h.openings()
	where, err := h.Address(ctx, h.guard, place)
	h.must(err)
	if where.Address.Reveal("test") != canary.Address.Reveal("test") || h.openings() != before+1 {
		t.Errorf("the team is told %v with %d entries", !where.Address.IsZero(), h.openings()-before)
	}
	h.must(h.accounts.Part(ctx, h.chief, h.team, h.guard.Account))
	h.kind("who has left the team", errOf(h.Address(ctx, h.guard, place)), fault.NotFound)
}

// openings counts the entries of openings for reaching a place.
func (h *house) openings() (n int) {
	h.t.Helper()
	var all []audit.Entry
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		all, err = audit.List(h.t.Context(), tx, string(h.org), 10_000)
		return err
	}))
	h.must(audit.Reveal(h.t.Context(), h.vault, all))
	for _, e := range all {
		if e.Kind == audit.Opening && e.Detail["purpose"] == "reach-place" {
			n++
		}
	}
	return n
}

// asked is everything that somebody who is not of the team can ask, as it would be shown.
func (h *house) asked(ctx context.Context, a auth.Actor, n shelter.Need, of casefile.ID, placement, place string) string {
	var b strings.Builder
	show := func(v any, err error) {
		b.WriteString(shown(v))
		if err != nil {
			b.WriteString(shown(err))
		}
	}
	show(h.Find(ctx, a, n))
	show(h.Board(ctx, a))
	show(h.Mine(ctx, a))
	show(h.Address(ctx, a, place))
	show(h.ListAreas(ctx, a))
	_, stays, err := h.Of(ctx, a, of)
	show(stays, err)
	show(nil, h.Offer(ctx, a, of, placement, 99, place))
	show(nil, h.KeepPlace(ctx, a, place, 1, takesWomen))
	show(nil, h.KeepLocation(ctx, a, place, 1, shelter.Location{}))
	show(nil, h.Answer(ctx, a, place, placement, 1, true, private.New("Quagga?")))
	return b.String()
}

// TestNoSearchKnowsTheAddress is the invariant: whatever somebody outside the team asks, by area, by need,
// by case or by number of the place, and whatever error comes back, the answer is the same when the place
// is somewhere else. So nothing can be learnt from it but the area.
func TestNoSearchKnowsTheAddress(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	areas := []string{"GB-WLS", "GB-ENG", "GB-SCT", "GB-NIR", "GB", "IE"}
	for i, a := range areas[:4] {
		h.must(h.KeepArea(ctx, h.chief, shelter.Area{Code: a, Name: "Invented", Near: []string{areas[(i+1)%4]}}))
	}
	var all []string
	for _, a := range areas[:4] {
		with := takesWomen
		with.Area = a
		all = append(all, h.place(with, canary))
	}
	of, placement := h.open(grown)
	actors := []auth.Actor{h.worker, h.chief, h.staff(auth.Officer), h.staff(auth.Investigator), h.staff(auth.Administrator), h.staff(auth.Analyst)}
	rounds := 25
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		rounds = 2000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range rounds {
		n := grown
		for range r.IntN(4) {
			n.Avoid = append(n.Avoid, shelter.Keep{Area: areas[r.IntN(len(areas))], Steps: r.IntN(4)})
		}
		n.Near = areas[:r.IntN(3)]
		n.Gender = []string{"", "woman", "man"}[r.IntN(3)]
		a, place := actors[r.IntN(len(actors))], all[r.IntN(len(all))]
		before := h.asked(ctx, a, n, of, placement, place)
		elsewhere := shelter.Location{Address: private.New(fmt.Sprintf("%d Other Street", r.IntN(1000)))}
		h.must(h.KeepLocation(ctx, h.guard, place, h.own(place).Version, elsewhere))
		if after := h.asked(ctx, a, n, of, placement, place); after != before {
			t.Fatalf("the answer depends on where the place is:\n%s\n%s", before, after)
		}
		h.must(h.KeepLocation(ctx, h.guard, place, h.own(place).Version, canary))
		if found := sees(before); len(found) > 0 {
			t.Fatalf("%q in %s", found, before)
		}
	}
}

// TestABedHasNoWords walks the type of an answer: there is no text in it that a person wrote, and no field
// for a place finer than an area.
func TestABedHasNoWords(t *testing.T) {
	want := "Place Code Area Band Rules VerifiedOn Verdict"
	var got []string
	bed := reflect.TypeFor[shelter.Bed]()
	for f := range bed.Fields() {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%q: say here why a new field tells nobody where a place is", got)
	}
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		if ty == reflect.TypeFor[private.Text]() {
			t.Errorf("%s has private text", bed)
		}
		switch ty.Kind() {
		case reflect.Slice, reflect.Pointer:
			walk(ty.Elem())
		case reflect.Struct:
			for f := range ty.Fields() {
				walk(f.Type)
			}
		}
	}
	walk(bed)
	for _, area := range []string{"GB-SW1A", "SW1A 1AA", "gb", "GB-ENG-LND", "51.50,-0.12", "London", ""} {
		if shelter.IsArea(area) {
			t.Errorf("%q counts as an area", area)
		}
	}
}

// TestTheDatabaseHasNoAddressInClear reads every row that the acts of a whole stay have left.
func TestTheDatabaseHasNoAddressInClear(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	of, _ := h.open(grown)
	h.offer(of, place)
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	h.step(of, shelter.Gone, "")
	_, err := h.Address(ctx, h.guard, place)
	h.must(err)
	h.must(h.KeepLocation(ctx, h.guard, place, h.own(place).Version, shelter.Location{Address: private.New("1 Other Street")}))
	var n int
	h.must(h.db.Read(ctx, func(tx *db.Tx) error {
		for _, table := range []string{
			"protection_place", "protection_placement", "protection_history", "protection_task", "protection_case", "protection_area",
			"protection_service", "protection_submission", "audit_entry", "audit_sealed", "vault_person", "vault_scope", "assignment", "notice", "team",
		} {
			rows, err := tx.Query(ctx, "SELECT * FROM "+table)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			if err := eachValue(rows, func(v any) {
				n++
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				if found := sees(fmt.Sprint(v)); len(found) > 0 {
					t.Errorf("%s has %q", table, found)
				}
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	if n < 200 {
		t.Errorf("only %d values were read", n)
	}
}

func eachValue(rows *sql.Rows, f func(any)) error {
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for _, v := range values {
			f(v)
		}
	}
	return rows.Err()
}
