package load

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// town is a node with many invented cases: four organisations, of which the first holds two in five, and the people who
// use it. It is kept as a file beside the database.
type town struct {
	Cases int
	Users []user
	// Seconds is how long the writing of the cases took, Index the building of the search indexes.
	Seconds, Index float64

	config  app.Config
	results string        // of the benchmarks of each size
	clock   *atomic.Int64 // microseconds; 0 is the clock of the machine
}

// user is somebody of the first organisation.
type user struct {
	Account auth.AccountID
	Chief   bool // reads every case
	Known   []known
	session string
}

// known is a case that a user works on, with what it can be found by.
type known struct {
	Case         casefile.ID
	Number, Name string
	Year         int
	At           int64 // when it was opened
}

const (
	users     = 50
	teams     = 6
	portion   = 1_000 // cases in one transaction
	knownMost = 60
	years     = 4
)

// builder writes a town.
type builder struct {
	*town
	app    *app.App
	r      *rand.Rand
	nation *nation
	staff  []auth.Actor // each opens cases in turn; the users are the first
	groups []auth.TeamID
}

// begin makes an empty town in a folder.
func begin(tb testing.TB, config app.Config, cases int, seed uint64) *builder {
	tb.Helper()
	t := &town{Cases: cases, config: config, clock: &atomic.Int64{}}
	t.config.Clock = t.now
	t.clock.Store(time.Now().AddDate(-years, 0, 0).UnixMicro())
	a, err := app.Open(tb.Context(), t.config)
	must(tb, err)
	must(tb, a.Vault.Unlock(tb.Context()))
	return &builder{town: t, app: a, r: rand.New(rand.NewPCG(seed, 1)), nation: newNation()}
}

