package library_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/law/work"
)

// As it stood on one day, as known on another: the amendment counts from when it was recorded.
func TestStandInTheStore(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	of, v1 := h.act()
	h.day("2019-06-01")
	v2, err := h.AddExpression(ctx, h.as("ada"), work.Expression{Work: of, Language: "en", AsOf: "2019-05-01", Form: work.Consolidated}, sections("as amended"))
	h.must(err)
	_, err = h.AddEvent(ctx, h.as("ada"), work.Event{Work: of, Turn: work.Amendment, Parts: []string{"sec_1"}, Date: "2019-05-01"})
	h.must(err)
	for _, c := range []struct {
		on, known clock.Day
		state     work.State
		reads     string
	}{
		{"2015-06-30", "", work.NotYet, v1},
		{"2015-07-01", "", work.InForce, v1},
		{"2015-07-01", "2015-12-31", work.Unknown, ""},
		{"2019-05-01", "2019-05-31", work.InForce, v1},
		{"2019-05-01", "2019-06-01", work.InForce, v2.ID},
	} {
		a, err := h.Stand(ctx, h.reader(), of, "sec_1", "en", clock.On(c.on, c.known))
		h.must(err)
		reads := ""
		if len(a.Texts) == 1 {
			reads = a.Texts[0].Expression.ID
		}
		if a.State != c.state || reads != c.reads {
			t.Errorf("on %s, known on %q: %s reading %q, want %s reading %q", c.on, c.known, a.State, reads, c.state, c.reads)
		}
	}
	all, err := h.StandAll(ctx, h.reader(), of, "en", clock.On("2020-01-01", ""))
	h.must(err)
	if len(all) != 2 || all[0].WID != "sec_1" || !strings.Contains(all[0].Texts[0].Provision.Text, "as amended") {
		t.Errorf("%+v", all)
	}
	list, err := h.Works(ctx, h.reader(), "XFD")
	if err != nil || len(list) != 1 || list[0].Alias[0] != "eli/xfd/2015/1" {
		t.Errorf("%+v, %v", list, err)
	}
}

// A commencement before the adoption is refused in clear words and changes nothing; overlapping versions are both kept.
func TestBadInputInTheStore(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	of, v1 := h.act()
	_, err := h.AddEvent(ctx, h.as("ada"), work.Event{ID: "x", Work: of, Turn: work.Commencement, Date: "2015-02-28"})
	f, _ := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Error(), "2015-02-28 lies before the adoption on 2015-03-01") || f.Hint == "" {
		t.Errorf("%v", err)
	}
	added, err := h.AddExpression(ctx, h.as("ben"), version1(of), sections("as a second paper has it"))
	h.must(err)
	if len(added.Overlaps) != 1 || !strings.Contains(added.Overlaps[0].Error(), "both claim to read from 2015-03-01") {
		t.Errorf("%v", added.Overlaps)
	}
	a, err := h.Stand(ctx, h.reader(), of, "sec_1", "en", clock.On("2016-01-01", ""))
	h.must(err)
	if len(a.Texts) != 2 || a.State != work.InForce || len(a.Because) != 1 {
		t.Errorf("%d texts, %s, %d events", len(a.Texts), a.State, len(a.Because))
	}
	// Saying which one replaces the other ends the overlap.
	third := version1(of)
	third.Replaces = v1
	h.must(h.RetractExpression(ctx, h.as("ben"), added.ID))
	if added, err = h.AddExpression(ctx, h.as("ben"), third, sections("as corrected")); err != nil || len(added.Overlaps) != 0 {
		t.Errorf("%v, %v", added.Overlaps, err)
	}
	third.Work, third.Replaces = of, "nothing"
	if _, err := h.AddExpression(ctx, h.as("ben"), third, sections("x")); err == nil {
		t.Error("it replaces a version that does not exist")
	}
	if _, err := h.AddWork(ctx, h.as("ada"), work.Work{ID: of, Jurisdiction: "XFD", Title: "Again"}); err == nil {
		t.Error("a code is given twice")
	}
}

