package person

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Basis is on what a date of birth rests.
type Basis string

// The bases.
const (
	ByDocument   Basis = "document"
	ByStatement  Basis = "statement" // the person says so
	ByOther      Basis = "other"     // somebody else says so
	ByAssessment Basis = "assessment"
	ByEstimate   Basis = "estimate" // somebody looked
)

// Bases returns the bases, in the order of the constants.
func Bases() []Basis { return []Basis{ByDocument, ByStatement, ByOther, ByAssessment, ByEstimate} }

// Label says in English on what a date rests; it is the key of its translation.
func (b Basis) Label() string {
	switch b {
	case ByDocument:
		return i18n.Mark("a document")
	case ByStatement:
		return i18n.Mark("what the person says")
	case ByOther:
		return i18n.Mark("what somebody else says")
	case ByAssessment:
		return i18n.Mark("an age assessment")
	case ByEstimate:
		return i18n.Mark("an estimate by looking")
	}
	return string(b)
}

// Birth is one statement about when the person was born: some day from From to To, both included. Both are civil
// dates, YYYY-MM-DD; an empty one is open. Several statements stand side by side, each with its source.
type Birth struct {
	hidden

	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Basis Basis  `json:"basis"`
	// Written is the date as it was given, when that was another calendar.
	Written string `json:"written,omitempty"`
	// Source says where it was read or who said it, AsOf when (a civil date), By which account wrote it here.
	Source string `json:"source,omitempty"`
	AsOf   string `json:"as_of,omitempty"`
	By     string `json:"by,omitempty"`
}

// span is an interval of days; zero times are open.
type span struct{ from, to time.Time }

func (b Birth) span() span { return span{civil(b.From), civil(b.To)} }

