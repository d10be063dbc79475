package referral_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// rows is every column of every row of an organisation, as one text.
func (h *town) rows(org auth.OrgID) string {
	h.t.Helper()
	ctx := h.t.Context()
	q := `SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'org_id')`
	if h.db.Engine() == db.Postgres {
		q = `SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'org_id'`
	}
	var all strings.Builder
	h.must(h.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, q)
		tables, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		for _, table := range tables {
			rows, err := tx.Query(ctx, "SELECT * FROM "+table+" WHERE org_id = $1", string(org))
			_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
				columns, err := r.Columns()
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(any)
				}
				if err == nil {
					err = r.Scan(values...)
				}
				for _, v := range values {
					if b, ok := (*v.(*any)).([]byte); ok {
						all.Write(b)
					} else {
						fmt.Fprint(&all, *v.(*any))
					}
					all.WriteByte('\n')
				}
				return none, err
			})
			if err != nil {
				return err
			}
		}
		return err
	}))
	return all.String()
}

// TestBlindUntilAccepted: before the yes the other side sees a need and nothing by which somebody could be known, nothing
// of it is stored there, and the sender's ledger says that it was seen. After the yes it has its own copy in a case of its own.
func TestBlindUntilAccepted(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	id := h.send(h.home, h.of, h.wish(h.clinic))
	asked, err := h.Look(ctx, h.clinic.worker, id)
	h.must(err)
	if fmt.Sprint(asked.Blind) != "{25-39 [ti] true 0 1 [step-free] [no-calls]}" || !slices.Equal(asked.Needs, []string{"accommodation"}) {
		t.Errorf("the blind need is %+v", asked)
	}
	inbox, err := h.Inbox(ctx, h.clinic.worker)
	h.must(err)
	text := fmt.Sprintf("%+v %+v", asked, inbox) + h.rows(h.clinic.org)
	for _, secret := range []string{"Zebrafinch", "07700", "asthma", string(c.Person), h.of, c.Clear.Number, string(h.home.worker.Account), string(h.consent)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is known before anybody has accepted", secret)
		}
	}
	if len(inbox) != 1 || inbox[0].Case != "" {
		t.Errorf("the inbox is %+v", inbox)
	}
	v, err := h.consents.View(ctx, h.home.worker, h.of)
	h.must(err)
	if len(v.Left) != 1 || !slices.Equal(v.Left[0].Classes, []string{"referral"}) || v.Left[0].Share != id || v.Left[0].Authority.Consent != h.consent {
		t.Errorf("sent blind, and the disclosures are %+v", v.Left)
	}
	if n := h.opened(string(c.Person), "agreement/AGREEMENT"); n != 1 {
		t.Errorf("the partner looked, and the sender's ledger says so %d times", n)
	}

	theirs := h.accept(h.clinic, id)
	if got := h.text(h.clinic, theirs, id); !strings.Contains(got, "identity.name="+canary) || !strings.Contains(got, "25-39") {
		t.Errorf("after acceptance the receiver has %q", got)
	}
	own, err := h.cases.Get(ctx, h.clinic.worker, casefile.ID(theirs))
	h.must(err)
	if own.Person == c.Person || own.Clear.Origin != "referral" || own.Clear.Reason != "referred-here" || own.Clear.Owner != h.clinic.worker.Account {
		t.Errorf("the receiver's case is %+v", own.Clear)
	}
	if strings.Contains(h.rows(h.clinic.org), "Zebrafinch") {
		t.Error("the receiver's copy is not sealed")
	}
	v, err = h.consents.View(ctx, h.home.worker, h.of)
	h.must(err)
	if len(v.Left) != 2 || h.state(h.home, h.of, id) != "released" {
		t.Errorf("released, and the disclosures are %+v, the state %s", v.Left, h.state(h.home, h.of, id))
	}
	if checked, err := h.vault.Check(ctx); err != nil || len(checked.Findings) > 0 {
		t.Errorf("the rows do not match the ledger: %+v %v", checked, err)
	}
	again, err := h.Accept(ctx, h.clinic.worker, id)
	if err != nil || again != theirs {
		t.Errorf("accepted twice: %s, %v; the case was %s", again, err, theirs)
	}
	_, err = h.Inbox(ctx, h.staff(h.clinic.org, auth.Administrator))
	h.kind("an administrator reads the inbox", err, fault.NotFound)
	_, err = h.Look(ctx, h.law.worker, id)
	h.kind("somebody else looks", err, fault.NotFound)
	_, err = h.Look(ctx, h.staff(h.clinic.org, auth.Authority), id)
	h.kind("a role that the agreement does not name looks", err, fault.NotFound)
}

