package agreement

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

var (
	us   = auth.Org{ID: "OURSELVES", Name: "Harbour House (invented)"}
	them = auth.Org{ID: "THEMSELVES", Name: "Farrow Constabulary (invented)"}
)

const today = "2026-06-01"

func drawTerms(t *rapid.T) Terms {
	some := func(name string, list []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(append(slices.Clone(list), "x\"|| true")), 0, 3, rapid.ID[string]).Draw(t, name)
	}
	one := func(name string, list ...string) string {
		return rapid.SampledFrom(append(list, "", "?")).Draw(t, name)
	}
	return Terms{
		Partner: them.ID, Direction: Direction(one("direction", string(WeSend), string(TheySend), string(BothSend))),
		Purposes: some("purposes", codesOf(Purposes())), Subjects: some("subjects", codesOf(Subjects())), Fields: some("fields", fieldCodes()),
		Recipients: some("recipients", roleCodes()), Authority: some("authority", codesOf(Authorities())),
		TLP: one("tlp", "clear", "amber", "red"), Handling: one("handling", "H0", "H3"), Source: one("source", "A", "X"),
		Information: rapid.IntRange(0, 5).Draw(t, "information"), Onward: one("onward", "none", "ask", "parties"),
		Retention: rapid.SampledFrom([]int{-1, 0, 1, 90, 5000}).Draw(t, "retention"), ReviewAfter: rapid.SampledFrom([]int{0, 1, 90, 91}).Draw(t, "review"),
		Country: one("country", "XFD", "GBR"), Abroad: one("abroad", "XFD"), Transfer: one("transfer", "same-country", "adequacy"),
		Citation: one("citation", "Act 1", "\u202e1 tcA"), Forbidden: some("forbidden", codesOf(Uses())),
		ValidFrom: one("from", today, "2026-05-31", "2026-02-30"), ValidUntil: one("until", "2027-06-01", "2099-01-01", today),
	}
}

// TestTermsMakeADocumentOrSayWhatToMend: whatever a form sends, a document comes out that the compiler takes and that
// survives its own canonical form, or an error that a person can mend. A document never lets through what the form did
// not choose.
func TestTermsMakeADocumentOrSayWhatToMend(t *testing.T) {
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		d, err := terms.Document(us, them, "id", 1, "", today)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		made++
		canonical, err := d.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := accord.Parse(canonical); err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Clauses {
			for _, f := range c.Fields {
				if !slices.Contains(terms.Fields, c.Class+"."+f) {
					t.Fatalf("%s.%s was not chosen", c.Class, f)
				}
			}
			if (c.From == party(us.ID)) == (terms.Direction == TheySend) && terms.Direction != BothSend {
				t.Fatalf("%s sends, and the form says %s", c.From, terms.Direction)
			}
		}
		for _, use := range accord.AlwaysForbidden() {
			if !slices.Contains(d.Forbidden, use) {
				t.Fatalf("%s is not forbidden", use)
			}
		}
	})
	t.Logf("%d documents", made)
}

// TestDefaultsLetNothingLeave: the form as it begins is not an agreement.
func TestDefaultsLetNothingLeave(t *testing.T) {
	terms := DefaultTerms(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	terms.Partner, terms.Country, terms.Citation = them.ID, "XFD", "Act 1"
	_, err := terms.Document(us, them, "id", 1, "", today)
	f, ok := fault.As(err)
	if !ok {
		t.Fatal("the empty form makes an agreement")
	}
	var missing []string
	for _, field := range f.Fields {
		missing = append(missing, field.Name)
	}
	if want := []string{"purposes", "subjects", "fields", "recipients"}; !slices.Equal(missing, want) {
		t.Errorf("it asks for %v, want %v", missing, want)
	}
}

func TestTermsComeBackForTheNextVersion(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	terms := DefaultTerms(now)
	terms.Partner, terms.Country, terms.Citation, terms.Direction = them.ID, "XFD", "Act 1", TheySend
	terms.Purposes, terms.Subjects, terms.Recipients = []string{"safety"}, []string{"survivor"}, []string{"investigator"}
	terms.Fields = []string{"contact.hours", "risk.level"}
	d, err := terms.Document(us, them, "id", 1, "", today)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	back := TermsOf(d, us.ID, now)
	back.Partner = them.ID
	again, err := back.Document(us, them, "id", 1, "", today)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	a, _ := d.Hash()
	if b, _ := again.Hash(); a != b {
		t.Errorf("the next version begins as another agreement:\n%+v\n%+v", d, again)
	}
}

func TestNumberOfAnOrganisation(t *testing.T) {
	const org = "J4GEY6JG3NXR3IRO6GLJH75WJH"
	if got := Number(org); got != "J4GE Y6JG 3NXR 3IRO 6GLJ H75W JH" {
		t.Errorf("written %q", got)
	}
	for _, typed := range []string{Number(org), "j4ge-y6jg-3nxr-3iro-6glj-h75w-jh", " J4GEY6JG3NXR3IRO\u00a06GLJH75WJH\t"} {
		if got := ParseNumber(typed); got != org {
			t.Errorf("%q read as %q", typed, got)
		}
	}
}
