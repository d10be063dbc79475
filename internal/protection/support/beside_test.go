package support_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// twins are two cases of which one has a history of identification and justice. Whatever that is, support
// answers both the same.
type twins struct {
	*house
	r             *rand.Rand
	justice       *justice.Justices
	identified    *identification.Identifications
	plain, marked casefile.ID
	procedure     string
	seen          int64 // version of the justice sheet
	able, unable  []auth.Actor
}

func newTwins(t testing.TB, seed uint64) *twins {
	h := newHouse(t)
	w := &twins{house: h, r: rand.New(rand.NewPCG(seed, 1)), plain: h.of, marked: h.open()}
	w.able = []auth.Actor{h.worker, h.chief}
	for _, role := range []auth.Role{auth.SupportWorker, auth.Officer, auth.Analyst, auth.ProtectionOfficer, auth.Administrator} {
		w.unable = append(w.unable, h.staff(role))
	}
	w.justice = justice.On(h.db, h.vault, h.cases)
	w.identified = identification.On(h.db, h.vault, h.cases, profile.Procedures())
	var err error
	w.procedure, err = w.identified.Open(t.Context(), h.worker, w.marked, "gb-eaw", "")
	h.must(err)
	return w
}

// beside does something of identification or justice to the marked case. Most of it is refused; what is
// not changes only what is theirs.
func (w *twins) beside() {
	ctx := w.t.Context()
	switch w.r.IntN(3) {
	case 0:
		c := justice.Choice{Stance: pick(w.r, justice.Stances()), On: "2026-06-01", Before: w.r.IntN(2) == 0}
		if w.justice.Decide(ctx, w.worker, w.marked, w.seen, c) == nil {
			w.seen++
		}
	case 1:
		if w.justice.KeepMatter(ctx, w.worker, w.marked, w.seen, justice.Matter{Track: "non-punishment", State: "advised"}) == nil {
			w.seen++
		}
	case 2:
		v, _ := profile.Procedures().At("gb-eaw", "2026-06-01")
		m, a := pick(w.r, v.Moves), pick(w.r, v.Actors)
		_, _ = w.identified.Take(ctx, w.worker, identification.Taking{
			Case: w.marked, Procedure: w.procedure, Step: m.ID, Body: a.ID, On: profile.Date(w.now.Format(time.DateOnly)),
			Agreed: identification.Agreed, Reasons: private.New("invented reasons"),
		})
	}
}

// step does the same thing to both cases as somebody of any role, and reports whether they answered the same,
// and those who may not as if there was no case.
func (w *twins) step() string {
	by, may := pick(w.r, w.able), w.r.IntN(4) > 0
	if !may {
		by = pick(w.r, w.unable)
	}
	do := w.draw(by)
	a, b := do(w.plain), do(w.marked)
	if !may && (a == nil || fault.KindOf(a) != fault.NotFound && fault.KindOf(a) != fault.Invalid) {
		return fmt.Sprintf("%v as %v", a, by.Roles)
	}
	if (a == nil) != (b == nil) || a != nil && a.Error() != b.Error() {
		return fmt.Sprintf("%v without a history, %v with one", a, b)
	}
	return ""
}

func (w *twins) draw(by auth.Actor) func(casefile.ID) error {
	ctx := w.t.Context()
	switch w.r.IntN(7) {
	case 0, 1, 2:
		to, why := pick(w.r, support.Stages()), pick(w.r, append(support.EndReasons(), ""))
		return func(id casefile.ID) error { return w.Move(ctx, by, id, 0, to, why) }
	case 3:
		g := support.Goal{Words: private.New("rest"), State: pick(w.r, []string{"proposed", "agreed", "dropped", "x"}), AgreedOn: "2026-06-01"}
		return func(id casefile.ID) error {
			_, err := w.KeepGoal(ctx, by, id, support.Seen{}, g)
			return err
		}
	case 4:
		x := support.Service{Service: pick(w.r, support.Services()).Code, State: pick(w.r, support.ServiceStates()).Code, Unmet: "full"}
		return func(id casefile.ID) error {
			_, err := w.KeepService(ctx, by, id, support.Seen{}, x)
			return err
		}
	case 5:
		month := 1 + w.r.IntN(24)
		return func(id casefile.ID) error {
			return w.PlanFollow(ctx, by, id, "2026-06-01", []int{month}, private.Text{})
		}
	default:
		signs := w.r.IntN(2) == 0
		return func(id casefile.ID) error { return w.Again(ctx, by, id, support.Sign{There: signs}) }
	}
}

// theirs is what identification and justice have of the marked case.
func (w *twins) theirs() (all []string) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(w.t.Context(), `SELECT stage || ' ' || kind, version FROM protection_identification WHERE case_id = $1
			UNION ALL SELECT 'justice', version FROM protection_justice WHERE case_id = $1`, string(w.marked))
		all, err = db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			var (
				what    string
				version int64
			)
			err := r.Scan(&what, &version)
			return fmt.Sprint(what, " ", version), err
		})
		return err
	}))
	return all
}

// TestSupportGoesOnWhateverOthersDecide: support of two people who differ in nothing but what authorities
// and courts made of them is the same, step by step; and nothing that support does, closing included,
// changes what those have.
func TestSupportGoesOnWhateverOthersDecide(t *testing.T) {
	seed, runs, steps := uint64(time.Now().UnixNano()), 2, 40
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		runs, steps = 12, 200
	}
	for run := range runs {
		w := newTwins(t, seed+uint64(run))
		for i := range steps {
			for range 2 {
				w.beside()
			}
			before := w.theirs()
			if wrong := w.step(); wrong != "" {
				t.Fatalf("seed %d, step %d: %s", seed+uint64(run), i, wrong)
			}
			if after := w.theirs(); !slices.Equal(before, after) {
				t.Fatalf("seed %d, step %d: support changed %v to %v", seed+uint64(run), i, before, after)
			}
		}
		w.same(seed + uint64(run))
	}
}

func (w *twins) same(seed uint64) {
	w.t.Helper()
	a, err := w.View(w.t.Context(), w.worker, w.plain)
	w.must(err)
	b, err := w.View(w.t.Context(), w.worker, w.marked)
	w.must(err)
	if a.State != b.State || a.Again != b.Again || len(a.Goals) != len(b.Goals) || len(a.Services) != len(b.Services) || len(a.Follows) != len(b.Follows) {
		w.t.Fatalf("seed %d: %+v without a history, %+v with one", seed, a.State, b.State)
	}
	if w.seen == 0 {
		w.t.Fatalf("seed %d: justice never happened", seed)
	}
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }
