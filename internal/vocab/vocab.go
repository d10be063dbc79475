// Package vocab holds the vocabularies of the field: stable codes, their labels per language,
// the other names they go by, and what they are called in outside standards.
//
// A code never changes its meaning; a label may be corrected at any time and is never stored.
// The tables are embedded CSV files (data/, see the README there) and are trusted as code is.
// Texts that are looked up may come from anywhere.
//
// Lookups are constant time after the tables have been read once (about 15 ms, on first use).
package vocab

import (
	"slices"
	"strings"
)

// Scheme names one vocabulary. Hyphens and underscores are the same in it.
type Scheme string

// The vocabularies. The names of dimensions are those of evaluation/indicator.
const (
	Area          Scheme = "area"           // ISO 3166-1 alpha-3, M49 regions, and the few others of data/README.md
	Citizenship   Scheme = "citizenship"    // area codes and the codes for unknown, stateless and unclear
	Repatriation  Scheme = "repatriation"   // the same codes as Citizenship
	Form          Scheme = "form"           // forms of exploitation; combinations are sets
	Age           Scheme = "age"            //
	Sex           Scheme = "sex"            //
	ResponderType Scheme = "responder_type" //
	Responder     Scheme = "responder"      // parent: its responder type
	Location      Scheme = "location"       // where the exploitation took place
	Decision      Scheme = "decision"       //
	Dimension     Scheme = "dimension"      // the names of the dimensions themselves
)

// Kinds of area.
const (
	Country   = "country"
	Territory = "territory" // with an ISO code, not sovereign or not agreed to be
	Region    = "region"    // M49 region, sub-region or the world
	Historic  = "historic"  // no longer exists; found in older data
	Group     = "group"     // of one source, such as UNODC's sub-regional sums
	Invented  = "invented"  // the country of the demonstration
)

// Code is one entry of a vocabulary.
type Code struct {
	Scheme Scheme
	Code   string
	// Kind is set for areas only.
	Kind string
	// Parent is the code this one is part of: the M49 sub-region of a country, the age band of
	// a finer band, the type of a responder. Empty at the top.
	Parent string
}

// setSign joins the parts of a combination: "sexual+labour", "ALB+GBR".
const setSign = "+"

// Codes lists a vocabulary in its own order (areas: regions, then by code). Combinations are
// not listed. Unknown schemes have no codes. The slice is the caller's.
func Codes(s Scheme) []Code {
	return slices.Clone(tables().codes[canonical(s)])
}

// Get returns one entry; ok is false for unknown codes and for combinations.
func Get(s Scheme, code string) (c Code, ok bool) {
	t := tables()
	s = canonical(s)
	i, ok := t.at[key{s, code}]
	if !ok && s == Citizenship {
		s = Area
		i, ok = t.at[key{s, code}]
	}
	if !ok {
		return Code{}, false
	}
	return t.codes[s][i], true
}

// Label returns what a code is called in a language (a BCP 47 tag), in English where the
// language has no label, and the code itself where nothing is known. A combination is its
// parts joined by " + ".
func Label(s Scheme, code, lang string) string {
	if code == "" {
		return ""
	}
	parts := Parts(code)
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = tables().label(canonical(s), p, lang)
	}
	return strings.Join(names, " + ")
}

// Parts returns the base codes of a combination, or the code alone.
func Parts(code string) []string {
	if strings.HasPrefix(code, ownPrefix) || len(code) < 3 {
		return []string{code}
	}
	if code[len(code)-1] == '+' { // "40+" is a band, not a combination
		return []string{code}
	}
	return strings.Split(code, setSign)
}

// Map returns what a code is called in an outside standard: "m49" and "iso2" for areas;
// "iso5218" and "sdmx" for sex, "sdmx" for age; "unodc", "nrm" and "htcds" for forms. A
// mapping may be coarser than the code: it is for export, never for import.
func Map(s Scheme, code, standard string) (value string, ok bool) {
	t := tables()
	value, ok = t.maps[mapKey{canonical(s), code, standard}]
	if !ok && canonical(s) == Citizenship {
		value, ok = t.maps[mapKey{Area, code, standard}]
	}
	return value, ok
}

// canonical: repatriation shares the codes of citizenship.
func canonical(s Scheme) Scheme {
	s = Scheme(strings.ReplaceAll(string(s), "-", "_"))
	if s == Repatriation {
		return Citizenship
	}
	return s
}
