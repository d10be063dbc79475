package person

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func TestEverySectionIsKeptAsItWasSaid(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	ctx := t.Context()
	by := Seen{Source: record.Source{From: "person"}}
	d.must(d.SetNames(ctx, worker, of, by, is(Names{List: []Name{{Text: "Ma\u200bria", Kind: Used, Greet: true}, {Text: "Ж", Kind: Imposed}}})))
	d.must(d.SetBirth(ctx, worker, of, by, is(births(birthOf("2008-01-01", "2008-12-31"), birthOf("2010-05-05", "2010-05-05")))))
	d.must(d.SetAbout(ctx, worker, of, by, About{Gender: is("in her words"), Access: is([]string{"reading"})}))
	d.must(d.SetLanguages(ctx, worker, of, by, Languages{Known: is([]Language{{Code: "kmr", Speaks: Native}}), Need: is(Need{Languages: []string{"kmr"}, Gender: Woman})}))
	d.must(d.SetCitizenship(ctx, worker, of, by, Citizenships{List: is([]Citizenship{{Area: "SYR"}, {Area: "TUR"}}), Stateless: record.NotSaid[Statelessness](record.Source{})}))
	d.must(d.SetContact(ctx, worker, of, by, Contacts{List: is([]Contact{{Channel: Phone, Value: "+44 7700 900123", CodeWord: "blue"}})}))
	d.must(d.SetDocuments(ctx, worker, of, by, Documents{List: is([]Document{{Kind: "passport", Issuer: "SYR", Number: "N1", HeldBy: HeldByExploiter}})}))
	d.must(d.SetFamily(ctx, worker, of, by, Family{List: is([]Relative{{Name: "child", Depends: Yes, With: No}})}))
	d.must(d.SetPlace(ctx, worker, of, by, Shelter{Reference: is("P-7F3K")}))
	f := d.file(worker, of)
	if n, ok := f.Names.Value.GreetWith(); !ok || n.Text != "Ma\u200bria" {
		t.Errorf("greet with %+q", n.Text)
	}
	if l := f.Birth.Value.List; len(l) != 2 || !f.Birth.Value.Disagree() || l[0].By != "worker" || l[0].AsOf != today {
		t.Errorf("births %d, by %q as of %q", len(l), l[0].By, l[0].AsOf)
	}
	if !f.Standing().Safeguards {
		t.Error("two dates that contradict made an adult")
	}
	if s := f.Citizenship.Stateless; s.State != record.Refused || s.Source.By != "worker" || s.Source.From != "person" || s.Source.AsOf != today {
		t.Errorf("a refusal: %q by %q from %q as of %q", s.State, s.Source.By, s.Source.From, s.Source.AsOf)
	}
	if f.About.Pronouns.Asked() || len(f.Citizenship.List.Value) != 2 || f.Place.Reference.Value != "P-7F3K" || f.Documents.List.Value[0].HeldBy != HeldByExploiter {
		t.Error("something else was kept")
	}
	if all, with := f.Family.Dependants(); all != 1 || with != 0 {
		t.Errorf("dependants %d, %d with them", all, with)
	}
	if f.Contact.List.Value[0].Use(today).May {
		t.Error("a telephone of which nobody said that it is safe may be used")
	}
	if len(f.Marks) != len(Sections()) {
		t.Errorf("%d sections", len(f.Marks))
	}
}

// TestNeverAskedTwice: an answer that says the same keeps its first source and date; a question that a form left out
// keeps its answer.
func TestNeverAskedTwice(t *testing.T) {
	d := newDesk(t)
	worker, other := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "chief", auth.Supervisor)
	of := d.begin(worker)
	first := Seen{Source: record.Source{From: "referral", AsOf: "2026-10-01"}}
	d.must(d.SetAbout(t.Context(), worker, of, first, About{Gender: is("a"), Pronouns: is("b")}))
	second := Seen{Version: 1, Source: record.Source{From: "person"}}
	d.must(d.SetAbout(t.Context(), other, of, second, About{Gender: is("a"), AccessNote: is("c")}))
	a := d.file(worker, of).About
	if a.Gender.Source.AsOf != "2026-10-01" || a.Gender.Source.By != "worker" || a.Pronouns.Value != "b" || a.AccessNote.Source.By != "chief" {
		t.Errorf("sources: %q %q; %q; %q", a.Gender.Source.AsOf, a.Gender.Source.By, a.Pronouns.State, a.AccessNote.Source.By)
	}
	d.must(d.SetBirth(t.Context(), worker, of, first, is(births(Birth{From: "2008-01-01", To: "2008-01-01", Basis: ByStatement}))))
	d.now = d.now.AddDate(0, 0, 1)
	d.must(d.SetBirth(t.Context(), other, of, Seen{Version: 1}, is(births(
		Birth{From: "2008-01-01", To: "2008-01-01", Basis: ByStatement}, Birth{From: "2007-01-01", To: "2007-01-01", Basis: ByDocument, Source: "passport"}))))
	l := d.file(worker, of).Birth.Value.List
	if len(l) != 2 || l[0].AsOf != "2026-10-01" || l[0].By != "worker" || l[1].AsOf != "2026-11-24" || l[1].By != "chief" {
		t.Errorf("statements: %d", len(l))
	}
	for name, s := range map[string]record.Source{"an invented source": {From: "rumour"}, "a day to come": {AsOf: "2027-01-01"}, "no day": {AsOf: "x"}} {
		d.kind(name, d.SetAbout(t.Context(), worker, of, Seen{Version: 2, Source: s}, About{}), fault.Invalid)
	}
}

