package vocab

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/script"
)

// ownPrefix begins the codes that Own makes.
const ownPrefix = "x-"

// Find returns the code for a text as a source writes it: a code, a label in any language, or
// another known name; case, accents and punctuation do not matter. Forms of exploitation joined
// by commas, "&" or "and" become a set in the order of the vocabulary
// ("Labour & Criminal" → "labour+criminal"). Several nationalities in a row stay in the order
// they were given ("Albanian UK" → "ALB+GBR"). What is ambiguous or unknown is not found.
func Find(s Scheme, text string) (code string, ok bool) {
	s = canonical(s)
	text = strings.TrimSpace(text)
	if text == "" {
		return "", false
	}
	t := tables()
	if code, ok := t.find(s, text); ok {
		return code, true
	}
	switch s {
	case Form:
		return t.findSet(text)
	case Citizenship:
		return t.findNationalities(text)
	}
	return "", false
}

// Own makes a stable code of our own from a text that Find does not know: "x-" and the folded
// words. The same text, however typed, makes the same code.
func Own(text string) string {
	words := strings.Fields(script.Fold(text))
	if len(words) == 0 {
		return ownPrefix + "unnamed"
	}
	code := []rune(ownPrefix + strings.Join(words, "-"))
	return string(code[:min(len(code), 80)])
}

// find looks for one base code.
func (t *table) find(s Scheme, text string) (string, bool) {
	if i, ok := t.at[key{s, text}]; ok {
		return t.codes[s][i].Code, true
	}
	folded := script.Fold(text)
	if code, ok := t.names[key{s, folded}]; ok {
		return code, true
	}
	if s == Area {
		code, ok := t.short[text]
		return code, ok
	}
	if s != Citizenship {
		return "", false
	}
	if code, ok := t.names[key{s, strings.TrimSuffix(folded, "s")}]; ok {
		return code, true
	}
	if i, ok := t.at[key{Area, text}]; ok {
		return t.codes[Area][i].Code, true
	}
	code, ok := t.names[key{Area, folded}]
	if ok && t.kind(code) == Group {
		return "", false // a source's own group is nobody's citizenship
	}
	return code, ok
}

// findSet reads "Sexual, Labour & Organ Harvesting".
func (t *table) findSet(text string) (string, bool) {
	has := make(map[string]bool)
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(text, " and ", ","), func(r rune) bool {
		return r == ',' || r == '&' || r == '+'
	}) {
		code, ok := t.find(Form, strings.TrimSpace(part))
		if !ok {
			return "", false
		}
		has[code] = true
	}
	var out []string
	for _, c := range t.codes[Form] {
		if has[c.Code] {
			out = append(out, c.Code)
		}
	}
	return combined(out)
}

// findNationalities reads "Citizen of Guinea-Bissau Vietnamese" by taking, again and again, the
// longest run of words that names one.
func (t *table) findNationalities(text string) (string, bool) {
	var out []string
	if parts := strings.Split(text, setSign); len(parts) > 1 && !strings.ContainsAny(text, " \t") { // a code of ours
		for _, part := range parts {
			code, ok := t.find(Citizenship, part)
			if !ok {
				return "", false
			}
			if !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
		return combined(out)
	}
	words := strings.Fields(script.Fold(strings.ReplaceAll(text, setSign, " ")))
	for len(words) > 0 {
		n := min(len(words), 8)
		code := ""
		for ; n > 0; n-- {
			if c, ok := t.names[key{Citizenship, strings.Join(words[:n], " ")}]; ok {
				code = c
				break
			}
		}
		if code == "" {
			return "", false
		}
		if !slices.Contains(out, code) { // a citizenship is held once
			out = append(out, code)
		}
		words = words[n:]
	}
	return combined(out)
}

// combined returns the code of several codes; fewer than two are none.
func combined(codes []string) (string, bool) {
	if len(codes) < 2 {
		return "", false
	}
	return strings.Join(codes, setSign), true
}
