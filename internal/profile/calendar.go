package profile

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed holiday/*.json
var holidayFiles embed.FS

var embeddedHolidays = packed.Of(holidayFiles)

// Calendar says which days of a jurisdiction are worked, for the years it covers. A nil calendar
// covers nothing. It is read-only after loading.
type Calendar struct {
	Jurisdiction string     `json:"jurisdiction"`
	Name         string     `json:"name"` // English msgid
	From         Date       `json:"from"` // first day covered
	To           Date       `json:"to"`   // last day covered
	Weekend      []string   `json:"weekend"`
	Days         []Holiday  `json:"days"`
	Sources      []Source   `json:"sources"`
	VerifiedOn   Date       `json:"verified_on,omitempty"`
	VerifiedBy   string     `json:"verified_by,omitempty"`
	Confidence   Confidence `json:"confidence"`
	Note         string     `json:"note,omitempty"` // English msgid
	Hash         string     `json:"-"`              // of the file, as of a [Profile]

	weekend [7]bool
	free    map[Date]bool
}

// Holiday is one day on which nobody counts a working day.
type Holiday struct {
	Date Date   `json:"date"`
	Name string `json:"name"` // as the source writes it; for whoever mends the file
}

// LoadCalendars reads one calendar per JSON file of a folder, each named after its jurisdiction.
func LoadCalendars(from fs.FS) (map[string]*Calendar, error) {
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		return nil, err
	}
	out, bad := make(map[string]*Calendar), []error(nil)
	for _, name := range names {
		c := new(Calendar)
		if c.Hash, err = decode(from, name, c); err != nil {
			bad = append(bad, err)
			continue
		}
		bad = append(bad, c.prepare(name)...)
		out[c.Jurisdiction] = c
	}
	return out, errors.Join(bad...)
}

// prepare checks a calendar and makes it quick to ask.
func (c *Calendar) prepare(name string) []error {
	var bad []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			bad = append(bad, fmt.Errorf("calendar file %s, "+format, append([]any{name}, args...)...))
		}
	}
	refuse(c.Jurisdiction == "" || c.Jurisdiction+".json" != path.Base(name), "jurisdiction: it says %q: name the file after its jurisdiction", c.Jurisdiction)
	refuse(c.Name == "", "name: it is empty")
	refuse(!isDay(c.From) || !isDay(c.To) || c.To < c.From, "from, to: write the first and the last day covered, as 2024-01-01")
	refuse(len(c.Weekend) == 0 || len(c.Weekend) > 5, "weekend: name the free days of the week, at least one and at most five")
	for _, day := range c.Weekend {
		n := slices.IndexFunc(weekdays(), func(w string) bool { return w == day })
		refuse(n < 0, "weekend: %q is no day of the week in English", day)
		if n >= 0 {
			c.weekend[n] = true
		}
	}
	c.free = make(map[Date]bool, len(c.Days))
	for i, h := range c.Days {
		refuse(!isDay(h.Date), "days[%d]: %q is no day; write it as 2024-07-23", i, h.Date)
		refuse(isDay(h.Date) && (h.Date < c.From || h.Date > c.To), "days[%d]: %s lies outside the days covered", i, h.Date)
		refuse(c.free[h.Date], "days[%d]: %s stands twice", i, h.Date)
		refuse(h.Name == "", "days[%d]: it has no name", i)
		c.free[h.Date] = true
	}
	for _, problem := range trust(c.Confidence, c.Sources, c.VerifiedOn, c.VerifiedBy) {
		refuse(true, "%s", problem)
	}
	return bad
}

func weekdays() []string {
	var out []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		out = append(out, d.String())
	}
	return out
}

// isDay reports whether the date names a day that exists.
func isDay(d Date) bool { return d.Exact() && d.check() == nil }

// Working says whether a civil day is worked. Covered is false when the calendar does not reach
// that day; then only Saturday and Sunday are taken as free.
func (c *Calendar) Working(day Date) (working, covered bool) {
	t, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return false, false
	}
	if c == nil || day < c.From || day > c.To {
		return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday, false
	}
	return !c.weekend[t.Weekday()] && !c.free[day], true
}

// Add returns the n-th working day after a civil day, which itself does not count. Covered is
// false when the calendar does not reach over all days counted: then the answer is an estimate.
// O(days counted).
func (c *Calendar) Add(day Date, n int) (last Date, covered bool) {
	covered = true
	for last = day; n > 0 && last != ""; {
		last = last.next()
		working, known := c.Working(last)
		covered = covered && known
		if working {
			n--
		}
	}
	return last, covered && last != ""
}

// trust lists what is wrong with how a statement is vouched for.
func trust(confidence Confidence, sources []Source, on Date, by string) []string {
	var bad []string
	for _, s := range sources {
		if strings.TrimSpace(s.Title) == "" {
			bad = append(bad, "a source has no title")
		}
		if s.Date != "" && Date(s.Date).check() != nil {
			bad = append(bad, fmt.Sprintf("the source %q has the bad date %q", s.Title, s.Date))
		}
	}
	switch confidence {
	case Stated:
		if len(sources) == 0 || !isDay(on) || by == "" {
			bad = append(bad, "a stated fact needs a source, the day it was verified and who verified it")
		}
	case Recalled:
		if on != "" {
			bad = append(bad, "a recalled fact cannot have been verified: state it, or remove the date")
		}
	default:
		bad = append(bad, fmt.Sprintf("the confidence %q is neither stated nor recalled", confidence))
	}
	return bad
}
