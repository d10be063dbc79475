package accord

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// vocabulary from which random agreements and requests are drawn: small, so that requests often hit.
var words = struct{ party, role, purpose, subject, class, field, use, country []string }{
	party: []string{"a", "b", "c"}, role: []string{"worker", "officer"}, purpose: []string{"safety", "statistics"},
	subject: []string{"survivor", "suspect"}, class: []string{"contact", "referral"}, field: []string{"name", "age-band", "need"},
	use: []string{"support", "investigation", "deportation", "prosecution-of-person"}, country: []string{"XFD", "XAA"},
}

func some(r *rand.Rand, list []string) []string {
	var out []string
	for _, v := range list {
		if r.IntN(3) > 0 {
			out = append(out, v)
		}
	}
	return out
}

func one(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// maybe returns one of the list, or rarely nothing: an unknown fact.
func maybe(r *rand.Rand, list []string) string {
	if r.IntN(12) == 0 {
		return ""
	}
	return one(r, list)
}

func randomDocument(r *rand.Rand) Document {
	d := Document{
		Version: 1, Compiler: CompilerVersion, Suite: "s", ID: "random", Serial: 1, Transfer: Safeguards,
		LegalBasis: []Basis{{"XFD", "invented"}}, Residency: some(r, words.country), Forbidden: AlwaysForbidden(),
		ValidFrom: one(r, []string{"2026-01-01", "2026-03-01"}), ValidUntil: one(r, []string{"2026-06-01", "2027-01-01"}),
	}
	if r.IntN(2) == 0 {
		d.Forbidden = append(d.Forbidden, "investigation")
	}
	for _, p := range words.party {
		d.Parties = append(d.Parties, Party{ID: p, Name: p, Country: "XFD", Roles: words.role})
	}
	for i := range r.IntN(4) {
		from := r.IntN(3)
		retention := 1 + r.IntN(100)
		d.Clauses = append(d.Clauses, Clause{
			ID: fmt.Sprintf("c%d", i), From: words.party[from], To: words.party[(from+1+r.IntN(2))%3],
			Recipients: some(r, words.role), Purposes: some(r, words.purpose), Subjects: some(r, words.subject),
			Class: one(r, words.class), Fields: some(r, words.field), Authority: some(r, Authorities()),
			TLP: one(r, tlpOrder), Handling: one(r, handlingOrder), Source: one(r, sourceOrder), Information: 1 + r.IntN(4),
			Onward: one(r, []string{"none", "ask", "parties"}), Retention: retention, ReviewAfter: 1 + r.IntN(retention),
		})
	}
	return d
}

// randomRequest draws a request near a clause, so that single differences decide.
func randomRequest(r *rand.Rand, a *Agreement) Request {
	at := date("2026-05-20") + int64(r.IntN(30))*day
	if r.IntN(10) == 0 {
		at = []int64{0, -1, date("2025-06-01"), date("2026-02-01"), date("2028-01-01")}[r.IntN(5)]
	}
	q := Request{
		Agreement: a.Hash(), From: maybe(r, words.party), To: maybe(r, words.party), Role: maybe(r, words.role),
		Purpose: maybe(r, words.purpose), Use: maybe(r, words.use), Subject: maybe(r, words.subject), Class: maybe(r, words.class),
		Field: maybe(r, words.field), TLP: maybe(r, tlpOrder), Handling: maybe(r, handlingOrder), Source: maybe(r, sourceOrder),
		Information: r.IntN(5), Country: maybe(r, words.country), At: at,
	}
	kinds := Authorities()
	if len(a.clauses) > 0 && r.IntN(8) > 0 {
		c := a.clauses[r.IntN(len(a.clauses))]
		q.From, q.To, q.Class = c.From, c.To, c.Class
		near := func(list []string, v string) string {
			if len(list) > 0 && r.IntN(6) > 0 {
				return one(r, list)
			}
			return v
		}
		q.Role, q.Purpose, q.Subject = near(c.Recipients, q.Role), near(c.Purposes, q.Purpose), near(c.Subjects, q.Subject)
		q.Field, q.Country = near(c.Fields, q.Field), near(a.doc.Residency, q.Country)
		q.Use = near([]string{"support"}, q.Use)
		kinds = c.Authority
	}
	q.Authority = Authority{
		Kind: maybe(r, slices.Concat(kinds, kinds, Authorities())), To: q.To, Purpose: q.Purpose, Class: q.Class,
		From: at - int64(r.IntN(5))*day, Until: at + int64(r.IntN(5))*day,
	}
	switch r.IntN(12) {
	case 0:
		q.Agreement = strings.Repeat("0", 64)
	case 1:
		q.Authority.To = one(r, words.party)
	case 2:
		q.Authority.Purpose = one(r, words.purpose)
	case 3:
		q.Authority.Class = one(r, words.class)
	case 4:
		q.Authority.From = []int64{0, at + 1}[r.IntN(2)]
	}
	return q
}

// leaks is the oracle: written from the rules of the package comment, it shares no code with checks or policies
// beyond the rank tables. It says whether letting the request through would break the document.
func leaks(d Document, hash string, q Request) bool {
	has := func(list []string, v string) bool { return v != "" && slices.Contains(list, v) }
	if q.Agreement != hash || q.At <= 0 || q.At < date(d.ValidFrom) || q.At >= date(d.ValidUntil) {
		return true
	}
	if q.Use == "" || has(d.Forbidden, q.Use) || !has(d.Residency, q.Country) {
		return true
	}
	for _, c := range d.Clauses {
		a := q.Authority
		if c.From == q.From && c.To == q.To && c.Class == q.Class && has(c.Fields, q.Field) && has(c.Recipients, q.Role) &&
			has(c.Purposes, q.Purpose) && has(c.Subjects, q.Subject) && has(c.Authority, a.Kind) &&
			(q.Subject == "suspect") == (a.Kind == "legal-basis") && a.To == q.To && a.Purpose == q.Purpose && a.Class == q.Class && a.From != 0 && a.From <= q.At && q.At < a.Until &&
			q.TLP != "" && slices.Index(tlpOrder, q.TLP) <= slices.Index(tlpOrder, c.TLP) &&
			q.Handling != "" && q.Handling <= c.Handling &&
			q.Source != "" && q.Source <= c.Source && q.Information >= 1 && q.Information <= c.Information {
			return false
		}
	}
	return true
}

// TestRandomAgreementsLeakNothing draws agreements, asks each a few times, and compares the decision with the oracle, both
// ways. The short form draws 1,500 from a fresh seed; FOURFOLD_CAMPAIGN=full draws 100,000.
func TestRandomAgreementsLeakNothing(t *testing.T) {
	agreements, seed := 1_500, uint64(time.Now().UnixNano())
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		agreements = 100_000
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	permitted := 0
	for range agreements {
		d := randomDocument(r)
		a := compiled(t, d)
		for range 10 {
			q := randomRequest(r, a)
			got := a.Decide(q)
			if leak := leaks(d, a.Hash(), q); got.Allowed == leak {
				t.Fatalf("leak %v, decision %+v\nrequest %+v\npolicies\n%s", leak, got, q, a.Policies())
			}
			if slices.Contains(got.Reasons, ReasonEvaluation) {
				t.Fatalf("the two evaluators differ: %+v\n%+v\n%s", got, q, a.Policies())
			}
			if got.Allowed {
				permitted++
			}
		}
	}
	t.Logf("%d of %d requests permitted", permitted, agreements*10)
	if permitted == 0 {
		t.Error("no request was permitted: the test asks nothing")
	}
}

// TestMutantsAreCaught leaves out one check at a time, first from the policies and then from the typed checks,
// and expects that some decision then breaks the document: no check is there for show. In a node both stand,
// so either alone still denies.
func TestMutantsAreCaught(t *testing.T) {
	without := func(list []check, i int) []check { return slices.Delete(slices.Clone(list), i, i+1) }
	for i := range len(agreementChecks) + len(clauseChecks) {
		whole, single, reason := agreementChecks, clauseChecks, Reason("")
		if n := len(agreementChecks); i < n {
			whole, reason = without(whole, i), whole[i].reason
		} else {
			single, reason = without(single, i-n), single[i-n].reason
		}
		t.Run("policies without "+string(reason), func(t *testing.T) {
			caught(t, func(d Document) (func(*Request) bool, *Agreement) {
				a, err := compile(d, whole, single)
				if err != nil {
					t.Fatal(err)
				}
				return a.evaluate, a
			})
		})
		t.Run("explanation without "+string(reason), func(t *testing.T) {
			caught(t, func(d Document) (func(*Request) bool, *Agreement) {
				a := compiled(t, d)
				a.whole, a.single = whole, single
				if i >= len(agreementChecks) && reason == clauseChecks[0].reason {
					// The first check selects the clause and is not among those that are counted.
					a.single = slices.Concat([]check{{reason: reason, holds: func(*bounds, *clauseRule, *Request) bool { return true }}}, single)
				}
				return func(q *Request) bool { return a.explain(q).Allowed }, a
			})
		})
	}
}

// caught draws until a mutant lets something through that the document does not permit.
func caught(t *testing.T, mutant func(Document) (func(*Request) bool, *Agreement)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range 6_000 {
		d := randomDocument(r)
		permits, a := mutant(d)
		for range 10 {
			if q := randomRequest(r, a); permits(&q) && leaks(d, a.Hash(), q) {
				return
			}
		}
	}
	t.Error("nobody notices: the mutant survives")
}

// TestFilterWithinPolicies draws rows and requests: a row that the filter lets through must be permitted for some
// field and authority, and a row it leaves out for none.
func TestFilterWithinPolicies(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	through := 0
	for range 500 {
		d := randomDocument(r)
		a := compiled(t, d)
		for range 5 {
			q := randomRequest(r, a)
			matched := a.Filter(q).Match(Row{q.Subject, q.Class, q.TLP, q.Handling, q.Source, q.Information})
			possible := false
			for _, field := range words.field {
				for _, kind := range Authorities() {
					try := q
					try.Field, try.Authority = field, Authority{Kind: kind, To: q.To, Purpose: q.Purpose, Class: q.Class, From: q.At - 1, Until: q.At + 1}
					possible = possible || a.Decide(try).Allowed
				}
			}
			if matched != possible {
				t.Fatalf("filter %v, policies %v\n%+v\n%s", matched, possible, q, a.Policies())
			}
			if matched {
				through++
			}
		}
	}
	if through == 0 {
		t.Error("the filter let nothing through: the test asks nothing")
	}
}

func TestFilterSQL(t *testing.T) {
	a := compiled(t, shelterToPolice())
	columns := Columns{"subject", "class", "tlp", "handling", "source", "information"}
	text, args := a.Filter(allowed(a)).SQL(columns, 3)
	const want = "((class = $3 AND subject IN ($4) AND tlp BETWEEN 1 AND $5 AND handling BETWEEN 1 AND $6 AND source BETWEEN 1 AND $7 AND information BETWEEN 1 AND $8))"
	if text != want || len(args) != 6 {
		t.Errorf("got %s with %v", text, args)
	}
	if text, args := (Filter{}).SQL(columns, 1); text != "1 = 0" || args != nil {
		t.Errorf("an empty filter gives %s", text)
	}
}
