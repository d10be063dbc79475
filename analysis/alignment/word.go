package alignment

import (
	"fmt"
	"slices"
)

// Tier says how much hangs on a topic.
type Tier uint8

// The tiers. The zero value is none of them.
const (
	Supporting Tier = iota + 1
	Core
	Essential
)

// Strength says how hard a duty is. It says nothing of the qualifiers around it.
type Strength uint8

// The strengths, from the hardest. The zero value is none of them.
const (
	Shall Strength = iota + 1
	ShallConsider
	ShallEndeavour
	May
)

// Status is what a reader found.
type Status uint8

// The statuses. Unknown, the zero value, is an answer: nobody has read it. NotApplicable is for a
// duty that does not bind, for example under a valid reservation; it leaves the sums altogether.
const (
	Unknown Status = iota
	Covered
	Partly
	Not
	NotApplicable
)

func tierWords() []string { return []string{"", "supporting", "core", "essential"} }
func strengthWords() []string {
	return []string{"", "shall", "shall-consider", "shall-endeavour", "may"}
}

func statusWords() []string {
	return []string{"unknown", "covered", "partly", "not", "not-applicable"}
}

// String returns the word of the data files, for example "essential".
func (t Tier) String() string { return word(tierWords(), int(t)) }

// String returns the word of the data files, for example "shall-consider".
func (s Strength) String() string { return word(strengthWords(), int(s)) }

// String returns the word of the data files, for example "not-applicable".
func (s Status) String() string { return word(statusWords(), int(s)) }

func word(words []string, i int) string {
	if i < len(words) && words[i] != "" {
		return words[i]
	}
	return fmt.Sprintf("(%d)", i)
}

// ParseTier reads "essential", "core" or "supporting".
func ParseTier(s string) (Tier, error) {
	i, err := parse(tierWords(), "tier", s)
	return Tier(i), err
}

// ParseStrength reads "shall", "shall-consider", "shall-endeavour" or "may".
func ParseStrength(s string) (Strength, error) {
	i, err := parse(strengthWords(), "strength", s)
	return Strength(i), err
}

// ParseStatus reads "covered", "partly", "not", "unknown" or "not-applicable".
func ParseStatus(s string) (Status, error) {
	i, err := parse(statusWords(), "status", s)
	return Status(i), err
}

func parse(words []string, kind, s string) (int, error) {
	if i := slices.Index(words, s); i >= 0 && s != "" {
		return i, nil
	}
	return 0, refuse(BadWord, fmt.Sprintf("%q", s), "this is no %s; use one of %q", kind, slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" }))
}
