package figure

import (
	"errors"
	"fmt"
	"strconv"
)

// PeriodKind is the length of a period.
type PeriodKind uint8

// The lengths of period in which statistics are published.
const (
	Year PeriodKind = iota + 1
	Quarter
	Month
)

// months in a period of each kind; zero for no period.
func (k PeriodKind) months() int {
	switch k {
	case Year:
		return 12
	case Quarter:
		return 3
	case Month:
		return 1
	default:
		return 0
	}
}

// String returns "year", "quarter", "month" or "none".
func (k PeriodKind) String() string {
	switch k {
	case Year:
		return "year"
	case Quarter:
		return "quarter"
	case Month:
		return "month"
	default:
		return "none"
	}
}

// Period is a calendar year, quarter or month of the Gregorian calendar. N is the quarter 1..4 or
// the month 1..12, and 0 for a year. The zero Period means "none" and stands for an open end.
type Period struct {
	Kind PeriodKind
	Year int
	N    int
}

// The years a period may have; statistics of this field do not lie outside.
const (
	MinYear = 1800
	MaxYear = 2200
)

// Reasons for which ParsePeriod refuses a text.
var (
	ErrPeriodForm  = errors.New("not a period: write 2022, 2022-Q2 or 2022-04")
	ErrPeriodRange = errors.New("no such period in the calendar")
)

// YearOf, QuarterOf and MonthOf make periods; they do not check their arguments.
func YearOf(year int) Period { return Period{Kind: Year, Year: year} }

// QuarterOf returns quarter q (1..4) of year.
func QuarterOf(year, q int) Period { return Period{Kind: Quarter, Year: year, N: q} }

// MonthOf returns month m (1..12) of year.
func MonthOf(year, m int) Period { return Period{Kind: Month, Year: year, N: m} }

// ParsePeriod reads "2022", "2022-Q2" or "2022-04". A well-formed text that names no period of the
// calendar ("2022-Q5", "2022-13", a year outside 1800 to 2200) gives an error that wraps
// ErrPeriodRange, anything else one that wraps ErrPeriodForm.
func ParsePeriod(s string) (Period, error) {
	p, ok := splitPeriod(s)
	if !ok {
		return Period{}, fmt.Errorf("%w (found %q)", ErrPeriodForm, clip(s))
	}
	if !p.Valid() {
		return Period{}, fmt.Errorf("%w (found %q)", ErrPeriodRange, clip(s))
	}
	return p, nil
}

func splitPeriod(s string) (Period, bool) {
	if len(s) < 4 || len(s) > 7 {
		return Period{}, false
	}
	year, ok := digits(s[:4])
	if !ok {
		return Period{}, false
	}
	switch {
	case len(s) == 4:
		return YearOf(year), true
	case len(s) == 7 && s[4] == '-' && s[5] == 'Q':
		q, ok := digits(s[6:])
		return QuarterOf(year, q), ok
	case len(s) == 7 && s[4] == '-':
		m, ok := digits(s[5:])
		return MonthOf(year, m), ok
	}
	return Period{}, false
}

func digits(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Valid reports whether the period exists in the calendar; the zero Period does not.
func (p Period) Valid() bool {
	if p.Year < MinYear || p.Year > MaxYear {
		return false
	}
	switch p.Kind {
	case Year:
		return p.N == 0
	case Quarter:
		return 1 <= p.N && p.N <= 4
	case Month:
		return 1 <= p.N && p.N <= 12
	default:
		return false
	}
}

// IsZero reports whether p is the zero Period, "none".
func (p Period) IsZero() bool { return p == Period{} }

// String writes "2022", "2022-Q2" or "2022-04", and "" for none. Texts of one kind sort in time.
func (p Period) String() string {
	switch p.Kind {
	case Year:
		return pad(p.Year, 4)
	case Quarter:
		return pad(p.Year, 4) + "-Q" + strconv.Itoa(p.N)
	case Month:
		return pad(p.Year, 4) + "-" + pad(p.N, 2)
	default:
		return ""
	}
}

// MarshalText writes the period as String does, so that it is a plain text in JSON.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote; the empty text is the zero Period.
func (p *Period) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	q, err := ParsePeriod(string(text))
	if err != nil {
		return err
	}
	*p = q
	return nil
}

// Ordinal returns the number of months from year 0 to the start of the period, a time axis on
// which periods of every kind stand in order.
func (p Period) Ordinal() int {
	return p.Year*12 + max(0, p.N-1)*p.Kind.months()
}

// Start returns the first day as civil date, for example "2022-04-01".
func (p Period) Start() string {
	return pad(p.Year, 4) + "-" + pad(p.Ordinal()%12+1, 2) + "-01"
}

// End returns the first day after the period as civil date.
func (p Period) End() string { return p.Next().Start() }

// Next returns the period of the same kind that follows.
func (p Period) Next() Period { return p.step(1) }

// Prev returns the period of the same kind that goes before.
func (p Period) Prev() Period { return p.step(-1) }

func (p Period) step(n int) Period {
	m := p.Kind.months()
	if m == 0 {
		return p
	}
	return fromOrdinal(p.Kind, p.Ordinal()+n*m)
}

func fromOrdinal(k PeriodKind, month int) Period {
	p := Period{Kind: k, Year: month / 12}
	if k != Year {
		p.N = month%12/k.months() + 1
	}
	return p
}

// Before orders periods by their start and, for equal starts, the longer first. It is a strict
// total order over valid periods.
func (p Period) Before(q Period) bool { return p.Compare(q) < 0 }

// Compare returns -1, 0 or 1 in the order of Before.
func (p Period) Compare(q Period) int {
	switch a, b := p.Ordinal(), q.Ordinal(); {
	case a != b:
		return sign(a - b)
	default:
		return sign(int(p.Kind) - int(q.Kind))
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

// Contains reports whether q lies within p, itself included.
func (p Period) Contains(q Period) bool {
	a, b := p.Ordinal(), q.Ordinal()
	return a <= b && b+q.Kind.months() <= a+p.Kind.months()
}

// Parts returns the periods of kind k that make up p in order: the four quarters or the twelve
// months of a year. It is nil when k is not shorter than p.
func (p Period) Parts(k PeriodKind) []Period {
	if k <= p.Kind || k > Month {
		return nil
	}
	parts := make([]Period, 0, 12)
	for q := fromOrdinal(k, p.Ordinal()); p.Contains(q); q = q.Next() {
		parts = append(parts, q)
	}
	return parts
}

// Within reports whether p lies between from and to, ends included, where a zero end is open. An
// end of another kind counts with its whole length: 2022-Q4 lies within 2021 to 2022.
func (p Period) Within(from, to Period) bool {
	if !from.IsZero() && p.Ordinal() < from.Ordinal() {
		return false
	}
	return to.IsZero() || p.Ordinal()+p.Kind.months() <= to.Ordinal()+to.Kind.months()
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

// clip shortens untrusted text for a message.
func clip(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
