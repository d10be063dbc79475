package treaty

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/order"
)

// Standing is how a State stands to an instrument on a day.
type Standing uint8

// The standings, from nothing known to bound.
const (
	Unknown   Standing = iota // no source speaks of the State
	None                      // no act that counts has been done
	Signed                    // signed, subject to consent
	Consented                 // consent is deposited, and does not bind yet
	InForce                   // bound
	Left                      // a denunciation took effect
)

var standings = []string{"unknown", "none", "signed", "consented", "in-force", "left"}

// String returns the word of the tables.
func (s Standing) String() string { return standings[min(int(s), len(standings)-1)] }

// Unclear says why a standing is not certain.
type Unclear string

// The reasons. Certain is the good one.
const (
	Certain   Unclear = ""
	Undated   Unclear = "undated"   // an act is known, its day is not
	Imprecise Unclear = "imprecise" // an act is known by month or year
	Disputed  Unclear = "disputed"  // sources disagree, and it matters on this day
)

// Status is the answer of [Chain.On].
type Status struct {
	// Standing is what is certain at least. Perhaps is what it may be; the same when nothing is unclear.
	Standing, Perhaps Standing
	Unclear           Unclear
	// Signed, Consent and Left are the acts behind it, nil without one that may have been done.
	Signed, Consent, Left *Act
	// Force is when the consent binds; blank while there is none.
	Force clock.Span
	// Claims are other accounts of the acts, whether or not they matter on this day.
	Claims []Act
	// Approvals are those at home. They do not count abroad.
	Approvals    []Act
	Reservations []Reserved
	// AsOf is the newest day on which a source knew of the State. Later acts are not looked for.
	AsOf clock.Day
}

// Effect is what a reservation does on a day.
type Effect string

// The effects of a reservation.
const (
	InEffect    Effect = "in-effect"
	Unconfirmed Effect = "not-confirmed" // made on signature, not confirmed on consent: VCLT art. 23(2)
	Withdrawn   Effect = "withdrawn"
	Pending     Effect = "not-yet" // the act to which it belongs has not been done by then
)

// Reserved is a reservation with what followed it.
type Reserved struct {
	Act
	Effect     Effect
	Objections []Act
}

// Reserves reports whether a reservation in effect takes out a provision such as "6(3)(d)". The obligation is then not
// applicable to the State, which is another thing than not covered.
func (s Status) Reserves(reference string) bool {
	asked := Pin(reference)
	for _, r := range s.Reservations {
		for _, article := range r.Articles {
			pin := Pin(article)
			if r.Effect == InEffect && len(pin) > 0 && len(pin) <= len(asked) && slices.Equal(pin, asked[:len(pin)]) {
				return true
			}
		}
	}
	return false
}

// Chain is the acts of one State for one instrument.
type Chain struct {
	Rule Rule
	Acts []Act
}

// On returns the status on a day as known on a day.
func (c Chain) On(at clock.At) Status {
	told := c.told(at)
	var s Status
	for _, a := range told {
		s.AsOf = max(s.AsOf, a.Known)
	}
	main, others := settle(told)
	for _, list := range others {
		s.Claims = append(s.Claims, list...)
	}
	low, high := c.fold(main, at.On, false), c.fold(main, at.On, true)
	s.Standing, s.Perhaps = low, high
	s.name(c.Rule, main, at.On)
	if low != high {
		s.Unclear = Imprecise
		if s.Consent != nil && s.Consent.Date == "" {
			s.Unclear = Undated
		}
	}
	for i, list := range others {
		for _, other := range list {
			swapped := slices.Clone(main)
			swapped[i] = other
			if l, h := c.fold(swapped, at.On, false), c.fold(swapped, at.On, true); l != low || h != high {
				s.Standing, s.Perhaps, s.Unclear = min(s.Standing, l), max(s.Perhaps, h), Disputed
			}
		}
	}
	s.reserve(told, at.On)
	return s
}

// told are the acts of which a source spoke by then, by date.
func (c Chain) told(at clock.At) []Act {
	var out []Act
	for _, a := range c.Acts {
		if at.Knows(a.Known.Micros(), 0) {
			out = append(out, a)
		}
	}
	order.By(out, func(a, b Act) int { return cmp.Compare(a.when().To, b.when().To) })
	return out
}

