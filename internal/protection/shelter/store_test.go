package shelter_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func TestFromAskingToLeaving(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	of, id := h.open(grown)
	h.kind("a second question", errOf(h.Ask(ctx, h.worker, of, "", grown)), fault.Conflict)
	beds, err := h.Find(ctx, h.worker, grown)
	h.must(err)
	if len(beds) != 1 || !beds[0].Verdict.OK() || beds[0].Band != shelter.Few || beds[0].Area != "GB-WLS" || beds[0].VerifiedOn != "2026-06-01" {
		t.Fatalf("%+v", beds)
	}
	h.must(h.Offer(ctx, h.worker, of, id, 1, place))
	h.kind("accepted before the place has answered", h.Step(ctx, h.worker, of, id, 2, shelter.Accepted, ""), fault.Conflict)
	h.kind("to meet at the address", h.Answer(ctx, h.guard, place, id, 2, true, private.New("come to 41  quagga-rise please")), fault.Invalid)
	h.kind("an answer by somebody else", h.Answer(ctx, h.worker, place, id, 2, true, private.Text{}), fault.NotFound)
	h.must(h.Answer(ctx, h.guard, place, id, 2, true, private.New("under the clock of the station")))
	if s := h.stay(of); s.Answer != "yes" || s.Meet.Reveal("test") != "under the clock of the station" || s.State != shelter.Offered {
		t.Errorf("%+v", s)
	}
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	if w := h.waiting(of); !slices.Equal(w, []string{"support.risk a move"}) {
		t.Errorf("after a move: %q", w)
	}
	if beds, err = h.Find(ctx, h.worker, grown); err != nil || beds[0].Band != shelter.None || !slices.Equal(beds[0].Verdict.Against, []string{"full"}) {
		t.Errorf("%+v %v", beds, err)
	}
	// Another place, to which the person moves: the first one is free again.
	second := h.place(takesWomen, shelter.Location{})
	h.now = h.now.Add(time.Hour)
	_, err = h.Ask(ctx, h.worker, of, "", grown)
	h.must(err)
	h.offer(of, second)
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	_, all, err := h.Of(ctx, h.worker, of)
	h.must(err)
	i := slices.IndexFunc(all, func(s shelter.Stay) bool { return s.ID == id })
	if all[i].State != shelter.Moved || h.own(place).Offer.Units[0].Free != 1 || h.own(second).Offer.Units[0].Free != 0 {
		t.Errorf("%+v", all)
	}
	j := 1 - i
	h.must(h.Step(ctx, h.worker, of, all[j].ID, all[j].Version, shelter.Left, "planned"))
	if h.own(second).Offer.Units[0].Free != 1 {
		t.Error("a room that was left is not free")
	}
}

func errOf[T any](_ T, err error) error { return err }

// TestOneBedTwoWorkers lets many workers hold the last room at once.
func TestOneBedTwoWorkers(t *testing.T) {
	h := newHouse(t)
	place := h.place(takesWomen, canary)
	const workers = 30
	got := make([]error, workers)
	begin, all := make(chan struct{}), sync.WaitGroup{}
	for i := range workers {
		of, id := h.open(grown)
		all.Go(func() {
			<-begin
			got[i] = h.Offer(t.Context(), h.worker, of, id, 1, place)
		})
	}
	close(begin)
	all.Wait()
	var won int
	for _, err := range got {
		if err == nil {
			won++
			continue
		}
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Conflict || !strings.Contains(err.Error(), "The last room there was taken a moment ago") || f.Hint == "" {
			t.Errorf("the other is told: %v", fault.Cause(err))
		}
	}
	if won != 1 || h.own(place).Offer.Units[0].Free != 0 || len(h.own(place).Stays) != 1 {
		t.Errorf("%d got the only room", won)
	}
}

