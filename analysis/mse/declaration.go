package mse

// Known is what somebody has declared about a condition that no table can show.
type Known uint8

// The answers to a question about the lists.
const (
	// Unknown: nobody has said.
	Unknown Known = iota
	// Yes: it holds.
	Yes
	// No: it does not hold.
	No
)

// Declaration holds what people who know the lists say about them. What is Unknown becomes a warning;
// No to one of the first three refuses every number.
type Declaration struct {
	// SamePopulation: every list could have held any person of the population.
	SamePopulation Known
	// SamePlace: the lists cover the same area.
	SamePlace Known
	// SameTime: the lists cover the same period.
	SameTime Known
	// LinkageChecked: people on several lists were matched with an error known to be small.
	LinkageChecked Known
}

// findings returns what refuses and what warns.
func (d Declaration) findings() (reasons, warnings []Finding) {
	for _, q := range []struct {
		known Known
		short string
		long  string
	}{
		{d.SamePopulation, "population", "every list could have held any person of the population"},
		{d.SamePlace, "place", "the lists cover the same area"},
		{d.SameTime, "period", "the lists cover the same period"},
	} {
		switch q.known {
		case Yes:
		case No:
			reasons = append(reasons, finding(OtherPopulation, q.short, 0))
		default:
			warnings = append(warnings, finding(Undeclared, q.long, 0))
		}
	}
	if d.LinkageChecked != Yes {
		warnings = append(warnings, finding(LinkageUnsure, "", 0))
	}
	return reasons, warnings
}

// assumptions are the beliefs that every method of the package rests on.
func assumptions() []string {
	return []string{
		"Nobody joins or leaves the population while the lists are drawn up.",
		"Every person on two lists is recognised as the same person, and no two persons are taken for one.",
		"The way in which lists depend on each other among the people seen also holds for those not seen.",
		"Within the population, or within a group looked at by itself, people are about equally easy to find.",
		"Every list could have held any person of the population.",
	}
}

// cannotTell are the things that no such report can say.
func cannotTell() []string {
	return []string{
		"Who or where the people not seen are.",
		"How many people no list could ever have held.",
		"Whether there are more or fewer such people than in another year, unless the lists were made in the same way.",
		"Which of several models that fit equally well is true.",
	}
}
