package person

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/fault"
)

const today = "2026-11-23"

func birthOf(from, to string) Birth {
	return Birth{From: from, To: to, Basis: ByStatement, AsOf: "2026-11-01"}
}

func births(all ...Birth) Births { return Births{List: all} }

func TestAgeOn(t *testing.T) {
	for _, c := range []struct {
		name string
		b    Births
		on   string
		want Age
	}{
		{"nothing known", Births{}, today, Either},
		{"the day before eighteen", births(birthOf("2008-11-24", "2008-11-24")), today, Child},
		{"the eighteenth birthday", births(birthOf("2008-11-23", "2008-11-23")), today, Adult},
		{"a year that may be either", births(birthOf("2008-01-01", "2008-12-31")), today, Either},
		{"a year of a child", births(birthOf("2009-01-01", "2009-12-31")), today, Child},
		{"a year of an adult", births(birthOf("2007-01-01", "2007-12-31")), today, Adult},
		{"born before, open", births(birthOf("", "2007-12-31")), today, Adult},
		{"born before, too late", births(birthOf("", "2009-12-31")), today, Either},
		{"born after, open", births(birthOf("2009-01-01", "")), today, Child},
		{"born after, too early", births(birthOf("2001-01-01", "")), today, Either},
		{"two that contradict", births(birthOf("2001-01-01", "2001-12-31"), birthOf("2010-01-01", "2010-12-31")), today, Either},
		{"never averaged", births(birthOf("1990-01-01", "1990-01-01"), birthOf("2012-01-01", "2012-01-01")), today, Either},
		{"leap day, day before", births(birthOf("2008-02-29", "2008-02-29")), "2026-02-27", Child},
		{"leap day, the days between", births(birthOf("2008-02-29", "2008-02-29")), "2026-02-28", Either},
		{"leap day, first of March", births(birthOf("2008-02-29", "2008-02-29")), "2026-03-01", Adult},
		{"an estimate is not sure", births(Birth{From: "2004-01-01", To: "2006-12-31", Basis: ByEstimate}), today, Either},
		{"an estimate far above", births(Birth{From: "1980-01-01", To: "1990-12-31", Basis: ByEstimate}), today, Adult},
		{"no date to ask for", births(birthOf("1990-01-01", "1990-01-01")), "", Either},
	} {
		if got := AgeOn(c.b, c.on); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func concluded(from, to string) Assessment {
	return Assessment{
		Stage: Concluded, Method: Holistic, Person: Agreed, Guardian: Agreed, From: from, To: to,
		ConcludedOn: "2026-09-01", ContestUntil: "2026-10-01",
	}
}

func TestSafeguards(t *testing.T) {
	child := births(Birth{From: "2010-01-01", To: "2010-12-31", Basis: ByStatement, AsOf: "2026-08-01"})
	adult := births(Birth{From: "2001-01-01", To: "2006-12-31", Basis: ByStatement, AsOf: "2026-08-01"})
	old := births(Birth{From: "1970-01-01", To: "1979-12-31", Basis: ByStatement, AsOf: "2026-08-01"})
	says := concluded("2004-01-01", "2005-12-31")
	with := func(change func(*Assessment)) Assessment {
		a := says
		change(&a)
		return a
	}
	for _, c := range []struct {
		name string
		b    Births
		as   []Assessment
		want bool
		why  Ground
	}{
		{"nothing known", Births{}, nil, true, NothingSaid},
		{"adult by all", adult, nil, false, SurelyAdult},
		{"child by all", child, nil, true, SurelyChild},
		{"contradicting", Births{List: append(append([]Birth{}, child.List...), adult.List...)}, nil, true, MaybeChild},
		{"assessment proposed", adult, []Assessment{{Stage: Proposed}}, true, Pending},
		{"assessment proposed for somebody of fifty", old, []Assessment{{Stage: Proposed}}, false, SurelyAdult},
		{"assessment refused by a child", child, []Assessment{{Stage: Declined}}, true, SurelyChild},
		{"assessment refused, nothing known", Births{}, []Assessment{{Stage: Declined}}, true, NothingSaid},
		{"settled: adult", child, []Assessment{says}, false, Settled},
		{"contested", child, []Assessment{with(func(a *Assessment) { a.Stage = Contested })}, true, Challenged},
		{"can still be contested", child, []Assessment{with(func(a *Assessment) { a.ContestUntil = "2026-12-01" })}, true, Challenged},
		{"nobody said until when", child, []Assessment{with(func(a *Assessment) { a.ContestUntil = "" })}, true, Challenged},
		{"upheld", child, []Assessment{with(func(a *Assessment) { a.Stage = Upheld })}, false, Settled},
		{"overturned", child, []Assessment{with(func(a *Assessment) { a.Stage = Overturned })}, true, SurelyChild},
		{"without agreement", child, []Assessment{with(func(a *Assessment) { a.Person = NotAsked })}, true, SurelyChild},
		{"guardian refused", child, []Assessment{with(func(a *Assessment) { a.Guardian = Refused })}, true, SurelyChild},
		{"by looking only", child, []Assessment{with(func(a *Assessment) { a.Method = Appearance })}, true, SurelyChild},
		{"medical without margin", child, []Assessment{with(func(a *Assessment) { a.Method = Medical })}, true, SurelyChild},
		{"the margin is the person's", child, []Assessment{with(func(a *Assessment) { a.Method, a.MarginMonths = Medical, 48 })}, true, MaybeChild},
		{"medical, far enough", child, []Assessment{with(func(a *Assessment) { a.Method, a.MarginMonths = Medical, 24 })}, false, Settled},
		{"a document after it", births(Birth{From: "2010-01-01", To: "2010-01-01", Basis: ByDocument, AsOf: "2026-11-01"}), []Assessment{says}, true, MaybeChild},
		{"settled: child", adult, []Assessment{concluded("2009-01-01", "2010-12-31")}, true, SurelyChild},
	} {
		got := Safeguards(c.b, c.as, today)
		if got.Safeguards != c.want || got.Grounds[0] != c.why {
			t.Errorf("%s: %v because %v", c.name, got.Safeguards, got.Grounds)
		}
	}
}

var draw = struct {
	day   *rapid.Generator[string]
	birth *rapid.Generator[Birth]
	stage *rapid.Generator[Assessment]
}{
	day: rapid.Custom(func(t *rapid.T) string {
		return time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 26_000).Draw(t, "day")).Format(time.DateOnly)
	}),
}

