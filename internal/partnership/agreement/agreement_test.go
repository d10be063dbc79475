package agreement_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/vault"
)

func TestFromDraftToInForce(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	liaison, supervisor, theirs := as(h.harbour, auth.Liaison), as(h.harbour, auth.Supervisor), as(h.con, auth.Supervisor)
	id, err := h.Draft(ctx, liaison, h.terms(), "")
	h.must(err)
	if v := h.view(liaison, id); v.State != agreement.Draft || !v.NeedsMe || !v.MayOffer || v.MaySign {
		t.Errorf("draft: %+v", v.Summary)
	}
	if _, err := h.View(ctx, theirs, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the partner sees a draft: %v", err)
	}
	h.must(h.Offer(ctx, liaison, id))
	if v := h.view(theirs, id); v.State != agreement.Offered || !v.NeedsMe || !v.MaySign || v.Ours {
		t.Errorf("offered, at the partner: %+v", v.Summary)
	}
	if err := h.Sign(ctx, liaison, id, h.view(liaison, id).Hash); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a liaison officer signs: %v", err)
	}
	if err := h.Sign(ctx, as(h.harbour, auth.Administrator), id, "x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an administrator signs: %v", err)
	}
	if err := h.Sign(ctx, supervisor, id, strings.Repeat("0", 64)); fault.KindOf(err) != fault.Stale {
		t.Errorf("somebody signs what they have not read: %v", err)
	}
	h.must(h.Sign(ctx, supervisor, id, h.view(supervisor, id).Hash))
	if err := h.Sign(ctx, supervisor, id, h.view(supervisor, id).Hash); fault.KindOf(err) != fault.Stale {
		t.Errorf("signed twice: %v", err)
	}
	if v := h.view(supervisor, id); v.State != agreement.Offered || !v.SignedByUs || v.SignedByPartner {
		t.Errorf("one signature: %+v", v.Summary)
	}
	h.must(h.Sign(ctx, theirs, id, h.view(theirs, id).Hash))
	for _, who := range []auth.Actor{supervisor, theirs} {
		v := h.view(who, id)
		if v.State != agreement.InForce || !v.SignedByUs || !v.SignedByPartner || len(v.Events) < 3 {
			t.Errorf("both signed: %+v", v)
		}
	}
	h.now = h.now.AddDate(1, 0, 0)
	if v := h.view(theirs, id); v.State != agreement.Expired {
		t.Errorf("a year later: %s", v.State)
	}
}

func TestWhoDraftedDoesNotSign(t *testing.T) {
	h := newHouse(t)
	one := as(h.harbour, auth.Liaison, auth.Supervisor)
	id, err := h.Draft(t.Context(), one, h.terms(), "")
	h.must(err)
	h.must(h.Offer(t.Context(), one, id))
	if err := h.Sign(t.Context(), one, id, h.view(one, id).Hash); fault.KindOf(err) != fault.Denied {
		t.Errorf("whoever drafted signs: %v", err)
	}
}

