package person

import (
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
)

// Age is what the statements about a birth say about somebody on a day. The zero value is that it could be either:
// not knowing is never being an adult.
type Age int

// The ages.
const (
	Either Age = iota
	Child
	Adult
)

// Majority is the age at which childhood ends in the Palermo Protocol, Art. 3(d), and the Convention on the Rights
// of the Child, Art. 1.
const Majority = 18

// Label says the age in English; it is the key of its translation.
func (a Age) Label() string {
	switch a {
	case Child:
		return i18n.Mark("certainly a child")
	case Adult:
		return i18n.Mark("certainly an adult")
	case Either:
	}
	return i18n.Mark("could be a child or an adult")
}

// birthday returns the first day on which somebody born on a day has an age, in years. Born on 29 February, the day
// is the one that keeps a child a child longer when late is asked for (1 March), else the earlier (28 February).
func birthday(born time.Time, years int, late bool) time.Time {
	at := born.AddDate(years, 0, 0)
	if !late && at.Day() != born.Day() {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// ageOn judges an interval on a day.
func (s span) ageOn(on time.Time) Age {
	if on.IsZero() {
		return Either
	}
	if !s.to.IsZero() && !on.Before(birthday(s.to, Majority, true)) {
		return Adult
	}
	if !s.from.IsZero() && on.Before(birthday(s.from, Majority, false)) {
		return Child
	}
	return Either
}

// AgeOn is what the statements say about a person on a civil date, all of them together: child or adult only where
// every one says so. Without a statement, or on no date, it could be either.
func AgeOn(b Births, on string) Age {
	if len(b.List) == 0 {
		return Either
	}
	age := b.List[0].cautious().ageOn(civil(on))
	for _, s := range b.List[1:] {
		if s.cautious().ageOn(civil(on)) != age {
			return Either
		}
	}
	return age
}

// estimateMonths is by how much an estimate by looking may be wrong at least. Appearance says little about the age
// of young people; that the figure is five years is the program's caution, not a rule of law.
const estimateMonths = 60

// cautious is the interval of a statement with the doubt that its basis has by itself.
func (b Birth) cautious() span {
	if b.Basis == ByEstimate {
		return b.span().widen(estimateMonths)
	}
	return b.span()
}

// Ground is why the safeguards of a child hold, or do not.
type Ground string

// The grounds.
const (
	SurelyChild Ground = "child"
	SurelyAdult Ground = "adult"
	MaybeChild  Ground = "maybe"
	NothingSaid Ground = "unknown"
	Disputed    Ground = "disputed"   // statements contradict each other
	Pending     Ground = "pending"    // an assessment is under way
	Challenged  Ground = "challenged" // its outcome is, or can still be, contested
	Settled     Ground = "settled"    // an assessment that nobody contests says adult
)

// Label says a ground in English; it is the key of its translation.
func (g Ground) Label() string {
	switch g {
	case SurelyChild:
		return i18n.Mark("Every statement about the birth says: a child.")
	case SurelyAdult:
		return i18n.Mark("Every statement about the birth says: an adult.")
	case MaybeChild:
		return i18n.Mark("By what is known, this may be a child.")
	case NothingSaid:
		return i18n.Mark("Nothing is known about the birth, so this may be a child.")
	case Disputed:
		return i18n.Mark("The statements about the birth contradict each other.")
	case Pending:
		return i18n.Mark("An age assessment is under way.")
	case Challenged:
		return i18n.Mark("The outcome of the age assessment is contested, or can still be.")
	case Settled:
		return i18n.Mark("An age assessment that nobody contests says: an adult.")
	}
	return string(g)
}

// Standing says whether the safeguards of a child hold for somebody on a day.
type Standing struct {
	// Safeguards is true whenever the person is, or may be, a child.
	Safeguards bool
	Age        Age
	Grounds    []Ground
}

// Safeguards decides whether the safeguards of a child hold on a civil date. They hold unless every statement that
// counts says that the person is an adult, and nothing about their age is under way. An assessment that settles the
// matter takes the place of what was said before it, see [Assessment.Settles]; what is said after it counts beside
// it. Not knowing, doubting, refusing an assessment and contesting its outcome all keep the safeguards. (Council of
// Europe Convention, Art. 10(3); Directive 2011/36/EU, Art. 13(2).)
func Safeguards(b Births, assessments []Assessment, on string) Standing {
	for _, a := range assessments {
		if a.Open(on) && couldMatter(b, on) {
			return Standing{Safeguards: true, Age: Either, Grounds: []Ground{a.ground()}}
		}
	}
	counted, settled := counting(b, assessments, on)
	st := Standing{Age: AgeOn(counted, on)}
	st.Safeguards = st.Age != Adult
	switch {
	case len(counted.List) == 0:
		st.Grounds = []Ground{NothingSaid}
	case st.Age == Child:
		st.Grounds = []Ground{SurelyChild}
	case st.Age == Adult && settled:
		st.Grounds = []Ground{Settled}
	case st.Age == Adult:
		st.Grounds = []Ground{SurelyAdult}
	default:
		st.Grounds = []Ground{MaybeChild}
	}
	if st.Age == Either && counted.Disagree() {
		st.Grounds = append(st.Grounds, Disputed)
	}
	return st
}

// counting returns the statements that count on a day: all, or the outcome of what settled the matter with what was
// said after it.
func counting(b Births, assessments []Assessment, on string) (counted Births, settled bool) {
	last := ""
	for _, a := range assessments {
		if a.Settles(on) {
			s := a.span()
			counted.List = append(counted.List, Birth{From: day(s.from), To: day(s.to), Basis: ByAssessment, AsOf: a.ConcludedOn})
			last, settled = max(last, a.ConcludedOn), true
		}
	}
	if !settled {
		return b, false
	}
	for _, s := range b.List {
		if s.AsOf == "" || s.AsOf > last {
			counted.List = append(counted.List, s)
		}
	}
	return counted, true
}

// couldMatter reports whether an open assessment leaves a doubt: it does not where every statement says adult by a
// margin that no assessment questions, five years above majority, so that nobody of forty becomes a child by a form.
func couldMatter(b Births, on string) bool {
	s, ok := b.all()
	if !ok || s.to.IsZero() {
		return true
	}
	return s.widen(estimateMonths).ageOn(civil(on)) != Adult
}

// Majorities are the days around an eighteenth birthday that is not known for sure.
type Majorities struct {
	// Earliest and Latest are the first and last day on which the person may turn eighteen; Latest is "" when there is
	// none.
	Earliest, Latest string
	// HandOver, six months before, and Eve, the last day before, count from the earliest possible day: whoever acts
	// by then is in time whatever the truth is. The safeguards last until the latest.
	HandOver, Eve string
}

// Eighteenths returns the days around the eighteenth birthday by each statement that counts, the earliest first. A
// statement by which the person is an adult already has none ahead, and one that does not say from when on they may
// have been born names no day. Statements that contradict each other each have their own days, so that none is missed
// whichever is true.
func Eighteenths(b Births, assessments []Assessment, on string) []Majorities {
	counted, _ := counting(b, assessments, on)
	var all []Majorities
	for _, one := range counted.List {
		s := one.span()
		if s.from.IsZero() || s.ageOn(civil(on)) == Adult {
			continue
		}
		first := birthday(s.from, Majority, false)
		m := Majorities{Earliest: day(first), HandOver: day(monthsBefore(first, 6)), Eve: day(first.AddDate(0, 0, -1))}
		if !s.to.IsZero() {
			m.Latest = day(birthday(s.to, Majority, true))
		}
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	order.By(all, func(x, y Majorities) int { return strings.Compare(x.Earliest+x.Latest, y.Earliest+y.Latest) })
	return all
}

// monthsBefore is the same day n months before, or the last of its month where there is no such day.
func monthsBefore(t time.Time, n int) time.Time {
	at := t.AddDate(0, -n, 0)
	if at.Day() != t.Day() {
		at = at.AddDate(0, 0, -at.Day())
	}
	return at
}
