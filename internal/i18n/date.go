package i18n

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines that have no zone files
)

// Date writes a civil date ("2022-06-30") with the month in words: "30 June 2022". A text that
// is not a date is returned as it stands.
func (p *Printer) Date(civil string) string {
	t, err := time.Parse(time.DateOnly, civil)
	if err != nil {
		return civil
	}
	return p.pattern(p.form.DateFormats.Long, t.Year(), int(t.Month()), t.Day())
}

// DateTime writes an instant in the named IANA zone ("" and unknown names mean UTC), on a
// 24-hour clock and with the zone beside it: "30 June 2022, 14:05 (Europe/London)".
func (p *Printer) DateTime(t time.Time, zone string) string {
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		place = time.UTC
	}
	t = t.In(place)
	comma := ", "
	if p.lang.Dir == "rtl" {
		comma = "، "
	}
	clock := p.native(t.Format("15:04"))
	return p.Date(t.Format(time.DateOnly)) + comma + clock + " " + p.Isolate("("+place.String()+")")
}

// Month writes a month of a year: "June 2022". m runs from 1 to 12; another number is written
// as it stands.
func (p *Printer) Month(year, m int) string {
	name, ok := p.form.Months.Alone.Wide[strconv.Itoa(m)]
	if !ok {
		name = p.form.Months.Format.Wide[strconv.Itoa(m)]
	}
	if name == "" {
		name = p.native(strconv.Itoa(m))
	}
	return name + " " + p.native(strconv.Itoa(year))
}

// MonthName returns the name of a month that stands alone: "June".
func (p *Printer) MonthName(m int) string {
	if name := p.form.Months.Alone.Wide[strconv.Itoa(m)]; name != "" {
		return name
	}
	return p.form.Months.Format.Wide[strconv.Itoa(m)]
}

// Quarter writes a quarter of a year: "Q2 2022". q runs from 1 to 4.
func (p *Printer) Quarter(year, q int) string {
	name := p.form.Quarters[strconv.Itoa(q)]
	if name == "" {
		name = "Q" + p.native(strconv.Itoa(q))
	}
	return name + " " + p.native(strconv.Itoa(year))
}

// pattern fills a CLDR date pattern of the fields y, M and d; text in quotes stands for itself.
// The era (G, in Thai) is left out with its space: the calendar is always the Gregorian one.
func (p *Printer) pattern(pattern string, year, month, day int) string {
	var b strings.Builder
	quoted := false
	pattern = strings.ReplaceAll(pattern, "G ", "")
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if c == '\'' {
			quoted = !quoted
			i++
			continue
		}
		run := 1
		for i+run < len(pattern) && pattern[i+run] == c {
			run++
		}
		if quoted || !strings.ContainsRune("yMLd", rune(c)) {
			b.WriteString(pattern[i : i+run])
		} else {
			b.WriteString(p.field(c, run, year, month, day))
		}
		i += run
	}
	return b.String()
}

func (p *Printer) field(c byte, width, year, month, day int) string {
	m := strconv.Itoa(month)
	switch {
	case c == 'y':
		return p.native(strconv.Itoa(year))
	case c == 'd':
		return p.native(pad(day, width))
	case width >= 4 && c == 'L':
		return p.MonthName(month)
	case width >= 4:
		return p.form.Months.Format.Wide[m]
	case width == 3:
		return p.form.Months.Format.Abbreviated[m]
	}
	return p.native(pad(month, width))
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	if len(s) < width {
		return strings.Repeat("0", width-len(s)) + s
	}
	return s
}

// List joins items as the language does: "a, b and c". Items are isolated where their
// direction differs.
func (p *Printer) List(items []string) string {
	join := func(pattern, a, b string) string {
		if pattern == "" {
			pattern = "{0}, {1}"
		}
		before, rest, _ := strings.Cut(pattern, "{0}")
		middle, after, _ := strings.Cut(rest, "{1}")
		return before + a + middle + b + after
	}
	switch len(items) {
	case 0:
		return ""
	case 1:
		return p.Isolate(items[0])
	case 2:
		return join(p.form.List.Pair, p.Isolate(items[0]), p.Isolate(items[1]))
	}
	out := p.Isolate(items[0])
	for _, it := range items[1 : len(items)-1] {
		out = join(p.form.List.Middle, out, p.Isolate(it))
	}
	return join(p.form.List.End, out, p.Isolate(items[len(items)-1]))
}
