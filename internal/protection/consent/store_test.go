package consent_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

func TestGivenIsKeptAndDecides(t *testing.T) {
	h := newHouse(t)
	if d := h.ask("police", "contact", "support"); d.Allowed || !slices.Equal(d.Reasons, []consent.Reason{consent.ReasonNone}) {
		t.Errorf("before anything was said: %+v", d)
	}
	id := h.give(h.said())
	if d := h.ask("police", "contact", "support"); !d.Allowed || d.Consent != id || d.Term.Recall != consent.RecallNo {
		t.Errorf("after a yes: %+v", d)
	}
	for _, q := range [][3]string{{"court", "contact", "support"}, {"police", "identity", "support"}, {"police", "contact", "return"}, {"", "", ""}} {
		if d := h.ask(q[0], q[1], q[2]); d.Allowed {
			t.Errorf("%v was not agreed to", q)
		}
	}
	v := h.view()
	if len(v.Lines) != 1 {
		t.Fatalf("%d sheets", len(v.Lines))
	}
	l := v.Lines[0]
	if l.State != consent.Given || l.Language != "am" || l.Words.Reveal("test") != "They may know where to call me." || len(l.Terms) != 2 ||
		!l.Terms[0].Holds || l.By != h.worker.Account || l.Information != consent.InformationVersion {
		t.Errorf("%+v", l)
	}
	// The last day is a day of the organisation: British Summer Time ends it at 23:00 UTC.
	if want := time.Date(2026, 8, 31, 23, 0, 0, 0, time.UTC); !l.Until.Equal(want) {
		t.Errorf("until %s, want %s", l.Until, want)
	}
	h.now = time.Date(2026, 8, 31, 22, 59, 59, 0, time.UTC)
	if !h.ask("police", "contact", "support").Allowed {
		t.Error("over before its last day is")
	}
	h.now = h.now.Add(time.Second)
	if d := h.ask("police", "contact", "support"); d.Allowed || !slices.Equal(d.Reasons, []consent.Reason{consent.ReasonExpired}) {
		t.Errorf("after its last day: %+v", d)
	}
	if l := h.view().Lines[0]; l.State != consent.Expired {
		t.Errorf("shown as %s", l.State)
	}
}

// TestOfInterpreters: a yes through an interpreter nobody has looked at is none; it becomes one when somebody has looked and
// found nothing; it outlasts the vetting; and a conflict that comes out later takes it down.
func TestOfInterpreters(t *testing.T) {
	h := newHouse(t)
	i := person.Interpreter{Name: "Invented Interpreter", Languages: []string{"am"}, VettedOn: "2026-01-01", VettedUntil: "2026-06-30"}
	id, err := h.people.Register(t.Context(), h.second, i, "")
	h.must(err)
	s := h.said()
	s.Interpreter = id
	tie := func(version int64, tie person.Tie, reason string) {
		t.Helper()
		h.must(h.people.Engage(t.Context(), h.worker, casefile.ID(h.of), id, person.Seen{Version: version}, person.Engaged{Tie: tie}, reason))
	}
	want := func(what string, reasons ...consent.Reason) {
		t.Helper()
		if d := h.ask("police", "contact", "support"); d.Allowed != (len(reasons) == 0) || !slices.Equal(d.Reasons, reasons) {
			t.Errorf("%s: %v %v, want %v", what, d.Allowed, d.Reasons, reasons)
		}
	}
	first := h.give(s)
	want("nobody has looked", consent.ReasonInterpreterUnchecked)
	tie(0, person.Clear, "")
	want("somebody has looked since")
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: first})))
	h.now = h.now.Add(time.Minute)
	h.give(s)
	h.now = h.now.AddDate(0, 1, 1)
	want("the vetting has ended since")
	tie(1, person.Conflict, "paid")
	want("a conflict came out", consent.ReasonInterpreter)
	for _, l := range h.view().Lines {
		if l.State == consent.Given && l.Terms[0].Holds {
			t.Error("the page shows that it holds")
		}
	}
}

// TestOfChildren: whoever is not known to be an adult does not decide like one; a guardian decides while nothing speaks
// against them, and an alleged exploiter never.
func TestOfChildren(t *testing.T) {
	h := newHouse(t)
	h.give(h.said())
	want := func(what string, reasons ...consent.Reason) {
		t.Helper()
		if d := h.ask("police", "contact", "support"); d.Allowed != (len(reasons) == 0) || !slices.Equal(d.Reasons, reasons) {
			t.Errorf("%s: %v %v, want %v", what, d.Allowed, d.Reasons, reasons)
		}
	}
	want("an adult")
	h.born("2010-01-01", "2011-12-31")
	want("a child", consent.ReasonChildAlone)
	g := person.Guardian{
		Name: "Invented Guardian", Proof: person.CourtOrder, SeenOn: "2026-01-02", Scope: []person.Matter{person.DataUse}, From: "2026-01-01",
		Alleged: person.No, Tie: person.Clear,
	}
	id, err := h.people.Guard(t.Context(), h.worker, casefile.ID(h.of), "", person.Seen{}, g)
	h.must(err)
	s := h.said()
	s.By, s.Guardian, s.Assent = consent.ByOther, id, consent.Agreed
	h.now = h.now.Add(time.Minute)
	h.give(s)
	want("with a guardian")
	g.Alleged = person.Yes
	h.must(errOf(h.people.Guard(t.Context(), h.worker, casefile.ID(h.of), id, person.Seen{Version: 1}, g)))
	want("the guardian is accused", consent.ReasonGuardianUnchecked)
	for _, l := range h.view().Lines {
		if l.Guardian == id && !slices.Equal(l.Terms[0].Why, []consent.Reason{consent.ReasonGuardianUnchecked}) {
			t.Errorf("the page says %v", l.Terms[0].Why)
		}
	}
}

