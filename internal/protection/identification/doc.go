// Package identification keeps how far a person is in the formal identification of a jurisdiction, and
// what everybody else says about it. It is one of several machines beside each other: help, consent and
// criminal justice have their own, and none of them reads this one.
//
// What may happen is not written here. [Next] is a pure rule over a version of a procedure profile
// (package profile): who may take which step, what it needs, which times begin and end. Steps are events
// that are only added to. Every time keeps the version of the profile under which it began; when the law
// changes, a person is asked to look, and nothing is counted anew. Assertions of other bodies stand
// beside the procedure and never move it.
//
// Two rules hold whatever a profile says. Nobody who is or may be a child leaves by refusing. And
// nothing is ever sent from here: an adult who does not agree is only on record as such.
//
// Trust: a decision of this organisation is believed because an account with the permission signed it,
// and a second one where the profile asks for two. A decision of another body is what somebody wrote
// down about it. Reasons are sealed under the person's key.
package identification
