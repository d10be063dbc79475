package profile

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The days were counted by hand on the calendars named in the files.
func TestDue(t *testing.T) {
	london := zone(t, "Europe/London")
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, london)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		name     string
		term     Term
		start    string
		calendar string
		want     Date
		covered  bool
	}{
		{"five working days over the two Easter holidays", Term{5, "working days", Target}, "2026-04-02 09:00", "gb-eaw", "2026-04-13", true},
		{"the same in Scotland, where Easter Monday is worked", Term{5, "working days", Target}, "2026-04-02 09:00", "gb-sct", "2026-04-10", true},
		{"from a Saturday", Term{1, "working days", Target}, "2023-05-06 09:00", "gb-eaw", "2023-05-09", true},
		{"beyond the calendar", Term{5, "working days", Target}, "2027-12-30 09:00", "gb-eaw", "2028-01-06", false},
		{"no calendar", Term{5, "working days", Target}, "2026-04-02 09:00", "coe", "2026-04-09", false},
		{"calendar days over the change of the clocks", Term{30, "calendar days", Minimum}, "2026-03-10 23:59", "gb-eaw", "2026-04-09", true},
		{"a month that is too short", Term{1, "months", Maximum}, "2026-01-31 12:00", "gb-eaw", "2026-02-28", true},
		{"a year from a leap day", Term{1, "years", Maximum}, "2024-02-29 12:00", "gb-eaw", "2025-02-28", true},
		{"a day of 24 hours over the change of the clocks", Term{24, "hours", Maximum}, "2026-03-28 12:00", "gb-eaw", "2026-03-29", true},
	}
	for _, tt := range tests {
		got, err := tt.term.Due(at(tt.start), london, Procedures().Calendar(tt.calendar))
		if err != nil || got.Day != tt.want || got.Covered != tt.covered {
			t.Errorf("%s: %s, covered %v (%v), want %s, %v", tt.name, got.Day, got.Covered, err, tt.want, tt.covered)
		}
	}
	if got, err := (Term{24, "hours", Maximum}).Due(at("2026-03-28 12:00"), london, nil); err != nil || !got.At.Equal(at("2026-03-28 12:00").Add(24*time.Hour)) {
		t.Errorf("24 hours end at %v: %v", got.At, err)
	}
	if got, err := (Term{1, "calendar days", Maximum}).Due(at("2026-03-28 12:00"), london, nil); err != nil || !got.At.Equal(at("2026-03-30 00:00")) {
		t.Errorf("a day ends at %v, not at midnight: %v", got.At, err)
	}
	for _, bad := range []Term{{-1, "calendar days", ""}, {1.5, "calendar days", ""}, {1, "moons", ""}, {1, "", ""}, {1e9, "years", ""}} {
		if got, err := bad.Due(at("2026-03-28 12:00"), london, nil); err == nil {
			t.Errorf("%v was counted: %v", bad, got)
		}
	}
}

func TestBirthday(t *testing.T) {
	for born, want := range map[Date]Date{"2008-11-24": "2026-11-24", "2008-02-29": "2026-03-01", "no day": "", "2008": ""} {
		if got := Birthday(born, 18); got != want {
			t.Errorf("born %s: %q, want %q", born, got, want)
		}
	}
}