// TestThroughToTheEnd: from the draft to what came of it, each step known to the other side at once.
func TestThroughToTheEnd(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	of := h.accept(h.clinic, id)
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Start, ""))
	if s := h.state(h.home, h.of, id); s != "started" {
		t.Errorf("begun, and the sender sees %s", s)
	}
	h.kind("reported without an outcome", h.Follow(ctx, h.clinic.worker, of, id, referral.Report, ""), fault.Invalid)
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Report, "helped"))
	if one := h.one(h.home, h.of, id); one.State != "reported" || one.Reason != "helped" {
		t.Errorf("reported, and the sender sees %+v", one)
	}
	h.must(h.Finish(ctx, h.home.worker, h.of, id))
	if a, b := h.state(h.home, h.of, id), h.one(h.clinic, of, id).State; a != "closed" || b != "closed" {
		t.Errorf("closed: %s and %s", a, b)
	}
	var told []notify.Notice
	h.must(h.db.Read(ctx, func(tx *db.Tx) (err error) {
		told, err = notify.List(ctx, tx, string(h.home.org), string(h.home.worker.Account), 10)
		return err
	}))
	if len(told) < 3 || told[0].Kind != notify.ReferralNews {
		t.Errorf("the sender was told %+v", told)
	}
	second := h.send(h.home, h.of, h.wish(h.clinic))
	mine, err := h.Mine(ctx, h.home.worker)
	h.must(err)
	if len(mine) != 1 || mine[0].ID != second {
		t.Errorf("what I have sent is %+v", mine)
	}
}

// TestNothingLeavesWithoutAllThree: what leaves is what agreement, purpose and authority have in common, line by line; what
// stays says why; and it is decided again when it leaves.
func TestNothingLeavesWithoutAllThree(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	without := h.open(h.home)
	id, err := h.Make(ctx, h.home.worker, without, h.wish(h.clinic), "")
	h.must(err)
	p, err := h.Preview(ctx, h.home.worker, without, id)
	h.must(err)
	for _, l := range p.Lines {
		if l.Leaves || len(l.Reasons) == 0 || !slices.Equal(l.Said, []consent.Reason{consent.ReasonNone}) {
			t.Errorf("without consent: %+v", l)
		}
	}
	h.kind("sent without consent", h.Send(ctx, h.home.worker, without, id, p.Seen), fault.Denied)
	h.agree(h.home, without, []string{"referral", "identity"}, h.clinic.org)
	h.kind("sent with what was read before", h.Send(ctx, h.home.worker, without, id, p.Seen), fault.Stale)
	h.law_.fields[[2]auth.OrgID{h.home.org, h.clinic.org}] = slices.DeleteFunc(every(), func(f string) bool { return f == "referral.age-group" })
	h.must(h.go_(h.home, without, id))
	asked, err := h.Look(ctx, h.clinic.worker, id)
	h.must(err)
	if asked.Blind.Age != "" || asked.Blind.Children != 1 {
		t.Errorf("the agreement keeps the age back, and the receiver sees %+v", asked.Blind)
	}
	h.law_.fields[[2]auth.OrgID{h.home.org, h.law.org}] = []string{"referral.service", "referral.age-group"}
	few := h.send(h.home, h.of, h.wish(h.law))
	if asked, err = h.Look(ctx, h.law.worker, few); err != nil || fmt.Sprint(asked.Blind) != "{25-39 [] false 0 0 [] []}" {
		t.Errorf("the agreement has the age alone, and the receiver sees %+v, %v", asked.Blind, err)
	}
	of := h.accept(h.clinic, id)
	got := h.text(h.clinic, of, id)
	if !strings.Contains(got, canary) || strings.Contains(got, "07700") || strings.Contains(got, "asthma") || strings.Contains(got, "25-39") {
		t.Errorf("agreed to identity alone, and the receiver has %q", got)
	}
	late := h.send(h.home, h.of, h.wish(h.clinic))
	delete(h.law_.fields, [2]auth.OrgID{h.home.org, h.clinic.org})
	_, err = h.Accept(ctx, h.clinic.worker, late)
	h.kind("released without an agreement", err, fault.Denied)
	if s := h.state(h.home, h.of, late); s != "accepted" {
		t.Errorf("accepted and not released: %s", s)
	}
	h.law_.fields[[2]auth.OrgID{h.home.org, h.clinic.org}] = every()
	if of, err := h.Fetch(ctx, h.clinic.worker, late); err != nil || of == "" {
		t.Errorf("fetched when the agreement was back: %v", err)
	}
}

