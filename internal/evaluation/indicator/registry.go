package indicator

// ID names an indicator, for example "nrm.referrals".
type ID string

// The indicators this program defines. Others come with generic files.
const (
	NRMReferrals       ID = "nrm.referrals"
	NRMReferralsDetail ID = "nrm.referrals.detail"
	NRMDecisionsFirst  ID = "nrm.decisions.first"
	NRMDecisionsFinal  ID = "nrm.decisions.final"
	NRMDutyToNotify    ID = "nrm.duty-to-notify"
	GLOTIPVictims      ID = "glotip.victims"
	GLOTIPConvicted    ID = "glotip.convicted"
	GLOTIPProsecuted   ID = "glotip.prosecuted"
	GLOTIPContact      ID = "glotip.contact"
	GLOTIPOffences     ID = "glotip.offences"
	SDG1622            ID = "sdg.16.2.2"
)

// Kind is what an indicator measures.
type Kind uint8

// The kinds of indicator. Only counts may be added up.
const (
	Count Kind = iota + 1
	Rate
	Proportion
)

// String returns "count", "rate" or "proportion".
func (k Kind) String() string {
	switch k {
	case Count:
		return "count"
	case Rate:
		return "rate"
	case Proportion:
		return "proportion"
	default:
		return "none"
	}
}

// Indicator defines what a family of series measures. Title, Definition, Unit, Numerator,
// Denominator and CannotTell are English message keys for indicators that this program ships, and
// plain text for those of a user (Own).
type Indicator struct {
	ID         ID
	Title      string
	Definition string
	Unit       string
	Kind       Kind
	// Numerator and Denominator are "" where they do not apply.
	Numerator, Denominator string
	// CannotTell says what must not be concluded.
	CannotTell string
	Dimensions []Dimension
	// Every is the length of the periods in which the source publishes.
	Every PeriodKind
	// Source is the family of files: "nrm", "glotip", or the name a user gave.
	Source      string
	SourceTitle string
	SourceURL   string
	Licence     string
	Attribution string
	// Shippable tells whether figures may be passed on under the licence.
	Shippable bool
	// Own is true for an indicator that came with a user's file.
	Own bool
	// SeriesCount is how many series are held, 0 when nothing was imported yet; 1000 stands for
	// that many or more, so that the list stays fast.
	SeriesCount int
}

// Dimension is one way in which an indicator is split.
type Dimension struct {
	Dim Dim
	// Label is the English name.
	Label string
	// Codes are the categories that occur, in order of code. Long lists (hundreds of
	// nationalities) are complete too.
	Codes []Code
}

// Code is one category.
type Code struct {
	Code string
	// Label is the label as the source prints it, in English or the source's own language.
	Label string
}

// Filter narrows a list of indicators; the zero Filter lets everything through.
type Filter struct {
	// Text is searched in id, title and definition, without regard to case.
	Text string
	// Source is a family of files.
	Source string
	// Dim keeps indicators that are split by this dimension.
	Dim Dim
}

// Release is one publication of figures, whole or part of a file. It never changes once stored.
type Release struct {
	ID     string
	Source string
	// Label is what the publication is called, English.
	Label string
	// ReleasedOn is the civil date on which the figures came out.
	ReleasedOn string
	// Basis tells how the date is known: "stated" by the file or the importer, or "recalled".
	Basis string
	// First is true for the first release of its periods. Of two releases of one day it counts as
	// the earlier one.
	First bool
	// ImportedAt is an instant in microseconds UTC.
	ImportedAt int64
	// FileHash is the SHA-256 of the uncompressed file in lower-case hex.
	FileHash string
	// Rows counts the figures stored.
	Rows       int
	Indicators []ID
}
