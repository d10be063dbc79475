package mse

import (
	"context"
	"errors"
)

// Consistency holds an estimate against a known truth: the people on one list are taken to be the
// population, seen only through the other lists.
type Consistency struct {
	// List is the number of the list from 0, and Name its name.
	List int    `json:"list"`
	Name string `json:"name"`
	// Truth is the number of people on the list, and Seen how many of them are on another list too.
	Truth int `json:"truth"`
	Seen  int `json:"seen"`
	// Estimate of Truth, with 95 % Wald limits; all 0 when there is none.
	Estimate float64 `json:"estimate"`
	Lower    float64 `json:"lower"`
	Upper    float64 `json:"upper"`
	// Ratio is Estimate/Truth.
	Ratio float64 `json:"ratio"`
	// Covered: the truth lies within the limits.
	Covered bool `json:"covered"`
	// Missing says why there is no estimate, or is empty.
	Missing string `json:"missing,omitempty"`
}

// CheckConsistency estimates, for each list, its known size from the other lists alone. When the
// method finds a list's size badly wrong, there is little reason to trust it on the whole; when it
// finds it right, that is no proof, because the people on no list may differ from those on one. Method:
// Binette and Steorts, arXiv:2112.01594. Entries are in the order of the lists; an estimate that does
// not exist is an entry, not an error. Needs three lists ([TooFewLists]). Cost: one estimate for each list.
func CheckConsistency(ctx context.Context, t Table, m Method) ([]Consistency, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if m == nil {
		return nil, badSetting("Method", "no method is given")
	}
	if len(t.lists) < 3 {
		return nil, &Error{Problem: TooFewLists, Reason: "the check needs three lists: one to be the truth and two to estimate it"}
	}
	out := make([]Consistency, len(t.lists))
	for i, name := range t.lists {
		c := Consistency{List: i, Name: name, Truth: t.On(1 << i)}
		if err := c.hold(ctx, t, m); err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok {
				return nil, err
			}
			c.Missing = e.Error()
		}
		out[i] = c
	}
	return out, nil
}

// hold fills the estimate.
func (c *Consistency) hold(ctx context.Context, t Table, m Method) error {
	inner, _, err := t.Within(c.List)
	if err != nil {
		return err
	}
	c.Seen = inner.People()
	r, err := Estimate(ctx, inner, m)
	if err != nil {
		return err
	}
	c.Estimate, c.Lower, c.Upper = r.Estimate, r.Lower, r.Upper
	c.Ratio = r.Estimate / float64(c.Truth)
	c.Covered = r.Lower <= float64(c.Truth) && float64(c.Truth) <= r.Upper
	return nil
}
