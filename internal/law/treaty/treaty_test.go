package treaty_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/treaty"
)

func rule(t testing.TB, since clock.Day, text string) treaty.Rule {
	t.Helper()
	r, err := treaty.ParseRule(since, text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The rules of the final clauses, with days that a calendar makes hard.
func TestRule(t *testing.T) {
	for _, c := range []struct {
		since   clock.Day
		rule    string
		consent clock.Day
		want    clock.Day
	}{
		{"2003-12-25", "30d/12m", "2003-09-30", "2003-12-25"}, // not before the instrument
		{"2003-12-25", "30d/12m", "2014-09-19", "2014-10-19"},
		{"2003-12-25", "30d/12m", "2016-01-31", "2016-03-01"},
		{"1976-03-23", "3m", "2000-11-30", "2001-02-28"}, // the last day of a shorter month
		{"2002-01-18", "1m", "2004-01-31", "2004-02-29"},
		{"2003-07-01", "3m1/12m", "2005-05-10", "2005-09-01"}, // first of the month after three months
		{"2003-07-01", "3m1", "2005-06-01", "2005-09-01"},
		{"1957-04-30", "0d", "1960-02-03", "1960-02-03"},
		{"2016-11-09", "12m", "2021-03-17", "2022-03-17"},
		{"2003-12-25", "30d", "2015", ""},
	} {
		if got := rule(t, c.since, c.rule).Force(c.consent); got != c.want {
			t.Errorf("%s after %s: %s, want %s", c.rule, c.consent, got, c.want)
		}
	}
	for _, bad := range []string{"30", "d", "3m2", "30d/12d", "-1d", "1000d", "thirty days"} {
		if r, err := treaty.ParseRule("", bad); err == nil {
			t.Errorf("%q is read as %+v", bad, r)
		}
	}
}

// act is an invented act of an invented State.
func act(id string, kind treaty.Kind, date clock.Day) treaty.Act {
	return treaty.Act{ID: id, State: "XFD", Instrument: "X", Kind: kind, Date: date, Confidence: "high", Known: "2020-01-01"}
}

// A chain from signature to leaving, asked on each side of every step.
func TestChain(t *testing.T) {
	c := treaty.Chain{Rule: rule(t, "2000-01-01", "30d/12m"), Acts: []treaty.Act{
		act("s", treaty.Signature, "2001-01-01"), act("h", treaty.DomesticApproval, "2002-01-01"), act("r", treaty.Ratification, "2003-01-01"),
		act("d", treaty.Denunciation, "2010-01-01"), act("a", treaty.Accession, "2015-01-01"),
	}}
	for on, want := range map[clock.Day]treaty.Standing{
		"2000-12-31": treaty.None, "2001-01-01": treaty.Signed, "2002-12-31": treaty.Signed, "2003-01-01": treaty.Consented, "2003-01-30": treaty.Consented,
		"2003-01-31": treaty.InForce, "2010-12-31": treaty.InForce, "2011-01-01": treaty.Left, "2014-12-31": treaty.Left,
		"2015-01-01": treaty.Consented, "2015-01-31": treaty.InForce,
	} {
		s := c.On(clock.On(on, ""))
		if s.Standing != want || s.Perhaps != want || s.Unclear != treaty.Certain {
			t.Errorf("on %s: %s, perhaps %s, %q, want %s", on, s.Standing, s.Perhaps, s.Unclear, want)
		}
	}
	if s := c.On(clock.On("2020-01-01", "2019-12-31")); s.Standing != treaty.Unknown {
		t.Errorf("before the source spoke: %s", s.Standing)
	}
	if s := c.On(clock.On("2002-06-01", "")); len(s.Approvals) != 1 || s.Standing != treaty.Signed {
		t.Error("approval at home binds nobody abroad")
	}
}

// A reservation belongs to its act: made on signature it counts only when it is confirmed, and objections and withdrawal
// are acts of their own.
func TestReservations(t *testing.T) {
	with := func(id string, kind treaty.Kind, date clock.Day, of string, articles ...string) treaty.Act {
		a := act(id, kind, date)
		a.Of, a.Articles = of, articles
		return a
	}
	acts := []treaty.Act{
		act("s", treaty.Signature, "2001-01-01"), act("r", treaty.Ratification, "2003-01-01"),
		with("r1", treaty.Reservation, "2001-01-01", "s", "6(3)(d)"), with("r2", treaty.Reservation, "2001-01-01", "s", "7"),
		with("c2", treaty.Confirmation, "2003-01-01", "r2"), with("r3", treaty.Reservation, "2003-01-01", "r", "15(2)"),
		with("o3", treaty.Objection, "2004-01-01", "r3"), with("w3", treaty.Withdrawal, "2008-01-01", "r3"),
	}
	c := treaty.Chain{Rule: rule(t, "2000-01-01", "30d"), Acts: acts}
	if bad := treaty.Check("2000-11-15", 20, acts); len(bad) != 0 {
		t.Fatal(bad)
	}
	s := c.On(clock.On("2005-01-01", ""))
	if !s.Reserves("art. 7(1)") || !s.Reserves("15.2") || s.Reserves("15.1") || s.Reserves("6.3.d") || s.Reserves("70") {
		t.Errorf("%+v", s.Reservations)
	}
	if len(s.Reservations) != 3 || s.Reservations[0].Effect != treaty.Unconfirmed || len(s.Reservations[2].Objections) != 1 {
		t.Errorf("%+v", s.Reservations)
	}
	if s := c.On(clock.On("2002-01-01", "")); s.Reserves("7") {
		t.Error("a reservation counts before consent")
	}
	if s := c.On(clock.On("2008-01-01", "")); s.Reserves("15.2") || !s.Reserves("7.1") {
		t.Errorf("after the withdrawal: %+v", s.Reservations)
	}
}

// What does not fit is named, and all of it stays.
func TestCheck(t *testing.T) {
	r := act("r", treaty.Ratification, "2003-01-01")
	unknown := act("v", treaty.Reservation, "2003-01-01")
	unknown.Of, unknown.Articles = "r", []string{"21(1)"}
	lost := act("w", treaty.Withdrawal, "2004-01-01")
	lost.Of = "nothing"
	for name, c := range map[string]struct {
		acts []treaty.Act
		says string
	}{
		"article":  {[]treaty.Act{r, unknown}, "article 21(1), which the instrument does not have"},
		"belongs":  {[]treaty.Act{r, lost}, "w names no act"},
		"nobody's": {[]treaty.Act{act("v", treaty.Reservation, "2003-01-01")}, "v names no act"},
		"early":    {[]treaty.Act{act("s", treaty.Signature, "1999-01-01")}, "before the adoption on 2000-11-15"},
		"kind":     {[]treaty.Act{act("s", "signed", "2003-01-01")}, "no known kind"},
		"date":     {[]treaty.Act{act("s", treaty.Signature, "2003-13")}, "no date of the calendar"},
		"twice":    {[]treaty.Act{r, r}, "stands twice"},
	} {
		bad := treaty.Check("2000-11-15", 20, c.acts)
		if len(bad) != 1 || !strings.Contains(bad[0].Error(), c.says) {
			t.Errorf("%s: %v, want one that says %q", name, bad, c.says)
		}
	}
	// The reservation to an unknown article is kept and shown; it takes out nothing that exists.
	s := treaty.Chain{Rule: rule(t, "2000-01-01", "30d"), Acts: []treaty.Act{r, unknown}}.On(clock.On("2005-01-01", ""))
	if len(s.Reservations) != 1 || s.Reserves("2.1") {
		t.Errorf("%+v", s.Reservations)
	}
}

// Two accounts of one act: the more trusted counts, the other is shown, and between their days the answer is open.
func TestCompetingClaims(t *testing.T) {
	first, second := act("a", treaty.Accession, "2014-09-19"), act("b", treaty.Accession, "2014-09-09")
	second.CompetingOf, second.Confidence = "a", "low"
	for _, acts := range [][]treaty.Act{{first, second}, {second, first}} {
		c := treaty.Chain{Rule: rule(t, "2000-01-01", "30d"), Acts: acts}
		for on, want := range map[clock.Day]treaty.Unclear{
			"2014-09-08": treaty.Certain, "2014-09-09": treaty.Disputed, "2014-09-18": treaty.Disputed, "2014-09-19": treaty.Certain,
			"2014-10-08": treaty.Certain, "2014-10-09": treaty.Disputed, "2014-10-19": treaty.Certain,
		} {
			if s := c.On(clock.On(on, "")); s.Unclear != want || len(s.Claims) != 1 {
				t.Errorf("on %s: %q with %d other accounts, want %q", on, s.Unclear, len(s.Claims), want)
			}
		}
		if s := c.On(clock.On("2020-01-01", "")); s.Consent.ID != "a" || s.Force.From != "2014-10-19" {
			t.Errorf("%+v", s.Consent)
		}
	}
}

// Whatever the acts: what is certain is never more than what may be, the order of the acts does not matter, and the more
// exact a date, the less is open.
func TestChainProperties(t *testing.T) {
	kinds := []treaty.Kind{treaty.Signature, treaty.Ratification, treaty.Accession, treaty.Denunciation, treaty.Consent}
	wait := rule(t, "2000-01-01", "30d/12m")
	rapid.Check(t, func(t *rapid.T) {
		var acts []treaty.Act
		for i := range rapid.IntRange(0, 5).Draw(t, "acts") {
			date := rapid.SampledFrom([]clock.Day{"2001-03-04", "2002", "2003-05", "2004-06-07", "2005", ""}).Draw(t, "date")
			acts = append(acts, act(string(rune('a'+i)), rapid.SampledFrom(kinds).Draw(t, "kind"), date))
		}
		on := rapid.SampledFrom([]clock.Day{"2001-03-04", "2002-06-30", "2003-05-15", "2005-01-01", "2006-12-31", "2021-01-01"}).Draw(t, "on")
		c := treaty.Chain{Rule: wait, Acts: acts}
		s := c.On(clock.On(on, ""))
		if (s.Standing == s.Perhaps) != (s.Unclear == treaty.Certain) {
			t.Fatalf("%s, perhaps %s, yet %q", s.Standing, s.Perhaps, s.Unclear)
		}
		c.Acts = rapid.Permutation(acts).Draw(t, "order")
		if again := c.On(clock.On(on, "")); again.Standing != s.Standing || again.Perhaps != s.Perhaps {
			t.Fatalf("in another order %s, perhaps %s", again.Standing, again.Perhaps)
		}
		for i := range c.Acts {
			if c.Acts[i].Date != "" {
				c.Acts[i].Date = c.Acts[i].Date.First()
			} else {
				c.Acts[i].Date = "2006-01-01"
			}
		}
		if exact := c.On(clock.On(on, "")); exact.Standing != exact.Perhaps {
			t.Fatalf("all dates are exact, yet %s, perhaps %s", exact.Standing, exact.Perhaps)
		}
	})
}

func TestWords(t *testing.T) {
	var words []string
	for s := treaty.Unknown; s <= treaty.Left; s++ {
		words = append(words, s.String())
	}
	if slices.Sort(words); len(slices.Compact(words)) != 6 || treaty.Standing(99).String() != "left" {
		t.Error(words)
	}
}
