package figure

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func period(t *rapid.T, name string) Period {
	year := rapid.IntRange(MinYear+1, MaxYear-1).Draw(t, name+" year")
	switch rapid.IntRange(1, 3).Draw(t, name+" kind") {
	case 1:
		return YearOf(year)
	case 2:
		return QuarterOf(year, rapid.IntRange(1, 4).Draw(t, name+" quarter"))
	}
	return MonthOf(year, rapid.IntRange(1, 12).Draw(t, name+" month"))
}

func TestPeriodRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := period(t, "p"), period(t, "q")
		back, err := ParsePeriod(p.String())
		if err != nil || back != p {
			t.Fatalf("%v reads back as %v, %v", p, back, err)
		}
		if p.Next().Prev() != p || !p.Before(p.Next()) || p.Next().Before(p) {
			t.Fatalf("steps of %v", p)
		}
		if p.Compare(q) != -q.Compare(p) || (p.Compare(q) == 0) != (p == q) {
			t.Fatalf("order of %v and %v", p, q)
		}
		if p.Kind == q.Kind && p.Before(q) != (p.String() < q.String()) {
			t.Fatalf("texts of %v and %v sort otherwise", p, q)
		}
		if p.End() != p.Next().Start() {
			t.Fatalf("%v ends at %s", p, p.End())
		}
	})
}

func TestPeriodParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := period(t, "p")
		for _, k := range []PeriodKind{Quarter, Month} {
			parts := p.Parts(k)
			if k <= p.Kind {
				if parts != nil {
					t.Fatalf("%v has parts %v", p, parts)
				}
				continue
			}
			if len(parts)*k.months() != p.Kind.months() || parts[0].Start() != p.Start() || parts[len(parts)-1].End() != p.End() {
				t.Fatalf("%v has parts %v", p, parts)
			}
			for _, x := range parts {
				if !p.Contains(x) || x.Contains(p) {
					t.Fatalf("%v in %v", x, p)
				}
			}
		}
	})
}

func TestParsePeriod(t *testing.T) {
	tests := []struct {
		text  string
		want  Period
		err   error
		start string
	}{
		{"2022", YearOf(2022), nil, "2022-01-01"},
		{"2022-Q2", QuarterOf(2022, 2), nil, "2022-04-01"},
		{"2022-04", MonthOf(2022, 4), nil, "2022-04-01"},
		{"2022-12", MonthOf(2022, 12), nil, "2022-12-01"},
		{"2022-Q5", Period{}, ErrPeriodRange, ""},
		{"2022-Q0", Period{}, ErrPeriodRange, ""},
		{"2022-13", Period{}, ErrPeriodRange, ""},
		{"2022-00", Period{}, ErrPeriodRange, ""},
		{"0022", Period{}, ErrPeriodRange, ""},
		{"2022-02-30", Period{}, ErrPeriodForm, ""},
		{"2022Q2", Period{}, ErrPeriodForm, ""},
		{"2022-q2", Period{}, ErrPeriodForm, ""},
		{"22", Period{}, ErrPeriodForm, ""},
		{"", Period{}, ErrPeriodForm, ""},
		{"２０２２", Period{}, ErrPeriodForm, ""},
		{"+202", Period{}, ErrPeriodForm, ""},
	}
	for _, tt := range tests {
		got, err := ParsePeriod(tt.text)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q is %v, %v, want %v, %v", tt.text, got, err, tt.want, tt.err)
		}
		if err == nil && got.Start() != tt.start {
			t.Errorf("%q starts on %s", tt.text, got.Start())
		}
	}
}

func TestWithin(t *testing.T) {
	tests := []struct {
		p        Period
		from, to Period
		want     bool
	}{
		{QuarterOf(2022, 4), YearOf(2021), YearOf(2022), true},
		{QuarterOf(2023, 1), YearOf(2021), YearOf(2022), false},
		{QuarterOf(2020, 4), YearOf(2021), Period{}, false},
		{YearOf(2022), Period{}, Period{}, true},
		{YearOf(2022), QuarterOf(2022, 2), Period{}, false},
		{YearOf(2022), Period{}, QuarterOf(2022, 3), false},
		{QuarterOf(2022, 2), QuarterOf(2022, 2), QuarterOf(2022, 2), true},
	}
	for _, tt := range tests {
		if got := tt.p.Within(tt.from, tt.to); got != tt.want {
			t.Errorf("%v within %v to %v: %v", tt.p, tt.from, tt.to, got)
		}
	}
}

func TestPeriodText(t *testing.T) {
	var p Period
	if err := p.UnmarshalText([]byte("2022-Q3")); err != nil || p != QuarterOf(2022, 3) {
		t.Errorf("%v %v", p, err)
	}
	if err := p.UnmarshalText([]byte("nonsense")); err == nil {
		t.Error("nonsense is a period")
	}
	if err := p.UnmarshalText(nil); err != nil || !p.IsZero() {
		t.Errorf("%v %v", p, err)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2022", "2022-Q2", "2022-04", "2022-Q9", "", "2022-", "99999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err == nil && (p.String() != s || !p.Valid()) {
			t.Errorf("%q reads as %v", s, p)
		}
	})
}
