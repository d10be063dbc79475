// Package treaty says how a State stands to an instrument: a chain of dated acts, not a flag.
//
// Signature, approval at home, deposit, entry into force, reservation and denunciation are acts of their own,
// each with its source and the day on which the source knew it. [Chain.On] folds them for two clocks. What a
// source leaves open stays open: a year without a day, an act without a date and two sources that disagree make
// the answer unclear, and the answer says so.
//
// Trust: acts come from the shipped tables or from people; [Check] names what does not fit and drops nothing. The
// package reads no clock and keeps no state.
package treaty

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/law/clock"
)

// Kind is what a State did.
type Kind string

// The kinds of act.
const (
	Signature         Kind = "signature"
	DomesticApproval  Kind = "domestic-approval" // of a parliament: it binds nobody abroad
	Ratification      Kind = "ratification"
	Accession         Kind = "accession"
	Acceptance        Kind = "acceptance"
	Approval          Kind = "approval"
	Succession        Kind = "succession"
	DefiniteSignature Kind = "definitive signature" // not subject to ratification
	Consent           Kind = "consent"              // the source does not say by which act
	Reservation       Kind = "reservation"
	Declaration       Kind = "declaration"
	Confirmation      Kind = "confirmation" // of a reservation made on signature, when consent is given
	Objection         Kind = "objection"    // of another State to a reservation
	Withdrawal        Kind = "withdrawal"   // of a reservation, declaration or objection
	Denunciation      Kind = "denunciation"
	Absent            Kind = "absent" // a list of all acts has none of this State
)

// Kinds returns all kinds, in the order of the constants.
func Kinds() []Kind {
	return []Kind{
		Signature, DomesticApproval, Ratification, Accession, Acceptance, Approval, Succession, DefiniteSignature, Consent,
		Reservation, Declaration, Confirmation, Objection, Withdrawal, Denunciation, Absent,
	}
}

// binds reports whether an act of the kind expresses consent to be bound.
func (k Kind) binds() bool {
	return slices.Contains([]Kind{Ratification, Accession, Acceptance, Approval, Succession, DefiniteSignature, Consent}, k)
}

// Act is one act of a State, as one source tells it.
type Act struct {
	ID, State, Instrument string
	Kind                  Kind
	// Date is as exact as the source; "" says that it happened by the day on which the source knew it.
	Date clock.Day
	// Of is the act to which a reservation, confirmation, objection or withdrawal belongs.
	Of string
	// Articles are those that a reservation or declaration touches, such as "6(3)(d)".
	Articles []string
	// CompetingOf is the act of which this is another account.
	CompetingOf string
	Text        string
	Source      string
	// Confidence is "high", "medium" or "low".
	Confidence string
	// Known is the day on which the source stood so.
	Known clock.Day
}

// when is the days on which the act may have been done.
func (a Act) when() clock.Span {
	if a.Date == "" {
		return clock.Span{To: a.Known}
	}
	return a.Date.Span()
}

// Rule says when an instrument enters into force for a State, and when it leaves.
type Rule struct {
	// Since is when the instrument itself came into force; nobody is bound before.
	Since clock.Day
	// Days and Months run from the deposit; FirstOfMonth then waits for the first day of a month.
	Days, Months int
	FirstOfMonth bool
	// Notice is the months from a denunciation to its effect.
	Notice int
}

// ParseRule reads a rule as the tables write it: "30d", "3m", "3m1" (the first of the month after three months),
// each with "/12m" for a notice. A blank one counts from the deposit and has a notice of a year.
func ParseRule(since clock.Day, text string) (Rule, error) {
	r := Rule{Since: since, Notice: 12}
	wait, notice, _ := strings.Cut(text, "/")
	for i, part := range []string{wait, notice} {
		if part == "" {
			continue
		}
		unit := strings.TrimLeft(part, "0123456789")
		digits := strings.TrimSuffix(part, unit)
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n > 999 || i == 1 && unit != "m" {
			return r, fmt.Errorf("treaty: %q is not a rule of entry into force", text)
		}
		switch {
		case i == 1:
			r.Notice = n
		case unit == "d":
			r.Days = n
		case unit == "m":
			r.Months = n
		case unit == "m1":
			r.Months, r.FirstOfMonth = n, true
		default:
			return r, fmt.Errorf("treaty: %q is not a rule of entry into force", text)
		}
	}
	return r, nil
}

// Force is when a consent given on a day binds; "" for none.
func (r Rule) Force(consent clock.Day) clock.Day {
	if !consent.Exact() {
		return ""
	}
	t := months(consent.Time(), r.Months)
	if r.FirstOfMonth && t.Day() != 1 {
		t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return max(clock.Of(t.AddDate(0, 0, r.Days)), r.Since.First())
}

// Leaves is when a denunciation notified on a day takes effect.
func (r Rule) Leaves(notified clock.Day) clock.Day {
	if !notified.Exact() {
		return ""
	}
	return clock.Of(months(notified.Time(), r.Notice))
}

// months adds months and keeps the last day of a shorter month: a month after 31 January is the end of February.
func months(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(t.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// force and leaves are the days between which a rule lets an act take effect.
func (r Rule) force(s clock.Span) clock.Span {
	return clock.Span{From: r.Force(s.From), To: r.Force(s.To)}
}

func (r Rule) leaves(s clock.Span) clock.Span {
	return clock.Span{From: r.Leaves(s.From), To: r.Leaves(s.To)}
}

// Pin splits a reference to an article into its parts: "6(3)(d)" and "art. 6.3.d" are 6, 3, d.
func Pin(reference string) []string {
	parts := strings.FieldsFunc(strings.ToLower(reference), func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z')
	})
	if len(parts) > 0 && slices.Contains([]string{"art", "arts", "article", "articles"}, parts[0]) {
		parts = parts[1:]
	}
	return parts
}
