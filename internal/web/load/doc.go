// Package load asks a node of many invented cases as its people would: fifty of them, from a process of their own, over
// HTTP, with everything that an answer takes, openings and their entries in the ledger included. It holds tests and
// benchmarks only, and trusts nothing but what comes back.
//
// The cases are invented, and are written by the stores of the rooms: sealed, indexed and entered like any other.
package load
