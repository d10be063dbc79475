package standard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

func (h *house) out(r standard.Release) (string, standard.Released, error) {
	h.t.Helper()
	var b bytes.Buffer
	if r.Map.Standard == "" {
		r.Map, _ = standard.MapOf("htcds", "2.0")
	}
	if r.Form == "" {
		r.Form = standard.JSON
	}
	if r.Reason == "" {
		r.Reason = "move"
	}
	if r.Purpose == "" {
		r.Purpose = "support"
	}
	done, err := h.Export(h.t.Context(), h.chief, r, &b)
	return b.String(), done, err
}

// What was taken in comes out as it was, for whoever moves to another program; each person's history says so.
func TestExportWhole(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	before := h.count("audit_sealed")
	file, done, err := h.out(standard.Release{Profile: standard.Whole, To: standard.Ourselves})
	h.must(err)
	if done.Records != 2 || done.LeftOut != 0 || len(done.Hash) != 64 {
		t.Errorf("%+v", done)
	}
	m, _ := standard.MapOf("htcds", "2.0")
	got := map[string]map[string][]string{}
	for _, r := range parse(t, standard.JSON, file) {
		one := said(m, r)
		got[one["prs_SecondName"][0]] = one
	}
	for _, r := range parse(t, standard.JSON, twoPeople)[:2] {
		want := said(m, r)
		if v := want["vic_MethodsOfControl"]; len(v) > 0 {
			want["vic_MethodsOfControl"] = []string{"DebtBondage"} // the other was no code of the version
		}
		if diff := cmp.Diff(want, got[want["prs_SecondName"][0]]); diff != "" {
			t.Error(diff)
		}
	}
	if n := h.count("audit_sealed") - before; n != 2 {
		t.Errorf("%d entries of openings for two people", n)
	}
	if n := h.entries(audit.Export); n != 2 {
		t.Errorf("%d entries of the release", n)
	}
}

// A release of codes opens nothing and names nobody.
func TestExportCodes(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	before := h.count("audit_sealed")
	for _, form := range []standard.Form{standard.JSON, standard.CSV} {
		file, done, err := h.out(standard.Release{Form: form, To: standard.Ourselves})
		h.must(err)
		if done.Records != 2 || !strings.Contains(file, "ForcedBegging") {
			t.Errorf("%+v %s", done, file)
		}
		for _, secret := range []string{"Selam", "Haile", "Nguy", "2010", "Feminine", "ER\"", "Massawa", "900123", "called at"} {
			if strings.Contains(file, secret) {
				t.Errorf("%s: %s is in a release of codes", form, secret)
			}
		}
	}
	ctdc, _ := standard.MapOf("ctdc", "")
	file, _, err := h.out(standard.Release{Map: ctdc, Form: standard.CSV, To: standard.Ourselves})
	h.must(err)
	if rows := parse(t, standard.CSV, file); len(rows) != 2 || !slices.ContainsFunc(rows, func(r standard.Row) bool { return said(ctdc, r)["isForcedLabour"] != nil }) {
		t.Errorf("%s", file)
	}
	if h.count("audit_sealed") != before {
		t.Error("something was opened for codes")
	}
	file, _, err = h.out(standard.Release{Profile: standard.Contribution, To: standard.Ourselves})
	h.must(err)
	if !strings.Contains(file, "Feminine") || strings.Contains(file, "Selam") || strings.Contains(file, "2010") {
		t.Errorf("a contribution: %s", file)
	}
}

