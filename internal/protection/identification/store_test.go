package identification_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

const org = auth.OrgID("org-a")

// desk is a node with one organisation in London, a case and its people.
type desk struct {
	*identification.Identifications
	t        testing.TB
	db       *db.DB
	vault    *vault.Vault
	cases    *casefile.Cases
	accounts *auth.Accounts
	now      time.Time
	adult    bool
	known    func(context.Context, *db.Tx, auth.OrgID, vault.PersonID) (bool, error)
	born     profile.Date

	worker, authority, second auth.Actor
	id                        casefile.ID
}

func newDesk(t testing.TB, on string) *desk {
	t.Helper()
	d := &desk{t: t, adult: true, born: "1990-05-05"}
	d.day(on)
	d.db = dbtest.OpenAt(t, func() time.Time { return d.now })
	d.vault = vaulttest.Open(t, d.db)
	d.accounts = &auth.Accounts{DB: d.db}
	d.cases = casefile.On(d.db, d.vault, d.accounts, &blob.Blobs{DB: d.db, Vault: d.vault, Store: blob.Table{DB: d.db}})
	d.Identifications = identification.On(d.db, d.vault, d.cases, profile.Procedures())
	d.known = d.Adult
	d.Adult = func(context.Context, *db.Tx, auth.OrgID, vault.PersonID) (bool, error) { return d.adult, nil }
	d.Born = func(context.Context, auth.Actor, casefile.ID) (profile.Date, error) { return d.born, nil }
	d.must(d.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'invented', 'Europe/London', 0)", string(org))
		return err
	}))
	d.worker, d.authority, d.second = d.staff("worker", auth.SupportWorker), d.staff("authority", auth.Authority), d.staff("second", auth.Supervisor)
	var err error
	d.id, err = d.cases.Open(t.Context(), d.worker, casefile.Begin{Reason: "signs-seen", Name: private.New("Sparrow")})
	d.must(err)
	d.must(d.cases.AddWorker(t.Context(), d.worker, d.id, auth.Holder{Account: d.authority.Account}))
	return d
}

// day makes it noon of a day.
func (d *desk) day(on string) {
	d.t.Helper()
	at, err := time.Parse(time.DateOnly, on)
	d.must(err)
	d.now = at.Add(12 * time.Hour)
}

func (d *desk) staff(name string, roles ...auth.Role) auth.Actor {
	d.t.Helper()
	d.must(d.db.WriteUnaudited(d.t.Context(), "a test", func(tx *db.Tx) error {
		_, err := tx.Exec(d.t.Context(), "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'invented', 0)", string(org), name)
		for _, r := range roles {
			if err == nil {
				_, err = tx.Exec(d.t.Context(), "INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", string(org), name, string(r))
			}
		}
		return err
	}))
	return auth.Actor{Org: org, Account: auth.AccountID(name), Roles: roles, Via: auth.ViaSession}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) kind(what string, err error, want fault.Kind) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		d.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (d *desk) show() identification.Overview {
	d.t.Helper()
	o, err := d.Show(d.t.Context(), d.worker, d.id)
	d.must(err)
	return o
}

// begin opens a procedure and returns it.
func (d *desk) begin(jurisdiction string) string {
	d.t.Helper()
	id, err := d.Open(d.t.Context(), d.worker, d.id, jurisdiction, "")
	d.must(err)
	return id
}

// taking is a step of today that gives its reasons and the agreement of an adult.
func (d *desk) taking(procedure, step, body string) identification.Taking {
	return identification.Taking{
		Case: d.id, Procedure: procedure, Step: step, Body: body, On: profile.Date(d.now.Format(time.DateOnly)), Agreed: identification.Agreed,
		Reasons: private.New("Reasons of " + step), BodyName: private.New("Office of " + body), Basis: private.New("By law"),
	}
}

// take records a step of another body; own takes one of this organisation.
func (d *desk) take(procedure, step, body string) identification.Taken {
	d.t.Helper()
	out, err := d.Take(d.t.Context(), d.worker, d.taking(procedure, step, body))
	d.must(err)
	return out
}

