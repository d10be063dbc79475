package membership_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/membership"
)

// An invented union of three: one leaves, one stays outside an act, one joins it later.
var (
	union = membership.Members{
		{State: "XAA", Organisation: "U", From: "2000-01-01"},
		{State: "XBB", Organisation: "U", From: "2000-01-01", Until: "2020-02-01"},
		{State: "XCC", Organisation: "U", From: "2010-01-01"},
	}
	act = membership.Act{
		Instrument: "D", Organisation: "U", From: "2011-04-15", Due: "2013-04-06",
		Outside: map[string]clock.Day{"XAA": "", "XBB": "2011-10-14"},
	}
)

func TestBindsByMembership(t *testing.T) {
	for _, c := range []struct {
		state string
		on    clock.Day
		want  bool
	}{
		{"XCC", "2011-04-14", false},
		{"XCC", "2011-04-15", true},
		{"XAA", "2015-01-01", false}, // outside for good
		{"XBB", "2011-10-13", false},
		{"XBB", "2011-10-14", true}, // joined later
		{"XBB", "2020-01-31", true},
		{"XBB", "2020-02-01", false}, // left the union
		{"XDD", "2015-01-01", false},
	} {
		if got := union.Binds(act, c.state, c.on); got != c.want {
			t.Errorf("%s on %s: %t", c.state, c.on, got)
		}
	}
}

// Due and no word of it is unknown, not a failure; a procedure comes before a notification until it is closed.
func TestTransposition(t *testing.T) {
	noted := clock.Day("2014-01-01").Micros()
	steps := []membership.Step{
		{State: "XCC", Instrument: "D", Kind: membership.Closed, Date: "2015-06-01", Recorded: noted},
		{State: "XCC", Instrument: "D", Kind: membership.Notified, Date: "2013-05-01", Measures: []string{"XCC-2013-1"}, Recorded: noted},
		{State: "XCC", Instrument: "D", Kind: membership.Infringement, Date: "2014-02-01", Recorded: noted},
		{State: "XBB", Instrument: "D", Kind: membership.Notified, Date: "2012-01-01", Recorded: noted},
	}
	for on, want := range map[clock.Day]membership.Stage{
		"2011-04-14": membership.NotBound, "2013-04-06": membership.Pending, "2013-04-07": membership.Unknown, "2013-05-01": membership.IsNotified,
		"2014-02-01": membership.InProcedure, "2015-06-01": membership.IsNotified,
	} {
		if got := union.Transposed(act, "XCC", steps, clock.On(on, "")); got.Stage != want {
			t.Errorf("on %s: %s, want %s", on, got.Stage, want)
		}
	}
	if got := union.Transposed(act, "XCC", steps, clock.On("2015-01-01", "2013-12-31")); got.Stage != membership.Unknown || len(got.Steps) != 0 {
		t.Errorf("before we knew: %+v", got)
	}
}