// Later starts end later, more days end later, working days never end before as many calendar days,
// and neither the hour nor the zone's change of clocks moves a civil day.
func TestClocksRunForward(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/London"), zone(t, "America/New_York"), zone(t, "Australia/Sydney"), zone(t, "Asia/Beirut")}
	jurisdictions := []string{"gb-eaw", "gb-sct", "us", "au", "coe"}
	units := []string{"working days", "calendar days", "months", "years", "hours"}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		c := Procedures().Calendar(rapid.SampledFrom(jurisdictions).Draw(t, "calendar"))
		start := time.Unix(int64(rapid.IntRange(1_600_000_000, 1_850_000_000).Draw(t, "start")), 0)
		later := start.Add(time.Duration(rapid.IntRange(0, 400*24*3600).Draw(t, "seconds")) * time.Second)
		n := float64(rapid.IntRange(0, 120).Draw(t, "n"))
		due := func(amount float64, unit string, from time.Time) Deadline {
			d, err := Term{amount, unit, ""}.Due(from, z, c)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		for _, unit := range units {
			if a, b := due(n, unit, start), due(n, unit, later); b.Day < a.Day || b.At.Before(a.At) {
				t.Errorf("%v %s: a later start ends earlier, %s and %s", n, unit, a.Day, b.Day)
			}
			if a, b := due(n, unit, start), due(n+1, unit, start); b.Day < a.Day {
				t.Errorf("%s: %v more end earlier, %s and %s", unit, n, a.Day, b.Day)
			}
			if d := due(n, unit, start); unit != "hours" && d.At.In(z).Add(-time.Nanosecond).Format(time.DateOnly) != string(d.Day) {
				t.Errorf("%v %s: %v is not the end of %s", n, unit, d.At, d.Day)
			}
		}
		if w, k := due(n, "working days", start), due(n, "calendar days", start); w.Day < k.Day {
			t.Errorf("%v working days end on %s, before as many calendar days (%s)", n, w.Day, k.Day)
		}
		day := Date(start.In(z).Format(time.DateOnly))
		if left, ok := DaysLeft(day, due(n, "calendar days", start).Day); !ok || left != int(n) {
			t.Errorf("%d days left of %v", left, n)
		}
		last := due(n, "working days", start)
		if working, _ := c.Working(last.Day); n > 0 && !working {
			t.Errorf("%v working days end on %s, a free day", n, last.Day)
		}
	})
}

func TestCalendars(t *testing.T) {
	for _, c := range Procedures().Calendars() {
		for year := 2022; year <= 2027; year++ {
			n := 0
			for _, h := range c.Days {
				at, err := time.Parse(time.DateOnly, string(h.Date))
				if err != nil || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
					t.Errorf("%s: %s is no working day anyway: %v", c.Jurisdiction, h.Date, err)
				}
				if at.Year() == year {
					n++
				}
			}
			if n < 6 || n > 12 {
				t.Errorf("%s has %d holidays in %d", c.Jurisdiction, n, year)
			}
		}
		if c.Confidence == Stated && c.VerifiedOn == "" || c.Note == "" {
			t.Errorf("%s does not say how it is known", c.Jurisdiction)
		}
	}
	if got := len(Procedures().Calendars()); got != 4 {
		t.Errorf("%d calendars", got)
	}
}

func TestLoadCalendarsRefuses(t *testing.T) {
	good := `{"jurisdiction": "zz", "name": "Z", "from": "2026-01-01", "to": "2026-12-31", "weekend": ["Sunday"], "confidence": "recalled", "days": [{"date": "2026-01-01", "name": "N"}], "sources": []}`
	load := func(text string) error {
		_, err := LoadCalendars(fstestMap("zz.json", text))
		return err
	}
	if err := load(good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"outside", "2026-01-01\", \"name", "2027-01-01\", \"name", "days[0]: 2027-01-01 lies outside"},
		{"twice", `[{"date"`, `[{"date": "2026-01-01", "name": "M"}, {"date"`, "days[1]: 2026-01-01 stands twice"},
		{"no day", "2026-01-01\", \"name", "2026-13-01\", \"name", "is no day"},
		{"no weekday", "Sunday", "Someday", `"Someday" is no day of the week`},
		{"no weekend", `["Sunday"]`, `[]`, "weekend: name the free days"},
		{"order", "2026-12-31", "2025-12-31", "from, to"},
		{"unknown field", `"name": "Z"`, `"name": "Z", "colour": 1`, "colour"},
		{"unknown confidence", "recalled", "sure", "neither stated nor recalled"},
		{"other name", `"zz"`, `"yy"`, "name the file after"},
	} {
		err := load(replaceOnce(good, tt.old, tt.new))
		if err == nil || !contains(err.Error(), tt.want) || !contains(err.Error(), "zz.json") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