func (d *desk) own(actor auth.Actor, procedure, step, body string) (identification.Taken, error) {
	t := d.taking(procedure, step, body)
	t.Own = true
	return d.Take(d.t.Context(), actor, t)
}

// tasks lists the tasks of the case that are to be done.
func (d *desk) tasks() (all []string) {
	d.t.Helper()
	found, err := d.cases.Tasks(d.t.Context(), d.worker, d.id)
	d.must(err)
	for _, x := range found {
		if x.Clear.State == casefile.ToDo {
			all = append(all, x.Clear.Kind+" "+x.Due()+" "+strings.Split(x.Clear.Basis, "#")[0])
		}
	}
	return all
}

// stages lists the stages of a procedure's steps.
func stages(p identification.Procedure) string { return strings.Join(p.Passed, " ") }

func TestStoryOfAnAdult(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	if c := d.show().Case.Clear; c.Profile != "gb-eaw" || !strings.HasPrefix(c.ProfileVersion, "gb-eaw@2024-12-31#") {
		t.Errorf("the case stands under %q, %q", c.Profile, c.ProfileVersion)
	}
	_, err := d.Open(t.Context(), d.worker, d.id, "gb-eaw", "")
	d.kind("a second procedure of the place", err, fault.Conflict)
	_, err = d.Open(t.Context(), d.worker, d.id, "atlantis", "")
	d.kind("a place nobody knows", err, fault.Invalid)
	d.take(p, "presume", "anybody")
	d.day("2026-04-02")
	d.take(p, "refer", "first-responder")
	_, err = d.own(d.worker, p, "first-positive", "authority")
	d.kind("a worker decides", err, fault.NotFound)
	d.day("2026-04-10")
	got, err := d.own(d.authority, p, "first-negative", "authority")
	d.must(err)
	if want := []string{"identification.deadline 2026-04-13 gb-eaw@2024-12-31", "identification.second  gb-eaw@2024-12-31"}; !slices.Equal(d.tasks(), want) {
		t.Errorf("%q, want %q", d.tasks(), want)
	}
	if !got.Waiting || d.show().Procedures[0].State.Stage != "referred" {
		t.Fatalf("one signature was enough: %+v", got)
	}
	d.kind("the same person signs", d.Sign(t.Context(), d.authority, d.id, got.Event), fault.Denied)
	d.kind("a worker signs", d.Sign(t.Context(), d.worker, d.id, got.Event), fault.NotFound)
	d.day("2026-04-13")
	d.must(d.Sign(t.Context(), d.second, d.id, got.Event))
	d.kind("signed again", d.Sign(t.Context(), d.second, d.id, got.Event), fault.Conflict)
	d.day("2026-05-01")
	d.take(p, "reconsider-first", "support")
	d.day("2026-05-11")
	_, err = d.own(d.authority, p, "first-positive", "authority")
	d.must(err)
	d.day("2026-07-01")
	d.take(p, "final-positive", "authority")

	o := d.show()
	found := o.Procedures[0]
	if got, want := stages(found), "presumed referred negative-first referred protected positive"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	negative := found.Events[2]
	if negative.Day != "2026-04-13" || negative.SignedBy != "authority" || negative.SecondBy != "second" || !negative.Reasoned {
		t.Errorf("%+v", negative)
	}
	if negative.BodyName.Reveal("test") != "Office of authority" || negative.Basis.Reveal("test") != "By law" || negative.Fact != "test-revised" {
		t.Errorf("%s, %s, %s", negative.BodyName.Reveal("test"), negative.Basis.Reveal("test"), negative.Fact)
	}
	reasons, err := d.Reasons(t.Context(), d.worker, d.id, negative.ID)
	if err != nil || reasons.Reveal("test") != "Reasons of first-negative" {
		t.Errorf("reasons: %v", err)
	}
	var clocks []string
	for _, x := range found.State.Timers {
		clocks = append(clocks, x.Clock+" "+string(x.Due.Day)+" "+x.EndedBy+" "+strings.Split(x.Version, "#")[0])
	}
	want := []string{
		"first-decision 2026-04-13 first-negative gb-eaw@2024-12-31", "ask-first 2026-05-13 reconsider-first gb-eaw@2024-12-31",
		"recovery 2026-06-10  gb-eaw@2024-12-31",
	}
	if !slices.Equal(clocks, want) {
		t.Errorf("%q, want %q", clocks, want)
	}
	if want := []string{"identification.passed 2026-06-11 gb-eaw@2024-12-31"}; !slices.Equal(d.tasks(), want) {
		t.Errorf("%q, want %q", d.tasks(), want)
	}
	if len(found.Suggestions) != 2 || found.Suggestions[0].Rule != "recovery" || found.Suggestions[1].To != "2026-08-15" {
		t.Errorf("%+v", found.Suggestions)
	}
}