func init() {
	draw.birth = rapid.Custom(func(t *rapid.T) Birth {
		b := Birth{Basis: rapid.SampledFrom(Bases()).Draw(t, "basis"), AsOf: draw.day.Draw(t, "as of")}
		from, to := draw.day.Draw(t, "from"), draw.day.Draw(t, "to")
		b.From, b.To = min(from, to), max(from, to)
		switch rapid.IntRange(0, 5).Draw(t, "open") {
		case 0:
			b.From = ""
		case 1:
			b.To = ""
		}
		return b
	})
	draw.stage = rapid.Custom(func(t *rapid.T) Assessment {
		from, to := draw.day.Draw(t, "from"), draw.day.Draw(t, "to")
		return Assessment{
			Stage:  rapid.SampledFrom([]Stage{Proposed, Declined, Concluded, Contested, Upheld, Overturned, Stopped}).Draw(t, "stage"),
			Method: rapid.SampledFrom(Methods()).Draw(t, "method"), MarginMonths: rapid.IntRange(0, 60).Draw(t, "margin"),
			Person:   rapid.SampledFrom([]Agreement{NotAsked, Agreed, Refused}).Draw(t, "person"),
			Guardian: rapid.SampledFrom([]Agreement{NotAsked, Agreed, Refused, NotNeeded}).Draw(t, "guardian"),
			From:     min(from, to), To: max(from, to), ConcludedOn: draw.day.Draw(t, "concluded"),
			ContestUntil: rapid.SampledFrom([]string{"", "2000-01-01", "2030-01-01"}).Draw(t, "until"),
		}
	})
}