// TestStaleAndDoubleSubmit: of two who save the same section the second is told and nothing is overwritten; two sections
// do not meet; a form that is sent twice works once.
func TestStaleAndDoubleSubmit(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	d.call(worker, of, Name{Text: "first"})
	d.must(d.SetNames(t.Context(), worker, of, Seen{Version: 1}, is(Names{List: []Name{{Text: "second"}}})))
	d.kind("a second writer", d.SetNames(t.Context(), worker, of, Seen{Version: 1}, is(Names{List: []Name{{Text: "third"}}})), fault.Stale)
	d.kind("as if there were none", d.SetNames(t.Context(), worker, of, Seen{}, is(Names{List: []Name{{Text: "third"}}})), fault.Stale)
	if got := d.file(worker, of).Names.Value.List[0].Text; got != "second" {
		t.Errorf("kept %q", got)
	}
	d.phone(worker, of, "1")
	twice := Seen{Version: 2, Key: record.NewSubmissionKey()}
	for range 2 {
		d.must(d.SetNames(t.Context(), worker, of, twice, is(Names{List: []Name{{Text: "fourth"}}})))
	}
	if v := d.file(worker, of).Marks[OfNames].Version; v != 3 {
		t.Errorf("version %d", v)
	}
}

func TestWhoMayNotIsToldNothing(t *testing.T) {
	d := newDesk(t)
	worker, other := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "other", auth.SupportWorker)
	chief, admin := d.staff(orgA, "chief", auth.Supervisor), d.staff(orgA, "admin", auth.Administrator)
	outside := d.staff(orgB, "outside", auth.Supervisor)
	of := d.begin(worker)
	d.call(worker, of, Name{Text: "Canary"})
	d.exclude(of, chief)
	before := d.openings(orgA, d.personOf(worker, of))
	for _, a := range []auth.Actor{other, chief, admin, outside, {}} {
		_, err := d.Open(t.Context(), a, of, "support")
		d.kind("open", err, fault.NotFound)
		d.kind("change", d.SetNames(t.Context(), a, of, Seen{Version: 1}, is(Names{})), fault.NotFound)
		_, err = d.Suggest(t.Context(), a, of)
		d.kind("suggest", err, fault.NotFound)
		_, err = d.Assess(t.Context(), a, of, "", Seen{}, Assessment{Stage: Proposed, Method: Interview})
		d.kind("assess", err, fault.NotFound)
		_, err = d.Guard(t.Context(), a, of, "", Seen{}, Guardian{})
		d.kind("guard", err, fault.NotFound)
		_, err = d.Conversations(t.Context(), a, of, "support")
		d.kind("conversations", err, fault.NotFound)
	}
	if after := d.openings(orgA, d.personOf(worker, of)); after != before {
		t.Errorf("%d entries of openings that were refused", after-before)
	}
}

// TestShowingANameLeavesAnEntry: each opening of the file is one more entry about the person.
func TestShowingANameLeavesAnEntry(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := d.personOf(worker, of)
	n := d.openings(orgA, person)
	d.file(worker, of)
	if got := d.openings(orgA, person); got != n {
		t.Errorf("%d entries for a file with nothing in it", got-n)
	}
	d.call(worker, of, Name{Text: "A"})
	n = d.openings(orgA, person)
	d.file(worker, of)
	if got := d.openings(orgA, person); got != n+1 {
		t.Errorf("%d entries, want 1", got-n)
	}
}

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

func (d *desk) search(by auth.Actor, q blind.Query, scope string) []vault.PersonID {
	d.t.Helper()
	q.Why = vault.Why{Purpose: "support", Scope: scope}
	a, err := d.index.Search(d.t.Context(), by, q)
	d.must(err)
	var all []vault.PersonID
	for _, c := range a.Candidates {
		all = append(all, c.Person)
	}
	return all
}

