package app_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// said is what somebody says of those who help them, on their own page; those must not read it.
const said = "Quietly unhappy (invented)"

// course is support of a case as it should be by what was done in support alone.
type course struct {
	support.State
	begun bool
}

// walk is a random walk of random people through all rooms of a town.
type walk struct {
	*town
	r       *rand.Rand
	cases   []casefile.ID
	kin     map[casefile.ID]casefile.ID // to the first case of the person
	courses map[casefile.ID]*course
	slips   []private.Text
	// childStep is the procedure in which the last act took a step for somebody who may be a child, or "".
	childStep string
	kinds     map[string]standing // of each procedure before the act
	done      map[string]int      // how often each act went through
}

// standing is where a procedure is.
type standing struct {
	of    casefile.ID
	stage string
	kind  string
}

func newWalk(t *testing.T, seed uint64) *walk {
	w := &walk{
		town: newTown(t), r: rand.New(rand.NewPCG(seed, 0)), kin: map[casefile.ID]casefile.ID{}, courses: map[casefile.ID]*course{}, done: map[string]int{},
	}
	_, err := w.Standards.Define(t.Context(), w.admin, strings.NewReader(ownFields))
	w.must(err)
	for i, birth := range [][2]string{{"1990-01-01", "1999-12-31"}, {"2012-01-01", "2012-12-31"}, {"", ""}} {
		c := w.open(plantedText, "")
		w.cases, w.kin[c.ID()] = append(w.cases, c.ID()), c.ID()
		if birth[0] != "" {
			w.must(w.born(c.ID(), birth[0], birth[1]))
		}
		if i == 0 {
			w.must(w.Accounts.Exclude(t.Context(), w.chief, string(c.ID()), w.kept.Account, "relative"))
		}
		if i < 2 {
			w.decided(c.ID(), 3-2*i) // the child is presumed to be one who was trafficked
		}
	}
	return w
}

// added notes another case of a person, on which the same people work.
func (w *walk) added(id casefile.ID, before casefile.Case) {
	w.cases, w.kin[id] = append(w.cases, id), w.kin[before.ID()]
	for _, a := range []auth.Actor{w.worker, w.mate, w.authority} {
		w.must(w.Cases.AddWorker(w.t.Context(), w.chief, id, auth.Holder{Account: a.Account}))
	}
}

// inside reports whether somebody has to do with a case: those who work on it, and those who answer for the service and are not kept
// from the person.
func (w *walk) inside(a auth.Actor, id casefile.ID) bool {
	switch a.Account {
	case w.worker.Account, w.mate.Account, w.authority.Account, w.chief.Account, w.manager.Account:
		return true
	case w.kept.Account:
		return w.kin[id] != w.cases[0]
	}
	return false
}

func (w *walk) shadow(id casefile.ID) *course {
	if w.courses[id] == nil {
		w.courses[id] = &course{State: support.State{Stage: support.Opened}}
	}
	return w.courses[id]
}

// TestRandomWalk has random people do 200 random things through all rooms of the node, and asks after each what must always hold. At
// its end the first person is erased, and nothing of them can be had.
func TestRandomWalk(t *testing.T) {
	walks, end := 2, time.Time{}
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		walks, end = 2000, time.Now().Add(10*time.Minute)
	}
	total := map[string]int{}
	for i := range walks {
		if !end.IsZero() && time.Now().After(end) {
			t.Logf("%d walks in the time", i)
			break
		}
		seed := rand.Uint64()
		if !t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWalk(t, seed)
			w.goOn(200)
			w.end()
			for name, n := range w.done {
				total[name] += n
			}
		}) {
			break
		}
	}
	t.Logf("%d kinds of acts went through: %v", len(total), total)
}