// TestChildNeverLosesSafeguardsByADispute: whoever is a child by one statement that still counts, or has nothing
// known, keeps the safeguards, whatever others say and whatever is proposed, refused or contested; and only the
// agreed, uncontested outcome of something better than looking takes what was said before it out of account.
func TestChildNeverLosesSafeguardsByADispute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Births{List: rapid.SliceOfN(draw.birth, 0, 4).Draw(t, "births")}
		as := rapid.SliceOfN(draw.stage, 0, 3).Draw(t, "assessments")
		on := draw.day.Draw(t, "on")
		st := Safeguards(b, as, on)
		settles, last := false, ""
		for _, a := range as {
			over := a.Stage == Upheld || a.Stage == Concluded && a.ContestUntil != "" && on > a.ContestUntil
			if over && a.Person == Agreed && a.Guardian != Refused && a.Guardian != NotAsked && a.Method != Appearance {
				settles, last = true, max(last, a.ConcludedOn)
			}
		}
		maybe := len(b.List) == 0
		for _, s := range b.List {
			young := s.To == "" || civil(s.To).AddDate(Majority, 0, 0).After(civil(on))
			maybe = maybe || young && (!settles || s.AsOf > last)
		}
		if maybe && !settles && !st.Safeguards {
			t.Fatalf("a possible child of %s lost the safeguards", on)
		}
		if maybe && len(b.List) > 0 && !st.Safeguards {
			t.Fatalf("a statement after the assessment was passed over on %s", on)
		}
		if st.Age != Adult && !st.Safeguards || st.Age == Adult && st.Safeguards || len(st.Grounds) == 0 {
			t.Fatalf("age %v, safeguards %v, grounds %v", st.Age, st.Safeguards, st.Grounds)
		}
		if !settles {
			more := Births{List: append(append([]Birth{}, b.List...), draw.birth.Draw(t, "one more"))}
			if len(b.List) > 0 && st.Safeguards && !Safeguards(more, as, on).Safeguards {
				// A further statement may end a doubt that lay in an assessment, never one that lay in a statement.
				if AgeOn(b, on) != Adult {
					t.Fatal("another statement took the safeguards away")
				}
			}
		}
	})
}

// TestUnknownIsNeverAdult: without an upper end of the birth nobody is an adult.
func TestUnknownIsNeverAdult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Births{List: rapid.SliceOfN(draw.birth, 0, 3).Draw(t, "births")}
		b.List = append(b.List, Birth{From: draw.day.Draw(t, "from"), Basis: ByStatement})
		on := draw.day.Draw(t, "on")
		for _, known := range []Births{{}, b} {
			if AgeOn(known, on) == Adult || !Safeguards(known, nil, on).Safeguards {
				t.Fatal("not knowing made an adult")
			}
		}
	})
}

func TestEighteenths(t *testing.T) {
	for _, c := range []struct {
		name string
		b    Births
		want string
	}{
		{"an exact day", births(birthOf("2009-05-17", "2009-05-17")), "2027-05-17 2027-05-17 2026-11-17 2027-05-16"},
		{"a year", births(birthOf("2009-01-01", "2009-12-31")), "2027-01-01 2027-12-31 2026-07-01 2026-12-31"},
		{"two that contradict", births(birthOf("2010-03-05", "2010-03-05"), birthOf("2008-12-01", "2008-12-01")), "2026-12-01 2026-12-01 2026-06-01 2026-11-30; 2028-03-05 2028-03-05 2027-09-05 2028-03-04"},
		{"one of them says adult", births(birthOf("1999-05-17", "1999-05-17"), birthOf("2010-03-05", "2010-03-05")), "2028-03-05 2028-03-05 2027-09-05 2028-03-04"},
		{"two that say the same", births(birthOf("2009-05-17", "2009-05-17"), birthOf("2009-05-17", "2009-05-17")), "2027-05-17 2027-05-17 2026-11-17 2027-05-16"},
		{"perhaps past", births(birthOf("2008-01-01", "2008-12-31")), "2026-01-01 2026-12-31 2025-07-01 2025-12-31"},
		{"leap day", births(birthOf("2012-02-29", "2012-02-29")), "2030-02-28 2030-03-01 2029-08-28 2030-02-27"},
		{"end of a month", births(birthOf("2009-08-31", "2009-08-31")), "2027-08-31 2027-08-31 2027-02-28 2027-08-30"},
		{"open above", births(birthOf("2009-01-01", "")), "2027-01-01  2026-07-01 2026-12-31"},
		{"open below", births(birthOf("", "2009-01-01")), ""},
		{"an adult", births(birthOf("1990-01-01", "1990-01-01")), ""},
		{"nothing", Births{}, ""},
	} {
		var got []string
		for _, m := range Eighteenths(c.b, nil, today) {
			got = append(got, fmt.Sprintf("%s %s %s %s", m.Earliest, m.Latest, m.HandOver, m.Eve))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestEighteenthsMissNoBirthday: whichever statement is true, if by it the person is no adult yet there are days for it:
// on the eve they have not turned eighteen, and on the latest day they have.
func TestEighteenthsMissNoBirthday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Births{List: rapid.SliceOfN(draw.birth, 1, 4).Draw(t, "births")}
		on := draw.day.Draw(t, "on")
		all := Eighteenths(b, nil, on)
		for _, one := range b.List {
			one.Basis = ByStatement // the doubt of an estimate keeps the safeguards longer, and names no day
			alone := births(one)
			if one.From == "" || AgeOn(alone, on) == Adult {
				continue
			}
			found := false
			for _, m := range all {
				found = found || AgeOn(alone, m.Eve) == Child && m.HandOver <= m.Eve && m.Eve < m.Earliest &&
					(one.To == "" && m.Latest == "" || m.Latest != "" && AgeOn(alone, m.Latest) == Adult) && AgeOn(alone, m.Earliest) != Child
			}
			if !found {
				t.Fatalf("no days for a birth from %s to %s on %s", one.From, one.To, on)
			}
		}
	})
}