// TestShareOnlyThroughAnAgreement: a signed agreement lets exactly its fields through, and nothing else does.
func TestShareOnlyThroughAnAgreement(t *testing.T) {
	h := newHouse(t)
	record, person := h.shelve(map[string]string{"channel": "text message", "hours": "mornings", "language": "Amharic"})
	id, err := h.Draft(t.Context(), as(h.harbour, auth.Liaison), h.terms(), "")
	h.must(err)
	h.must(h.Offer(t.Context(), as(h.harbour, auth.Liaison), id))
	h.consent(person)
	if got := h.ask(id, record); got != "" {
		t.Errorf("before the signatures: %q", got)
	}
	h.sign(id)
	if got := h.ask(id, record); got != "channel=text message hours=mornings" {
		t.Errorf("got %q", got)
	}
	for name, ask := range map[string]struct {
		who auth.Actor
		agreement.Ask
	}{
		"another role":    {as(h.con, auth.SupportWorker), agreement.Ask{Agreement: id, Record: record, Purpose: "safety"}},
		"another purpose": {as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: record, Purpose: "investigation"}},
		"forbidden use":   {as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: record, Purpose: "safety", Use: "deportation"}},
		"unknown record":  {as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: "NOSUCHRECORDHEREANYWHEREAT", Purpose: "safety"}},
	} {
		out, err := h.Decide(t.Context(), ask.who, ask.Ask)
		if err != nil || len(out.Fields) > 0 || out.Class != "" || out.Retention != 0 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	third, err := auth.Accounts{DB: h.db}.CreateOrg(t.Context(), "Third (invented)", "UTC")
	h.must(err)
	if _, err := h.Decide(t.Context(), as(third, auth.Investigator), agreement.Ask{Agreement: id, Record: record, Purpose: "safety"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("who is no party: %v", err)
	}
	if _, err := h.Decide(t.Context(), as(h.con, auth.Administrator), agreement.Ask{Agreement: id, Record: record, Purpose: "safety"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an administrator asks: %v", err)
	}
}

// TestEveryBrakeStops: withdrawal, withholding, suspension by either side, the end, expiry and erasure.
func TestEveryBrakeStops(t *testing.T) {
	ctx := t.Context()
	for name, brake := range map[string]struct {
		stop, lift func(h *house, id agreement.ID, record agreement.RecordID, person vault.PersonID, consent agreement.AuthorityID)
	}{
		"consent withdrawn": {stop: func(h *house, _ agreement.ID, _ agreement.RecordID, _ vault.PersonID, c agreement.AuthorityID) {
			h.must(h.Withdraw(ctx, as(h.harbour, auth.SupportWorker), c))
		}},
		"withheld": {stop: func(h *house, _ agreement.ID, r agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.Withhold(ctx, as(h.harbour, auth.SupportWorker), r, true))
		}, lift: func(h *house, _ agreement.ID, r agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.Withhold(ctx, as(h.harbour, auth.SupportWorker), r, false))
		}},
		"suspended by the holder": {stop: func(h *house, id agreement.ID, _ agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.Suspend(ctx, as(h.harbour, auth.Liaison), id))
			if err := h.Resume(ctx, as(h.con, auth.Supervisor), id); fault.KindOf(err) != fault.Stale {
				h.t.Errorf("the other party lifts a suspension: %v", err)
			}
		}, lift: func(h *house, id agreement.ID, _ agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.Resume(ctx, as(h.harbour, auth.Supervisor), id))
		}},
		"suspended by the asker": {stop: func(h *house, id agreement.ID, _ agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.Suspend(ctx, as(h.con, auth.Supervisor), id))
		}},
		"ended": {stop: func(h *house, id agreement.ID, _ agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.must(h.End(ctx, as(h.con, auth.Supervisor), id))
		}},
		"expired": {stop: func(h *house, _ agreement.ID, _ agreement.RecordID, _ vault.PersonID, _ agreement.AuthorityID) {
			h.now = h.now.AddDate(1, 0, 0)
		}},
		"erased": {stop: func(h *house, _ agreement.ID, _ agreement.RecordID, p vault.PersonID, _ agreement.AuthorityID) {
			id, err := h.vault.ProposeErasure(ctx, as(h.harbour, auth.SupportWorker), p, "request")
			h.must(err)
			_, err = h.vault.Erase(ctx, as(h.harbour, auth.Supervisor), id)
			h.must(err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			record, person := h.shelve(map[string]string{"channel": "text message"})
			id, consent := h.agreed(h.terms()), h.consent(person)
			if got := h.ask(id, record); got == "" {
				t.Fatal("nothing leaves before the brake: the test asks nothing")
			}
			brake.stop(h, id, record, person, consent)
			if got := h.ask(id, record); got != "" {
				t.Errorf("%q left", got)
			}
			if brake.lift != nil {
				brake.lift(h, id, record, person, consent)
				if got := h.ask(id, record); got == "" {
					t.Error("nothing leaves after the brake was lifted")
				}
			}
		})
	}
}

// TestVersions: a new version supersedes the one before on its first day, and no two stand side by side.
func TestVersions(t *testing.T) {
	h := newHouse(t)
	ctx, liaison := t.Context(), as(h.harbour, auth.Liaison)
	id := h.agreed(h.terms())
	record, person := h.shelve(map[string]string{"channel": "text message", "language": "Amharic"})
	h.consent(person)
	next := h.terms()
	next.Fields, next.ValidFrom = []string{"contact.language"}, "2026-07-01"
	_, err := h.Draft(ctx, liaison, next, id)
	h.must(err)
	next.Fields = []string{"contact.language", "contact.hours"} // a draft may be written again
	_, err = h.Draft(ctx, liaison, next, id)
	h.must(err)
	h.must(h.Offer(ctx, liaison, id))
	if _, err := h.Draft(ctx, liaison, next, id); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a version beside one that is offered: %v", err)
	}
	h.sign(id)
	if got := h.ask(id, record); got != "channel=text message" {
		t.Errorf("before the first day of the second version: %q", got)
	}
	h.now = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	if got := h.ask(id, record); got != "language=Amharic" {
		t.Errorf("from the first day of the second version: %q", got)
	}
	v := h.view(liaison, id)
	if len(v.Versions) != 2 || v.Versions[0].State != agreement.InForce || v.Versions[1].State != agreement.Superseded {
		t.Errorf("history %+v", v.Versions)
	}
	before := len(h.view(as(h.con, auth.Supervisor), id).Events)
	next.ValidFrom = "2026-08-01"
	_, err = h.Draft(ctx, liaison, next, id)
	h.must(err)
	h.must(h.Decline(ctx, liaison, id))
	if after := len(h.view(as(h.con, auth.Supervisor), id).Events); after != before {
		t.Error("the partner learns of a draft that was never offered")
	}
	early := h.terms()
	early.ValidFrom = "2026-06-15"
	if _, err := h.Draft(ctx, liaison, early, id); err == nil {
		t.Error("a version that begins before the one it supersedes")
	}
}

