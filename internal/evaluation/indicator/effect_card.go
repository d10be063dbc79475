package indicator

import (
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/vocab"
)

// CardLine is one field of the assumptions card, for people.
type CardLine struct {
	// Field is the name of the field of [causal.Card], for machines.
	Field string
	// Label heads the field, Lines fill it.
	Label Note
	Lines []Note
}

// Day is a civil date as an argument of a Note.
type Day string

// Coded is a code of a vocabulary as an argument of a Note.
type Coded struct {
	Scheme vocab.Scheme
	Code   string
}

// String returns the English label.
func (c Coded) String() string { return labelOf(Dim(c.Scheme), c.Code, "") }

// In returns the note in the language of a printer. Arguments that are themselves notes, codes,
// days or periods are written in that language too.
func (n Note) In(p *i18n.Printer) string {
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		switch a := a.(type) {
		case Note:
			args[i] = a.In(p)
		case Coded:
			args[i] = vocab.Label(a.Scheme, a.Code, p.Lang())
		case Day:
			args[i] = dayIn(a, p)
		case Period:
			args[i] = periodIn(a, p)
		default:
			args[i] = a
		}
	}
	return p.T(n.Msg, args...)
}

// dayIn writes a date as exact as it is: a day, a month or a year.
func dayIn(d Day, p *i18n.Printer) string {
	if _, err := time.Parse(time.DateOnly, string(d)); err == nil {
		return p.Date(string(d))
	}
	if period, err := figure.ParsePeriod(string(d)); err == nil {
		return periodIn(period, p)
	}
	return string(d)
}

func periodIn(x Period, p *i18n.Printer) string {
	switch x.Kind {
	case Quarter:
		return p.Quarter(x.Year, x.N)
	case Month:
		return p.Month(x.Year, x.N)
	}
	return x.String()
}

// say makes a note whose text is a key of the catalogues.
func say(msg string, args ...any) Note { return Note{Msg: i18n.Mark(msg), Args: args} }

// nearDays is how far from a date of change other changes are looked for, on both sides.
const nearDays = 180

// study gathers what an estimate carries, with its card.
func (s *strand) study(scope EffectScope, used []outcome, crossed []Break, changes []PlacedChange) Study {
	st := Study{
		Indicator: s.indicator, Area: s.area, Key: s.key, Label: s.label, Share: len(s.part) > 0,
		Breaks: crossed, Releases: s.releases,
	}
	for _, o := range used {
		st.Periods = append(st.Periods, o.period)
	}
	if slices.ContainsFunc(used, outcome.uncertain) {
		st.Notes = append(st.Notes, say("Some figures are ranges: the estimate was made on their ends, and the truth lies somewhere between."))
	}
	if len(s.gaps) > 0 {
		st.Notes = append(st.Notes, say("%d periods have no figure and were left out.", len(s.gaps)))
	}
	st.Card = []CardLine{
		{"Units", say("What one row is"), s.unitLines(used)},
		{"Measured", say("What is measured"), s.measureLines()},
		{"Coverage", say("Coverage"), s.coverageLines()},
		{"Breaks", say("Series breaks"), s.breakLines(changes)},
		{"OtherChanges", say("Other changes near the date"), otherChanges(s.area, scope, changes)},
		{"Detection", say("Detection is not incidence"), detectionLines()},
	}
	if strings.TrimSpace(scope.Note) != "" {
		note := Note{Msg: "%s", Args: []any{scope.Note}}
		if scope.NoteBy != "" {
			note = say("%s (%s)", scope.Note, scope.NoteBy)
		}
		st.Card = append(st.Card, CardLine{"Note", say("Note of the analyst"), []Note{note}})
	}
	return st
}

// card writes the card in English, as the results hold it.
func (st *Study) card(scope EffectScope) causal.Card {
	text := map[string][]string{}
	for _, line := range st.Card {
		for _, n := range line.Lines {
			text[line.Field] = append(text[line.Field], n.String())
		}
	}
	return causal.Card{
		Units: strings.Join(text["Units"], " "), Measured: strings.Join(text["Measured"], " "),
		Coverage: text["Coverage"], Breaks: text["Breaks"], OtherChanges: text["OtherChanges"],
		Detection: strings.Join(text["Detection"], " "), Note: scope.Note, NoteBy: scope.NoteBy,
	}
}

func (s *strand) unitLines(used []outcome) []Note {
	var span Note
	first, last := Period{}, Period{}
	if len(used) > 0 {
		first, last = used[0].period, used[len(used)-1].period
	}
	switch s.months() {
	case 1:
		span = say("One row is one month, from %s to %s.", first, last)
	case 3:
		span = say("One row is one quarter, from %s to %s.", first, last)
	default:
		span = say("One row is one year, from %s to %s.", first, last)
	}
	lines := []Note{span, say("Area: %s.", Coded{vocab.Area, s.area})}
	if s.key == "" {
		lines = append(lines, say("All categories together."))
	}
	return append(lines, cellLines(s.key.Cell())...)
}

// cellLines names the categories of a cell, in order of dimension.
func cellLines(cell map[Dim]string) []Note {
	var lines []Note
	key, err := figure.MakeKey(cell)
	if err != nil {
		return nil
	}
	for part := range strings.SplitSeq(string(key), "|") {
		if d, code, ok := strings.Cut(part, "="); ok {
			lines = append(lines, say("%s: %s.", Coded{vocab.Dimension, d}, Coded{vocab.Scheme(d), code}))
		}
	}
	return lines
}