// settle takes one account of each act, the most trusted, and returns the others by its place.
func settle(acts []Act) (main []Act, others map[int][]Act) {
	at := map[string]int{}
	others = map[int][]Act{}
	for _, a := range acts {
		root := a.ID
		if a.CompetingOf != "" {
			root = a.CompetingOf
		}
		i, seen := at[root]
		switch {
		case !seen:
			at[root] = len(main)
			main = append(main, a)
		case trust(a) > trust(main[i]):
			others[i] = append(others[i], main[i])
			main[i] = a
		default:
			others[i] = append(others[i], a)
		}
	}
	return main, others
}

// trust orders accounts: the confidence first, then the exactness of the date.
func trust(a Act) int {
	return 100*map[string]int{"high": 3, "medium": 2, "low": 1}[a.Confidence] + len(a.Date)
}

// fold returns the standing when every act that is not certain by the day was not done, or was (perhaps).
func (c Chain) fold(acts []Act, on clock.Day, perhaps bool) Standing {
	done := func(s clock.Span) bool { return s.By(on) == clock.Reached || perhaps && s.By(on) == clock.Perhaps }
	left := clock.Day("")
	for _, a := range acts {
		// Leaving counts against the State, so the doubt works the other way round.
		if reach := c.Rule.leaves(a.when()).By(on); a.Kind == Denunciation && (reach == clock.Reached || !perhaps && reach == clock.Perhaps) {
			left = max(left, a.when().To)
		}
	}
	best := Unknown
	for _, a := range acts {
		step := None
		switch {
		case a.Kind == Signature && done(a.when()):
			step = Signed
		case a.Kind.binds() && done(a.when()) && (left == "" || a.when().From > left):
			if step = Consented; done(c.Rule.force(a.when())) || a.Date == "" && perhaps {
				step = InForce
			}
		}
		best = max(best, step)
	}
	if left != "" && best < Consented {
		return Left
	}
	return best
}

// name fills in the acts behind the standing.
func (s *Status) name(r Rule, acts []Act, on clock.Day) {
	for i := range acts {
		a := &acts[i]
		if a.when().By(on) == clock.NotYet {
			continue
		}
		switch {
		case a.Kind == Signature && (s.Signed == nil || a.Date < s.Signed.Date):
			s.Signed = a
		case a.Kind == DomesticApproval:
			s.Approvals = append(s.Approvals, *a)
		case a.Kind == Denunciation:
			s.Left = a
		case a.Kind.binds() && (s.Consent == nil || s.Left != nil):
			s.Consent, s.Force = a, r.force(a.when())
		}
	}
}

// reserve gathers the reservations and what followed them.
func (s *Status) reserve(acts []Act, on clock.Day) {
	byID := map[string]Act{}
	for _, a := range acts {
		byID[a.ID] = a
	}
	for _, a := range acts {
		if a.Kind != Reservation || a.when().By(on) == clock.NotYet {
			continue
		}
		r := Reserved{Act: a, Effect: InEffect}
		if of, ok := byID[a.Of]; !ok || !of.Kind.binds() {
			r.Effect = Unconfirmed
		} else if of.when().By(on) != clock.Reached {
			r.Effect = Pending
		}
		for _, b := range acts {
			if b.Of != a.ID || b.when().By(on) != clock.Reached {
				continue
			}
			switch b.Kind {
			case Confirmation:
				if r.Effect == Unconfirmed {
					r.Effect = InEffect
				}
			case Objection:
				r.Objections = append(r.Objections, b)
			case Withdrawal:
				r.Effect = Withdrawn
			}
		}
		s.Reservations = append(s.Reservations, r)
	}
}

// Count is how many States are party on a day: consent given, and not left again. In force counts those whom it binds.
type Count struct {
	// Dated are certain. Undated are known to have consented, without a day. Perhaps are between the two: their day lies in
	// a month or year that is not over, or sources disagree.
	Dated, Undated, Perhaps int
	InForce                 int
}

// Parties counts the parties among chains.
func Parties(chains []Chain, at clock.At) Count {
	var n Count
	for _, c := range chains {
		s := c.On(at)
		bound := func(x Standing) bool { return x == Consented || x == InForce }
		switch {
		case bound(s.Standing) && s.Consent != nil && s.Consent.Date == "":
			n.Undated++
		case bound(s.Standing):
			n.Dated++
		case bound(s.Perhaps):
			n.Perhaps++
		}
		if s.Standing == InForce {
			n.InForce++
		}
	}
	return n
}