// civil reads a civil date; anything else is the zero time.
func civil(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// meets reports whether two intervals have a day in common.
func (s span) meets(o span) bool {
	return (s.to.IsZero() || o.from.IsZero() || !o.from.After(s.to)) && (o.to.IsZero() || s.from.IsZero() || !s.from.After(o.to))
}

// join returns the interval that holds both.
func (s span) join(o span) span {
	if s.from.IsZero() || o.from.IsZero() {
		s.from = time.Time{}
	} else if o.from.Before(s.from) {
		s.from = o.from
	}
	if s.to.IsZero() || o.to.IsZero() {
		s.to = time.Time{}
	} else if o.to.After(s.to) {
		s.to = o.to
	}
	return s
}

// widen moves both ends outward by months.
func (s span) widen(months int) span {
	if !s.from.IsZero() {
		s.from = s.from.AddDate(0, -months, 0)
	}
	if !s.to.IsZero() {
		s.to = s.to.AddDate(0, months, 0)
	}
	return s
}

// maxBirths bounds the statements about one birth, maxSource a source in bytes.
const maxBirths, maxSource = 12, 400

// Births is what is known of a birth. The order is that in which it came.
type Births struct {
	hidden

	List []Birth `json:"list,omitempty"`
}

// check refuses what is no interval, or lies after today.
func (b Births) check(today string) error {
	f := fault.New(fault.Invalid, "The birth was not kept.")
	if len(b.List) > maxBirths {
		f = f.WithField("birth", "Keep at most %d statements about one birth.", maxBirths)
	}
	for _, s := range b.List {
		f = s.check(f, today)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (b Birth) check(f *fault.Error, today string) *fault.Error {
	from, to := civil(b.From), civil(b.To)
	switch {
	case b.From != "" && from.IsZero() || b.To != "" && to.IsZero():
		f = f.WithField("birth", "Give a date as year, year-month or year-month-day, such as 2008-05-17.")
	case from.IsZero() && to.IsZero():
		f = f.WithField("birth", "Give at least one end: born from, or born until.")
	case !from.IsZero() && !to.IsZero() && from.After(to):
		f = f.WithField("birth", "Give the earlier date first.")
	case b.From > today || b.To > today:
		f = f.WithField("birth", "This lies in the future. If it is a year of another calendar, choose that calendar.")
	}
	if !slices.Contains(Bases(), b.Basis) {
		f = f.WithField("birth", "Choose on what the date rests.")
	}
	if len(b.Source) > maxSource || len(b.Written) > maxSource {
		f = f.WithField("birth", "Say in at most %d bytes where it is from.", maxSource)
	}
	return f
}

// Disagree reports whether two statements have no day in common. They are shown side by side and never averaged.
func (b Births) Disagree() bool {
	for i, s := range b.List {
		for _, o := range b.List[i+1:] {
			if !s.span().meets(o.span()) {
				return true
			}
		}
	}
	return false
}

// Years are the years between which the person was born, by all statements together, for the search index. 0 is
// unknown.
func (b Births) Years() (from, to int) {
	s, ok := b.all()
	if !ok || s.from.IsZero() || s.to.IsZero() {
		return 0, 0
	}
	return s.from.Year(), s.to.Year()
}

// all returns the interval that holds every statement; false without one.
func (b Births) all() (span, bool) {
	if len(b.List) == 0 {
		return span{}, false
	}
	s := b.List[0].span()
	for _, o := range b.List[1:] {
		s = s.join(o.span())
	}
	return s, true
}

// Calendar is the calendar in which a date was given.
type Calendar string

// The calendars. Only years are converted: a day of another calendar is worked out by somebody who knows it.
const (
	Gregorian Calendar = ""
	Buddhist  Calendar = "buddhist" // Thailand, Laos, Cambodia
	Ethiopian Calendar = "ethiopian"
	Persian   Calendar = "persian" // Iran, Afghanistan
	Islamic   Calendar = "islamic" // lunar
)

// Calendars returns the calendars, in the order of the constants.
func Calendars() []Calendar { return []Calendar{Gregorian, Buddhist, Ethiopian, Persian, Islamic} }

// Label names a calendar in English; it is the key of its translation.
func (c Calendar) Label() string {
	switch c {
	case Gregorian:
		return i18n.Mark("Gregorian")
	case Buddhist:
		return i18n.Mark("Buddhist (Thai, Lao, Khmer)")
	case Ethiopian:
		return i18n.Mark("Ethiopian")
	case Persian:
		return i18n.Mark("Persian, Afghan (solar)")
	case Islamic:
		return i18n.Mark("Islamic (lunar)")
	}
	return string(c)
}

// ParseBirth reads two ends as people type them: year, year-month, or year-month-day, of a calendar. One end alone
// is the whole of what it names: "2008" is any day of 2008. Years of another calendar become the days on which they
// can have fallen, and what was typed is kept.
func ParseBirth(from, to string, c Calendar) (Birth, error) {
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	to = cmp.Or(to, from)
	wrong := fault.New(fault.Invalid, "The birth was not kept.")
	if !slices.Contains(Calendars(), c) {
		return Birth{}, wrong.WithField("birth", "Choose a calendar.")
	}
	if c != Gregorian {
		return otherCalendar(from, to, c, wrong)
	}
	first, _, ok := days(from)
	_, last, ok2 := days(to)
	if !ok && from != "" || !ok2 && to != "" {
		return Birth{}, wrong.WithField("birth", "Give a date as year, year-month or year-month-day, such as 2008-05-17.")
	}
	return Birth{From: day(first), To: day(last)}, nil
}

// days returns the first and last day of a date of one, two or three parts.
func days(s string) (first, last time.Time, ok bool) {
	for _, form := range []struct {
		layout      string
		years, more int
	}{{"2006", 1, 0}, {"2006-01", 0, 1}, {time.DateOnly, 0, 0}} {
		t, err := time.Parse(form.layout, s)
		if err != nil || t.Year() < 1000 {
			continue
		}
		if form.years+form.more == 0 {
			return t, t, true
		}
		return t, t.AddDate(form.years, form.more, -1), true
	}
	return time.Time{}, time.Time{}, false
}

func otherCalendar(from, to string, c Calendar, wrong *fault.Error) (Birth, error) {
	a, err := strconv.Atoi(from)
	z, err2 := strconv.Atoi(to)
	if err != nil || err2 != nil || a > z || a < 1000 || z > 3000 {
		return Birth{}, wrong.WithField("birth", "Of another calendar give the year only, in four digits.")
	}
	written := from
	if to != from {
		written = from + "–" + to
	}
	return Birth{From: day(c.year(a).from), To: day(c.year(z).to), Written: written + " (" + string(c) + ")"}, nil
}

// year returns the days on which a year of the calendar can fall, on the safe side by a few days where the
// calendar depends on sight of the moon or on the leap year.
func (c Calendar) year(y int) span {
	at := func(year int, m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	switch c {
	case Buddhist:
		if y < 2484 { // the Thai year began in April
			return span{at(y-543, 1, 1), at(y-542, 3, 31)}
		}
		return span{at(y-543, 1, 1), at(y-543, 12, 31)}
	case Ethiopian:
		return span{at(y+7, 9, 11), at(y+8, 9, 11)}
	case Persian:
		return span{at(y+621, 3, 20), at(y+622, 3, 21)}
	case Islamic:
		start := func(y int) time.Time { // tabular; 16 July 622 of the Julian calendar is 19 July 622
			return at(622, 7, 19).AddDate(0, 0, (y-1)*354+(3+11*y)/30)
		}
		return span{start(y).AddDate(0, 0, -2), start(y+1).AddDate(0, 0, 1)}
	}
	return span{at(y, 1, 1), at(y, 12, 31)}
}
