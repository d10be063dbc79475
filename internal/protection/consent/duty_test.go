package consent

import (
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/profile"
)

// TestReportsComeFromDatedProfiles: trigger, reporter, recipient, clock and least content are the profile's, with its dates and
// its confidence; where a profile names no time, none is made up.
func TestReportsComeFromDatedProfiles(t *testing.T) {
	us, ok := ReportOf("us", "2026-11-23", "child-notice", time.UTC)
	if !ok || us.State != profile.Holds || us.Fact.Confidence != profile.Stated || len(us.Fact.Sources) == 0 || us.Version == "" || len(us.Reporter) == 0 {
		t.Fatalf("the child notice of the United States: %+v", us)
	}
	began := time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)
	if due, ok := us.Due(began); !ok || !due.Equal(began.Add(24*time.Hour)) {
		t.Errorf("due %s %v, want 24 hours later", due, ok)
	}
	if us.Nameless != nil || !slices.Contains(us.Classes, "identity") {
		t.Errorf("a child is named: %v, %v", us.Classes, us.Nameless)
	}
	gb, ok := ReportOf("gb-eaw", "2026-11-23", "notify", time.UTC)
	if _, timed := gb.Due(began); !ok || timed {
		t.Errorf("the duty to notify has a time that no source names: %+v", gb.Fact)
	}
	if slices.Contains(gb.Nameless, "identity") || !slices.Contains(gb.Nameless, "outline") {
		t.Errorf("without consent an adult is told of as %v", gb.Nameless)
	}
	for _, j := range profile.Procedures().Jurisdictions() {
		for _, r := range Reports(j, "2026-11-23", time.UTC) {
			for _, c := range append(slices.Clone(r.Classes), r.Nameless...) {
				if !Known(Classes(), c) {
					t.Errorf("%s %s: class %q", j, r.ID, c)
				}
			}
			for _, to := range r.To {
				if !Known(Recipients(), to) || !r.Covers(to, r.Classes, false) || r.Covers("family", r.Classes, false) {
					t.Errorf("%s %s: goes to %q", j, r.ID, to)
				}
			}
		}
	}
	if len(Reports("nowhere", "2026-11-23", time.UTC)) > 0 {
		t.Error("a duty of nowhere")
	}
}
