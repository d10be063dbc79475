// Package accord is the language of agreements between organisations: what one may send to another, about
// whom, for which purpose, on whose authority, and what must never be done with it.
//
// A [Document] is typed data in canonical form (RFC 8785). All parties sign it together with the version
// of the compiler that gives it meaning ([CompilerVersion]); a program with another compiler denies
// everything under it. [Compile] turns it into Cedar policies, one set for one agreement, and into a row
// filter. [Agreement.Decide] answers one question: may this field, of this record, leave now, from this
// party to that one?
//
// # Rules
//
// Deny is the default. An empty list means nobody and nothing. What a request leaves out is a no, and so
// is any error of evaluation. Every request must be inside one clause in full: parts of two clauses never
// add up. Two evaluators, the compiled policies and the typed checks that explain a refusal, must both
// agree before anything leaves.
//
// # Trust
//
// Documents and requests are untrusted until verified; codes in them are restricted to a small alphabet, so
// that nothing can be smuggled into a policy. The caller vouches for the facts in a [Request]: what the
// record is, who asks, which authority exists. The package reads no clock and keeps no state.
package accord
