package finding

import (
	"slices"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
)

// Published are the stages whose answer counts in public; Working adds what is not yet signed, for the desk.
var (
	Published = []Stage{Signed}
	Working   = []Stage{Draft, Coded, Adjudicated, Signed}
)

// Holding picks the findings about a State that count on a day as known on a day: of the stages asked for, and within their
// days. What needs review, is disputed or was withdrawn counts as unknown.
func Holding(all []Finding, state string, stages []Stage, at clock.At) []Finding {
	var out []Finding
	for _, f := range all {
		if f.State == state && slices.Contains(stages, f.Stage) && at.Knows(f.Recorded, f.Gone) &&
			f.From <= at.On && (f.Until == "" || at.On < f.Until) {
			out = append(out, f)
		}
	}
	return out
}

// Bounds sets findings that hold against a standard. reserved says which topics a reservation takes out for the State: they
// do not apply, whatever the law says.
func Bounds(s *alignment.Standard, holding []Finding, reserved []string) (*alignment.Assessment, error) {
	list := make([]alignment.Finding, 0, len(holding)+len(reserved))
	for _, topic := range reserved {
		list = append(list, alignment.Finding{Topic: topic, Status: alignment.NotApplicable})
	}
	for _, f := range holding {
		if !slices.Contains(reserved, f.Topic) {
			list = append(list, alignment.Finding{Topic: f.Topic, Status: f.Status, Part: f.Part, Reason: f.words()})
		}
	}
	a, err := s.Assess(list)
	if alignment.ProblemOf(err) != 0 {
		return nil, fault.New(fault.Conflict, "The findings do not fit together.").
			WithHint("Two stand on one topic, or a topic is not in the list. Decide between them first.").Wrap(err)
	}
	return a, err
}

// words is what the gap sheet shows.
func (f Finding) words() string {
	if f.Note != "" {
		return f.Note
	}
	return f.Reason
}
