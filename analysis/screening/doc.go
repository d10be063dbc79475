// Package screening lays out the signs that somebody has recorded about a person's situation
// against a published instrument, and says which of its dimensions they show, which could still be
// shown, what that rests on and what is missing. Separately, [Elements] lays signs out against the
// elements of an offence (act, means, purpose) under a dated rule of one jurisdiction.
//
// # What this package is not
//
// It does not find out whether a person was trafficked. It gives no verdict, no probability, no
// risk and no sum of points, and it puts nobody in an order. No result has a number but counts of
// the signs that are listed beside it. A result without positive dimensions says that the answers
// given do not show them: it never says that nothing happened, because people hide what was done to
// them, for good reasons, and many are asked too early, through the wrong interpreter or in front of
// the wrong person. Nothing here may decide whether somebody receives help.
//
// It does not know whether an answer is true. It takes what was written down, with who observed it.
//
// It has not been validated. The ratings of the Delphi lists are the agreement of European experts
// in 2008; nobody here has measured how often they are wrong, and they reached this package through
// a transcription that has not been compared with the brochure. The lists for forms of exploitation
// other than labour have no ratings at all: they are prompts that help a person to think of what to
// look at. How an instrument does in a language, a country or a group of people that it was not made
// with is unknown. Every instrument says of itself whether it was validated, and by whom.
//
// It is no form. Nothing requires an answer, no order is prescribed, and a refusal is an answer that
// is not to be asked for again.
//
// # Instruments
//
// An instrument is a file: strict JSON with version, validity, sources, licence and a statement of
// validation; see [Parse]. [Library] returns the embedded ones. Rules of jurisdictions are files of
// the same kind, see [ParseElementRule]; the embedded ones, [Rules], are a beginning, not the law.
//
// # Trust
//
// Input is not trusted: files and answers are checked, errors name file, line and field and say how
// to mend it, nothing panics on bad data, inputs are never changed and results stand in the order of
// the instrument. There is no clock, no randomness and no global state; an [Instrument] and an
// [ElementRule] are read-only and safe for concurrent use. Answers about a person come back inside
// the result and in no error and no other place.
//
// # Compatibility
//
// [Version] changes when a result could change for the same file and the same answers.
package screening

// Version names the behaviour of the package. Keep it with every stored result, beside the hash of
// the instrument.
const Version = "screening/1"

// NotALegalFinding stands in every result. It is an English text for translation.
const NotALegalFinding = "This is not a legal finding. It lists signs that were recorded and what they could mean. It does not say whether the person was trafficked, and help must not depend on it."
