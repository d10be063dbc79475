package accord

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const day = int64(24 * time.Hour / time.Microsecond)

func date(s string) int64 {
	t, err := civil(s)
	if err != nil {
		panic(err)
	}
	return t
}

// shelterToPolice is an invented agreement of one clause.
func shelterToPolice() Document {
	return Document{
		Version: 1, Compiler: CompilerVersion, Suite: "x-wing.ed25519", ID: "harbour-constabulary", Serial: 1,
		Parties: []Party{
			{ID: "harbour", Name: "Harbour House (invented)", Country: "XFD", Roles: []string{"support-worker"}},
			{ID: "constabulary", Name: "Farrow Constabulary (invented)", Country: "XFD", Roles: []string{"investigator", "victim-liaison"}},
		},
		LegalBasis: []Basis{{Jurisdiction: "XFD", Citation: "Protection Act (invented), section 4"}},
		Transfer:   SameCountry, Residency: []string{"XFD"},
		Clauses: []Clause{{
			ID: "contact", From: "harbour", To: "constabulary", Recipients: []string{"victim-liaison"},
			Purposes: []string{"safety"}, Subjects: []string{"survivor"}, Class: "contact", Fields: []string{"channel", "hours"},
			Authority: []string{"consent", "danger-to-life"}, TLP: "amber", Handling: "H1", Source: "B", Information: 2,
			Onward: "none", Retention: 90, ReviewAfter: 30,
		}},
		Forbidden: AlwaysForbidden(), ValidFrom: "2026-01-01", ValidUntil: "2027-01-01",
	}
}