// TestTransfer: the case goes over when the other side has taken it over, and the sender keeps a closed stub whose time runs.
func TestTransfer(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	w := h.wish(h.clinic)
	w.Kind = referral.Transfer
	id := h.send(h.home, h.of, w)
	of := h.accept(h.clinic, id)
	owner := func() string { return fmt.Sprint(h.one(h.home, h.of, id).End.Owner, h.one(h.clinic, of, id).End.Owner) }
	if owner() != "true false" {
		t.Errorf("before it is taken over the owners are %s", owner())
	}
	h.must(h.Follow(ctx, h.clinic.worker, of, id, referral.Start, ""))
	if owner() != "false true" {
		t.Errorf("taken over, and the owners are %s", owner())
	}
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	if c.Clear.Standing != casefile.Closed || c.Clear.CloseReason != "transferred" {
		t.Errorf("the sender's case is %+v", c.Clear)
	}
	due, err := h.vault.Due(ctx, h.home.chief, "2028-01-01", 10)
	h.must(err)
	if len(due) != 1 || due[0].Person != c.Person || due[0].From != "2026-06-01" {
		t.Errorf("the time of the stub is %+v", due)
	}
	h.kind("recalled after it was taken over", h.Recall(ctx, h.home.worker, h.of, id, "mistake"), fault.Conflict)
	_, err = h.Make(ctx, h.home.worker, h.of, w, "")
	h.kind("transferred again from the stub", err, fault.Conflict)
}

// TestChildGoesOverOnlyAfterDetermination: a child is never described as an adult, and a child's case does not go over
// before somebody determined what is best for them.
func TestChildGoesOverOnlyAfterDetermination(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	h.born(h.home, h.of, "2010-01-01", "2010-12-31")
	w := h.wish(h.clinic)
	_, err := h.Make(ctx, h.home.worker, h.of, w, "")
	h.kind("a child described as an adult", err, fault.Invalid)
	basis := h.emergency(h.of, h.clinic.org)
	w.Blind.Age, w.Kind = "16-17", referral.Transfer
	id, err := h.Make(ctx, h.home.worker, h.of, w, "")
	h.must(err)
	p, err := h.Preview(ctx, h.home.worker, h.of, id)
	h.must(err)
	if p.Stays == nil || !strings.Contains(p.Stays.Error(), "best interests") {
		t.Errorf("a child's case may go over without a determination: %v", p.Stays)
	}
	h.kind("a child's case sent", h.Send(ctx, h.home.worker, h.of, id, p.Seen), fault.Denied)
	w.Kind = referral.Help
	h.send(h.home, h.of, w)
	v, err := h.consents.View(ctx, h.home.worker, h.of)
	h.must(err)
	if !slices.ContainsFunc(v.Left, func(l consent.LeftLine) bool { return l.Agreement == "AGREEMENT" && l.Authority.LegalBasis == basis }) {
		t.Errorf("a child's need was sent on danger to life, and the disclosures are %+v", v.Left)
	}
	blind, _, err := h.Suggest(ctx, h.home.worker, h.of, fmt.Sprintf)
	h.must(err)
	if blind.Age != "" {
		t.Errorf("the file of a child suggests the age group %s", blind.Age)
	}
}

