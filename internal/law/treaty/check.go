package treaty

import (
	"slices"
	"strconv"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
)

// Check names what does not fit in the acts of an instrument; articles is how many it has, 0 when that is not known. The
// acts stay as they are: a source that errs is kept beside the one that does not.
func Check(adopted clock.Day, articles int, acts []Act) []*fault.Error {
	var out []*fault.Error
	byID := map[string]Act{}
	for _, a := range acts {
		if _, twice := byID[a.ID]; twice {
			out = append(out, fault.New(fault.Conflict, "The act %s stands twice.", a.ID))
		}
		byID[a.ID] = a
	}
	for _, a := range acts {
		if _, err := clock.Parse(string(a.Date)); err != nil || !slices.Contains(Kinds(), a.Kind) {
			out = append(out, fault.New(fault.Invalid, "The act %s has no known kind or no date of the calendar.", a.ID))
		}
		if a.Date != "" && a.Date.Last() < adopted.First() {
			out = append(out, early(a, adopted))
		}
		for _, id := range []string{a.Of, a.CompetingOf} {
			if _, found := byID[id]; id != "" && !found || id == "" && needs(a.Kind) && a.Of == "" {
				out = append(out, fault.New(fault.Invalid, "The act %s names no act to which it belongs.", a.ID).
					WithHint("A reservation belongs to a signature or a consent, an objection or a withdrawal to a reservation."))
				break
			}
		}
		for _, article := range a.Articles {
			if !known(article, articles) {
				out = append(out, fault.New(fault.Invalid, "The act %s is about article %s, which the instrument does not have.", a.ID, article).
					WithHint("It is kept as it came. Compare it with the authentic text."))
			}
		}
	}
	return out
}

// early says that an act was done before there was a text.
func early(a Act, adopted clock.Day) *fault.Error {
	return fault.New(fault.Invalid, "The act %s of %s lies before the adoption on %s.", a.ID, string(a.Date), string(adopted)).
		WithHint("It is kept as it came. Compare it with the authentic text.")
}

// needs reports whether an act of the kind belongs to another.
func needs(k Kind) bool {
	return slices.Contains([]Kind{Reservation, Confirmation, Objection, Withdrawal}, k)
}

// known reports whether an instrument of so many articles can have this one.
func known(article string, articles int) bool {
	pin := Pin(article)
	if len(pin) == 0 {
		return false
	}
	n, err := strconv.Atoi(pin[0])
	return articles == 0 || err == nil && n >= 1 && n <= articles
}