func TestARefusalIsRespected(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	of, id := h.open(grown)
	h.offer(of, place)
	h.step(of, shelter.Requested, "person-said-no")
	s := h.stay(of)
	if s.State != shelter.Requested || !slices.Equal(s.Need.Refused, []string{place}) || s.Place != "" || h.own(place).Offer.Units[0].Free != 1 {
		t.Fatalf("%+v", s)
	}
	h.kind("offered again", h.Offer(ctx, h.worker, of, id, s.Version, place), fault.Conflict)
	more := grown
	more.Wishes = []string{"garden"}
	h.must(h.KeepNeed(ctx, h.worker, of, id, s.Version, more))
	if s = h.stay(of); !slices.Equal(s.Need.Refused, []string{place}) || len(s.Need.Wishes) != 1 {
		t.Errorf("a changed need forgets a refusal: %+v", s.Need)
	}
	h.kind("a change of what was seen before", h.KeepNeed(ctx, h.worker, of, id, s.Version-1, grown), fault.Stale)
	lines, err := h.Board(ctx, h.worker)
	h.must(err)
	if len(lines) != 1 || lines[0].Proposal.Place != "" {
		t.Errorf("%+v", lines)
	}
}

func TestThePlaceMaySayNo(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	of, id := h.open(grown)
	h.must(h.Offer(ctx, h.worker, of, id, 1, place))
	g := h.own(place).Stays[0]
	if g.Party != 1 || g.Case == "" && g.Number != "" {
		t.Errorf("%+v", g)
	}
	h.must(h.Answer(ctx, h.guard, place, g.ID, g.Version, false, private.Text{}))
	if s := h.stay(of); s.State != shelter.Requested || s.Reason != "place-said-no" || s.Place != "" || h.own(place).Offer.Units[0].Free != 1 {
		t.Errorf("%+v", s)
	}
	h.kind("an answer twice", h.Answer(ctx, h.guard, place, g.ID, g.Version+1, false, private.Text{}), fault.NotFound)
}

// TestTheBoardSharesWhatIsFree: two wait, one room is free, and the one who needs it now gets it.
func TestTheBoardSharesWhatIsFree(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	man := grown
	man.Gender = "man"
	h.open(man)
	_, first := h.open(grown)
	h.now = h.now.Add(50 * time.Hour)
	h.open(grown)
	lines, err := h.Board(ctx, h.worker)
	h.must(err)
	if len(lines) != 3 {
		t.Fatalf("%+v", lines)
	}
	for _, l := range lines {
		if (l.Proposal.Place == place) != (l.ID == first) || l.ID == first && (l.Area != "GB-WLS" || l.Days != 2) {
			t.Errorf("%+v", l)
		}
	}
	if h.stay(lines[0].Case.ID()).State != shelter.Requested {
		t.Error("a proposal holds a room")
	}
}

// TestErasureFreesTheRoom: nothing of the person stays, and the room can be taken again.
func TestErasureFreesTheRoom(t *testing.T) {
	h := newHouse(t)
	place := h.place(takesWomen, canary)
	of, id := h.open(grown)
	h.offer(of, place)
	c, err := h.cases.Get(t.Context(), h.worker, of)
	h.must(err)
	vaulttest.Erase(t, h.vault, string(h.org), string(c.Person))
	if p := h.own(place); len(p.Stays) != 0 || p.Offer.Units[0].Free != 1 {
		t.Errorf("%+v", p)
	}
	h.kind("a placement of somebody who was erased", h.Answer(t.Context(), h.guard, place, id, 3, false, private.Text{}), fault.NotFound)
	// A place is erased as a person is: nobody can open its address from any copy.
	vaulttest.Erase(t, h.vault, string(h.org), place)
	h.kind("a place that was erased", errOf(h.Address(t.Context(), h.guard, place)), fault.NotFound)
}

func TestAFormSentTwice(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	key := record.NewSubmissionKey()
	a, err := h.NewPlace(ctx, h.chief, key, h.team, "GB")
	h.must(err)
	b, err := h.NewPlace(ctx, h.chief, key, h.team, "GB")
	h.must(err)
	of, id := h.open(grown)
	h.step(of, shelter.Withdrawn, "not-needed")
	key = record.NewSubmissionKey()
	c, err := h.Ask(ctx, h.worker, of, key, grown)
	h.must(err)
	d, err := h.Ask(ctx, h.worker, of, key, grown)
	h.must(err)
	if a != b || c != d || c == id {
		t.Errorf("%s %s, %s %s", a, b, c, d)
	}
}

