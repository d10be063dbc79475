package justice_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// Whatever was decided may be changed at any time; nobody decides before they were told.
func TestDecisionsMayAlwaysBeChanged(t *testing.T) {
	const today = "2026-06-01"
	rapid.Check(t, func(t *rapid.T) {
		var all []justice.Choice
		told := false
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			c := justice.Choice{Stance: rapid.SampledFrom(justice.Stances()).Draw(t, "stance"), On: today, Before: rapid.Bool().Draw(t, "before")}
			next, err := justice.Decide(all, c, today)
			if told = told || c.Stance == justice.Informed; (err == nil) != (told || c.Before) {
				t.Fatalf("%+v after %+v: %v", c, all, err)
			}
			if err == nil {
				all = next
			}
			if err == nil && justice.Now(all) != c.Stance {
				t.Fatalf("decided %s, stands %s", c.Stance, justice.Now(all))
			}
		}
	})
}

func TestWhatCannotBeDecided(t *testing.T) {
	told := []justice.Choice{{Stance: justice.Informed, On: "2026-05-01"}}
	for name, c := range map[string]justice.Choice{
		"nothing":            {On: "2026-06-01"},
		"an invented stance": {Stance: "cooperates", On: "2026-06-01"},
		"tomorrow":           {Stance: justice.Declined, On: "2026-06-02"},
		"an end to a no":     {Stance: justice.Declined, On: "2026-06-01", Until: "2026-07-01"},
	} {
		if _, err := justice.Decide(told, c, "2026-06-01"); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The card says what the profile says, with its source, and marks what nobody has checked.
func TestCard(t *testing.T) {
	book := profile.Base()
	for _, j := range append(book.Jurisdictions(), "nowhere", "") {
		card := justice.Card(book, j, "2026-06-01")
		promises, laws := 0, 0
		for _, r := range card {
			if r.Says == "" {
				t.Errorf("%s: an empty line", j)
			}
			if r.Law == nil {
				promises++
				continue
			}
			laws++
			f, state := book.At(j, r.Law.Topic, "2026-06-01")
			if f.ID != r.Law.ID || r.Unchecked != (f.Confidence != profile.Stated) || r.Unsure != (state == profile.Unsure) {
				t.Errorf("%s: %+v", j, r)
			}
		}
		if promises != 7 || (laws == 0) != (j == "nowhere" || j == "") && j != "gb-nir" {
			t.Errorf("%s: %d promises, %d of law", j, promises, laws)
		}
	}
	old := justice.Card(book, "gb-eaw", "2022-06-01")
	i := slices.IndexFunc(old, func(r justice.Right) bool { return r.Law != nil && r.Law.Topic == "recovery.minimum" })
	if i < 0 || old[i].Law.ID != "recovery-45" {
		t.Error("the card of 2022 does not say 45 days")
	}
}

// bench is an invented service with one case.
type bench struct {
	*justice.Justices
	t             *testing.T
	db            *db.DB
	vault         *vault.Vault
	cases         *casefile.Cases
	accounts      *auth.Accounts
	org           auth.OrgID
	worker, chief auth.Actor
	of            casefile.ID
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	b.db = dbtest.OpenAt(t, func() time.Time { return time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC) })
	b.vault = vaulttest.Open(t, b.db)
	b.accounts = &auth.Accounts{DB: b.db}
	b.cases = casefile.On(b.db, b.vault, b.accounts, nil)
	b.Justices = justice.On(b.db, b.vault, b.cases)
	var err error
	b.org, err = b.accounts.CreateOrg(t.Context(), "Bay House (invented)", "UTC")
	b.must(err)
	b.worker, b.chief = b.staff(auth.SupportWorker), b.staff(auth.Supervisor)
	b.of, err = b.cases.Open(t.Context(), b.worker, casefile.Begin{Reason: "asks-for-help"})
	b.must(err)
	return b
}

func (b *bench) staff(role auth.Role) auth.Actor {
	b.t.Helper()
	id, err := b.accounts.CreateAccount(b.t.Context(), auth.CLI(b.org), "Invented "+string(role), role)
	b.must(err)
	return auth.Actor{Org: b.org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "UTC"}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(fault.Cause(err))
	}
}

func (b *bench) kind(what string, err error, want fault.Kind) {
	b.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		b.t.Errorf("%s: %v, want %s", what, fault.Cause(err), want)
	}
}

func (b *bench) view() justice.View {
	b.t.Helper()
	v, err := b.View(b.t.Context(), b.worker, b.of)
	b.must(err)
	return v
}

func (b *bench) dates() (all []string) {
	b.t.Helper()
	tasks, err := b.cases.Tasks(b.t.Context(), b.worker, b.of)
	b.must(err)
	for _, t := range tasks {
		if t.Clear.State == casefile.ToDo {
			all = append(all, t.Clear.Kind+" "+t.Due())
		}
	}
	return all
}