func compiled(t testing.TB, d Document) *Agreement {
	t.Helper()
	a, err := Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// allowed is a request that shelterToPolice permits.
func allowed(a *Agreement) Request {
	at := date("2026-06-01")
	return Request{
		Agreement: a.Hash(), From: "harbour", To: "constabulary", Role: "victim-liaison", Purpose: "safety", Use: "safety-planning",
		Subject: "survivor", Class: "contact", Field: "channel", TLP: "amber", Handling: "H1", Source: "A", Information: 1,
		Authority: Authority{Kind: "consent", To: "constabulary", Purpose: "safety", Class: "contact", From: at - day, Until: at + day},
		Country:   "XFD", At: at,
	}
}

// TestEveryTermIsNeeded changes one fact of a permitted request at a time, also to nothing, and expects the
// reason that belongs to it.
func TestEveryTermIsNeeded(t *testing.T) {
	a := compiled(t, shelterToPolice())
	if d := a.Decide(allowed(a)); !d.Allowed || d.Clause != "contact" || d.Retention != 90 || d.ReviewAfter != 30 || d.Onward != "none" {
		t.Fatalf("the permitted request is refused: %+v", d)
	}
	for name, c := range map[string]struct {
		change func(*Request)
		want   Reason
	}{
		"other version":          {func(r *Request) { r.Agreement = strings.Repeat("0", 64) }, ReasonAgreement},
		"no agreement":           {func(r *Request) { r.Agreement = "" }, ReasonAgreement},
		"too early":              {func(r *Request) { r.At = date("2025-12-31") }, ReasonNotYet},
		"too late":               {func(r *Request) { r.At = date("2027-01-01") }, ReasonExpired},
		"forbidden use":          {func(r *Request) { r.Use = "deportation" }, ReasonUse},
		"no use":                 {func(r *Request) { r.Use = "" }, ReasonUse},
		"kept abroad":            {func(r *Request) { r.Country = "XAA" }, ReasonResidency},
		"place unknown":          {func(r *Request) { r.Country = "" }, ReasonResidency},
		"other sender":           {func(r *Request) { r.From = "constabulary" }, ReasonNoClause},
		"other recipient":        {func(r *Request) { r.To = "harbour" }, ReasonNoClause},
		"other class":            {func(r *Request) { r.Class = "counselling" }, ReasonNoClause},
		"other field":            {func(r *Request) { r.Field = "address" }, ReasonField},
		"no field":               {func(r *Request) { r.Field = "" }, ReasonField},
		"other role":             {func(r *Request) { r.Role = "investigator" }, ReasonRecipient},
		"other purpose":          {func(r *Request) { r.Purpose = "prosecution" }, ReasonPurpose},
		"other subject":          {func(r *Request) { r.Subject = "suspect" }, ReasonSubject},
		"subject unknown":        {func(r *Request) { r.Subject = "" }, ReasonSubject},
		"no authority":           {func(r *Request) { r.Authority = Authority{} }, ReasonAuthority},
		"authority insufficient": {func(r *Request) { r.Authority.Kind = "legal-basis" }, ReasonAuthority},
		"consent for another":    {func(r *Request) { r.Authority.To = "harbour" }, ReasonAuthorityTo},
		"consent other purpose":  {func(r *Request) { r.Authority.Purpose = "prosecution" }, ReasonAuthorityOf},
		"consent other class":    {func(r *Request) { r.Authority.Class = "medical" }, ReasonAuthorityOf},
		"consent withdrawn":      {func(r *Request) { r.Authority.Until = r.At }, ReasonAuthorityAt},
		"consent not yet":        {func(r *Request) { r.Authority.From = r.At + 1 }, ReasonAuthorityAt},
		"consent without start":  {func(r *Request) { r.Authority.From = 0 }, ReasonAuthorityAt},
		"marked red":             {func(r *Request) { r.TLP = "red" }, ReasonTLP},
		"not marked":             {func(r *Request) { r.TLP = "" }, ReasonTLP},
		"mark unknown":           {func(r *Request) { r.TLP = "white" }, ReasonTLP},
		"handling too high":      {func(r *Request) { r.Handling = "H2" }, ReasonHandling},
		"no handling code":       {func(r *Request) { r.Handling = "" }, ReasonHandling},
		"poor source":            {func(r *Request) { r.Source = "C" }, ReasonGrading},
		"poor information":       {func(r *Request) { r.Information = 3 }, ReasonGrading},
		"not graded":             {func(r *Request) { r.Source, r.Information = "", 0 }, ReasonGrading},
		"grading below zero":     {func(r *Request) { r.Information = -1 }, ReasonGrading},
	} {
		r := allowed(a)
		c.change(&r)
		d := a.Decide(r)
		if d.Allowed || !slices.Contains(d.Reasons, c.want) || slices.Contains(d.Reasons, ReasonEvaluation) {
			t.Errorf("%s: %+v, want reason %s", name, d, c.want)
		}
	}
	if d := a.Decide(Request{}); d.Allowed {
		t.Error("the empty request is allowed")
	}
}

func TestDecideReturnsEveryReason(t *testing.T) {
	a := compiled(t, shelterToPolice())
	r := allowed(a)
	r.Use, r.Field, r.TLP, r.Authority.Kind = "deportation", "address", "red", ""
	want := []Reason{ReasonUse, ReasonField, ReasonAuthority, ReasonTLP}
	if d := a.Decide(r); !slices.Equal(d.Reasons, want) {
		t.Errorf("reasons %v, want %v", d.Reasons, want)
	}
}

func TestTwoClausesNeverAddUp(t *testing.T) {
	d := shelterToPolice()
	second := d.Clauses[0]
	second.ID, second.Fields, second.Purposes = "statistics", []string{"age-band"}, []string{"statistics"}
	d.Clauses = append(d.Clauses, second)
	a := compiled(t, d)
	r := allowed(a)
	r.Field = "age-band" // permitted for statistics only
	if got := a.Decide(r); got.Allowed {
		t.Errorf("a field of one clause left for the purpose of another: %+v", got)
	}
}

func TestOtherCompilerDenies(t *testing.T) {
	d := shelterToPolice()
	d.Compiler = "fourfold/accord/0"
	a := compiled(t, d)
	if got := a.Decide(allowed(a)); got.Allowed || !slices.Equal(got.Reasons, []Reason{ReasonCompiler}) {
		t.Errorf("got %+v", got)
	}
	if f := a.Filter(allowed(a)); f.clauses != nil {
		t.Error("the filter of another compiler's agreement lets rows through")
	}
}

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
			a.To == q.To && a.Purpose == q.Purpose && a.Class == q.Class && a.From != 0 && a.From <= q.At && q.At < a.Until &&
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
// and expects that a decision differs from the oracle's: no check is there for show.
func TestMutantsAreCaught(t *testing.T) {
	without := func(list []check, i int) []check { return slices.Delete(slices.Clone(list), i, i+1) }
	for _, table := range []struct {
		name   string
		checks []check
	}{{"agreement", agreementChecks}, {"clause", clauseChecks}} {
		for i, k := range table.checks {
			whole, single := agreementChecks, clauseChecks
			if table.name == "agreement" {
				whole = without(whole, i)
			} else {
				single = without(single, i)
			}
			t.Run("policies without "+string(k.reason), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				for range 6_000 {
					d := randomDocument(r)
					a, err := compile(d, whole, single)
					if err != nil {
						t.Fatal(err)
					}
					for range 10 {
						if q := randomRequest(r, a); a.evaluate(&q) && leaks(d, a.Hash(), q) {
							return // caught
						}
					}
				}
				t.Errorf("nobody notices that %q is gone: the mutant survives", k.reason)
			})
		}
	}
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

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func TestSignaturesOfAllPartiesAndNoOther(t *testing.T) {
	d := shelterToPolice()
	canonical, err := d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	sign := func(party string, k ed25519.PrivateKey) Signature {
		s, err := Sign(d, party, k)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	keys := map[string]ed25519.PublicKey{"harbour": public(key(1)), "constabulary": public(key(2)), "stranger": public(key(3))}
	h, c := sign("harbour", key(1)), sign("constabulary", key(2))
	if _, err := (Signed{canonical, []Signature{h, c}}).Open(keys); err != nil {
		t.Fatalf("a signed agreement is refused: %v", err)
	}
	other := slices.Clone(canonical)
	other[slices.Index(other, 'H')] = 'h'
	for name, s := range map[string]Signed{
		"one missing":      {canonical, []Signature{h}},
		"twice":            {canonical, []Signature{h, c, c}},
		"stranger":         {canonical, []Signature{h, c, {Party: "stranger", Bytes: h.Bytes}}},
		"other's key":      {canonical, []Signature{h, sign("constabulary", key(3))}},
		"changed document": {other, []Signature{h, c}},
		"not canonical":    {append([]byte(" "), canonical...), []Signature{h, c}},
	} {
		if _, err := s.Open(keys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	d.Compiler = "fourfold/accord/2"
	if _, err := Sign(d, "harbour", key(1)); err == nil {
		t.Error("signed a document of another compiler")
	}
}

func TestBookRefusesForksAndNeverRevives(t *testing.T) {
	first := shelterToPolice()
	second := shelterToPolice()
	second.Serial, second.ValidFrom, second.ValidUntil, second.Clauses = 2, "2026-03-01", "2026-04-01", nil
	second.Supersedes, _ = first.Hash()
	var b Book
	if err := b.Add(compiled(t, second)); err == nil {
		t.Error("serial 2 without serial 1")
	}
	for _, d := range []Document{first, second} {
		if err := b.Add(compiled(t, d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Add(compiled(t, second)); err == nil {
		t.Error("the same serial twice")
	}
	fork := second
	fork.Serial, fork.Supersedes = 3, strings.Repeat("a", 64)
	if err := b.Add(compiled(t, fork)); err == nil {
		t.Error("a serial that follows another one")
	}
	for day, serial := range map[string]int{"2025-12-31": 0, "2026-02-28": 1, "2026-03-01": 2, "2026-04-01": 0} {
		a, err := b.InForce(first.ID, date(day))
		if (err != nil) != (serial == 0) || (a != nil && a.doc.Serial != serial) {
			t.Errorf("%s: %v, %v, want serial %d", day, a, err, serial)
		}
	}
}

func TestValidateNamesThePlace(t *testing.T) {
	for place, change := range map[string]func(*Document){
		"v ":                   func(d *Document) { d.Version = 2 },
		"id ":                  func(d *Document) { d.ID = `x" || true || "` },
		"parties are 1":        func(d *Document) { d.Parties = d.Parties[:1] },
		"forbidden must":       func(d *Document) { d.Forbidden = []string{"deportation"} },
		"valid_until":          func(d *Document) { d.ValidUntil = d.ValidFrom },
		"valid_from":           func(d *Document) { d.ValidFrom = "2026-02-30" },
		"clauses[0].to":        func(d *Document) { d.Clauses[0].To = "nobody" },
		"sends from a party":   func(d *Document) { d.Clauses[0].To = "harbour" },
		"clauses[0].fields[0]": func(d *Document) { d.Clauses[0].Fields = []string{`a" || context.at > 0 || "`} },
		"clauses[0].tlp":       func(d *Document) { d.Clauses[0].TLP = "white" },
		"clauses[0].authority": func(d *Document) { d.Clauses[0].Authority = []string{"curiosity"} },
		"clauses[0].review":    func(d *Document) { d.Clauses[0].ReviewAfter = 91 },
		"supersedes":           func(d *Document) { d.Serial = 2 },
		"transfer":             func(d *Document) { d.Parties[1].Country = "XAA" },
		"legal_basis":          func(d *Document) { d.LegalBasis = nil },
		"matching":             func(d *Document) { d.Matching.PerDay = -1 },
	} {
		d := shelterToPolice()
		change(&d)
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v", place, err)
		}
	}
	if _, err := Parse([]byte(`{"v":1,"secret":true}`)); err == nil {
		t.Error("an unknown field is accepted")
	}
}

func TestSentencesShowEveryTerm(t *testing.T) {
	d := shelterToPolice()
	text := fmt.Sprint(d.Sentences())
	c := d.Clauses[0]
	for _, term := range slices.Concat(c.Recipients, c.Purposes, c.Subjects, c.Fields, c.Authority, d.Forbidden, d.Residency,
		[]string{c.Class, c.TLP, c.Handling, c.Source, c.Onward, d.ValidFrom, d.ValidUntil, "90", "30", string(d.Transfer)}) {
		if !strings.Contains(text, term) {
			t.Errorf("%q is decided on and not shown", term)
		}
	}
}

func TestSimulate(t *testing.T) {
	a := compiled(t, shelterToPolice())
	r := allowed(a)
	consent := r.Authority
	out := a.Simulate(Request{
		From: "harbour", Subject: "survivor", Class: "contact", Use: "safety-planning", Country: "XFD",
		TLP: "amber", Handling: "H0", Source: "A", Information: 1, At: r.At,
	}, []Authority{{Kind: "duty"}, consent})
	if len(out) != 2 || !out[0].Decision.Allowed || out[0].Field != "channel" || !out[1].Decision.Allowed {
		t.Errorf("got %+v", out)
	}
	for _, o := range a.Simulate(Request{From: "harbour", Class: "contact", At: r.At}, nil) {
		if o.Decision.Allowed {
			t.Errorf("would leave without facts or authority: %+v", o)
		}
	}
}

func FuzzParse(f *testing.F) {
	canonical, err := shelterToPolice().Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(canonical)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			return
		}
		a, err := Compile(d)
		if err != nil {
			t.Fatalf("a parsed document does not compile: %v", err)
		}
		if a.Decide(Request{Agreement: a.Hash(), At: 1}).Allowed {
			t.Fatal("a request without facts is allowed")
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	for _, policies := range []int{2, 20} {
		b.Run(fmt.Sprintf("policies=%d", policies), func(b *testing.B) {
			d := shelterToPolice()
			for i := 2; i < policies; i++ {
				c := d.Clauses[0]
				c.ID, c.Class = fmt.Sprintf("c%d", i), fmt.Sprintf("class%d", i)
				d.Clauses = append([]Clause{c}, d.Clauses...)
			}
			a := compiled(b, d)
			r := allowed(a)
			if !a.Decide(r).Allowed {
				b.Fatal("the benchmark's request is refused")
			}
			b.ReportAllocs()
			for b.Loop() {
				r.At++ // a new request each time
				if !a.Decide(r).Allowed {
					b.Fatal("refused")
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}
