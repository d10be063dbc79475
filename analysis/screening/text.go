package screening

import "slices"

// Text is an English text that a person is shown and that a caller translates.
type Text struct {
	// File is where it stands, below the folder of the package: "instruments/ilo-eleven.json".
	File string
	Text string
}

// Texts lists every English text of the package and of the embedded files, each once per file, in
// stable order, so that whoever keeps the translations can find them. Names of sources, licences and
// codes are not among them.
func Texts() []Text {
	var out []Text
	seen := make(map[Text]bool)
	add := func(file string, texts ...string) {
		for _, text := range texts {
			t := Text{file, text}
			if text != "" && !seen[t] {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	add("doc.go", NotALegalFinding)
	add("answer.go", valueNames[:]...)
	add("profile.go", slices.Concat(stateNames[:], matchNames[:])...)
	add("profile.go", cautionNotValidated, cautionUnverified, cautionPrompts, cautionNoRule, cautionRefused, cautionAbsent)
	add("reading.go", slices.Concat(standingNames[:], evidenceNames[:])...)
	add("reading.go", cautionBothAges, cautionPresumed, cautionNotInForce, cautionNoDay, cautionRuleSources, cautionOpenPurposes)
	add("rule.go", strengthNames[:]...)
	add("instrument.go", Bases()...)
	add("instrument.go", string(Stated), string(Secondary), string(Recalled))
	add("element.go", Act, Means, Purpose, string(Needed), string(NotNeeded))
	for _, in := range library() {
		add(in.file, in.sheet.texts()...)
	}
	for _, r := range rules() {
		add(r.file, r.sheet.texts()...)
	}
	return out
}

func (s Sheet) texts() []string {
	out := []string{s.Title, s.About, s.Validation}
	if s.Rule != nil {
		for _, l := range s.Rule.Lines {
			out = append(out, l.Label)
		}
	}
	for _, d := range s.Dimensions {
		out = append(out, d.Label)
		for _, i := range d.Indicators {
			out = append(out, i.Label)
		}
	}
	for _, c := range s.Combinations {
		out = append(out, c.Label, c.Reading)
	}
	return out
}

func (s ElementSheet) texts() []string {
	out := []string{s.Title, s.Note, s.Presumption}
	for _, a := range slices.Concat(s.Acts, s.Means) {
		out = append(out, a.Label)
	}
	for _, p := range s.Purposes {
		out = append(out, p.Label)
	}
	return out
}
