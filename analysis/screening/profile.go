package screening

// State says what the answers show of a dimension.
type State uint8

// The states of a dimension. None of them is "no".
const (
	// NoRule: the instrument has no rule, so its signs are listed and nothing follows from them.
	NoRule State = iota
	// NotShown: the answers given do not show it, and the unanswered indicators could not either.
	NotShown
	// Open: not shown, but the unanswered indicators could still make it positive.
	Open
	// Positive: a line of the published rule holds.
	Positive
)

var stateNames = [...]string{"no rule", "not shown", "open", "positive"}

// String names the state in English.
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

// MarshalText writes the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *State) UnmarshalText(text []byte) error { return readName(s, stateNames[:], text) }

// Match says whether the pattern of a combination is there.
type Match uint8

// The states of a combination. The zero value is [Missing].
const (
	// Missing: some group has no dimension that is positive or could still be.
	Missing Match = iota
	// Possible: every group could still be met, or is met while something outside the instrument is
	// needed as well.
	Possible
	// Shown: every group has a positive dimension.
	Shown
)

var matchNames = [...]string{"not shown", "open", "shown"}

// String names the state in English.
func (m Match) String() string { return nameOf(matchNames[:], int(m)) }

// MarshalText writes the name.
func (m Match) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the name.
func (m *Match) UnmarshalText(text []byte) error { return readName(m, matchNames[:], text) }

// Profile is what the answers show under one instrument: dimension by dimension, with what it rests
// on and what is missing. It is not a finding; see the package comment.
type Profile struct {
	Engine     string `json:"engine"` // [Version]
	Instrument string `json:"instrument"`
	Version    string `json:"version"` // of the file
	Hash       string `json:"hash"`
	// Notice is [NotALegalFinding]; it goes wherever the profile goes.
	Notice string `json:"notice"`
	// Cautions are English texts on this instrument and these answers, for translation.
	Cautions []string `json:"cautions,omitempty"`
	// Validated and Verified are those of the instrument: shown on people; sources read.
	Validated    bool                `json:"validated"`
	Verified     bool                `json:"verified"`
	Dimensions   []DimensionResult   `json:"dimensions"`
	Combinations []CombinationResult `json:"combinations,omitempty"`
	// Gaps are exactly the unanswered indicators whose answer can change the state of a dimension,
	// those that can change most first; those the person refused stand last.
	Gaps []Gap `json:"gaps,omitempty"`
}

// DimensionResult is what the answers show of one dimension.
type DimensionResult struct {
	Code  string `json:"code"`
	Label string `json:"label"` // text
	State State  `json:"state"`
	// Present counts the rated indicators that are present, by strength.
	Present Counts `json:"present"`
	// Line is the line of the rule that holds, the first if several do; nil unless positive.
	Line *Line `json:"line,omitempty"`
	// Evidence are the indicators that are present, Absent those somebody says are not there, and
	// Unanswered all others, in the order of the instrument.
	Evidence   []Finding `json:"evidence,omitempty"`
	Absent     []Finding `json:"absent,omitempty"`
	Unanswered []Finding `json:"unanswered,omitempty"`
}

// Finding is one indicator with its answer.
type Finding struct {
	Label    string `json:"label"`              // text
	Strength string `json:"strength,omitempty"` // blank: counts in no dimension
	Answer   Answer `json:"answer"`
}

// Gap is an unanswered indicator whose answer can change something.
type Gap struct {
	Indicator string `json:"indicator"`
	Label     string `json:"label"` // text
	Dimension string `json:"dimension"`
	// Value says how it is unanswered. Do not ask again for what was refused.
	Value Value `json:"value"`
	// Fewest is how many unanswered indicators, this one among them and needed, would have to be
	// present for the dimension to become positive: 1 means that this one alone would do. It orders
	// the gaps and measures nothing else.
	Fewest int `json:"fewest"`
	// Combinations are the codes of those that are open and ask for the dimension.
	Combinations []string `json:"combinations,omitempty"`
}

// CombinationResult is a pattern that a publication has used, and whether it is there.
type CombinationResult struct {
	Code    string `json:"code"`
	Label   string `json:"label"`   // text
	Reading string `json:"reading"` // text: what the publication did with it
	State   Match  `json:"state"`
	// Confidence is that of the least sure source of the combination.
	Confidence Confidence `json:"confidence"`
	// Met are the positive dimensions it rests on, Open those that could still meet a group that is
	// not met, Outside the elements it needs besides and that the instrument does not ask for.
	Met     []string `json:"met,omitempty"`
	Open    []string `json:"open,omitempty"`
	Outside []string `json:"outside,omitempty"`
}

// Cautions that a profile can carry, English texts for translation.
const (
	cautionNotValidated = "This instrument has not been validated: how often it is wrong is not known."
	cautionUnverified   = "A source of this instrument has not been read by those who entered it."
	cautionPrompts      = "These are prompts. Nothing follows from their number."
	cautionNoRule       = "No threshold has been published for these signs. One may matter and several may not."
	cautionRefused      = "The person did not want to answer something. Do not ask again; the person may come back to it."
	cautionAbsent       = "A sign that somebody did not see may still be there."
)