func TestSheet(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	yes := justice.Choice{Stance: justice.Witness, On: "2026-06-01"}
	b.kind("a witness whom nobody told", b.Decide(ctx, b.worker, b.of, 0, yes), fault.Conflict)
	b.must(b.Decide(ctx, b.worker, b.of, 0, justice.Choice{Stance: justice.Informed, On: "2026-06-01", Language: "vi", Words: private.New("she listened")}))
	b.must(b.Decide(ctx, b.worker, b.of, 1, yes))
	b.kind("a decision beside another", b.Decide(ctx, b.worker, b.of, 1, justice.Choice{Stance: justice.Declined, On: "2026-06-01"}), fault.Stale)
	b.must(b.Decide(ctx, b.worker, b.of, 2, justice.Choice{Stance: justice.Declined, On: "2026-06-01"}))
	b.must(b.KeepMeasure(ctx, b.worker, b.of, 3, "screen", "wanted"))
	b.kind("an invented measure", b.KeepMeasure(ctx, b.worker, b.of, 4, "sword", "wanted"), fault.Invalid)
	v := b.view()
	if v.Now() != justice.Declined || len(v.Choices) != 3 || v.Choices[0].Words.Reveal("test") != "she listened" || v.Measures["screen"].State != "wanted" || v.Choices[1].By != b.worker.Account {
		t.Errorf("%+v", v.Sheet)
	}
	b.must(b.KeepMeasure(ctx, b.worker, b.of, 4, "screen", ""))
	if len(b.view().Measures) != 0 {
		t.Error("a measure cannot be taken away")
	}
}

func TestMatters(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	m := justice.Matter{Track: "state-compensation", State: "advised", Deadline: "2026-09-01", Reference: private.New("C/1")}
	b.must(b.KeepMatter(ctx, b.worker, b.of, 0, m))
	if got := b.dates(); !slices.Equal(got, []string{"legal.date 2026-09-01"}) {
		t.Errorf("%v", got)
	}
	kept := b.view().Matters[0]
	kept.State, kept.Deadline, kept.Claimed, kept.Currency = "raised", "2026-10-01", "1200.50", "EUR"
	b.must(b.KeepMatter(ctx, b.worker, b.of, 1, kept))
	if got := b.dates(); !slices.Equal(got, []string{"legal.date 2026-10-01"}) {
		t.Errorf("moved: %v", got)
	}
	kept = b.view().Matters[0]
	kept.State = "paid"
	b.kind("paid before it was granted", b.KeepMatter(ctx, b.worker, b.of, 2, kept), fault.Invalid)
	kept.State, kept.Deadline = "granted", ""
	b.must(b.KeepMatter(ctx, b.worker, b.of, 2, kept))
	if got := b.dates(); len(got) > 0 {
		t.Errorf("without a date: %v", got)
	}
	kept = b.view().Matters[0]
	kept.State, kept.Deadline = "appealed", "2026-10-01" // the same day again
	b.must(b.KeepMatter(ctx, b.worker, b.of, 3, kept))
	if got := b.dates(); !slices.Equal(got, []string{"legal.date 2026-10-01"}) {
		t.Errorf("the same day again: %v", got)
	}
	b.kind("a matter of nobody", b.KeepMatter(ctx, b.worker, b.of, 4, justice.Matter{ID: "NONE", Track: "wages", State: "advised"}), fault.NotFound)
	b.kind("an amount without currency", b.KeepMatter(ctx, b.worker, b.of, 4, justice.Matter{Track: "wages", State: "advised", Paid: "5"}), fault.Invalid)
	b.kind("an invented track", b.KeepMatter(ctx, b.worker, b.of, 4, justice.Matter{Track: "revenge", State: "advised"}), fault.Invalid)
}

// Nothing about justice stands in clear, forbidden is not found, and all of it goes with the person.
func TestSheetIsSealedAndGoes(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.must(b.Decide(ctx, b.worker, b.of, 0, justice.Choice{Stance: justice.Witness, On: "2026-06-01", Before: true}))
	b.must(b.KeepMeasure(ctx, b.worker, b.of, 1, "screen", "asked"))
	for _, who := range []auth.Actor{b.staff(auth.Analyst), b.staff(auth.Administrator), b.staff(auth.ProtectionOfficer), b.staff(auth.SupportWorker), {}} {
		_, err := b.View(ctx, who, b.of)
		b.kind("view", err, fault.NotFound)
		b.kind("decide", b.Decide(ctx, who, b.of, 2, justice.Choice{Stance: justice.Declined, On: "2026-06-01"}), fault.NotFound)
		b.kind("measure", b.KeepMeasure(ctx, who, b.of, 2, "screen", ""), fault.NotFound)
		b.kind("matter", b.KeepMatter(ctx, who, b.of, 2, justice.Matter{Track: "wages", State: "advised"}), fault.NotFound)
	}
	c, err := b.vault.Check(ctx)
	b.must(err)
	if len(c.Findings) > 0 || c.Records < 1 {
		t.Errorf("%+v", c)
	}
	person := b.view().Case.Person
	proposal, err := b.vault.ProposeErasure(ctx, b.chief, person, "request")
	b.must(err)
	_, err = b.vault.Erase(ctx, b.staff(auth.ProtectionOfficer), proposal)
	b.must(err)
	for _, table := range []string{"protection_justice", "protection_history"} {
		var n int
		b.must(b.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE person_id = $1", string(person)).Scan(&n)
		}))
		if n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
}
