package accord

// Request asks whether one field of one record may leave now. The caller fills in facts; whatever it leaves
// at its zero value is unknown, and unknown is a no.
type Request struct {
	Agreement string // hash of the document that the parties signed
	From, To  string // parties
	Role      string // role of the person who would receive
	Purpose   string // why it is asked for
	Use       string // what the recipient would do with it
	Subject   string // class of the person concerned
	Class     string // class of the record
	Field     string
	Authority Authority
	TLP       string // marking of the record
	Handling  string // handling code of the record
	Source    string // grading of the source, A, B, C or X
	// Information is the grading of the information, 1 to 4.
	Information int
	Country     string // where the recipient would keep it
	At          int64  // now, microseconds since 1970 UTC
}

// Authority is the ground on which this person's data may leave, as the holder has established it: a
// consent, a duty of law, danger to life, or a legal basis. Consent and legal basis are separate facts; a
// request carries the one it relies on.
type Authority struct {
	Kind    string // one of Authorities
	To      string // party it names
	Purpose string // purpose it names
	Class   string // class of record it names
	From    int64  // microseconds since 1970 UTC, first instant
	Until   int64  // first instant at which it no longer holds
}

// Reason says why something may not leave. The strings are stable codes; pages translate them.
type Reason string

// The reasons. Those before ReasonNoClause concern the agreement or request as a whole; the others concern
// one clause and are given for the clause that came nearest.
const (
	ReasonCompiler      Reason = "compiler"       // signed for a compiler this program does not have
	ReasonAgreement     Reason = "agreement"      // another agreement, or another version of it
	ReasonNotYet        Reason = "not-yet"        // before it is valid
	ReasonExpired       Reason = "expired"        // no longer valid
	ReasonUse           Reason = "use"            // a forbidden use, or none stated
	ReasonResidency     Reason = "residency"      // would be kept where the agreement does not allow
	ReasonNoClause      Reason = "no-clause"      // nothing of that class between these parties
	ReasonRecipient     Reason = "recipient"      // the role may not receive it
	ReasonPurpose       Reason = "purpose"        // not for this purpose
	ReasonSubject       Reason = "subject"        // not about this class of person
	ReasonField         Reason = "field"          // not this field
	ReasonAuthority     Reason = "authority"      // no authority of a kind that suffices
	ReasonAuthorityKind Reason = "authority-kind" // not on this authority about this class of person
	ReasonAuthorityTo   Reason = "authority-to"   // the authority names another recipient
	ReasonAuthorityOf   Reason = "authority-of"   // the authority names another purpose or class
	ReasonAuthorityAt   Reason = "authority-at"   // the authority does not hold now
	ReasonTLP           Reason = "tlp"            // marked higher than may leave, or not marked
	ReasonHandling      Reason = "handling"       // handling code higher than may leave, or none
	ReasonGrading       Reason = "grading"        // graded poorer than may leave, or not graded
	ReasonEvaluation    Reason = "evaluation"     // the two evaluators differ or one failed: tell the operator
)

// Decision is the answer to a request. The zero value is a no.
type Decision struct {
	Allowed bool
	// Clause is the clause that allows it, "" when refused.
	Clause string
	// Reasons are all reasons of a refusal in a fixed order, empty when allowed.
	Reasons []Reason
	// Retention and ReviewAfter are the days that the recipient gets, when allowed.
	Retention, ReviewAfter int
	Onward                 string // onward rule, when allowed
}

// Reasons returns every reason, in the order of the constants.
func Reasons() []Reason {
	return []Reason{
		ReasonCompiler, ReasonAgreement, ReasonNotYet, ReasonExpired, ReasonUse, ReasonResidency, ReasonNoClause, ReasonRecipient,
		ReasonPurpose, ReasonSubject, ReasonField, ReasonAuthority, ReasonAuthorityKind, ReasonAuthorityTo, ReasonAuthorityOf,
		ReasonAuthorityAt, ReasonTLP, ReasonHandling, ReasonGrading, ReasonEvaluation,
	}
}