// TestFoundByWhatWasTyped: a name is found in its spelling, without what cannot be seen, with look-alike letters set
// right, and by romanisation; documents and phones as a whole; and by none of them when they are gone.
func TestFoundByWhatWasTyped(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := d.personOf(worker, of)
	d.call(worker, of, Name{Text: "Mаri\u200ba Petrovа"}, Name{Text: "Ж", Romanisation: "Zhivka"}, Name{Text: "Kestrel", Kind: Imposed})
	d.phone(worker, of, "+44 7700 900123")
	d.must(d.SetDocuments(t.Context(), worker, of, Seen{}, Documents{List: is([]Document{{Kind: "passport", Number: "N 12-34"}})}))
	d.born(worker, of, birthOf("2001-01-01", "2001-12-31"))
	finds := func(q blind.Query) bool {
		return slices.Contains(d.search(worker, q, string(of)), person)
	}
	for _, q := range []blind.Query{
		{Name: private.New("Maria Petrova")},
		{Name: private.New("Zhivka")},
		{Name: private.New("kestrel")},
		{Name: private.New("Ж")},
		{Name: private.New("Maria"), BirthYear: 2001},
		{Document: private.New("n1234")},
		{Phone: private.New("00447700900123")},
	} {
		if !finds(q) {
			t.Errorf("not found by %+q", q.Name.Reveal("a test")+q.Document.Reveal("a test")+q.Phone.Reveal("a test"))
		}
	}
	d.call(worker, of, Name{Text: "Anna"})
	if finds(blind.Query{Name: private.New("Petrova")}) || !finds(blind.Query{Name: private.New("Anna")}) || !finds(blind.Query{Document: private.New("N1234")}) {
		t.Error("a change of names left the old ones, or took the numbers")
	}
}

// TestErasureLeavesNothing: with the person goes every row of this package, its history and the index.
func TestErasureLeavesNothing(t *testing.T) {
	d := newDesk(t)
	worker, chief := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "chief", auth.Supervisor)
	of, other := d.begin(worker), d.begin(worker)
	person := d.personOf(worker, of)
	d.fill(worker, chief, of, "Canaryname")
	d.must(d.Decide(t.Context(), worker, other, of, 0, Same))
	d.now = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC) // the file of a child is kept until then
	vaulttest.Erase(t, d.vault, string(orgA), string(person))
	d.read(func(ctx context.Context, tx *db.Tx) error {
		for _, table := range []string{
			"protection_person", "protection_age_assessment", "protection_interpreter_tie", "protection_interpreter_session",
			"protection_guardian", "protection_best_interests", "protection_duplicate", "protection_history", "protection_link", "vault_indexed",
		} {
			var n int
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE org_id = $1 AND person_id = $2", string(orgA), string(person)).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				t.Errorf("%s still has %d rows", table, n)
			}
		}
		var n int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM protection_duplicate").Scan(&n)
		if n > 0 {
			t.Error("a decision about an erased person is left with the other")
		}
		return err
	})
	if got := d.search(worker, blind.Query{Name: private.New("Canaryname")}, string(other)); len(got) > 0 {
		t.Error("the erased name is still found")
	}
}

// fill puts something into every table.
func (d *desk) fill(worker, chief auth.Actor, of casefile.ID, name string) {
	d.t.Helper()
	ctx := d.t.Context()
	d.call(worker, of, Name{Text: "Before" + name})
	d.call(worker, of, Name{Text: name})
	d.born(worker, of, birthOf("2009-01-01", "2009-12-31"))
	d.must(d.SetLanguages(ctx, worker, of, Seen{}, Languages{Need: is(Need{Languages: []string{"ti"}})}))
	_, err := d.Assess(ctx, worker, of, "", Seen{}, Assessment{Stage: Proposed, Method: Interview, Why: name})
	d.must(err)
	_, err = d.Guard(ctx, worker, of, "", Seen{}, Guardian{Name: name, Proof: CourtOrder, SeenOn: today, Alleged: No, Tie: Clear, Scope: []Matter{DataUse}})
	d.must(err)
	_, err = d.Determine(ctx, worker, of, "", Seen{}, Determination{Matter: Return, View: name})
	d.must(err)
	i, err := d.Register(ctx, chief, Interpreter{Name: "I", Languages: []string{"ti"}, VettedOn: "2026-01-01", VettedUntil: "2027-01-01"}, "")
	d.must(err)
	d.must(d.Engage(ctx, worker, of, i, Seen{}, Engaged{Tie: Clear}, ""))
	d.must(d.Converse(ctx, worker, of, i, Seen{}, Session{On: today, How: "phone", Concern: name}))
}

// TestNothingStandsInClear looks for a planted name in every table of the database.
func TestNothingStandsInClear(t *testing.T) {
	d := newDesk(t)
	worker, chief := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "chief", auth.Supervisor)
	of := d.begin(worker)
	d.fill(worker, chief, of, "Canaryname")
	d.read(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{
			"SELECT section || standing || case_id FROM protection_person", "SELECT stage FROM protection_age_assessment",
			"SELECT objections || scope || valid_from || valid_until FROM protection_guardian", "SELECT matter || finding || heard FROM protection_best_interests",
			"SELECT tie || hindrances || interpreter_id FROM protection_interpreter_tie", "SELECT name || languages FROM protection_interpreter",
		} {
			rows, err := tx.Query(ctx, q)
			all, err := db.Collect(rows, err, scanText)
			if err != nil {
				return err
			}
			if len(all) == 0 || strings.Contains(strings.Join(all, " "), "Canary") || strings.Contains(strings.Join(all, " "), "2009-") {
				t.Errorf("%s: %q", q, all)
			}
		}
		return nil
	})
	if checked, err := d.vault.Check(t.Context()); err != nil || len(checked.Findings) > 0 || checked.Records == 0 {
		t.Errorf("check: %d records, %v, %v", checked.Records, checked.Findings, err)
	}
}
