package consent

import (
	"slices"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault"
)

// BasisID identifies a legal basis.
type BasisID string

// Ground is on what something may be done without the person's consent.
type Ground string

// The grounds.
const (
	Duty       Ground = "duty"       // the law orders a report
	Emergency  Ground = "emergency"  // danger to life: one person decides, another reviews within 72 hours
	Discretion Ground = "discretion" // the law permits it: two people decide
	Demand     Ground = "demand"     // a court or authority orders it
)

// Grounds returns all grounds, in the order of the constants.
func Grounds() []Ground { return []Ground{Duty, Emergency, Discretion, Demand} }

// Step is where a legal basis stands.
type Step string

// The steps.
const (
	Open     Step = "open"     // noted: nothing is done with it yet
	Live     Step = "live"     // it can be acted on
	Done     Step = "done"     // reported, answered, or an emergency reviewed and found right
	Declined Step = "declined" // turned down, found wrong, or noted by mistake
)

// Steps returns all steps, in the order of the constants.
func Steps() []Step { return []Step{Open, Live, Done, Declined} }

// Told says whether the person was told of it, and of what cannot be kept secret, before it was done.
type Told string

// The answers. None of them keeps a duty or an emergency from being done.
const (
	NotSaid      Told = ""
	ToldFirst    Told = "told"
	ToldLater    Told = "later" // it has to be told later: there is a plan
	NotReachable Told = "not-reachable"
	NotSafe      Told = "not-safe"
	ForbiddenTo  Told = "forbidden" // an order forbids it
)

// How long a basis carries, and until when it is reviewed.
const (
	ReviewWithin = 72 * time.Hour
	// DiscretionLasts is how long a decision of two people carries. It is the program's, not a law's.
	DiscretionLasts = 14 * 24 * time.Hour
	// ToldLasts is how long a duty or a demand carries after its recipient was first told: for what they ask back. Then
	// it is done, and carries nothing. It is the program's, not a law's.
	ToldLasts = 72 * time.Hour
	// moment is how long a ground that is computed for one decision holds.
	moment = time.Minute
)

// Basis is a legal basis for telling one recipient something without the person's consent. Its zero value
// carries nothing.
type Basis struct {
	ID        BasisID
	Person    vault.PersonID
	Ground    Ground
	Step      Step
	Recipient string
	Classes   []string // the least that has to be told
	Purpose   string
	Begun     time.Time // when it was noted
	Until     time.Time // first instant at which it no longer carries; zero for a duty or a demand of which nothing was told
	By        auth.AccountID
	Second    auth.AccountID // who agreed, or reviewed
	Told      Told
	// Rule and Version name the row of a profile and its version, for a duty whose recipient and content are those of the
	// row; any other is somebody's own word, and reviewed. Due is until when, zero when the row names no time.
	Rule, Version string
	Due           time.Time
	// Of a demand: who last wrote what was found, whether it is real, what of it is privileged, until when there may be an
	// objection, and what became of that.
	WeighedBy   auth.AccountID
	Authentic   Answer
	Privileged  []string
	ObjectUntil time.Time
	Objection   Objection
	MayTell     Answer // whether the person may be told of the demand
	Hold        string // the legal hold that was placed
}

// Objection is what became of the right to object to a demand.
type Objection string

// The answers.
const (
	NotDecided Objection = ""
	Waived     Objection = "waived"   // looked at, and there is no ground to object
	Objecting  Objection = "objected" // nothing leaves while it is undecided
	Overruled  Objection = "overruled"
	Upheld     Objection = "upheld" // the demand fell
)

// Reasons why a basis does not carry, beside those of a consent.
const (
	ReasonGround     Reason = "ground"     // no ground that is known
	ReasonSecond     Reason = "second"     // the second person has not agreed
	ReasonDeclined   Reason = "declined"   // turned down, or found to be wrong
	ReasonAuthentic  Reason = "authentic"  // not checked whether the demand is real
	ReasonPrivileged Reason = "privileged" // protected from demands
	ReasonObjection  Reason = "objection"  // there is an objection, or still time for one
)

// BasisReasons returns the reasons that only a basis has.
func BasisReasons() []Reason {
	return []Reason{ReasonGround, ReasonSecond, ReasonDeclined, ReasonAuthentic, ReasonPrivileged, ReasonObjection}
}

// Carries returns why a basis does not carry what is asked; nothing means that it does. Of a duty of which nothing was told
// it asks for whom, to whom and what, and nothing else: no approval, no consent and no review delays it. One that was noted
// by mistake is none, and one that was told ends soon after. The kind and the rule of the request are a consent's and do
// not count.
func (b Basis) Carries(q Request, now time.Time) (found []Reason) {
	add := func(wrong bool, r Reason) {
		if wrong {
			found = append(found, r)
		}
	}
	add(q.Person == "" || b.Person != q.Person, ReasonPerson)
	add(q.Recipient == "" || b.Recipient != q.Recipient, ReasonRecipient)
	add(q.Class == "" || !slices.Contains(b.Classes, q.Class), ReasonClass)
	add(q.Purpose == "" || b.Purpose != q.Purpose, ReasonPurpose)
	switch b.Ground {
	case Duty:
		add(b.Step == Declined, ReasonDeclined)
		add(b.over(now), ReasonExpired)
		return found
	case Emergency:
		add(b.By == "" || b.Step != Live && b.Step != Done, ReasonDeclined)
		add(b.Until.IsZero() || !now.Before(b.Until), ReasonExpired)
	case Discretion:
		add(b.Step == Declined, ReasonDeclined)
		add(b.Step != Declined && (b.Step != Live || b.By == "" || b.Second == "" || b.By == b.Second), ReasonSecond)
		add(b.Until.IsZero() || !now.Before(b.Until), ReasonExpired)
	case Demand:
		add(b.Step != Live && b.Step != Done, ReasonDeclined)
		add(b.over(now), ReasonExpired)
		found = append(found, b.holdsBack(q.Class, now)...)
	default:
		add(true, ReasonGround)
	}
	add(b.Begun.IsZero() || now.Before(b.Begun), ReasonNotYet)
	return found
}