func (w *walk) goOn(steps int) {
	acts := w.acts()
	staff := []auth.Actor{w.worker, w.worker, w.worker, w.worker, w.worker, w.worker, w.worker, w.mate, w.mate, w.mate, w.authority, w.authority, w.chief, w.manager, w.guard, w.police, w.officer, w.admin, w.analyst, w.kept, w.kept, w.doctor}
	for range steps {
		w.kinds, w.childStep = w.procedures(), ""
		if w.r.IntN(6) == 0 {
			w.now = w.now.Add(time.Duration(w.r.IntN(40)) * time.Hour)
		}
		switch w.r.IntN(12) {
		case 0:
			w.roam(pick(w, staff))
			w.hold("")
		case 1:
			w.herself()
			w.hold("herself")
		case 2:
			w.partner()
			w.hold("partner")
		default:
			w.one(pick(w, acts), pick(w, staff), pick(w, w.cases))
		}
		if w.t.Failed() {
			w.t.FailNow()
		}
	}
}

// one has somebody do something in a case.
func (w *walk) one(x act, a auth.Actor, id casefile.ID) {
	c, err := w.Cases.Get(w.t.Context(), w.chief, id)
	w.must(err)
	seen, err := x.do(w.t.Context(), a, c)
	in := w.inside(a, c.ID())
	switch {
	case err != nil && !expected(err):
		w.t.Errorf("%s by %s: %s", x.name, a.Roles, fault.Cause(err))
	case err == nil && !in && (seen == nil || !reflect.ValueOf(seen).IsZero()): // where there is nothing, there is nothing to be refused
		w.t.Errorf("%s by %s, who has no part in the case", x.name, a.Roles)
	case !in && seen != nil && !reflect.ValueOf(seen).IsZero() && len(holds(revealed(seen), plantedText)) > 0:
		w.t.Errorf("%s shows %s what is not theirs", x.name, a.Roles)
	case x.name == "duty" && in && err != nil && c.Clear.State != casefile.Sealed:
		w.t.Errorf("a duty of %s waits: %s", a.Roles, fault.Cause(err))
	}
	if err == nil {
		w.done[x.name]++
	}
	w.shown(x.name, a, seen, err)
	w.hold(x.name)
}

// shown looks at what somebody was shown: no address of a protected place, and not what the person says of those who help them.
func (w *walk) shown(name string, a auth.Actor, seen any, err error) {
	text := revealed(seen)
	if err != nil {
		text += fault.Cause(err) + err.Error()
	}
	if found := holds(text, addressWords...); len(found) > 0 {
		w.t.Errorf("%s shows %s %q of an address", name, a.Roles, found)
	}
	if a.Account != "" && a.Account != w.officer.Account && len(holds(text, said)) > 0 {
		w.t.Errorf("%s shows %s what the person said of them", name, a.Roles)
	}
}

// roam looks at what is about no case: beds, services, lists, people by name.
func (w *walk) roam(a auth.Actor) {
	ctx := w.t.Context()
	in := func(name string, v any, err error) {
		if err != nil && !expected(err) {
			w.t.Errorf("%s by %s: %s", name, a.Roles, fault.Cause(err))
		}
		w.shown(name, a, v, err)
		if a.Account == w.kept.Account && len(holds(revealed(v), string(w.cases[0]))) > 0 {
			w.t.Errorf("%s shows somebody the case from which they are kept", name)
		}
		if a.Account == w.doctor.Account && w.namesACase(v) {
			w.t.Errorf("%s shows another organisation a case of ours", name)
		}
	}
	need := shelter.Need{Gender: "woman", Near: []string{"GB-WLS"}}
	beds, err := w.Shelters.Find(ctx, a, need)
	in("beds", beds, err)
	board, err := w.Shelters.Board(ctx, a)
	in("board", board, err)
	services, err := w.Shelters.Services(ctx, a, "Zebra", "GB-WLS")
	in("services", services, err)
	areas, err := w.Shelters.ListAreas(ctx, a)
	in("areas", areas, err)
	if a.Account != w.guard.Account {
		where, err := w.Shelters.Address(ctx, a, w.place)
		in("address", where, err)
	}
	list, err := w.Cases.List(ctx, a, casefile.Filter{Whose: pick(w, []casefile.Whose{casefile.Mine, casefile.Nobodys, casefile.Every})})
	in("list", list, err)
	work, err := w.Cases.Work(ctx, a)
	in("work", work, err)
	q := blind.Query{Why: vault.Why{Purpose: "support", Scope: string(pick(w, w.cases))}, Name: planted}
	found, err := w.People.LookUp(ctx, a, q)
	in("people", found, err)
	missed, err := w.Staff.Missed(ctx, a)
	in("missed", missed, err)
	var file strings.Builder
	_, err = w.Standards.Export(ctx, a, w.release(), &file)
	in("export", file.String(), err)
	_, err = w.Standards.Export(ctx, a, w.release(), io.Discard)
	in("export", nil, err)
}

