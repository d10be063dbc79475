package consent

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
)

// carrying is a basis of each ground that carries the request of [request].
func carrying(g Ground) Basis {
	b := Basis{
		ID: "b1", Person: "p1", Ground: g, Step: Live, Recipient: "clinic", Classes: []string{"contact"}, Purpose: "support",
		Begun: noon, By: "worker", Told: ToldFirst,
	}
	switch g {
	case Emergency:
		b.Until = noon.Add(ReviewWithin)
	case Discretion:
		b.Second, b.Until = "supervisor", noon.Add(DiscretionLasts)
	case Demand:
		b.Authentic, b.Objection, b.WeighedBy, b.Second = Yes, Waived, "mate", "supervisor"
	}
	return b
}

func TestEachBasisCarriesWhatItNames(t *testing.T) {
	for _, g := range Grounds() {
		if why := carrying(g).Carries(request(), noon); len(why) > 0 {
			t.Errorf("%s does not carry: %v", g, why)
		}
		for name, c := range map[string]struct {
			reason Reason
			do     func(b *Basis, q *Request)
		}{
			"another person":    {ReasonPerson, func(b *Basis, _ *Request) { b.Person = "p2" }},
			"no person":         {ReasonPerson, func(b *Basis, q *Request) { b.Person, q.Person = "", "" }},
			"another recipient": {ReasonRecipient, func(b *Basis, _ *Request) { b.Recipient = "police" }},
			"no recipient":      {ReasonRecipient, func(b *Basis, q *Request) { b.Recipient, q.Recipient = "", "" }},
			"another class":     {ReasonClass, func(_ *Basis, q *Request) { q.Class = "identity" }},
			"nothing named":     {ReasonClass, func(b *Basis, _ *Request) { b.Classes = nil }},
			"another purpose":   {ReasonPurpose, func(_ *Basis, q *Request) { q.Purpose = "investigation" }},
		} {
			b, q := carrying(g), request()
			c.do(&b, &q)
			if why := b.Carries(q, noon); !slices.Equal(why, []Reason{c.reason}) {
				t.Errorf("%s, %s: %v, want %s", g, name, why, c.reason)
			}
		}
	}
	if why := (Basis{}).Carries(Request{}, noon); len(why) == 0 {
		t.Error("the zero basis carries the zero request")
	}
}

func TestGroundsHaveTheirOwnConditions(t *testing.T) {
	for _, c := range []struct {
		name   string
		ground Ground
		reason Reason
		do     func(b *Basis, now *time.Time)
	}{
		{"no ground", "", ReasonGround, func(*Basis, *time.Time) {}},
		{"a duty noted by mistake", Duty, ReasonDeclined, func(b *Basis, _ *time.Time) { b.Step = Declined }},
		{"an emergency after its review was due", Emergency, ReasonExpired, func(_ *Basis, now *time.Time) { *now = noon.Add(ReviewWithin) }},
		{"an emergency found to be none", Emergency, ReasonDeclined, func(b *Basis, _ *time.Time) { b.Step = Declined }},
		{"an emergency that nobody declared", Emergency, ReasonDeclined, func(b *Basis, _ *time.Time) { b.By = "" }},
		{"an emergency of tomorrow", Emergency, ReasonNotYet, func(_ *Basis, now *time.Time) { *now = noon.Add(-time.Hour) }},
		{"discretion of one", Discretion, ReasonSecond, func(b *Basis, _ *time.Time) { b.Second = "" }},
		{"discretion of the same twice", Discretion, ReasonSecond, func(b *Basis, _ *time.Time) { b.Second = b.By }},
		{"discretion before the second", Discretion, ReasonSecond, func(b *Basis, _ *time.Time) { b.Step = Open }},
		{"discretion that was turned down", Discretion, ReasonDeclined, func(b *Basis, _ *time.Time) { b.Step = Declined }},
		{"discretion after its time", Discretion, ReasonExpired, func(_ *Basis, now *time.Time) { *now = noon.Add(DiscretionLasts) }},
		{"a duty after its recipient was told and asked back", Duty, ReasonExpired, func(b *Basis, now *time.Time) { b.Until, *now = noon.Add(ToldLasts), noon.Add(ToldLasts) }},
		{"a demand that was answered", Demand, ReasonExpired, func(b *Basis, now *time.Time) {
			b.Step, b.Until, *now = Done, noon.Add(ToldLasts), noon.Add(ToldLasts)
		}},
		{"a demand on one word", Demand, ReasonSecond, func(b *Basis, _ *time.Time) { b.Second = "" }},
		{"a demand confirmed by who noted it", Demand, ReasonSecond, func(b *Basis, _ *time.Time) { b.Second = b.By }},
		{"a demand confirmed by who looked at it", Demand, ReasonSecond, func(b *Basis, _ *time.Time) { b.Second = b.WeighedBy }},
		{"a demand nobody checked", Demand, ReasonAuthentic, func(b *Basis, _ *time.Time) { b.Authentic = NotKnown }},
		{"a demand that is not real", Demand, ReasonAuthentic, func(b *Basis, _ *time.Time) { b.Authentic = No }},
		{"a demand for what is privileged", Demand, ReasonPrivileged, func(b *Basis, _ *time.Time) { b.Privileged = []string{"contact"} }},
		{"a demand with time to object", Demand, ReasonObjection, func(b *Basis, _ *time.Time) { b.Objection, b.ObjectUntil = NotDecided, noon.Add(time.Hour) }},
		{"a demand, not known until when to object", Demand, ReasonObjection, func(b *Basis, _ *time.Time) { b.Objection = NotDecided }},
		{"a demand objected to", Demand, ReasonObjection, func(b *Basis, _ *time.Time) { b.Objection = Objecting }},
		{"a demand that fell", Demand, ReasonObjection, func(b *Basis, _ *time.Time) { b.Objection = Upheld }},
		{"a demand not answered yet", Demand, ReasonDeclined, func(b *Basis, _ *time.Time) { b.Step = Open }},
	} {
		b, now := carrying(c.ground), noon
		c.do(&b, &now)
		if why := b.Carries(request(), now); !slices.Equal(why, []Reason{c.reason}) {
			t.Errorf("%s: %v, want %s", c.name, why, c.reason)
		}
	}
	over := carrying(Demand)
	over.Objection, over.ObjectUntil = NotDecided, noon
	if why := over.Carries(request(), noon); len(why) > 0 {
		t.Errorf("the time to object is over: %v", why)
	}
}