// over reports whether the time after telling is over.
func (b Basis) over(now time.Time) bool { return !b.Until.IsZero() && !now.Before(b.Until) }

// holdsBack returns what of a demand stands against telling a class of record.
func (b Basis) holdsBack(class string, now time.Time) (found []Reason) {
	if b.Authentic != Yes {
		found = append(found, ReasonAuthentic)
	}
	if b.Second == "" || b.Second == b.By || b.Second == b.WeighedBy {
		found = append(found, ReasonSecond)
	}
	if slices.Contains(b.Privileged, class) {
		found = append(found, ReasonPrivileged)
	}
	switch b.Objection {
	case Waived, Overruled:
	case NotDecided:
		if b.ObjectUntil.IsZero() || now.Before(b.ObjectUntil) {
			found = append(found, ReasonObjection)
		}
	default:
		found = append(found, ReasonObjection)
	}
	return found
}

// NeedsReview reports whether somebody else still has to look at what was told: in an emergency, or on a duty that stands
// in no profile.
func (b Basis) NeedsReview() bool {
	switch b.Ground {
	case Emergency:
		return b.Step == Live
	case Duty:
		return b.Rule == "" && b.Second == "" && b.Step != Declined && !b.Until.IsZero()
	}
	return false
}

// ReviewBy is until when; zero when nothing needs a review.
func (b Basis) ReviewBy() time.Time {
	switch {
	case b.Ground == Emergency && !b.Begun.IsZero():
		return b.Begun.Add(ReviewWithin)
	case b.Ground == Duty && b.NeedsReview():
		return b.Until.Add(ReviewWithin - ToldLasts)
	}
	return time.Time{}
}

// Waits reports whether a second person has to look: after an emergency or a duty of one's own word, before discretion, and
// before a demand that somebody has found to be real.
func (b Basis) Waits() bool {
	switch b.Ground {
	case Discretion:
		return b.Step == Open
	case Demand:
		return b.Step == Open && b.Authentic == Yes && b.Second == ""
	}
	return b.NeedsReview()
}

// isOf reports whether an account wrote what a second person looks at.
func (b Basis) isOf(a auth.AccountID) bool { return a == b.By || a == b.WeighedBy }

// Authority is on what a step with a person's data rests: what the person agreed to, or a basis of law. They
// are two fields, exactly one of which is set.
type Authority struct {
	Consent    ID
	LegalBasis BasisID
}

// Valid reports whether exactly one is set.
func (a Authority) Valid() bool { return (a.Consent == "") != (a.LegalBasis == "") }

// accordKind is what a ground is in the language of agreements; "" for discretion, on which nothing leaves
// under an agreement: about a survivor that takes consent, a duty or danger to life.
func (g Ground) accordKind() string {
	switch g {
	case Duty, Demand:
		return "duty"
	case Emergency:
		return "danger-to-life"
	default:
		return ""
	}
}

// GroundsOf turns what a person has agreed to, and the legal bases there are, into the authorities that an
// agreement is asked with: one for each recipient, class and purpose that holds now. What leaves is then
// what agreement, purpose and authority have in common. The list is made for one decision, not kept.
func GroundsOf(all []Consent, bases []Basis, rule Rule, now time.Time) (list []accord.Authority) {
	for _, c := range all {
		each(c, func(to, class, purpose string) {
			q := Request{Person: c.Person, Kind: Sharing, Recipient: to, Class: class, Purpose: purpose, Rule: rule}
			if d := Permits(all, q, now); d.Allowed && d.Consent == c.ID {
				list = append(list, accord.Authority{
					Kind: "consent", To: to, Purpose: purpose, Class: class, From: c.Decided.UnixMicro(), Until: c.Until.UnixMicro(),
				})
			}
		})
	}
	for _, b := range bases {
		kind := b.Ground.accordKind()
		for _, class := range b.Classes {
			q := Request{Person: b.Person, Recipient: b.Recipient, Class: class, Purpose: b.Purpose}
			if kind == "" || len(b.Carries(q, now)) > 0 {
				continue
			}
			list = append(list, accord.Authority{
				Kind: kind, To: b.Recipient, Purpose: b.Purpose, Class: class, From: now.UnixMicro(), Until: now.Add(moment).UnixMicro(),
			})
		}
	}
	return list
}

// each calls do with every recipient, class and purpose of a consent to sharing.
func each(c Consent, do func(to, class, purpose string)) {
	if c.Kind != Sharing || c.State != Given {
		return
	}
	for _, t := range c.Recipients {
		for _, class := range c.Classes {
			for _, purpose := range c.Purposes {
				do(t.To, class, purpose)
			}
		}
	}
}