// Whoever may not see the case gets the answer of what does not exist, from every method.
func TestOnlyThoseOfTheCase(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	event := d.take(p, "presume", "anybody").Event
	for _, who := range []auth.Actor{d.staff("other", auth.SupportWorker), d.staff("elsewhere", auth.Authority), d.staff("admin", auth.Administrator), {}} {
		for name, call := range map[string]func() error{
			"show": func() error { _, err := d.Show(t.Context(), who, d.id); return err },
			"open": func() error { _, err := d.Open(t.Context(), who, d.id, "us", ""); return err },
			"take": func() error { _, err := d.Take(t.Context(), who, d.taking(p, "refer", "first-responder")); return err },
			"own":  func() error { _, err := d.own(who, p, "first-positive", "authority"); return err },
			"sign": func() error { return d.Sign(t.Context(), who, d.id, event) },
			"drop": func() error { return d.Drop(t.Context(), who, d.id, event) },
			"why":  func() error { _, err := d.Reasons(t.Context(), who, d.id, event); return err },
			"say":  func() error { _, err := d.Assert(t.Context(), who, d.id, assertion(), ""); return err },
			"help": func() error {
				_, err := d.Entitle(t.Context(), who, d.id, identification.Help{From: "2026-03-02"}, "")
				return err
			},
			"issue": func() error { _, err := d.Issue(t.Context(), who, d.id, letter(event), ""); return err },
			"read":  func() error { _, _, err := d.Read(t.Context(), who, d.id, "x"); return err },
		} {
			d.kind(string(who.Account)+" "+name, call(), fault.NotFound)
		}
	}
	if o := d.show(); len(o.Procedures[0].Events) != 1 || len(o.Assertions)+len(o.Help)+len(o.Letters) != 0 {
		t.Errorf("somebody changed something: %+v", o)
	}
	other, err := d.cases.Open(t.Context(), d.worker, casefile.Begin{Reason: "signs-seen"})
	d.must(err)
	wrong := d.taking(p, "refer", "first-responder")
	wrong.Case = other
	_, err = d.Take(t.Context(), d.worker, wrong)
	d.kind("a procedure of another case", err, fault.NotFound)
	_, err = d.Reasons(t.Context(), d.worker, other, event)
	d.kind("a step of another case", err, fault.NotFound)
}

func assertion() identification.Assertion {
	return identification.Assertion{Says: "presumed", Body: "police", Day: "2026-03-02", Name: private.New("Harbour police"), Words: private.New("Their words")}
}

func letter(event string) identification.Letter {
	return identification.Letter{Event: event, Issuer: private.New("Case office"), Bearer: private.New("Sparrow")}
}

