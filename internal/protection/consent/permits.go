package consent

import (
	"slices"
	"strings"
	"time"
)

// Reason says why a consent does not permit something. The strings are stable codes; pages translate them.
type Reason string

// The reasons.
const (
	ReasonNone       Reason = "none"       // nothing was agreed
	ReasonPerson     Reason = "person"     // agreed by somebody else
	ReasonKind       Reason = "kind"       // agreed to something of another kind
	ReasonRecipient  Reason = "recipient"  // not this recipient
	ReasonClass      Reason = "class"      // not this class of record
	ReasonPurpose    Reason = "purpose"    // not for this purpose
	ReasonDraft      Reason = "draft"      // not decided yet
	ReasonRefused    Reason = "refused"    // the person said no
	ReasonWithdrawn  Reason = "withdrawn"  // taken back
	ReasonSuperseded Reason = "superseded" // another took its place
	ReasonNotYet     Reason = "not-yet"    // decided later than the instant asked about
	ReasonExpired    Reason = "expired"    // its time is over
	ReasonUnlimited  Reason = "unlimited"  // without an end, or a later one than may be
	ReasonUnwritten  Reason = "unwritten"  // a written release is needed
	ReasonLaterNo    Reason = "later-no"   // the person has said no since

	ReasonExploiter            Reason = "exploiter"             // somebody who is said to have exploited the person was there
	ReasonExploiterUnknown     Reason = "exploiter-unknown"     // not known whether such a one was there
	ReasonInterpreter          Reason = "interpreter-conflict"  // the interpreter has a conflict
	ReasonInterpreterUnchecked Reason = "interpreter-unchecked" // nobody has looked
	ReasonGuardian             Reason = "guardian-conflict"     // the guardian has a conflict
	ReasonGuardianUnchecked    Reason = "guardian-unchecked"    // nobody has looked, or there is none
	ReasonChildObjected        Reason = "child-objected"        // the child said no
	ReasonChildNotAsked        Reason = "child-not-asked"       // the child was not asked
	ReasonChildAlone           Reason = "child-alone"           // a child, or somebody of unknown age, as if an adult
	ReasonDecider              Reason = "decider"               // nobody able to decide has decided
	ReasonNotExplained         Reason = "not-explained"         // not everything was explained
	ReasonNotUnderstood        Reason = "not-understood"        // not said back in the person's own words
	ReasonNotRecorded          Reason = "not-recorded"          // not recorded how
)

// Reasons returns every reason, in the order in which a refusal gives them.
func Reasons() []Reason {
	return []Reason{
		ReasonNone, ReasonPerson, ReasonKind, ReasonRecipient, ReasonClass, ReasonPurpose, ReasonDraft, ReasonRefused,
		ReasonWithdrawn, ReasonSuperseded, ReasonNotYet, ReasonExpired, ReasonUnlimited, ReasonUnwritten, ReasonLaterNo,
		ReasonExploiter, ReasonExploiterUnknown, ReasonInterpreter, ReasonInterpreterUnchecked, ReasonGuardian,
		ReasonGuardianUnchecked, ReasonChildObjected, ReasonChildNotAsked, ReasonChildAlone, ReasonDecider, ReasonNotExplained,
		ReasonNotUnderstood, ReasonNotRecorded,
	}
}

// Decision is the answer to a request. The zero value is a no.
type Decision struct {
	Allowed bool
	// Consent is the one that permits it, with what holds for the recipient, when allowed.
	Consent ID
	Term    Term
	Until   time.Time
	// Reasons are those of the consent that came nearest, when refused; Refusals those of every one.
	Reasons  []Reason
	Refusals []Refusal
}

// Refusal is why one consent does not permit it.
type Refusal struct {
	Consent ID
	Reasons []Reason
}