func TestParseBirth(t *testing.T) {
	for _, c := range []struct {
		from, to string
		c        Calendar
		want     string
	}{
		{"2008", "", Gregorian, "2008-01-01 2008-12-31"},
		{"2008-02", "", Gregorian, "2008-02-01 2008-02-29"},
		{"2008-02-29", "", Gregorian, "2008-02-29 2008-02-29"},
		{"2006", "2008-05", Gregorian, "2006-01-01 2008-05-31"},
		{"", "2008", Gregorian, " 2008-12-31"},
		{"2551", "", Buddhist, "2008-01-01 2008-12-31"},
		{"2470", "", Buddhist, "1927-01-01 1928-03-31"},
		{"2000", "", Ethiopian, "2007-09-11 2008-09-11"},
		{"1387", "", Persian, "2008-03-20 2009-03-21"},
		{"1429", "", Islamic, "2008-01-08 2008-12-30"}, // the year began on 10 January and ended on 28 December 2008
		{"2008-02-30", "", Gregorian, "invalid"},
		{"17.5.2008", "", Gregorian, "invalid"},
		{"08", "", Gregorian, "invalid"},
		{"2551-03-01", "", Buddhist, "invalid"},
		{"1387", "", "mayan", "invalid"},
	} {
		b, err := ParseBirth(c.from, c.to, c.c)
		got := b.From + " " + b.To
		if fault.KindOf(err) == fault.Invalid && err != nil {
			got = "invalid"
		}
		if got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.from, c.to, c.c, got, c.want)
		}
	}
}

func TestBirthsKeepBothAndRefuseNonsense(t *testing.T) {
	both := births(birthOf("2008-01-01", "2008-01-01"), birthOf("2010-01-01", "2010-01-01"))
	if err := both.check(today); err != nil || !both.Disagree() || len(both.List) != 2 {
		t.Errorf("two dates that contradict: %v", err)
	}
	if births(birthOf("2008-01-01", "2008-12-31"), birthOf("2008-06-01", "2009-01-01")).Disagree() {
		t.Error("two that overlap disagree")
	}
	for name, b := range map[string]Birth{
		"no end": {Basis: ByStatement}, "reversed": birthOf("2009-01-01", "2008-01-01"), "future": birthOf("2551-01-01", "2551-12-31"),
		"no date": birthOf("yesterday", ""), "no basis": {From: "2008-01-01"},
	} {
		if err := births(b).check(today); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if from, to := both.Years(); from != 2008 || to != 2010 {
		t.Errorf("years %d %d", from, to)
	}
	if from, to := births(birthOf("2008-01-01", "")).Years(); from != 0 || to != 0 {
		t.Errorf("open years %d %d", from, to)
	}
}

func TestAssessmentStages(t *testing.T) {
	good := concluded("2004-01-01", "2005-12-31")
	if err := good.check(today); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Assessment){
		"no agreement":     func(a *Assessment) { a.Person = NotAsked },
		"refused":          func(a *Assessment) { a.Person = Refused },
		"guardian refused": func(a *Assessment) { a.Guardian = Refused },
		"person not asked": func(a *Assessment) { a.Person = NotNeeded },
		"no method":        func(a *Assessment) { a.Method = "guess" },
		"medical, exact":   func(a *Assessment) { a.Method = Medical },
		"no outcome":       func(a *Assessment) { a.From, a.To = "", "" },
		"future":           func(a *Assessment) { a.ConcludedOn = "2027-01-01" },
		"margin":           func(a *Assessment) { a.MarginMonths = -1 },
	} {
		a := good
		change(&a)
		if err := a.check(today); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		from, to Stage
		may      bool
	}{
		{Proposed, Concluded, true},
		{Proposed, Declined, true},
		{Concluded, Contested, true},
		{Contested, Overturned, true},
		{Declined, Concluded, false},
		{Concluded, Upheld, false},
		{Overturned, Upheld, false},
		{Stopped, Concluded, false},
	} {
		if c.from.MayBecome(c.to) != c.may {
			t.Errorf("%s to %s: %v", c.from, c.to, !c.may)
		}
	}
}
