package work

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/order"
)

func byDate(list []Event) {
	order.By(list, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
}

// CheckEvent refuses an event that cannot be: unknown words, no date, or a date before there was a work.
func CheckEvent(w Work, e Event) error {
	if _, err := clock.Parse(string(e.Date)); err != nil {
		return err
	}
	if !slices.Contains(Turns(), e.Turn) || e.Date == "" {
		return fault.New(fault.Invalid, "An event needs a date and is a commencement, an amendment or a repeal.")
	}
	if e.Date.Last() < w.Adopted.First() {
		return fault.New(fault.Invalid, "The date %s lies before the adoption on %s.", string(e.Date), string(w.Adopted)).
			WithHint("One of the two dates is wrong. Nothing was changed.").WithField("date", "before the adoption")
	}
	return nil
}

// CheckExpression refuses an expression that cannot be.
func CheckExpression(w Work, e Expression, parts []Provision) error {
	if _, err := clock.Parse(string(e.AsOf)); err != nil {
		return err
	}
	if !e.AsOf.Exact() || !slices.Contains(Forms(), e.Form) || e.Language == "" {
		return fault.New(fault.Invalid, "A version needs a language, a form and the day from which it reads so.")
	}
	if e.AsOf < w.Adopted.First() && e.Form != Draft {
		return fault.New(fault.Invalid, "The date %s lies before the adoption on %s.", string(e.AsOf), string(w.Adopted)).
			WithHint("One of the two dates is wrong. Nothing was changed.").WithField("as-of", "before the adoption")
	}
	seen := map[string]bool{}
	for _, p := range parts {
		if p.EID == "" || p.WID == "" || seen[p.EID] {
			return fault.New(fault.Invalid, "The provision %q has no identifier, or one that stands twice.", p.Num).
				WithHint("Mend the numbering beside the source, then keep the text.")
		}
		seen[p.EID] = true
	}
	return nil
}

// Overlaps names versions that claim the same work, language and day without one replacing the other. Both are kept.
func Overlaps(list []Expression) []*fault.Error {
	type slot struct {
		work, language string
		day            clock.Day
	}
	first := map[slot]string{}
	replaced := map[string]bool{}
	for _, e := range list {
		replaced[e.Replaces] = e.Replaces != ""
	}
	var out []*fault.Error
	for _, e := range list {
		if e.Gone != 0 || replaced[e.ID] || e.Form == Draft || e.Form == Translation {
			continue
		}
		s := slot{e.Work, e.Language, e.AsOf}
		if other, taken := first[s]; taken {
			out = append(out, fault.New(fault.Conflict, "The versions %s and %s both claim to read from %s.", other, e.ID, string(e.AsOf)).
				WithHint("Both are kept and both are shown. Say which one replaces the other."))
			continue
		}
		first[s] = e.ID
	}
	return out
}