func (w *walk) namesACase(v any) bool {
	text := revealed(v)
	return slices.ContainsFunc(w.cases, func(id casefile.ID) bool { return strings.Contains(text, string(id)) })
}

// newSlip makes a slip of the own page.
func (w *walk) newSlip(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
	number, err := w.Space.Make(ctx, a, c.ID(), space.NewSlip{Word: private.New("Lemon"), Other: private.New("Olive")})
	if err == nil {
		w.slips = append(w.slips, private.New(number))
	}
	return only(err)
}

// herself is what the person does on their own page, with either word or a wrong one.
func (w *walk) herself() {
	if len(w.slips) == 0 {
		return
	}
	ctx, word := w.t.Context(), pick(w, []string{"Lemon", "Lemon", "Lemon", "Olive", "Peach"})
	token, err := w.Space.Enter(ctx, pick(w, w.slips), private.New(word))
	if err != nil {
		return
	}
	v, err := w.Space.Visit(ctx, token)
	w.must(err)
	if word == "Olive" != v.Harmless || word == "Peach" {
		w.t.Errorf("with %s: harmless %v", word, v.Harmless)
	}
	ask := func(name string, seen any, err error) {
		if err != nil && !expected(err) {
			w.t.Errorf("%s: %s", name, fault.Cause(err))
		}
		w.shown(name, auth.Actor{}, seen, err)
		if v.Harmless && len(holds(revealed(seen), plantedText, said)) > 0 {
			w.t.Errorf("%s shows something to whoever stands behind", name)
		}
		if err == nil {
			w.done[name]++
		}
	}
	info, err := w.Space.Info(ctx, v)
	ask("own information", info, err)
	looks, err := w.Space.Seen(ctx, v)
	ask("own looks", looks, err)
	choices, err := w.Space.Choices(ctx, v)
	ask("own choices", choices, err)
	items, err := w.Space.Items(ctx, v, space.Kinds()...)
	ask("own items", items, err)
	ask("own words", nil, w.Space.Say(ctx, v, space.Say{Kind: space.Feedback, Text: private.New(said)}))
	if len(choices.Lines) > 0 && w.r.IntN(2) == 0 {
		ask("own taking back", nil, w.Space.TakeBack(ctx, v, pick(w, choices.Lines).ID, ""))
	}
	w.must(w.Space.Leave(ctx, token))
}

// partner is what the clinic does with what comes in.
func (w *walk) partner() {
	ctx := w.t.Context()
	all, err := w.Referrals.Inbox(ctx, w.doctor)
	w.must(err)
	if len(all) == 0 {
		return
	}
	one := pick(w, all)
	asked, err := w.Referrals.Look(ctx, w.doctor, one.ID)
	w.shown("look", w.doctor, asked, err)
	if text := revealed(asked) + revealed(one); len(holds(text, plantedText)) > 0 || w.namesACase(text) {
		w.t.Error("somebody is known before there was a yes")
	}
	if w.r.IntN(3) == 0 {
		err = w.Referrals.Decline(ctx, w.doctor, one.ID, "full")
	} else {
		_, err = w.Referrals.Accept(ctx, w.doctor, one.ID)
	}
	if err != nil && !expected(err) {
		w.t.Errorf("an answer of the clinic: %s", fault.Cause(err))
	}
	if err == nil {
		w.done["answer of the clinic"]++
	}
}

func errOf[T any](_ T, err error) error { return err }
