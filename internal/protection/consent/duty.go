package consent

import (
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/profile"
)

// Report is a duty to report, as a dated profile has it: a rule with the fact that says whether and until when. What it
// rests on is shown with its source; a recalled fact is shown as unverified.
type Report struct {
	profile.DutyRule
	Version string // of the procedure
	Fact    profile.Fact
	State   profile.State // whether the fact holds on the day
	// Classes are the least to tell; Nameless the least about an adult who has not agreed, nil where the rule knows no such
	// difference.
	Classes, Nameless []string
	Reporter          []string // English names of who is bound
	zone              *time.Location
	calendar          *profile.Calendar
}

// Reports returns the duties that a jurisdiction knows on a civil day, those whose dates do not hold left out.
func Reports(jurisdiction, day string, zone *time.Location) (all []Report) {
	shelf := profile.Procedures()
	v, ok := shelf.At(jurisdiction, day)
	if !ok {
		return nil
	}
	for _, d := range v.Duties {
		fact, state := v.Fact(d.Topic)
		if state == profile.Gap {
			continue // it held once
		}
		r := Report{DutyRule: d, Version: v.ID, Fact: fact, State: state, zone: zone, Classes: classesOf(d.Content)}
		r.calendar = shelf.Calendar(jurisdiction)
		if len(d.Anonymous) > 0 {
			r.Nameless = classesOf(d.Anonymous)
		}
		for _, a := range v.Actors {
			if slices.Contains(d.Reporters, a.ID) {
				r.Reporter = append(r.Reporter, a.Name)
			}
		}
		all = append(all, r)
	}
	return all
}

// ReportOf returns one duty of a jurisdiction.
func ReportOf(jurisdiction, day, id string, zone *time.Location) (Report, bool) {
	all := Reports(jurisdiction, day, zone)
	i := slices.IndexFunc(all, func(r Report) bool { return r.ID == id })
	if i < 0 {
		return Report{}, false
	}
	return all[i], true
}

// Due says until when it has to be done that began to run at an instant; false when nothing names a time. A time in working
// days is counted on the calendar of holidays of the jurisdiction.
func (r Report) Due(began time.Time) (time.Time, bool) {
	term, ok := r.Fact.Term()
	if !ok {
		return time.Time{}, false
	}
	d, err := term.Due(began, r.zone, r.calendar)
	return d.At, err == nil
}

// Covers reports whether a report to a recipient of some classes is what the rule orders: to whom it says, and no more than
// it says about an adult or somebody else. A recipient whose kind nobody knows is none that it says.
func (r Report) Covers(recipient string, classes []string, adult bool) bool {
	least := r.Classes
	if adult && r.Nameless != nil {
		least = r.Nameless
	}
	beyond := func(c string) bool { return !slices.Contains(least, c) }
	return slices.Contains(r.To, KindOf(recipient)) && !slices.ContainsFunc(classes, beyond)
}

// classesOf are the classes of record to which the content of a report belongs.
func classesOf(content []string) (list []string) {
	for _, code := range content {
		class := "outline"
		switch code {
		case "identity", "nationality", "guardian":
			class = "identity"
		case "contact":
			class = "contact"
		case "safety":
			class = "risk"
		case "circumstances":
			class = "account"
		}
		if !slices.Contains(list, class) {
			list = append(list, class)
		}
	}
	return list
}