// TestNothingDelaysADuty: whatever else a duty has of which nothing was told, whoever approved or not, however old it is: it
// carries.
func TestNothingDelaysADuty(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	pick := func(n int) int { return r.IntN(n) }
	for range 2_000 {
		b := carrying(Duty)
		b.Step, b.Told = []Step{Open, Live, Done, "", "stopped"}[pick(5)], []Told{NotSaid, ToldFirst, ToldLater, NotReachable, NotSafe, ForbiddenTo}[pick(6)]
		b.Second, b.Authentic, b.MayTell = []auth.AccountID{"", "worker", "supervisor"}[pick(3)], []Answer{NotKnown, Yes, No}[pick(3)], []Answer{NotKnown, Yes, No}[pick(3)]
		b.Objection = []Objection{NotDecided, Waived, Objecting, Overruled, Upheld}[pick(5)]
		b.Privileged, b.ObjectUntil = []string{"contact"}, noon.Add(time.Hour)
		b.Begun, b.Until = []time.Time{{}, noon, noon.Add(time.Hour)}[pick(3)], []time.Time{{}, noon.Add(time.Hour)}[pick(2)]
		b.Due = []time.Time{{}, noon.Add(-time.Hour), noon.Add(time.Hour)}[pick(3)]
		q := request()
		q.Rule, q.Kind = []Rule{{}, CommonRule(), CoveredRule()}[pick(3)], []Kind{"", Sharing, PoliceContact}[pick(3)]
		if why := b.Carries(q, noon); len(why) > 0 {
			t.Fatalf("a duty is held up: %v by %+v", why, b)
		}
		// Neither do consents count, whatever they say: the ground is there beside every refusal.
		refused := Consent{ID: "no", Person: "p1", Kind: Sharing, State: Refused, Decided: noon}
		if g := GroundsOf([]Consent{refused, drawn(r, "c")}, []Basis{b}, q.Rule, noon); !slices.ContainsFunc(g, isDuty) {
			t.Fatalf("the duty is no ground: %+v", g)
		}
	}
}

func isDuty(a accord.Authority) bool { return a.Kind == "duty" }

// TestGroundsAreWhatPermits: the authorities made for an agreement are exactly the points that the rule permits.
func TestGroundsAreWhatPermits(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	for range 500 {
		var all []Consent
		for i := range r.IntN(5) {
			all = append(all, drawn(r, ID(rune('a'+i))))
		}
		now, rule := noon.AddDate(0, 0, r.IntN(60)), CommonRule()
		grounds := GroundsOf(all, nil, rule, now)
		for _, to := range []string{"", "clinic", "lawyer", "police"} {
			for _, class := range []string{"", "contact", "need", "identity"} {
				for _, purpose := range []string{"", "support", "safety", "return"} {
					q := Request{Person: "p1", Kind: Sharing, Recipient: to, Class: class, Purpose: purpose, Rule: rule}
					have := slices.ContainsFunc(grounds, func(a accord.Authority) bool {
						at := now.UnixMicro()
						return a.Kind == "consent" && a.To == to && a.Class == class && a.Purpose == purpose && a.From <= at && at < a.Until
					})
					if want := Permits(all, q, now).Allowed; have != want {
						t.Fatalf("%s %s %s: ground %v, rule %v", to, class, purpose, have, want)
					}
				}
			}
		}
	}
	for _, g := range Grounds() {
		n := len(GroundsOf(nil, []Basis{carrying(g)}, CommonRule(), noon))
		if want := map[Ground]int{Duty: 1, Emergency: 1, Demand: 1}[g]; n != want {
			t.Errorf("%s makes %d grounds for agreements, want %d", g, n, want)
		}
	}
}

func TestAuthorityIsOneOfTwo(t *testing.T) {
	for _, c := range []struct {
		a  Authority
		ok bool
	}{{Authority{}, false}, {Authority{Consent: "c"}, true}, {Authority{LegalBasis: "b"}, true}, {Authority{"c", "b"}, false}} {
		if c.a.Valid() != c.ok {
			t.Errorf("%+v: %v", c.a, c.a.Valid())
		}
	}
}
