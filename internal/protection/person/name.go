package person

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/script"
)

// NameKind says where a name comes from. A name that an exploiter gave is kept, because papers and other people
// know the person by it, and is never what somebody is greeted with.
type NameKind string

// The kinds of names.
const (
	Used    NameKind = "used"
	Legal   NameKind = "legal"
	Alias   NameKind = "alias"
	Imposed NameKind = "imposed"
)

// NameKinds returns the kinds, the one to greet with first.
func NameKinds() []NameKind { return []NameKind{Used, Legal, Alias, Imposed} }

// Label says in English what a kind of name is; it is the key of its translation.
func (k NameKind) Label() string {
	switch k {
	case Used:
		return i18n.Mark("The name they use")
	case Legal:
		return i18n.Mark("A name on papers")
	case Alias:
		return i18n.Mark("Another name they chose")
	case Imposed:
		return i18n.Mark("A name that somebody gave them against their will")
	}
	return string(k)
}

// Audience is with whom a name may be used.
type Audience string

// The audiences.
const (
	WithTeam        Audience = "team"
	WithServices    Audience = "services"
	WithFamily      Audience = "family"
	WithAuthority   Audience = "authority"
	WithCommunity   Audience = "community"
	WithInterpreter Audience = "interpreter"
)

// Audiences returns the audiences, the nearest first.
func Audiences() []Audience {
	return []Audience{WithTeam, WithInterpreter, WithServices, WithFamily, WithCommunity, WithAuthority}
}

// Label names an audience in English; it is the key of its translation.
func (a Audience) Label() string {
	switch a {
	case WithTeam:
		return i18n.Mark("the team")
	case WithServices:
		return i18n.Mark("other services")
	case WithFamily:
		return i18n.Mark("the family")
	case WithAuthority:
		return i18n.Mark("authorities and police")
	case WithCommunity:
		return i18n.Mark("the community")
	case WithInterpreter:
		return i18n.Mark("interpreters")
	}
	return string(a)
}

// Name is one name of a person, as it was typed.
type Name struct {
	hidden

	Text string   `json:"text"`
	Kind NameKind `json:"kind,omitempty"` // "" is not asked
	// Script is the ISO 15924 code in which the text is written; "" lets the text say it.
	Script string `json:"script,omitempty"`
	// Romanisation is how the person writes it in Latin letters, Say how it is spoken.
	Romanisation string `json:"romanisation,omitempty"`
	Say          string `json:"say,omitempty"`
	// With are those with whom the name may be used; none means that nobody asked, so nobody but the team.
	With []Audience `json:"with,omitempty"`
	// Greet marks the name that the person wants to be greeted with.
	Greet bool `json:"greet,omitempty"`
}

// Writing is the script of the name: the one that was named, or the one it is written in.
func (n Name) Writing() string { return cmp.Or(n.Script, script.Detect(n.Text).Script) }

// RightToLeft reports whether the name runs from right to left.
func (n Name) RightToLeft() bool { return script.Detect(n.Text).RightToLeft }

// MayUseWith reports whether the name may be used with an audience. With the team every name may be, since the
// team must know them; elsewhere only where the person said so, and an imposed name nowhere by default.
func (n Name) MayUseWith(a Audience) bool { return a == WithTeam || slices.Contains(n.With, a) }

// Names is what somebody is called.
type Names struct {
	hidden

	List []Name `json:"list,omitempty"`
}

// GreetWith is the name to greet the person with: the one they marked, else one that they use, else an alias they
// chose, else one on papers. A name that was forced on them is never it, marked or not. False when there is none.
func (n Names) GreetWith() (Name, bool) {
	best, found := Name{}, false
	rank := func(m Name) int {
		at := slices.Index([]NameKind{Used, "", Alias, Legal}, m.Kind)
		if m.Greet {
			return -1
		}
		return at
	}
	for _, m := range n.List {
		if m.Kind == Imposed || strings.TrimSpace(m.Text) == "" {
			continue
		}
		if !found || rank(m) < rank(best) {
			best, found = m, true
		}
	}
	return best, found
}

const (
	// maxNames bounds the names of a person, maxName one of them in bytes.
	maxNames, maxName = 24, 400
)

// check refuses what cannot be a list of names. Everything else is taken: one letter, no letter, any script.
func (n Names) check() error {
	f := fault.New(fault.Invalid, "The names were not kept.")
	if len(n.List) > maxNames {
		f = f.WithField("names", "Keep at most %d names.", maxNames)
	}
	greet := 0
	for _, m := range n.List {
		if len(m.Text) > maxName || len(m.Romanisation) > maxName || len(m.Say) > maxName {
			f = f.WithField("names", "A name may have at most %d bytes.", maxName)
		}
		if m.Kind != "" && !slices.Contains(NameKinds(), m.Kind) {
			f = f.WithField("names", "Choose what kind of name it is.")
		}
		for _, a := range m.With {
			if !slices.Contains(Audiences(), a) {
				f = f.WithField("names", "Choose with whom the name may be used.")
			}
		}
		if m.Greet {
			greet++
		}
		if m.Greet && m.Kind == Imposed {
			f = f.WithField("names", "Nobody is greeted with a name that was forced on them. Choose another.")
		}
	}
	if greet > 1 {
		f = f.WithField("names", "Mark one name to greet with.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Spellings are the texts by which a person is found: each name and romanisation as it was typed, and with
// look-alike letters set right where they hide another spelling.
func (n Names) Spellings() []string {
	var all []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, m := range n.List {
		for _, s := range []string{m.Text, m.Romanisation} {
			add(s)
			add(Plain(s))
		}
	}
	return all
}
