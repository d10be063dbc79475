// Package archtest keeps the rules of the source tree that no compiler keeps: which package may
// import which and why, what a package comment must say, where the clock may be read, that every
// command in the documents exists, and that every promise is held by a test that exists.
//
// It holds tests only and nothing imports it. It trusts the Go toolchain's own account of the
// imports and, for everything else, reads the source files itself. Each rule has a test that
// plants a violation and expects the rule to see it: a rule that cannot fail is no rule.
package archtest