// TestBadWishes: what is not on the lists is refused with the field to mend, a form that is sent twice makes one draft, and
// of two who change a draft the second is told.
func TestBadWishes(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	for name, change := range map[string]func(*referral.Wish){
		"kind": func(w *referral.Wish) { w.Kind = "gift" }, "to": func(w *referral.Wish) { w.To = "" }, "purpose": func(w *referral.Wish) { w.Purpose = "love" },
		"needs": func(w *referral.Wish) { w.Needs = []string{"accommodation", "accommodation"} }, "days": func(w *referral.Wish) { w.Days = 400 },
		"age": func(w *referral.Wish) { w.Blind.Age = "27" }, "languages": func(w *referral.Wish) { w.Blind.Languages = []string{"Tigrinya spoken by Zebrafinch"} },
		"along": func(w *referral.Wish) { w.Blind.Children = -1 }, "access": func(w *referral.Wish) { w.Blind.Access = []string{canary} },
		"safety": func(w *referral.Wish) { w.Blind.Safety = []string{canary} }, "urgency": func(w *referral.Wish) { w.Urgency = "yesterday" },
		"later": func(w *referral.Wish) { w.Later = referral.Later{"identity.shoe-size": w.Later["identity.name"]} },
	} {
		w := h.wish(h.clinic)
		change(&w)
		_, err := h.Make(ctx, h.home.worker, h.of, w, "")
		h.kind(name, err, fault.Invalid)
		var f *fault.Error
		if !errors.As(err, &f) || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == name }) {
			t.Errorf("%s: nothing says which field: %v", name, err)
		}
	}
	w, key := h.wish(h.clinic), record.NewSubmissionKey()
	one, err := h.Make(ctx, h.home.worker, h.of, w, key)
	h.must(err)
	two, err := h.Make(ctx, h.home.worker, h.of, w, key)
	if err != nil || one != two {
		t.Errorf("sent twice: %s and %s, %v", one, two, err)
	}
	h.must(h.Change(ctx, h.home.worker, h.of, one, 1, w))
	h.kind("changed over what somebody else wrote", h.Change(ctx, h.home.worker, h.of, one, 1, w), fault.Stale)
	h.must(h.Discard(ctx, h.home.worker, h.of, one))
	h.kind("previewed when it was given up", second(h.Preview(ctx, h.home.worker, h.of, one)), fault.NotFound)
	stranger := h.staff(h.home.org, auth.Officer)
	_, err = h.Make(ctx, stranger, h.of, w, "")
	h.kind("made by somebody who does not work on the case", err, fault.NotFound)
}

func second[T any](_ T, err error) error { return err }

// TestErasureReachesTheOtherSide: erasing the person at the sender recalls what is under way and leaves nothing of it.
func TestErasureReachesTheOtherSide(t *testing.T) {
	h := newTown(t)
	ctx := t.Context()
	id := h.send(h.home, h.of, h.wish(h.clinic))
	c, err := h.cases.Get(ctx, h.home.worker, casefile.ID(h.of))
	h.must(err)
	h.now = h.now.Add(time.Hour)
	erasure, err := h.vault.ProposeErasure(ctx, h.home.worker, c.Person, "person-asks")
	h.must(err)
	_, err = h.vault.Erase(ctx, h.home.chief, erasure)
	h.must(err)
	inbox, err := h.Inbox(ctx, h.clinic.worker)
	h.must(err)
	if len(inbox) != 0 {
		t.Errorf("erased, and the inbox still has %+v", inbox)
	}
	_, err = h.Accept(ctx, h.clinic.worker, id)
	h.kind("accepted after the erasure", err, fault.Conflict)
	if strings.Contains(h.rows(h.home.org), id) && h.entries(h.clinic.org, "referral.late") != 1 {
		t.Error("something of the referral is left, or the late answer was not entered")
	}
}
