// Package consent keeps what a person has agreed to with the use of what is known of them, and on what
// ground something may be done without it.
//
// A [Consent] names its recipients, classes of record, purposes and time, one by one, and how it was
// given: what was explained, in which language, who helped, who was there. Kinds are apart: none implies
// another. [Permits] is the whole rule, without database or clock: deny is the default, empty means nobody,
// the person's last word counts, and every refusal says why. What was agreed can be taken back as easily as
// it was given; that acts in the transaction in which it is recorded, and leaves a [Recall] for everybody
// who has something already.
//
// A [Basis] is a ground of law: a duty to report, which nothing here can delay; danger to life, which one
// person decides and another reviews; discretion, which takes two; the demand of a court. Consent and legal
// basis are separate fields of [Authority] and never stand for one another. Whatever leaves has a
// [Disclosure] naming one of them.
//
// Trust: the room trusts the case file for who may see a case, the vault for what is sealed, and what a
// worker records of how consent was given. It cannot see whether consent was free; the conditions it asks
// for are those under which somebody has at least looked.
package consent

import (
	"time"

	"github.com/fourfold/fourfold/internal/vault"
)

// ID identifies a consent.
type ID string

// Kind is what a consent is about. None implies another.
type Kind string

// The kinds.
const (
	Service        Kind = "service"         // being helped
	Processing     Kind = "data-processing" // that we keep and use what is known
	Sharing        Kind = "disclosure"      // that one recipient is told
	Identification Kind = "identification"  // that the authority is asked to decide formally
	PoliceContact  Kind = "police-contact"  // meeting the police
	Research       Kind = "research"        // research and statistics beyond plain counts
	Photo          Kind = "photo"           // pictures, voice, media
)

// State is where a consent stands. The zero State denies.
type State string

// The states. Only Given permits, and only between its dates.
const (
	Draft      State = "draft"
	Given      State = "given"
	Expired    State = "expired" // never stored: a given one whose time is over
	Withdrawn  State = "withdrawn"
	Superseded State = "superseded"
	Refused    State = "refused" // the person said no
)

// States returns all states, in the order of the constants.
func States() []State { return []State{Draft, Given, Expired, Withdrawn, Superseded, Refused} }

// Recallability says whether a recipient gives back what it has when consent is withdrawn.
type Recallability string

// The answers. One that is not known counts as no.
const (
	RecallUnknown Recallability = ""
	RecallYes     Recallability = "yes"
	RecallPartly  Recallability = "partly"
	RecallNo      Recallability = "no"
)

// Feeding says whether a recipient passes on to immigration enforcement. Unknown is shown as "may".
type Feeding string

// The answers.
const (
	FeedsUnknown Feeding = ""
	FeedsNo      Feeding = "no"
	FeedsMay     Feeding = "may"
	FeedsYes     Feeding = "yes"
)

// Term is what holds for one recipient.
type Term struct {
	To     string        // code of the recipient: a party, or one of [Recipients]
	Recall Recallability // whether it can be taken back there
	Why    string        // one of [RecallReasons], why not or only partly
	Feeds  Feeding
	Ended  time.Time // when the person took it back for this recipient; zero when not
}

// Consent is one thing that a person has said yes or no to. Its zero value permits nothing.
type Consent struct {
	ID         ID
	Person     vault.PersonID
	Kind       Kind
	State      State // as stored; [Consent.StateAt] says where it stands
	Recipients []Term
	Classes    []string
	Purposes   []string
	Decided    time.Time // when the person said so
	Until      time.Time // first instant at which it no longer holds
	Ended      time.Time // when it was withdrawn or superseded
	Giving
}

// StateAt says where a consent stands at an instant: expiry is computed, never stored late.
func (c Consent) StateAt(now time.Time) State {
	if c.State == Given && !c.Until.IsZero() && !now.Before(c.Until) {
		return Expired
	}
	return c.State
}

// Request asks whether something may be done on the person's consent. Whatever is left at its zero value
// is unknown, and unknown is a no.
type Request struct {
	Person    vault.PersonID
	Kind      Kind
	Recipient string
	Class     string
	Purpose   string
	Rule      Rule
}

// Rule is what the organisation must ask of a consent beyond the common rule. The zero Rule is the
// strictest: it lets none be long enough.
type Rule struct {
	Written bool // only what the person signed, or marked, counts
	Longest int  // days that one may last at most
}

// CommonRule is the rule of an organisation without a stricter one: a consent lasts two years at most, and
// how it was given is recorded.
func CommonRule() Rule { return Rule{Longest: 731} }

// CoveredRule is the rule for victim-service providers under the confidentiality provisions of the United
// States: a written release, limited to a reasonable time. What is reasonable is not a number of the law:
// this is the longest that the program takes for it.
func CoveredRule() Rule { return Rule{Written: true, Longest: 366} }