func TestMissing(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	place := h.place(takesWomen, canary)
	of, id := h.open(grown)
	h.offer(of, place)
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	h.step(of, shelter.Gone, "")
	s := h.stay(of)
	if len(s.Missing) != 1 || s.Missing[0].MaybeKid || s.Missing[0].Protocol == "" || h.own(place).Offer.Units[0].Free != 0 {
		t.Fatalf("the room is kept, and the protocol begins: %+v", s)
	}
	steps := map[string]bool{}
	for _, x := range s.Missing[0].Steps {
		steps[x.Code] = true
	}
	if steps["report-child"] || !steps["decide-police"] || len(h.waiting(of)) < len(steps) {
		t.Errorf("an adult: %v, %q", steps, h.waiting(of))
	}
	h.kind("given up before everything was done", h.Step(ctx, h.worker, of, id, s.Version, shelter.Left, "not-found"), fault.Conflict)
	for _, x := range s.Missing[0].Steps {
		h.must(h.DoneMissing(ctx, h.worker, of, id, h.stay(of).Version, x.Code, private.New("done")))
	}
	h.kind("a step twice", h.DoneMissing(ctx, h.worker, of, id, h.stay(of).Version, "contact", private.Text{}), fault.Conflict)
	if w := h.waiting(of); slices.ContainsFunc(w, func(x string) bool { return x[:15] == "shelter.missing" }) {
		t.Errorf("still to be done: %q", w)
	}
	h.step(of, shelter.In, "returned")
	h.step(of, shelter.Gone, "")
	h.step(of, shelter.Left, "found-safe")
	s = h.stay(of)
	if len(s.Missing) != 2 || s.Missing[0].Ended != "returned" || s.Missing[1].Ended != "found-safe" || h.own(place).Offer.Units[0].Free != 1 {
		t.Errorf("%+v", s)
	}
	if w := h.waiting(of); slices.ContainsFunc(w, func(x string) bool { return x[:15] == "shelter.missing" }) {
		t.Errorf("the clocks go on after the person was found: %q", w)
	}
}

// TestAMissingChild: who may be a child is reported at once, and no question of agreement stands before it.
func TestAMissingChild(t *testing.T) {
	h := newHouse(t)
	home := takesWomen
	home.Rules.Alone = true
	place := h.place(home, canary)
	of, _ := h.open(shelter.Need{Ages: shelter.Ages{From: 16, To: 19}, Gender: "woman"})
	h.offer(of, place)
	h.step(of, shelter.Accepted, "")
	h.step(of, shelter.In, "")
	h.step(of, shelter.Gone, "")
	e := h.stay(of).Missing[0]
	i := slices.IndexFunc(e.Steps, func(x shelter.Done) bool { return x.Code == "report-child" })
	if i < 0 || e.Steps[i].DueAt != e.Since || slices.ContainsFunc(e.Steps, func(x shelter.Done) bool { return x.Code == "decide-police" }) {
		t.Errorf("%+v", e)
	}
}

// Where to meet whoever brings the person in goes with the room: nobody is sent there for a place that said no, or to
// which the person said no.
func TestWhereToMeetGoesWithTheRoom(t *testing.T) {
	for name, back := range map[string]func(h *house, of casefile.ID, id, place string){
		"the person says no": func(h *house, of casefile.ID, _, _ string) { h.step(of, shelter.Requested, "person-said-no") },
		"the place says no": func(h *house, of casefile.ID, id, place string) {
			h.must(h.Answer(t.Context(), h.guard, place, id, h.stay(of).Version, false, private.Text{}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			place, second := h.place(takesWomen, canary), h.place(takesWomen, shelter.Location{})
			of, id := h.open(grown)
			h.must(h.Offer(t.Context(), h.worker, of, id, 1, place))
			h.must(h.Answer(t.Context(), h.guard, place, id, 2, true, private.New("under the clock of the station")))
			back(h, of, id, place)
			if s := h.stay(of); !s.Meet.IsZero() {
				t.Errorf("without a room there is still where to meet: %s", s.State)
			}
			h.must(h.Offer(t.Context(), h.worker, of, id, h.stay(of).Version, second))
			if s := h.stay(of); !s.Meet.IsZero() {
				t.Errorf("where to meet for another place: %s", s.State)
			}
		})
	}
}
