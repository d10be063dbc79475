package standard

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// Type is what a field holds.
type Type string

// The types.
const (
	Text     Type = "text"
	Long     Type = "long" // several lines
	Date     Type = "date" // civil
	Number   Type = "number"
	Flag     Type = "flag"     // true or false
	Code     Type = "code"     // of the field's own list
	Country  Type = "country"  // a state of package vocab
	Language Type = "language" // ISO 639
)

// Types returns the types, in the order of the constants.
func Types() []Type { return []Type{Text, Long, Date, Number, Flag, Code, Country, Language} }

// Set is a list of extension fields.
type Set struct {
	ID      string  `json:"id"`
	Version string  `json:"version"`
	Title   string  `json:"title"`
	Source  string  `json:"source"`
	Fields  []Field `json:"fields"`

	at map[string]int
}

// Field is one extension field.
type Field struct {
	Code  string            `json:"code"`
	Label map[string]string `json:"label"` // by language; English is there always
	Type  Type              `json:"type"`
	Many  bool              `json:"many,omitempty"`
	// Class says how much harm a value can do. Only codes, flags, numbers and countries may be operational: they
	// stand in clear.
	Class  vault.Class `json:"class"`
	Values []Choice    `json:"values,omitempty"`
	// When says when the field is asked: all conditions hold. None is always.
	When []Condition `json:"when,omitempty"`
	// Home names the part of the person's file that keeps the field. Only the shipped set has it.
	Home string `json:"home,omitempty"`
	// Near gives codes that another list has instead of one of ours, and that do not mean quite the same.
	Near map[string]string `json:"near,omitempty"`
}

// Choice is a code of a field.
type Choice struct {
	Code  string            `json:"code"`
	Label map[string]string `json:"label"`
}

// Condition holds while another field has one of some codes.
type Condition struct {
	Field string   `json:"field"`
	Is    []string `json:"is"`
}

// Map says which columns of a standard hold which fields.
type Map struct {
	Standard string   `json:"standard"`
	Version  string   `json:"version"`
	Missing  string   `json:"missing,omitempty"` // what stands for "not said", besides nothing
	Fields   []Column `json:"fields"`

	set    *Set
	byName map[string]int
}

// Column is a column of a standard.
type Column struct {
	Name       string            `json:"name"`
	Also       []string          `json:"also,omitempty"` // other spellings
	To         string            `json:"to,omitempty"`   // our field; "" is the same name
	Many       bool              `json:"many,omitempty"`
	Deprecated bool              `json:"deprecated,omitempty"`
	Derived    bool              `json:"derived,omitempty"` // it repeats other columns
	Codes      []string          `json:"codes,omitempty"`
	Same       map[string]string `json:"same,omitempty"` // their code to ours, where the spelling differs
	// Is makes the column a question with the answers 1 and 0: whether our field has this code.
	Is string `json:"is,omitempty"`
}

func (c Column) field() string {
	if c.To != "" {
		return c.To
	}
	return c.Name
}

// Definition is a file of a set and its mappings.
type Definition struct {
	Set  Set   `json:"set"`
	Maps []Map `json:"maps,omitempty"`
}

const (
	maxDefinition = 1 << 20
	maxFields     = 400
)

