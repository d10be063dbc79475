package standard_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

const looking vault.Purpose = "look-at-file"

const twoPeople = `{"standard":"HTCDS","version":"2.0","records":[
{"prs_FirstName":"Selam","prs_SecondName":"Haile","prs_Birthdate":"2010-03-04","prs_Gender":"Feminine","prs_PrimaryLanguage":"tir",
 "prs_Citizenship":["ER"],"prs_MobilePhone":"+44 7700 900123","prs_IdentityNumber":"K 99-17","vic_TypeOfExploitation":["ForcedLabour","ForcedBegging"],
 "vic_MethodsOfControl":["DebtBondage","RestrictsMovement"],"cas_ReferringOrganisation":"A helpline (invented)","hte_City":"Massawa","hte_City#2":"Kassala",
 "con_Consent":true,"cas_IncomingReferralDetails":"She called at night (invented)."},
{"prs_SecondName":"Nguyễn","prs_Birthdate":"1980-01-01"},
{"colour":"red"}]}`

// An import opens a case for each record, sealed, found by a search and entered, with the tasks of a child; what the file
// has and we cannot keep is named.
func TestImport(t *testing.T) {
	h := newHouse(t)
	r, lost := h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	if r.Records != 3 || r.Cases != 2 || r.Already {
		t.Fatalf("%+v", r)
	}
	var got []string
	for _, l := range lost {
		got = append(got, fmt.Sprintf("%d %s %s %s", l.Record, l.Column, l.Kind, l.Near))
	}
	want := []string{"1 vic_MethodsOfControl unknown-code ", "1 con_Consent no-consent ", "3 colour unknown-column ", "3  empty "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a, err := h.index.Search(t.Context(), h.chief, blind.Query{Name: private.New("haile selam"), Why: vault.Why{Purpose: "look-up", Scope: string(h.list()[0].ID())}})
	h.must(err)
	if len(a.Candidates) != 1 {
		t.Fatalf("%d candidates", len(a.Candidates))
	}
	c := h.caseOf(a.Candidates[0].Person)
	f, err := h.people.Open(t.Context(), h.chief, c.ID(), looking)
	h.must(err)
	if n, _ := f.Names.Value.GreetWith(); n.Text != "Selam Haile" || f.Birth.Value.List[0].From != "2010-03-04" || !f.Standing().Safeguards ||
		f.Citizenship.List.Value[0].Area != "ERI" || f.Documents.List.Value[0].Number != "K 99-17" || f.Contact.List.Value[0].Safe != "" {
		t.Errorf("the file is not what was in it")
	}
	ext, err := h.Extensions(t.Context(), h.chief, c.ID(), looking)
	h.must(err)
	v := ext[0].Values
	if !slices.Equal(v["vic_TypeOfExploitation"], []string{"ForcedBegging", "ForcedLabour"}) || v["hte_City#2"][0] != "Kassala" || v["con_Consent"][0] != "true" {
		t.Errorf("%v", v)
	}
	h.noConsent(c)
	tasks, err := h.cases.Tasks(t.Context(), h.chief, c.ID())
	h.must(err)
	if len(tasks) != 2 || tasks[0].Clear.Kind != person.PlanAhead {
		t.Errorf("the tasks of a child: %d", len(tasks))
	}
	h.sound()
}

func (h *house) caseOf(p vault.PersonID) casefile.Case {
	h.t.Helper()
	for _, c := range h.list() {
		if c.Person == p {
			return c
		}
	}
	h.t.Fatal("nobody")
	return casefile.Case{}
}

// sound fails when what is kept sealed is not what the ledger says.
func (h *house) sound() {
	h.t.Helper()
	c, err := h.vault.Check(h.t.Context())
	h.must(err)
	if len(c.Findings) > 0 || c.Records == 0 {
		h.t.Errorf("%d records, %+v", c.Records, c.Findings)
	}
}

// adult is the one of the two people who is no child: they have no birthday to plan for.
func (h *house) adult() casefile.Case {
	h.t.Helper()
	for _, c := range h.list() {
		tasks, err := h.cases.Tasks(h.t.Context(), h.chief, c.ID())
		h.must(err)
		if len(tasks) == 0 {
			return c
		}
	}
	h.t.Fatal("no adult")
	return casefile.Case{}
}

// noConsent fails when somebody may be told of a case because a file says so.
func (h *house) noConsent(c casefile.Case) {
	h.t.Helper()
	v, err := h.consents.View(h.t.Context(), h.chief, string(c.ID()))
	h.must(err)
	if len(v.Lines) > 0 {
		h.t.Error("the tick in a file became a consent")
	}
}

// Nothing of an import stands in clear but codes.
func TestImportIsSealed(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	for _, table := range []string{"protection_extension", "protection_person", "protection_case", "protection_import", "vault_indexed", "audit_entry"} {
		h.must(h.db.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(t.Context(), "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(any)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				for i, v := range values {
					text := strings.ToLower(fmt.Sprintf("%s", *v.(*any)))
					for _, secret := range []string{"selam", "haile", "2010-03", "massawa", "called at", "900123", "99-17", "helpline"} {
						if strings.Contains(text, secret) {
							t.Errorf("%s stands in %s.%s", secret, table, columns[i])
						}
					}
				}
			}
			return rows.Err()
		}))
	}
}