// TestDocumentsFromElsewhere: unknown fields, another chain, foreign parties: refused whole, nothing kept.
func TestDocumentsFromElsewhere(t *testing.T) {
	h := newHouse(t)
	ctx, liaison := t.Context(), as(h.harbour, auth.Liaison)
	id := h.agreed(h.terms())
	e, err := h.Export(ctx, liaison, id)
	h.must(err)
	d, err := accord.Parse([]byte(e.Document))
	h.must(err)
	bytes := func(change func(*accord.Document)) []byte {
		c := d
		change(&c)
		b, err := c.Canonical()
		h.must(err)
		return b
	}
	before := h.view(liaison, id)
	for name, c := range map[string]struct {
		input []byte
		kind  fault.Kind
		says  string
	}{
		"unknown field":    {[]byte(strings.Replace(e.Document, `{"clauses"`, `{"also":1,"clauses"`, 1)), fault.Invalid, `"also"`},
		"not an agreement": {[]byte("PK\x03\x04"), fault.Invalid, "not JSON"},
		"same number":      {bytes(func(d *accord.Document) { d.ValidUntil = "2026-12-01" }), fault.Conflict, "overlaps"},
		"a gap": {bytes(func(d *accord.Document) {
			d.Serial, d.Supersedes = 3, e.Hash
		}), fault.Conflict, "overlaps"},
		"a fork": {bytes(func(d *accord.Document) {
			d.Serial, d.Supersedes = 2, strings.Repeat("a", 64)
		}), fault.Conflict, "overlaps"},
		"begins too early": {bytes(func(d *accord.Document) {
			d.Serial, d.Supersedes, d.ValidFrom = 2, e.Hash, "2026-05-01"
		}), fault.Conflict, "overlaps"},
		"of others": {bytes(func(d *accord.Document) {
			d.ID, d.Clauses = "other", nil
			d.Parties = slices.Clone(d.Parties)
			d.Parties[0].ID = "somebody"
		}), fault.Invalid, "not between your organisation"},
	} {
		_, err := h.DraftDocument(ctx, liaison, c.input)
		if f, ok := fault.As(err); !ok || f.Kind != c.kind || !strings.Contains(f.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := h.view(liaison, id); len(after.Versions) != len(before.Versions) || after.Hash != before.Hash || after.State != agreement.InForce {
		t.Errorf("something was kept: %+v", after)
	}
	list, err := h.List(ctx, liaison)
	h.must(err)
	if len(list) != 1 {
		t.Errorf("%d agreements", len(list))
	}
	good := bytes(func(d *accord.Document) { d.Serial, d.Supersedes, d.ValidFrom = 2, e.Hash, "2026-06-02" })
	if _, err := h.DraftDocument(ctx, liaison, good); err != nil {
		t.Errorf("a version that follows is refused: %v", fault.Cause(err))
	}
}

// TestAlteredCopyDenies changes the rows of one copy behind the program's back.
func TestAlteredCopyDenies(t *testing.T) {
	for name, q := range map[string]string{
		"document":  `UPDATE partnership_agreement_serial SET document = replace(document, '"hours"', '"identity"')`,
		"signature": `UPDATE partnership_agreement_signature SET signature = '` + strings.Repeat("00", 64) + `'`,
		"key":       `UPDATE partnership_key SET public_key = '` + strings.Repeat("11", 32) + `'`,
		"compiler":  `UPDATE partnership_agreement_serial SET document = replace(document, 'fourfold/accord/1', 'fourfold/accord/0')`,
		"unsigned":  `DELETE FROM partnership_agreement_signature WHERE account IS NULL`,
	} {
		h := newHouse(t)
		record, person := h.shelve(map[string]string{"channel": "text message"})
		id := h.agreed(h.terms())
		h.consent(person)
		h.must(h.db.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), q)
			return err
		}))
		if got := h.ask(id, record); got != "" {
			t.Errorf("%s: %q left", name, got)
		}
		if v := h.view(as(h.con, auth.Supervisor), id); v.State != agreement.Unreadable {
			t.Errorf("%s: the page says %s", name, v.State)
		}
	}
}

func TestExportVerifiesOutside(t *testing.T) {
	h := newHouse(t)
	id := h.agreed(h.terms())
	e, err := h.Export(t.Context(), as(h.con, auth.Supervisor), id)
	h.must(err)
	text, err := json.Marshal(e)
	h.must(err)
	verifyOutside(t, text)
}
