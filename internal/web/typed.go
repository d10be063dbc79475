package web

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/fourfold/fourfold/internal/i18n"
)

// typedDate is a date as a form asks for it: day and year as digits, the month chosen by name, so
// that it cannot be read two ways. The fields hold what was typed.
type typedDate struct{ Day, Month, Year string }

// civil returns the date as YYYY-MM-DD; "" when nothing was typed. ok is false when what was typed
// is no day of the calendar.
func (d typedDate) civil() (date string, ok bool) {
	if d == (typedDate{}) {
		return "", true
	}
	day, err1 := strconv.Atoi(latin(d.Day))
	month, err2 := strconv.Atoi(latin(d.Month))
	year, err3 := strconv.Atoi(latin(d.Year))
	if err1 != nil || err2 != nil || err3 != nil || year < 1900 || year > 9999 {
		return "", false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || t.Year() != year {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// latin writes the decimal digits of any script as 0 to 9. Digits of a script stand together in
// Unicode, ten by ten, the zero first.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII || !unicode.Is(unicode.Nd, r) {
			return r
		}
		zero := r
		for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
			zero--
		}
		return '0' + r - zero
	}, strings.TrimSpace(s))
}

// month is a choice of the list of months.
type month struct{ Number, Name string }

func months(p *i18n.Printer) []month {
	all := make([]month, 12)
	for i := range all {
		all[i] = month{strconv.Itoa(i + 1), p.MonthName(i + 1)}
	}
	return all
}