// TestErrorsAreNoes: when what decides cannot be looked at, nothing is permitted, and nothing leaves.
func TestErrorsAreNoes(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	h.lost = errors.New("the table is gone")
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		d, err := h.Decide(t.Context(), tx, h.org, consent.Request{Person: h.person, Kind: consent.Sharing, Recipient: "police", Class: "contact", Purpose: "support"})
		if d.Allowed {
			t.Error("an error is a yes")
		}
		if g, _, _ := h.Grounds(t.Context(), tx, h.org, h.person); len(g) > 0 {
			t.Error("an error makes grounds")
		}
		return err
	})
	if err == nil {
		t.Error("the error was lost")
	}
	if _, err := h.disclose(id, "police", "contact"); err == nil {
		t.Error("something left on an error")
	}
}

func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	h := newHouse(t)
	for name, do := range map[string]func(*consent.Said){
		"kind":      func(s *consent.Said) { s.Kind = "everything" },
		"state":     func(s *consent.Said) { s.State = consent.Withdrawn },
		"recipient": func(s *consent.Said) { s.Recipients[0].To = "everybody" },
		"class":     func(s *consent.Said) { s.Classes = []string{"all"} },
		"purpose":   func(s *consent.Said) { s.Purposes = nil },
		"last":      func(s *consent.Said) { s.Last = "2026-05-31" },
		"given":     func(s *consent.Said) { s.Understood = "mostly" },
		"words":     func(s *consent.Said) { s.Words = private.New(strings.Repeat("a", 30_000)) },
	} {
		s := h.said()
		do(&s)
		_, err := h.Give(t.Context(), h.worker, h.of, s, "")
		e, ok := fault.As(err)
		if !ok || e.Kind != fault.Invalid || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Name == name }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, last := range []string{"", "2036-01-01", "31.8.2026", "2026-02-30"} {
		s := h.said()
		s.Last = last
		_, err := h.Give(t.Context(), h.worker, h.of, s, "")
		h.kind("last day "+last, err, fault.Invalid)
	}
	empty := consent.Said{Kind: consent.Sharing, State: consent.Refused}
	h.give(empty) // a no needs nothing
	if v := h.view(); len(v.Lines) != 1 || v.Lines[0].State != consent.Refused {
		t.Errorf("%+v", v.Lines)
	}
}

// TestNamesMakeRecipientsOfTheirOwn: a yes to one clinic is none to another, nor to clinics.
func TestNamesMakeRecipientsOfTheirOwn(t *testing.T) {
	h := newHouse(t)
	s := h.said()
	s.Recipients = []consent.Named{{Term: consent.Term{To: "health"}, Name: private.New("Dr Invented")}}
	h.give(s)
	l := h.view().Lines[0]
	code := l.Recipients[0].To
	if code == "health" || consent.KindOf(code) != "health" || !consent.ValidRecipient(code) || l.Terms[0].Name.Reveal("test") != "Dr Invented" {
		t.Fatalf("recipient %q", code)
	}
	if !h.ask(code, "need", "support").Allowed || h.ask("health", "need", "support").Allowed {
		t.Error("the name makes no difference")
	}
}

// TestSentTwiceIsKeptOnce and TestStaleRenewal: forms do their work once, and whoever saw an older state is told so.
func TestSentTwiceIsKeptOnce(t *testing.T) {
	h := newHouse(t)
	once := record.NewSubmissionKey()
	first, err := h.Give(t.Context(), h.worker, h.of, h.said(), once)
	h.must(err)
	again, err := h.Give(t.Context(), h.worker, h.of, h.said(), once)
	h.must(err)
	if first != again || len(h.view().Lines) != 1 {
		t.Errorf("%s and %s, %d sheets", first, again, len(h.view().Lines))
	}
}