// Permits decides whether what a person has agreed to lets something be done now. Of several that permit,
// the one that lasts longest is named. Complexity is quadratic in the consents of one person.
func Permits(all []Consent, q Request, now time.Time) (d Decision) {
	for _, c := range all {
		term, reasons := judge(all, c, q, now)
		if len(reasons) > 0 {
			d.Refusals = append(d.Refusals, Refusal{c.ID, reasons})
			if d.Reasons == nil || len(reasons) < len(d.Reasons) {
				d.Reasons = reasons
			}
			continue
		}
		if !d.Allowed || c.Until.After(d.Until) {
			d.Allowed, d.Consent, d.Term, d.Until = true, c.ID, term, c.Until
		}
	}
	if d.Allowed {
		d.Reasons, d.Refusals = nil, nil
	} else if len(all) == 0 {
		d.Reasons = []Reason{ReasonNone}
	}
	return d
}

// judge returns why one consent among all of a person does not permit a request.
func judge(all []Consent, c Consent, q Request, now time.Time) (term Term, reasons []Reason) {
	term, reasons = c.refuses(q, now)
	if len(reasons) == 0 && saidNoSince(all, c, q, now) {
		reasons = []Reason{ReasonLaterNo}
	}
	return term, reasons
}

// refuses returns why a consent does not permit a request, in the order of [Reasons].
func (c Consent) refuses(q Request, now time.Time) (term Term, found []Reason) {
	add := func(wrong bool, r Reason) {
		if wrong {
			found = append(found, r)
		}
	}
	add(q.Person == "" || c.Person != q.Person, ReasonPerson)
	add(q.Kind == "" || c.Kind != q.Kind, ReasonKind)
	at := slices.IndexFunc(c.Recipients, func(t Term) bool { return t.To == q.Recipient && q.Recipient != "" })
	if at >= 0 {
		term = c.Recipients[at]
	}
	add(at < 0, ReasonRecipient)
	add(q.Class == "" || !slices.Contains(c.Classes, q.Class), ReasonClass)
	add(q.Purpose == "" || !slices.Contains(c.Purposes, q.Purpose), ReasonPurpose)
	switch c.State {
	case Given, Expired: // its dates decide, below
	case Refused:
		add(true, ReasonRefused)
	case Withdrawn:
		add(true, ReasonWithdrawn)
	case Superseded:
		add(true, ReasonSuperseded)
	default:
		add(true, ReasonDraft)
	}
	add(at >= 0 && !term.Ended.IsZero() && c.State != Withdrawn, ReasonWithdrawn)
	add(c.Decided.IsZero() || now.Before(c.Decided), ReasonNotYet)
	add(!c.Until.IsZero() && !now.Before(c.Until) || c.State == Expired, ReasonExpired)
	add(c.Until.IsZero() || !c.Decided.IsZero() && c.Until.After(c.Decided.AddDate(0, 0, q.Rule.Longest)), ReasonUnlimited)
	add(q.Rule.Written && !c.Method.written(), ReasonUnwritten)
	return term, append(found, c.flaws()...)
}

// saidNoSince reports whether the person has refused, or taken back, what the request asks for after they
// gave c: the last word counts, on whichever sheet it stands. A no counts whatever its form: it need not
// have been explained, nor recorded well. What a no does not name it covers.
func saidNoSince(all []Consent, c Consent, q Request, now time.Time) bool {
	for _, other := range all {
		if other.Person != q.Person || other.Kind != q.Kind || other.ID == c.ID {
			continue
		}
		if at, no := other.no(q); no && !at.Before(c.Decided) && !at.After(now) {
			return true
		}
	}
	return false
}

// no returns when a consent became a no to what is asked, and whether it did.
func (c Consent) no(q Request) (at time.Time, no bool) {
	covers := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	if !covers(c.Classes, q.Class) || !covers(c.Purposes, q.Purpose) {
		return at, false
	}
	named := len(c.Recipients) == 0
	for _, t := range c.Recipients {
		// A kind of recipient covers those of it that have a name: "police" is also "police.north".
		if t.To != q.Recipient && (t.To == "" || !strings.HasPrefix(q.Recipient, t.To+".")) {
			continue
		}
		named = true
		if !t.Ended.IsZero() && t.Ended.After(at) {
			at, no = t.Ended, true
		}
	}
	switch {
	case !named:
		return time.Time{}, false
	case c.State == Refused:
		return c.Decided, true
	case c.State == Withdrawn:
		return c.Ended, true
	}
	return at, no
}