func (t *town) now() time.Time {
	if at := t.clock.Load(); at != 0 {
		return time.UnixMicro(at)
	}
	return time.Now()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// hire makes the organisations and their people: two fifths of the staff are of the first.
func (b *builder) hire(tb testing.TB) {
	tb.Helper()
	accounts := b.app.Accounts
	account := func(org auth.OrgID, i int, role auth.Role) auth.Actor {
		id, err := accounts.CreateAccount(tb.Context(), auth.CLI(org), fmt.Sprintf("Worker %d (invented)", i), role)
		must(tb, err)
		actor, err := accounts.Actor(tb.Context(), id)
		must(tb, err)
		actor.Via = auth.ViaSession
		return actor
	}
	most := min(users, b.Cases/40) // of a small town they are fewer
	for i := range 4 {
		org, err := accounts.CreateOrg(tb.Context(), fmt.Sprintf("Service %d (invented)", i), "Europe/London")
		must(tb, err)
		count := most / 2
		if i == 0 {
			count = most
		}
		for n := range count {
			role := auth.SupportWorker
			if i == 0 && n < (most+5)/6 {
				role = auth.Supervisor
			}
			actor := account(org, n, role)
			b.staff = append(b.staff, actor)
			if i == 0 {
				b.Users = append(b.Users, user{Account: actor.Account, Chief: role == auth.Supervisor})
			}
		}
		if i == 0 {
			b.form(tb)
		}
	}
	must(tb, b.app.Ship(tb.Context()))
}

// form makes the teams of the first organisation.
func (b *builder) form(tb testing.TB) {
	tb.Helper()
	for i := range teams {
		id, err := b.app.Accounts.FormTeam(tb.Context(), b.staff[0], fmt.Sprintf("Team %d (invented)", i))
		must(tb, err)
		b.groups = append(b.groups, id)
	}
	for i, actor := range b.staff {
		must(tb, b.app.Accounts.Join(tb.Context(), b.staff[0], b.groups[i%teams], actor.Account))
	}
}

// write opens the cases of the town, a portion in each transaction.
func (b *builder) write(tb testing.TB) {
	tb.Helper()
	began, step := time.Now(), int64(years*365*24*3600*1e6)/int64(b.Cases)
	for done, turn := 0, 0; done < b.Cases; turn++ {
		n := min(portion, max(1, b.Cases/(8*len(b.staff))), b.Cases-done)
		who := turn % len(b.staff)
		must(tb, b.open(tb.Context(), who, n))
		done += n
		b.clock.Add(step * int64(n))
		if turn%64 == 63 {
			must(tb, b.app.Ledger.Step(tb.Context()))
		}
		if turn%100 == 99 {
			tb.Logf("%d cases, %.0f a second", done, float64(done)/time.Since(began).Seconds())
		}
	}
	b.clock.Store(0)
	must(tb, b.app.Ledger.Step(tb.Context()))
	b.Seconds = time.Since(began).Seconds()
	began = time.Now()
	orgs, err := b.app.Accounts.Orgs(tb.Context())
	must(tb, err)
	for _, o := range orgs {
		must(tb, b.app.Index.Reindex(tb.Context(), o.ID))
	}
	b.Index = time.Since(began).Seconds()
	_, err = b.app.Vault.Tend(tb.Context(), time.Now())
	must(tb, err)
	b.app.DB.Replan(tb.Context())
}

// open opens n cases of one of the staff: the first organisation's people hold two in five. Who the others' cases are
// about is said by the working name alone, which keeps a town of a million below eight gigabytes; nobody searches there.
func (b *builder) open(ctx context.Context, who, n int) error {
	actor := b.staff[who]
	begins, files, people := make([]casefile.Begin, n), make([]person.File, n), make([]human, n)
	for i := range n {
		h := b.nation.human(b.r)
		people[i] = h
		begins[i] = casefile.Begin{Reason: "signs-seen", Origin: "outreach", Name: private.New(h.name)}
		day := fmt.Sprintf("%d-01-01", h.year)
		files[i] = person.File{
			Today: b.now().Format(time.DateOnly),
			Names: given(person.Names{List: []person.Name{{Text: h.name, Kind: person.Used}}}),
			Birth: given(person.Births{List: []person.Birth{{From: day, To: fmt.Sprintf("%d-12-31", h.year), Basis: person.ByStatement}}}),
		}
	}
	var cases []casefile.Case
	err := b.app.DB.Write(ctx, func(tx *db.Tx) (err error) {
		var batch record.Batch
		if cases, err = b.app.Cases.OpenAll(ctx, tx, actor, &batch, begins); err != nil {
			return err
		}
		if who < len(b.Users) {
			if err := b.app.People.BeginAll(ctx, tx, actor, &batch, cases, files); err != nil {
				return err
			}
		}
		if err := batch.Write(ctx, tx, b.app.Vault); err != nil {
			return err
		}
		return b.give(ctx, tx, who, actor, cases)
	})
	if err == nil && who < len(b.Users) {
		b.remember(who, cases, people)
	}
	return err
}

func given[T any](v T) record.Answer[T] { return record.Answer[T]{State: record.Given, Value: v} }

// give makes a task in every fifth case, and gives every tenth of the first organisation to a team as well.
func (b *builder) give(ctx context.Context, tx *db.Tx, who int, actor auth.Actor, cases []casefile.Case) error {
	for i, c := range cases {
		if i%5 == 0 {
			due := tx.Now().AddDate(0, 0, b.r.IntN(90)).Format(time.DateOnly)
			if _, err := b.app.Cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{Kind: "call-back", DueOn: due, Text: private.New("a task (invented)")}); err != nil {
				return err
			}
		}
		if i%10 == 0 && who < len(b.Users) {
			if err := b.app.Accounts.AssignIn(ctx, tx, actor, string(c.ID()), auth.Holder{Team: b.groups[who%teams]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// remember keeps some of the cases of a user, for what is asked later.
func (b *builder) remember(who int, cases []casefile.Case, people []human) {
	u := &b.Users[who]
	for i, c := range cases {
		k := known{c.ID(), c.Clear.Number, people[i].name, people[i].year, c.Clear.OpenedAt}
		if len(u.Known) < knownMost {
			u.Known = append(u.Known, k)
		} else if b.r.IntN(4*knownMost) == 0 {
			u.Known[b.r.IntN(knownMost)] = k
		}
	}
}

// newTown returns a town in a folder, and builds it when it is not there.
func newTown(tb testing.TB, config app.Config, cases int, seed uint64) *town {
	tb.Helper()
	note := filepath.Join(config.Dir, "town.json")
	if text, err := os.ReadFile(note); err == nil {
		t := &town{config: config, clock: &atomic.Int64{}}
		must(tb, json.Unmarshal(text, t))
		if a, err := app.Open(tb.Context(), config); err == nil {
			must(tb, a.Close())
			return t
		}
		tb.Logf("the schema has changed since the town was built: it is built again")
	}
	if config.DB == "" { // what is left of one that was interrupted
		must(tb, os.RemoveAll(config.Dir))
		must(tb, os.MkdirAll(config.Dir, 0o700))
	}
	b := begin(tb, config, cases, seed)
	b.hire(tb)
	b.write(tb)
	must(tb, b.app.Close())
	tb.Logf("%d cases sealed, entered and findable: %.0f a second, and %.1f s for the search indexes", cases, float64(cases)/b.Seconds, b.Index)
	text, err := json.Marshal(b.town)
	must(tb, err)
	must(tb, os.WriteFile(note, text, 0o600))
	return b.town
}

// signIn starts the sessions of the users, and forgets how often they have searched: the hour of the last benchmark is
// not over.
func (t *town) signIn(tb testing.TB, a *app.App) {
	tb.Helper()
	for i := range t.Users {
		session, err := a.Accounts.StartSession(tb.Context(), t.Users[i].Account)
		must(tb, err)
		t.Users[i].session = session
	}
	must(tb, a.DB.WriteUnaudited(tb.Context(), "a benchmark", func(tx *db.Tx) error {
		_, err := tx.Exec(tb.Context(), "DELETE FROM vault_search")
		return err
	}))
}