// found is a draft of ada on the definition, in the version.
func (h *house) found(of, version string) string {
	h.t.Helper()
	id, err := h.Draft(h.t.Context(), h.as("ada"), finding.Finding{
		State: "XFD", Topic: "offence-criminalised", From: "2015-07-01", Confidence: "medium", Reading: finding.Reading{Status: alignment.Covered},
		Pinpoints: []finding.Pinpoint{{Work: of, Expression: version, WID: "sec_1"}},
	})
	h.must(err)
	return id
}

// From one reader's draft to a signature, and back when the cited text changes; each step stays answerable.
func TestFindingInTheStore(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	of, v1 := h.act()
	id := h.found(of, v1)
	seen, err := h.Finding(ctx, h.as("ben"), id)
	h.must(err)
	if seen.Status != alignment.Unknown || seen.Pinpoints != nil {
		t.Errorf("the second reader sees the first: %+v", seen)
	}
	if err := h.Code(ctx, h.as("ada"), id, 1, finding.Reading{Status: alignment.Covered}); err == nil {
		t.Error("one person is both readers")
	}
	h.day("2016-02-01")
	h.must(h.Code(ctx, h.as("ben"), id, 1, finding.Reading{Status: alignment.Covered}))
	if err := h.Code(ctx, h.as("cem"), id, 1, finding.Reading{Status: alignment.Not}); !stale(err) {
		t.Errorf("two people on one finding: %v", err)
	}
	h.must(h.Sign(ctx, h.as("cem"), id, 2))
	h.day("2019-06-01")
	added, err := h.AddExpression(ctx, h.as("ada"), work.Expression{Work: of, Language: "en", AsOf: "2019-05-01", Form: work.Consolidated}, sections("as amended"))
	if err != nil || added.Reviewed != 1 {
		t.Fatalf("%d findings go back for review, %v", added.Reviewed, err)
	}
	f, err := h.Finding(ctx, h.as("dia"), id)
	h.must(err)
	if f.Stage != finding.NeedsReview || len(f.Changed) != 1 || f.Changed[0].WID != "sec_1" || f.Version != 4 || f.Second == nil {
		t.Errorf("%+v", f)
	}
	for known, want := range map[clock.Day]int{"2016-01-31": 0, "2016-02-01": 1, "2019-05-31": 1, "2019-06-01": 0} {
		list, err := h.Findings(ctx, h.reader(), "XFD", finding.Published, clock.On("2016-06-01", known))
		if err != nil || len(list) != want {
			t.Errorf("known on %s: %d signed, want %d, %v", known, len(list), want, err)
		}
	}
	h.must(h.Reread(ctx, h.as("ben"), id, 4, finding.Reading{Status: alignment.Not}, []finding.Pinpoint{{Work: of, Expression: added.ID, WID: "sec_1"}}))
	h.must(h.Code(ctx, h.as("ada"), id, 5, finding.Reading{Status: alignment.Covered}))
	if err := h.Adjudicate(ctx, h.as("ada"), id, 6, finding.Reading{Status: alignment.Covered}); err == nil {
		t.Error("a reader decides between the readers")
	}
	h.must(h.Adjudicate(ctx, h.as("cem"), id, 6, finding.Reading{Status: alignment.Covered}))
	h.must(h.Sign(ctx, h.as("cem"), id, 7))
	h.must(h.Withdraw(ctx, h.as("dia"), id, 8))
	f, err = h.Finding(ctx, h.as("dia"), id)
	if err != nil || f.Stage != finding.Withdrawn || f.Signer != "cem" || f.Adjudicator != "cem" || f.Coder != "ben" {
		t.Errorf("%+v, %v", f, err)
	}
}

func stale(err error) bool {
	f, ok := fault.As(err)
	return ok && f.Kind == fault.Stale
}

