package accord

import (
	"crypto/ed25519"
	"fmt"
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
		"suspect by consent":     {func(r *Request) { r.Subject = "suspect" }, ReasonAuthorityKind},
		"subject unknown":        {func(r *Request) { r.Subject = "" }, ReasonSubject},
		"no authority":           {func(r *Request) { r.Authority = Authority{} }, ReasonAuthority},
		"authority insufficient": {func(r *Request) { r.Authority.Kind = "duty" }, ReasonAuthority},
		"legal basis alone":      {func(r *Request) { r.Authority.Kind = "legal-basis" }, ReasonAuthorityKind},
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
	want := []Reason{ReasonUse, ReasonField, ReasonAuthority, ReasonAuthorityKind, ReasonTLP}
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
		"v ":                    func(d *Document) { d.Version = 2 },
		"id ":                   func(d *Document) { d.ID = `x" || true || "` },
		"parties are 1":         func(d *Document) { d.Parties = d.Parties[:1] },
		"forbidden must":        func(d *Document) { d.Forbidden = []string{"deportation"} },
		"valid_until":           func(d *Document) { d.ValidUntil = d.ValidFrom },
		"valid_from":            func(d *Document) { d.ValidFrom = "2026-02-30" },
		"clauses[0].to":         func(d *Document) { d.Clauses[0].To = "nobody" },
		"sends from a party":    func(d *Document) { d.Clauses[0].To = "harbour" },
		"clauses[0].fields[0]":  func(d *Document) { d.Clauses[0].Fields = []string{`a" || context.at > 0 || "`} },
		"clauses[0].tlp":        func(d *Document) { d.Clauses[0].TLP = "white" },
		"clauses[0].authority":  func(d *Document) { d.Clauses[0].Authority = []string{"curiosity"} },
		"clauses[0].review":     func(d *Document) { d.Clauses[0].ReviewAfter = 91 },
		"supersedes":            func(d *Document) { d.Serial = 2 },
		"transfer":              func(d *Document) { d.Parties[1].Country = "XAA" },
		"legal_basis":           func(d *Document) { d.LegalBasis = nil },
		"matching":              func(d *Document) { d.Matching.PerDay = -1 },
		"matching is above":     func(d *Document) { d.Matching.PerCase = 1 << 60 },
		"serial is":             func(d *Document) { d.Serial, d.Supersedes = 1<<60, strings.Repeat("a", 64) },
		"retention is":          func(d *Document) { d.Clauses[0].Retention = 1 << 55 },
		"valid_from \"0001":     func(d *Document) { d.ValidFrom = "0001-01-01" },
		"parties[0].name holds": func(d *Document) { d.Parties[0].Name = "Harbour\u202eesuoH" },
		"citation is longer":    func(d *Document) { d.LegalBasis[0].Citation = strings.Repeat("x", 501) },
	} {
		d := shelterToPolice()
		change(&d)
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v", place, err)
		}
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