var (
	fieldForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]{0,95}$`)
	setForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{1,63}$`)
	columnForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_ ]{0,95}$`)
)

// ReadDefinition reads a definition file. It is strict: what it does not know is refused, with the place. A
// field of a file may not name a home in the person's file.
func ReadDefinition(r io.Reader) (Definition, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDefinition+1))
	if err != nil {
		return Definition{}, err
	}
	if len(text) > maxDefinition {
		return Definition{}, fault.New(fault.TooLarge, "The definition has more than %d bytes.", maxDefinition)
	}
	d, err := parseDefinition(text)
	if err != nil {
		return d, err
	}
	for _, f := range d.Set.Fields {
		if f.Home != "" {
			return d, wrong("Field %s: only the program's own fields have a home.", f.Code)
		}
	}
	return d, nil
}

func parseDefinition(text []byte) (d Definition, err error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return d, wrong("The definition is not JSON as it is described: %s.", err.Error())
	}
	if _, err := in.Token(); err != io.EOF { //nolint:errorlint // the decoder returns it as it is
		return d, wrong("Something follows the end of the definition.")
	}
	if err := d.Set.check(); err != nil {
		return d, err
	}
	for i := range d.Maps {
		if err := d.Maps[i].check(&d.Set); err != nil {
			return d, err
		}
	}
	return d, nil
}

func wrong(text string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, text, args...).WithHint("The definition was refused and nothing was kept. Mend it there and try again.")
}

func (s *Set) check() error {
	if !setForm.MatchString(s.ID) || s.Version == "" || len(s.Version) > 32 || s.Title == "" || len(s.Title) > 200 {
		return wrong("It needs an identifier, a version and a title.")
	}
	if len(s.Fields) == 0 || len(s.Fields) > maxFields {
		return wrong("It needs 1 to %d fields.", maxFields)
	}
	s.at = map[string]int{}
	for i, f := range s.Fields {
		if _, twice := s.at[f.Code]; twice || !fieldForm.MatchString(f.Code) {
			return wrong("Field %q: its code is there twice, or is not one.", f.Code)
		}
		s.at[f.Code] = i
		if err := f.check(); err != nil {
			return err
		}
	}
	return s.conditions()
}

func (f Field) check() error {
	if f.Label["en"] == "" || !slices.Contains(Types(), f.Type) || !slices.Contains(vault.Classes(), f.Class) || f.Class == vault.Public {
		return wrong("Field %s needs an English label, a type and a class.", f.Code)
	}
	if !f.Class.MustSeal() && !slices.Contains([]Type{Code, Flag, Number, Country}, f.Type) {
		return wrong("Field %s is a text and stands in clear. Give it a class that is sealed.", f.Code)
	}
	if (f.Type == Code) != (len(f.Values) > 0) {
		return wrong("Field %s: a field of codes has a list of them, and no other has.", f.Code)
	}
	seen := map[string]bool{}
	for _, v := range f.Values {
		if seen[v.Code] || !codeForm.MatchString(v.Code) || v.Label["en"] == "" {
			return wrong("Field %s: the code %q is there twice, is not one, or has no label.", f.Code, v.Code)
		}
		seen[v.Code] = true
	}
	for ours, near := range f.Near {
		if !seen[ours] || !seen[near] {
			return wrong("Field %s: %s is near to a code that is not in the list.", f.Code, ours)
		}
	}
	return nil
}

// conditions refuses conditions on what is not there, and circles of them.
func (s *Set) conditions() error {
	const open, done = 1, 2
	state := map[string]int{}
	var walk func(code string) error
	walk = func(code string) error {
		switch state[code] {
		case open:
			return wrong("Field %s: its condition leads back to itself.", code)
		case done:
			return nil
		}
		state[code] = open
		for _, c := range s.Fields[s.at[code]].When {
			other, ok := s.Field(c.Field)
			if !ok || len(c.Is) == 0 || other.Type != Code && other.Type != Flag {
				return wrong("Field %s: its condition asks for %q, which has no codes.", code, c.Field)
			}
			for _, v := range c.Is {
				if other.Type == Code && !other.has(v) || other.Type == Flag && v != "true" && v != "false" {
					return wrong("Field %s: its condition asks for the code %q of %s.", code, v, c.Field)
				}
			}
			if err := walk(c.Field); err != nil {
				return err
			}
		}
		state[code] = done
		return nil
	}
	for _, f := range s.Fields {
		if err := walk(f.Code); err != nil {
			return err
		}
	}
	return nil
}

func (f Field) has(code string) bool {
	return slices.ContainsFunc(f.Values, func(c Choice) bool { return c.Code == code })
}

// Field returns a field by its code.
func (s *Set) Field(code string) (Field, bool) {
	i, ok := s.at[code]
	if !ok {
		return Field{}, false
	}
	return s.Fields[i], true
}

// Asked reports whether a field is asked, by what the others hold.
func (s *Set) Asked(f Field, values Values) bool {
	for _, c := range f.When {
		if !slices.ContainsFunc(values[c.Field], func(v string) bool { return slices.Contains(c.Is, v) }) {
			return false
		}
	}
	return true
}

// LabelIn returns a label in a language, or in English.
func LabelIn(labels map[string]string, lang string) string {
	if l := labels[lang]; l != "" {
		return l
	}
	return labels["en"]
}

func (m *Map) check(s *Set) error {
	if !setForm.MatchString(m.Standard) || m.Version == "" {
		return wrong("A mapping needs a standard and a version.")
	}
	m.set, m.byName = s, map[string]int{}
	for i, c := range m.Fields {
		f, ok := s.Field(c.field())
		if !ok && !c.Derived {
			return wrong("%s %s: column %s goes to %q, which is no field.", m.Standard, m.Version, c.Name, c.field())
		}
		if c.Is != "" && !f.has(c.Is) {
			return wrong("%s %s: column %s asks for a code that %s does not have.", m.Standard, m.Version, c.Name, f.Code)
		}
		for _, name := range append([]string{c.Name}, c.Also...) {
			if _, twice := m.byName[name]; twice || !columnForm.MatchString(name) {
				return wrong("%s %s: column %q is there twice, or is no name.", m.Standard, m.Version, name)
			}
			m.byName[name] = i
		}
		seen := map[string]bool{}
		for _, theirs := range c.Codes {
			ours := c.ours(theirs)
			if !f.has(ours) || seen[ours] {
				return wrong("%s %s: column %s: its code %q is no code of %s, or the second for one.", m.Standard, m.Version, c.Name, theirs, f.Code)
			}
			seen[ours] = true
		}
	}
	return nil
}

func (c Column) ours(theirs string) string {
	if o, ok := c.Same[theirs]; ok {
		return o
	}
	return theirs
}

func (c Column) theirs(ours string) (string, bool) {
	for _, t := range c.Codes {
		if c.ours(t) == ours {
			return t, true
		}
	}
	return "", false
}
