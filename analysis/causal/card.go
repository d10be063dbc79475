package causal

import "strings"

// Card holds the assumptions under which an estimate may be read. It is part of every result, and
// no result is made without one. Every field but Note and NoteBy must be filled; a list is filled
// when it has at least one entry and none is blank. If nothing is known, the entry says so ("none
// known to the publisher as of 2024-03-07"): silence is not an answer.
type Card struct {
	// Units says what one row of the data is: the unit of time, the place, the persons counted.
	Units string
	// Measured says what the figures count, in the publisher's sense, and what they do not.
	Measured string
	// Coverage says whether the set of reporting bodies, places or categories changed.
	Coverage []string
	// Breaks lists known breaks of the series: changed definition, source, or method of counting.
	Breaks []string
	// OtherChanges lists what else changed near the date and could move the figures.
	OtherChanges []string
	// Detection says how far detection stands from incidence in these figures.
	Detection string
	// Note is the analyst's own remark; it may be empty.
	Note string
	// NoteBy names who wrote Note; it may be empty.
	NoteBy string
}

// Missing returns the names of the required fields that are not filled, in the order of the type,
// and nil for a complete card. A list with a blank entry counts as missing.
func (c Card) Missing() []string {
	var missing []string
	for _, field := range []struct {
		name    string
		entries []string
	}{
		{"Units", []string{c.Units}},
		{"Measured", []string{c.Measured}},
		{"Coverage", c.Coverage},
		{"Breaks", c.Breaks},
		{"OtherChanges", c.OtherChanges},
		{"Detection", []string{c.Detection}},
	} {
		if !filled(field.entries) {
			missing = append(missing, field.name)
		}
	}
	return missing
}

// filled reports whether there is at least one entry and no blank one.
func filled(entries []string) bool {
	for _, e := range entries {
		if strings.TrimSpace(e) == "" {
			return false
		}
	}
	return len(entries) > 0
}

// check returns the error that names the missing fields, and a copy that shares no memory with c.
func (c Card) check() (Card, error) {
	if missing := c.Missing(); missing != nil {
		return Card{}, &Error{Problem: IncompleteCard, Row: -1, Term: strings.Join(missing, ", ")}
	}
	c.Coverage = append([]string(nil), c.Coverage...)
	c.Breaks = append([]string(nil), c.Breaks...)
	c.OtherChanges = append([]string(nil), c.OtherChanges...)
	return c, nil
}
