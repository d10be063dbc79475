package screening

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// codeForm is the form of every code: stable, in ASCII, fit for a database and an address.
var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// maxText bounds one text in bytes.
const maxText = 1_000

// code checks a code and that it stands once.
func (r *reader) code(field, code string, seen map[string]bool) {
	if !codeForm.MatchString(code) {
		r.refuse(field, "write 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit", "%q is not a code", code)
	}
	if seen != nil && seen[code] {
		r.refuse(field, "give each its own", "the code %q stands twice", code)
	}
	if seen != nil {
		seen[code] = true
	}
}

// text checks a text for people: there, short, and without characters that hide what stands there.
func (r *reader) text(field, text string) {
	if strings.TrimSpace(text) == "" {
		r.refuse(field, "write it", "the text is missing")
	}
	r.plain(field, text)
}

// plain checks a text that may be missing.
func (r *reader) plain(field, text string) {
	if len(text) > maxText {
		r.refuse(field, "shorten it", "the text has %d bytes; at most %d are taken", len(text), maxText)
	}
	if i := strings.IndexFunc(text, hidden); i >= 0 {
		r.refuse(field, "remove it", "byte %d of the text is a control or direction character", i)
	}
}

// hidden are characters that change how a text looks without being seen.
func hidden(c rune) bool {
	return unicode.IsControl(c) || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 ||
		c == 0x200b || c == 0xfeff || c == 0x2028 || c == 0x2029 || c == unicode.ReplacementChar
}

// oneOf checks a word against a list.
func (r *reader) oneOf(field, word string, words ...string) {
	if !slices.Contains(words, word) {
		list, optional := strings.CutPrefix(strings.Join(words, ", "), ", ") // a blank word stands first
		if optional {
			list += ", or leave it out"
		}
		r.refuse(field, "use one of "+list, "%q is not known", word)
	}
}

// sources checks the list of sources and returns how sure each is.
func (r *reader) sources(list []Source) map[string]Confidence {
	known := make(map[string]Confidence, len(list))
	seen := map[string]bool{}
	if len(list) == 0 {
		r.refuse("sources", "name at least one", "there is no source")
	}
	for i, s := range list {
		at := fmt.Sprintf("sources[%d]", i)
		r.code(at+".code", s.Code, seen)
		r.text(at+".title", s.Title)
		r.plain(at+".address", s.Address)
		r.dates(at+".date", s.Date, "", "")
		r.dates(at+".read_on", s.ReadOn, "", "")
		r.oneOf(at+".confidence", string(s.Confidence), string(Stated), string(Secondary), string(Recalled))
		if (s.Confidence == Stated) != (s.ReadOn != "") {
			r.refuse(at+".confidence", "add read_on to a stated source; remove it from another, or call it stated", "only a stated source was read, and it says on which day")
		}
		known[s.Code] = s.Confidence
	}
	return known
}

// cites checks that codes name sources of the file.
func (r *reader) cites(field string, codes []string, known map[string]Confidence) {
	for i, code := range codes {
		if _, found := known[code]; !found {
			r.refuse(fmt.Sprintf("%s[%d]", field, i), "add it to sources", "the source %q is not in the file", code)
		}
	}
}

// dates checks one civil date, or two in order when the second field is named.
func (r *reader) dates(field, from, second, to string) {
	const mend = "write 2024, 2024-07 or 2024-07-23"
	if from != "" && span(from).first == "" {
		r.refuse(field, mend, "%q is not a date", from)
	}
	if second == "" || to == "" {
		return
	}
	if span(to).first == "" {
		r.refuse(second, mend, "%q is not a date", to)
		return
	}
	if from != "" && span(to).last < span(from).first {
		r.refuse(second, "put the later date last", "it ends (%s) before it begins (%s)", to, from)
	}
}

// days are the first and last day that a date as exact as 2024, 2024-07 or 2024-07-23 can mean.
type days struct{ first, last string }

// span reads a date; it is blank when there is no such date.
func span(date string) days {
	for form, step := range map[string][3]int{"2006": {1, 0, -1}, "2006-01": {0, 1, -1}, time.DateOnly: {}} {
		if len(form) != len(date) {
			continue
		}
		if t, err := time.Parse(form, date); err == nil {
			return days{t.Format(time.DateOnly), t.AddDate(step[0], step[1], step[2]).Format(time.DateOnly)}
		}
	}
	return days{}
}

// within reports whether a day lies between two dates, either of which may be open.
func within(from, to, day string) bool {
	return (from == "" || day >= span(from).first) && (to == "" || day <= span(to).last)
}

// result joins the defects found.
func (r *reader) result() error { return errors.Join(r.bad...) }