// Nothing leaves the organisation without an agreement, and of a person nothing without their consent or a law.
func TestExportLeaves(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	to := standard.Release{Profile: standard.Whole, To: "police"}
	_, _, err := h.out(to)
	h.kind("without any agreement", err, fault.Denied)
	signed := &paper{to: "police", purpose: "support", roles: []auth.Role{auth.Investigator}}
	h.Agreements = signed
	_, _, err = h.out(standard.Release{To: "police", Purpose: "research"})
	h.kind("for another purpose", err, fault.Denied)
	file, done, err := h.out(to)
	h.must(err)
	if done.Records != 0 || done.LeftOut != 2 || strings.Contains(file, "Haile") {
		t.Errorf("without a consent: %+v %s", done, file)
	}
	of := h.adult()
	h.agrees(of)
	file, done, err = h.out(to)
	h.must(err)
	if done.Records != 1 || done.LeftOut != 1 {
		t.Errorf("with one consent: %+v", done)
	}
	v, err := h.consents.View(t.Context(), h.chief, string(of.ID()))
	h.must(err)
	if len(v.Left) != 3 || !strings.Contains(file, "prs_SecondName") || strings.Contains(file, "called at") {
		t.Errorf("%d lines of what left: %s", len(v.Left), file)
	}
	if done.Losses[standard.KeptBack] == 0 {
		t.Error("what is sealed and stays is no loss")
	}
	seen, err := h.Preview(t.Context(), h.chief, standard.Release{Map: to.Map, Form: standard.JSON, Profile: to.Profile, To: to.To, Purpose: "support", Reason: "move"})
	h.must(err)
	if seen.Leave != 1 || seen.LeftOut != 1 || len(seen.Fields) != 9 || seen.Fields[0].Consent != 1 {
		t.Errorf("the preview: %+v", seen)
	}
	signed.apart = true
	_, done, err = h.out(to)
	h.kind("each field for another role", err, fault.Denied)
	signed.apart, signed.fails = false, true
	if _, done, err = h.out(to); err == nil || done.Records != 0 {
		t.Errorf("an agreement that cannot be read: %+v %v", done, err)
	}
}

// paper is an agreement that is signed with one recipient, for one purpose and all fields. The real ones are asked in package app.
type paper struct {
	to, purpose  string
	roles        []auth.Role
	apart, fails bool // each field to a role of its own; no answer at all
}

func (p *paper) MaySend(_ context.Context, _ *db.Tx, q standard.Question) ([]standard.Permit, error) {
	if p.fails {
		return nil, errors.New("no answer")
	}
	if q.To != p.to || q.Purpose != p.purpose {
		return nil, nil
	}
	one := standard.Permit{Agreement: "agreement-1"}
	for i, f := range q.Fields {
		class, _, _ := strings.Cut(f, ".")
		var roles []auth.Role
		if slices.ContainsFunc(q.Grounds, func(a accord.Authority) bool { return a.Class == class && a.To == q.To && a.Purpose == q.Purpose }) {
			roles = p.roles
		}
		if p.apart {
			roles = []auth.Role{auth.Role(fmt.Sprint("role", i))}
		}
		one.Roles = append(one.Roles, roles)
	}
	return []standard.Permit{one}, nil
}

func (p *paper) Receivers(context.Context, *db.Tx, auth.OrgID) ([]auth.Org, error) { return nil, nil }

// everyClass are the classes of a whole record.
var everyClass = []string{"identity", "contact", "outline"}

// agrees is a person's yes to telling the police something: everything when nothing is named.
func (h *house) agrees(c casefile.Case, classes ...string) {
	h.t.Helper()
	if len(classes) == 0 {
		classes = everyClass
	}
	_, err := h.consents.Give(h.t.Context(), h.chief, string(c.ID()), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: classes, Purposes: []string{"support"}, Last: "2026-08-31",
		Recipients: []consent.Named{{Term: consent.Term{To: "police", Recall: consent.RecallNo, Why: "police-record"}}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
		Sealed: consent.Sealed{Language: "am", Words: private.New("They may know (invented).")},
	}, record.NewSubmissionKey())
	h.must(err)
}

