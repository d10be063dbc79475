package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vocab"
)

// Direction says who sends.
type Direction string

// The directions. "Both" makes the same terms hold either way.
const (
	WeSend   Direction = "we-send"
	TheySend Direction = "they-send"
	BothSend Direction = "both"
)

// Terms are what a form asks for. [Terms.Document] makes the document of them.
type Terms struct {
	Partner   auth.OrgID
	Direction Direction
	Purposes  []string
	Subjects  []string
	// Fields are "class.field". A class of which no field is chosen is not in the agreement.
	Fields     []string
	Recipients []string // roles at the receiving side
	Authority  []string
	// TLP, Handling, Source and Information are the ceilings.
	TLP, Handling, Source string
	Information           int
	Onward                string
	Retention             int // days
	ReviewAfter           int // days
	Country, Abroad       string
	Transfer              string
	Citation              string
	Forbidden             []string // beyond what every agreement forbids
	ValidFrom, ValidUntil string
}

// suite names the cryptography by which what leaves is carried: on one node, by the node itself.
const suite = "node.ed25519"

// DefaultTerms are the least that a form begins with: nothing is chosen that lets something leave, consent
// is the only authority, nothing goes on, and it ends after a year.
func DefaultTerms(now time.Time) Terms {
	first := now.UTC()
	return Terms{
		Direction: WeSend, Authority: []string{"consent"}, TLP: "amber", Handling: "H1", Source: "B", Information: 2,
		Onward: "none", Retention: 90, ReviewAfter: 30, Transfer: string(accord.SameCountry),
		ValidFrom: first.Format(time.DateOnly), ValidUntil: first.AddDate(1, 0, 0).Format(time.DateOnly),
	}
}

// party returns the name of an organisation in documents.
func party(org auth.OrgID) string { return strings.ToLower(string(org)) }

// check says what a person has to mend. The form has a field of each name.
func (t Terms) check(today string) error {
	f := fault.New(fault.Invalid, "The agreement is not complete.")
	need := func(ok bool, field, text string) {
		if !ok {
			f = f.WithField(field, text)
		}
	}
	need(t.Partner != "", "partner", "Choose the other organisation.")
	need(slices.Contains([]Direction{WeSend, TheySend, BothSend}, t.Direction), "direction", "Say who sends.")
	need(within(t.Purposes, codesOf(Purposes())), "purposes", "Choose at least one purpose.")
	need(within(t.Subjects, codesOf(Subjects())), "subjects", "Say about whom.")
	need(within(t.Fields, fieldCodes()), "fields", "Choose at least one thing that may be sent.")
	need(within(t.Recipients, roleCodes()), "recipients", "Say which roles may receive it.")
	need(within(t.Authority, codesOf(Authorities())), "authority", "Choose on whose authority.")
	need(t.servesAll(), "authority", "About suspects only a legal basis serves, and about everybody else a legal basis is not enough. Choose an authority for each, or make two agreements.")
	_, home := vocab.Get(vocab.Area, t.Country)
	_, away := vocab.Get(vocab.Area, t.abroad())
	need(home, "country", "Choose your country.")
	need(away, "abroad", "Choose the country of the other organisation.")
	need(t.Country == t.abroad() || t.Transfer != string(accord.SameCountry), "transfer", "The organisations are in two countries. Choose the ground on which data may cross the border.")
	need(strings.TrimSpace(t.Citation) != "", "citation", "Name the law that permits it.")
	need(!strings.ContainsFunc(t.Citation, reorders) && len(t.Citation) <= 1_000, "citation", "Type the citation anew: it is too long, or holds characters that cannot be seen.")
	need(t.Retention >= 1 && t.Retention <= 3*366, "retention", "Give 1 to 1,098 days.")
	need(t.ReviewAfter >= 1 && t.ReviewAfter <= max(t.Retention, 1), "review", "Choose a review within the time it may be kept.")
	from, errFrom := time.Parse(time.DateOnly, t.ValidFrom)
	until, errUntil := time.Parse(time.DateOnly, t.ValidUntil)
	need(errFrom == nil && t.ValidFrom >= today, "from", "Choose a first day that is not in the past.")
	need(errUntil == nil && (errFrom != nil || until.After(from)), "until", "Choose a last day after the first.")
	need(errFrom != nil || errUntil != nil || !until.After(from.AddDate(5, 0, 0)), "until", "An agreement lasts five years at most. It can be renewed.")
	if len(f.Fields) > 0 {
		return f.WithHint("Mend what is marked, then look at the sentences again.")
	}
	return nil
}

