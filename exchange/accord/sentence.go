package accord

// Sentence is one readable line of an agreement: a stable key, under which each language keeps its wording,
// and the codes and values that fill it, in order.
type Sentence struct {
	Key  string
	Args []any
}

// Sentences returns the agreement as people read it before they sign: who, why, what, and what is forbidden.
// Every term of the document that [Agreement.Decide] looks at is in it, so that nobody signs what was not shown.
func (d Document) Sentences() []Sentence {
	var out []Sentence
	say := func(key string, args ...any) { out = append(out, Sentence{Key: key, Args: args}) }
	say("accord.head", d.ID, d.Serial, d.ValidFrom, d.ValidUntil)
	for _, p := range d.Parties {
		say("accord.party", p.Name, p.Country, p.Roles)
	}
	for _, b := range d.LegalBasis {
		say("accord.basis", b.Jurisdiction, b.Citation)
	}
	say("accord.transfer", string(d.Transfer))
	say("accord.residency", d.Residency)
	for _, c := range d.Clauses {
		say("accord.clause.send", d.partyName(c.From), d.partyName(c.To), c.Class, c.Fields)
		say("accord.clause.about", c.Subjects)
		say("accord.clause.recipients", c.Recipients)
		say("accord.clause.purposes", c.Purposes)
		say("accord.clause.authority", c.Authority)
		say("accord.clause.ceiling", c.TLP, c.Handling, c.Source, c.Information)
		say("accord.clause.onward", c.Onward)
		say("accord.clause.keep", c.Retention, c.ReviewAfter)
	}
	if len(d.Clauses) == 0 {
		say("accord.nothing")
	}
	say("accord.forbidden", d.Forbidden)
	say("accord.matching", d.Matching.PerDay, d.Matching.PerCase)
	return out
}

func (d Document) partyName(id string) string {
	for _, p := range d.Parties {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

// Outcome is one line of a simulation.
type Outcome struct {
	To, Role, Purpose, Field string
	Decision                 Decision
}

// Simulate answers "what would leave, to whom, for this case?": it decides on every recipient, role, purpose and
// field that the agreement names for the class of the record, with the facts of the case taken from r (From,
// Subject, Class, markings, Use, Country, At, and the authorities that exist). Nothing is sent or logged. The
// outcomes are in order of clause.
func (a *Agreement) Simulate(r Request, authorities []Authority) []Outcome {
	r.Agreement = a.Hash()
	var out []Outcome
	for _, c := range a.clauses {
		if c.From != r.From || c.Class != r.Class {
			continue
		}
		for _, role := range c.Recipients {
			for _, purpose := range c.Purposes {
				for _, field := range c.Fields {
					q := r
					q.To, q.Role, q.Purpose, q.Field = c.To, role, purpose, field
					out = append(out, Outcome{To: c.To, Role: role, Purpose: purpose, Field: field, Decision: a.best(q, authorities)})
				}
			}
		}
	}
	return out
}

// best decides under the most favourable of the authorities that exist, or under none.
func (a *Agreement) best(r Request, authorities []Authority) Decision {
	r.Authority = Authority{}
	best := a.Decide(r)
	for _, auth := range authorities {
		r.Authority = auth
		if d := a.Decide(r); d.Allowed || (!best.Allowed && len(d.Reasons) < len(best.Reasons)) {
			best = d
		}
		if best.Allowed {
			return best
		}
	}
	return best
}