// The same file twice opens its cases once. A file that was read to one batch and then not goes on after it.
func TestImportGoesOn(t *testing.T) {
	h := newHouse(t)
	var b strings.Builder
	h.must(invented(&b, 1200))
	f := h.file("htcds", "2.0", standard.CSV, b.String())
	times := 0
	whole := f.Open
	f.Open = func() (io.ReadCloser, error) {
		if times++; times == 2 { // the second reading breaks off
			return io.NopCloser(io.MultiReader(strings.NewReader(b.String()[:len(b.String())*2/3]), broken{})), nil
		}
		return whole()
	}
	if _, err := h.Import(t.Context(), h.chief, f); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	first := h.count("protection_case")
	if first == 0 || first >= 1200 || first%100 != 0 {
		t.Errorf("%d cases after a break", first)
	}
	r, _ := h.in(f)
	if r.Cases != 1200-first || h.count("protection_case") != 1200 || h.count("vault_indexed") != 1200 || h.count("protection_extension") != 1200 {
		t.Errorf("%+v, %d cases", r, h.count("protection_case"))
	}
	if r, _ = h.in(f); !r.Already || r.Cases != 0 || h.count("protection_case") != 1200 {
		t.Errorf("the same file again: %+v", r)
	}
	h.sound()
}

var errBroken = errors.New("the disk was pulled out")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func (h *house) count(table string) (n int) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(h.t.Context(), "SELECT count(*) FROM "+table).Scan(&n)
	}))
	return n
}

// A file that is damaged at its end, or has a record that cannot be kept, writes nothing; one with a loss, nothing when
// somebody wants it so; and a check never does.
func TestImportRefuses(t *testing.T) {
	h := newHouse(t)
	cut := h.file("htcds", "2.0", standard.JSON, twoPeople[:len(twoPeople)-2])
	_, err := h.Import(t.Context(), h.chief, cut)
	h.kind("a file without its end", err, fault.Invalid)
	strict := h.file("htcds", "2.0", standard.JSON, twoPeople)
	strict.Strict = true
	_, err = h.Import(t.Context(), h.chief, strict)
	h.kind("a strict file with losses", err, fault.Invalid)
	check := h.file("htcds", "2.0", standard.JSON, twoPeople)
	check.Check = true
	r, err := h.Import(t.Context(), h.chief, check)
	h.must(err)
	if r.Cases != 2 || r.Losses[standard.UnknownCode] != 1 {
		t.Errorf("%+v", r)
	}
	_, err = h.Import(t.Context(), h.worker, check)
	h.kind("a support worker", err, fault.NotFound)
	if h.count("protection_case") != 0 || h.count("protection_import") != 0 {
		t.Error("something was written")
	}
}

// Erasing one of those who came with a file leaves nothing of them, in the extension fields either.
func TestErasureOfAnImport(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	gone := h.adult()
	vaulttest.Erase(t, h.vault, string(h.org), string(gone.Person))
	if h.count("protection_extension") != 1 || h.count("protection_person WHERE person_id = '"+string(gone.Person)+"'") != 0 {
		t.Error("extension fields are left")
	}
	h.sound()
}

// The extension fields of an organisation's own list are checked, kept with the version that somebody saw, and entered.
func TestOwnFields(t *testing.T) {
	h := newHouse(t)
	admin := h.staff("administrator")
	if _, err := h.Define(t.Context(), h.worker, strings.NewReader(definition)); fault.KindOf(err) != fault.NotFound {
		t.Error("a support worker defined fields")
	}
	before := h.entries(audit.Configuration)
	_, err := h.Define(t.Context(), admin, strings.NewReader(definition))
	h.must(err)
	of, err := h.cases.Open(t.Context(), h.worker, casefile.Begin{Reason: "asks-for-help"})
	h.must(err)
	keep := func(version int64, v standard.Values) error {
		return h.Keep(t.Context(), h.worker, of, "harbour", version, v, "")
	}
	h.must(keep(0, standard.Values{"debt": {"yes"}, "owed": {"agent"}, "words": {"They hold my papers (invented)"}}))
	h.kind("an older version", keep(0, standard.Values{"debt": {"no"}}), fault.Stale)
	h.kind("an invented code", keep(1, standard.Values{"owed": {"nobody"}}), fault.Invalid)
	h.kind("an invented field", keep(1, standard.Values{"colour": {"red"}}), fault.Invalid)
	h.must(keep(1, standard.Values{"debt": {"no"}}))
	all, err := h.Extensions(t.Context(), h.worker, of, looking)
	h.must(err)
	if len(all) != 1 || all[0].Version != 2 || !cmp.Equal(all[0].Values, standard.Values{"debt": {"false"}}) {
		t.Errorf("%+v", all)
	}
	if n := h.entries(audit.Configuration) - before; n != 1 {
		t.Errorf("%d entries of a definition", n)
	}
}

func (h *house) entries(k audit.Kind) (n int) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(h.t.Context(), "SELECT count(*) FROM audit_entry WHERE kind = $1", string(k)).Scan(&n)
	}))
	return n
}