func TestStaleRenewal(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Recipient: "police"})))
	s := h.said()
	s.Supersedes, s.SupersedesVersion = id, 1
	_, err := h.Give(t.Context(), h.worker, h.of, s, "")
	h.kind("a renewal of what was changed meanwhile", err, fault.Stale)
	h.now = h.now.Add(time.Minute)
	s.SupersedesVersion = 2
	renewed := h.give(s)
	if d := h.ask("police", "contact", "support"); !d.Allowed || d.Consent != renewed {
		t.Errorf("after the renewal: %+v", d)
	}
	other := h.said()
	other.Kind, other.Supersedes, other.SupersedesVersion = consent.Research, renewed, 1
	_, err = h.Give(t.Context(), h.worker, h.of, other, "")
	h.kind("a sheet of another kind takes its place", err, fault.NotFound)
}

func errOf[T any](_ T, err error) error { return err }

// TestForbiddenIsNotFound: whoever may not work on a case gets the answer of what does not exist, for every act.
func TestForbiddenIsNotFound(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	basis, err := h.Begin(t.Context(), h.worker, h.of, h.duty(), "")
	h.must(err)
	stranger := auth.Actor{Org: h.clinic, Account: "doctor", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	words := private.New("why")
	for _, who := range []auth.Actor{
		h.as("analyst", auth.Analyst), h.as("officer", auth.ProtectionOfficer), h.as("admin", auth.Administrator), h.as("other", auth.SupportWorker), stranger, {},
	} {
		for name, err := range map[string]error{
			"give":     errOf(h.Give(t.Context(), who, h.of, h.said(), "")),
			"withdraw": errOf(h.Withdraw(t.Context(), who, h.of, consent.Withdrawal{Consent: id})),
			"view":     errOf(h.View(t.Context(), who, h.of)),
			"refusal":  errOf(h.Refusal(t.Context(), who, h.of, "police", "support", []string{"contact"})),
			"begin":    errOf(h.Begin(t.Context(), who, h.of, h.duty(), "")),
			"report":   h.Report(t.Context(), who, h.of, basis),
			"second":   h.Second(t.Context(), who, h.of, basis, consent.Verdict{Agrees: true, Words: words, Version: 1}),
			"mistaken": h.Mistaken(t.Context(), who, h.of, basis, words),
			"receive":  errOf(h.Receive(t.Context(), who, h.of, h.order(), "")),
			"hold":     h.Hold(t.Context(), who, h.of, basis, "1", "2026-07-01"),
		} {
			h.kind(string(who.Account)+" "+name, err, fault.NotFound)
		}
	}
	for name, err := range map[string]error{
		"a case that is not there": errOf(h.View(t.Context(), h.worker, "NOSUCHCASEHEREANYWHEREATALL")),
		"a sheet of nobody":        errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: "NONE"})),
		"a recipient of nobody":    errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Recipient: "court"})),
	} {
		h.kind(name, err, fault.NotFound)
	}
	mine := h.of
	h.of, _ = h.open()
	h.kind("a sheet of another case", errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id})), fault.NotFound)
	h.kind("a duty of another case", h.Report(t.Context(), h.worker, h.of, basis), fault.NotFound)
	h.of = mine
}

// TestChecksAndErases: what is sealed is as the ledger says, and nothing is left of a person who is erased.
func TestChecksAndErases(t *testing.T) {
	h := newHouse(t)
	id := h.give(h.said())
	_, err := h.disclose(id, consent.Party(h.clinic), "contact")
	h.must(err)
	h.must(errOf(h.Begin(t.Context(), h.worker, h.of, h.duty(), "")))
	h.must(errOf(h.Withdraw(t.Context(), h.worker, h.of, consent.Withdrawal{Consent: id, Words: private.New("I changed my mind.")})))
	if l := h.view().Lines[0]; l.Taken.Reveal("test") != "I changed my mind." || l.Words.Reveal("test") == "" {
		t.Errorf("the words of taking back: %+v", l)
	}
	c, err := h.vault.Check(t.Context())
	h.must(err)
	if len(c.Findings) > 0 || c.Records < 2 {
		t.Errorf("%+v", c)
	}
	proposal, err := h.vault.ProposeErasure(t.Context(), h.second, h.person, "request")
	h.must(err)
	if _, err := h.vault.Erase(t.Context(), h.as("third", auth.ProtectionOfficer), proposal); err != nil {
		t.Fatal(fault.Cause(err))
	}
	h.must(h.db.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{
			"protection_consent", "protection_consent_term", "protection_basis", "protection_disclosure", "protection_recall", "protection_history",
		} {
			var n int
			if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE org_id = $1 AND person_id = $2", string(h.org), string(h.person)).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		return nil
	}))
	if g, err := h.grounds(h.person); err != nil || len(g) > 0 {
		t.Errorf("grounds of somebody erased: %v %v", g, err)
	}
}

func (h *house) grounds(person vault.PersonID) (n []string, err error) {
	err = h.db.Read(context.Background(), func(tx *db.Tx) error {
		list, _, err := h.Grounds(context.Background(), tx, h.org, person)
		for _, a := range list {
			n = append(n, a.Kind+" "+a.To+" "+a.Class+" "+a.Purpose)
		}
		return err
	})
	return n, err
}