// A bill is a branch: what is found in it compares with the bill, and it never stands.
func TestBill(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	of, _ := h.act()
	bill := version1(of)
	bill.Form, bill.AsOf = work.Draft, "2015-12-01"
	added, err := h.AddExpression(ctx, h.as("ada"), bill, sections("as the bill has it"))
	h.must(err)
	id := h.found(of, added.ID)
	h.must(h.Code(ctx, h.as("ben"), id, 1, finding.Reading{Status: alignment.Covered}))
	h.must(h.Sign(ctx, h.as("cem"), id, 2))
	a, err := h.Stand(ctx, h.reader(), of, "sec_1", "en", clock.On("2016-01-01", ""))
	if err != nil || len(a.Texts) != 1 || strings.Contains(a.Texts[0].Provision.Text, "bill") {
		t.Errorf("%+v, %v", a.Texts, err)
	}
	h.must(h.RetractExpression(ctx, h.as("ada"), added.ID))
	if f, err := h.Finding(ctx, h.as("ben"), id); err != nil || f.Stage != finding.NeedsReview {
		t.Errorf("the bill was taken back and the finding is %s, %v", f.Stage, err)
	}
}

// Every change leaves an entry that names the row and no text of the law.
func TestEntries(t *testing.T) {
	h := newHouse(t)
	of, v1 := h.act()
	h.day("2016-02-01")
	id := h.found(of, v1)
	h.day("2016-03-01")
	h.must(h.RetractExpression(t.Context(), h.as("ada"), v1)) // the finding falls back with it
	var got []string
	h.must(h.db.Read(t.Context(), func(tx *db.Tx) error {
		list, err := audit.List(t.Context(), tx, string(h.org), 50)
		for _, e := range list {
			if strings.HasPrefix(e.Subject, "law-") {
				got = append(got, strings.NewReplacer(of, "W", id, "F").Replace(e.Subject)+" "+e.Detail["step"]+" "+e.Actor)
			}
		}
		return err
	}))
	slices.Sort(got)
	want := []string{"law-finding:F decay ada", "law-finding:F draft ada", "law-work:W add ada", "law-work:W commencement ada", "law-work:W retract ada", "law-work:W version ada"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Who may not keep law changes nothing and sees no drafts; another organisation sees nothing at all.
func TestWhoMay(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	of, v1 := h.act()
	id := h.found(of, v1)
	other, err := (auth.Accounts{DB: h.db}).CreateOrg(ctx, "Another Institute (invented)", "Europe/London")
	h.must(err)
	stranger := h.as("ada")
	stranger.Org = other
	at := clock.On("2016-01-01", "")
	for name, err := range map[string]error{
		"work":     second(h.AddWork(ctx, h.reader(), work.Work{Jurisdiction: "XFD", Title: "x"})),
		"event":    second(h.AddEvent(ctx, h.reader(), work.Event{Work: of, Turn: work.Repeal, Date: "2016-01-01"})),
		"version":  second(h.AddExpression(ctx, h.reader(), version1(of), sections("x"))),
		"draft":    second(h.Draft(ctx, h.reader(), finding.Finding{State: "XFD", Topic: "x", Source: "x"})),
		"code":     h.Code(ctx, h.reader(), id, 1, finding.Reading{Status: alignment.Covered}),
		"sign":     h.Sign(ctx, h.reader(), id, 1),
		"retract":  h.RetractExpression(ctx, h.reader(), v1),
		"desk":     second(h.Findings(ctx, h.reader(), "XFD", finding.Working, at)),
		"finding":  second(h.Finding(ctx, h.reader(), id)),
		"nobody":   second(h.Stand(ctx, auth.Actor{Org: h.org}, of, "", "en", at)),
		"theirs":   second(h.Stand(ctx, stranger, of, "", "en", at)),
		"theirs 2": second(h.StandAll(ctx, stranger, of, "en", at)),
		"theirs 3": h.RetractExpression(ctx, stranger, v1),
		"theirs 4": h.Withdraw(ctx, stranger, id, 1),
		"theirs 5": second(h.Finding(ctx, stranger, id)),
		"theirs 6": second(h.AddEvent(ctx, stranger, work.Event{Work: of, Turn: work.Repeal, Date: "2016-01-01"})),
	} {
		if f, ok := fault.As(err); !ok || f.Kind != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := h.Works(ctx, stranger, ""); err != nil || len(list) != 0 {
		t.Errorf("another organisation's works: %v, %v", list, err)
	}
}

func second[T any](_ T, err error) error { return err }
