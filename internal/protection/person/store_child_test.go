package person

import (
	"context"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// plans are the open tasks of an eighteenth birthday, as kind and date.
func (d *desk) plans(by auth.Actor, of casefile.ID) string {
	d.t.Helper()
	all, err := d.files.Tasks(d.t.Context(), by, of)
	d.must(err)
	var open []string
	for _, t := range all {
		if TaskLabel(t.Clear.Kind) != "" && t.Clear.State == casefile.ToDo {
			open = append(open, t.Clear.Kind+" "+t.Due())
		}
	}
	return strings.Join(open, ", ")
}

func (d *desk) safeguarded(person string) (is bool) {
	d.t.Helper()
	d.read(func(ctx context.Context, tx *db.Tx) (err error) {
		is, err = Safeguarded(ctx, tx, orgA, vaultPerson(person))
		return err
	})
	return is
}

// TestBirthdayMakesTasks: six months and one day before the earliest possible eighteenth birthday something is to be
// done, whatever happens to the date; who is an adult for sure has nothing to do.
func TestBirthdayMakesTasks(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := string(d.personOf(worker, of))
	if !d.safeguarded(person) || d.plans(worker, of) != "" {
		t.Error("nothing known: no safeguards, or a task")
	}
	const first = "plan-ahead 2026-11-01, last-day 2027-05-01"
	for _, step := range []struct {
		name  string
		all   []Birth
		want  string
		child bool
	}{
		{"a child", []Birth{birthOf("2009-05-17", "2009-05-17")}, first, true},
		{"the same again", []Birth{birthOf("2009-05-17", "2009-05-17")}, first, true},
		{"a statement that contradicts", []Birth{birthOf("2009-05-17", "2009-05-17"), birthOf("2009-03-01", "2009-03-31")}, "plan-ahead 2026-09-01, plan-ahead 2026-11-01, last-day 2027-02-01, last-day 2027-05-01", true},
		{"a paper that says adult", []Birth{birthOf("2009-05-17", "2009-05-17"), birthOf("1999-03-01", "1999-03-31")}, first, true},
		{"an adult", []Birth{birthOf("1990-01-01", "1990-12-31")}, "", false},
		{"a child after all", []Birth{birthOf("2009-05-17", "2009-05-17")}, first, true},
		{"nobody knows from when on", []Birth{birthOf("", "2012-01-01")}, "", true},
		{"known again", []Birth{birthOf("2009-05-17", "2009-05-17")}, first, true},
	} {
		d.born(worker, of, step.all...)
		if got := d.plans(worker, of); got != step.want || d.safeguarded(person) != step.child {
			t.Errorf("%s: tasks %q, safeguards %v", step.name, got, d.safeguarded(person))
		}
	}
}

// TestAssessmentMovesNothingUntilItIsSettled walks an assessment from its proposal to its end.
func TestAssessmentMovesNothingUntilItIsSettled(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := string(d.personOf(worker, of))
	d.must(d.SetBirth(t.Context(), worker, of, Seen{Source: asOf("2026-08-01")}, is(births(birthOf("2009-05-17", "2009-05-17")))))
	_, err := d.Assess(t.Context(), worker, of, "", Seen{}, concluded("2004-01-01", "2005-12-31"))
	d.kind("an assessment that begins at its end", err, fault.Invalid)
	a := Assessment{Stage: Proposed, Method: Holistic}
	id, err := d.Assess(t.Context(), worker, of, "", Seen{}, a)
	d.must(err)
	version := int64(1)
	for _, step := range []struct {
		name   string
		change func(*Assessment)
		child  bool
		kind   fault.Kind
	}{
		{"concluded without agreement", func(a *Assessment) { *a = concluded("2004-01-01", "2005-12-31"); a.Person = NotAsked }, true, fault.Invalid},
		{"upheld before it was concluded", func(a *Assessment) { *a = concluded("2004-01-01", "2005-12-31"); a.Stage = Upheld }, true, fault.Invalid},
		{"concluded, and still to be contested", func(a *Assessment) { *a = concluded("2004-01-01", "2005-12-31"); a.ContestUntil = "2026-12-31" }, true, 0},
		{"contested", func(a *Assessment) { a.Stage = Contested }, true, 0},
		{"upheld", func(a *Assessment) { a.Stage = Upheld }, false, 0},
		{"proposed again", func(a *Assessment) { a.Stage = Proposed }, false, fault.Invalid},
	} {
		next := a
		step.change(&next)
		_, err := d.Assess(t.Context(), worker, of, id, Seen{Version: version}, next)
		if step.kind != 0 {
			d.kind(step.name, err, step.kind)
		} else {
			d.must(err)
			a = next
			version++
		}
		if d.safeguarded(person) != step.child {
			t.Errorf("%s: safeguards %v", step.name, !step.child)
		}
	}
	if d.plans(worker, of) != "" {
		t.Errorf("tasks of an adult: %s", d.plans(worker, of))
	}
	_, err = d.Assess(t.Context(), worker, of, id, Seen{Version: 1}, a)
	d.kind("a stale stage", err, fault.Stale)
	d.born(worker, of, append(d.file(worker, of).Birth.Value.List, Birth{From: "2009-05-17", To: "2009-05-17", Basis: ByDocument})...)
	if !d.safeguarded(person) || d.plans(worker, of) == "" {
		t.Error("a certificate after the assessment changed nothing")
	}
}

// TestGuardianAndStepsWithoutOpening: what other packages ask within a transaction says the same as the rules.
func TestGuardianAndStepsWithoutOpening(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	person := d.personOf(worker, of)
	good := fine()
	id, err := d.Guard(t.Context(), worker, of, "", Seen{}, good)
	d.must(err)
	version := int64(1)
	fits := func(m Matter) (is bool) {
		d.read(func(ctx context.Context, tx *db.Tx) (err error) {
			is, err = GuardianFits(ctx, tx, orgA, person, id, m)
			return err
		})
		return is
	}
	if !fits(DataUse) {
		t.Error("a guardian in order does not fit")
	}
	for _, change := range []func(*Guardian){
		func(g *Guardian) { g.Alleged = Yes }, func(g *Guardian) { g.Alleged = "" }, func(g *Guardian) { g.Tie = Conflict },
		func(g *Guardian) { g.Proof = NoProof }, func(g *Guardian) { g.Until = "2026-11-22" }, func(g *Guardian) { g.Ended = today },
		func(g *Guardian) { g.Scope = []Matter{Everyday} }, func(g *Guardian) { g.From = "2026-11-24" },
	} {
		g := good
		change(&g)
		_, err := d.Guard(t.Context(), worker, of, id, Seen{Version: version}, g)
		d.must(err)
		version++
		if fits(DataUse) != (len(GuardianMay(g, DataUse, today)) == 0) || fits(DataUse) {
			t.Error("a guardian who may not fits")
		}
	}
	allowed := func() (is bool) {
		d.read(func(ctx context.Context, tx *db.Tx) (err error) {
			is, err = StepAllowed(ctx, tx, orgA, person, Return)
			return err
		})
		return is
	}
	if allowed() {
		t.Error("a step for somebody of no known age needs no determination")
	}
	det, err := d.Determine(t.Context(), worker, of, "", Seen{}, Determination{Matter: Return})
	d.must(err)
	if allowed() {
		t.Error("a determination under way lets the step be taken")
	}
	_, err = d.Determine(t.Context(), worker, of, det, Seen{Version: 1}, Determination{Matter: Return, Finding: InFavour, Heard: Yes, On: "2026-11-20", Until: "2027-01-01"})
	d.must(err)
	if !allowed() || !d.file(worker, of).May(Return) {
		t.Error("a determination in favour does not")
	}
	_, err = d.Determine(t.Context(), worker, of, "", Seen{}, Determination{Matter: Return, Finding: Against, On: "2026-11-20"})
	d.must(err)
	if allowed() {
		t.Error("of two on one day the one in favour counts")
	}
	d.born(worker, of, birthOf("1990-01-01", "1990-01-01"))
	if !allowed() {
		t.Error("an adult waits for a determination")
	}
	otherCase := d.begin(worker)
	_, err = d.Guard(t.Context(), worker, otherCase, id, Seen{Version: version}, good)
	d.kind("a guardian of somebody else", err, fault.NotFound)
}

func TestInterpretersAreAskedAbout(t *testing.T) {
	d := newDesk(t)
	worker, chief := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "chief", auth.Supervisor)
	of := d.begin(worker)
	person := d.personOf(worker, of)
	i := Interpreter{Name: "Invented I.", Gender: Woman, Languages: []string{"ti"}, Communities: []string{"Asmara"}, Contact: "0", VettedOn: "2026-01-01", VettedUntil: "2027-01-01"}
	_, err := d.Register(t.Context(), worker, i, "")
	d.kind("a worker enters an interpreter", err, fault.NotFound)
	id, err := d.Register(t.Context(), chief, i, "")
	d.must(err)
	fits := func() (is bool) {
		d.read(func(ctx context.Context, tx *db.Tx) (err error) {
			is, err = d.InterpreterFits(ctx, tx, orgA, person, id)
			return err
		})
		return is
	}
	engaged := func(version int64, e Engaged, reason string) error {
		return d.Engage(t.Context(), worker, of, id, Seen{Version: version}, e, reason)
	}
	if fits() {
		t.Error("somebody whom nobody asked fits")
	}
	d.must(engaged(0, Engaged{Tie: Clear}, ""))
	if !fits() {
		t.Error("somebody clear does not fit")
	}
	d.kind("a conflict without a word", engaged(1, Engaged{Tie: Conflict}, ""), fault.Invalid)
	d.must(engaged(1, Engaged{Tie: Conflict}, "relative"))
	if fits() {
		t.Error("a conflict fits")
	}
	d.must(engaged(2, Engaged{Tie: Clear, Refused: true}, ""))
	if fits() {
		t.Error("somebody refused fits")
	}
	d.kind("a stale answer", engaged(2, Engaged{Tie: Clear}, ""), fault.Stale)
	d.must(engaged(3, Engaged{Tie: Clear}, ""))
	d.must(d.SetLanguages(t.Context(), worker, of, Seen{}, Languages{Need: is(Need{Languages: []string{"ti"}, NotFrom: []string{"asmara"}})}))
	if fits() {
		t.Error("what the person asks for changed, and nobody looked again")
	}
	d.must(engaged(4, Engaged{Tie: Clear}, ""))
	if fits() {
		t.Error("somebody of the community fits")
	}
	i.ID, i.Version, i.Communities = id, 1, []string{"Keren"}
	_, err = d.Register(t.Context(), chief, i, "")
	d.must(err)
	if fits() {
		t.Error("the register changed, and nobody looked again")
	}
	d.must(engaged(5, Engaged{Tie: Clear}, ""))
	if !fits() {
		t.Error("looked at again, and does not fit")
	}
	d.must(d.Converse(t.Context(), worker, of, id, Seen{}, Session{On: "2025-12-31", How: "phone", Agreed: Yes, Again: No}))
	held, err := d.Conversations(t.Context(), worker, of, "support")
	if err != nil || len(held) != 1 || held[0].Interpreter != id || len(held[0].Hindered) != 1 || held[0].Hindered[0] != NotVetted {
		t.Errorf("sessions: %d, %v", len(held), err)
	}
	choices, err := d.Choose(t.Context(), worker, d.file(worker, of))
	if err != nil || len(choices) != 1 || len(choices[0].Against) != 0 || choices[0].Contact != "0" {
		t.Errorf("choices: %d, %v", len(choices), err)
	}
	d.now = d.now.AddDate(1, 0, 0)
	if fits() {
		t.Error("vetting that has ended fits")
	}
	_, err = d.Register(t.Context(), chief, i, "")
	d.kind("a stale entry", err, fault.Stale)
}

// TestInterpreterSeesNoCase: an interpreter is no account and no role, so that no permission can be theirs.
func TestInterpreterSeesNoCase(t *testing.T) {
	for _, r := range auth.Roles() {
		if strings.Contains(string(r), "interpret") {
			t.Errorf("role %s", r)
		}
	}
	d := newDesk(t)
	chief := d.staff(orgA, "chief", auth.Supervisor)
	id, err := d.Register(t.Context(), chief, Interpreter{Name: "I", Languages: []string{"ti"}}, "")
	d.must(err)
	of := d.begin(chief)
	for _, a := range []auth.Actor{{Org: orgA, Account: auth.AccountID(id)}, {Org: orgA, Account: auth.AccountID(id), Roles: []auth.Role{"interpreter"}}} {
		_, err := d.Open(t.Context(), a, of, "support")
		d.kind("an interpreter opens a file", err, fault.NotFound)
	}
}
