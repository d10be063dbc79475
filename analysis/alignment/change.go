package alignment

import "cmp"

// Change is what differs between two assessments of one standard: two versions of a law, or a law
// and a bill.
type Change struct {
	// Lower, Upper and Known are after − before.
	Lower, Upper, Known float64
	// Moved lists the topics whose status or part differs, in order of code.
	Moved []Move
	// Closed lists the hard gaps of before that are none after; Opened those that are new.
	Closed, Opened []string
}

// Move is one topic whose finding differs.
type Move struct {
	Topic         string
	Before, After Status
	// ValueBefore and ValueAfter are what the findings count for.
	ValueBefore, ValueAfter float64
}

// Compare says what changed between two assessments of the same standard; an [*Error] when the
// standards differ. Neither is changed. Cost: O(topics).
func Compare(before, after *Assessment) (*Change, error) {
	if before == nil || after == nil || len(before.Topics) != len(after.Topics) || before.WeightSet != after.WeightSet {
		return nil, refuse(BadSetting, "assessments", "the two were not made with one standard")
	}
	c := &Change{
		Lower: after.Lower - before.Lower, Upper: after.Upper - before.Upper, Known: after.Known - before.Known,
	}
	for i, b := range before.Topics {
		a := after.Topics[i]
		if a.Code != b.Code || a.Weight != b.Weight {
			return nil, refuse(BadSetting, cmp.Or(a.Code, b.Code), "the two were not made with one standard")
		}
		if a.Status == b.Status && a.Value == b.Value {
			continue
		}
		c.Moved = append(c.Moved, Move{Topic: a.Code, Before: b.Status, After: a.Status, ValueBefore: b.Value, ValueAfter: a.Value})
		switch was, is := hardGap(b), hardGap(a); {
		case was && !is:
			c.Closed = append(c.Closed, a.Code)
		case is && !was:
			c.Opened = append(c.Opened, a.Code)
		}
	}
	return c, nil
}

func hardGap(t TopicResult) bool {
	return t.Tier == Essential && (t.Status == Partly || t.Status == Not)
}