// reorders recognises characters that could make a citation read as another one.
func reorders(r rune) bool {
	return unicode.IsControl(r) || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

func (t Terms) abroad() string {
	if t.Abroad == "" {
		return t.Country
	}
	return t.Abroad
}

// servesAll reports whether each class of person has an authority that serves, and each authority somebody
// it serves: what could never be used is a misunderstanding that should be cleared up before signing.
func (t Terms) servesAll() bool {
	suspects := slices.Contains(t.Subjects, "suspect")
	others := slices.ContainsFunc(t.Subjects, func(s string) bool { return s != "suspect" })
	basis := slices.Contains(t.Authority, "legal-basis")
	rest := slices.ContainsFunc(t.Authority, func(a string) bool { return a != "legal-basis" })
	return suspects == basis && (others == rest || len(t.Subjects) == 0)
}

// within reports whether a choice is made, and only of what is offered.
func within(chosen, offered []string) bool {
	return len(chosen) > 0 && !slices.ContainsFunc(chosen, func(c string) bool { return !slices.Contains(offered, c) })
}

func fieldCodes() []string {
	var out []string
	for _, c := range Classes() {
		for _, f := range c.Fields {
			out = append(out, c.Code+"."+f.Code)
		}
	}
	return out
}

// ReceivingRoles are the roles that may be named as recipients: those that work on a case.
func ReceivingRoles() []auth.Role {
	return []auth.Role{auth.SupportWorker, auth.Authority, auth.Investigator, auth.Liaison, auth.Supervisor}
}

func roleCodes() []string {
	var out []string
	for _, r := range ReceivingRoles() {
		out = append(out, string(r))
	}
	return out
}

// Document makes the document that both would sign. us and them are the organisations; id, serial and
// supersedes place it in its chain. Its error is [fault.Invalid] with the fields to mend.
func (t Terms) Document(us, them auth.Org, id ID, serial int, supersedes string, today string) (accord.Document, error) {
	if err := t.check(today); err != nil {
		return accord.Document{}, err
	}
	d := accord.Document{
		Version: 1, Compiler: accord.CompilerVersion, Suite: suite, ID: string(id), Serial: serial, Supersedes: supersedes,
		Parties: []accord.Party{
			{ID: party(us.ID), Name: us.Name, Country: t.Country, Roles: roleCodes()},
			{ID: party(them.ID), Name: them.Name, Country: t.abroad(), Roles: roleCodes()},
		},
		LegalBasis: []accord.Basis{{Jurisdiction: t.Country, Citation: strings.TrimSpace(t.Citation)}},
		Transfer:   accord.Transfer(t.Transfer), Residency: compact(t.Country, t.abroad()),
		Forbidden: compact(append(accord.AlwaysForbidden(), t.Forbidden...)...),
		ValidFrom: t.ValidFrom, ValidUntil: t.ValidUntil,
	}
	if t.Direction != TheySend {
		d.Clauses = append(d.Clauses, t.clauses(party(us.ID), party(them.ID), "out")...)
	}
	if t.Direction != WeSend {
		d.Clauses = append(d.Clauses, t.clauses(party(them.ID), party(us.ID), "in")...)
	}
	if err := d.Validate(); err != nil {
		return accord.Document{}, fault.New(fault.Invalid, "The agreement cannot be made of this.").
			WithHint("Look at every choice again.").Wrap(err)
	}
	return d, nil
}

// clauses makes one clause for each class of record.
func (t Terms) clauses(from, to, way string) []accord.Clause {
	var out []accord.Clause
	for _, class := range Classes() {
		var fields []string
		for _, f := range class.Fields {
			if slices.Contains(t.Fields, class.Code+"."+f.Code) {
				fields = append(fields, f.Code)
			}
		}
		if len(fields) == 0 {
			continue
		}
		out = append(out, accord.Clause{
			ID: fmt.Sprintf("%s-%s", class.Code, way), From: from, To: to, Recipients: t.Recipients, Purposes: t.Purposes,
			Subjects: t.Subjects, Class: class.Code, Fields: fields, Authority: t.Authority,
			TLP: t.TLP, Handling: t.Handling, Source: t.Source, Information: t.Information,
			Onward: t.Onward, Retention: t.Retention, ReviewAfter: t.ReviewAfter,
		})
	}
	return out
}

// TermsOf reads the terms back from a document of this form, for the next version. What the form cannot say
// is left at its default.
func TermsOf(d accord.Document, us auth.OrgID, now time.Time) Terms {
	t := DefaultTerms(now)
	ways := map[string]bool{}
	for _, c := range d.Clauses {
		ways[c.From] = true
		t.Purposes, t.Subjects, t.Recipients, t.Authority = c.Purposes, c.Subjects, c.Recipients, c.Authority
		t.TLP, t.Handling, t.Source, t.Information = c.TLP, c.Handling, c.Source, c.Information
		t.Onward, t.Retention, t.ReviewAfter = c.Onward, c.Retention, c.ReviewAfter
		for _, f := range c.Fields {
			t.Fields = append(t.Fields, c.Class+"."+f)
		}
	}
	t.Fields = compact(t.Fields...)
	switch {
	case len(ways) > 1:
		t.Direction = BothSend
	case len(ways) == 1 && !ways[party(us)]:
		t.Direction = TheySend
	}
	for _, p := range d.Parties {
		if p.ID == party(us) {
			t.Country = p.Country
		} else {
			t.Abroad = p.Country
		}
	}
	t.Transfer, t.Citation = string(d.Transfer), d.LegalBasis[0].Citation
	t.Forbidden = d.Forbidden
	return t
}

// compact removes what stands twice and keeps the order.
func compact(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