// Whoever may not, and whoever is kept from a person, lets nothing out of them.
func TestExportIsGuarded(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	var b bytes.Buffer
	m, _ := standard.MapOf("htcds", "")
	r := standard.Release{Map: m, Form: standard.JSON, To: standard.Ourselves, Purpose: "support", Reason: "move"}
	_, err := h.Export(t.Context(), h.worker, r, &b)
	h.kind("a support worker", err, fault.NotFound)
	_, err = h.Export(t.Context(), auth.CLI(h.org), r, &b)
	h.kind("the terminal by itself", err, fault.NotFound)
	r.Reason = ""
	_, err = h.Export(t.Context(), h.chief, r, &b)
	h.kind("without a reason", err, fault.Invalid)
	if b.Len() > 0 {
		t.Errorf("%s", b.String())
	}
	other := h.staff(auth.Supervisor)
	kept := h.list()[0]
	h.must(h.accounts.Exclude(t.Context(), other, string(kept.ID()), h.chief.Account, "relative"))
	_, done, err := h.out(standard.Release{Profile: standard.Whole, To: standard.Ourselves})
	h.must(err)
	if done.Records != 1 {
		t.Errorf("%d records for somebody who is kept from one of two", done.Records)
	}
}

// The monthly table counts what came in, and is entered.
func TestMonthly(t *testing.T) {
	h := newHouse(t)
	var b strings.Builder
	h.must(invented(&b, 60))
	h.in(h.file("htcds", "2.0", standard.CSV, b.String()))
	ask := standard.Monthly{From: "2026-06", To: "2026-06", Recipient: standard.Ourselves, Purpose: "statistics", Reason: "report"}
	_, err := h.Table(t.Context(), h.chief, ask)
	h.kind("a month that is not over", err, fault.Invalid)
	h.now = time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC)
	_, err = h.Table(t.Context(), h.worker, ask)
	h.kind("a support worker", err, fault.NotFound)
	cells, err := h.Table(t.Context(), h.chief, ask)
	h.must(err)
	got := map[string]int{}
	for _, c := range cells {
		got[c.Field+"="+c.Code] = c.Count
		if c.Withheld && c.Count != 0 || c.Month != "2026-06" {
			t.Errorf("%+v", c)
		}
	}
	if got["vic_TypeOfExploitation=ForcedLabour"] != 30 || got["vic_TypeOfExploitation=ForcedBegging"] != 30 || got["reason=other"] != 60 || got["ageBand=9-17"] != 0 {
		t.Errorf("%v", got)
	}
	ask.Threshold = 2
	_, err = h.Table(t.Context(), h.chief, ask)
	h.kind("a threshold that is too small", err, fault.Invalid)
	ask.Threshold, ask.Recipient = 0, "donor"
	_, err = h.Table(t.Context(), h.chief, ask)
	h.kind("a donor without an agreement", err, fault.Denied)
	var out bytes.Buffer
	h.must(standard.WriteTable(&out, cells))
	if !strings.Contains(out.String(), "withheld") || h.entries(audit.Export) != 1 {
		t.Errorf("%d entries\n%s", h.entries(audit.Export), out.String())
	}
}

// No count below the threshold shows, and none can be worked out from the number of cases: what is withheld of a field is
// nothing, or two counts at least that are together no smaller than the threshold, or the whole field.
func TestWithheldCountsStaySo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.IntRange(standard.LeastThreshold, 20).Draw(rt, "threshold")
		field := standard.Counted()[0]
		counts := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), rapid.IntRange(1, 40), 0, 6).Draw(rt, "counts")
		hidden, sum, shown := 0, 0, 0
		for _, c := range standard.Withhold(map[string]map[string]map[string]int{"2026-01": {field: counts}}, k) {
			if !c.Withheld {
				shown++
				if c.Count < k || c.Count != counts[c.Code] {
					rt.Fatalf("%d shows, the threshold is %d", c.Count, k)
				}
				continue
			}
			hidden, sum = hidden+1, sum+counts[c.Code]
		}
		if shown > 0 && hidden > 0 && (hidden < 2 || sum < k) {
			rt.Fatalf("%d withheld, together %d, of %v at %d", hidden, sum, counts, k)
		}
	})
}
