// Package support is the help that a person gets: what is needed at once, what is dangerous, what the
// person wants, what was agreed, what was offered and what came of it. It has stages of its own.
//
// No rule of this package asks whether somebody is identified by an authority, or helps a prosecution.
// It imports neither of the packages that know, takes nothing from them as an argument, and a test keeps
// it so. Ending support ends support and nothing else.
//
// Nothing stands in a forced order: every question may be left out, answered later or refused, and only
// one step has a condition, that a plan is called agreed when the person agreed to something in it.
//
// Trust: clear columns say which stage support is in, which kinds of thing are written down, in which
// state they are and when something is due. Every code that tells of danger, health or a need, and every
// word, is sealed under the person's key. Who may read or write is asked of package casefile.
package support
