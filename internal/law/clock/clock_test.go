package clock_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/law/clock"
)

func TestParse(t *testing.T) {
	for _, good := range []string{"", "2005", "2005-08", "2005-08-03", "2024-02-29"} {
		if d, err := clock.Parse(good); err != nil || string(d) != good {
			t.Errorf("%q: %q, %v", good, d, err)
		}
	}
	for _, bad := range []string{"05", "2005-13", "2005-02-30", "2005-8-3", "yesterday", "2005-08-03T", "20050803", "2005-"} {
		if d, err := clock.Parse(bad); err == nil {
			t.Errorf("%q is read as %q", bad, d)
		}
	}
}

// A year is over on its last day, and begun on its first.
func TestSpan(t *testing.T) {
	for _, c := range []struct {
		date clock.Day
		on   clock.Day
		want clock.Reach
	}{
		{"2015", "2014-12-31", clock.NotYet},
		{"2015", "2015-01-01", clock.Perhaps},
		{"2015", "2015-12-30", clock.Perhaps},
		{"2015", "2015-12-31", clock.Reached},
		{"2016-02", "2016-02-28", clock.Perhaps},
		{"2016-02", "2016-02-29", clock.Reached},
		{"2016-02-10", "2016-02-09", clock.NotYet},
		{"2016-02-10", "2016-02-10", clock.Reached},
		{"", "2016-02-10", clock.Perhaps},
	} {
		if got := c.date.Span().By(c.on); got != c.want {
			t.Errorf("%q by %s: %d, want %d", c.date, c.on, got, c.want)
		}
	}
}

// Known on a day means by its end: what was recorded in its last second counts, what was taken back then does not.
func TestKnows(t *testing.T) {
	noon := time.Date(2024, 6, 3, 12, 0, 0, 0, time.UTC).UnixMicro()
	late := time.Date(2024, 6, 3, 23, 59, 59, 0, time.UTC).UnixMicro()
	next := time.Date(2024, 6, 4, 0, 0, 0, 0, time.UTC).UnixMicro()
	at := clock.On("2019-05-01", "2024-06-03")
	if !at.Knows(noon, 0) || !at.Knows(late, next) || at.Knows(next, 0) || at.Knows(noon, late) {
		t.Errorf("%+v draws the line elsewhere", at)
	}
	if !clock.On("2019-05-01", "").Knows(next, 0) || clock.On("2019-05-01", "").Knows(noon, next) {
		t.Error("without a second clock all that stands is known, and nothing that was taken back")
	}
}