// Many bodies say many things; none of them moves a stage.
func TestAssertionsStandSideBySide(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	for _, says := range identification.Says() {
		for _, body := range identification.Bodies() {
			a := assertion()
			a.Says, a.Body = says.Code, body.Code
			_, err := d.Assert(t.Context(), d.worker, d.id, a, "")
			d.must(err)
		}
	}
	o := d.show()
	if len(o.Assertions) != len(identification.Says())*len(identification.Bodies()) || o.Procedures[0].State.Stage != "presumed" {
		t.Errorf("%d statements, stage %s", len(o.Assertions), o.Procedures[0].State.Stage)
	}
	if a := o.Assertions[0]; a.Name.Reveal("test") != "Harbour police" || a.Words.Reveal("test") != "Their words" || a.By != "worker" {
		t.Errorf("%+v", a)
	}
	for name, edit := range map[string]func(*identification.Assertion){
		"says": func(a *identification.Assertion) { a.Says = "guilty" }, "body": func(a *identification.Assertion) { a.Body = "" },
		"day": func(a *identification.Assertion) { a.Day = "yesterday" }, "document": func(a *identification.Assertion) { a.Document = "abc" },
		"name": func(a *identification.Assertion) { a.Name = private.New(strings.Repeat("x", 401)) },
	} {
		a := assertion()
		edit(&a)
		_, err := d.Assert(t.Context(), d.worker, d.id, a, "")
		d.kind(name, err, fault.Invalid)
	}
}

func TestTwiceStaleAndTooLate(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	step := d.taking(p, "presume", "anybody")
	step.Key = "formone"
	first, err := d.Take(t.Context(), d.worker, step)
	d.must(err)
	again, err := d.Take(t.Context(), d.worker, step)
	if err != nil || again != first || len(d.show().Procedures[0].Events) != 1 {
		t.Errorf("sent twice: %+v, %v", again, err)
	}
	stale := d.taking(p, "refer", "first-responder")
	stale.Seen = 1
	_, err = d.Take(t.Context(), d.worker, stale)
	d.kind("an older page", err, fault.Stale)
	for name, edit := range map[string]func(*identification.Taking){
		"tomorrow": func(x *identification.Taking) { x.On = "2026-03-03" }, "no day": func(x *identification.Taking) { x.On = "" },
		"document": func(x *identification.Taking) { x.Document = "x" }, "agreed": func(x *identification.Taking) { x.Agreed = "perhaps" },
		"long": func(x *identification.Taking) { x.Reasons = private.New(strings.Repeat("x", 20_001)) },
	} {
		x := d.taking(p, "refer", "first-responder")
		edit(&x)
		_, err := d.Take(t.Context(), d.worker, x)
		d.kind(name, err, fault.Invalid)
	}
}

// A decision that waits and is dropped never counted; another may be proposed.
func TestDrop(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	got, err := d.own(d.authority, p, "first-negative", "authority")
	d.must(err)
	d.must(d.Drop(t.Context(), d.second, d.id, got.Event))
	d.kind("sign what was dropped", d.Sign(t.Context(), d.second, d.id, got.Event), fault.Conflict)
	o := d.show().Procedures[0]
	if o.State.Stage != "referred" || !slices.ContainsFunc(o.Events, func(e identification.Event) bool { return e.Dropped && e.SecondBy == "second" }) {
		t.Errorf("%+v", o)
	}
	if _, err := d.own(d.authority, p, "first-positive", "authority"); err != nil {
		t.Error(err)
	}
}

// The machine of the support case does not exist for this one: a case that its worker closes leaves the procedure where
// it is, and the next step can be recorded.
func TestClosingTheCaseClosesNoProcedure(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	before := d.show().Procedures[0]
	c, err := d.cases.Get(t.Context(), d.worker, d.id)
	d.must(err)
	d.must(d.cases.Close(t.Context(), d.worker, d.id, c.Version, "goals-met"))
	after := d.show().Procedures[0]
	if after.State.Stage != before.State.Stage || len(after.State.Timers) != 1 || !after.State.Timers[0].Running() {
		t.Errorf("%+v", after.State)
	}
	d.take(p, "first-positive", "authority")
	if got := d.show().Procedures[0].State.Stage; got != "protected" {
		t.Errorf("after the case was closed: %s", got)
	}
}
