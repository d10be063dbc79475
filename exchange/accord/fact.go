package accord

import "github.com/cedar-policy/cedar-go"

// facts is a request as the policies see it: who would receive (principal), the act of sending (action), what
// would leave (resource), and the authority for it (context). Each carries only what is known; a policy
// that reads an absent attribute fails, which is a no. Four small records are several times cheaper to
// build than one large one.
type facts struct {
	recipient, act, thing cedar.Entity
	authority             cedar.Record
}

var (
	recipientUID = cedar.NewEntityUID("Recipient", "")
	actUID       = cedar.NewEntityUID("Act", "")
	thingUID     = cedar.NewEntityUID("Thing", "")
)

func factsOf(r *Request) *facts {
	recipient := make(cedar.RecordMap, 4)
	text(recipient, "to", r.To)
	text(recipient, "role", r.Role)
	text(recipient, "use", r.Use)
	text(recipient, "country", r.Country)

	act := make(cedar.RecordMap, 4)
	text(act, "agreement", r.Agreement)
	text(act, "from", r.From)
	text(act, "purpose", r.Purpose)
	number(act, "at", r.At)

	thing := make(cedar.RecordMap, 7)
	text(thing, "subject", r.Subject)
	text(thing, "class", r.Class)
	text(thing, "field", r.Field)
	number(thing, "tlp", int64(rank(tlpOrder, r.TLP)))
	number(thing, "handling", int64(rank(handlingOrder, r.Handling)))
	number(thing, "source", int64(rank(sourceOrder, r.Source)))
	number(thing, "information", int64(max(r.Information, 0)))

	authority := make(cedar.RecordMap, 6)
	text(authority, "kind", r.Authority.Kind)
	text(authority, "to", r.Authority.To)
	text(authority, "purpose", r.Authority.Purpose)
	text(authority, "class", r.Authority.Class)
	number(authority, "from", r.Authority.From)
	number(authority, "until", r.Authority.Until)

	return &facts{
		recipient: cedar.Entity{UID: recipientUID, Attributes: cedar.NewRecord(recipient)},
		act:       cedar.Entity{UID: actUID, Attributes: cedar.NewRecord(act)},
		thing:     cedar.Entity{UID: thingUID, Attributes: cedar.NewRecord(thing)},
		authority: cedar.NewRecord(authority),
	}
}

func text(m cedar.RecordMap, key cedar.String, v string) {
	if v != "" {
		m[key] = cedar.String(v)
	}
}

func number(m cedar.RecordMap, key cedar.String, v int64) {
	if v != 0 {
		m[key] = cedar.Long(v)
	}
}

// Get returns one of the three entities of the request; there are no others.
func (f *facts) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid.Type {
	case recipientUID.Type:
		return f.recipient, true
	case actUID.Type:
		return f.act, true
	case thingUID.Type:
		return f.thing, true
	}
	return cedar.Entity{}, false
}

func (f *facts) request() cedar.Request {
	return cedar.Request{Principal: recipientUID, Action: actUID, Resource: thingUID, Context: f.authority}
}
