package work_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/work"
)

// day is the instant at which something was recorded.
func day(d clock.Day) int64 { return d.Micros() }

// An invented act in English: as enacted, amended in 2019, and a correction of the second version that we learned of in
// 2024.
func invented() work.Corpus {
	c := work.Corpus{
		Works: []work.Work{{ID: "W", Jurisdiction: "XFD", Kind: "act", Adopted: "2015-03-01"}},
		Expressions: []work.Expression{
			{ID: "e1", Work: "W", Language: "en", AsOf: "2015-07-01", Form: work.Enacted, Recorded: day("2016-01-01")},
			{ID: "e2", Work: "W", Language: "en", AsOf: "2019-05-01", Form: work.Consolidated, Recorded: day("2019-06-01")},
			{ID: "e3", Work: "W", Language: "en", AsOf: "2019-05-01", Form: work.Consolidated, Replaces: "e2", Recorded: day("2024-06-03")},
			{ID: "bill", Work: "W", Language: "en", AsOf: "2017-01-01", Form: work.Draft, Recorded: day("2016-01-01")},
			{ID: "fr", Work: "W", Language: "fr", AsOf: "2015-07-01", Form: work.Translation, Recorded: day("2016-01-01")},
		},
		Events: []work.Event{
			{ID: "c", Work: "W", Turn: work.Commencement, Date: "2015-07-01", Recorded: day("2016-01-01")},
			{ID: "c5", Work: "W", Turn: work.Commencement, Parts: []string{"sec_5"}, Date: "2016-01-01", Recorded: day("2016-01-01")},
			{ID: "a", Work: "W", Turn: work.Amendment, Parts: []string{"sec_1"}, Date: "2019-05-01", Recorded: day("2019-06-01")},
			{ID: "r", Work: "W", Turn: work.Repeal, Parts: []string{"sec_2"}, Date: "2020-01-01", Into: []string{"V#sec_9"}, Recorded: day("2019-06-01")},
			{ID: "late", Work: "W", Turn: work.Amendment, Parts: []string{"sec_3"}, Date: "2022-02", Recorded: day("2022-03-01")},
		},
	}
	for _, e := range c.Expressions {
		for _, wid := range []string{"sec_1", "sec_2", "sec_3", "sec_5"} {
			text := wid + " in " + e.ID
			c.Provisions = append(c.Provisions, work.Provision{Expression: e.ID, EID: wid, WID: wid, Text: text, Hash: work.Hash("", text)})
		}
	}
	return c
}

func texts(a work.Answer) string {
	var out []string
	for _, r := range a.Texts {
		out = append(out, r.Expression.ID)
	}
	return strings.Join(out, " ")
}

// TestTwoClocks is the question of the room: as it stood on one day, as we knew it on another.
func TestTwoClocks(t *testing.T) {
	c := invented()
	for _, q := range []struct {
		wid, on, known string
		state          work.State
		reads          string
		stale          bool
	}{
		{"sec_1", "2015-06-30", "", work.NotYet, "", false},
		{"sec_1", "2015-07-01", "", work.InForce, "e1", false},
		{"sec_1", "2015-07-01", "2015-12-31", work.Unknown, "", false}, // not recorded by then
		{"sec_5", "2015-12-31", "", work.NotYet, "e1", false},          // its own day comes before that of the act
		{"sec_5__subsec_2", "2015-12-31", "", work.NotYet, "", false},
		{"sec_5", "2016-01-01", "", work.InForce, "e1", false},
		{"sec_1", "2019-05-01", "2019-05-31", work.InForce, "e1", false}, // the amendment was not known
		{"sec_1", "2019-05-01", "2024-06-02", work.InForce, "e2", false},
		{"sec_1", "2019-05-01", "2024-06-03", work.InForce, "e3", false}, // corrected since
		{"sec_2", "2019-12-31", "", work.InForce, "e3", false},
		{"sec_2", "2020-01-01", "", work.Ended, "e3", false},
		{"sec_3", "2022-02-10", "", work.InForce, "e3", true}, // amended that month: the text may read otherwise
		{"sec_9", "2020-01-01", "", work.InForce, "", false},  // the act is in force; this part has no text here
	} {
		a := c.Stand("W", q.wid, "en", clock.On(clock.Day(q.on), clock.Day(q.known)))
		if a.State != q.state || texts(a) != q.reads || a.Stale != q.stale {
			t.Errorf("%s on %s, known on %q: %s reading %q, stale %t; want %s reading %q, stale %t", q.wid, q.on, q.known, a.State, texts(a), a.Stale, q.state, q.reads, q.stale)
		}
	}
	if a := c.Stand("W", "sec_2", "en", clock.On("2021-01-01", "")); !slices.Equal(a.Into, []string{"V#sec_9"}) || a.Since != "2015-07-01" || a.Until != "2020-01-01" {
		t.Errorf("%+v", a)
	}
	if a := c.Stand("W", "sec_1", "fr", clock.On("2016-01-01", "")); texts(a) != "fr" {
		t.Errorf("a language without a text of its own reads %q", texts(a))
	}
	all := c.StandAll("W", "en", clock.On("2021-01-01", ""))
	if len(all) != 4 || all[0].WID != "sec_1" {
		t.Errorf("%d parts", len(all))
	}
}

