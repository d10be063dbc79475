package screening

import "slices"

// Sheet is the content of an instrument file. Fields whose comment says text hold English for
// translation; codes are stable and never shown.
type Sheet struct {
	Code string `json:"code"`
	// Version is that of the file, so that a result can be read again with what it was made with.
	Version string `json:"version"`
	Title   string `json:"title"` // text
	About   string `json:"about"` // text: what it is for and what it cannot say
	// Person is "adult", "child" or "any": whom it was made for.
	Person string `json:"person"`
	// Form is the form of exploitation, as a code: "labour", "domestic".
	Form string `json:"form"`
	// From and To are the first and last day of validity, as exact as known: 2009, 2009-09 or
	// 2009-09-30. A blank To is open.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	// Basis says what the list rests on: one of [Bases].
	Basis string `json:"basis"`
	// Validated says whether it was shown on people, statistically, how often it is wrong.
	Validated bool `json:"validated"`
	// Validation says who did that and where, or why it cannot be said.
	Validation   string        `json:"validation"` // text
	Licence      Licence       `json:"licence"`
	Sources      []Source      `json:"sources"`
	Rule         *Rule         `json:"rule,omitempty"`
	Dimensions   []Dimension   `json:"dimensions"`
	Combinations []Combination `json:"combinations,omitempty"`
}

// Bases lists what an instrument can rest on. "prompts" is a list without ratings that was put
// together for this project: it can have neither rule nor strengths.
func Bases() []string {
	return []string{"statistical study", "expert consensus", "published list", "prompts"}
}

// Licence says whose the list is and on what terms it stands here.
type Licence struct {
	Holder string `json:"holder"`
	Terms  string `json:"terms"`
}

// Confidence says how a source is known.
type Confidence string

// Of these only Stated has been read in the source itself. The others are to be shown as unverified.
const (
	// Stated: read in the source named.
	Stated Confidence = "stated"
	// Secondary: read in something that cites the source.
	Secondary Confidence = "secondary"
	// Recalled: written from general knowledge and not looked up.
	Recalled Confidence = "recalled"
)

// Source is where something in a file comes from.
type Source struct {
	Code       string     `json:"code"`
	Title      string     `json:"title"`
	Date       string     `json:"date,omitempty"` // of the source: 2009, 2009-09 or 2009-09-30
	Address    string     `json:"address,omitempty"`
	ReadOn     string     `json:"read_on,omitempty"` // the day on which a stated source was read
	Confidence Confidence `json:"confidence"`
}

// Dimension is a group of indicators about one aspect.
type Dimension struct {
	Code  string `json:"code"`
	Label string `json:"label"` // text
	// Element and Alternative say which element of the offence its signs bear on ("means",
	// "purpose") and under what name ("deception"). Blank: none without somebody's judgement. An
	// indicator's own go before those of its dimension.
	Element     string      `json:"element,omitempty"`
	Alternative string      `json:"alternative,omitempty"`
	Phase       string      `json:"phase,omitempty"` // "recruitment", "destination"
	Indicators  []Indicator `json:"indicators"`
}

// Indicator is one sign.
type Indicator struct {
	Code  string `json:"code"`
	Label string `json:"label"` // text
	// Strength is "strong", "medium" or "weak"; blank in an instrument without a rule, or when this
	// list does not rate the sign, which then counts in no dimension.
	Strength    string   `json:"strength,omitempty"`
	Element     string   `json:"element,omitempty"`
	Alternative string   `json:"alternative,omitempty"`
	Sources     []string `json:"sources,omitempty"` // codes of sources; blank: those of the instrument
	// Related names the same sign in other instruments, as "instrument/indicator", so that nobody is
	// asked twice.
	Related []string `json:"related,omitempty"`
}

// Combination is a pattern of positive dimensions that a publication has used. It is shown beside
// the dimensions with its source; it decides nothing.
type Combination struct {
	Code  string `json:"code"`
	Label string `json:"label"` // text
	// Reading says what the publication did with the pattern.
	Reading string `json:"reading"` // text
	// Groups are the requirements: in each, at least one of the dimensions named is positive.
	Groups [][]string `json:"groups"`
	// Outside names elements that the instrument does not ask for ("act"). A combination that has
	// some is never shown by the instrument alone.
	Outside []string `json:"outside,omitempty"`
	Sources []string `json:"sources"`
}

// Instrument is a checked file, ready for [Evaluate]. It is read-only and safe for concurrent use;
// only [Parse] makes one.
type Instrument struct {
	file  string
	sheet Sheet
	hash  string
	// place finds an indicator: dimension and position within it.
	place map[string][2]int
	first []int // number of the first indicator of each dimension; one more than there are dimensions
	dims  map[string]int
}

// Code returns the stable name of the instrument.
func (in *Instrument) Code() string { return in.sheet.Code }

// Version returns the version of its file.
func (in *Instrument) Version() string { return in.sheet.Version }

// Hash returns the SHA-256 of the file with insignificant spaces removed, in hex. Keep it with every
// stored result.
func (in *Instrument) Hash() string { return in.hash }

// Graded reports whether the instrument has a rule. One without a rule lists signs and concludes
// nothing.
func (in *Instrument) Graded() bool { return in.sheet.Rule != nil }

// Sheet returns a copy of the content, to show it.
func (in *Instrument) Sheet() Sheet {
	s := in.sheet
	s.Sources = slices.Clone(s.Sources)
	if s.Rule != nil {
		s.Rule = &Rule{Sources: slices.Clone(s.Rule.Sources), Lines: slices.Clone(s.Rule.Lines)}
	}
	s.Dimensions = slices.Clone(s.Dimensions)
	for d := range s.Dimensions {
		s.Dimensions[d].Indicators = slices.Clone(s.Dimensions[d].Indicators)
		for i := range s.Dimensions[d].Indicators {
			ind := &s.Dimensions[d].Indicators[i]
			ind.Sources, ind.Related = slices.Clone(ind.Sources), slices.Clone(ind.Related)
		}
	}
	s.Combinations = slices.Clone(s.Combinations)
	for i := range s.Combinations {
		c := &s.Combinations[i]
		c.Outside, c.Sources, c.Groups = slices.Clone(c.Outside), slices.Clone(c.Sources), slices.Clone(c.Groups)
		for g := range c.Groups {
			c.Groups[g] = slices.Clone(c.Groups[g])
		}
	}
	return s
}

// Verified reports whether every source of the file was read itself.
func (s Sheet) Verified() bool {
	return !slices.ContainsFunc(s.Sources, func(from Source) bool { return from.Confidence != Stated })
}

// HoldsOn reports whether the file is valid on a civil day (YYYY-MM-DD). A limit that names only a
// year or a month counts from its first to its last day.
func (s Sheet) HoldsOn(day string) bool { return within(s.From, s.To, day) }
