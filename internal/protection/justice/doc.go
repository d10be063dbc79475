// Package justice is what a person decided about police and courts, and what can be done for them there:
// special measures, not being punished for what they were made to do, and compensation. It stands beside
// support and identification; neither reads it, and no help depends on it.
//
// A decision may be changed at any time, in any direction, and takes no reason. Nobody decides before
// they were told what they may decide. What a person is told is a card of rights: plain sentences, and
// beside them what the law of the place says, with source and date; what was not checked says so.
//
// Trust: that somebody is a witness endangers them. Nothing of it stands in clear: the one row of a case
// has neither state nor date.
package justice