func (s *strand) measureLines() []Note {
	lines := []Note{{Msg: s.indicator.Definition}}
	for _, n := range cellLines(s.part) {
		lines = append(lines, say("Modelled is the share of this category: %s", n))
	}
	if s.indicator.CannotTell != "" {
		lines = append(lines, Note{Msg: s.indicator.CannotTell})
	}
	return slices.DeleteFunc(lines, func(n Note) bool { return strings.TrimSpace(n.Msg) == "" })
}

func (s *strand) coverageLines() []Note {
	lines := []Note{say("%d of %d periods have a figure.", s.published, len(s.figures))}
	if s.derived > 0 {
		lines = append(lines, say("%d figures are totals that the source does not print; they were added up from its parts.", s.derived))
	}
	if s.revised > 0 {
		lines = append(lines, say("%d figures were published differently before; the latest known are used.", s.revised))
	}
	return append(lines, say("Whether the bodies that report changed is not stated in these figures."))
}

func (s *strand) breakLines(changes []PlacedChange) []Note {
	var lines []Note
	for _, b := range s.breaks {
		n := say("%s, declared: %s", b.Period, Note{Msg: b.Note})
		if b.Kind == Detected {
			n = say("%s, detected: %s", b.Period, Note{Msg: b.Note})
		}
		lines = append(lines, n)
		if slices.ContainsFunc(changes, func(c PlacedChange) bool { return c.Period == b.Period }) {
			lines = append(lines, say("This break falls into the period of a change asked about: the figures cannot tell the two apart."))
		}
	}
	if len(lines) == 0 {
		lines = append(lines, say("None is declared or detected in these periods. That is not proof that there is none."))
	}
	return lines
}

// otherChanges lists the dated facts of the profiles near the dates of change.
func otherChanges(area string, scope EffectScope, changes []PlacedChange) []Note {
	first, last := changes[0].Date, changes[0].Date
	for _, c := range changes {
		first, last = min(first, c.Date), max(last, c.Date)
	}
	from, to := shiftDay(first, -nearDays), shiftDay(last, nearDays)
	var lines []Note
	codes := jurisdictions(area, scope)
	for _, code := range codes {
		p, _ := profile.Base().Profile(code)
		for _, c := range profile.Base().Near(code, from, to) {
			lines = append(lines, changeLine(p, c))
		}
	}
	switch {
	case len(codes) == 0:
		lines = append(lines, say("No profile of law and procedure is held for %s, so what else changed is not known here.", Coded{vocab.Area, area}))
	case len(lines) == 0:
		lines = append(lines, say("The profile names no change between %s and %s. That is not proof that there was none.", Day(from), Day(to)))
	default:
		lines = append(lines, say("What the profile does not name may have changed too."))
	}
	return lines
}

func changeLine(p profile.Profile, c profile.Change) Note {
	text := Note{Msg: c.Fact.Text}
	if c.Ended {
		text = say("No longer: %s", text)
	}
	if c.Fact.Confidence != profile.Stated {
		text = say("%s (not verified)", text)
	}
	return say("%s, %s: %s", Day(c.Date), Note{Msg: p.Name}, text)
}

// jurisdictions returns the profiles of a scope: those named, or those of the area, whose codes
// begin with its two letters ("gb", "gb-eaw").
func jurisdictions(area string, scope EffectScope) []string {
	all := profile.Base().Jurisdictions()
	if scope.Jurisdictions != nil {
		return slices.DeleteFunc(all, func(j string) bool { return !slices.Contains(scope.Jurisdictions, j) })
	}
	two, ok := vocab.Map(vocab.Area, area, "iso2")
	if !ok {
		return nil
	}
	two = strings.ToLower(two)
	return slices.DeleteFunc(all, func(j string) bool { return j != two && !strings.HasPrefix(j, two+"-") })
}

func shiftDay(day string, by int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, by).Format(time.DateOnly)
}

func detectionLines() []Note {
	return []Note{
		say("These figures say what was reported and decided, not how much trafficking there is."),
		say("A change of rules, of effort or of trust moves them even when nothing else changes."),
	}
}

// touchedNotes says which periods lie on both sides of a date.
func touchedNotes(changes []PlacedChange, leftOut bool) []Note {
	var notes []Note
	for _, c := range changes {
		switch {
		case c.DaysBefore == 0:
		case leftOut:
			notes = append(notes, say("%s lies partly before the change of %s and was left out.", c.Period, Day(c.Date)))
		default:
			notes = append(notes, say("%s counts as after the change of %s, although %d of its %d days lie before it.", c.Period, Day(c.Date), c.DaysBefore, c.Days))
		}
	}
	return notes
}

// addGroup puts the comparison group on the card of a comparison.
func (st *Study) addGroup(treated, control strand) {
	for i := range st.Card {
		line := &st.Card[i]
		switch line.Field {
		case "Units":
			line.Lines = append(line.Lines, say("Compared with: %s.", Note{Msg: "%s", Args: []any{control.label}}))
		case "Coverage":
			line.Lines = append(line.Lines, say("Comparison group: %s", control.coverageLines()[0]))
		case "Breaks":
			for _, b := range control.breaks {
				if !slices.Contains(treated.breaks, b) {
					line.Lines = append(line.Lines, say("Comparison group, %s: %s", b.Period, Note{Msg: b.Note}))
				}
			}
		}
	}
	for _, r := range control.releases {
		if !slices.ContainsFunc(st.Releases, func(x Release) bool { return x.ID == r.ID }) {
			st.Releases = append(st.Releases, r)
		}
	}
}