// Versions that claim the same day are both kept, both shown and named, until one replaces the other.
func TestOverlappingVersions(t *testing.T) {
	c := invented()
	c.Expressions[2].Replaces = ""
	a := c.Stand("W", "sec_1", "en", clock.On("2019-05-01", ""))
	if !a.Overlap() || texts(a) != "e2 e3" {
		t.Errorf("reads %q", texts(a))
	}
	bad := work.Overlaps(c.Expressions)
	if len(bad) != 1 || !strings.Contains(bad[0].Error(), "e2 and e3 both claim to read from 2019-05-01") || bad[0].Hint == "" {
		t.Errorf("%v", bad)
	}
	if bad := work.Overlaps(invented().Expressions); len(bad) != 0 {
		t.Errorf("a correction is no overlap: %v", bad)
	}
}

// Sources that disagree, or know only the year, leave the answer open.
func TestUnclear(t *testing.T) {
	w := "W"
	c := work.Corpus{Events: []work.Event{
		{ID: "1", Work: w, Turn: work.Commencement, Date: "2005-11-15"}, {ID: "2", Work: w, Turn: work.Commencement, Date: "2006"},
	}}
	for on, want := range map[clock.Day]work.State{
		"2005-11-14": work.NotYet, "2005-11-15": work.Unclear, "2006-12-30": work.Unclear, "2006-12-31": work.InForce,
	} {
		if a := c.Stand(w, "", "en", clock.On(on, "")); a.State != want {
			t.Errorf("on %s: %s, want %s", on, a.State, want)
		}
	}
	c.Events = append(c.Events, work.Event{ID: "3", Work: w, Turn: work.Repeal, Date: "2010"}, work.Event{ID: "4", Work: w, Turn: work.Commencement, Date: "2015-01-01"})
	for on, want := range map[clock.Day]work.State{"2010-06-01": work.Unclear, "2010-12-31": work.Ended, "2014-12-31": work.Ended, "2015-01-01": work.InForce} {
		if a := c.Stand(w, "", "en", clock.On(on, "")); want != a.State && !(want == work.Ended && a.State == work.NotYet) {
			t.Errorf("on %s: %s, want %s", on, a.State, want)
		}
	}
	if a := c.Stand("nobody", "", "en", clock.On("2020-01-01", "")); a.State != work.Unknown {
		t.Errorf("an unknown work is %s", a.State)
	}
}

// What cannot be is refused in words that say what and where.
func TestRefusals(t *testing.T) {
	w := work.Work{ID: "W", Adopted: "2015-03-01"}
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"early":   {work.CheckEvent(w, work.Event{ID: "c", Turn: work.Commencement, Date: "2015-02-28"}), "2015-02-28 lies before the adoption on 2015-03-01"},
		"year":    {work.CheckEvent(w, work.Event{Turn: work.Commencement, Date: "2014"}), "before the adoption"},
		"date":    {work.CheckEvent(w, work.Event{Turn: work.Commencement, Date: "2015-02-30"}), "not a date"},
		"turn":    {work.CheckEvent(w, work.Event{Turn: "begun", Date: "2016-01-01"}), "a commencement, an amendment or a repeal"},
		"undated": {work.CheckEvent(w, work.Event{Turn: work.Repeal}), "needs a date"},
		"form":    {work.CheckExpression(w, work.Expression{Language: "en", AsOf: "2016-01-01", Form: "copy"}, nil), "needs a language"},
		"as of":   {work.CheckExpression(w, work.Expression{Language: "en", AsOf: "2016", Form: work.Enacted}, nil), "needs a language"},
		"before":  {work.CheckExpression(w, work.Expression{Language: "en", AsOf: "2014-01-01", Form: work.Enacted}, nil), "before the adoption"},
		"twice": {work.CheckExpression(w, work.Expression{Language: "en", AsOf: "2016-01-01", Form: work.Enacted}, []work.Provision{
			{EID: "a", WID: "a", Num: "1"}, {EID: "a", WID: "a", Num: "1"},
		}), "stands twice"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, c.err, c.says)
		}
	}
	if err := work.CheckEvent(w, work.Event{Turn: work.Commencement, Date: "2015"}); err != nil {
		t.Errorf("a year that holds the adoption is no contradiction: %v", err)
	}
}

func TestHash(t *testing.T) {
	if work.Hash("A", "b  c\n") != work.Hash("A", "b c") || work.Hash("A", "b c") == work.Hash("", "A b c") || work.Hash("", "b c") == work.Hash("", "b d") {
		t.Error("a hash changes with the words and not with the white space")
	}
}
