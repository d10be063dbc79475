package linkage

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/fourfold/fourfold/script"
)

const (
	// sampledValues is how many distinct values and rows a kind is judged by.
	sampledValues = 2000
	// fewValues is the most words a category has.
	fewValues = 12
	// dateShare of the values must be dates, codeShare must hold digits, for a column to be such.
	dateShare = 0.8
	codeShare = 0.5
	// copiedShare of the rows must hold one column inside another for one of them to be left out.
	copiedShare = 0.85
	// mostText is how many text columns are looked at for one repeating others.
	mostText = 32
)

// Infer chooses the columns to compare and the kind of each from their names and values, leaving out
// those named in ignore. It also tells which columns it leaves out and why: row numbers (a name that
// ends in "id" or the like and no value twice), columns with one value only or none, and columns that
// repeat others (a full name beside given and family name). O(values).
func Infer(t *Table, ignore ...string) (fields []Field, left []string) {
	var text []int
	for i := range t.columns {
		c := &t.columns[i]
		if slices.ContainsFunc(ignore, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), c.name) }) {
			continue
		}
		if why := useless(t, c); why != "" {
			left = append(left, fmt.Sprintf("column %q is left out: %s", c.name, why))
			continue
		}
		f := Field{Column: c.name, Kind: kindOf(c)}
		if f.Kind == Name || f.Kind == Text {
			text = append(text, i)
		}
		fields = append(fields, f)
	}
	for name, why := range composites(t, text) {
		left = append(left, fmt.Sprintf("column %q is left out: %s", name, why))
		fields = slices.DeleteFunc(fields, func(f Field) bool { return f.Column == name })
	}
	slices.Sort(left)
	if len(fields) > maxFields {
		for _, f := range fields[maxFields:] {
			left = append(left, fmt.Sprintf("column %q is left out: at most %d columns are compared", f.Column, maxFields))
		}
		fields = fields[:maxFields]
	}
	pairNames(fields)
	return fields, left
}

// useless says why a column cannot help, or nothing.
func useless(t *Table, c *column) string {
	known := 0
	for _, id := range c.ids {
		if id != 0 {
			known++
		}
	}
	distinct := len(c.values) - 1
	words := headerWords(c.name)
	switch {
	case distinct == 0:
		return "it is empty"
	case distinct == 1:
		return "all its values are the same"
	case known == t.rows && distinct == known && len(words) > 0 && slices.Contains(rowWords, words[len(words)-1]):
		return "it numbers the rows"
	}
	return ""
}

var (
	rowWords    = []string{"id", "uid", "uuid", "key", "no", "nr", "number", "row", "index", "record"}
	nameWords   = []string{"name", "names", "surname", "fname", "lname", "forename", "vorname", "nachname", "prenom", "nom", "nombre", "apellido", "apellidos", "firstname", "lastname", "given", "family", "alias"}
	givenWords  = []string{"given", "first", "fname", "forename", "vorname", "prenom", "nombre", "firstname"}
	familyWords = []string{"family", "surname", "last", "lname", "nachname", "nom", "apellido", "apellidos", "lastname"}
)

// headerWords are the words of a column's name, folded.
func headerWords(name string) []string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) && b.Len() > 0 && strings.ToUpper(name) != name {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.FieldsFunc(script.Fold(b.String()), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func anyWord(words, of []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(of, w) })
}

// kindOf judges a column by its values in evenly drawn rows, and its name.
func kindOf(c *column) Kind {
	step := max(1, len(c.ids)/sampledValues)
	var seen, dates, digits, whole, long int
	for i := 0; i < len(c.ids) || seen == 0; i += step {
		id := c.ids[i%len(c.ids)]
		if seen == 0 && i >= len(c.ids) {
			id = 1
		}
		if id == 0 {
			continue
		}
		v := c.values[id]
		seen++
		if d := parseDate(v); d != 0 && plausibleDate(d) {
			dates++
		}
		figures, others := figures(v)
		if figures > 0 && others <= 2*figures || strings.Contains(v, "@") {
			digits++
		}
		if others == 0 {
			whole++
			if figures > 4 {
				long++
			}
		}
	}
	share := func(n int) float64 { return float64(n) / float64(seen) }
	switch {
	case share(dates) >= dateShare:
		return Date
	case share(whole) >= dateShare && share(long) < codeShare:
		return Number
	case share(digits) >= codeShare:
		return Code
	case anyWord(headerWords(c.name), nameWords):
		return Name
	case len(c.values)-1 <= fewValues:
		return Category
	}
	return Text
}

// figures counts the digits of a value, and what is neither digit nor space.
func figures(v string) (figures, others int) {
	for _, r := range v {
		switch {
		case unicode.IsDigit(r):
			figures++
		case !unicode.IsSpace(r):
			others++
		}
	}
	return figures, others
}

// pairNames finds the first given and the first family name, which may change places.
func pairNames(fields []Field) {
	find := func(words []string) int {
		return slices.IndexFunc(fields, func(f Field) bool { return f.Kind == Name && anyWord(headerWords(f.Column), words) })
	}
	given, family := find(givenWords), find(familyWords)
	if given >= 0 && family >= 0 && given != family {
		fields[given].Exchanged = fields[family].Column
	}
}

// composites finds text columns that repeat others. A column whose words hold those of two or more
// others is left out in favour of them; one that is held by another alone is left out for that.
func composites(t *Table, text []int) map[string]string {
	text = text[:min(len(text), mostText)]
	step := max(1, t.rows/sampledValues)
	words := make([][][]string, len(text))
	for k, c := range text {
		for row := 0; row < t.rows; row += step {
			words[k] = append(words[k], strings.Fields(script.Fold(t.Value(row, c))))
		}
	}
	out := map[string]string{}
	inside := make([][]int, len(text))
	for a := range text {
		for b := range text {
			if a != b && holds(words[b], words[a], a < b) {
				inside[b] = append(inside[b], a)
			}
		}
	}
	for b, parts := range inside {
		if len(parts) >= 2 {
			out[t.columns[text[b]].name] = "it repeats " + quoted(t, text, parts)
		}
	}
	for b, parts := range inside {
		if len(parts) == 1 && out[t.columns[text[b]].name] == "" {
			out[t.columns[text[parts[0]]].name] = "it is part of " + quoted(t, text, []int{b})
		}
	}
	return out
}

func quoted(t *Table, text, at []int) string {
	var names []string
	for _, i := range at {
		names = append(names, fmt.Sprintf("%q", t.columns[text[i]].name))
	}
	return strings.Join(names, ", ")
}

// holds says whether the words of part are among those of whole in nearly every row where both are
// known. Of two columns that are the same the later one is the part.
func holds(whole, part [][]string, earlier bool) bool {
	both, within, longer := 0, 0, 0
	for i := range whole {
		if len(whole[i]) == 0 || len(part[i]) == 0 {
			continue
		}
		both++
		longer += len(whole[i]) - len(part[i])
		if !slices.ContainsFunc(part[i], func(w string) bool { return !slices.Contains(whole[i], w) }) {
			within++
		}
	}
	if both < 20 || float64(within) < copiedShare*float64(both) {
		return false
	}
	return longer > 0 || longer == 0 && !earlier
}
